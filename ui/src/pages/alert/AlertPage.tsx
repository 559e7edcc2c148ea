// One alert: what it says, who was told and why, what kept it quiet, what to do. Owns the order of the panels.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { ActDialog, type AskedAction } from "../../alerting/ActDialog";
import { AlertTabLink, alertSearch } from "../../alerting/AlertLink";
import { alertIntentOf, type AlertIntent } from "../../alerting/keys";
import { NotificationItems } from "../../alerting/NotificationItems";
import { RouteView } from "../../alerting/RouteView";
import { SilenceDialog } from "../../alerting/SilenceForm";
import { silenceAbout } from "../../alerting/silences";
import { useAlertActions } from "../../alerting/useAlertActions";
import { muteText } from "../../alerting/words";
import { ApiError } from "../../api/client";
import { useAlert } from "../../api/alertQueries";
import type { Alert, AlertDetail, AlertMute } from "../../api/alertTypes";
import { useKeysOf } from "../../detection/useKeys";
import { useStreamListener } from "../../live/useLive";
import { useNow } from "../../now";
import { actorName } from "../../parts/actor";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { parseSearch } from "../../scope/codec";
import { useScope, useZone } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { dateTime } from "../../time/format";
import { duration, plural, threeDigits } from "../../units";
import { alertNeighbour, alertPlace, lastAlertsSearch, rememberAlert } from "../alerts/lastAlerts";
import { NobodyIsTold } from "../alerts/NobodyIsTold";
import { AlertHeadline } from "./AlertHeadline";
import { TimelinePanel } from "./TimelinePanel";

export default function AlertPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const scope = useScope();
  const query = useAlert(id);
  const detail = query.data;
  useStreamListener({ topics: ["alerts"], parameters: { group_by: "none" }, always: true }, scope.live);
  const name = detail?.alert.name ?? "Alert";
  return (
    <>
      <PageHeader title={name} documentTitle={name} hideTime hideEndpoints hideEnvironments />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        <Way id={id} />
        {detail ? (
          <Story key={id} detail={detail} />
        ) : query.error ? (
          <Missing error={query.error} retry={() => void query.refetch()} />
        ) : (
          <>
            <Skeleton height={150} />
            <Skeleton height={260} />
          </>
        )}
      </div>
    </>
  );
}

/** Back to the list as it was, and to its neighbours. */
function Way({ id }: { id: string }) {
  const place = alertPlace(id);
  return (
    <nav aria-label="Alerts" className="flex items-center gap-2 text-xs">
      <Link
        to="/alerts"
        search={parseSearch(lastAlertsSearch()) as never}
        className="inline-flex h-6 items-center gap-1 text-accent hover:underline"
      >
        <ArrowLeft size={13} aria-hidden /> Alerts
      </Link>
      {place && (
        <span className="ml-auto flex items-center gap-1 text-muted">
          {place.place} of {place.total}
          <Neighbour id={alertNeighbour(id, -1)} name="Previous alert" shortcut="k" icon={ChevronUp} />
          <Neighbour id={alertNeighbour(id, 1)} name="Next alert" shortcut="j" icon={ChevronDown} />
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
      to="/alerts/$id"
      params={{ id }}
      search={alertSearch as never}
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
          <p>No alert has this address. It may be older than what is kept.</p>
          <Link to="/alerts" className="text-accent underline">
            All alerts
          </Link>
        </div>
      ) : (
        <Failure what="The alert" error={error} retry={retry} />
      )}
    </div>
  );
}

