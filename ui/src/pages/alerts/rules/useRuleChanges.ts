// Saving and removing rules: at once on the screen, with a way back. Owns the messages.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { removeAlertRule, saveAlertRule } from "../../../api/alertClient";
import type { AlertRule, AlertRuleRow } from "../../../api/alertTypes";
import { refreshAfterChange } from "../../../detection/cache";
import { showToast } from "../../../parts/toast";

const KEY = ["alert-rules"];

export function useRuleChanges() {
  const queries = useQueryClient();
  return useMemo(
    () => ({
      switchRule: (row: AlertRuleRow, is_enabled: boolean) => switchRule(queries, row, is_enabled),
      removeRule: (row: AlertRuleRow) => removeRule(queries, row),
      saved: (before: AlertRule | null, after: AlertRule) => saved(queries, before, after),
    }),
    [queries],
  );
}

async function switchRule(queries: QueryClient, row: AlertRuleRow, is_enabled: boolean): Promise<void> {
  const rule = { ...row.rule, is_enabled };
  replaceRow(queries, row.rule.id, (known) => ({ ...known, rule }));
  try {
    await saveAlertRule(rule);
    const undo = () => void quietly(queries, () => saveAlertRule(row.rule));
    showToast({ text: `${is_enabled ? "Watching" : "No longer watching"}: ${rule.name}.`, tone: "done", undo });
  } catch (error) {
    replaceRow(queries, row.rule.id, () => row);
    showToast({ text: `Not saved: ${message(error)}`, tone: "failed" });
  }
  refresh(queries);
}

async function removeRule(queries: QueryClient, row: AlertRuleRow): Promise<void> {
  try {
    await removeAlertRule(row.rule.id);
    const undo = () => void quietly(queries, () => saveAlertRule(row.rule));
    showToast({ text: `Rule removed: ${row.rule.name}.`, tone: "done", undo });
  } catch (error) {
    showToast({ text: `Not removed: ${message(error)}`, tone: "failed" });
  }
  refresh(queries);
}

function saved(queries: QueryClient, before: AlertRule | null, after: AlertRule): void {
  const undo = () => void quietly(queries, () => (before ? saveAlertRule(before) : removeAlertRule(after.id)));
  showToast({ text: `Rule saved: ${after.name}.`, tone: "done", undo });
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

function replaceRow(queries: QueryClient, id: string, change: (row: AlertRuleRow) => AlertRuleRow): void {
  queries.setQueryData<{ items: AlertRuleRow[] }>(KEY, (data) =>
    data ? { ...data, items: data.items.map((row) => (row.rule.id === id ? change(row) : row)) } : data,
  );
}

function refresh(queries: QueryClient): void {
  refreshAfterChange(queries, ["alert-rules", "alerts", "alerting-status"]);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
