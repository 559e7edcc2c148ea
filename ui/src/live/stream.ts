// The one event stream of a tab. Owns the EventSource, its reconnection and who listens; the cache is
// changed by listeners. A hidden tab holds no connection: browsers allow six per server over HTTP/1.1.
import type { AlertStreamEvent } from "../api/alertTypes";
import type { AnomalyEvent } from "../api/detectionTypes";
import type { IncidentNews } from "../api/incidentTypes";
import type { Demo, RequestsEvent, RollupEvent } from "../api/types";
import { apiUrl } from "../base";
import type { FilterParameters } from "../scope/filters";
import { backoff, INITIAL_LIVE, reduceLive, STALE_AFTER_MS, type LiveEvent, type LiveState } from "./state";

export interface StreamParameters extends FilterParameters {
  step?: string;
  group_by: string;
  limit?: number;
}

export interface StreamListener {
  /** Topics and filters this listener needs; the newest listener with rollups decides step and grouping. */
  topics: ("rollups" | "requests" | "demo" | "anomalies" | "alerts" | "incidents")[];
  parameters: StreamParameters;
  /** Keeps the stream open even where the page's range does not end now. */
  always?: boolean;
  onRollup?: (event: RollupEvent) => void;
  onRequests?: (event: RequestsEvent) => void;
  onDemo?: (event: Demo) => void;
  onAnomaly?: (event: AnomalyEvent) => void;
  onAlert?: (event: AlertStreamEvent) => void;
  onIncident?: (event: IncidentNews) => void;
  /** Messages were lost: what is cached may have holes, fetch it again. */
  onGap?: () => void;
}

const WATCH_MS = 5000;

export class LiveStream {
  private state: LiveState = INITIAL_LIVE;
  private readonly watchers = new Set<() => void>();
  private readonly listeners: StreamListener[] = [];
  private source: EventSource | null = null;
  private url: string | null = null;
  private wanted = false;
  private interrupted = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.settle());
    window.addEventListener("pagehide", () => this.close());
    setInterval(() => this.watch(), WATCH_MS);
  }

  readonly getState = (): LiveState => this.state;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  setWanted(wanted: boolean): void {
    if (this.wanted && !wanted) this.interrupted = true;
    this.wanted = wanted;
    this.settle();
  }

  listen(listener: StreamListener): () => void {
    this.listeners.push(listener);
    this.settle();
    return () => {
      this.listeners.splice(this.listeners.indexOf(listener), 1);
      this.settle();
    };
  }

  /** Waits for the end of the task: a page change removes and adds listeners in one go. */
  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const wanted = this.wanted ? this.listeners.length > 0 : this.listeners.some((listener) => listener.always);
      if (!wanted) return this.stop({ type: "closed" });
      if (document.hidden) return this.stop({ type: "hidden" });
      const url = this.address();
      if (url !== this.url || (!this.source && this.retry === undefined)) this.open(url);
    }, 0);
  }

  private address(): string {
    const topics = [...new Set(this.listeners.flatMap((listener) => listener.topics))].sort();
    const lead = this.listeners.findLast((listener) => listener.topics.includes("rollups"));
    const query = new URLSearchParams({ topics: topics.join(",") });
    for (const [key, value] of Object.entries(lead?.parameters ?? {})) {
      if (value !== undefined) query.set(key, String(value));
    }
    return `${apiUrl("/stream")}?${query}`;
  }

  private open(url: string): void {
    this.close();
    this.url = url;
    this.dispatch({ type: "opening" });
    const source = new EventSource(url);
    this.source = source;
    source.addEventListener("hello", () => this.greeted());
    source.addEventListener("rollup", (event) => {
      const rollup = JSON.parse(event.data) as RollupEvent;
      this.heard();
      const rate = rollup.requests_per_second;
      if (typeof rate === "number") this.dispatch({ type: "rate", requests_per_second: rate });
      this.listeners.forEach((listener) => listener.onRollup?.(rollup));
    });
    source.addEventListener("requests", (event) => {
      this.heard();
      const batch = JSON.parse(event.data) as RequestsEvent;
      this.listeners.forEach((listener) => listener.onRequests?.(batch));
    });
    source.addEventListener("demo", (event) => {
      const demo = JSON.parse(event.data) as Demo;
      this.listeners.forEach((listener) => listener.onDemo?.(demo));
    });
    source.addEventListener("anomaly", (event) => {
      const anomaly = JSON.parse(event.data) as AnomalyEvent;
      this.listeners.forEach((listener) => listener.onAnomaly?.(anomaly));
    });
    source.addEventListener("alert", (event) => {
      const alert = JSON.parse(event.data) as AlertStreamEvent;
      this.listeners.forEach((listener) => listener.onAlert?.(alert));
    });
    source.addEventListener("incident", (event) => {
      const news = JSON.parse(event.data) as IncidentNews;
      this.listeners.forEach((listener) => listener.onIncident?.(news));
    });
    source.addEventListener("alert_gap", () => this.announceGap());
    source.addEventListener("gap", () => this.announceGap());
    source.onerror = () => this.failed();
  }

  private greeted(): void {
    this.heard();
    if (this.interrupted) this.announceGap();
    this.interrupted = false;
  }

  private heard(): void {
    this.dispatch({ type: "message", now_ms: Date.now() });
  }

  private announceGap(): void {
    this.listeners.forEach((listener) => listener.onGap?.());
  }

  private failed(): void {
    this.close();
    this.interrupted = true;
    this.dispatch({ type: "failed" });
    this.retry = setTimeout(
      () => {
        this.retry = undefined;
        this.settle();
      },
      backoff(this.state.failures, Math.random()),
    );
  }

  /** A connection can die without an error, for example behind a proxy or after sleep. */
  private watch(): void {
    if (this.state.phase !== "live" || this.state.heard_ms === null) return;
    if (Date.now() - this.state.heard_ms > STALE_AFTER_MS) this.failed();
  }

  private stop(event: LiveEvent): void {
    if (this.source) this.interrupted = true;
    this.close();
    this.dispatch(event);
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    this.url = null;
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  private dispatch(event: LiveEvent): void {
    const next = reduceLive(this.state, event);
    if (next === this.state) return;
    this.state = next;
    for (const watcher of this.watchers) watcher();
  }
}