function Story({ detail }: { detail: AlertDetail }) {
  const { alert, notifications, mutes, route } = detail;
  const navigate = useNavigate();
  const act = useAlertActions();
  const [dialog, setDialog] = useState<AskedAction | "silence" | null>(null);
  const ids = [alert.id];
  const isOver = alert.resolved_ms !== null;

  useKeysOf(
    null,
    (intent: AlertIntent) => {
      if (intent.type === "move") {
        const next = alertNeighbour(alert.id, intent.step);
        if (next === null) return false;
        rememberAlert(next);
        void navigate({ to: "/alerts/$id", params: { id: next }, search: alertSearch as never });
        return true;
      }
      if (intent.type !== "act") return false;
      if (isOver && intent.act !== "silence") return false;
      if (intent.act === "acknowledge") void act({ ids, action: "acknowledge" });
      else setDialog(intent.act);
      return true;
    },
    alertIntentOf,
  );

  return (
    <>
      <NobodyIsTold />
      <AlertHeadline
        alert={alert}
        told={notifications.filter(({ state }) => state === "sent").length}
        ask={setDialog}
      />
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <div className="col-span-2 flex min-w-0 flex-col gap-3 max-rail:col-span-1">
          <Panel
            title="Notifications"
            note={
              notifications.length > 0
                ? `${plural(notifications.length, "notification")}: who was told, when and why`
                : "who was told, when and why"
            }
          >
            {notifications.length === 0 ? (
              <Empty
                reason={alert.muted_by.length > 0 ? "Nobody was told, because it is muted." : "Nobody was told so far."}
                action={
                  <AlertTabLink tab="routing" className="text-accent underline">
                    How is it decided who is told?
                  </AlertTabLink>
                }
              />
            ) : (
              <div className="border-t border-line">
                <NotificationItems notifications={notifications} />
              </div>
            )}
          </Panel>
          {!isOver && (
            <Panel title="Who would be told next" note={plural(route.length, "route")}>
              {route.length === 0 ? (
                <Empty reason="No route matches." />
              ) : (
                <div className="divide-y divide-line border-t border-line">
                  {route.map((item, index) => (
                    <RouteView key={index} route={item} />
                  ))}
                </div>
              )}
            </Panel>
          )}
          <MutesPanel mutes={mutes} />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <TimelinePanel detail={detail} />
          <LabelsPanel alert={alert} />
        </div>
      </div>
      {dialog === "silence" && (
        <SilenceDialog start={silenceAbout([alert], actorName() ?? "", Date.now())} onClose={() => setDialog(null)} />
      )}
      {dialog && dialog !== "silence" && (
        <ActDialog action={dialog} ids={ids} onClose={() => setDialog(null)} onDone={() => {}} />
      )}
    </>
  );
}

function MutesPanel({ mutes }: { mutes: AlertMute[] }) {
  const zone = useZone();
  const now_ms = useNow();
  if (mutes.length === 0) return null;
  return (
    <Panel title="Muted" note="what kept it quiet">
      <ul className="divide-y divide-line border-t border-line text-xs">
        {mutes.map((mute, index) => (
          <li key={index} className="flex flex-wrap items-center gap-x-3 px-3 py-2">
            <span className="min-w-0 flex-1 break-words">
              {mute.kind === "silence" ? (
                <>
                  silence{" "}
                  <AlertTabLink tab="silences" sel={mute.by} className="text-accent underline">
                    {mute.name || mute.by}
                  </AlertTabLink>
                </>
              ) : (
                muteText(mute)
              )}
            </span>
            <span className="text-muted">
              from {dateTime(mute.from_ms, zone)}
              {mute.to_ms === null
                ? ` until now, ${duration(now_ms - mute.from_ms)}`
                : `, for ${duration(mute.to_ms - mute.from_ms)}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LabelsPanel({ alert }: { alert: Alert }) {
  const { labels, annotations, value } = alert;
  const measured: [string, string][] = value === null ? [] : [["value", threeDigits(value)]];
  const rows = [...measured, ...Object.entries(labels), ...Object.entries(annotations)];
  return (
    <Panel title="Value and labels">
      <dl className="grid grid-cols-[minmax(5rem,auto)_minmax(0,1fr)] gap-x-3 gap-y-1 px-3 pb-3 text-xs">
        {rows.map(([name, value], index) => (
          <div key={`${name} ${index}`} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="font-mono text-[11px] leading-5 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
