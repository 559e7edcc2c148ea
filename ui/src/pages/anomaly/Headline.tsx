// The anomaly in one sentence with its numbers, and what can be done about it. Owns which actions make sense now.
import { BellPlus, CircleCheck, Eye, EyeOff, Siren, ThumbsDown, TrendingUpDown, X } from "lucide-react";
import type { ReactNode } from "react";
import { AlertTabLink } from "../../alerting/AlertLink";
import type { Anomaly } from "../../api/detectionTypes";
import { SeverityChip, VerdictChip } from "../../detection/chips";
import type { Ending } from "../../detection/EndDialog";
import { bodyInZone } from "../../detection/sentence";
import { useActions } from "../../detection/useActions";
import { CLOSE_NAMES, lasted, REASONS, score } from "../../detection/words";
import { useNow } from "../../now";
import { CopyButton } from "../../parts/CopyButton";
import { IncidentLink } from "../../incidents/IncidentLink";
import { EndpointLink } from "../../parts/EndpointLink";
import { environmentNameOf } from "../../parts/environment";
import { useZone } from "../../scope/useScope";
import { clock, clockSeconds, dateTime } from "../../time/format";
import { duration } from "../../units";

interface HeadlineProps {
  anomaly: Anomaly;
  /** Opens the dialog of an action that needs one. */
  ask: (dialog: "judge" | Ending) => void;
}

export function Headline({ anomaly, ask }: HeadlineProps) {
  const zone = useZone();
  const now_ms = useNow();
  const over = anomaly.closed_ms !== null;
  return (
    <section aria-label="Summary" className="panel flex gap-x-6 gap-y-3 px-4 py-3 max-rail:flex-col" data-headline>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          <SeverityChip severity={anomaly.severity} over={over} />
          <span className={over ? "" : "font-medium text-text"} title={dateTime(anomaly.onset_ms, zone)}>
            {over
              ? `lasted ${lasted(anomaly, now_ms)}, ${closedText(anomaly, zone)}`
              : `open ${lasted(anomaly, now_ms)}`}
          </span>
          <span>
            detected {clockSeconds(anomaly.detected_ms, zone)}, {duration(anomaly.detected_ms - anomaly.onset_ms)} after
            it began
          </span>
          <span>
            score {score(anomaly.score_peak)}, needed {score(anomaly.threshold)}
          </span>
        </div>
        <p className="mt-1.5 max-w-4xl text-[15px] leading-6 break-words">
          <span className="font-mono text-sm font-semibold">
            {anomaly.endpoint.method} {anomaly.endpoint.route}
          </span>{" "}
          <Emphasised text={bodyInZone(anomaly, zone, now_ms)} />
        </p>
        <div className="mt-1.5 flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          <EndpointLink endpoint={anomaly.endpoint} className="text-accent" />
          <span>service {anomaly.endpoint.service}</span>
          <span className="max-w-full truncate" title={anomaly.environment}>
            {environmentNameOf(anomaly.environment)}
          </span>
          {anomaly.incident_id && (
            <IncidentLink id={anomaly.incident_id} className="inline-flex items-center gap-1 text-accent underline">
              <Siren size={12} aria-hidden /> part of an incident
            </IncidentLink>
          )}
          {anomaly.state === "acknowledged" && (
            <span className="inline-flex items-center gap-1.5">
              <Eye size={12} aria-hidden /> acknowledged by {anomaly.acknowledged_by}
              {anomaly.acknowledged_ms !== null && ` at ${clock(anomaly.acknowledged_ms, zone)}`}
            </span>
          )}
          {anomaly.assignee && <span className="max-w-full truncate">assigned to {anomaly.assignee}</span>}
          {anomaly.verdict && (
            <span className="inline-flex items-center gap-1">
              <VerdictChip verdict={anomaly.verdict} />
              {reasonName(anomaly.verdict_reason)}
            </span>
          )}
        </div>
      </div>
      <Actions anomaly={anomaly} ask={ask} />
    </section>
  );
}

