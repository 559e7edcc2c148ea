// The calls of detection. Owns their paths; transport and errors are client.ts.
import type { paths } from "./schema";
import { http, read } from "./client";
import type { AnomalyAction, BacktestStart, DetectionSettings } from "./detectionTypes";

type Query<Path extends "/api/v1/anomalies" | "/api/v1/expectations" | "/api/v1/explanations"> = NonNullable<
  paths[Path]["get"]["parameters"]["query"]
>;

const NO_ACTION = { actor: null, note: null, assignee: null, verdict: null, reason: null };
const NO_SCOPE = { settings: null, env: null, endpoint: null, service: null };

export const fetchAnomalies = (query: Query<"/api/v1/anomalies">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/anomalies", { params: { query }, signal }));

export const fetchAnomaly = (id: string, signal?: AbortSignal) =>
  read(http.GET("/api/v1/anomalies/{id}", { params: { path: { id } }, signal }));

export const actOnAnomalies = (body: AnomalyAction) =>
  read(http.POST("/api/v1/anomalies/actions", { body: { ...NO_ACTION, ...body } }));

export const previewVerdict = (body: AnomalyAction, signal?: AbortSignal) =>
  read(http.POST("/api/v1/anomalies/preview", { body: { ...NO_ACTION, ...body }, signal }));

export const fetchAdjustments = (signal?: AbortSignal) => read(http.GET("/api/v1/adjustments", { signal }));

export const undoAdjustment = (id: string) =>
  read(http.POST("/api/v1/adjustments/{id}/undo", { params: { path: { id } } }));

export const fetchDetection = (signal?: AbortSignal) => read(http.GET("/api/v1/detection", { signal }));

export const fetchDetectionSettings = (signal?: AbortSignal) =>
  read(http.GET("/api/v1/detection/settings", { signal }));

export const saveDetectionSettings = (body: DetectionSettings) =>
  read(http.PUT("/api/v1/detection/settings", { body }));

export const fetchExpectations = (query: Query<"/api/v1/expectations">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/expectations", { params: { query }, signal }));

export const fetchExplanation = (query: Query<"/api/v1/explanations">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/explanations", { params: { query }, signal }));

export const runBacktest = (body: BacktestStart, signal?: AbortSignal) =>
  read(http.POST("/api/v1/backtests", { body: { ...NO_SCOPE, ...body }, signal }));
