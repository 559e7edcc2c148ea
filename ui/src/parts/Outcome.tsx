// A status code with an icon for what it means.
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { Request } from "../api/types";

export function Outcome({ request }: { request: Pick<Request, "status" | "outcome"> }) {
  const { status, outcome } = request;
  const [Icon, color, word] =
    outcome === "server_error"
      ? ([CircleAlert, "text-critical", "server error"] as const)
      : outcome === "client_error"
        ? ([TriangleAlert, "text-warn", "client error"] as const)
        : ([CircleCheck, "text-ok", "ok"] as const);
  return (
    <span className={`inline-flex items-center gap-1 ${color}`} title={word}>
      <Icon size={12} aria-hidden />
      <span className="sr-only">{word} </span>
      {status || word}
    </span>
  );
}
