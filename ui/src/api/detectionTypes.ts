// Short names for the shapes of detection in the server's OpenAPI document, and for its event, which OpenAPI does not
// reach. Owns no field of its own beyond what a form needs.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Activity = Schemas["Activity"];
export type Adjustment = Schemas["Adjustment"];
export type Anomaly = Schemas["Anomaly"];
export type AnomalyActionResult = Schemas["AnomalyActionResult"];
export type AnomalyDetail = Schemas["AnomalyDetail"];
export type AnomalyKind = Schemas["AnomalyKind"];
export type AnomalyList = Schemas["AnomalyList"];
export type AnomalyState = Schemas["AnomalyState"];
export type AnomalyTest = Schemas["AnomalyTest"];
export type Backtest = Schemas["Backtest"];
export type BacktestSide = Schemas["BacktestSide"];
export type CloseReason = Schemas["CloseReason"];
export type DeploymentMark = Schemas["DeploymentMark"];
export type DetectionSettings = Schemas["DetectionSettings"];
export type DetectionStatus = Schemas["DetectionStatus"];
export type Expectations = Schemas["Expectations"];
export type Explanation = Schemas["Explanation"];
export type ExplanationGate = Schemas["ExplanationGate"];
export type Maintenance = Schemas["Maintenance"];
export type MeasureBand = Schemas["MeasureBand"];
export type MinChange = Schemas["MinChange"];
export type Override = Schemas["Override"];
export type RuleScope = Schemas["RuleScope"];
export type ScoreCourse = Schemas["ScoreCourse"];
export type Sensitivity = Schemas["Sensitivity"];
export type Severity = Schemas["Severity"];
export type SeverityCounts = Schemas["SeverityCounts"];
export type Signal = Schemas["Signal"];
export type SilenceGate = Schemas["SilenceGate"];
export type SilenceGateName = Schemas["SilenceGateName"];
export type SignalStatus = Schemas["SignalStatus"];
export type Verdict = Schemas["Verdict"];
export type VerdictPreview = Schemas["VerdictPreview"];
export type VerdictReason = Schemas["VerdictReason"];
export type ActionName = Schemas["AnomalyActionName"];
export type AnomalyMeasure = Schemas["Measure"];
export type RuleTarget = Pick<Override, "scope" | "service" | "endpoint_id" | "environment" | "signal">;

/** What is not said is null: the server wants every field. */
export type AnomalyAction = Pick<Schemas["AnomalyAction"], "ids" | "action"> & Partial<Schemas["AnomalyAction"]>;
export type BacktestStart = Pick<Schemas["BacktestStart"], "from_ms" | "to_ms"> & Partial<Schemas["BacktestStart"]>;

/** Event `anomaly` of the stream. */
export interface AnomalyEvent {
  change: "opened" | "updated" | "closed" | "acted";
  anomaly: Anomaly;
}
