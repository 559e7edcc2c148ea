// The alert in one sentence, and what can be done about it. Owns which actions make sense now.
import {
  BellOff,
  BookOpen,
  CircleCheck,
  Clock,
  ClockAlert,
  ExternalLink,
  Eye,
  EyeOff,
  ThumbsDown,
  UserRound,
  type LucideIcon,
} from "lucide-react";
import type { AskedAction } from "../../alerting/ActDialog";
import { AlertTabLink } from "../../alerting/AlertLink";
import { AlertStateChip } from "../../alerting/chips";
import { summaryInZone } from "../../alerting/sentence";
import { countdown } from "../../alerting/span";
import { mutesText } from "../../alerting/words";
import { useAlertActions } from "../../alerting/useAlertActions";
import type { Alert } from "../../api/alertTypes";
import { SeverityChip } from "../../detection/chips";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { IncidentLink } from "../../incidents/IncidentLink";
import { useNow } from "../../now";
import { CopyButton } from "../../parts/CopyButton";
import { EndpointLink } from "../../parts/EndpointLink";
import { environmentNameOf } from "../../parts/environment";
import { useZone } from "../../scope/useScope";
import { clock, dateTime } from "../../time/format";
import { duration, plural } from "../../units";

interface AlertHeadlineProps {
  alert: Alert;
  /** How many notifications were sent. */
  told: number;
  ask: (dialog: AskedAction | "silence") => void;
}

const INCIDENT = /^[0-9a-f]{16}$/;

export function AlertHeadline({ alert, told, ask }: AlertHeadlineProps) {
  const zone = useZone();
  const now_ms = useNow();
  const since_ms = alert.firing_since_ms ?? alert.started_ms;
  const { endpoint, environment, rule, anomaly_id, runbook_url } = alert;
  // Alerts of others may have a label of this name that means something else.
  const incident = INCIDENT.test(alert.labels.incident ?? "") ? alert.labels.incident : undefined;
  return (
    <section aria-label="Summary" className="panel flex gap-x-6 gap-y-3 px-4 py-3 max-rail:flex-col" data-headline>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          <SeverityChip severity={alert.severity} over={alert.state !== "firing"} />
          <AlertStateChip alert={alert} />
          <span title={dateTime(since_ms, zone)}>
            {alert.resolved_ms === null
              ? `since ${clock(since_ms, zone)}, for ${duration(now_ms - since_ms)}`
              : `lasted ${duration(alert.resolved_ms - since_ms)}, until ${dateTime(alert.resolved_ms, zone)}`}
          </span>
          <span>{told === 0 ? "nobody told" : `told ${plural(told, "time")}`}</span>
          {alert.dataset === "demo" && <span>demo data</span>}
        </div>
        <p className="mt-1.5 max-w-4xl text-[15px] leading-6 break-words">{summaryInZone(alert, zone, now_ms)}</p>
        {alert.description && <p className="mt-1 max-w-4xl break-words text-muted">{alert.description}</p>}
        <div className="mt-1.5 flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          {endpoint && <EndpointLink endpoint={endpoint} className="text-accent" />}
          {endpoint && <span>service {endpoint.service}</span>}
          {environment && <span title={environment}>{environmentNameOf(environment)}</span>}
          {anomaly_id && (
            <AnomalyLink anomaly={{ id: anomaly_id }} className="text-accent underline">
              Anomaly with its evidence
            </AnomalyLink>
          )}
          {incident && (
            <IncidentLink id={incident} className="text-accent underline">
              Its incident
            </IncidentLink>
          )}
          {rule && (
            <AlertTabLink tab="rules" sel={rule} className="text-accent underline">
              Rule {rule}
            </AlertTabLink>
          )}
          <Outward url={runbook_url} icon={BookOpen}>
            Runbook
          </Outward>
          <Outward url={alert.generator_url} icon={ExternalLink}>
            Where it comes from
          </Outward>
        </div>
        <Handled alert={alert} />
      </div>
      <Actions alert={alert} ask={ask} />
    </section>
  );
}

