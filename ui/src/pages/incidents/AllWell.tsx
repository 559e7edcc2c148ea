// The list without a row: what an incident is, that all is well, and what was last. Owns telling well from filtered.
import { Link } from "@tanstack/react-router";
import { CircleCheck, SearchX } from "lucide-react";
import { ANY_INCIDENT, useSomeIncidents } from "../../api/incidentQueries";
import { IncidentItems } from "../../incidents/IncidentItems";
import { useNow } from "../../now";
import { DEFAULT_SCOPE, travelling, type Scope, type Search } from "../../scope/codec";
import { useSetScope } from "../../scope/useScope";
import { ago } from "../../time/format";
import { isFiltered, NO_FILTERS, stateTab } from "./filters";

const RECENT_MAX = 5;

export function AllWell({ scope }: { scope: Scope }) {
  const setScope = useSetScope();
  if (isFiltered(scope) || !["", "all"].includes(stateTab(scope))) {
    return (
      <div className="panel flex flex-col items-center gap-3 p-10 text-center">
        <SearchX size={22} className="text-muted" aria-hidden />
        <p className="text-muted">No incident in this range matches.</p>
        <div className="flex flex-wrap justify-center gap-2">
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
  return <Well scope={scope} />;
}

function Well({ scope }: { scope: Scope }) {
  const now_ms = useNow();
  const history = { ...DEFAULT_SCOPE, from: "now-30d", tz: scope.tz };
  const recent = useSomeIncidents(history, { ...ANY_INCIDENT, state: ["closed"] }, RECENT_MAX);
  const items = recent.data?.items ?? [];
  const last_ms = Math.max(0, ...items.map((item) => item.closed_ms ?? 0));
  return (
    <div className="panel" data-all-well>
      <div className="flex flex-col items-center gap-2 px-6 pt-10 pb-8 text-center">
        <CircleCheck size={26} className="text-ok" aria-hidden />
        <h2 className="text-base font-semibold">All is well</h2>
        <p className="max-w-2xl text-muted">
          No incident is open{last_ms > 0 ? `; the last one ended ${ago(last_ms, now_ms)}` : ""}. An incident gathers
          anomalies that began together and belong together, and says in one sentence what broke, where, and what
          settles it: a version, an environment, an instance, something that several services call, or only traffic.
        </p>
        <Link
          to="/anomalies"
          search={((previous: Search) => travelling(previous)) as never}
          className="mt-1 text-accent underline"
        >
          Look at anomalies
        </Link>
      </div>
      {items.length > 0 && (
        <section aria-labelledby="recently" className="border-t border-line">
          <h3 id="recently" className="px-3 pt-3 pb-1 text-xs font-semibold text-muted">
            Recently closed
          </h3>
          <IncidentItems incidents={items} />
        </section>
      )}
    </div>
  );
}
