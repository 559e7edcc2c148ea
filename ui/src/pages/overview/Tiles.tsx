// The four numbers of the overview with their change and a spark. Owns which direction of change is bad.
import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import type { Overview, Series } from "../../api/types";
import { Sparkline } from "../../charts/Sparkline";
import { Skeleton } from "../../parts/states";
import type { Compare } from "../../scope/codec";
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
  const { current, previous } = overview;
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
        worse={current.error_rate !== null && previous?.error_rate != null && current.error_rate - previous.error_rate > 0.001}
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

interface TileProps {
  name: string;
  value: string;
  change: string | null;
  worse: boolean;
  steady?: boolean;
  before: string;
  spark?: (number | null)[];
  color?: string;
  fromZero?: boolean;
}

function Tile({ name, value, change, worse, steady, before, spark, color, fromZero }: TileProps) {
  return (
    <div className="panel min-w-0 px-3 py-2.5" data-tile={name}>
      <div className="flex min-h-5.5 items-center justify-between gap-2">
        <p className="truncate text-xs text-muted">{name}</p>
        {change && <Change text={change} worse={worse} steady={steady} title={before} />}
      </div>
      <div className="mt-1 flex items-end justify-between gap-2">
        <p className="text-2xl leading-8 font-semibold whitespace-nowrap max-sm:text-xl">{value}</p>
        {spark && color && (
          <div className="mb-1 max-sm:hidden">
            <Sparkline values={spark} width={110} height={28} color={color} fromZero={fromZero} />
          </div>
        )}
      </div>
    </div>
  );
}

function Change({ text, worse, steady, title }: { text: string; worse: boolean; steady?: boolean; title: string }) {
  const Arrow = steady || text.startsWith("±") ? ArrowRight : text.startsWith("−") ? ArrowDownRight : ArrowUpRight;
  return (
    <span
      title={title}
      className={`inline-flex h-5.5 shrink-0 items-center gap-1 rounded px-1.5 text-[11px] whitespace-nowrap ${
        worse ? "bg-warn-tint text-warn" : "text-muted"
      }`}
    >
      <Arrow size={12} aria-hidden />
      {text}
    </span>
  );
}

function rose(now: number | null | undefined, before: number | null | undefined, factor: number): boolean {
  return now != null && before != null && before > 0 && now / before > factor;
}
