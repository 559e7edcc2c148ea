// The sticky bar at the top of every page: title and scope. Owns the document title.
import { Menu as MenuIcon } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { DemoChip } from "./DemoControl";
import { useDrawer } from "./drawer";
import { ScopeBar, type ScopeBarProps } from "./ScopeBar";

export interface PageHeaderProps extends ScopeBarProps {
  title: ReactNode;
  documentTitle: string;
}

export function PageHeader({ title, documentTitle, ...scope }: PageHeaderProps) {
  const openDrawer = useDrawer();
  useEffect(() => {
    document.title = `${documentTitle} · Hawkeye`;
  }, [documentTitle]);
  return (
    <header className="sticky top-0 z-10 flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-bg px-4 py-2.5">
      <button
        type="button"
        className="flex size-8 items-center justify-center rounded-md text-muted hover:text-text md:hidden"
        aria-label="Open navigation"
        onClick={openDrawer}
      >
        <MenuIcon size={18} aria-hidden />
      </button>
      <h1 className="min-w-0 truncate text-base leading-6 font-semibold">{title}</h1>
      <DemoChip />
      <ScopeBar {...scope} />
    </header>
  );
}
