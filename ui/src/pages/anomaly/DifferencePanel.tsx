// What is different while it lasts: attributes against the time before, and the same endpoint elsewhere. One click
// narrows the charts of the page.
import { Filter } from "lucide-react";
import type { Anomaly } from "../../api/detectionTypes";
import { useEndpoint, useFacets } from "../../api/queries";
import { windowBefore, windowOf } from "../../detection/range";
import { useNow } from "../../now";
import { environmentName } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { DEFAULT_SCOPE, type Scope } from "../../scope/codec";
import { useSetScope } from "../../scope/useScope";
import { count, latency, NO_VALUE, share } from "../../units";
import { differences, type Difference } from "./differences";

const FIELDS = ["version", "status"];
const ROWS_MAX = 8;

export function DifferencePanel({ anomaly, scope }: { anomaly: Anomaly; scope: Scope }) {
  const now_ms = useNow();
  const place = {
    ...DEFAULT_SCOPE,
    tz: scope.tz,
    live: scope.live,
    env: [anomaly.environment],
    ep: [anomaly.endpoint.id],
  };
  const during = useFacets({ ...place, ...windowOf(anomaly) }, FIELDS);
  const before = useFacets({ ...place, ...windowBefore(anomaly, now_ms) }, FIELDS);
  const error = during.error ?? before.error;
  const known = during.data && before.data;
  const rows = known ? differences(during.data!.fields, before.data!.fields, FIELDS).slice(0, ROWS_MAX) : [];
  return (
    <Panel title="What is different" note="share of requests">
      {!known && error ? (
        <Failure
          what="The comparison"
          error={error}
          retry={() => {
            void during.refetch();
            void before.refetch();
          }}
        />
      ) : !known ? (
        <div className="px-3 pb-3">
          <Skeleton height={200} />
        </div>
      ) : rows.length === 0 ? (
        <Empty reason="Versions and answers are as they were before." />
      ) : (
        <table className="w-full text-xs">
          <thead>
            <tr className="h-8 border-b border-line text-right text-muted">
              <th scope="col" className="pl-3 text-left font-medium">
                Attribute
              </th>
              <th scope="col" className="px-2 font-medium">
                during
              </th>
              <th scope="col" className="px-2 font-medium">
                before
              </th>
              <th scope="col" className="pr-2">
                <span className="sr-only">Filter</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <DifferenceRow key={`${row.field}-${row.value}`} row={row} scope={scope} />
            ))}
          </tbody>
        </table>
      )}
      <Elsewhere anomaly={anomaly} scope={scope} />
    </Panel>
  );
}

function DifferenceRow({ row, scope }: { row: Difference; scope: Scope }) {
  const setScope = useSetScope();
  const field = row.field as "version" | "status";
  const chosen = scope[field].includes(row.value);
  const name = `${row.field} ${row.label || "(none)"}`;
  return (
    <tr className="h-9 border-b border-line">
      <th scope="row" className="max-w-0 truncate pl-3 text-left font-normal" style={{ width: "42%" }}>
        <span className="text-muted">{row.field}</span> <span className="font-mono">{row.label || "(none)"}</span>
      </th>
      <ShareCell value={row.during} color="--series-2" />
      <ShareCell value={row.before} color="--line-strong" />
      <td className="pr-2 text-right">
        <button
          type="button"
          className={`inline-flex size-7 items-center justify-center rounded hover:text-text ${chosen ? "bg-selected text-accent" : "text-muted"}`}
          aria-pressed={chosen}
          aria-label={`Only ${name}`}
          title={chosen ? `Show all again` : `Show only ${name}`}
          onClick={() => setScope({ [field]: chosen ? [] : [row.value] })}
        >
          <Filter size={13} aria-hidden />
        </button>
      </td>
    </tr>
  );
}

function ShareCell({ value, color }: { value: number | null; color: string }) {
  return (
    <td className="px-2">
      <span className="flex items-center justify-end gap-1.5 whitespace-nowrap">
        <span className="flex h-1.5 w-10 justify-end" aria-hidden>
          <span
            className="h-full rounded-full"
            style={{ width: `${Math.max(value ? 2 : 0, (value ?? 0) * 100)}%`, background: `var(${color})` }}
          />
        </span>
        <span className="w-12 text-right">{value === null ? NO_VALUE : share(value)}</span>
      </span>
    </td>
  );
}

/** The same endpoint in every environment, so that it shows whether it is only here. */
function Elsewhere({ anomaly, scope }: { anomaly: Anomaly; scope: Scope }) {
  const window = { ...DEFAULT_SCOPE, tz: scope.tz, live: scope.live, cmp: "prev" as const, ...windowOf(anomaly) };
  const detail = useEndpoint(anomaly.endpoint.id, window);
  const environments = detail.data?.environments ?? [];
  const text =
    anomaly.signal === "latency"
      ? (stats: { p95_ms: number | null }) => latency(stats.p95_ms)
      : anomaly.signal === "traffic"
        ? (stats: { requests_per_second: number }) => `${count(stats.requests_per_second * 60)}/min`
        : (stats: { error_rate: number | null; client_error_rate: number | null }) =>
            share(anomaly.signal === "error_rate" ? stats.error_rate : stats.client_error_rate);
  if (environments.length < 2) return null;
  return (
    <section aria-labelledby="elsewhere" className="px-3 pt-3 pb-2 text-xs">
      <h3 id="elsewhere" className="mb-1 flex text-muted">
        The same endpoint elsewhere
        <span className="ml-auto">
          {anomaly.signal === "latency" ? "p95" : anomaly.signal === "traffic" ? "requests" : "errors"}, during
        </span>
      </h3>
      <ul>
        {environments.map(({ environment, stats, previous }) => {
          const here = environment.id === anomaly.environment;
          return (
            <li key={environment.id} className="flex h-7 items-center gap-2" title={environment.id}>
              <span className={`min-w-0 truncate ${here ? "font-medium" : "text-muted"}`}>
                {environmentName(environment)}
                {here && " (here)"}
              </span>
              <span className={`ml-auto whitespace-nowrap ${here ? "font-medium" : ""}`}>{text(stats)}</span>
              <span className="w-24 shrink-0 text-right whitespace-nowrap text-muted">
                {previous ? `before ${text(previous)}` : ""}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
