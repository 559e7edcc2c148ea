// Show me the raw requests. Owns the tool bar, the connection to the log and its virtual list.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, Pause, Play, Search, Trash2 } from "lucide-react";
import { useEffect, useReducer, useRef, useState } from "react";
import { fetchRequests } from "../../api/client";
import type { Request } from "../../api/types";
import { EMPTY_LOG, LOG_ROWS_MAX, reduceLog, type RequestLog } from "../../live/requestLog";
import { useLiveState, useStreamListener } from "../../live/useLive";
import { Empty } from "../../parts/states";
import { RequestDialog } from "../../parts/RequestDialog";
import { filterParameters } from "../../scope/filters";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { singleKeysEnabled } from "../../shell/singleKeys";
import { PageHeader } from "../../shell/PageHeader";
import { useDebounced } from "../../shell/useDebounced";
import { count, perSecond, plural } from "../../units";
import { LogRow } from "./LogRow";

const ROW_PX = 28;
const SEED_ROWS = 100;
const STATUSES: [string, string][] = [
  ["", "All"],
  ["2xx", "2xx"],
  ["4xx", "4xx"],
  ["5xx", "5xx"],
];

export default function LivePage() {
  const scope = useScope();
  const setScope = useSetScope();
  const [log, dispatch] = useReducer(reduceLog, EMPTY_LOG);
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState<Request | null>(null);
  const [announced, setAnnounced] = useState("");
  const parameters = filterParameters(scope);
  const filterKey = JSON.stringify(parameters);

  useEffect(() => {
    dispatch({ type: "clear" });
    const abort = new AbortController();
    fetchRequests({ ...JSON.parse(filterKey), from: "now-15m", to: "now", sort: "-start", limit: SEED_ROWS }, abort.signal)
      .then((page) => dispatch({ type: "seed", items: page.items.toReversed() }))
      .catch(() => undefined); // Without a start the log simply begins with the stream.
    return () => abort.abort();
  }, [filterKey]);

  useStreamListener(
    {
      topics: ["requests", "rollups"],
      parameters: { ...parameters, step: "10s", group_by: "none" },
      always: true,
      onRequests: (batch) => dispatch({ type: "arrive", batch }),
    },
    true,
  );

  const togglePause = useRef(() => {});
  togglePause.current = () => {
    setPaused(!paused);
    setAnnounced(paused ? "Stream resumed" : "Stream paused");
    dispatch({ type: paused ? "release" : "hold" });
  };

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const typing = (event.target as HTMLElement).closest("input, textarea, select, [role=dialog], [role=menu]");
      if (event.key !== "." || typing || event.ctrlKey || event.metaKey || event.altKey || !singleKeysEnabled()) return;
      event.preventDefault(); // Here the key pauses the log, not the page's range.
      event.stopImmediatePropagation();
      togglePause.current();
    }
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);

  return (
    <div className="flex h-dvh flex-col">
      <PageHeader title="Live stream" documentTitle="Live stream" hideTime />
      <div className="flex min-h-0 flex-1 flex-col gap-3 p-4">
        <div className="flex flex-wrap items-center gap-2">
          <FilterField value={scope.q} onChange={(q) => setScope({ q }, true)} />
          <div role="group" aria-label="Status" className="flex">
            {STATUSES.map(([value, name]) => {
              const chosen = scope.status.join(",") === value;
              return (
                <button
                  key={name}
                  type="button"
                  aria-pressed={chosen}
                  className={`control -ml-px rounded-none first:ml-0 first:rounded-l-md last:rounded-r-md ${chosen ? "bg-selected" : ""}`}
                  onClick={() => setScope({ status: value ? [value] : [] })}
                >
                  {name}
                </button>
              );
            })}
          </div>
          <button type="button" className="control" onClick={() => togglePause.current()} aria-pressed={paused}>
            {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {paused ? "Resume" : "Pause"}
          </button>
          <button type="button" className="control" onClick={() => dispatch({ type: "clear" })}>
            <Trash2 size={14} aria-hidden /> Clear
          </button>
          <SamplingNote log={log} paused={paused} />
        </div>
        <Log
          log={log}
          paused={paused}
          onHold={() => dispatch({ type: "hold" })}
          onRelease={() => {
            setPaused(false);
            dispatch({ type: "release" });
          }}
          onOpen={setOpen}
        />
        <p className="sr-only" aria-live="polite">
          {announced}
        </p>
      </div>
      <RequestDialog request={open} onClose={() => setOpen(null)} />
    </div>
  );
}

function SamplingNote({ log, paused }: { log: RequestLog; paused: boolean }) {
  const parts = [
    log.matched > log.shown ? `showing ${log.shown} of ${log.matched}` : "",
    log.requests_per_second !== null ? perSecond(log.requests_per_second) : "",
    paused ? `paused, ${plural(log.waiting.length, "request")} waiting` : "",
    log.dropped > 0 ? `${count(log.dropped)} older ones dropped, at most ${LOG_ROWS_MAX.toLocaleString("en")} wait` : "",
  ].filter(Boolean);
  return <p className="text-xs text-muted">{parts.join(" · ")}</p>;
}

interface LogProps {
  log: RequestLog;
  paused: boolean;
  onHold: () => void;
  onRelease: () => void;
  onOpen: (request: Request) => void;
}

function Log({ log, paused, onHold, onRelease, onOpen }: LogProps) {
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
          <Empty reason={state.phase === "live" ? "Waiting for requests that match." : "Opening the live stream."} height={240} />
        ) : (
          <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const request = log.rows[item.index]!;
              return (
                <LogRow key={request.id} request={request} zone={zone} top={item.start} height={ROW_PX} onOpen={() => onOpen(request)} />
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

function FilterField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (settled === typed && settled !== value) onChange(settled);
  }, [settled]);
  return (
    <div className="control w-64 max-w-full px-2.5 focus-within:border-accent">
      <Search size={14} className="shrink-0 text-muted" aria-hidden />
      <input
        type="search"
        data-page-search
        className="min-w-0 flex-1 bg-transparent outline-none"
        placeholder="Service, method or route"
        aria-label="Filter the stream"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
