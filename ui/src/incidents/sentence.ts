// The server's sentences, fitted to where they stand: they name times in UTC and environments by their ids; every clock
// on the screen follows one zone, and every environment has its name. What does not match is left as it is.
import type { Incident } from "../api/incidentTypes";
import { environmentNameOf } from "../parts/environment";
import { clock, dayMonth, zoneTag } from "../time/format";
import { VERDICT_NAMES } from "./words";

const SINCE = /(\b(?:since|at)) (\d\d):(\d\d)(?: UTC)?(?=[ ,.;)]|:(?!\d)|$)/g;
const ENVIRONMENT = /(?<![\w/.-])(?:aws|azure|gcp|on_premises|other)\/[\w-]+(?:\/[\w.-]*[\w-])?(?![\w/])/g;
const DAY_MS = 86_400_000;

export function namedPlaces(text: string): string {
  return text.replace(ENVIRONMENT, environmentNameOf);
}

/** A clock means the moment that is nearest to `near_ms`. The date is said only where it is not today's. */
export function inZone(text: string, near_ms: number, zone: string, now_ms: number): string {
  return namedPlaces(text).replace(SINCE, (_whole, word: string, hours: string, minutes: string) => {
    const at_ms = nearest((Number(hours) * 60 + Number(minutes)) * 60_000, near_ms);
    const day = dayMonth(at_ms, zone);
    const date = day === dayMonth(now_ms, zone) ? "" : `${day}, `;
    return `${word} ${date}${clock(at_ms, zone)} ${zoneTag(zone, at_ms)}`;
  });
}

export function titleOf({ title }: Pick<Incident, "title">): string {
  return namedPlaces(title);
}

/** Without the kind of fault, where its chip stands beside it. */
export function bareTitle({ title, verdict }: Pick<Incident, "title" | "verdict">): string {
  const prefix = verdict ? `${VERDICT_NAMES[verdict]}: ` : "";
  const said = title.replace(/^Traffic mix: /, `${VERDICT_NAMES.traffic_mix}: `);
  return namedPlaces(prefix !== "" && said.startsWith(prefix) ? said.slice(prefix.length) : title);
}

/** Null until the first diagnosis. */
export function verdictOf({ sentence, onset_ms }: Pick<Incident, "sentence" | "onset_ms">, zone: string, now_ms: number) {
  return sentence === null ? null : inZone(sentence, onset_ms, zone, now_ms).replace(/^the /, "The ");
}

/** The moment with this time of day that is nearest. */
function nearest(of_day_ms: number, near_ms: number): number {
  const at_ms = Math.floor(near_ms / DAY_MS) * DAY_MS + of_day_ms;
  const off = Math.round((near_ms - at_ms) / DAY_MS);
  return at_ms + off * DAY_MS;
}
