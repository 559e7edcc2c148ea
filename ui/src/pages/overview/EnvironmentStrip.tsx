// The environments in one glance. Owns a cell per environment; comparison in depth is the Environments page.
import { Link } from "@tanstack/react-router";
import { useEnvironments } from "../../api/queries";
import { Sparkline } from "../../charts/Sparkline";
import { environmentColors, environmentName, environmentTag } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { travelling, type Scope, type Search } from "../../scope/codec";
import { latency, perSecond, relativeChange, share } from "../../units";

export function EnvironmentStrip({ scope }: { scope: Scope }) {
  const { data, error, refetch, isPlaceholderData } = useEnvironments(scope);
  const colorOf = environmentColors(data?.items.map((item) => item.environment.id) ?? []);
  const all = (
    <Link
      to="/environments"
      search={((previous: Search) => ({ ...travelling(previous), tab: "compare" })) as never}
      className="text-xs text-accent underline"
    >
      Compare
    </Link>
  );
  return (
    <Panel title="Environments" note="p95 and its change, errors, traffic" actions={all} refreshing={isPlaceholderData}>
      {!data && error ? (
        <Failure what="Environments" error={error} retry={() => void refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={84} />
        </div>
      ) : data.items.length === 0 ? (
        <Empty reason="No environment matches these filters." />
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(230px,1fr))] gap-px overflow-hidden border-t border-line bg-line text-xs">
          {data.items.map(({ environment, stats, previous, spark }) => (
            <li key={environment.id} className="flex flex-col gap-1 bg-surface px-3 py-2.5">
              <p className="flex min-w-0 items-center gap-2" title={environment.id}>
                <span
                  className="size-2 shrink-0 rounded-full"
                  style={{ background: `var(${colorOf(environment.id)})` }}
                  aria-hidden
                />
                <span className="min-w-0 truncate font-medium">{environmentName(environment)}</span>
                <span className="ml-auto font-mono text-[10px] text-muted" aria-hidden>
                  {environmentTag(environment.id)}
                </span>
              </p>
              <div className="flex items-end justify-between gap-2">
                <p className="text-muted">
                  <span className="text-base font-semibold text-text">{latency(stats.p95_ms)}</span>{" "}
                  {relativeChange(stats.p95_ms, previous?.p95_ms) ?? ""}
                </p>
                <Sparkline values={spark.p95_ms} width={90} height={24} color={colorOf(environment.id)} />
              </div>
              <p className="text-muted">
                {share(stats.error_rate)} errors · {perSecond(stats.requests_per_second)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
