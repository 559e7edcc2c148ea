// The one place that calls the server. Owns transport and errors; says nothing about caching (queries.ts).
import { apiUrl } from "../base";
import type { Parameters } from "../scope/filters";
import type * as api from "./types";

/** A refusal by the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(message: string, status: number, code: string, requestId: string | null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

export function queryString(parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

async function call<T>(path: string, init: RequestInit, parameters: Parameters = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path) + queryString(parameters), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("the server cannot be reached", 0, "unreachable", null);
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

async function refusal(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  try {
    const problem = (await response.json()) as api.Problem;
    const fields = problem.errors?.map((item) => `${item.field}: ${item.message}`).join("; ");
    const message = [problem.detail || problem.title, fields].filter(Boolean).join(" (") + (fields ? ")" : "");
    return new ApiError(message, response.status, problem.code, requestId);
  } catch {
    return new ApiError(`the server answered ${response.status}`, response.status, "unreadable", requestId);
  }
}

function get<T>(path: string) {
  return (parameters: Parameters, signal?: AbortSignal) => call<T>(path, { signal }, parameters);
}

export const fetchOverview = get<api.Overview>("/overview");
export const fetchSeries = get<api.Series>("/series");
export const fetchEndpoints = get<api.EndpointPage>("/endpoints");
export const fetchHeatmap = get<api.Heatmap>("/heatmap");
export const fetchRequests = get<api.RequestPage>("/requests");
export const fetchEnvironments = get<api.EnvironmentList>("/environments");
export const fetchMatrix = get<api.Matrix>("/environments/matrix");
export const fetchFacets = get<api.Facets>("/facets");
export const fetchStatus = get<api.ServerStatus>("/status");
export const fetchDemo = get<api.Demo>("/demo");

export function fetchEndpoint(id: string, parameters: Parameters, signal?: AbortSignal): Promise<api.EndpointDetail> {
  return call(`/endpoints/${encodeURIComponent(id)}`, { signal }, parameters);
}

export function startDemo(request: api.DemoRequest): Promise<api.Demo> {
  const headers = { "content-type": "application/json" };
  return call("/demo", { method: "POST", headers, body: JSON.stringify(request) });
}

export function removeDemo(): Promise<api.Demo> {
  return call("/demo", { method: "DELETE" });
}