function Actions({ anomaly, ask }: HeadlineProps) {
  const act = useActions();
  const ids = [anomaly.id];
  const { state, verdict } = anomaly;
  return (
    <div
      role="group"
      aria-label="Actions"
      className="flex w-104 shrink-0 flex-wrap content-start justify-end gap-2 max-rail:w-auto max-rail:justify-start"
    >
      {state === "open" && (
        <ActionButton
          primary
          shortcut="A"
          icon={<Eye size={14} aria-hidden />}
          onClick={() => void act({ ids, action: "acknowledge" })}
        >
          Acknowledge
        </ActionButton>
      )}
      {state === "acknowledged" && (
        <ActionButton
          icon={<EyeOff size={14} aria-hidden />}
          onClick={() => void act({ ids, action: "unacknowledge" })}
        >
          Unacknowledge
        </ActionButton>
      )}
      <ActionButton
        pressed={verdict === "confirmed"}
        shortcut="C"
        icon={<CircleCheck size={14} aria-hidden />}
        onClick={() =>
          void act(
            verdict === "confirmed" ? { ids, action: "clear_verdict" } : { ids, action: "judge", verdict: "confirmed" },
          )
        }
      >
        Confirm
      </ActionButton>
      <ActionButton
        pressed={verdict === "false_positive"}
        shortcut="F"
        icon={<ThumbsDown size={14} aria-hidden />}
        onClick={() => (verdict === "false_positive" ? void act({ ids, action: "clear_verdict" }) : ask("judge"))}
      >
        False positive
      </ActionButton>
      <ActionButton
        pressed={verdict === "expected_change"}
        shortcut="E"
        icon={<TrendingUpDown size={14} aria-hidden />}
        onClick={() => {
          if (verdict === "expected_change") void act({ ids, action: "clear_verdict" });
          else if (state === "closed") void act({ ids, action: "judge", verdict: "expected_change" });
          else ask("expected_change");
        }}
      >
        Expected change
      </ActionButton>
      {state !== "closed" && (
        <ActionButton icon={<X size={14} aria-hidden />} onClick={() => ask("close")}>
          Close
        </ActionButton>
      )}
      <AlertTabLink tab="rules" sel={`new:${anomaly.id}`} className="control">
        <BellPlus size={14} aria-hidden /> Create alert rule
      </AlertTabLink>
      <span className="flex h-8 items-center">
        <CopyButton text={location.origin + location.pathname} label="Copy link" />
      </span>
    </div>
  );
}

interface ActionButtonProps {
  icon: ReactNode;
  shortcut?: string;
  primary?: boolean;
  pressed?: boolean;
  onClick: () => void;
  children: string;
}

function ActionButton({ icon, shortcut, primary, pressed, onClick, children }: ActionButtonProps) {
  const look = primary
    ? "border-accent bg-accent font-medium text-on-accent"
    : pressed
      ? "border-accent bg-selected"
      : "";
  return (
    <button
      type="button"
      className={`control ${look}`}
      onClick={onClick}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      title={pressed ? "Take this verdict back" : undefined}
    >
      {icon}
      {children}
      {shortcut && (
        <kbd className={`font-mono text-[11px] max-md:hidden ${primary ? "" : "text-muted"}`} aria-hidden>
          {shortcut}
        </kbd>
      )}
    </button>
  );
}

const NUMBERS =
  /(\d[\d,.]* (?:%|ms|s|µs)(?![a-z])|\d[\d,.]* requests a minute|\(\d[\d.]*x\)|\d[\d,]* of \d[\d,]* requests)/g;

/** Numbers with their units stand out: they are what is looked for. */
function Emphasised({ text }: { text: string }) {
  const parts = text.split(NUMBERS);
  return parts.map((part, index) =>
    index % 2 === 1 ? (
      <strong key={index} className="font-semibold">
        {part}
      </strong>
    ) : (
      part
    ),
  );
}

function closedText({ closed_ms, close_reason }: Anomaly, zone: string): string {
  const why = close_reason ? CLOSE_NAMES[close_reason] : "closed";
  return closed_ms === null ? why : `${why} ${dateTime(Math.round(closed_ms / 60_000) * 60_000, zone)}`;
}

function reasonName(reason: string | null): string {
  return REASONS.find(([value]) => value === reason)?.[1].toLowerCase() ?? "";
}
