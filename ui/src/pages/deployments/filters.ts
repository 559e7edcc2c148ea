// The filter of the list of deployments in the URL. Owns which words it may hold.
import type { Deployment } from "../../api/incidentTypes";
import type { Scope } from "../../scope/codec";

export const VERDICT_CHOICES: [string, string][] = [
  ["degraded", "Degraded"],
  ["healthy", "Healthy"],
  ["not_enough_traffic", "Not enough traffic"],
  ["none", "No verdict yet"],
];

export function verdictsOf(scope: Pick<Scope, "verdict">): string[] {
  return scope.verdict.filter((value) => VERDICT_CHOICES.some(([known]) => known === value));
}

/** What names a deployment in the address: the same version may come to several places, and twice to one. */
export function deploymentKey({ at_ms, service, environment }: Pick<Deployment, "at_ms" | "service" | "environment">) {
  return `${at_ms} ${service} ${environment}`.slice(0, 200);
}

/** A pipeline may send anything; only links that a browser may follow are links. */
export function safeLink(link: string | null): string | null {
  if (!link) return null;
  try {
    const url = new URL(link);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
