// What a panel shows when it has no data to show: loading, nothing there, or an error with a way on.
import { CircleAlert, RotateCw } from "lucide-react";
import { Component, type ReactNode } from "react";
import { ApiError } from "../api/client";

export function Skeleton({ height, className = "" }: { height: number; className?: string }) {
  return <div className={`skeleton ${className}`} style={{ height }} role="status" aria-label="Loading" />;
}

export function Empty({ reason, action, height }: { reason: string; action?: ReactNode; height?: number }) {
  return (
    <div className="flex flex-col items-center justify-center gap-2 p-6 text-center" style={{ minHeight: height }}>
      <p className="text-muted">{reason}</p>
      {action}
    </div>
  );
}

export function Failure({
  what,
  error,
  retry,
  height,
}: {
  what: string;
  error: unknown;
  retry?: () => void;
  height?: number;
}) {
  const requestId = error instanceof ApiError ? error.requestId : null;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div
      role="alert"
      className="flex flex-col items-center justify-center gap-2 p-6 text-center"
      style={{ minHeight: height }}
    >
      <p className="flex items-center gap-2 font-medium">
        <CircleAlert size={16} className="shrink-0 text-critical" aria-hidden /> {what} could not be loaded
      </p>
      <p className="max-w-md break-words text-muted">
        {message}
        {requestId ? ` (request ${requestId})` : ""}
      </p>
      {retry && (
        <button type="button" className="control" onClick={retry}>
          <RotateCw size={14} aria-hidden /> Try again
        </button>
      )}
    </div>
  );
}

interface BoundaryProps {
  what: string;
  children: ReactNode;
}

/** Keeps a mistake inside one panel: the others go on working. */
export class PanelBoundary extends Component<BoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure what={this.props.what} error={this.state.error} retry={() => this.setState({ error: null })} />;
  }
}
