// Saving, removing and confirming journeys, with a way back where there is one. Owns the messages.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { answerProposal, removeJourney, saveJourney } from "../../api/forecastClient";
import type { Journey, JourneyProposal } from "../../api/forecastTypes";
import { refreshAfterChange } from "../../detection/cache";
import { showToast } from "../../parts/toast";

export function useJourneyChanges() {
  const queries = useQueryClient();
  return useMemo(
    () => ({
      /** Throws what the server refused, so that a form can say it at its place. */
      save: (journey: Journey, before: Journey | null) => save(queries, journey, before),
      confirm: (proposal: JourneyProposal, journey: Journey) => confirm(queries, proposal, journey),
      remove: (journey: Journey) => remove(queries, journey),
      dismiss: (proposal: JourneyProposal) => dismiss(queries, proposal),
    }),
    [queries],
  );
}

async function save(queries: QueryClient, journey: Journey, before: Journey | null): Promise<void> {
  await saveJourney(journey);
  const undo = () => void quietly(queries, () => (before ? saveJourney(before) : removeJourney(journey.id)));
  showToast({ text: `Journey saved: ${journey.name}.`, tone: "done", undo });
  refresh(queries);
}

async function confirm(queries: QueryClient, proposal: JourneyProposal, journey: Journey): Promise<void> {
  await answerProposal(proposal.id, { action: "confirm", journey });
  showToast({ text: `Journey confirmed: ${journey.name}.`, tone: "done" });
  refresh(queries);
}

async function remove(queries: QueryClient, journey: Journey): Promise<boolean> {
  try {
    await removeJourney(journey.id);
    const undo = () => void quietly(queries, () => saveJourney(journey));
    showToast({ text: `Journey removed: ${journey.name}.`, tone: "done", undo });
    refresh(queries);
    return true;
  } catch (error) {
    showToast({ text: `Not removed: ${message(error)}`, tone: "failed" });
    return false;
  }
}

async function dismiss(queries: QueryClient, proposal: JourneyProposal): Promise<void> {
  try {
    await answerProposal(proposal.id, { action: "dismiss", journey: null });
    showToast({ text: `Not proposed again: ${proposal.name}.`, tone: "done" });
  } catch (error) {
    showToast({ text: `Not dismissed: ${message(error)}`, tone: "failed" });
  }
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
  refreshAfterChange(queries, ["journeys", "journey", "journey-proposals", "predictions"]);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
