// A dialog with a title and a close button. Owns its look; Base UI owns focus and dismissal.
import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";

interface ModalProps {
  title: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
  wide?: boolean;
  /** What is in focus when it opens; else the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
}

export function Modal({ title, open, onOpenChange, children, wide, initialFocus }: ModalProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-bg/75" />
        <Dialog.Popup
          initialFocus={initialFocus}
          className={`fixed top-[12dvh] left-1/2 z-40 flex max-h-[80dvh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-lg border border-line bg-raised shadow-(--shadow) outline-none ${
            wide ? "max-w-3xl" : "max-w-lg"
          }`}
        >
          <div className="flex items-center border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title className="text-sm font-semibold">{title}</Dialog.Title>
            <Dialog.Close
              className="ml-auto flex size-8 items-center justify-center rounded-md text-muted hover:text-text"
              aria-label="Close"
            >
              <X size={16} aria-hidden />
            </Dialog.Close>
          </div>
          <div className="min-h-0 overflow-auto p-4">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
