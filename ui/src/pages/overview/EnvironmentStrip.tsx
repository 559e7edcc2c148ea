// The environments in one glance. Owns a row per environment; comparison in depth is the Environments page.
import { Link } from "@tanstack/react-router";
import { useEnvironments } from "../../api/queries";
import { Sparkline } from "../../charts/Sparkline";
import { environmentColors, environmentName, environmentTag } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { travelling, type Scope, type Search } from "../../scope/codec";
import { latency, share } from "../../units";

export function EnvironmentStrip({ scope }: { scope: Scope }) {
  const { data, error, refetch, isPlaceholderData } = useEnvironments(scope);
  const colorOf = environmentColors(data?.items.map((item) => item.environment.id) ?? []);
  const all = (
    <Link to="/environments" search={((previous: Search) => travelling(previous)) as never} className="text-xs text-accent underline">
      Compare
    </Link>
  );
  return (
    <Panel title="Environments" note="p95, errors" actions={all} refreshing={isPlaceholderData}>
      {!data && error ? (
        <Failure what="Environments" error={error} retry={() => void refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={120} />
        </div>
      ) : data.items.length === 0 ? (
        <Empty reason="No environment matches these filters." />
      ) : (
        <ul className="pb-1 text-xs">
          {data.items.slice(0, 6).map(({ environment, stats, spark }) => (
            <li key={environment.id} className="flex h-8 items-center gap-2 border-t border-line px-3">
              <span className="size-2 shrink-0 rounded-full" style={{ background: `var(${colorOf(environment.id)})` }} aria-hidden />
              <span className="font-mono text-[10px] text-muted" aria-hidden>
                {environmentTag(environment.id)}
              </span>
              <span className="min-w-0 flex-1 truncate" title={environment.id}>
                {environmentName(environment)}
              </span>
              <Sparkline values={spark.p95_ms} width={56} height={18} color={colorOf(environment.id)} />
              <span className="w-14 text-right">{latency(stats.p95_ms)}</span>
              <span className="w-14 text-right">{share(stats.error_rate)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
