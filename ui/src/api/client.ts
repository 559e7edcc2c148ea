// The one place that calls the server. Owns transport and errors; says nothing about caching (queries.ts).
import createClient from "openapi-fetch";
import { basePath } from "../base";
import type { paths } from "./schema";
import type { DemoRequest, Problem } from "./types";

type Readable = {
  [Path in keyof paths]: paths[Path] extends { get: { parameters: { query?: unknown } } } ? Path : never;
}[keyof paths];
type Query<Path extends Readable> = NonNullable<paths[Path]["get"]["parameters"]["query"]>;

/** A refusal by the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  /** Places in what was sent, with what is wrong there. */
  readonly fields: FieldProblem[];

  constructor(message: string, status: number, code: string, requestId: string | null, fields: FieldProblem[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.fields = fields;
  }
}

export interface FieldProblem {
  path: string;
  message: string;
}

export const http = createClient<paths>({ baseUrl: basePath.replace(/\/$/, "") });

export interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

export async function read<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("the server cannot be reached", 0, "unreachable", null);
  }
  if (answer.data === undefined) throw refusal(answer);
  return answer.data;
}

function refusal({ error, response }: Answer<unknown>): ApiError {
  const requestId = response.headers.get("x-request-id");
  if (typeof error !== "object" || error === null || !("code" in error)) {
    return new ApiError(`the server answered ${response.status}`, response.status, "unreadable", requestId);
  }
  const problem = error as Problem;
  const errors: { field?: string; path?: string; message: string }[] = problem.errors ?? [];
  const said = errors.map((item) => item.message).filter((message) => !problem.detail?.includes(message));
  const message = [problem.detail || problem.title, ...said].join("; ");
  const fields = errors.map((item) => ({ path: item.path ?? item.field ?? "", message: item.message }));
  return new ApiError(message, response.status, problem.code, requestId, fields);
}

export const fetchOverview = (query: Query<"/api/v1/overview">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/overview", { params: { query }, signal }));

export const fetchSeries = (query: Query<"/api/v1/series">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/series", { params: { query }, signal }));

export const fetchHeatmap = (query: Query<"/api/v1/heatmap">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/heatmap", { params: { query }, signal }));

export const fetchEndpoints = (query: Query<"/api/v1/endpoints">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/endpoints", { params: { query }, signal }));

export const fetchEndpoint = (id: string, query: Query<"/api/v1/endpoints/{id}">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/endpoints/{id}", { params: { path: { id }, query }, signal }));

export const fetchRequests = (query: Query<"/api/v1/requests">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/requests", { params: { query }, signal }));

export const fetchEnvironments = (query: Query<"/api/v1/environments">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/environments", { params: { query }, signal }));

export const fetchMatrix = (query: Query<"/api/v1/environments/matrix">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/environments/matrix", { params: { query }, signal }));

export const fetchFacets = (query: Query<"/api/v1/facets">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/facets", { params: { query }, signal }));

export const fetchStatus = (signal?: AbortSignal) => read(http.GET("/api/v1/status", { signal }));

export const fetchDemo = (signal?: AbortSignal) => read(http.GET("/api/v1/demo", { signal }));

export const startDemo = (body: DemoRequest) => read(http.POST("/api/v1/demo", { body }));

export const removeDemo = () => read(http.DELETE("/api/v1/demo"));
