// The list without a row: why it is calm, since when, and what happened last. Owns telling calm from filtered.
import { Link } from "@tanstack/react-router";
import { CircleCheck, SearchX } from "lucide-react";
import { ANY_ANOMALY, useAnomalies, useDetection } from "../../api/detectionQueries";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { useNow } from "../../now";
import { DEFAULT_SCOPE, travelling, type Scope, type Search } from "../../scope/codec";
import { useSetScope, useZone } from "../../scope/useScope";
import { ago, dateTime } from "../../time/format";
import { plural } from "../../units";
import { isFiltered, NO_FILTERS, stateTab } from "./filters";

const RECENT_MAX = 5;

export function CalmState({ scope }: { scope: Scope }) {
  const setScope = useSetScope();
  if (isFiltered(scope) || !["", "all"].includes(stateTab(scope))) {
    return (
      <div className="panel flex flex-col items-center gap-3 p-10 text-center">
        <SearchX size={22} className="text-muted" aria-hidden />
        <p className="text-muted">No anomaly in this range matches.</p>
        <div className="flex gap-2">
          <button type="button" className="control" onClick={() => setScope({ ...NO_FILTERS, state: "" })}>
            Clear all filters
          </button>
          <button
            type="button"
            className="control"
            onClick={() => setScope({ ...NO_FILTERS, state: "all", from: "now-30d", to: "now" })}
          >
            All of the last 30 days
          </button>
        </div>
      </div>
    );
  }
  return <Calm scope={scope} />;
}

function Calm({ scope }: { scope: Scope }) {
  const status = useDetection().data;
  const zone = useZone();
  const now_ms = useNow();
  const history = { ...DEFAULT_SCOPE, from: "now-30d", tz: scope.tz };
  const recent = useAnomalies(history, { ...ANY_ANOMALY, state: ["closed"] }, "-onset", RECENT_MAX);
  const last_ms = Math.max(0, ...(recent.data?.items.map((item) => item.closed_ms ?? 0) ?? []));
  return (
    <div className="panel flex min-h-0 flex-col overflow-auto">
      <div className="flex flex-col items-center gap-2 px-6 pt-10 pb-8 text-center">
        <CircleCheck size={26} className="text-ok" aria-hidden />
        <h2 className="text-base font-semibold">
          {last_ms > 0 ? `Calm for ${ago(last_ms, now_ms).replace(" ago", "")}` : "Nothing is open"}
        </h2>
        <p className="max-w-xl text-muted">
          {status
            ? watchedText(status.series_watched, status.series_learning)
            : "Every series is within what is expected."}
          {last_ms > 0 && ` The last anomaly ended ${dateTime(last_ms, zone)}.`}
          {status?.watermark_ms != null && ` Checked up to ${dateTime(status.watermark_ms, zone)}.`}
        </p>
        <Link
          to="/settings"
          search={((previous: Search) => travelling(previous)) as never}
          className="mt-1 text-accent underline"
        >
          How sensitive is it?
        </Link>
      </div>
      {recent.data && recent.data.items.length > 0 && (
        <section aria-labelledby="recently" className="border-t border-line">
          <h3 id="recently" className="px-4 pt-3 pb-1 text-xs font-semibold text-muted">
            Recently closed
          </h3>
          <AnomalyItems anomalies={recent.data.items} withEndpoint />
        </section>
      )}
    </div>
  );
}

function watchedText(watched: number, learning: number): string {
  if (watched === 0) return "No series is watched yet: detection starts with the first minutes of requests.";
  const watching = `All ${plural(watched, "watched series", "watched series")} are within what is expected.`;
  return learning > 0 ? `${watching} ${plural(learning, "series is", "series are")} still learning.` : watching;
}
