// A link to a journey's page. Owns which part of the scope goes along: a journey has its own endpoints and range.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Search } from "../scope/codec";

export function journeySearch({ tz, live, env }: Search): Search {
  return { ...(tz && { tz }), ...(live && { live }), ...(env && { env }) };
}

interface JourneyLinkProps {
  id: string;
  /** Index of the step that is opened there. */
  step?: number;
  className?: string;
  children: ReactNode;
}

export function JourneyLink({ id, step, className, children }: JourneyLinkProps) {
  const search = (previous: Search): Search => ({
    ...journeySearch(previous),
    ...(step !== undefined && { sel: String(step + 1) }),
  });
  return (
    <Link to="/journeys/$id" params={{ id }} search={search as never} className={className}>
      {children}
    </Link>
  );
}
