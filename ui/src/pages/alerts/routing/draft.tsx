// The routing document while somebody changes it. Owns the draft, shared by the tabs that show parts of the document,
// and what the server said is wrong with it.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { saveRouting } from "../../../api/alertClient";
import { useRouting } from "../../../api/alertQueries";
import type { Routing } from "../../../api/alertTypes";
import { ApiError, type FieldProblem } from "../../../api/client";
import { refreshAfterChange } from "../../../detection/cache";
import { LeaveGuard } from "../../../parts/LeaveGuard";
import { showToast } from "../../../parts/toast";

interface RoutingDraft {
  saved: Routing | undefined;
  routing: Routing | undefined;
  changed: boolean;
  busy: boolean;
  error: unknown;
  problems: FieldProblem[];
  edit: (change: (routing: Routing) => Routing) => void;
  discard: () => void;
  save: () => Promise<boolean>;
  refetch: () => void;
}

const Context = createContext<RoutingDraft | null>(null);

export function useRoutingDraft(): RoutingDraft {
  return useContext(Context)!;
}

export function RoutingDraftProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const query = useRouting();
  const saved = query.data;
  const [draft, setDraft] = useState<Routing | null>(null);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const [busy, setBusy] = useState(false);
  const routing = draft ?? saved;
  const changed = draft !== null && JSON.stringify(draft) !== JSON.stringify(saved);
  const edit = useCallback(
    (change: (routing: Routing) => Routing) => {
      setDraft((before) => {
        const start = before ?? saved;
        return start ? change(start) : null;
      });
      setProblems([]);
    },
    [saved],
  );

  const store = useCallback(
    async (next: Routing) => {
      await saveRouting(next);
      queries.setQueryData(["alert-routing"], next);
      refreshAfterChange(queries, ["alert-routing", "alert-routing-preview", "on-call", "alert"]);
    },
    [queries],
  );

  const save = useCallback(async () => {
    if (!draft || !saved) return false;
    setBusy(true);
    try {
      await store(draft);
      setDraft(null);
      setProblems([]);
      const undo = () =>
        void store(saved).then(
          () => showToast({ text: "Taken back", tone: "done" }),
          (error: Error) => showToast({ text: `Not taken back: ${error.message}`, tone: "failed" }),
        );
      showToast({ text: "Routing saved.", tone: "done", undo });
      return true;
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      setProblems(fields);
      const reason = error instanceof Error ? error.message : String(error);
      // Mistakes with a place are said there and in the bar.
      if (fields.length === 0) showToast({ text: `Not saved: ${reason}`, tone: "failed" });
      return false;
    } finally {
      setBusy(false);
    }
  }, [draft, saved, store]);

  const value = useMemo<RoutingDraft>(
    () => ({
      saved,
      routing,
      changed,
      busy,
      error: query.error,
      problems,
      edit,
      discard: () => {
        setDraft(null);
        setProblems([]);
      },
      save,
      refetch: () => void query.refetch(),
    }),
    [saved, routing, changed, busy, query, problems, edit, save],
  );
  return (
    <Context value={value}>
      {children}
      {/* The draft outlives a change of tab, but not of page. */}
      <LeaveGuard text="The routing has changes that are not saved." isUnsaved={() => changed} />
    </Context>
  );
}
