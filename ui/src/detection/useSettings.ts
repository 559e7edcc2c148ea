// Saving the detection settings: at once on the screen, with a way back. Owns the messages; the server replaces all
// of the settings each time.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { saveDetectionSettings } from "../api/detectionClient";
import type { DetectionSettings } from "../api/detectionTypes";
import { showToast } from "../parts/toast";

const KEY = ["detection-settings"];

export type SaveSettings = (next: DetectionSettings, done: string) => Promise<boolean>;

export function useSaveSettings(): SaveSettings {
  const queries = useQueryClient();
  return useCallback(
    async (next, done) => {
      const before = queries.getQueryData<DetectionSettings>(KEY);
      const save = async (settings: DetectionSettings) => {
        queries.setQueryData(KEY, settings);
        queries.setQueryData(KEY, await saveDetectionSettings(settings));
        void queries.invalidateQueries({ queryKey: ["detection"] });
      };
      const failed = (error: unknown) => {
        queries.setQueryData(KEY, before);
        void queries.invalidateQueries({ queryKey: KEY });
        showToast({ text: `Not saved: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
      };
      try {
        await save(next);
        const undo =
          before && (() => void save(before).then(() => showToast({ text: "Taken back", tone: "done" }), failed));
        showToast({ text: done, tone: "done", undo });
        return true;
      } catch (error) {
        failed(error);
        return false;
      }
    },
    [queries],
  );
}
