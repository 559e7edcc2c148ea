// One anomaly with its evidence: what, why, where else, what to do. Owns the order of the panels and the range that
// they share; each panel asks for what it shows.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, ChevronDown, ChevronUp, RotateCcw } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { useAnomaly, useExpectations } from "../../api/detectionQueries";
import type { AnomalyDetail } from "../../api/detectionTypes";
import { useHeatmap, useSeries } from "../../api/queries";
import { HeatPanel } from "../../charts/HeatPanel";
import { ScopeCharts } from "../../charts/ScopeCharts";
import { anomalySearch } from "../../detection/AnomalyLink";
import { EndDialog, type Ending } from "../../detection/EndDialog";
import { JudgeDialog } from "../../detection/JudgeDialog";
import { rangeAround, windowOf } from "../../detection/range";
import { useActions } from "../../detection/useActions";
import { useKeys } from "../../detection/useKeys";
import { KIND_NAMES } from "../../detection/words";
import { useStreamListener } from "../../live/useLive";
import { useNow } from "../../now";
import { SampleTables } from "../../parts/SampleTables";
import { Failure, PanelBoundary, Skeleton } from "../../parts/states";
import { parseSearch, type Scope, type Search } from "../../scope/codec";
import { useScope, useZoom } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { lastListSearch, neighbourOf, placeInList, rememberOpened } from "../anomalies/lastList";
import { AlertsPanel } from "./AlertsPanel";
import { ActivityPanel } from "./ActivityPanel";
import { DifferencePanel } from "./DifferencePanel";
import { Headline } from "./Headline";
import { MainChart } from "./MainChart";
import { NearbyPanel } from "./NearbyPanel";
import { SimilarPanel } from "./SimilarPanel";
import { WhyPanel } from "./WhyPanel";

const DiffersPanel = lazy(() => import("./DiffersPanel"));

export default function AnomalyPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const scope = useScope();
  const query = useAnomaly(id);
  const detail = query.data;
  const name = detail ? `${detail.anomaly.endpoint.method} ${detail.anomaly.endpoint.route}` : "Anomaly";
  useStreamListener({ topics: ["anomalies"], parameters: { group_by: "none" }, always: true }, scope.live);
  const title = detail ? (
    <>
      <span className="font-mono text-[15px]">{name}</span>
      <span className="font-normal text-muted">: {KIND_NAMES[detail.anomaly.kind].toLowerCase()}</span>
    </>
  ) : (
    "Anomaly"
  );
  return (
    <>
      <PageHeader
        title={title}
        documentTitle={detail ? `${name}: ${KIND_NAMES[detail.anomaly.kind].toLowerCase()}` : "Anomaly"}
        hideTime
        hideEndpoints
        hideEnvironments
      />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        <Way id={id} />
        {detail ? (
          <Evidence key={id} detail={detail} scope={scope} />
        ) : query.error ? (
          <Missing error={query.error} retry={() => void query.refetch()} />
        ) : (
          <>
            <Skeleton height={124} />
            <Skeleton height={310} />
            <Skeleton height={330} />
          </>
        )}
      </div>
    </>
  );
}

/** Back to the list as it was, and to its neighbours. */
function Way({ id }: { id: string }) {
  const place = placeInList(id);
  return (
    <nav aria-label="Anomalies" className="flex items-center gap-2 text-xs">
      <Link
        to="/anomalies"
        search={parseSearch(lastListSearch()) as never}
        className="inline-flex h-6 items-center gap-1 text-accent hover:underline"
      >
        <ArrowLeft size={13} aria-hidden /> Anomalies
      </Link>
      {place && (
        <span className="ml-auto flex items-center gap-1 text-muted">
          {place.place} of {place.total}
          <Neighbour id={neighbourOf(id, -1)} name="Previous anomaly" shortcut="k" icon={ChevronUp} />
          <Neighbour id={neighbourOf(id, 1)} name="Next anomaly" shortcut="j" icon={ChevronDown} />
        </span>
      )}
    </nav>
  );
}

interface NeighbourProps {
  id: string | null;
  name: string;
  shortcut: string;
  icon: typeof ChevronUp;
}

function Neighbour({ id, name, shortcut, icon: Icon }: NeighbourProps) {
  const look = "flex size-7 items-center justify-center rounded-md border border-line";
  if (id === null) {
    return (
      <span className={`${look} opacity-45`} aria-hidden>
        <Icon size={14} />
      </span>
    );
  }
  return (
    <Link
      to="/anomalies/$id"
      params={{ id }}
      search={anomalySearch as never}
      className={`${look} hover:border-line-strong hover:text-text`}
      aria-label={name}
      title={`${name} ( ${shortcut} )`}
    >
      <Icon size={14} aria-hidden />
    </Link>
  );
}

