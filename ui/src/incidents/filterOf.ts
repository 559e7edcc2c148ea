// What a difference narrows a view to. Owns which attributes the scope of a page knows.
import type { Difference } from "../api/incidentTypes";
import type { EndpointRef } from "../api/types";
import type { Search } from "../scope/codec";

interface Known {
  endpoints: EndpointRef[];
  environments: string[];
}

/** The part of an address, or null for what no page can be narrowed to. An endpoint is opened rather than filtered. */
export function filterOf(
  { attribute, value }: Pick<Difference, "attribute" | "value">,
  known: Known,
): { search: Search; endpoint?: EndpointRef } | null {
  if (value === "") return null;
  switch (attribute) {
    case "service":
      return separable(value) ? { search: { service: value } } : null;
    case "environment":
      return separable(value) ? { search: { env: value } } : null;
    case "version":
      return separable(value) ? { search: { version: value } } : null;
    case "method":
      return /^[A-Za-z_]{1,20}$/.test(value) ? { search: { method: value } } : null;
    case "status_code":
      return /^[1-5](xx|\d\d)$/.test(value) ? { search: { status: value } } : null;
    case "region": {
      const within = known.environments.filter((id) => id.endsWith(`/${value}`));
      return within.length > 0 ? { search: { env: within.join(",") } } : null;
    }
    case "endpoint": {
      const endpoint = known.endpoints.find((item) => endpointNames(item).includes(value));
      return endpoint ? { search: {}, endpoint } : { search: { q: value } };
    }
    default:
      return null;
  }
}

/** Lists in an address are separated by commas. */
const separable = (value: string): boolean => !value.includes(",");

function endpointNames({ id, service, method, route }: EndpointRef): string[] {
  return [id, `${method} ${route}`, `${service} ${method} ${route}`];
}
