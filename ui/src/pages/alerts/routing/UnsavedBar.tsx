// Stands at the foot while the routing has changes that are not saved. Names what the server found wrong, with its place.
import { PRIMARY } from "../../../alerting/fields";
import { useRoutingDraft } from "./draft";

export function UnsavedBar() {
  const { changed, busy, problems, discard, save } = useRoutingDraft();
  if (!changed) return null;
  return (
    <div
      className="panel sticky bottom-0 z-5 flex flex-wrap items-center gap-2 border-accent px-3 py-2 shadow-(--shadow)"
      data-unsaved
    >
      <div className="mr-auto min-w-0">
        <p role="status" className="text-xs">
          {problems.length > 0 ? "Not saved, because this is wrong:" : "Changes that are not saved yet."}
        </p>
        {problems.length > 0 && (
          <ul className="mt-1 max-h-28 overflow-auto text-xs text-critical" tabIndex={0} aria-label="What is wrong">
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`} className="break-words">
                <code className="font-mono text-[11px]">{problem.path}</code> {problem.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" className="control" disabled={busy} onClick={discard}>
        Discard
      </button>
      <button type="button" className={PRIMARY} disabled={busy} onClick={() => void save()}>
        Save routing
      </button>
    </div>
  );
}
