// The view state in the URL. Owns which keys exist, their defaults, and a codec with readable links:
// `/endpoints?from=now-6h&env=aws,gcp`. Bad values fall back to the default, unknown keys are dropped.
import { resolveRange } from "../time/expression";
import { browserZone, isZone } from "../time/zone";

export type Compare = "off" | "prev" | "1d" | "7d";

export interface Scope {
  from: string;
  to: string;
  tz: string;
  env: string[];
  ep: string[];
  service: string[];
  method: string[];
  status: string[];
  version: string[];
  cmp: Compare;
  live: boolean;
  q: string;
  sort: string;
  sel: string;
  tab: string;
  /** Filters of the anomaly list; the words are checked where their meaning is known. */
  state: string;
  severity: string[];
  signal: string[];
  kind: string[];
  verdict: string[];
  /** Ids of alert rules. */
  rule: string[];
  /** Charts that can go on beyond the present do. */
  fc: boolean;
  /** How far ahead, and over how long until now: `24h`. */
  horizon: string;
  window: string;
  /** What is forecast; the words are checked where their meaning is known. */
  measure: string[];
}

export type Search = Partial<Record<keyof Scope, string>>;

export const DEFAULT_SCOPE: Scope = {
  from: "now-1h",
  to: "now",
  tz: "browser",
  env: [],
  ep: [],
  service: [],
  method: [],
  status: [],
  version: [],
  cmp: "prev",
  live: true,
  q: "",
  sort: "",
  sel: "",
  tab: "",
  state: "",
  severity: [],
  signal: [],
  kind: [],
  verdict: [],
  rule: [],
  fc: false,
  horizon: "",
  window: "",
  measure: [],
};

// Pages about the past open with a longer range than pages about the present.
const RANGE_DEFAULTS: [RegExp, string][] = [
  [/\/(anomalies|alerts|predictions|incidents|deployments)\/?$/, "now-7d"],
  [/\/journeys\/[^/]+\/?$/, "now-24h"],
];

/** Where the range of a page starts when its address does not say. */
export function defaultFrom(path: string): string {
  return RANGE_DEFAULTS.find(([page]) => page.test(path))?.[1] ?? DEFAULT_SCOPE.from;
}

const COMPARES: Compare[] = ["off", "prev", "1d", "7d"];
const LIST_MAX = 200; // A longer list would not fit a request line.
const TEXT_MAX = 200;
const SELECTED_MAX = 3400; // 200 ids.
const WORD = /^[a-z_]{1,40}$/;
const SPAN = /^[1-9]\d{0,2}[mhd]$/;
// These do not travel.
const PAGE_KEYS: (keyof Scope)[] = [
  ...(["sort", "sel", "tab", "state", "severity", "signal", "kind", "verdict", "rule"] as const),
  ...(["horizon", "window", "measure"] as const),
];

/** What a query string means. Never throws: a link from a colleague must always open. */
export function decodeScope(search: Search, from_default = DEFAULT_SCOPE.from): Scope {
  const scope = { ...DEFAULT_SCOPE, from: from_default };
  const { from = scope.from, to = scope.to } = search;
  if (resolveRange(from, to, Date.UTC(2030, 0, 1)) !== null) {
    scope.from = from;
    scope.to = to;
  }
  if (search.tz !== undefined && (search.tz === "browser" || isZone(search.tz))) scope.tz = search.tz;
  scope.env = list(search.env, /^[^,\s]{1,120}$/u);
  scope.ep = list(search.ep, /^[0-9a-f]{16}$/);
  scope.service = list(search.service, /^[^,]{1,200}$/u);
  scope.method = list(search.method, /^[A-Za-z_]{1,20}$/);
  scope.status = list(search.status, /^([1-5]xx|[1-5]\d\d)$/);
  scope.version = list(search.version, /^[^,]{1,200}$/u);
  if (COMPARES.includes(search.cmp as Compare)) scope.cmp = search.cmp as Compare;
  scope.live = search.live !== "0";
  scope.q = text(search.q);
  scope.sort = /^-?[a-z0-9_]{1,30}$/.test(search.sort ?? "") ? search.sort! : "";
  scope.sel = text(search.sel, SELECTED_MAX);
  scope.tab = /^[a-z]{1,20}$/.test(search.tab ?? "") ? search.tab! : "";
  scope.state = WORD.test(search.state ?? "") ? search.state! : "";
  scope.severity = list(search.severity, WORD);
  scope.signal = list(search.signal, WORD);
  scope.kind = list(search.kind, WORD);
  scope.verdict = list(search.verdict, WORD);
  scope.rule = list(search.rule, /^[a-z0-9-]{1,63}$/);
  scope.fc = search.fc === "1";
  scope.horizon = SPAN.test(search.horizon ?? "") ? search.horizon! : "";
  scope.window = SPAN.test(search.window ?? "") ? search.window! : "";
  scope.measure = list(search.measure, /^[a-z0-9_]{1,40}$/);
  return scope;
}

/** The shortest search that decodes to the scope: defaults are left out. */
export function encodeScope(scope: Scope, from_default = DEFAULT_SCOPE.from): Search {
  const search: Search = {};
  for (const key of Object.keys(DEFAULT_SCOPE) as (keyof Scope)[]) {
    const value = write(scope[key]);
    if (value !== write(key === "from" ? from_default : DEFAULT_SCOPE[key])) search[key] = value;
  }
  return search;
}

/** A search without what means nothing. It knows no page, so a range that is said stays said. */
export function cleanSearch(search: Search): Search {
  const scope = decodeScope(search);
  const clean = encodeScope(scope);
  return search.from === scope.from ? { from: scope.from, ...clean } : clean;
}

/** The part of a search that goes along to another page. */
export function travelling(search: Search): Search {
  const kept = { ...search };
  for (const key of PAGE_KEYS) delete kept[key];
  return kept;
}

export function parseSearch(query: string): Search {
  const search: Search = {};
  for (const [key, value] of new URLSearchParams(query)) {
    if (key in DEFAULT_SCOPE) search[key as keyof Scope] = value;
  }
  return search;
}

/** Commas, slashes and colons stay readable; they are legal in a query. */
export function writeSearch(search: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    if (typeof value !== "string" || value === "") continue;
    const readable = encodeURIComponent(value)
      .replace(/%(2C|2F|3A)/g, decodeURIComponent)
      .replaceAll("%20", "+");
    parts.push(`${key}=${readable}`);
  }
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

export function zoneOf(scope: Scope): string {
  return scope.tz === "browser" ? browserZone() : scope.tz;
}

export function isLive(scope: Scope): boolean {
  return scope.live && scope.to === "now";
}

function list(value: string | undefined, item: RegExp): string[] {
  if (!value) return [];
  const items = value.split(",").map((part) => part.trim());
  return [...new Set(items.filter((part) => item.test(part)))].slice(0, LIST_MAX);
}

function text(value: string | undefined, length_max = TEXT_MAX): string {
  return (value ?? "").slice(0, length_max);
}

function write(value: Scope[keyof Scope]): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return Array.isArray(value) ? value.join(",") : value;
}
