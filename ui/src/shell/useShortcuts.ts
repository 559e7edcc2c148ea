// The keys of the whole app. Owns which key does what; ignored while typing, and switchable off (WCAG 2.1.4).
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { travelling, type Search } from "../scope/codec";
import { useScope, useSetScope, useZoom } from "../scope/useScope";
import { undoNewest } from "../parts/toast";
import { shiftRange, zoomRange } from "../time/window";
import { PAGES } from "./navigation";
import { openPalette, setOverlay } from "./palette";
import { singleKeysEnabled } from "./singleKeys";
import { TIME_PICKER_EVENT } from "./events";

const SEQUENCE_MS = 1200;

let goUntil = 0; // After `g`, the next key names a page and means nothing else.

export function isPageKey(event: KeyboardEvent): boolean {
  return event.timeStamp < goUntil;
}

export function useShortcuts(): void {
  const scope = useScope();
  const setScope = useSetScope();
  const navigate = useNavigate();
  const { reset } = useZoom();

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (event.key === "Escape") return reset();
      if (!singleKeysEnabled()) return;
      if (isPageKey(event)) {
        goUntil = 0;
        const page = PAGES.find((entry) => entry.key === event.key);
        if (page) {
          void navigate({ to: page.to, search: ((previous: Search) => travelling(previous)) as never });
          return;
        }
      }
      if (event.key === "g") {
        goUntil = event.timeStamp + SEQUENCE_MS;
        return;
      }
      const action = actions[event.key];
      if (action) {
        event.preventDefault();
        action();
      }
    }

    const move = (direction: 1 | -1) => setScope(shiftRange(scope.from, scope.to, direction, Date.now()));
    const zoomBy = (factor: number) => setScope(zoomRange(scope.from, scope.to, factor, Date.now()));
    const actions: Record<string, () => void> = {
      "/": focusSearch,
      t: () => window.dispatchEvent(new Event(TIME_PICKER_EVENT)),
      c: () => setScope({ cmp: scope.cmp === "off" ? "prev" : "off" }),
      ".": () => setScope(scope.to === "now" ? { live: !scope.live } : { from: "now-1h", to: "now", live: true }),
      u: () => void undoNewest(),
      "?": () => setOverlay("help"),
      "[": () => move(-1),
      "]": () => move(1),
      "-": () => zoomBy(2),
      "=": () => zoomBy(0.5),
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [scope, setScope, navigate, reset]);
}

/** The page's own search field, or the palette on pages without one. */
function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>("[data-page-search]");
  if (field) field.focus();
  else openPalette();
}

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (document.querySelector("[data-popup-open]")) return true; // The key belongs to a popup that is taking the focus.
  return (
    target.isContentEditable ||
    target.closest(
      "input:not([type=checkbox]):not([type=radio]), textarea, select, [role=dialog], [role=menu], [role=listbox]",
    ) !== null
  );
}
