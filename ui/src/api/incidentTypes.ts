// Short names for the shapes of incidents, diagnoses, deployments and comparisons in the server's OpenAPI document, and
// for its event, which OpenAPI does not reach. Owns no field of its own but those of a comparison, whose name in the
// document belongs to another shape.
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
export type ComparedMeasure = Schemas["ComparedMeasure"];
export type ConsumerHarm = Schemas["ConsumerHarm"];
export type DeploymentVerdictKind = Schemas["DeploymentVerdictKind"];
export type Difference = Schemas["Difference"];
export type Differences = Schemas["Differences"];
export type Estimate = Schemas["Estimate"];
export type Impact = Schemas["Impact"];
export type Incident = Schemas["Incident"];
export type IncidentEvent = Schemas["IncidentEvent"];
export type IncidentEventKind = Schemas["IncidentEventKind"];
export type IncidentList = Schemas["IncidentList"];
export type IncidentState = Schemas["IncidentState"];
export type Subject = Schemas["Subject"];
export type VerdictKind = Schemas["VerdictKind"];
export type VersionShare = Schemas["VersionShare"];

/** Two shares of the same endpoints at the same time, adjusted to the same mix. */
export interface Comparison {
  measure: ComparedMeasure;
  here: Subject;
  against: Against;
  /** In words: `3 other environments`. */
  there: string;
  share_here: number;
  share_there: number;
  difference: number;
  lower: number;
  upper: number;
  /** Without the adjustment. */
  difference_raw: number;
  requests_here: number;
  requests_there: number;
  endpoints: number;
  is_evident: boolean;
}

interface WithComparisons {
  comparisons: Comparison[];
}

export type IncidentVerdict = Omit<Schemas["IncidentVerdict"], "comparisons"> & WithComparisons;
export type DeploymentVerdict = Omit<Schemas["DeploymentVerdict"], "comparisons"> & WithComparisons;
export type Diagnosis = Omit<Schemas["Diagnosis"], "verdict"> & { verdict: IncidentVerdict };
export type Deployment = Omit<Schemas["Deployment"], "verdict"> & { verdict: DeploymentVerdict | null };
export type DeploymentList = Omit<Schemas["DeploymentList"], "items"> & { items: Deployment[] };
export type IncidentDetail = Omit<Schemas["IncidentDetail"], "diagnosis" | "deployments"> & {
  diagnosis: Diagnosis | null;
  deployments: Deployment[];
};
export type ComparedEnvironment = Omit<Schemas["ComparedEnvironment"], "error_rate" | "slow_share"> & {
  error_rate: Comparison | null;
  slow_share: Comparison | null;
};
export type EnvironmentComparison = Omit<Schemas["EnvironmentComparison"], "environments"> & {
  environments: ComparedEnvironment[];
};

/** Event `incident` of the stream. */
export interface IncidentNews {
  incident: Incident;
}
