// The server's sentence, fitted to where it stands. It begins with the place and names the time in UTC; a row says
// both beside it, and every clock on the screen follows one zone. What does not match is left as it is.
import type { Anomaly } from "../api/detectionTypes";
import { clock, dayMonth, zoneTag } from "../time/format";

const SINCE = / since \d\d:\d\d UTC/;
const VERSION = /\.? Version .+ appeared .+\.$/;

/** "is slow: p95 612 ms, usually 144 to 220 ms (3.0x)": without place, time and deployment. */
export function bodyOf(anomaly: Anomaly): string {
  return withoutPlace(anomaly).replace(SINCE, "").replace(VERSION, "").replace(/\.$/, "");
}

/** Without the place, with the time in the zone of the screen. */
export function bodyInZone(anomaly: Anomaly, zone: string, now_ms: number): string {
  return withoutPlace(anomaly).replace(SINCE, ` since ${sinceText(anomaly, zone, now_ms)}`);
}

/** All of it, with the time in the zone of the screen. */
export function sentenceInZone(anomaly: Anomaly, zone: string, now_ms: number): string {
  return anomaly.sentence.replace(SINCE, ` since ${sinceText(anomaly, zone, now_ms)}`);
}

/** All of it without the time, where no zone is known or the time stands beside it. */
export function timelessSentence(anomaly: Anomaly): string {
  return anomaly.sentence.replace(SINCE, "");
}

/** The date is said only where it is not today's. */
function sinceText({ onset_ms }: Anomaly, zone: string, now_ms: number): string {
  const day = dayMonth(onset_ms, zone);
  return `${day === dayMonth(now_ms, zone) ? "" : `${day}, `}${clock(onset_ms, zone)} ${zoneTag(zone, onset_ms)}`;
}

function withoutPlace({ sentence, endpoint, environment }: Anomaly): string {
  const place = `${endpoint.method} ${endpoint.route} of ${endpoint.service} on ${environment} `;
  return sentence.startsWith(place) ? sentence.slice(place.length) : sentence;
}
