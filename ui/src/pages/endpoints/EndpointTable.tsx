// The virtual list of endpoints. Owns scrolling, the sortable header and the keys j, k and Enter.
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { EndpointRow } from "../../api/types";
import { useWidth } from "../../charts/useElement";
import { useNow } from "../../now";
import { travelling, type Search } from "../../scope/codec";
import { useZone } from "../../scope/useScope";
import { singleKeysEnabled } from "../../shell/singleKeys";
import { fittingColumns, type Column } from "./columns";

interface EndpointTableProps {
  rows: EndpointRow[];
  total: number;
  columns: Column[];
  sort: string;
  onSort: (sort: string) => void;
  onEnd: () => void;
}

const ROW_PX = 36;
const END_ROWS = 20; // Ask for the next page this many rows before the end.

export function EndpointTable({ rows, total, columns, sort, onSort, onEnd }: EndpointTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const now_ms = useNow();
  const zone = useZone();
  const navigate = useNavigate();
  const [active, setActive] = useState(-1);
  const shown = useMemo(() => fittingColumns(columns, width - 24), [columns, width]);
  const template = shown
    .map((column) => (column.id === "endpoint" ? `minmax(${column.width}px, 1fr)` : `${column.width}px`))
    .join(" ");
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollPaddingStart: ROW_PX,
  });
  const visible = virtualizer.getVirtualItems();
  const lastVisible = visible[visible.length - 1]?.index ?? 0;
  useEffect(() => {
    if (rows.length < total && lastVisible >= rows.length - END_ROWS) onEnd();
  }, [lastVisible, rows.length, total, onEnd]);

  function open(row: EndpointRow | undefined) {
    if (!row) return;
    const search = (previous: Search) => travelling({ ...previous, ep: undefined, q: undefined });
    void navigate({ to: "/endpoints/$id", params: { id: row.id }, search: search as never });
  }

  const keys = useRef({ active, open, rows, virtualizer });
  keys.current = { active, open, rows, virtualizer };
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("input, textarea, select, [role=dialog], [role=menu]")
      )
        return;
      const { active: at, rows: list, virtualizer: view, open: go } = keys.current;
      const step =
        event.key === "j" || event.key === "ArrowDown" ? 1 : event.key === "k" || event.key === "ArrowUp" ? -1 : 0;
      const inside = scroller.current?.contains(target) ?? false;
      if (step !== 0 && (inside || (event.key.length === 1 && singleKeysEnabled()))) {
        event.preventDefault();
        const next = Math.min(list.length - 1, Math.max(0, at + step));
        setActive(next);
        view.scrollToIndex(next);
      } else if (event.key === "Enter" && at >= 0 && (inside || target === document.body || target.id === "content")) {
        if (target.closest("a, button")) return;
        go(list[at]);
      }
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label="Endpoints"
      aria-rowcount={total + 1}
      aria-colcount={shown.length}
      aria-activedescendant={active >= 0 && rows[active] ? `endpoint-${rows[active].id}` : undefined}
      className="panel min-h-0 flex-1 overflow-auto text-xs"
    >
      <div role="rowgroup" className="sticky top-0 z-5 bg-surface">
        <div
          role="row"
          aria-rowindex={1}
          className="grid h-9 items-center border-b border-line px-3"
          style={{ gridTemplateColumns: template }}
        >
          {shown.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {visible.map((item) => {
          const row = rows[item.index]!;
          return (
            <div
              key={row.id}
              id={`endpoint-${row.id}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={item.index === active}
              className={`absolute inset-x-0 top-0 grid cursor-pointer items-center border-b border-line px-3 hover:bg-bg ${
                item.index === active ? "bg-selected outline-2 -outline-offset-2 outline-accent" : ""
              } ${row.state === "silent" ? "text-muted" : ""}`}
              style={{ gridTemplateColumns: template, height: ROW_PX, transform: `translateY(${item.start}px)` }}
              onClick={(event) => {
                setActive(item.index);
                if (!(event.target as HTMLElement).closest("a")) open(row);
              }}
            >
              {shown.map((column) => (
                <div
                  key={column.id}
                  role="gridcell"
                  className={`flex min-w-0 items-center pr-3 whitespace-nowrap last:pr-0 ${column.numeric ? "justify-end" : ""}`}
                >
                  {column.cell(row, { now_ms, zone })}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeaderCell({ column, sort, onSort }: { column: Column; sort: string; onSort: (sort: string) => void }) {
  const key = sort.replace(/^-/, "");
  const sorted = column.sort !== undefined && column.sort === key;
  const descending = sort.startsWith("-");
  const direction = !sorted ? undefined : descending ? "descending" : "ascending";
  const alignment = `flex min-w-0 items-center pr-3 last:pr-0 ${column.numeric ? "justify-end" : ""}`;
  if (column.sort === undefined) {
    return (
      <div role="columnheader" className={`${alignment} font-medium text-muted`}>
        {column.name}
      </div>
    );
  }
  // Numbers start with the largest, names with A.
  const first = column.numeric ? `-${column.sort}` : column.sort;
  const flipped = descending ? column.sort : `-${column.sort}`;
  return (
    <div role="columnheader" aria-sort={direction} className={alignment}>
      <button
        type="button"
        className={`flex h-7 items-center gap-1 rounded font-medium hover:text-text ${sorted ? "text-text" : "text-muted"}`}
        onClick={() => onSort(sorted ? flipped : first)}
      >
        {column.name}
        {sorted && (descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
    </div>
  );
}
