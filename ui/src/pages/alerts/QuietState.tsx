// The list without a row: whether nothing fires or nothing matches. Owns telling quiet from filtered.
import { CircleCheck, SearchX } from "lucide-react";
import { AlertTabLink } from "../../alerting/AlertLink";
import { STATE_NAMES } from "../../alerting/words";
import { useAlertingStatus } from "../../api/alertQueries";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { dateTime } from "../../time/format";
import { alertStateTab, isFiltered } from "./filters";

export function QuietState() {
  const scope = useScope();
  const setScope = useSetScope();
  const zone = useZone();
  const status = useAlertingStatus().data;
  const tab = alertStateTab(scope);
  if (isFiltered(scope) || tab !== "") {
    return (
      <div className="panel flex flex-col items-center gap-3 p-10 text-center">
        <SearchX size={22} className="text-muted" aria-hidden />
        <p className="text-muted">
          {isFiltered(scope)
            ? "No alert matches."
            : tab === "resolved"
              ? "Nothing was resolved in this range."
              : `Nothing is ${STATE_NAMES[tab as "firing"].toLowerCase()}.`}
        </p>
        <button
          type="button"
          className="control"
          onClick={() => setScope({ severity: [], rule: [], q: "", state: "" })}
        >
          Show all active alerts
        </button>
      </div>
    );
  }
  return (
    <div className="panel flex flex-col items-center gap-2 px-6 py-12 text-center">
      <CircleCheck size={26} className="text-ok" aria-hidden />
      <h2 className="text-base font-semibold">Nothing fires</h2>
      <p className="max-w-xl text-muted">
        No rule&apos;s condition is met.
        {status?.evaluated_until_ms != null && ` Checked up to ${dateTime(status.evaluated_until_ms, zone)}.`}
      </p>
      <p className="flex gap-4">
        <AlertTabLink tab="rules" className="text-accent underline">
          What is watched for?
        </AlertTabLink>
        <button type="button" className="text-accent underline" onClick={() => setScope({ state: "resolved" })}>
          What fired before?
        </button>
      </p>
    </div>
  );
}
