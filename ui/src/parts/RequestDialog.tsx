// One request with all its fields as JSON. Owns the dialog; the request is text from strangers, shown as text.
import type { Request } from "../api/types";
import { CopyButton } from "./CopyButton";
import { Modal } from "./Modal";

export function RequestDialog({ request, onClose }: { request: Request | null; onClose: () => void }) {
  const json = request ? JSON.stringify(request, null, 2) : "";
  return (
    <Modal
      title={request ? `${request.endpoint.method} ${request.path || request.endpoint.route}` : "Request"}
      open={request !== null}
      onOpenChange={(open) => !open && onClose()}
      wide
    >
      <div className="relative">
        <span className="absolute top-1 right-1">
          <CopyButton text={json} label="Copy as JSON" />
        </span>
        <pre
          tabIndex={0}
          role="region"
          aria-label="Request as JSON"
          className="max-h-[60dvh] overflow-auto rounded-md border border-line bg-bg p-3 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
        >
          {json}
        </pre>
      </div>
    </Modal>
  );
}
