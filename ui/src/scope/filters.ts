// From a scope to the query parameters every read of the API takes. Owns their names, nothing else.
import type { Scope } from "./codec";

export interface FilterParameters {
  env?: string;
  endpoint?: string;
  service?: string;
  method?: string;
  status?: string;
  version?: string;
  q?: string;
}

export interface ReadParameters extends FilterParameters {
  from: string;
  to: string;
}

export function filterParameters(scope: Scope): FilterParameters {
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

export function readParameters(scope: Scope): ReadParameters {
  return { from: scope.from, to: scope.to, ...filterParameters(scope) };
}

function joined(values: string[]): string | undefined {
  return values.length > 0 ? values.join(",") : undefined;
}
