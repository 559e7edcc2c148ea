// The incident in one large sentence, and what can be done about it. Owns which actions make sense now: each acts on
// all of its open anomalies.
import { Eye, EyeOff, UserRound, X } from "lucide-react";
import { useState } from "react";
import type { IncidentDetail } from "../../api/incidentTypes";
import { SeverityChip } from "../../detection/chips";
import { useActions } from "../../detection/useActions";
import { IncidentStateChip, VerdictChip } from "../../incidents/chips";
import { titleOf, verdictOf } from "../../incidents/sentence";
import { incidentLasted, subjectText } from "../../incidents/words";
import { useNow } from "../../now";
import { CopyButton } from "../../parts/CopyButton";
import { useZone } from "../../scope/useScope";
import { dateTime, zoneTag } from "../../time/format";
import { count, duration } from "../../units";
import { assigneeOf, openIds } from "./parts";

interface HeadlineProps {
  detail: IncidentDetail;
  acknowledge: () => void;
  close: () => void;
}

const EDGES: Record<string, string> = {
  critical: "border-l-4 border-l-critical",
  high: "border-l-4 border-l-critical",
  medium: "border-l-4 border-l-warn",
  low: "",
};

export function Headline({ detail, acknowledge, close }: HeadlineProps) {
  const { incident, anomalies, diagnosis } = detail;
  const zone = useZone();
  const now_ms = useNow();
  const [assigning, setAssigning] = useState(false);
  const over = incident.closed_ms !== null;
  const newest = { ...incident, sentence: diagnosis?.verdict.sentence ?? incident.sentence };
  const sentence = verdictOf(newest, zone, now_ms);
  const assignee = assigneeOf(anomalies);
  const subject = subjectText(incident.subject);
  return (
    <section
      aria-labelledby="incident-title"
      className={`panel px-4 py-3 ${over ? "" : EDGES[incident.severity]}`}
      data-headline
    >
      <div className="flex gap-x-6 gap-y-3 max-rail:flex-col">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-muted">
            <SeverityChip severity={incident.severity} over={over} />
            <VerdictChip verdict={diagnosis?.verdict.kind ?? incident.verdict} />
            <IncidentStateChip incident={incident} />
            <span className={over ? "" : "font-medium text-text"}>
              {over ? `lasted ${incidentLasted(incident, now_ms)}` : `open ${incidentLasted(incident, now_ms)}`}
            </span>
            <span>
              since {dateTime(incident.onset_ms, zone)} {zoneTag(zone, incident.onset_ms)}, detected{" "}
              {duration(incident.detected_ms - incident.onset_ms)} later
            </span>
          </div>
          <h2 id="incident-title" className="mt-2 text-[15px] leading-6 font-semibold break-words">
            {titleOf(incident)}
          </h2>
          <p className="mt-1 max-w-4xl text-lg leading-7 break-words text-pretty" data-sentence>
            {sentence ?? "What broke is not known yet."}
          </p>
          <p className="mt-1.5 flex min-w-0 flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
            {subject && (
              <span className="max-w-full break-words">
                Where it sits: <span className="text-text">{subject}</span>
              </span>
            )}
            <span>
              {count(Math.round(incident.requests_hurt))} requests hurt{incident.closed_ms === null ? " so far" : ""}
            </span>
            {assignee && <span className="max-w-full truncate">assigned to {assignee}</span>}
          </p>
        </div>
        <div
          role="group"
          aria-label="Actions"
          className="flex w-88 shrink-0 flex-wrap content-start justify-end gap-2 max-rail:w-auto max-rail:justify-start"
        >
          {!over && <AcknowledgeButton detail={detail} acknowledge={acknowledge} />}
          {!over && (
            <button
              type="button"
              className="control"
              aria-expanded={assigning}
              onClick={() => setAssigning(!assigning)}
            >
              <UserRound size={14} aria-hidden /> Assign
            </button>
          )}
          {!over && openIds(anomalies).length > 0 && (
            <button type="button" className="control" onClick={close}>
              <X size={14} aria-hidden /> Close
            </button>
          )}
          <span className="flex h-8 items-center">
            <CopyButton text={location.origin + location.pathname} label="Copy link" />
          </span>
          {assigning && !over && (
            <AssignForm ids={openIds(anomalies)} assignee={assignee} onDone={() => setAssigning(false)} />
          )}
        </div>
      </div>
    </section>
  );
}

function AcknowledgeButton({ detail: { anomalies }, acknowledge }: Pick<HeadlineProps, "detail" | "acknowledge">) {
  const act = useActions();
  const open = anomalies.filter((item) => item.state === "open");
  const taken = anomalies.filter((item) => item.state === "acknowledged").map((item) => item.id);
  if (open.length > 0) {
    return (
      <button
        type="button"
        className="control border-accent bg-accent font-medium text-on-accent"
        onClick={acknowledge}
        aria-keyshortcuts="A"
      >
        <Eye size={14} aria-hidden /> Acknowledge
        <kbd className="font-mono text-[11px] max-md:hidden" aria-hidden>
          A
        </kbd>
      </button>
    );
  }
  if (taken.length === 0) return null;
  return (
    <button type="button" className="control" onClick={() => void act({ ids: taken, action: "unacknowledge" })}>
      <EyeOff size={14} aria-hidden /> Unacknowledge
    </button>
  );
}

interface AssignFormProps {
  ids: string[];
  assignee: string | null;
  onDone: () => void;
}

function AssignForm({ ids, assignee, onDone }: AssignFormProps) {
  const act = useActions();
  const [typed, setTyped] = useState(assignee ?? "");
  const next = typed.trim() || null;
  return (
    <form
      className="flex w-full items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (ids.length > 0) void act({ ids, action: "assign", assignee: next });
        onDone();
      }}
    >
      <label className="flex min-w-0 flex-1 items-center gap-2 text-xs text-muted">
        To
        <input
          className="control min-w-0 flex-1 bg-bg text-text"
          placeholder="nobody"
          value={typed}
          maxLength={60}
          autoFocus
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="control" disabled={next === assignee}>
        Assign {ids.length > 1 ? `all ${ids.length}` : ""}
      </button>
    </form>
  );
}
