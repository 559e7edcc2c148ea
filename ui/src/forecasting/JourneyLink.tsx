// A link to a journey's page. Owns which part of the scope goes along: a journey has its own endpoints and range.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Search } from "../scope/codec";

export function journeySearch({ tz, live, env }: Search): Search {
  return { ...(tz && { tz }), ...(live && { live }), ...(env && { env }) };
}

export function JourneyLink({ id, className, children }: { id: string; className?: string; children: ReactNode }) {
  return (
    <Link to="/journeys/$id" params={{ id }} search={journeySearch as never} className={className}>
      {children}
    </Link>
  );
}
