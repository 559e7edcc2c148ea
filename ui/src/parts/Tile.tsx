// One number with its change and a spark. Owns the look; callers decide which change is bad.
import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import { Sparkline } from "../charts/Sparkline";

export interface TileProps {
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

export function Tile({ name, value, change, worse, steady, before, spark, color, fromZero }: TileProps) {
  return (
    <div className="panel min-w-0 px-3 py-2.5" data-tile={name}>
      <div className="flex min-h-5.5 items-center justify-between gap-x-2 max-sm:min-h-11 max-sm:flex-col max-sm:items-start max-sm:justify-start">
        <p className="max-w-full truncate text-xs leading-5.5 text-muted">{name}</p>
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
      className={`inline-flex h-5.5 shrink-0 items-center gap-1 rounded px-1.5 text-[11px] whitespace-nowrap max-sm:-ml-1.5 ${
        worse ? "bg-warn-tint text-warn" : "text-muted"
      }`}
    >
      <Arrow size={12} aria-hidden />
      {text}
    </span>
  );
}

/** Whether a value grew by more than the factor; unknown values have not. */
export function rose(now: number | null | undefined, before: number | null | undefined, factor: number): boolean {
  return now != null && before != null && before > 0 && now / before > factor;
}
