// Short names for the shapes of incidents, diagnoses, deployments and comparisons in the server's OpenAPI document, and
// for its event, which OpenAPI does not reach. Owns no field of its own.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Against = Schemas["Against"];
export type Attribute = Schemas["Attribute"];
export type Breadth = Schemas["Breadth"];
export type CallMap = Schemas["CallMap"];
export type CallMapEdge = Schemas["CallMapEdge"];
export type CallMapNode = Schemas["CallMapNode"];
export type Cause = Schemas["Cause"];
export type CauseKind = Schemas["CauseKind"];
export type ComparedCell = Schemas["ComparedCell"];
export type ComparedEndpoint = Schemas["ComparedEndpoint"];
export type ComparedEnvironment = Schemas["ComparedEnvironment"];
export type ComparedMeasure = Schemas["ComparedMeasure"];
export type Comparison = Schemas["ShareComparison"];
export type ConsumerHarm = Schemas["ConsumerHarm"];
export type Deployment = Schemas["Deployment"];
export type DeploymentList = Schemas["DeploymentList"];
export type DeploymentReport = Schemas["DeploymentReport"];
export type DeploymentVerdict = Schemas["DeploymentVerdict"];
export type DeploymentVerdictKind = Schemas["DeploymentVerdictKind"];
export type Diagnosis = Schemas["Diagnosis"];
export type Difference = Schemas["Difference"];
export type Differences = Schemas["Differences"];
export type EnvironmentComparison = Schemas["EnvironmentComparison"];
export type Estimate = Schemas["Estimate"];
export type Impact = Schemas["Impact"];
export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentEvent = Schemas["IncidentEvent"];
export type IncidentEventKind = Schemas["IncidentEventKind"];
export type IncidentList = Schemas["IncidentList"];
export type IncidentState = Schemas["IncidentState"];
export type IncidentVerdict = Schemas["IncidentVerdict"];
export type Subject = Schemas["Subject"];
export type VerdictKind = Schemas["VerdictKind"];
export type VersionShare = Schemas["VersionShare"];

/** Event `incident` of the stream. */
export interface IncidentNews {
  incident: Incident;
}
