// The name of an endpoint as a link to its page, with the current scope. Owns how an endpoint is written.
import { Link } from "@tanstack/react-router";
import type { EndpointRef } from "../api/types";
import { travelling, type Search } from "../scope/codec";

export function EndpointLink({ endpoint, className = "" }: { endpoint: EndpointRef; className?: string }) {
  return (
    <Link
      to="/endpoints/$id"
      params={{ id: endpoint.id }}
      search={((previous: Search) => travelling({ ...previous, ep: undefined, q: undefined })) as never}
      className={`block min-w-0 truncate font-mono text-xs hover:text-accent hover:underline ${className}`}
      title={`${endpoint.method} ${endpoint.route}`}
    >
      <span className="text-muted">{endpoint.method}</span> {endpoint.route}
    </Link>
  );
}
