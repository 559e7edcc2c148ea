// How far sessions came: one bar a step, as long as the sessions that reached it. Owns the bars; they have their numbers
// beside them.
import type { JourneyHealth } from "../../api/forecastTypes";
import { stepName } from "../../forecasting/journeyWords";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { share } from "../../units";

export function SessionsPanel({ health }: { health: JourneyHealth }) {
  const { steps, sessions, sessions_completed } = health;
  if (sessions === 0) {
    return (
      <Panel title="Sessions">
        <Empty reason="No session could be followed: requests name neither a consumer nor a trace, or there were none." />
      </Panel>
    );
  }
  const most = Math.max(1, ...steps.map((step) => step.sessions));
  return (
    <Panel
      title="Sessions"
      note={`${sessions_completed.toLocaleString("en")} of ${sessions.toLocaleString("en")} finished (${share(sessions_completed / sessions)})`}
    >
      <ol className="flex flex-col gap-2.5 px-3 pb-3 text-xs">
        {steps.map((step, index) => {
          const left = Math.max(0, step.sessions - step.sessions_continued);
          const failed = Math.min(left, step.sessions_failed);
          return (
            <li key={index}>
              <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                <span className="min-w-0 truncate font-mono text-[11px]" title={stepName(step)}>
                  {index + 1}. <span className="text-muted">{step.endpoint.method}</span> {step.endpoint.route}
                </span>
                <span className="ml-auto">
                  {step.sessions.toLocaleString("en")} came
                  {left > 0 && `, ${left.toLocaleString("en")} left`}
                  {failed > 0 && (
                    <span className="font-medium text-critical">, {failed.toLocaleString("en")} after an error</span>
                  )}
                </span>
              </p>
              <div className="mt-1 flex h-2.5 overflow-hidden rounded-sm bg-bg" aria-hidden>
                <span className="bg-(--series-1)" style={{ width: `${((step.sessions - left) / most) * 100}%` }} />
                <span className="bg-critical" style={{ width: `${(failed / most) * 100}%` }} />
                <span className="hatched" style={{ width: `${((left - failed) / most) * 100}%` }} />
              </div>
            </li>
          );
        })}
      </ol>
      <p className="flex flex-wrap gap-x-4 border-t border-line px-3 py-2 text-[11px] text-muted" aria-hidden>
        <Key look="bg-(--series-1)">went on</Key>
        <Key look="bg-critical">left after an error</Key>
        <Key look="hatched">left otherwise</Key>
      </p>
    </Panel>
  );
}

function Key({ look, children }: { look: string; children: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={`h-2.5 w-3.5 rounded-sm border border-line ${look}`} />
      {children}
    </span>
  );
}
