// Time ranges as people type them: "last 45m", "2026-11-20 14:00 to 15:30", "-2d to -1d", "yesterday".
// Owns the typed grammar and turns it into the expressions of expression.ts; knows no URL and no widget.
import { absoluteTime, agoExpression, resolveTime } from "./expression";
import { wallTime, zonedToEpoch, type WallTime } from "./zone";

export interface TypedRange {
  from: string;
  to: string;
}

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const AMOUNT = /^(\d{1,6})?\s*(s|sec|secs|seconds?|m|min|mins|minutes?|h|hr|hrs|hours?|d|days?|w|weeks?)$/;
const DATE_TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** Null when the text is no range; the caller says so beside the field. */
export function parsePhrase(text: string, now_ms: number, zone: string): TypedRange | null {
  const phrase = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (phrase === "") return null;
  if (phrase === "today" || phrase === "yesterday") return wholeDay(phrase, now_ms, zone);
  const last = /^(?:last|past|-)?\s*(.+)$/.exec(phrase)![1]!;
  const distance = amount(last);
  if (distance !== null) return { from: agoExpression(distance), to: "now" };
  return parsePair(phrase, now_ms, zone) ?? parseSingleDay(phrase, zone);
}

function parsePair(phrase: string, now_ms: number, zone: string): TypedRange | null {
  const sides = phrase.split(/ to | until | \.\. | – | — |\.\.|–|—/).map((side) => side.trim());
  if (sides.length !== 2) return null;
  const from = moment(sides[0]!, now_ms, zone, null);
  if (!from) return null;
  const to = moment(sides[1]!, now_ms, zone, from.epoch_ms);
  if (!to || to.epoch_ms - from.epoch_ms < 1000) return null;
  return { from: from.expression, to: to.expression };
}

interface Moment {
  expression: string;
  epoch_ms: number;
}

/** One side of "A to B". A bare clock belongs to the day of `anchor_ms`, or to today. */
function moment(text: string, now_ms: number, zone: string, anchor_ms: number | null): Moment | null {
  if (text === "now") return { expression: "now", epoch_ms: now_ms };
  const relative = /^(?:now ?)?- ?(.+)$/.exec(text) ?? /^(.+) ago$/.exec(text);
  const distance = relative ? amount(relative[1]!) : null;
  if (distance !== null) return { expression: agoExpression(distance), epoch_ms: now_ms - distance };
  const expression = text.toUpperCase().replace("NOW", "now");
  const direct = resolveTime(expression, now_ms) ?? resolveTime(text, now_ms);
  if (direct !== null) return { expression: absoluteTime(direct), epoch_ms: direct };
  const clock = CLOCK.exec(text);
  if (clock) {
    const day = wallTime(zone, anchor_ms ?? now_ms);
    return fixed({ ...day, hour: +clock[1]!, minute: +clock[2]!, second: +(clock[3] ?? 0) }, zone);
  }
  const dated = wallFrom(text);
  return dated ? fixed(dated, zone) : null;
}

function fixed(wall: WallTime, zone: string): Moment | null {
  if (wall.hour > 24 || wall.minute > 59 || wall.second > 59) return null;
  const epoch_ms = zonedToEpoch(wall, zone);
  return { expression: absoluteTime(epoch_ms), epoch_ms };
}

function wallFrom(text: string): WallTime | null {
  const match = DATE_TIME.exec(text);
  if (!match) return null;
  const [year, month, day] = [+match[1]!, +match[2]!, +match[3]!];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth) return null;
  return { year, month, day, hour: +(match[4] ?? 0), minute: +(match[5] ?? 0), second: +(match[6] ?? 0) };
}

function parseSingleDay(phrase: string, zone: string): TypedRange | null {
  const wall = /^\d{4}-\d{1,2}-\d{1,2}$/.test(phrase) ? wallFrom(phrase) : null;
  return wall ? dayOf(wall, zone) : null;
}

function wholeDay(word: string, now_ms: number, zone: string): TypedRange {
  const today = wallTime(zone, now_ms);
  const start = { ...today, hour: 0, minute: 0, second: 0 };
  if (word === "today") return { from: absoluteTime(zonedToEpoch(start, zone)), to: "now" };
  return dayOf({ ...start, day: start.day - 1 }, zone); // Day 0 is the last day of the month before.
}

function dayOf(wall: WallTime, zone: string): TypedRange {
  const next = { ...wall, day: wall.day + 1 }; // A day is not always 24 hours, so go by the calendar.
  return { from: absoluteTime(zonedToEpoch(wall, zone)), to: absoluteTime(zonedToEpoch(next, zone)) };
}

function amount(text: string): number | null {
  const match = AMOUNT.exec(text);
  if (!match) return null;
  const number = match[1] === undefined ? 1 : Number(match[1]);
  return number > 0 ? number * UNIT_MS[match[2]![0]!]! : null;
}
