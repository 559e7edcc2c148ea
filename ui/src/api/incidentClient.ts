// The calls of incidents, deployments and comparisons. Owns their paths; transport and errors are client.ts.
import { http, read, type Answer } from "./client";
import type {
  DeploymentList,
  Differences,
  EnvironmentComparison,
  IncidentDetail,
  IncidentList,
} from "./incidentTypes";

export type Query = Record<string, string | number | undefined>;

type Get = (path: string, options: object) => Promise<Answer<unknown>>;

const get = <Data>(path: string, options: object) => read((http.GET as unknown as Get)(path, options)) as Promise<Data>;

export const fetchIncidents = (query: Query, signal?: AbortSignal) =>
  get<IncidentList>("/api/v1/incidents", { params: { query }, signal });

export const fetchIncident = (id: string, signal?: AbortSignal) =>
  get<IncidentDetail>("/api/v1/incidents/{id}", { params: { path: { id } }, signal });

export const fetchDeployments = (query: Query, signal?: AbortSignal) =>
  get<DeploymentList>("/api/v1/deployments", { params: { query }, signal });

export const fetchAnomalyDifferences = (id: string, signal?: AbortSignal) =>
  get<Differences>("/api/v1/anomalies/{id}/differences", { params: { path: { id } }, signal });

export const fetchBoxDifferences = (query: Query, signal?: AbortSignal) =>
  get<Differences>("/api/v1/differences", { params: { query }, signal });

export const fetchEnvironmentComparison = (query: Query, signal?: AbortSignal) =>
  get<EnvironmentComparison>("/api/v1/environments/comparison", { params: { query }, signal });