function Missing({ error, retry }: { error: unknown; retry: () => void }) {
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <div className="panel">
      {gone ? (
        <div className="flex flex-col items-center gap-2 p-8 text-center text-muted">
          <p>No anomaly has this address. Its data may have been removed.</p>
          <Link to="/anomalies" className="text-accent underline">
            All anomalies
          </Link>
        </div>
      ) : (
        <Failure what="The anomaly" error={error} retry={retry} />
      )}
    </div>
  );
}

function Evidence({ detail, scope }: { detail: AnomalyDetail; scope: Scope }) {
  const { anomaly } = detail;
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const act = useActions();
  const { reset } = useZoom();
  const now_ms = useNow();
  const [dialog, setDialog] = useState<"judge" | Ending | null>(null);
  const zoomed = search.from !== undefined || search.to !== undefined;
  const around = rangeAround(anomaly, now_ms);
  const { from, to } = zoomed ? scope : around;
  const { endpoint, environment } = anomaly;
  // Filters that were added on this page apply; place and time are the anomaly's own.
  const inner: Scope = useMemo(
    () => ({ ...scope, from, to, env: [environment], ep: [endpoint.id], service: [], method: [], q: "", cmp: "off" }),
    [scope, from, to, environment, endpoint.id],
  );
  const window: Scope = useMemo(() => ({ ...inner, ...windowOf(anomaly) }), [inner, anomaly]);
  const series = useSeries(inner, { follow: true });
  const expectations = useExpectations(inner);
  const heatmap = useHeatmap(inner);
  const ids = [anomaly.id];

  useKeys(null, (intent) => {
    if (intent.type === "move") {
      const next = neighbourOf(anomaly.id, intent.step);
      if (next === null) return false;
      rememberOpened(next);
      void navigate({ to: "/anomalies/$id", params: { id: next }, search: anomalySearch as never });
      return true;
    }
    if (intent.type !== "act") return false;
    if (intent.act === "false_positive") setDialog("judge");
    else if (intent.act === "acknowledge") void act({ ids, action: "acknowledge" });
    else if (intent.act === "expected_change" && anomaly.closed_ms === null) setDialog(intent.act);
    else void act({ ids, action: "judge", verdict: intent.act });
    return true;
  });

  return (
    <>
      <Headline anomaly={anomaly} ask={setDialog} />
      <div className="relative">
        <MainChart detail={detail} series={series} expectations={expectations.data} zoomed={zoomed} />
        {zoomed && (
          <button
            type="button"
            className="control absolute top-1.5 right-16 h-7 bg-surface text-xs"
            onClick={reset}
            title="Show all of it again ( Esc )"
          >
            <RotateCcw size={12} aria-hidden /> Whole anomaly
          </button>
        )}
      </div>
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <WhyPanel detail={detail} className="col-span-2 max-rail:col-span-1" />
        <DifferencePanel anomaly={anomaly} scope={scope} />
      </div>
      <ScopeCharts scope={inner} series={series} expectations={expectations.data} />
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <HeatPanel
          scope={inner}
          heatmap={heatmap.data}
          error={heatmap.error}
          retry={() => void heatmap.refetch()}
          refreshing={heatmap.isPlaceholderData}
          height={220}
        />
        <NearbyPanel detail={detail} className="col-span-2 max-rail:col-span-1" />
      </div>
      <PanelBoundary what="What differs">
        <Suspense fallback={<Skeleton height={260} />}>
          <DiffersPanel anomaly={anomaly} scope={scope} />
        </Suspense>
      </PanelBoundary>
      <SampleTables scope={window} />
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <SimilarPanel similar={detail.similar} className="col-span-2 max-rail:col-span-1" />
        <div className="flex min-w-0 flex-col gap-3">
          <AlertsPanel anomaly={anomaly} />
          <ActivityPanel detail={detail} />
        </div>
      </div>
      {dialog === "judge" && <JudgeDialog ids={ids} onClose={() => setDialog(null)} onDone={() => {}} />}
      {dialog && dialog !== "judge" && (
        <EndDialog how={dialog} ids={ids} onClose={() => setDialog(null)} onDone={() => {}} />
      )}
    </>
  );
}
