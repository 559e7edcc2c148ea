// A link to an anomaly's page. Owns which part of the scope goes along: an anomaly has its own place and time.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Anomaly } from "../api/detectionTypes";
import type { Search } from "../scope/codec";

/** Only the zone and the pause travel; environment, endpoint and range are the anomaly's own. */
export function anomalySearch(previous: Search): Search {
  return { ...(previous.tz && { tz: previous.tz }), ...(previous.live && { live: previous.live }) };
}

interface AnomalyLinkProps {
  anomaly: Pick<Anomaly, "id">;
  className?: string;
  children: ReactNode;
  tabIndex?: number;
}

export function AnomalyLink({ anomaly, className, children, tabIndex }: AnomalyLinkProps) {
  return (
    <Link
      to="/anomalies/$id"
      params={{ id: anomaly.id }}
      search={anomalySearch as never}
      className={className}
      tabIndex={tabIndex}
    >
      {children}
    </Link>
  );
}
