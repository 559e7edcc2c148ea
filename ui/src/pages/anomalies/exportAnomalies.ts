// The whole list of anomalies as CSV, not only what has been scrolled to. Owns its columns and the paging.
import { fetchAnomalies } from "../../api/detectionClient";
import { anomalyParameters, type AnomalyFilters } from "../../api/detectionQueries";
import type { Anomaly } from "../../api/detectionTypes";
import { csvText, download, type CsvCell } from "../../parts/csv";
import type { Scope } from "../../scope/codec";

const PAGE_ROWS = 200;
const ROWS_MAX = 10_000;

const COLUMNS: [string, (anomaly: Anomaly) => CsvCell][] = [
  ["id", (item) => item.id],
  ["severity", (item) => item.severity],
  ["state", (item) => item.state],
  ["verdict", (item) => item.verdict],
  ["verdict_reason", (item) => item.verdict_reason],
  ["signal", (item) => item.signal],
  ["kind", (item) => item.kind],
  ["service", (item) => item.endpoint.service],
  ["method", (item) => item.endpoint.method],
  ["route", (item) => item.endpoint.route],
  ["environment", (item) => item.environment],
  ["onset", (item) => time(item.onset_ms)],
  ["detected", (item) => time(item.detected_ms)],
  ["closed", (item) => time(item.closed_ms)],
  ["close_reason", (item) => item.close_reason],
  ["measure", (item) => item.measure],
  ["observed", (item) => item.observed],
  ["expected", (item) => item.expected],
  ["lower", (item) => item.lower],
  ["upper", (item) => item.upper],
  ["score_peak", (item) => item.score_peak],
  ["threshold", (item) => item.threshold],
  ["requests", (item) => item.requests],
  ["requests_hurt", (item) => item.requests_hurt],
  ["deployment", (item) => item.deployment],
  ["assignee", (item) => item.assignee],
  ["sentence", (item) => item.sentence],
];

export async function exportAnomalies(scope: Scope, filters: AnomalyFilters, sort: string): Promise<void> {
  const rows: CsvCell[][] = [COLUMNS.map(([name]) => name)];
  let cursor: string | undefined;
  while (rows.length <= ROWS_MAX) {
    const page = await fetchAnomalies({ ...anomalyParameters(scope, filters, sort), limit: PAGE_ROWS, cursor });
    for (const item of page.items) rows.push(COLUMNS.map(([, cell]) => cell(item)));
    if (page.next_cursor === null || page.items.length === 0) break;
    cursor = page.next_cursor;
  }
  download("hawkeye-anomalies.csv", "text/csv;charset=utf-8", csvText(rows));
}

function time(epoch_ms: number | null): string | null {
  return epoch_ms === null ? null : new Date(epoch_ms).toISOString();
}
