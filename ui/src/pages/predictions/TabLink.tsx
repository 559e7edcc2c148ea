// A link to another tab of the predictions, with the scope.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { travelling, type Search } from "../../scope/codec";

interface TabLinkProps {
  /** Empty for the first. */
  tab: string;
  sel?: string;
  className?: string;
  children: ReactNode;
}

export function TabLink({ tab, sel, className = "text-accent underline", children }: TabLinkProps) {
  return (
    <Link
      to="/predictions"
      search={
        ((previous: Search) => ({
          ...travelling({ ...previous, from: undefined, to: undefined }),
          ...(tab && { tab }),
          ...(sel && { sel }),
        })) as never
      }
      className={className}
    >
      {children}
    </Link>
  );
}
