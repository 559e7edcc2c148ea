// Paths that people walk, found in their requests, for somebody to confirm or dismiss.
import { ArrowRight, Check, X } from "lucide-react";
import { useProposals } from "../../api/forecastQueries";
import type { JourneyProposal } from "../../api/forecastTypes";
import { leadText } from "../../forecasting/words";
import { useNow } from "../../now";
import { EnvironmentChips } from "../../parts/EnvironmentChips";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useSetScope } from "../../scope/useScope";
import { ago } from "../../time/format";
import { plural, share } from "../../units";
import { useJourneyChanges } from "./useJourneyChanges";

export default function ProposalsPanel() {
  const query = useProposals();
  const now_ms = useNow();
  const { data } = query;
  const note = data
    ? data.looked_ms === null
      ? "requests have not been looked through yet"
      : `looked ${ago(data.looked_ms, now_ms)}`
    : undefined;
  return (
    <Panel title="Paths that people walk" note={note}>
      {!data && query.error ? (
        <Failure what="The proposals" error={query.error} retry={() => void query.refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={90} />
        </div>
      ) : data.items.length === 0 ? (
        <Empty
          reason={
            data.note || "No new path was found. They are found where requests of a session name the same consumer or trace."
          }
        />
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {data.items.map((proposal) => (
            <ProposalItem key={proposal.id} proposal={proposal} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ProposalItem({ proposal }: { proposal: JourneyProposal }) {
  const setScope = useSetScope();
  const { dismiss } = useJourneyChanges();
  const { name, steps, step_sessions, gap_ms, examples, environments, dataset } = proposal;
  const began = step_sessions[0] ?? 0;
  const ended = step_sessions[step_sessions.length - 1] ?? 0;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3 py-2.5" data-proposal={proposal.id}>
      <div className="min-w-0 flex-1 max-md:basis-full">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{name}</span>
          <EnvironmentChips ids={environments} />
          {dataset === "demo" && <span className="rounded border border-line px-1 text-xs text-muted">demo</span>}
          <span className="text-xs text-muted">
            {plural(began, "session")} began, {ended.toLocaleString("en")} (
            {began > 0 ? share(ended / began) : "–"}) walked all of it
          </span>
        </p>
        <ol className="mt-1.5 flex flex-wrap items-center gap-y-1 text-xs">
          {steps.map((step, index) => (
            <li key={index} className="flex min-w-0 items-center">
              <span className="min-w-0 rounded-md border border-line px-2 py-1">
                <span className="block truncate font-mono text-[11px] leading-4">
                  <span className="text-muted">{step.method}</span> {step.route}
                </span>
                <span className="block text-[11px] leading-4 text-muted">
                  {(step_sessions[index] ?? 0).toLocaleString("en")} sessions
                </span>
              </span>
              {index < steps.length - 1 && (
                <span className="mx-1.5 flex flex-col items-center text-[11px] leading-3 text-muted">
                  <span className="sr-only">then, after</span>
                  {gapText(gap_ms)}
                  <ArrowRight size={13} aria-hidden />
                </span>
              )}
            </li>
          ))}
        </ol>
        {examples.length > 0 && (
          <p className="mt-1.5 text-xs break-words text-muted">
            For example{" "}
            {examples.map((example, index) => (
              <span key={example}>
                {index > 0 && ", "}
                <code className="font-mono text-[11px] break-all">{example}</code>
              </span>
            ))}
          </p>
        )}
      </div>
      <span className="flex shrink-0 gap-2">
        <button
          type="button"
          className="control"
          aria-label={`Confirm: ${name}`}
          onClick={() => setScope({ sel: `proposal:${proposal.id}` })}
        >
          <Check size={14} aria-hidden /> Confirm…
        </button>
        <button type="button" className="control" aria-label={`Dismiss: ${name}`} onClick={() => void dismiss(proposal)}>
          <X size={14} aria-hidden /> Dismiss
        </button>
      </span>
    </li>
  );
}

function gapText(gap_ms: number): string {
  return gap_ms < 60_000 ? `${Math.max(1, Math.round(gap_ms / 1000))} s` : leadText(gap_ms);
}
