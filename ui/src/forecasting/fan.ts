// Geometry of a small fan: what was, then what may come around a dashed course. Pure; FanChart.tsx draws it.

export interface FanData {
  /** Up to now, one value a step. */
  history: (number | null)[];
  /** From now on. */
  expected: number[];
  lower: number[];
  upper: number[];
  limit: number | null;
}

export interface Fan {
  history: string;
  band: string;
  course: string;
  now_x: number;
  limit_y: number | null;
}

export interface FanBox {
  width: number;
  height: number;
  /** Shares that are nearly one do not begin at zero, everything else does. */
  scale: "zero" | "own";
}

const PAD = 3;
const LIMIT_TOP_MAX = 2.5; // A far limit may not press the lines flat; it is then named, not drawn.
const HISTORY_SHARE_MAX = 0.6; // What may come needs room.

export function fanOf(data: FanData, { width, height, scale }: FanBox): Fan {
  const steps = data.expected.length;
  const kept_max = steps === 0 ? data.history.length : Math.ceil((steps * HISTORY_SHARE_MAX) / (1 - HISTORY_SHARE_MAX));
  const history = data.history.slice(-Math.max(2, kept_max));
  const known = [...history.filter((value) => value !== null), ...data.expected, ...data.upper, ...data.lower];
  const [low, high] = edges(known, data.limit, scale);
  const last = history.length + Math.max(0, steps - 1);
  const x = (index: number) => round(PAD + (last === 0 ? 0 : (index / last) * (width - 2 * PAD)));
  const y = (value: number) => round(height - PAD - ((value - low) / (high - low)) * (height - 2 * PAD));
  const ahead = (values: number[]) => values.map((value, index) => `${x(history.length + index)} ${y(value)}`);
  const back = ahead(data.lower).toReversed();
  return {
    history: runs(history, x, y),
    band: steps > 0 && back.length === steps ? `M${[...ahead(data.upper), ...back].join("L")}Z` : "",
    course: steps > 0 ? `M${ahead(data.expected).join("L")}` : "",
    now_x: x(Math.max(0, history.length - 0.5)),
    limit_y: data.limit !== null && data.limit <= high && data.limit >= low ? y(data.limit) : null,
  };
}

function edges(known: number[], limit: number | null, scale: FanBox["scale"]): [number, number] {
  if (known.length === 0) return [0, limit && limit > 0 ? limit * 1.2 : 1];
  const top = Math.max(...known);
  const bottom = Math.min(...known);
  if (scale === "own") {
    const low = Math.min(bottom, limit ?? bottom);
    const span = Math.max(top - low, 0.02);
    return [low - span * 0.06, Math.max(top, limit ?? top) + span * 0.06];
  }
  const reach = limit !== null && limit <= top * LIMIT_TOP_MAX ? Math.max(top, limit) : top;
  return [0, reach > 0 ? reach * 1.08 : limit && limit > 0 ? limit * 1.2 : 1];
}

/** Missing values are gaps. */
function runs(values: (number | null)[], x: (index: number) => number, y: (value: number) => number): string {
  let path = "";
  values.forEach((value, index) => {
    if (value === null) return;
    const goesOn = index > 0 && values[index - 1] !== null;
    path += `${goesOn ? "L" : "M"}${x(index)} ${y(value)}`;
    if (!goesOn && (values[index + 1] ?? null) === null) path += "h.01";
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
