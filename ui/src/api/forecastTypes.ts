// Short names for the shapes of forecasts and journeys in the server's OpenAPI document. Owns no field of its own but
// those of an objective, whose name in the document belongs to another shape.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type ForecastMeasure = Schemas["ForecastMeasure"];
export type ForecastTrust = Schemas["ForecastTrust"];
export type ForecastMethod = Schemas["ForecastMethod"];
export type ForecastRecord = Schemas["ForecastRecord"];
export type ForecastScope = Schemas["ForecastScope"];
export type Forecast = Schemas["Forecast"];
export type ForecastStatus = Schemas["ForecastStatus"];
export type ForecastLimit = Schemas["Limit"];
export type Beyond = Schemas["Beyond"];
export type Prediction = Schemas["Prediction"];
export type Predictions = Schemas["Predictions"];
export type ForecastReliability = Schemas["ForecastReliability"];
export type BreachReliability = Schemas["BreachReliability"];
export type CapacityItem = Schemas["CapacityItem"];
export type CapacityList = Schemas["CapacityList"];

/** A value that a measure must not cross. */
export interface Objective {
  id: string;
  measure: ForecastMeasure;
  is: Beyond;
  value: number;
  for_s: number;
  /** Empty for all, like the two below. */
  services: string[];
  /** Method and route. */
  endpoints: string[];
  environments: string[];
}

export interface StoredObjective extends Omit<Schemas["StoredObjective"], "objective"> {
  objective: Objective;
}

export type Journey = Schemas["Journey"];
export type JourneyStep = Schemas["JourneyStep"];
export type JourneyRef = Schemas["JourneyRef"];
export type JourneyList = Schemas["JourneyList"];
export type JourneySummary = Schemas["JourneySummary"];
export type JourneyHealth = Schemas["JourneyHealth"];
export type JourneyState = Schemas["JourneyState"];
export type JourneyOutlook = Schemas["JourneyOutlook"];
export type JourneyDetail = Schemas["JourneyDetail"];
export type JourneyHistory = Schemas["JourneyHistory"];
export type JourneyCheck = Schemas["JourneyCheck"];
export type JourneyProblem = Schemas["JourneyProblem"];
export type JourneyProposal = Schemas["JourneyProposal"];
export type JourneyImpact = Schemas["JourneyImpact"];
export type JourneyImpacts = Schemas["JourneyImpacts"];
export type FailedSession = Schemas["FailedSession"];
export type ProposalAnswer = Schemas["ProposalAnswer"];
export type ProposalList = Schemas["ProposalList"];
export type StepCheck = Schemas["StepCheck"];
export type StepHealth = Schemas["StepHealth"];