/** What alerts bring along is only a link when it leads to the web. */
function Outward({ url, icon: Icon, children }: { url: string | null; icon: LucideIcon; children: string }) {
  if (url === null || !/^https?:\/\//.test(url)) return null;
  return (
    <a href={url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent underline">
      <Icon size={12} aria-hidden /> {children}
    </a>
  );
}

function Handled({ alert }: { alert: Alert }) {
  const zone = useZone();
  const now_ms = useNow();
  const { acknowledged, assignee, snoozed_until_ms, muted_by } = alert;
  const lines: [LucideIcon, string][] = [];
  if (acknowledged) {
    const until = acknowledged.until_ms === null ? "" : `, until ${dateTime(acknowledged.until_ms, zone)}`;
    const note = acknowledged.note ? `: ${acknowledged.note}` : "";
    lines.push([Eye, `acknowledged by ${acknowledged.by} at ${clock(acknowledged.at_ms, zone)}${until}${note}`]);
  }
  if (snoozed_until_ms !== null && snoozed_until_ms > now_ms)
    lines.push([
      Clock,
      `snoozed until ${dateTime(snoozed_until_ms, zone)}, for ${countdown(snoozed_until_ms - now_ms)}`,
    ]);
  if (muted_by.length > 0) lines.push([BellOff, `muted by ${mutesText(alert)}`]);
  if (assignee) lines.push([UserRound, `assigned to ${assignee}`]);
  if (lines.length === 0) return null;
  return (
    <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {lines.map(([Icon, text]) => (
        <li key={text} className="inline-flex min-w-0 items-center gap-1.5 break-words">
          <Icon size={12} className="shrink-0 text-muted" aria-hidden /> {text}
        </li>
      ))}
    </ul>
  );
}

function Actions({ alert, ask }: Omit<AlertHeadlineProps, "told">) {
  const act = useAlertActions();
  const now_ms = useNow();
  const ids = [alert.id];
  const isOver = alert.resolved_ms !== null;
  const isSnoozed = alert.snoozed_until_ms !== null && alert.snoozed_until_ms > now_ms;
  return (
    <div
      role="group"
      aria-label="Actions"
      className="flex w-112 shrink-0 flex-wrap content-start justify-end gap-2 max-rail:w-auto max-rail:justify-start"
    >
      {!isOver && !alert.acknowledged && (
        <>
          <ActionButton primary shortcut="A" icon={Eye} onClick={() => void act({ ids, action: "acknowledge" })}>
            Acknowledge
          </ActionButton>
          <ActionButton icon={ClockAlert} onClick={() => ask("acknowledge")}>
            With note, until…
          </ActionButton>
        </>
      )}
      {alert.acknowledged && !isOver && (
        <ActionButton icon={EyeOff} onClick={() => void act({ ids, action: "unacknowledge" })}>
          Unacknowledge
        </ActionButton>
      )}
      {!isOver &&
        (isSnoozed ? (
          <ActionButton icon={Clock} onClick={() => void act({ ids, action: "unsnooze" })}>
            End snooze
          </ActionButton>
        ) : (
          <ActionButton icon={Clock} shortcut="Z" onClick={() => ask("snooze")}>
            Snooze
          </ActionButton>
        ))}
      <ActionButton icon={BellOff} shortcut="S" onClick={() => ask("silence")}>
        Silence
      </ActionButton>
      <ActionButton icon={UserRound} onClick={() => ask("assign")}>
        Assign
      </ActionButton>
      {alert.anomaly_id && (
        <ActionButton icon={ThumbsDown} onClick={() => ask("false_positive")}>
          False positive
        </ActionButton>
      )}
      {!isOver && (
        <ActionButton icon={CircleCheck} onClick={() => ask("resolve")}>
          Resolve
        </ActionButton>
      )}
      <span className="flex h-8 items-center">
        <CopyButton text={location.origin + location.pathname} label="Copy link" />
      </span>
    </div>
  );
}

interface ActionButtonProps {
  icon: LucideIcon;
  shortcut?: string;
  primary?: boolean;
  onClick: () => void;
  children: string;
}

function ActionButton({ icon: Icon, shortcut, primary, onClick, children }: ActionButtonProps) {
  return (
    <button
      type="button"
      className={`control ${primary ? "border-accent bg-accent font-medium text-on-accent" : ""}`}
      onClick={onClick}
      aria-keyshortcuts={shortcut}
    >
      <Icon size={14} aria-hidden />
      {children}
      {shortcut && (
        <kbd className={`font-mono text-[11px] max-md:hidden ${primary ? "" : "text-muted"}`} aria-hidden>
          {shortcut}
        </kbd>
      )}
    </button>
  );
}
