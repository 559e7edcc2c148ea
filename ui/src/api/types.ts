// The shapes the HTTP API answers with. Owns names only: every field is spelled as the server spells it.

export interface Stats {
  requests: number;
  requests_per_second: number;
  client_errors: number;
  server_errors: number;
  error_rate: number | null;
  client_error_rate: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  mean_ms: number | null;
  max_ms: number | null;
  size_bytes_in: number;
  size_bytes_out: number;
}

export interface Range {
  from_ms: number;
  to_ms: number;
}

export interface EndpointRef {
  id: string;
  service: string;
  method: string;
  route: string;
}

export interface Environment {
  id: string;
  provider: string;
  deployment: string;
  region: string;
}

export interface Overview {
  range: Range;
  current: Stats;
  previous: Stats | null;
  endpoints_total: number;
  endpoints_active: number;
  endpoints_silent: number;
  environments: number;
  services: number;
  first_request_ms: number | null;
  last_request_ms: number | null;
}

export interface SeriesGroup {
  key: string;
  label: string;
  requests: number[];
  client_errors: number[];
  server_errors: number[];
  requests_per_second: number[];
  error_rate: (number | null)[];
  p50_ms: (number | null)[];
  p95_ms: (number | null)[];
  p99_ms: (number | null)[];
}

export interface Series {
  range: Range;
  t0_ms: number;
  step_ms: number;
  n: number;
  source: string;
  group_by: string;
  groups: SeriesGroup[];
  previous: SeriesGroup[] | null;
}

export interface RollupEvent extends Series {
  requests_per_second: number | number[];
  now_ms: number;
}

export interface Spark {
  t0_ms: number;
  step_ms: number;
  requests: number[];
  p95_ms: (number | null)[];
}

export interface EndpointRow extends EndpointRef {
  environments: string[];
  stats: Stats;
  previous: Stats | null;
  state: "active" | "silent" | "new";
  first_seen_ms: number | null;
  last_seen_ms: number | null;
  attention: number;
  attention_reason: string;
  spark: Spark;
}

export interface EndpointPage {
  range: Range;
  total: number;
  items: EndpointRow[];
}

export interface EnvironmentStats {
  environment: Environment;
  stats: Stats;
  previous: Stats | null;
  last_seen_ms: number | null;
}

export interface VersionStats {
  version: string;
  stats: Stats;
  first_seen_ms: number;
  last_seen_ms: number;
}

export interface EndpointDetail {
  endpoint: EndpointRef;
  range: Range;
  current: Stats;
  previous: Stats | null;
  first_seen_ms: number | null;
  last_seen_ms: number | null;
  environments: EnvironmentStats[];
  versions: VersionStats[];
  statuses: { status: number; requests: number }[];
}

export interface Heatmap {
  range: Range;
  t0_ms: number;
  step_ms: number;
  n: number;
  bounds_ms: number[];
  counts: number[][];
  max_count: number;
}

export interface Request {
  id: string;
  start_ms: number;
  duration_ms: number;
  endpoint: EndpointRef;
  environment: Environment;
  status: number;
  outcome: "ok" | "client_error" | "server_error";
  kind: "server" | "client" | "consumer";
  error_type: string;
  version: string;
  instance: string;
  consumer: string;
  path: string;
  trace_id: string;
  span_id: string;
  parent_span_id: string;
  size_bytes_in: number;
  size_bytes_out: number;
  synthetic: boolean;
}

export interface RequestPage {
  items: Request[];
  next_cursor: string | null;
}

export interface EnvironmentCard extends EnvironmentStats {
  services: number;
  endpoints: number;
  versions: string[];
  spark: Spark & { error_rate: (number | null)[] };
}

export interface EnvironmentList {
  range: Range;
  items: EnvironmentCard[];
}

export interface MatrixCell {
  p95_ms: number;
  ratio: number;
  requests: number;
  error_rate: number;
}

export interface MatrixRow {
  endpoint: EndpointRef;
  median_p95_ms: number | null;
  spread: number | null;
  cells: (MatrixCell | null)[];
}

export interface Matrix {
  range: Range;
  total: number;
  environments: Environment[];
  rows: MatrixRow[];
  slower: { environment: string; endpoints: number; shared: number; median_ratio: number }[];
}

export interface FacetValue {
  value: string;
  label: string;
  requests: number;
}

export interface Facets {
  range: Range;
  fields: Record<string, FacetValue[]>;
}

export interface ServerStatus {
  version: string;
  started_ms: number;
  now_ms: number;
  otlp_http_address: string | null;
  otlp_grpc_address: string | null;
  storage: { size_bytes: number; segments: number; requests_stored: number; oldest_request_ms: number | null };
  ingest: { requests_accepted: number; requests_rejected: number; spans_received: number };
}

export interface PlantedIncident {
  kind: string;
  title: string;
  from_ms: number;
  to_ms: number;
  decoy: boolean;
  environment: string | null;
  service: string | null;
  endpoint: EndpointRef | null;
  version: string | null;
}

export interface Demo {
  state: "none" | "generating" | "live" | "removing" | "failed";
  progress: { stage: string; done: number; total: number; requests: number; requests_per_second: number } | null;
  scenario: string | null;
  span_s: number | null;
  seed: number | null;
  error: string | null;
  planted: PlantedIncident[];
}

export interface DemoRequest {
  scenario: string;
  span_s: number;
  seed: number;
  requests_per_second: number;
}

export interface RequestsEvent {
  items: Request[];
  matched: number;
  shown: number;
  requests_per_second: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; message: string }[];
}
