// Instants as text in one zone. Owns 24-hour formats; every clock on the screen goes through here.
import { duration } from "../units";
import { isRelative, resolveTime } from "./expression";
import { browserZone, wallTime, zoneOffset } from "./zone";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const QUICK_NAMES: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", w: "week" };

export function clock(epoch_ms: number, zone: string): string {
  const wall = wallTime(zone, epoch_ms);
  return `${two(wall.hour)}:${two(wall.minute)}`;
}

export function clockSeconds(epoch_ms: number, zone: string): string {
  return `${clock(epoch_ms, zone)}:${two(wallTime(zone, epoch_ms).second)}`;
}

export function clockMillis(epoch_ms: number, zone: string): string {
  const millis = Math.floor(((epoch_ms % 1000) + 1000) % 1000);
  return `${clockSeconds(epoch_ms, zone)}.${String(millis).padStart(3, "0")}`;
}

export function dayMonth(epoch_ms: number, zone: string): string {
  const wall = wallTime(zone, epoch_ms);
  return `${MONTHS[wall.month - 1]} ${wall.day}`;
}

/** 2026-11-20 14:00, with seconds only when they are not zero. */
export function dateTime(epoch_ms: number, zone: string): string {
  const wall = wallTime(zone, epoch_ms);
  const date = `${wall.year}-${two(wall.month)}-${two(wall.day)}`;
  return `${date} ${wall.second === 0 ? clock(epoch_ms, zone) : clockSeconds(epoch_ms, zone)}`;
}

export function dateTimeMillis(epoch_ms: number, zone: string): string {
  const wall = wallTime(zone, epoch_ms);
  return `${wall.year}-${two(wall.month)}-${two(wall.day)} ${clockMillis(epoch_ms, zone)}`;
}

/** "2026-11-20 14:00 to 15:30": the second date is written only when it differs. */
export function rangeText(from_ms: number, to_ms: number, zone: string): string {
  const from = dateTime(from_ms, zone);
  const to = dateTime(to_ms, zone);
  return `${from} to ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to}`;
}

/** Name of a range for its button: "Last 1 hour", or the absolute range when it is fixed. */
export function rangeName(from: string, to: string, now_ms: number, zone: string): string {
  const ago = /^now-(\d+)([smhdw])$/.exec(from);
  if (ago && to === "now") {
    const unit = QUICK_NAMES[ago[2]!]!;
    return `Last ${ago[1]} ${unit}${ago[1] === "1" ? "" : "s"}`;
  }
  const from_ms = resolveTime(from, now_ms) ?? now_ms;
  if (to === "now") return `${dateTime(from_ms, zone)} to now`;
  if (isRelative(from) && isRelative(to)) return `${from} to ${to}`.replaceAll("now", "");
  return rangeText(from_ms, resolveTime(to, now_ms) ?? now_ms, zone);
}

export function ago(epoch_ms: number | null, now_ms: number): string {
  if (epoch_ms === null) return "never";
  const age = now_ms - epoch_ms;
  return age < 2000 ? "just now" : `${duration(age)} ago`;
}

export function zoneName(zone: string): string {
  return zone === browserZone() && zone !== "UTC" ? `${zone} (browser)` : zone;
}

/** "UTC", "UTC+1", "UTC+5:30": what a reader needs beside a clock. */
export function zoneTag(zone: string, epoch_ms: number): string {
  const minutes = Math.round(zoneOffset(zone, epoch_ms) / 60_000);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return `UTC${minutes > 0 ? "+" : "−"}${Math.floor(size / 60)}${rest}`;
}

/** The text of one axis tick; the date appears at midnight and wherever ticks are days apart. */
export function axisTick(epoch_ms: number, increment_s: number, zone: string): string {
  if (increment_s >= 86_400) return dayMonth(epoch_ms, zone);
  const wall = wallTime(zone, epoch_ms);
  if (wall.hour === 0 && wall.minute === 0 && wall.second === 0) return dayMonth(epoch_ms, zone);
  return increment_s < 60 ? clockSeconds(epoch_ms, zone) : clock(epoch_ms, zone);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
