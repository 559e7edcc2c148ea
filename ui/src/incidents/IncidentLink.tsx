// A link to an incident's page. It has its own place and time, so only the zone and the pause go along.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { anomalySearch } from "../detection/AnomalyLink";

interface IncidentLinkProps {
  id: string;
  className?: string;
  children: ReactNode;
  title?: string;
}

export function IncidentLink({ id, className, children, title }: IncidentLinkProps) {
  return (
    <Link to="/incidents/$id" params={{ id }} search={anomalySearch as never} className={className} title={title}>
      {children}
    </Link>
  );
}
