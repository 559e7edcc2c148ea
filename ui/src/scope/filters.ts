// From a scope to the query parameters every read of the API takes. Owns their names, nothing else.
import type { Scope } from "./codec";

export type Parameters = Record<string, string | number | undefined>;

export function filterParameters(scope: Scope): Parameters {
  return {
    env: joined(scope.env),
    endpoint: joined(scope.ep),
    service: joined(scope.service),
    method: joined(scope.method),
    status: joined(scope.status),
    version: joined(scope.version),
    q: scope.q || undefined,
  };
}

export function readParameters(scope: Scope): Parameters {
  return { from: scope.from, to: scope.to, ...filterParameters(scope) };
}

function joined(values: string[]): string | undefined {
  return values.length > 0 ? values.join(",") : undefined;
}
