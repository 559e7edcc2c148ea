// Saving and removing limits, with a way back. Owns the messages.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { removeObjective, saveObjective } from "../../api/forecastClient";
import type { Objective } from "../../api/forecastTypes";
import { refreshAfterChange } from "../../detection/cache";
import { showToast } from "../../parts/toast";

export function useObjectiveChanges() {
  const queries = useQueryClient();
  return useMemo(
    () => ({
      removeLimit: (objective: Objective) => removeLimit(queries, objective),
      saved: (before: Objective | null, after: Objective) => saved(queries, before, after),
    }),
    [queries],
  );
}

async function removeLimit(queries: QueryClient, objective: Objective): Promise<void> {
  try {
    await removeObjective(objective.id);
    const undo = () => void quietly(queries, () => saveObjective(objective));
    showToast({ text: `Limit removed: ${objective.id}.`, tone: "done", undo });
  } catch (error) {
    showToast({ text: `Not removed: ${message(error)}`, tone: "failed" });
  }
  refresh(queries);
}

function saved(queries: QueryClient, before: Objective | null, after: Objective): void {
  const undo = () => void quietly(queries, () => (before ? saveObjective(before) : removeObjective(after.id)));
  showToast({ text: `Limit saved: ${after.id}.`, tone: "done", undo });
  refresh(queries);
}

async function quietly(queries: QueryClient, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
    showToast({ text: "Taken back", tone: "done" });
  } catch (error) {
    showToast({ text: `Not taken back: ${message(error)}`, tone: "failed" });
  }
  refresh(queries);
}

function refresh(queries: QueryClient): void {
  refreshAfterChange(queries, ["objectives", "predictions", "forecast"]);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
