// Marks in words: for the tooltip, the live region, the summary and the table. Owns no drawing.
import { SEVERITY_NAMES, KIND_NAMES, ratioText } from "../detection/words";
import { timelessSentence } from "../detection/sentence";
import { severityColor } from "../detection/SeverityGlyph";
import type { Anomaly, DeploymentMark } from "../api/detectionTypes";
import { plural } from "../units";
import { token } from "./frame";
import { anomaliesAt, bandAt, type ChartMarks } from "./marks";
import type { TooltipRow } from "./tooltip";

export function anomalyTitle(anomaly: Anomaly): string {
  return `${SEVERITY_NAMES[anomaly.severity]}: ${KIND_NAMES[anomaly.kind].toLowerCase()}`;
}

export function deploymentTitle({ service, version, verdict }: DeploymentMark): string {
  return `${service} ${version} deployed${verdict ? `, ${DEPLOYMENT_WORDS[verdict]}` : ""}`;
}

export const DEPLOYMENT_WORDS: Record<NonNullable<DeploymentMark["verdict"]>, string> = {
  healthy: "healthy",
  degraded: "degraded",
  not_enough_traffic: "not enough traffic to judge",
};

export function anomalyRows(marks: ChartMarks | undefined, time_ms: number, step_ms: number): TooltipRow[] {
  if (!marks) return [];
  return anomaliesAt(marks.anomalies, time_ms, time_ms + step_ms).map((anomaly) => ({
    color: token(severityColor(anomaly.severity)),
    label: anomalyTitle(anomaly),
    value: ratioText(anomaly) ?? "",
  }));
}

export function spokenMarks(
  marks: ChartMarks | undefined,
  time_ms: number,
  step_ms: number,
  format: (value: number) => string,
): string[] {
  if (!marks) return [];
  const edges = bandAt(marks.band, time_ms);
  return [
    ...(edges ? [`expected ${format(edges.lower)} to ${format(edges.upper)}`] : []),
    ...anomaliesAt(marks.anomalies, time_ms, time_ms + step_ms).map(
      (item) => `${anomalyTitle(item)}, ${timelessSentence(item)}`,
    ),
    ...deployedIn(marks, time_ms, step_ms).map(deploymentTitle),
  ];
}

/** What began in this bucket. */
export function tableNote(marks: ChartMarks, time_ms: number, step_ms: number): string {
  const begun = marks.anomalies.filter((item) => item.onset_ms >= time_ms && item.onset_ms < time_ms + step_ms);
  return [
    ...deployedIn(marks, time_ms, step_ms).map(deploymentTitle),
    ...begun.map((item) => `${anomalyTitle(item)}. ${timelessSentence(item)}`),
  ].join("; ");
}

export function marksSummary(marks: ChartMarks | undefined, range: { from_ms: number; to_ms: number }): string {
  const shown = marks ? anomaliesAt(marks.anomalies, range.from_ms, range.to_ms) : [];
  if (shown.length === 0) return "";
  return ` ${plural(shown.length, "anomaly", "anomalies")}: ${shown.slice(0, 3).map(timelessSentence).join(" ")}`;
}

function deployedIn(marks: ChartMarks, time_ms: number, step_ms: number): DeploymentMark[] {
  return marks.deployments.filter((item) => item.at_ms >= time_ms && item.at_ms < time_ms + step_ms);
}
