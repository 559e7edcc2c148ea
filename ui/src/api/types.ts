// Short names for the shapes the server's OpenAPI document defines, and the events of its stream, which
// OpenAPI cannot describe. Owns no field of its own beyond those events.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Demo = Schemas["DemoStatus"];
export type DemoRequest = Schemas["DemoStart"];
export type EndpointDetail = Schemas["EndpointDetail"];
export type EndpointPage = Schemas["EndpointList"];
export type EndpointRef = Schemas["EndpointRef"];
export type EndpointRow = Schemas["EndpointRow"];
export type Environment = Schemas["Environment"];
export type EnvironmentCard = Schemas["EnvironmentRow"];
export type FacetValue = Schemas["FacetValue"];
export type Heatmap = Schemas["Heatmap"];
export type Matrix = Schemas["Matrix"];
export type MatrixCell = Schemas["MatrixCell"];
export type Overview = Schemas["Overview"];
export type PlantedIncident = Schemas["PlantedIncident"];
export type Problem = Schemas["Problem"];
export type Range = Schemas["Range"];
export type Request = Schemas["Request"];
export type Series = Schemas["Series"];
export type SeriesGroup = Schemas["SeriesGroup"];
export type Stats = Schemas["Stats"];

/** Event `rollup`: the last two buckets of the series a page follows. */
export interface RollupEvent extends Series {
  /** Over everything stored, unfiltered, in the last second. */
  requests_per_second: number;
  now_ms: number;
}

/** Event `requests`: a sample of what arrived, newest last. */
export interface RequestsEvent {
  items: Request[];
  matched: number;
  shown: number;
  requests_per_second: number;
}
