// Asks before something is removed. Names the thing; the caller says what follows.
import { useRef, type ReactNode } from "react";
import { Modal } from "./Modal";

interface ConfirmDialogProps {
  title: string;
  button: string;
  children: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ title, button, children, onConfirm, onClose }: ConfirmDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Modal title={title} open initialFocus={cancel} onOpenChange={(open) => !open && onClose()}>
      <div className="mb-4 text-muted">{children}</div>
      <div className="flex justify-end gap-2">
        <button ref={cancel} type="button" className="control" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="control border-critical bg-critical font-medium text-surface"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {button}
        </button>
      </div>
    </Modal>
  );
}
