// Recurring times and turns, in words and on a strip. Owns what the screen says; the server decides what counts.
import type { Schedule, Span } from "../api/alertTypes";
import { wallTime, zonedToEpoch } from "../time/zone";
import { listText } from "./lists";

export const WEEKDAYS: [string, string][] = [
  ["mon", "Mon"],
  ["tue", "Tue"],
  ["wed", "Wed"],
  ["thu", "Thu"],
  ["fri", "Fri"],
  ["sat", "Sat"],
  ["sun", "Sun"],
];
const WORK = ["mon", "tue", "wed", "thu", "fri"];
const WEEKEND = ["sat", "sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const EMPTY_SPAN: Span = { weekdays: [], from: "", to: "", days_of_month: [], months: [] };

/** "Mon to Fri, 22:00 to 06:00 the next day". */
export function spanSentence(span: Span): string {
  const parts = [daysText(span.weekdays)];
  if (span.days_of_month.length > 0) parts.push(`on the ${listText(span.days_of_month.map(dayText))}`);
  if (span.months.length > 0)
    parts.push(`in ${listText(span.months.map((month) => MONTHS[month - 1] ?? String(month)))}`);
  return `${parts.join(" ")}, ${clockText(span)}`;
}

function daysText(weekdays: string[]): string {
  const has = (days: string[]) => days.length === weekdays.length && days.every((day) => weekdays.includes(day));
  if (weekdays.length === 0 || weekdays.length === 7) return "every day";
  if (has(WORK)) return "Mon to Fri";
  if (has(WEEKEND)) return "Sat and Sun";
  return listText(WEEKDAYS.filter(([day]) => weekdays.includes(day)).map(([, name]) => name));
}

function dayText(day: number): string {
  return day > 0 ? `${day}.` : day === -1 ? "last day" : `${-day}. day before the end`;
}

function clockText({ from, to }: Span): string {
  if (from === "" && to === "") return "all day";
  const start = from || "00:00";
  const end = to || "24:00";
  return `${start} to ${end}${end <= start ? " the next day" : ""}`;
}

const CLOCK = /^([01]?\d|2[0-4]):[0-5]\d$/;

export function isClock(text: string): boolean {
  return text === "" || CLOCK.test(text);
}

export interface Turn {
  person: string;
  from_ms: number;
  to_ms: number;
  is_override: boolean;
}

const TURNS_MAX = 400;

/** Who is on call in a range, in order and without gaps where there is somebody. Turns change at a local time. */
export function turnsBetween(schedule: Schedule, from_ms: number, to_ms: number): Turn[] {
  const regular = regularTurns(schedule, from_ms, to_ms);
  const covers = schedule.overrides.filter((cover) => cover.from_ms < to_ms && cover.to_ms > from_ms);
  const edges = [...regular, ...covers].flatMap((turn) => [turn.from_ms, turn.to_ms]);
  const moments = [...new Set([from_ms, to_ms, ...edges])].filter((at) => at >= from_ms && at <= to_ms).sort(ascending);
  const turns: Turn[] = [];
  moments.slice(0, -1).forEach((start_ms, index) => {
    const end_ms = moments[index + 1]!;
    const within = (turn: { from_ms: number; to_ms: number }) => turn.from_ms <= start_ms && start_ms < turn.to_ms;
    const cover = covers.find(within);
    const person = cover?.person ?? regular.find(within)?.person;
    if (person === undefined) return;
    const last = turns.at(-1);
    if (last && last.to_ms === start_ms && last.person === person && last.is_override === Boolean(cover)) {
      last.to_ms = end_ms;
    } else {
      turns.push({ person, from_ms: start_ms, to_ms: end_ms, is_override: Boolean(cover) });
    }
  });
  return turns;
}

function regularTurns({ time_zone, starts, shift_days, people }: Schedule, from_ms: number, to_ms: number) {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(starts);
  if (!found || people.length === 0) return [];
  const [year, month, day, hour, minute] = found.slice(1).map(Number) as [number, number, number, number, number];
  const days = Math.max(1, shift_days);
  const begins = (turn: number) =>
    zonedToEpoch({ year, month, day: day + turn * days, hour, minute, second: 0 }, time_zone);
  const length_ms = days * 86_400_000;
  const first = Math.max(0, Math.floor((from_ms - begins(0)) / length_ms) - 1);
  const turns: { person: string; from_ms: number; to_ms: number }[] = [];
  for (let turn = first; turn < first + TURNS_MAX; turn += 1) {
    const start_ms = begins(turn);
    if (start_ms >= to_ms) break;
    const end_ms = begins(turn + 1);
    if (end_ms > from_ms) turns.push({ person: people[turn % people.length]!, from_ms: start_ms, to_ms: end_ms });
  }
  return turns;
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Midnight of the day in the zone, and of the days after it. */
export function daysFrom(now_ms: number, zone: string, days: number): number[] {
  const today = { ...wallTime(zone, now_ms), hour: 0, minute: 0, second: 0 };
  return Array.from({ length: days + 1 }, (_, index) => zonedToEpoch({ ...today, day: today.day + index }, zone));
}
