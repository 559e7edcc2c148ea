// The stream for React. Owns the single instance and its hooks.
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { LiveState } from "./state";
import { LiveStream, type StreamListener } from "./stream";

export const liveStream = new LiveStream();

export function useLiveState(): LiveState {
  return useSyncExternalStore(liveStream.subscribe, liveStream.getState);
}

/** Listens while mounted and `enabled`. Handlers may change freely; topics and parameters re-subscribe. */
export function useStreamListener(listener: StreamListener, enabled: boolean): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  const key = JSON.stringify([listener.topics, listener.parameters]);
  useEffect(() => {
    if (!enabled) return;
    const { topics, parameters, always } = latest.current;
    return liveStream.listen({
      topics,
      parameters,
      always,
      onRollup: (event) => latest.current.onRollup?.(event),
      onRequests: (event) => latest.current.onRequests?.(event),
      onDemo: (event) => latest.current.onDemo?.(event),
      onAnomaly: (event) => latest.current.onAnomaly?.(event),
      onAlert: (event) => latest.current.onAlert?.(event),
      onIncident: (event) => latest.current.onIncident?.(event),
      onGap: () => latest.current.onGap?.(),
    });
  }, [key, enabled]);
}
