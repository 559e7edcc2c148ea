// One sentence at the top: what is wrong right now and where to look, or since when it is calm. Owns the wording.
import { ArrowRight, CircleCheck, Info } from "lucide-react";
import type { ReactNode } from "react";
import { useFiringCount } from "../../api/alertQueries";
import type { Anomaly } from "../../api/detectionTypes";
import type { Overview } from "../../api/types";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { bodyInZone } from "../../detection/sentence";
import { Link } from "@tanstack/react-router";
import { alertSearch } from "../../alerting/AlertLink";
import { SeverityGlyph } from "../../detection/SeverityGlyph";
import { SEVERITY_NAMES } from "../../detection/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { Skeleton } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { ago } from "../../time/format";
import { plural, share } from "../../units";

export function StatusSentence({ overview }: { overview: Overview | undefined }) {
  const now_ms = useNow();
  if (!overview) return <Skeleton height={46} />;
  const worst = overview.worst_anomaly;
  if (worst) return <Wrong worst={worst} open={overview.anomalies_open ?? 1} />;
  const facts = factsOf(overview);
  if (overview.current.requests === 0) {
    return (
      <Banner icon={<Info size={18} className="text-info" aria-hidden />} tint="border-line">
        <strong className="font-semibold">No requests in this range.</strong> {facts}
      </Banner>
    );
  }
  const last_ms = overview.last_anomaly_ms;
  return (
    <Banner icon={<CircleCheck size={18} className="text-ok" aria-hidden />} tint="border-line">
      <strong className="font-semibold">No open anomalies.</strong> {facts}{" "}
      <span className="text-muted">
        {last_ms ? `The last anomaly was ${ago(last_ms, now_ms)}.` : "No anomaly so far."}
      </span>{" "}
      <Firing />
    </Banner>
  );
}

const TINTS: Record<Anomaly["severity"], string> = {
  critical: "border-critical bg-critical-tint",
  high: "border-critical bg-critical-tint",
  medium: "border-warn bg-warn-tint",
  low: "border-line",
};

function Wrong({ worst, open }: { worst: Anomaly; open: number }) {
  const zone = useZone();
  const now_ms = useNow();
  const severity = SEVERITY_NAMES[worst.severity];
  return (
    <Banner
      icon={<SeverityGlyph severity={worst.severity} size={15} />}
      tint={TINTS[worst.severity]}
      action={
        <AnomalyLink
          anomaly={worst}
          className="inline-flex items-center gap-1 font-medium whitespace-nowrap text-accent underline"
        >
          Investigate <ArrowRight size={13} aria-hidden />
        </AnomalyLink>
      }
    >
      <strong className="font-semibold">
        {open === 1 ? `${severity} anomaly` : `${open} open anomalies, the worst ${severity.toLowerCase()}`}:
      </strong>{" "}
      <span className="font-mono text-xs font-semibold">
        {worst.endpoint.method} {worst.endpoint.route}
      </span>{" "}
      on {environmentNameOf(worst.environment)} {bodyInZone(worst, zone, now_ms)} <Firing />
    </Banner>
  );
}

/** Alerts that nobody has taken; rules may fire where detection finds nothing. */
function Firing() {
  const firing = useFiringCount() ?? 0;
  if (firing === 0) return null;
  return (
    <Link to="/alerts" search={alertSearch as never} className="whitespace-nowrap text-accent underline">
      {plural(firing, "alert fires", "alerts fire")}
    </Link>
  );
}

export function factsOf(overview: Overview): string {
  const where = `${plural(overview.endpoints_total, "endpoint")} in ${plural(overview.environments, "environment")}`;
  const errors = overview.current.error_rate === null ? "" : `, error rate ${share(overview.current.error_rate)}`;
  const silent =
    overview.endpoints_silent === 0 ? "nothing silent" : `${plural(overview.endpoints_silent, "endpoint")} silent`;
  return `${where}${errors}, ${silent}.`;
}

interface BannerProps {
  icon: ReactNode;
  tint: string;
  action?: ReactNode;
  children: ReactNode;
}

function Banner({ icon, tint, action, children }: BannerProps) {
  return (
    <div className={`panel flex items-center gap-3 px-3 py-2.5 max-sm:flex-wrap ${tint}`} role="status" data-status>
      <span className="shrink-0">{icon}</span>
      <p className="min-w-0 flex-1 break-words max-sm:basis-4/5">{children}</p>
      <span className="shrink-0 max-sm:ml-8">{action}</span>
    </div>
  );
}
