// Environments side by side: the same requests, so that a different mix of endpoints blames nobody. Owns the two tables.
import { ArrowDown, ArrowUp, Minus, TriangleAlert } from "lucide-react";
import { useEnvironmentComparison } from "../../api/incidentQueries";
import type { ComparedCell, ComparedEnvironment, Comparison, EnvironmentComparison } from "../../api/incidentTypes";
import { Evidence, Interval } from "../../incidents/Comparisons";
import { intervalAxis, type IntervalAxis } from "../../incidents/interval";
import { namedPlaces } from "../../incidents/sentence";
import { differenceText, points, rawText } from "../../incidents/words";
import { EndpointLink } from "../../parts/EndpointLink";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { count, latency, plural, share, threeDigits } from "../../units";

export default function CompareTab({ scope }: { scope: Scope }) {
  const query = useEnvironmentComparison(scope);
  const { data } = query;
  if (!data) {
    return query.error ? (
      <div className="panel">
        <Failure what="The comparison" error={query.error} retry={() => void query.refetch()} />
      </div>
    ) : (
      <div className="flex flex-col gap-3">
        <Skeleton height={46} />
        <Skeleton height={260} />
        <Skeleton height={320} />
      </div>
    );
  }
  if (data.environments.length < 2) {
    return (
      <div className="panel">
        <Empty reason="A comparison needs requests in at least two environments. Choose a longer range or fewer filters." />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="panel px-4 py-3 text-[15px] leading-6 break-words" role="status" data-statement>
        {namedPlaces(data.statement)}
      </p>
      <SideBySide environments={data.environments} refreshing={query.isPlaceholderData} />
      <Endpoints comparison={data} />
    </div>
  );
}

function SideBySide({ environments, refreshing }: { environments: ComparedEnvironment[]; refreshing: boolean }) {
  const all = environments.flatMap(({ error_rate, slow_share }) => [error_rate, slow_share]).filter((item) => item !== null);
  const axis = intervalAxis(all);
  return (
    <Panel
      title="Side by side"
      note={`differences on the same mix of endpoints, 95 % intervals from ${points(axis.low)} to ${points(axis.high)}`}
      refreshing={refreshing}
    >
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Environments side by side">
        <table className="w-full min-w-240 text-xs" data-side-by-side>
          <thead>
            <tr className="h-8 border-y border-line text-left text-muted">
              <th scope="col" className="pl-3 font-medium">
                Environment
              </th>
              {["Requests", "p50", "p95", "Errors"].map((name) => (
                <th key={name} scope="col" className="px-2 text-right font-medium">
                  {name}
                </th>
              ))}
              <th scope="col" className="px-3 font-medium">
                Versions
              </th>
              <th scope="col" className="w-72 px-2 font-medium">
                Errors against all others
              </th>
              <th scope="col" className="w-72 pr-3 pl-2 font-medium">
                Slow requests against all others
              </th>
            </tr>
          </thead>
          <tbody>
            {environments.map((item) => (
              <tr key={item.environment} className="border-b border-line align-top last:border-b-0">
                <th scope="row" className="max-w-48 truncate py-2 pl-3 text-left font-medium" title={item.environment}>
                  {environmentNameOf(item.environment)}
                </th>
                <td className="px-2 py-2 text-right">{count(item.stats.requests)}</td>
                <td className="px-2 py-2 text-right whitespace-nowrap">{latency(item.stats.p50_ms)}</td>
                <td className="px-2 py-2 text-right whitespace-nowrap">{latency(item.stats.p95_ms)}</td>
                <td className="px-2 py-2 text-right whitespace-nowrap">{share(item.stats.error_rate)}</td>
                <td className="max-w-44 px-3 py-2">
                  <Versions item={item} />
                </td>
                <td className="px-2 py-2">
                  <Difference comparison={item.error_rate} axis={axis} />
                </td>
                <td className="py-2 pr-3 pl-2">
                  <Difference comparison={item.slow_share} axis={axis} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const VERSIONS_MAX = 2;

function Versions({ item: { versions } }: { item: ComparedEnvironment }) {
  const named = versions.filter(({ version }) => version !== "");
  if (named.length === 0) return <span className="text-muted">not reported</span>;
  return (
    <span title={named.map(({ service, version }) => `${service} ${version}`).join(", ")}>
      {named.slice(0, VERSIONS_MAX).map(({ service, version }) => (
        <span key={`${service} ${version}`} className="block truncate">
          {service} <span className="font-mono text-[11px]">{version}</span>
        </span>
      ))}
      {named.length > VERSIONS_MAX && <span className="text-muted">and {named.length - VERSIONS_MAX} more</span>}
    </span>
  );
}

function Difference({ comparison, axis }: { comparison: Comparison | null; axis: IntervalAxis }) {
  if (!comparison) return <span className="text-muted">nothing to compare with</span>;
  const raw = rawText(comparison);
  return (
    <span className="block" title={`${comparison.there}, ${plural(comparison.endpoints, "shared endpoint")}`}>
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium whitespace-nowrap">{differenceText(comparison)}</span>
        <Evidence item={comparison} />
      </span>
      <Interval item={comparison} axis={axis} />
      {raw && <span className="mt-0.5 block text-[11px] leading-4 text-muted">{raw}</span>}
    </span>
  );
}

function Endpoints({ comparison }: { comparison: EnvironmentComparison }) {
  const { endpoints, environments, endpoints_shared } = comparison;
  return (
    <Panel
      title="Endpoint by endpoint"
      note={`${plural(endpoints_shared, "endpoint")} in at least two environments, most different first`}
    >
      {endpoints.length === 0 ? (
        <Empty reason="No endpoint has requests in two environments." />
      ) : (
        <div className="max-h-[70dvh] overflow-auto" tabIndex={0} role="region" aria-label="Endpoints compared">
          <table className="w-full border-separate border-spacing-0 text-xs" data-compared>
            <thead className="sticky top-0 z-1 bg-surface">
              <tr className="h-9 text-left text-muted">
                <th
                  scope="col"
                  className="sticky left-0 min-w-52 border-y border-line bg-surface pl-3 font-medium max-md:min-w-36"
                >
                  Endpoint
                </th>
                <th scope="col" className="border-y border-line px-3 text-right font-medium">
                  Spread
                </th>
                {environments.map(({ environment }) => (
                  <th key={environment} scope="col" title={environment} className="min-w-40 border-y border-line px-2 font-medium">
                    {environmentNameOf(environment)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {endpoints.map((row) => (
                <tr key={row.endpoint.id}>
                  <th
                    scope="row"
                    className="sticky left-0 max-w-52 border-b border-line bg-surface px-3 text-left font-normal max-md:max-w-36"
                  >
                    <EndpointLink endpoint={row.endpoint} />
                    <span className="block truncate text-[11px] leading-4 text-muted">{row.endpoint.service}</span>
                  </th>
                  <td className="border-b border-line px-3 text-right">{threeDigits(row.spread)}×</td>
                  {row.cells.map((cell, index) => (
                    <Cell key={environments[index]?.environment ?? index} cell={cell} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const NOTABLE = 0.001; // A tenth of a percentage point either way is the same.

function Cell({ cell }: { cell: ComparedCell | null }) {
  if (!cell) {
    return (
      <td className="hatched border-b border-l border-line px-2 text-muted">
        <span className="sr-only">no requests</span>
      </td>
    );
  }
  return (
    <td
      className={`border-b border-l border-line px-2 py-1.5 whitespace-nowrap ${cell.is_worse ? "bg-slower-1" : ""}`}
      title={`${cell.requests.toLocaleString("en")} requests, p50 ${latency(cell.latency_ms_p50)}`}
    >
      <span className="flex items-center gap-2">
        <span className="font-medium">{latency(cell.latency_ms_p95)}</span>
        <span className="text-muted">{share(cell.error_rate)} errors</span>
        {cell.is_worse && (
          <span className="ml-auto inline-flex items-center gap-1 font-medium">
            <TriangleAlert size={11} className="text-critical" aria-hidden /> worse
          </span>
        )}
      </span>
      <span className="flex items-center gap-2 text-[11px] leading-4 text-muted">
        <Step name="slow" value={cell.slow_share_difference} />
        <Step name="errors" value={cell.error_rate_difference} />
      </span>
    </td>
  );
}

function Step({ name, value }: { name: string; value: number }) {
  const Arrow = value > NOTABLE ? ArrowUp : value < -NOTABLE ? ArrowDown : Minus;
  return (
    <span className="inline-flex items-center gap-0.5">
      <Arrow size={10} className="shrink-0" aria-hidden /> {name} {points(value)}
    </span>
  );
}
