// The virtual list of the live log. Owns following: new rows scroll into view until the reader scrolls up.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Request } from "../../api/types";
import type { RequestLog } from "../../live/requestLog";
import { useLiveState } from "../../live/useLive";
import { Empty } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { LogRow } from "./LogRow";

const ROW_PX = 28;

interface LogProps {
  log: RequestLog;
  paused: boolean;
  onHold: () => void;
  onRelease: () => void;
  onOpen: (request: Request) => void;
}

export function Log({ log, paused, onHold, onRelease, onOpen }: LogProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const zone = useZone();
  const state = useLiveState();
  const virtualizer = useVirtualizer({
    count: log.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const following = useRef(true);

  useEffect(() => {
    const element = scroller.current;
    if (element && !log.held) {
      following.current = true;
      element.scrollTop = element.scrollHeight;
    }
  }, [log.rows, log.held]);

  function onScroll() {
    const element = scroller.current!;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_PX;
    if (!atEnd && following.current) {
      following.current = false;
      onHold();
    } else if (atEnd && !following.current && !paused) {
      following.current = true;
      onRelease();
    }
  }

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        onWheel={onScroll}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label="Requests, newest last"
        tabIndex={0}
        className="panel min-h-0 flex-1 overflow-auto overflow-x-hidden font-mono text-xs"
      >
        {log.rows.length === 0 ? (
          <Empty
            reason={state.phase === "live" ? "Waiting for requests that match." : "Opening the live stream."}
            height={240}
          />
        ) : (
          <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const request = log.rows[item.index]!;
              return (
                <LogRow
                  key={request.id}
                  request={request}
                  zone={zone}
                  top={item.start}
                  height={ROW_PX}
                  onOpen={() => onOpen(request)}
                />
              );
            })}
          </div>
        )}
      </div>
      {log.held && (
        <button
          type="button"
          className="control absolute bottom-4 left-1/2 -translate-x-1/2 border-accent bg-accent font-medium text-on-accent shadow-(--shadow)"
          onClick={onRelease}
        >
          <ArrowDown size={14} aria-hidden /> {log.waiting.length.toLocaleString("en")} new
        </button>
      )}
    </div>
  );
}
