// Marking a false positive: why, what that would have changed, then apply. Owns the preview; nothing is stored
// before the button, and the message afterwards takes it back.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { previewVerdict } from "../api/detectionClient";
import type { Adjustment, VerdictPreview, VerdictReason } from "../api/detectionTypes";
import { Modal } from "../parts/Modal";
import { Failure, Skeleton } from "../parts/states";
import { useZone } from "../scope/useScope";
import { dateTime } from "../time/format";
import { plural } from "../units";
import { cachedAnomalies } from "./cache";
import { SeverityChip } from "./chips";
import { sentenceInZone, timelessSentence } from "./sentence";
import { useActions } from "./useActions";
import { REASONS, score, SIGNAL_NAMES } from "./words";

interface JudgeDialogProps {
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

export function JudgeDialog({ ids, onClose, onDone }: JudgeDialogProps) {
  const queries = useQueryClient();
  const act = useActions();
  const zone = useZone();
  const [reason, setReason] = useState<VerdictReason>("too_sensitive");
  const first = useRef<HTMLInputElement>(null);
  const [named] = useState(() => cachedAnomalies(queries, ids));
  const action = { ids, action: "judge" as const, verdict: "false_positive" as const, reason };
  const preview = useQuery({
    queryKey: ["verdict-preview", action],
    queryFn: ({ signal }) => previewVerdict(action, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  function apply() {
    onClose();
    onDone();
    void act(action);
  }
  return (
    <Modal
      title={ids.length === 1 ? "Mark as false positive" : `Mark ${ids.length} as false positives`}
      open
      onOpenChange={(open) => !open && onClose()}
      initialFocus={first}
      wide
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        {named.length === 1 && <p className="mb-3">{sentenceInZone(named[0]!, zone, Date.now())}</p>}
        <fieldset className="mb-4">
          <legend className="mb-1.5 text-xs text-muted">Why was this no problem?</legend>
          <div className="grid grid-cols-2 gap-1.5 max-md:grid-cols-1">
            {REASONS.map(([value, name, meaning]) => (
              <label
                key={value}
                className={`flex cursor-pointer items-start gap-2 rounded-md border px-2.5 py-1.5 ${
                  value === reason ? "border-accent bg-selected" : "border-line hover:border-line-strong"
                }`}
              >
                <input
                  ref={value === reason ? first : undefined}
                  type="radio"
                  name="reason"
                  className="mt-1 accent-(--accent)"
                  checked={value === reason}
                  onChange={() => setReason(value)}
                />
                <span>
                  <span className="font-medium">{name}</span>
                  <span className="block text-xs leading-4 text-muted">{meaning}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <section aria-label="What it changes" className="min-h-44">
          {preview.data ? (
            <Preview preview={preview.data} refreshing={preview.isFetching} />
          ) : preview.error ? (
            <Failure what="The preview" error={preview.error} retry={() => void preview.refetch()} height={170} />
          ) : (
            <Skeleton height={170} />
          )}
        </section>
        <div className="mt-4 flex items-center justify-end gap-2">
          <p className="mr-auto text-xs text-muted">The evidence stays as it is. You can undo this.</p>
          <button type="button" className="control" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="control border-accent bg-accent font-medium text-on-accent">
            Apply
          </button>
        </div>
      </form>
    </Modal>
  );
}

const ADJUSTMENTS_MAX = 4; // The series itself and its nearest kin; the rest hardly moves.

function step({ threshold_before, threshold_after }: Adjustment): number {
  return Math.abs(threshold_after - threshold_before);
}

function Preview({ preview, refreshing }: { preview: VerdictPreview; refreshing: boolean }) {
  const zone = useZone();
  const { hidden, revealed } = preview;
  const adjustments = preview.adjustments.toSorted((a, b) => step(b) - step(a));
  const confirmed = hidden.filter((item) => item.verdict === "confirmed").length;
  return (
    <div className={`transition-opacity ${refreshing ? "opacity-60" : ""}`} aria-busy={refreshing}>
      <p className="font-medium" role="status">
        {hidden.length === 0
          ? "It would have hidden no other anomaly of the last 30 days."
          : `It would also have hidden ${hidden.length} of the last 30 days:`}
        {revealed > 0 && ` ${plural(revealed, "moment")} would have been reported in addition.`}
      </p>
      {confirmed > 0 && (
        <p className="mt-1 rounded bg-warn-tint px-2 py-1 text-warn">
          {plural(confirmed, "of them was", "of them were")} confirmed as real.
        </p>
      )}
      {hidden.length > 0 && (
        <ul
          className="mt-2 max-h-40 divide-y divide-line overflow-auto rounded-md border border-line"
          tabIndex={0}
          aria-label="Anomalies that would have been hidden"
        >
          {hidden.map((item) => (
            <li key={item.id} className="flex items-center gap-2 px-2.5 py-1.5 text-xs">
              <span className="w-18 shrink-0">
                <SeverityChip severity={item.severity} over />
              </span>
              <span className="min-w-0 flex-1 truncate" title={timelessSentence(item)}>
                {timelessSentence(item)}
              </span>
              <span className="shrink-0 text-muted">{dateTime(Math.round(item.onset_ms / 60_000) * 60_000, zone)}</span>
            </li>
          ))}
        </ul>
      )}
      {adjustments.length > 0 && (
        <table className="mt-3 w-full text-xs">
          <caption className="mb-1 text-left text-muted">What the score must reach from now on</caption>
          <tbody>
            {adjustments.slice(0, ADJUSTMENTS_MAX).map((item) => (
              <tr key={`${item.endpoint.id}-${item.environment}-${item.signal}`} className="border-t border-line">
                <td className="max-w-0 truncate py-1 font-mono" style={{ width: "46%" }}>
                  {item.endpoint.method} {item.endpoint.route}
                </td>
                <td className="max-w-0 truncate px-2 text-muted" style={{ width: "26%" }}>
                  {item.environment}
                </td>
                <td className="px-2 text-muted">{SIGNAL_NAMES[item.signal]}</td>
                <td className="py-1 text-right whitespace-nowrap">
                  {score(item.threshold_before)} →{" "}
                  <strong className="font-semibold">{score(item.threshold_after)}</strong>
                </td>
              </tr>
            ))}
          </tbody>
          {adjustments.length > ADJUSTMENTS_MAX && (
            <tfoot>
              <tr className="border-t border-line">
                <td colSpan={4} className="py-1 text-muted">
                  and {plural(adjustments.length - ADJUSTMENTS_MAX, "relative")} a little
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      )}
    </div>
  );
}
