// What a row says about an alert: a heading and the rest. The sentence of an anomaly begins with its place and names
// the time in UTC; the row has both beside it. What does not match is left as it is.
import type { Alert } from "../api/alertTypes";
import { clock, dayMonth, zoneTag } from "../time/format";

const SINCE = / since (\d\d):(\d\d) UTC/;
const DAY_MS = 86_400_000;
const VERSION = /\.? Version .+ appeared .+\.$/;

export interface RowSentence {
  /** A rule's name, or the endpoint where the rule only says that something is odd. */
  heading: string;
  isPlace: boolean;
  body: string;
}

export function rowSentence(alert: Alert): RowSentence {
  const { endpoint, name, summary } = alert;
  const place = placeOf(alert);
  if (!endpoint || !alert.anomaly_id || place === null) {
    const where = endpoint && alert.environment ? ` of ${endpoint.service} in ${alert.environment}` : "";
    return { heading: name, isPlace: false, body: where ? summary.replace(where, "") : summary };
  }
  const body = summary.slice(place.length).replace(SINCE, "").replace(VERSION, "").replace(/\.$/, "");
  return { heading: `${endpoint.method} ${endpoint.route}`, isPlace: true, body };
}

/** All of it, with the time in the zone of the screen. */
export function summaryInZone({ summary, started_ms }: Alert, zone: string, now_ms: number): string {
  return summary.replace(SINCE, (_, hour: string, minute: string) => {
    const since_ms = lastBefore(started_ms, Number(hour), Number(minute));
    const day = dayMonth(since_ms, zone);
    const date = day === dayMonth(now_ms, zone) ? "" : `${day}, `;
    return ` since ${date}${clock(since_ms, zone)} ${zoneTag(zone, since_ms)}`;
  });
}

/** An anomaly begins before it is detected and raises an alert, by less than a day. */
function lastBefore(epoch_ms: number, hour: number, minute: number): number {
  const midnight_ms = Math.floor(epoch_ms / DAY_MS) * DAY_MS;
  const at_ms = midnight_ms + (hour * 60 + minute) * 60_000;
  return at_ms <= epoch_ms ? at_ms : at_ms - DAY_MS;
}

function placeOf({ endpoint, environment, summary }: Alert): string | null {
  if (!endpoint || environment === null) return null;
  const place = `${endpoint.method} ${endpoint.route} of ${endpoint.service} on ${environment} `;
  return summary.startsWith(place) ? place : null;
}
