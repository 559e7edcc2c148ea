// The whole endpoint list as CSV, not only what has been scrolled to. Owns the paging of the export.
import { fetchEndpoints } from "../../api/client";
import { csvText, download, type CsvCell } from "../../parts/csv";
import { readParameters } from "../../scope/filters";
import type { Scope } from "../../scope/codec";
import { COLUMNS } from "./columns";

const PAGE_ROWS = 500;
const ROWS_MAX = 10_000;

export async function exportEndpoints(scope: Scope, sort: string, state: string, zone: string): Promise<void> {
  const columns = COLUMNS.filter((column) => !column.id.endsWith("_spark"));
  const rows: CsvCell[][] = [
    ["id", ...columns.map((column) => (column.numeric && column.id.startsWith("p") ? `${column.id}_ms` : column.id))],
  ];
  const context = { now_ms: Date.now(), zone };
  for (let offset = 0; offset < ROWS_MAX; offset += PAGE_ROWS) {
    const page = await fetchEndpoints({
      ...readParameters(scope),
      sort,
      state,
      limit: PAGE_ROWS,
      offset,
      spark_points: 2,
    });
    for (const row of page.items) rows.push([row.id, ...columns.map((column) => column.text(row, context))]);
    if (page.items.length === 0 || rows.length - 1 >= page.total) break;
  }
  download("hawkeye-endpoints.csv", "text/csv;charset=utf-8", csvText(rows));
}
