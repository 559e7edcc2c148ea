// Values that must not be crossed: those that somebody set, and the usual ones where nobody did. Owns the list and
// which one is open.
import { FileText, Lock, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useObjectives } from "../../api/forecastQueries";
import type { StoredObjective } from "../../api/forecastTypes";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { plural } from "../../units";
import { LimitForm } from "./LimitForm";
import { EMPTY_OBJECTIVE, objectiveSentence } from "./objectives";
import { useObjectiveChanges } from "./useObjectiveChanges";

export default function LimitsTab() {
  const { sel } = useScope();
  const setScope = useSetScope();
  const query = useObjectives();
  const close = () => setScope({ sel: "" });
  if (query.error && !query.data) {
    return (
      <div className="panel">
        <Failure what="The limits" error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  if (!query.data) return <Skeleton height={320} />;
  const rows = query.data.items;
  if (sel === "new") return <LimitForm start={EMPTY_OBJECTIVE} row={null} rows={rows} onClose={close} />;
  const open = rows.find(({ objective }) => objective.id === sel);
  if (open) return <LimitForm key={sel} start={open.objective} row={open} rows={rows} onClose={close} />;
  const add = (
    <button type="button" className="control h-7 text-xs" onClick={() => setScope({ sel: "new" })}>
      <Plus size={13} aria-hidden /> New limit
    </button>
  );
  return (
    <div className="grid grid-cols-3 items-start gap-3 max-rail:grid-cols-1">
      <Panel
        title="Limits that were set"
        note={rows.length > 0 ? plural(rows.length, "limit") : undefined}
        actions={add}
        className="col-span-2 max-rail:col-span-1"
      >
        {sel !== "" && (
          <p role="status" className="mx-3 mb-2 rounded-md bg-warn-tint px-3 py-1.5 text-xs text-warn">
            There is no limit {sel} any more.
          </p>
        )}
        {rows.length === 0 ? (
          <Empty reason="None so far: the usual limits apply everywhere." action={add} height={160} />
        ) : (
          <ul className="divide-y divide-line border-t border-line">
            {rows.map((row) => (
              <LimitItem key={row.objective.id} row={row} onOpen={(id) => setScope({ sel: id })} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Usual limits">
        <div className="flex flex-col gap-2 px-3 pb-3 text-muted">
          <p>
            Where nobody set a limit, the upper end of what is usual at that place counts, with room above it: slower or
            failing more than ever in a normal week. Traffic and p50 have no usual limit; Capacity says when traffic grows beyond what
            was ever served.
          </p>
          <p>Of several limits that apply to a place the strictest counts. Predictions follow a change within a minute.</p>
        </div>
      </Panel>
    </div>
  );
}

function LimitItem({ row, onOpen }: { row: StoredObjective; onOpen: (id: string) => void }) {
  const { removeLimit } = useObjectiveChanges();
  const [asking, setAsking] = useState(false);
  const { objective, source, updated_by } = row;
  const isFile = source === "file";
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5" data-limit={objective.id}>
      <div className="min-w-0 flex-1 max-md:basis-2/3">
        <button
          type="button"
          className="max-w-full text-left font-medium break-words hover:text-accent hover:underline"
          onClick={() => onOpen(objective.id)}
        >
          {objective.id}
        </button>
        <p className="text-xs break-words text-muted">{objectiveSentence(objective)}</p>
      </div>
      <span
        className="flex w-24 shrink-0 items-center gap-1 text-xs text-muted max-md:w-auto"
        title={isFile ? "Managed by a file on the server: change it there" : updated_by && `Changed by ${updated_by}`}
      >
        {isFile && <Lock size={12} className="shrink-0" aria-hidden />}
        {source}
      </span>
      <span className="flex shrink-0">
        <button
          type="button"
          className="flex size-8 items-center justify-center rounded-md text-muted hover:text-text"
          aria-label={`${isFile ? "Show" : "Edit"} ${objective.id}`}
          onClick={() => onOpen(objective.id)}
        >
          {isFile ? <FileText size={14} aria-hidden /> : <Pencil size={14} aria-hidden />}
        </button>
        <button
          type="button"
          className="flex size-8 items-center justify-center rounded-md text-muted hover:text-critical disabled:opacity-40"
          aria-label={`Remove ${objective.id}`}
          title={isFile ? "Remove it from its file" : "Remove"}
          disabled={isFile}
          onClick={() => setAsking(true)}
        >
          <Trash2 size={14} aria-hidden />
        </button>
      </span>
      {asking && (
        <ConfirmDialog
          title={`Remove ${objective.id}`}
          button="Remove limit"
          onClose={() => setAsking(false)}
          onConfirm={() => void removeLimit(objective)}
        >
          <p>Where no other limit applies, the usual one counts again.</p>
        </ConfirmDialog>
      )}
    </li>
  );
}
