// Small things about forecasts that several pages show: a probability, its course over time, trust, a horizon.
import { CircleCheck, CircleHelp, FlaskConical, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ForecastTrust } from "../api/forecastTypes";
import { leadText, probabilityText, TRUST_MEANINGS, TRUST_NAMES } from "./words";

/** A number with a bar; the bar alone would say nothing to some. */
export function Probability({ value, large }: { value: number; large?: boolean }) {
  const tone = value >= 0.7 ? "text-critical" : value >= 0.4 ? "text-warn" : "text-text";
  return (
    <span className={`flex items-center gap-2 ${tone}`}>
      <span
        className={`shrink-0 font-semibold ${large ? "w-16 text-xl leading-6" : "w-11 text-right text-[13px]"}`}
        data-probability
      >
        {probabilityText(value)}
      </span>
      <span className="h-1.5 w-16 overflow-hidden rounded-full bg-line" aria-hidden>
        <span className="block h-full rounded-full bg-current" style={{ width: `${value * 100}%` }} />
      </span>
    </span>
  );
}

const CELLS = 24;

/** The probability that it has happened by each moment, darker is likelier; the numbers stand at both ends. */
export function ProbabilityStrip({ values, step_ms }: { values: number[]; step_ms: number }) {
  if (values.length === 0) return null;
  const shown = Math.min(CELLS, values.length);
  const cells = Array.from(
    { length: shown },
    (_, index) => values[Math.floor(((index + 1) * values.length) / shown) - 1]!,
  );
  const end = values[values.length - 1]!;
  const words = [0.25, 0.5, 0.75, 1].map((part) => {
    const at = Math.max(0, Math.ceil(values.length * part) - 1);
    return `${probabilityText(values[at]!)} within ${leadText((at + 1) * step_ms)}`;
  });
  return (
    <div role="img" aria-label={`Probability over time: ${words.join(", ")}`} title={words.join(", ")}>
      <div className="flex h-2.5 gap-px overflow-hidden rounded-sm bg-bg" aria-hidden>
        {cells.map((value, index) => (
          <span key={index} className="flex-1 bg-(--series-6)" style={{ opacity: 0.08 + 0.92 * value }} />
        ))}
      </div>
      <p className="flex justify-between text-[11px] leading-4 text-muted" aria-hidden>
        <span>now {probabilityText(values[0]!)}</span>
        <span>
          {probabilityText(end)} in {leadText(values.length * step_ms)}
        </span>
      </p>
    </div>
  );
}

const TRUST_LOOK: Record<ForecastTrust, { icon: LucideIcon; style: string }> = {
  good: { icon: CircleCheck, style: "text-ok" },
  untested: { icon: FlaskConical, style: "text-info" },
  poor: { icon: TriangleAlert, style: "bg-warn-tint text-warn" },
  none: { icon: CircleHelp, style: "text-muted" },
};

export function TrustChip({ trust }: { trust: ForecastTrust }) {
  const { icon: Icon, style } = TRUST_LOOK[trust];
  return (
    <span
      className={`inline-flex h-5.5 shrink-0 items-center gap-1 rounded px-1.5 text-[11px] leading-4 whitespace-nowrap ${style}`}
      title={TRUST_MEANINGS[trust]}
      data-trust={trust}
    >
      <Icon size={12} className="shrink-0" aria-hidden />
      {TRUST_NAMES[trust]}
    </span>
  );
}
