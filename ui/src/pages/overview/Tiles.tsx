// The four numbers of the overview. Owns which they are and which direction of change is bad.
import type { Overview, Series } from "../../api/types";
import { Skeleton } from "../../parts/states";
import { rose, Tile } from "../../parts/Tile";
import type { Compare } from "../../scope/codec";
import { comparable } from "../../scope/comparison";
import { COMPARE_SHORT } from "../../shell/compareNames";
import { latency, perSecond, relativeChange, share, shareChange } from "../../units";

interface TilesProps {
  overview: Overview | undefined;
  series: Series | undefined;
  compared: Compare;
}

export function Tiles({ overview, series, compared }: TilesProps) {
  const grid = "grid grid-cols-4 gap-3 max-rail:grid-cols-2 max-sm:gap-2";
  if (!overview) {
    return (
      <div className={grid}>
        {[0, 1, 2, 3].map((index) => (
          <Skeleton key={index} height={76} />
        ))}
      </div>
    );
  }
  const { current } = overview;
  const previous = comparable(overview.previous, overview.range, compared, overview.first_request_ms);
  const group = series?.groups[0];
  const before = COMPARE_SHORT[compared];
  return (
    <div className={grid}>
      <Tile
        name="Response time p95"
        value={latency(current.p95_ms)}
        change={relativeChange(current.p95_ms, previous?.p95_ms)}
        worse={rose(current.p95_ms, previous?.p95_ms, 1.1)}
        before={`${latency(previous?.p95_ms)} in the ${before}`}
        spark={group?.p95_ms}
        color="--series-1"
      />
      <Tile
        name="Error rate"
        value={share(current.error_rate)}
        change={shareChange(current.error_rate, previous?.error_rate)}
        worse={
          current.error_rate !== null &&
          previous?.error_rate != null &&
          current.error_rate - previous.error_rate > 0.001
        }
        before={`${share(previous?.error_rate)} in the ${before}`}
        spark={group?.error_rate}
        color="--series-2"
        fromZero
      />
      <Tile
        name="Traffic"
        value={perSecond(current.requests_per_second)}
        change={relativeChange(current.requests_per_second, previous?.requests_per_second)}
        worse={false}
        before={`${perSecond(previous?.requests_per_second)} in the ${before}`}
        spark={group?.requests_per_second.slice(0, -1)}
        color="--series-1"
        fromZero
      />
      <Tile
        name="Active endpoints"
        value={`${overview.endpoints_active.toLocaleString("en")} / ${overview.endpoints_total.toLocaleString("en")}`}
        change={overview.endpoints_silent > 0 ? `${overview.endpoints_silent} silent` : "none silent"}
        worse={overview.endpoints_silent > 0}
        steady={overview.endpoints_silent === 0}
        before="Silent: known in the last 7 days, but without a request in this range"
      />
    </div>
  );
}
