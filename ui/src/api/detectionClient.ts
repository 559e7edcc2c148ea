// The calls of detection. Owns their paths; transport and errors are client.ts.
import { http, read, type Answer } from "./client";
import type * as shapes from "./detectionTypes";

type Query = Record<string, string | number | undefined>;
interface Untyped {
  GET(path: string, options: object): Promise<Answer<never>>;
  POST(path: string, options: object): Promise<Answer<never>>;
  PUT(path: string, options: object): Promise<Answer<never>>;
}
const untyped = http as unknown as Untyped;

function get<Data>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Data> {
  return read(untyped.GET(`/api/v1${path}`, { params: { query }, signal }));
}

function post<Data>(path: string, body?: object, signal?: AbortSignal): Promise<Data> {
  return read(untyped.POST(`/api/v1${path}`, { body, signal }));
}

export const fetchAnomalies = (query: Query, signal?: AbortSignal) =>
  get<shapes.AnomalyList>("/anomalies", query, signal);

export const fetchAnomaly = (id: string, signal?: AbortSignal) =>
  get<shapes.AnomalyDetail>(`/anomalies/${id}`, {}, signal);

export const actOnAnomalies = (body: shapes.AnomalyAction) =>
  post<shapes.AnomalyActionResult>("/anomalies/actions", body);

export const previewVerdict = (body: shapes.AnomalyAction, signal?: AbortSignal) =>
  post<shapes.VerdictPreview>("/anomalies/preview", body, signal);

export const fetchAdjustments = (signal?: AbortSignal) =>
  get<{ items: shapes.Adjustment[] }>("/adjustments", {}, signal);

export const undoAdjustment = (id: string) => post<shapes.Adjustment>(`/adjustments/${id}/undo`);

export const fetchDetection = (signal?: AbortSignal) => get<shapes.DetectionStatus>("/detection", {}, signal);

export const fetchDetectionSettings = (signal?: AbortSignal) =>
  get<shapes.DetectionSettings>("/detection/settings", {}, signal);

export const saveDetectionSettings = (body: shapes.DetectionSettings): Promise<shapes.DetectionSettings> =>
  read(untyped.PUT("/api/v1/detection/settings", { body }));

export const fetchExpectations = (query: Query, signal?: AbortSignal) =>
  get<shapes.Expectations>("/expectations", query, signal);

export const fetchExplanation = (query: Query, signal?: AbortSignal) =>
  get<shapes.Explanation>("/explanations", query, signal);

export const runBacktest = (body: shapes.BacktestStart, signal?: AbortSignal) =>
  post<shapes.Backtest>("/backtests", body, signal);
