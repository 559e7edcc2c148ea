// The verdict on an incident and on a deployment, and the state of an incident, as icon and word. Owns their look.
import {
  ArrowUpDown,
  Boxes,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CloudAlert,
  Eye,
  GitCompareArrows,
  Hourglass,
  Server,
  Shuffle,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import type { Deployment, DeploymentVerdictKind, Incident, VerdictKind } from "../api/incidentTypes";
import { deploymentVerdictName, VERDICT_MEANINGS, VERDICT_NAMES } from "./words";

const CHIP =
  "inline-flex h-5.5 max-w-full shrink-0 items-center gap-1.5 rounded px-1.5 text-[11px] leading-4 whitespace-nowrap";

const ICONS: Record<VerdictKind, LucideIcon> = {
  version_fault: GitCompareArrows,
  environment_fault: CloudAlert,
  instance_fault: Server,
  shared_dependency: Boxes,
  traffic_mix: Shuffle,
  traffic_change: ArrowUpDown,
  not_enough_evidence: CircleHelp,
};

/** A fault is outlined; what nobody is to blame for is plain. */
export function VerdictChip({ verdict }: { verdict: VerdictKind | null }) {
  if (!verdict) {
    return (
      <span className={`${CHIP} text-muted`} data-verdict="none">
        <Hourglass size={12} className="shrink-0" aria-hidden /> Being diagnosed
      </span>
    );
  }
  const Icon = ICONS[verdict];
  const plain = verdict.startsWith("traffic") || verdict === "not_enough_evidence";
  return (
    <span
      className={`${CHIP} border ${plain ? "border-line text-muted" : "border-line-strong font-medium"}`}
      title={VERDICT_MEANINGS[verdict]}
      data-verdict={verdict}
    >
      <Icon size={12} className="shrink-0" aria-hidden />
      <span className="truncate">{VERDICT_NAMES[verdict]}</span>
    </span>
  );
}

const DEPLOYMENT_LOOK: Record<DeploymentVerdictKind | "none", [LucideIcon, string]> = {
  healthy: [CircleCheck, "bg-ok-tint text-ok"],
  degraded: [TriangleAlert, "bg-critical-tint font-medium text-critical"],
  not_enough_traffic: [CircleDashed, "text-muted"],
  none: [Hourglass, "text-muted"],
};

export function DeploymentIcon({ kind, size = 12 }: { kind: DeploymentVerdictKind | "none"; size?: number }) {
  const [Icon] = DEPLOYMENT_LOOK[kind];
  return <Icon size={size} className="shrink-0" aria-hidden />;
}

interface DeploymentChipProps {
  deployment: Pick<Deployment, "verdict" | "at_ms">;
  now_ms: number;
}

export function DeploymentChip({ deployment, now_ms }: DeploymentChipProps) {
  const kind = deployment.verdict?.kind ?? "none";
  return (
    <span className={`${CHIP} ${DEPLOYMENT_LOOK[kind][1]}`} data-deployment-verdict={kind}>
      <DeploymentIcon kind={kind} />
      {deploymentVerdictName(deployment, now_ms)}
    </span>
  );
}

/** Said only where somebody has taken it, or it is over. */
export function IncidentStateChip({ incident }: { incident: Incident }) {
  if (incident.state === "open") return null;
  const closed = incident.state === "closed";
  const Icon = closed ? CircleCheck : Eye;
  return (
    <span className={`${CHIP} text-muted`} title={incident.acknowledged_by ?? undefined}>
      <Icon size={12} className="shrink-0" aria-hidden />
      <span className="truncate">
        {closed
          ? "Closed"
          : incident.acknowledged_by
            ? `Acknowledged by ${incident.acknowledged_by}`
            : "Acknowledged"}
      </span>
    </span>
  );
}
