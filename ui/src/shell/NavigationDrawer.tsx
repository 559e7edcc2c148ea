// The sidebar on narrow screens.
import { Dialog } from "@base-ui/react/dialog";
import { Sidebar } from "./Sidebar";

export default function NavigationDrawer({ onClose }: { onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-bg/75" />
        <Dialog.Popup
          aria-label="Navigation"
          className="fixed inset-y-0 left-0 z-40 w-60 border-r border-line bg-surface shadow-(--shadow) outline-none"
        >
          <Sidebar drawer onNavigate={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
