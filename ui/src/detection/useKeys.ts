// The keys of pages with a list. Owns when a key counts: not while typing, not in a dialog, not after `g`.
import { useEffect, useRef, type RefObject } from "react";
import { intentOf, type AnomalyAct, type ListIntent } from "./keys";
import { singleKeysEnabled } from "../shell/singleKeys";
import { isPageKey, isTyping } from "../shell/useShortcuts";

/** The handler says whether it used the key; then nobody else sees it, so that `c` does not also compare. */
export function useKeys(
  inside: RefObject<HTMLElement | null> | null,
  handle: (intent: ListIntent<AnomalyAct>) => boolean,
): void {
  useKeysOf(inside, handle, intentOf);
}

/** The same for letters with another meaning. */
export function useKeysOf<Act extends string>(
  inside: RefObject<HTMLElement | null> | null,
  handle: (intent: ListIntent<Act>) => boolean,
  read: (key: string, singleKeys: boolean, inside: boolean) => ListIntent<Act> | null,
): void {
  const latest = useRef(handle);
  latest.current = handle;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isPageKey(event) || isTyping(event)) return;
      const target = event.target as HTMLElement;
      const within = inside?.current?.contains(target) ?? false;
      const elsewhere = !within && target !== document.body && target.id !== "content";
      if ((event.key === "Enter" || event.key === " ") && (elsewhere || target.closest("a, button, input"))) return;
      const intent = read(event.key, singleKeysEnabled(), within);
      if (!intent || !latest.current(intent)) return;
      event.preventDefault();
      event.stopPropagation();
    }
    window.addEventListener("keydown", onKeyDown, true); // Before the keys of the whole app.
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [inside, read]);
}
