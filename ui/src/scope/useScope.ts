// The scope of the current page, read from and written to the URL. Owns navigation; the codec is pure.
import { useMatches, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { absoluteTime, RANGE_MIN_MS } from "../time/expression";
import { decodeScope, DEFAULT_SCOPE, defaultFrom, encodeScope, zoneOf, type Scope, type Search } from "./codec";

// What "zoom out" returns to. A reload forgets it, and the default range takes its place.
let unzoomed: { from: string; to: string } | null = null;

export function useScope(): Scope {
  const search = useSearch({ strict: false }) as Search;
  const from_default = useDefaultFrom();
  return useMemo(() => decodeScope(search, from_default), [search, from_default]);
}

function useDefaultFrom(): string {
  return useMatches({ select: (matches) => defaultFrom(matches[matches.length - 1]?.pathname ?? "/") });
}

export function useSetScope(): (patch: Partial<Scope>, replace?: boolean) => void {
  const navigate = useNavigate();
  const from_default = useDefaultFrom();
  return useCallback(
    (patch, replace = false) => {
      void navigate({
        to: ".",
        search: (previous: Search) => encodeScope({ ...decodeScope(previous, from_default), ...patch }, from_default),
        replace,
        resetScroll: false,
      } as never);
    },
    [navigate, from_default],
  );
}

export function useZone(): string {
  return zoneOf(useScope());
}

/** Zooming changes the URL, so Back un-zooms and a link shares the view. */
export function useZoom() {
  const scope = useScope();
  const setScope = useSetScope();
  const { from, to } = scope;
  const zoom = useCallback(
    (from_ms: number, to_ms: number) => {
      const missing = Math.max(0, RANGE_MIN_MS - (to_ms - from_ms)) / 2;
      if (to === "now" || unzoomed === null) unzoomed = { from, to };
      const seconds = (epoch_ms: number) => absoluteTime(Math.round(epoch_ms / 1000) * 1000);
      setScope({ from: seconds(from_ms - missing), to: seconds(to_ms + missing) });
    },
    [from, to, setScope],
  );
  const reset = useCallback(() => {
    if (to === "now") return;
    setScope(unzoomed ?? { from: DEFAULT_SCOPE.from, to: DEFAULT_SCOPE.to });
    unzoomed = null;
  }, [to, setScope]);
  return { zoom, reset };
}
