// The calls of incidents, deployments and comparisons. Owns their paths; transport and errors are client.ts.
import { http, read } from "./client";
import type { DeploymentList, EnvironmentComparison, IncidentDetail } from "./incidentTypes";
import type { paths } from "./schema";

type Path =
  | "/api/v1/incidents"
  | "/api/v1/deployments"
  | "/api/v1/differences"
  | "/api/v1/environments/comparison";
type Query<Of extends Path> = NonNullable<paths[Of]["get"]["parameters"]["query"]>;

export const fetchIncidents = (query: Query<"/api/v1/incidents">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/incidents", { params: { query }, signal }));

export const fetchIncident = (id: string, signal?: AbortSignal) =>
  read(http.GET("/api/v1/incidents/{id}", { params: { path: { id } }, signal })) as Promise<unknown> as Promise<IncidentDetail>;

export const fetchDeployments = (query: Query<"/api/v1/deployments">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/deployments", { params: { query }, signal })) as Promise<unknown> as Promise<DeploymentList>;

export const fetchAnomalyDifferences = (id: string, signal?: AbortSignal) =>
  read(http.GET("/api/v1/anomalies/{id}/differences", { params: { path: { id } }, signal }));

export const fetchBoxDifferences = (query: Query<"/api/v1/differences">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/differences", { params: { query }, signal }));

export const fetchEnvironmentComparison = (query: Query<"/api/v1/environments/comparison">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/environments/comparison", { params: { query }, signal })) as Promise<unknown> as Promise<EnvironmentComparison>;
