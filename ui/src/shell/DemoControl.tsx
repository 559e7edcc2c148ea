// The demo button at the foot of the sidebar. Owns which action is offered; the dialogs load when needed.
import { Database, Trash2 } from "lucide-react";
import { lazy, Suspense, useState, useSyncExternalStore } from "react";
import { useDemo } from "../api/queries";

const DemoDialog = lazy(() => import("./DemoDialog"));

// The dialog is opened from the sidebar, the palette and the first-visit page.
const watchers = new Set<() => void>();
let open = false;

export function setDemoOpen(next: boolean): void {
  open = next;
  for (const watcher of watchers) watcher();
}

function useDemoOpen(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => open,
  );
}

export function DemoControl({ compact }: { compact: boolean }) {
  const { data: demo } = useDemo();
  const state = demo?.state ?? "none";
  const busy = state === "generating" || state === "removing";
  const exists = state === "live" || state === "removing";
  const progress = demo?.progress;
  const percent = progress && progress.total > 0 ? Math.floor((progress.done / progress.total) * 100) : null;
  const name = exists
    ? "Remove demo data"
    : state === "generating"
      ? `Generating ${percent ?? 0} %`
      : "Generate demo data";
  const Icon = exists ? Trash2 : Database;
  return (
    <button
      type="button"
      className={`control w-full justify-start bg-bg ${compact ? "max-rail:justify-center max-rail:px-0" : ""}`}
      onClick={() => setDemoOpen(true)}
      title={name}
      aria-busy={busy}
    >
      <Icon size={15} className="shrink-0" aria-hidden />
      <span className={compact ? "max-rail:sr-only" : ""}>{name}</span>
    </button>
  );
}

export function DemoDialogHost() {
  const isOpen = useDemoOpen();
  const [everOpened, setEverOpened] = useState(false);
  if (isOpen && !everOpened) setEverOpened(true);
  if (!everOpened) return null;
  return (
    <Suspense fallback={null}>
      <DemoDialog open={isOpen} onOpenChange={setDemoOpen} />
    </Suspense>
  );
}

export function DemoChip() {
  const { data: demo } = useDemo();
  if (demo?.state !== "live" && demo?.state !== "generating") return null;
  return (
    <span
      className="inline-flex h-5.5 items-center rounded border border-info px-1.5 text-[11px] text-info"
      title="Synthetic demo data is part of what you see"
    >
      demo
    </span>
  );
}
