// Endpoint by environment: how far each p95 is from the endpoint's own median. Owns cell colours and sorting.
import { ArrowDown, ArrowUp } from "lucide-react";
import { useMemo, useState } from "react";
import type { Matrix, MatrixCell } from "../../api/types";
import { EndpointLink } from "../../parts/EndpointLink";
import { environmentName } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { latency, share, threeDigits } from "../../units";

interface MatrixPanelProps {
  matrix: Matrix | undefined;
  error: unknown;
  retry: () => void;
  refreshing: boolean;
  more: () => void;
}

// The same steps either way, as factors of the endpoint's median across environments.
const NOTABLE = 1.1;
const STRONG = 1.3;

export function MatrixPanel({ matrix, error, retry, refreshing, more }: MatrixPanelProps) {
  const [bySpread, setBySpread] = useState(true);
  const rows = useMemo(() => {
    const list = [...(matrix?.rows ?? [])];
    return bySpread ? list.sort((a, b) => (b.spread ?? 0) - (a.spread ?? 0)) : list;
  }, [matrix, bySpread]);
  const sortButton = (
    <button
      type="button"
      className="rounded px-1 text-xs text-accent hover:underline"
      aria-pressed={bySpread}
      onClick={() => setBySpread(!bySpread)}
    >
      {bySpread ? "Sorted by spread" : "Sort by spread"}
    </button>
  );
  return (
    <Panel
      title="Endpoints across environments"
      note="p95 against the endpoint's median"
      actions={sortButton}
      refreshing={refreshing}
    >
      {!matrix && error ? (
        <Failure what="The matrix" error={error} retry={retry} />
      ) : !matrix ? (
        <div className="px-3 pb-3">
          <Skeleton height={320} />
        </div>
      ) : rows.length === 0 ? (
        <Empty reason="No endpoint matches these filters." />
      ) : (
        <>
          <div
            className="max-h-[70dvh] overflow-auto"
            tabIndex={0}
            role="region"
            aria-label="Endpoints across environments table"
          >
            <table className="w-full border-separate border-spacing-0 text-xs">
              <thead className="sticky top-0 z-1 bg-surface">
                <tr className="h-9 text-left text-muted">
                  <th
                    scope="col"
                    className="sticky left-0 min-w-56 border-b border-line bg-surface pl-3 font-medium max-md:min-w-40"
                  >
                    Endpoint
                  </th>
                  <th scope="col" className="border-b border-line px-3 text-right font-medium">
                    Spread
                  </th>
                  {matrix.environments.map((environment) => (
                    <th
                      key={environment.id}
                      scope="col"
                      title={environment.id}
                      className="min-w-28 border-b border-line px-2 text-center font-medium"
                    >
                      {environmentName(environment)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.endpoint.id} className="h-9">
                    <th
                      scope="row"
                      className="sticky left-0 max-w-56 border-b border-line bg-surface px-3 text-left font-normal max-md:max-w-40"
                    >
                      <EndpointLink endpoint={row.endpoint} />
                    </th>
                    <td className="border-b border-line px-3 text-right">
                      {row.spread === null ? "–" : `${threeDigits(row.spread)}×`}
                    </td>
                    {row.cells.map((cell, index) => (
                      <Cell key={matrix.environments[index]!.id} cell={cell} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-3 py-2 text-xs text-muted">
            <Key className="bg-slower-2" text={`over ${STRONG}× the median`} />
            <Key className="bg-slower-1" text={`over ${NOTABLE}×`} />
            <Key className="bg-faster-1" text={`under 1/${NOTABLE}`} />
            <Key className="bg-faster-2" text={`under 1/${STRONG}`} />
            <Key className="hatched" text="not deployed" />
            {matrix.rows.length < matrix.total && (
              <button type="button" className="control ml-auto" onClick={more}>
                Show more ({matrix.rows.length} of {matrix.total})
              </button>
            )}
          </div>
        </>
      )}
    </Panel>
  );
}

function Cell({ cell }: { cell: MatrixCell | null }) {
  if (!cell) {
    return (
      <td className="hatched border-b border-l border-line text-center text-muted">
        <span className="sr-only">not deployed</span>
      </td>
    );
  }
  const { ratio } = cell;
  const slower = ratio > NOTABLE;
  const faster = ratio < 1 / NOTABLE;
  return (
    <td
      className={`border-b border-l border-line px-2 text-center whitespace-nowrap ${cellColor(ratio)}`}
      title={`${latency(cell.p95_ms)} p95, ${share(cell.error_rate)} errors, ${cell.requests.toLocaleString("en")} requests`}
    >
      <span className="inline-flex items-center gap-1">
        {latency(cell.p95_ms)}
        <span className="inline-flex w-14 items-center gap-0.5 text-muted">
          {slower ? (
            <ArrowUp size={11} className="shrink-0" aria-label="slower" />
          ) : faster ? (
            <ArrowDown size={11} className="shrink-0" aria-label="faster" />
          ) : null}
          {slower || faster ? `${threeDigits(ratio)}×` : ""}
        </span>
      </span>
    </td>
  );
}

function cellColor(ratio: number): string {
  if (ratio > STRONG) return "bg-slower-2";
  if (ratio > NOTABLE) return "bg-slower-1";
  if (ratio < 1 / STRONG) return "bg-faster-2";
  return ratio < 1 / NOTABLE ? "bg-faster-1" : "";
}

function Key({ className, text }: { className: string; text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={`h-3 w-5 rounded-sm border border-line ${className}`} aria-hidden />
      {text}
    </span>
  );
}
