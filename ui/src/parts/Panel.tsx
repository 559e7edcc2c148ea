// A titled box on a page. Owns its heading, its thin refresh bar and its error boundary.
import { useId, type ReactNode } from "react";
import { PanelBoundary } from "./states";

export interface PanelProps {
  title: string;
  note?: string;
  actions?: ReactNode;
  refreshing?: boolean;
  children: ReactNode;
  className?: string;
}

export function Panel({ title, note, actions, refreshing, children, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`panel relative min-w-0 overflow-clip ${className}`}>
      {refreshing && <RefreshBar />}
      <header className="flex min-h-10 flex-wrap items-center gap-x-2 px-3 pt-2.5 pb-1">
        <h2 id={id} className="text-[13px] font-semibold">
          {title}
        </h2>
        {note && <span className="text-xs text-muted">{note}</span>}
        <div className="ml-auto flex items-center gap-2">{actions}</div>
      </header>
      <PanelBoundary what={title}>{children}</PanelBoundary>
    </section>
  );
}

/** Old data stays on the screen while new data is on its way. */
export function RefreshBar() {
  return (
    <div className="absolute inset-x-0 top-0 h-0.5 overflow-hidden" aria-hidden>
      <div className="refresh-bar h-full w-1/4 bg-accent" />
    </div>
  );
}
