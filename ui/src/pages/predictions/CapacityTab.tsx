// When traffic will exceed what was ever served. Owns the table; dates and sentences are the server's.
import { TriangleAlert } from "lucide-react";
import { useCapacity } from "../../api/forecastQueries";
import type { CapacityItem } from "../../api/forecastTypes";
import { Sparkline } from "../../charts/Sparkline";
import { environmentText } from "../../forecasting/words";
import { useNow } from "../../now";
import { EndpointLink } from "../../parts/EndpointLink";
import { Panel } from "../../parts/Panel";
import { Segmented } from "../../parts/Segmented";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { dateTime, dayMonth } from "../../time/format";
import { count, NO_VALUE } from "../../units";
import { exceedsText, growthText, isSoon } from "./capacity";

const PER: [string, string][] = [
  ["service", "Service"],
  ["endpoint", "Endpoint"],
];

export default function CapacityTab() {
  const scope = useScope();
  const setScope = useSetScope();
  const per = scope.kind[0] === "endpoint" ? "endpoint" : "service";
  const query = useCapacity(scope, per);
  const { data } = query;
  const choice = (
    <Segmented
      label="One row for each"
      labelled
      options={PER}
      value={per}
      onChange={(value) => setScope({ kind: value === "service" ? [] : [value] })}
    />
  );
  return (
    <Panel title="Capacity" note="the busiest hour of each day" actions={choice} refreshing={query.isPlaceholderData}>
      {!data && query.error ? (
        <Failure what="Capacity" error={query.error} retry={() => void query.refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={320} />
        </div>
      ) : data.items.length === 0 ? (
        <Empty reason="There is no traffic to look at yet: daily peaks need two whole days." height={200} />
      ) : (
        <>
          <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Capacity table">
            <table className="w-full min-w-180 text-xs">
              <thead>
                <tr className="h-8 border-b border-line text-right text-muted">
                  <th scope="col" className="pl-3 text-left font-medium">
                    {per === "endpoint" ? "Endpoint" : "Service"}
                  </th>
                  <th scope="col" className="px-2 text-left font-medium">
                    Exceeds it
                  </th>
                  <th scope="col" className="px-2 font-medium" title="The busiest hour ever seen, requests a minute">
                    Busiest ever
                  </th>
                  <th scope="col" className="px-2 font-medium" title="The busiest hour of the last seven days">
                    Last 7 days
                  </th>
                  <th scope="col" className="px-2 font-medium">
                    Growth a week
                  </th>
                  <th scope="col" className="pr-3 pl-2 font-medium">
                    Daily peaks
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((item) => (
                  <CapacityRow
                    key={`${item.scope.service} ${item.scope.endpoint?.id} ${item.scope.environment}`}
                    item={item}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {data.total > data.items.length && (
            <p className="px-3 py-2 text-xs text-muted">
              The first {data.items.length} of {data.total.toLocaleString("en")}.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function CapacityRow({ item }: { item: CapacityItem }) {
  const zone = useZone();
  const now_ms = useNow();
  const { scope, sentence, daily_peaks, daily_t0_ms } = item;
  const soon = isSoon(item, now_ms);
  return (
    <tr className="border-b border-line text-right align-top last:border-b-0" data-capacity={scope.service}>
      <td className="max-w-0 min-w-44 py-2 pl-3 text-left" style={{ width: "26%" }}>
        {scope.endpoint ? <EndpointLink endpoint={scope.endpoint} /> : <span className="font-medium">{scope.service}</span>}
        <span className="block truncate text-[11px] leading-4 text-muted">
          {[scope.endpoint ? scope.service : "", environmentText(scope), scope.dataset === "demo" ? "demo" : ""]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </td>
      <td className="max-w-72 min-w-52 px-2 py-2 text-left">
        <span className={`flex items-center gap-1.5 font-medium ${soon ? "text-warn" : ""}`}>
          {soon && <TriangleAlert size={12} className="shrink-0" aria-hidden />}
          {exceedsText(item, now_ms, zone)}
        </span>
        <span className="block leading-4 text-muted">{sentence}</span>
      </td>
      <td className="px-2 py-2 whitespace-nowrap" title={dateTime(item.ever_ms, zone)}>
        {count(item.ever_requests_per_minute)}/min
        <span className="block leading-4 text-muted">{dayMonth(item.ever_ms, zone)}</span>
      </td>
      <td className="px-2 py-2 whitespace-nowrap">
        {count(item.recent_requests_per_minute)}/min
        <span className="block leading-4 text-muted">
          {item.ever_requests_per_minute > 0
            ? `${Math.round((item.recent_requests_per_minute / item.ever_requests_per_minute) * 100)} % of it`
            : NO_VALUE}
        </span>
      </td>
      <td className="px-2 py-2 whitespace-nowrap">{growthText(item.growth_per_week)}</td>
      <td className="py-2 pr-3 pl-2">
        <div className="flex justify-end" title={`from ${dayMonth(daily_t0_ms, zone)} on`}>
          <Sparkline values={daily_peaks} width={96} height={26} color={soon ? "--warn" : "--series-1"} fromZero />
        </div>
      </td>
    </tr>
  );
}
