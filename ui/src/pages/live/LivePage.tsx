// Show me the raw requests. Owns the tool bar and connects the stream to the log.
import { Pause, Play, Trash2 } from "lucide-react";
import { useEffect, useReducer, useRef, useState } from "react";
import { fetchRequests } from "../../api/client";
import type { Request } from "../../api/types";
import { EMPTY_LOG, LOG_ROWS_MAX, reduceLog, type RequestLog } from "../../live/requestLog";
import { useStreamListener } from "../../live/useLive";
import { RequestDialog } from "../../parts/RequestDialog";
import { SearchField } from "../../parts/SearchField";
import { Segmented } from "../../parts/Segmented";
import { filterParameters } from "../../scope/filters";
import { useScope, useSetScope } from "../../scope/useScope";
import { singleKeysEnabled } from "../../shell/singleKeys";
import { PageHeader } from "../../shell/PageHeader";
import { count, perSecond, plural } from "../../units";
import { Log } from "./Log";

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
    fetchRequests(
      { ...JSON.parse(filterKey), from: "now-15m", to: "now", sort: "-start", limit: SEED_ROWS },
      abort.signal,
    )
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
          <SearchField label="Filter the stream" value={scope.q} onChange={(q) => setScope({ q }, true)} />
          <Segmented
            label="Status"
            options={STATUSES}
            value={scope.status.join(",")}
            onChange={(value) => setScope({ status: value ? [value] : [] })}
          />
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
    log.dropped > 0
      ? `${count(log.dropped)} older ones dropped, at most ${LOG_ROWS_MAX.toLocaleString("en")} wait`
      : "",
  ].filter(Boolean);
  return <p className="text-xs text-muted">{parts.join(" · ")}</p>;
}
