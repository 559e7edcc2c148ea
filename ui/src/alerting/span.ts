// Lengths of time as people write them: "90 s", "5 min", "1 h 30 min". Owns reading, writing and countdowns.

const UNITS: [string, string, number][] = [
  ["d", "day", 86_400],
  ["h", "hour", 3_600],
  ["min", "minute", 60],
  ["s", "second", 1],
];
const UNIT_S: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1, w: 604_800 };
const PART = /(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])\s*/gy;

/** 5400 -> "1 h 30 min". Exact. */
export function spanText(seconds: number): string {
  if (seconds === 0) return "0 s";
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, , size] of UNITS) {
    const amount = Math.floor(rest / size);
    if (amount > 0) parts.push(`${amount} ${unit}`);
    rest -= amount * size;
  }
  return parts.join(" ");
}

/** 180 -> "3 minutes": one unit where that is exact, for sentences. */
export function spanWords(seconds: number): string {
  const whole = UNITS.find(([, , size]) => seconds >= size && seconds % size === 0);
  if (!whole) return spanText(seconds);
  const amount = seconds / whole[2];
  return `${amount} ${whole[1]}${amount === 1 ? "" : "s"}`;
}

/** Seconds, or null when the text is no length of time. A number alone is minutes. */
export function parseSpan(text: string): number | null {
  const words = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(words)) return Math.round(Number(words) * 60);
  let seconds = 0;
  PART.lastIndex = 0;
  let end = 0;
  for (let part = PART.exec(words); part; part = PART.exec(words)) {
    seconds += Number(part[1]) * UNIT_S[part[2]![0]!]!;
    end = PART.lastIndex;
  }
  return words !== "" && end === words.length ? Math.round(seconds) : null;
}

/** "2 h 10 min": the two largest units, rounded up, so that it never says 0 before it is over. */
export function countdown(left_ms: number): string {
  let seconds = Math.max(0, Math.ceil(left_ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const step = seconds >= 86_400 ? 3_600 : 60;
  seconds = Math.ceil(seconds / step) * step;
  return spanText(seconds).split(" ").slice(0, 4).join(" ");
}
