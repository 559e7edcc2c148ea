// The way from a series to somebody's pager, gate by gate: passed, stopped here, or not reached. Owns the names of the
// gates and where each leads.
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, OctagonX, type LucideIcon } from "lucide-react";
import { AlertLink, AlertTabLink } from "../../alerting/AlertLink";
import type { SilenceGate, SilenceGateName } from "../../api/detectionTypes";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { IncidentLink } from "../../incidents/IncidentLink";
import { namedPlaces } from "../../incidents/sentence";

const NAMES: Record<SilenceGateName, string> = {
  data: "Requests came",
  samples: "Enough of them",
  maintenance: "No maintenance",
  score: "Surprising enough",
  min_change: "Large enough to matter",
  budget: "Within the false alarms allowed",
  anomaly: "An anomaly was opened",
  incident: "It belongs to an incident",
  rule: "A rule tells of it",
  silence: "Not silenced",
  inhibition: "Nothing more important hides it",
  notification: "Somebody was told",
};

const OUTCOMES: Record<SilenceGate["outcome"], [LucideIcon, string, string]> = {
  passed: [CircleCheck, "passed", "text-ok"],
  stopped: [OctagonX, "stopped here", "text-critical font-medium"],
  not_reached: [CircleDashed, "not reached", "text-muted"],
};

export function Pipeline({ gates }: { gates: SilenceGate[] }) {
  return (
    <section aria-labelledby="pipeline" className="border-t border-line px-3 py-2.5 text-xs" data-pipeline>
      <h3 id="pipeline" className="mb-1.5 font-semibold">
        From requests to somebody’s pager
      </h3>
      <ol className="@container">
        {gates.map((gate, index) => {
          const [Icon, word, color] = OUTCOMES[gate.outcome];
          return (
            <li
              key={gate.gate}
              data-gate={gate.gate}
              data-outcome={gate.outcome}
              className="relative flex flex-wrap gap-x-3 border-l border-line py-1 pl-4 first:pt-0 last:border-transparent"
            >
              <span className={`absolute top-1.5 -left-[7px] bg-surface ${index === 0 ? "top-0.5!" : ""} ${color}`}>
                <Icon size={13} aria-hidden />
              </span>
              <span className="w-52 shrink-0 @max-lg:w-auto @max-lg:min-w-0 @max-lg:flex-1">
                <span className={gate.outcome === "not_reached" ? "text-muted" : "font-medium"}>{NAMES[gate.gate]}</span>
              </span>
              <span className={`w-24 shrink-0 ${color}`}>{word}</span>
              <span className="min-w-0 flex-1 basis-56 break-words text-muted">
                {namedPlaces(gate.sentence)} {gate.id !== null && <Way gate={gate.gate} id={gate.id} />}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const LOOK = "whitespace-nowrap text-accent underline";

function Way({ gate, id }: { gate: SilenceGateName; id: string }) {
  switch (gate) {
    case "anomaly":
      return (
        <AnomalyLink anomaly={{ id }} className={LOOK}>
          Open the anomaly
        </AnomalyLink>
      );
    case "incident":
      return (
        <IncidentLink id={id} className={LOOK}>
          Open the incident
        </IncidentLink>
      );
    case "rule":
      return (
        <AlertTabLink tab="rules" sel={id} className={LOOK}>
          Open the rule
        </AlertTabLink>
      );
    case "silence":
      return (
        <AlertTabLink tab="silences" sel={id} className={LOOK}>
          Open the silence
        </AlertTabLink>
      );
    case "inhibition":
    case "notification":
      return (
        <AlertLink id={id} className={LOOK}>
          Open the alert
        </AlertLink>
      );
    case "maintenance":
      return (
        <Link to="/settings" className={LOOK}>
          Open maintenance
        </Link>
      );
    default:
      return null;
  }
}
