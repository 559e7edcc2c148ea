// A link to an alert's page, and to a tab of the alerting page. Owns which part of the address goes along.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { anomalySearch } from "../detection/AnomalyLink";
import type { Search } from "../scope/codec";

export const alertSearch = anomalySearch;

interface AlertLinkProps {
  id: string;
  className?: string;
  children: ReactNode;
}

export function AlertLink({ id, className, children }: AlertLinkProps) {
  return (
    <Link to="/alerts/$id" params={{ id }} search={alertSearch as never} className={className}>
      {children}
    </Link>
  );
}

interface AlertTabLinkProps {
  tab: string;
  /** What is opened there. */
  sel?: string;
  className?: string;
  children: ReactNode;
}

export function AlertTabLink({ tab, sel, className, children }: AlertTabLinkProps) {
  return (
    <Link
      to="/alerts"
      search={((previous: Search) => ({ ...alertSearch(previous), tab, ...(sel && { sel }) })) as never}
      className={className}
    >
      {children}
    </Link>
  );
}
