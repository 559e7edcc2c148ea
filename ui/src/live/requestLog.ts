// The log of the live stream as a value. Owns what is shown, what waits while the reader looks elsewhere,
// and the limits of both; draws nothing.
import type { Request, RequestsEvent } from "../api/types";

export const LOG_ROWS_MAX = 5000; // Enough for minutes of reading; more would only cost memory.

export interface RequestLog {
  rows: Request[];
  /** Arrived while held; shown when the reader returns. */
  waiting: Request[];
  held: boolean;
  /** Lost from `waiting` because it was full. */
  dropped: number;
  /** Sampling of the last message: the server sends at most some of what matched. */
  matched: number;
  shown: number;
  requests_per_second: number | null;
}

export type LogAction =
  | { type: "seed"; items: Request[] }
  | { type: "arrive"; batch: RequestsEvent }
  | { type: "hold" }
  | { type: "release" }
  | { type: "clear" };

export const EMPTY_LOG: RequestLog = {
  rows: [],
  waiting: [],
  held: false,
  dropped: 0,
  matched: 0,
  shown: 0,
  requests_per_second: null,
};

export function reduceLog(log: RequestLog, action: LogAction): RequestLog {
  switch (action.type) {
    case "seed":
      return log.rows.length > 0 ? log : { ...log, rows: action.items.slice(-LOG_ROWS_MAX) };
    case "arrive":
      return arrive(log, action.batch);
    case "hold":
      return log.held ? log : { ...log, held: true };
    case "release":
      return { ...log, held: false, waiting: [], dropped: 0, rows: newest([...log.rows, ...log.waiting]) };
    case "clear":
      return { ...EMPTY_LOG, held: log.held };
  }
}

function arrive(log: RequestLog, batch: RequestsEvent): RequestLog {
  const known = new Set([...log.rows.slice(-200), ...log.waiting.slice(-200)].map((request) => request.id));
  const fresh = batch.items.filter((request) => !known.has(request.id)); // A reconnection replays the tail.
  const { matched, shown, requests_per_second } = batch;
  if (!log.held) return { ...log, rows: newest([...log.rows, ...fresh]), matched, shown, requests_per_second };
  const waiting = [...log.waiting, ...fresh];
  const overflow = Math.max(0, waiting.length - LOG_ROWS_MAX);
  return {
    ...log,
    waiting: waiting.slice(overflow),
    dropped: log.dropped + overflow,
    matched,
    shown,
    requests_per_second,
  };
}

function newest(rows: Request[]): Request[] {
  return rows.length > LOG_ROWS_MAX ? rows.slice(rows.length - LOG_ROWS_MAX) : rows;
}
