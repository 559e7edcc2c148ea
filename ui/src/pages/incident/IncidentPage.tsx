// One incident with everything that is needed at three in the morning: what is wrong, why, who is hurt, what changed.
// Owns the order of the panels.
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Hourglass } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { useIncident } from "../../api/incidentQueries";
import type { Diagnosis, IncidentDetail } from "../../api/incidentTypes";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { anomalySearch } from "../../detection/AnomalyLink";
import { EndDialog } from "../../detection/EndDialog";
import { useActions } from "../../detection/useActions";
import { useKeys } from "../../detection/useKeys";
import { DifferenceRows } from "../../incidents/DifferenceRows";
import { IncidentItems } from "../../incidents/IncidentItems";
import { titleOf } from "../../incidents/sentence";
import { sampledText } from "../../incidents/words";
import { useStreamListener } from "../../live/useLive";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { count, plural } from "../../units";
import { CausesPanel } from "./CausesPanel";
import { ComparisonsPanel } from "./ComparisonsPanel";
import { Headline } from "./Headline";
import { ImpactPanel } from "./ImpactPanel";
import { MapPanel } from "./MapPanel";
import { distinctEndpoints, openIds, placeOf } from "./parts";
import { TimelinePanel } from "./TimelinePanel";

export default function IncidentPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const scope = useScope();
  const query = useIncident(id);
  const detail = query.data;
  const topics: ("incidents" | "anomalies")[] = ["anomalies", "incidents"];
  useStreamListener({ topics, parameters: { group_by: "none" }, always: true }, scope.live);
  return (
    <>
      <PageHeader
        title="Incident"
        documentTitle={detail ? titleOf(detail.incident) : "Incident"}
        hideTime
        hideEndpoints
        hideEnvironments
      />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        <nav aria-label="Incidents" className="text-xs">
          <Link
            to="/incidents"
            search={anomalySearch as never}
            className="inline-flex h-6 items-center gap-1 text-accent hover:underline"
          >
            <ArrowLeft size={13} aria-hidden /> Incidents
          </Link>
        </nav>
        {detail ? (
          <Story key={id} detail={detail} />
        ) : query.error ? (
          <Missing error={query.error} retry={() => void query.refetch()} />
        ) : (
          <>
            <Skeleton height={132} />
            <Skeleton height={260} />
            <Skeleton height={320} />
          </>
        )}
      </div>
    </>
  );
}

function Missing({ error, retry }: { error: unknown; retry: () => void }) {
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <div className="panel">
      {gone ? (
        <div className="flex flex-col items-center gap-2 p-8 text-center text-muted">
          <p>No incident has this address. Its data may have been removed.</p>
          <Link to="/incidents" className="text-accent underline">
            All incidents
          </Link>
        </div>
      ) : (
        <Failure what="The incident" error={error} retry={retry} />
      )}
    </div>
  );
}

function Story({ detail }: { detail: IncidentDetail }) {
  const { diagnosis, anomalies, similar } = detail;
  const act = useActions();
  const [closing, setClosing] = useState(false);
  const acknowledge = useRef(() => {});
  const ids = openIds(anomalies);
  acknowledge.current = () => {
    const unseen = anomalies.filter((item) => item.state === "open").map((item) => item.id);
    if (unseen.length > 0) void act({ ids: unseen, action: "acknowledge" });
  };
  useKeys(null, (intent) => {
    if (intent.type !== "act" || intent.act !== "acknowledge") return false;
    acknowledge.current();
    return true;
  });
  return (
    <>
      <Headline detail={detail} acknowledge={() => acknowledge.current()} close={() => setClosing(true)} />
      {diagnosis ? <Findings detail={detail} diagnosis={diagnosis} /> : <Undiagnosed />}
      <TimelinePanel detail={detail} />
      <div className="grid grid-cols-3 items-start gap-3 max-rail:grid-cols-1">
        <Panel title="Anomalies" note={anomaliesNote(detail)} className="col-span-2 max-rail:col-span-1">
          <div className="max-h-120 overflow-auto border-t border-line" tabIndex={0} role="region" aria-label="Its anomalies">
            <AnomalyItems anomalies={anomalies} withEndpoint />
          </div>
        </Panel>
        <Panel title="Similar before" note="with the same subject">
          {similar.length === 0 ? (
            <Empty reason="No earlier incident was about this." />
          ) : (
            <div className="border-t border-line">
              <IncidentItems incidents={similar} />
            </div>
          )}
        </Panel>
      </div>
      {closing && <EndDialog how="close" ids={ids} onClose={() => setClosing(false)} onDone={() => {}} />}
    </>
  );
}

function anomaliesNote({ incident, anomalies }: IncidentDetail): string {
  const open = `${incident.anomalies_open} open`;
  return incident.anomalies > anomalies.length
    ? `the first ${anomalies.length} of ${incident.anomalies.toLocaleString("en")}, ${open}`
    : `${plural(anomalies.length, "anomaly", "anomalies")}, ${open}`;
}

function Undiagnosed() {
  return (
    <div className="panel flex items-center gap-3 px-4 py-6" role="status" data-undiagnosed>
      <Hourglass size={20} className="shrink-0 text-muted" aria-hidden />
      <p>
        <strong className="font-semibold">Being diagnosed.</strong>{" "}
        <span className="text-muted">
          Hawkeye compares these requests with a matched time before and with other places; that takes some seconds. What
          is known so far is below.
        </span>
      </p>
    </div>
  );
}

function Findings({ detail, diagnosis }: { detail: IncidentDetail; diagnosis: Diagnosis }) {
  const { incident, anomalies } = detail;
  const endpoints = useMemo(() => distinctEndpoints(anomalies), [anomalies]);
  const { tz, live } = useScope();
  const sampled = sampledText(diagnosis.sampled);
  return (
    <>
      <div className="grid grid-cols-5 items-start gap-3 max-rail:grid-cols-1">
        <CausesPanel incident={incident} diagnosis={diagnosis} className="col-span-2 max-rail:col-span-1" />
        <ComparisonsPanel diagnosis={diagnosis} className="col-span-3 max-rail:col-span-1" />
      </div>
      <MapPanel diagnosis={diagnosis} />
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <Panel
          title="What differs"
          note={`of ${count(diagnosis.requests_bad)} requests during it, ${count(diagnosis.requests_baseline)} before`}
        >
          <DifferenceRows
            items={diagnosis.differences}
            names={["bad requests", "before"]}
            empty="Bad requests have the same attributes as those before: it hits everybody alike."
            endpoints={endpoints}
            environments={incident.environments}
            place={placeOf(diagnosis, incident, { tz, live })}
          />
          {sampled && <p className="border-t border-line px-3 py-2 text-xs text-muted">{sampled}</p>}
        </Panel>
        <ImpactPanel impact={diagnosis.impact} />
      </div>
    </>
  );
}
