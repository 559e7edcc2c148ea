// The virtual list of anomalies with its cursor and its selection. Owns scrolling, keys and which dialog is open;
// what a row shows is AnomalyRow.
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Anomaly } from "../../api/detectionTypes";
import { useWidth } from "../../charts/useElement";
import { anomalySearch } from "../../detection/AnomalyLink";
import { JudgeDialog } from "../../detection/JudgeDialog";
import { EndDialog, type Ending } from "../../detection/EndDialog";
import { useActions } from "../../detection/useActions";
import { useKeys } from "../../detection/useKeys";
import { useNow } from "../../now";
import { encodeScope, writeSearch } from "../../scope/codec";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { plural } from "../../units";
import { AnomalyRow, GroupRow, NARROW_PX } from "./AnomalyRow";
import { BulkBar } from "./BulkBar";
import { selectedIds, SORT_DEFAULT } from "./filters";
import { useHeldBack } from "./held";
import { reduceList, targets, toggled, type ListIntent } from "../../detection/keys";
import { lastOpened, rememberOpened } from "./lastList";
import { listLines } from "./rows";

interface AnomalyTableProps {
  anomalies: Anomaly[];
  total: number;
  sort: string;
  onEnd: () => void;
}

const onsetOf = (anomaly: Anomaly) => anomaly.onset_ms;
const HEAD_PX = 32;
const GROUP_PX = 34;
const ROW_PX = 54;
const CARD_PX = 112;
const END_ROWS = 20; // Ask for the next page this many rows before the end.

export function AnomalyTable({ anomalies, total, sort, onEnd }: AnomalyTableProps) {
  const scope = useScope();
  const setScope = useSetScope();
  const navigate = useNavigate();
  const act = useActions();
  const zone = useZone();
  const now_ms = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const narrow = width > 0 && width < NARROW_PX;
  const selected = useMemo(() => selectedIds(scope), [scope]);
  const [active, setActive] = useState<string | null>(lastOpened);
  const place = useRef(0);
  const [hovered, setHovered] = useState(false);
  const [dialog, setDialog] = useState<{ type: "judge" | Ending; ids: string[] } | null>(null);
  const search = writeSearch(anomalySearch(encodeScope(scope)));
  const view = JSON.stringify([
    scope.state,
    scope.severity,
    scope.signal,
    scope.kind,
    scope.q,
    scope.env,
    scope.ep,
    scope.from,
    scope.to,
    sort,
  ]);
  const reading = hovered || active !== null || selected.length > 0;
  const { shown, waiting, release } = useHeldBack(anomalies, onsetOf, reading && sort === SORT_DEFAULT, view);
  const lines = useMemo(() => listLines(shown, sort === SORT_DEFAULT), [shown, sort]);
  const ids = useMemo(() => lines.flatMap((line) => (line.type === "anomaly" ? [line.key] : [])), [lines]);

  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]!.type === "group" ? GROUP_PX : narrow ? CARD_PX : ROW_PX),
    getItemKey: (index) => lines[index]!.key,
    overscan: 8,
    scrollPaddingStart: narrow ? 0 : HEAD_PX,
    scrollPaddingEnd: 72,
  });
  useEffect(() => virtualizer.measure(), [narrow, lines, virtualizer]);
  const visible = virtualizer.getVirtualItems();
  const lastVisible = visible[visible.length - 1]?.index ?? 0;
  useEffect(() => {
    if (anomalies.length < total && lastVisible >= lines.length - END_ROWS) onEnd();
  }, [lastVisible, lines.length, anomalies.length, total, onEnd]);

  function select(next: readonly string[]) {
    setScope({ sel: next.join(",") }, true);
  }

  const latest = useRef({ selected, select });
  latest.current = { selected, select };
  // Rows are many and cheap only while what they are given stays the same.
  const open = useCallback(
    (id: string) => {
      rememberOpened(id);
      void navigate({ to: "/anomalies/$id", params: { id }, search: anomalySearch as never });
    },
    [navigate],
  );
  const openIncident = useCallback(
    (id: string) => void navigate({ to: "/incidents/$id", params: { id }, search: anomalySearch as never }),
    [navigate],
  );
  const toggle = useCallback((id: string) => {
    setActive(id);
    latest.current.select(toggled(latest.current.selected, id));
  }, []);
  const toggleGroup = useCallback((members: string[], all: boolean) => {
    const others = latest.current.selected.filter((id) => !members.includes(id));
    latest.current.select(all ? [...others, ...members] : others);
  }, []);

  function perform(name: string, about: string[]) {
    if (about.length === 0) return;
    if (name === "false_positive") return setDialog({ type: "judge", ids: about });
    const anyOpen = anomalies.some((item) => about.includes(item.id) && item.closed_ms === null);
    if (name === "close" || (name === "expected_change" && anyOpen)) return setDialog({ type: name, ids: about });
    if (name === "acknowledge") void act({ ids: about, action: "acknowledge" });
    else void act({ ids: about, action: "judge", verdict: name as "confirmed" | "expected_change" });
    if (selected.length > 0) select([]);
  }

  useKeys(scroller, (intent: ListIntent) => {
    const state = { active, place: place.current, selected };
    if (intent.type === "open") {
      if (active === null || !ids.includes(active)) return false;
      open(active);
      return true;
    }
    if (intent.type === "act") {
      const about = targets(state, ids);
      perform(intent.act, about);
      return about.length > 0;
    }
    const next = reduceList(state, intent, ids);
    if (next === state) return false;
    place.current = next.place;
    if (next.active !== active) {
      setActive(next.active);
      virtualizer.scrollToIndex(lines.findIndex((line) => line.key === next.active));
    }
    if (next.selected !== selected) select(next.selected);
    return true;
  });

  return (
    <>
      {waiting > 0 && (
        <button
          type="button"
          className="absolute top-0.5 left-1/2 z-6 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3 font-medium text-on-accent shadow-(--shadow)"
          onClick={() => {
            release();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          <ArrowUp size={14} aria-hidden /> {plural(waiting, "new anomaly", "new anomalies")}
        </button>
      )}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label="Anomalies"
        aria-multiselectable="true"
        aria-rowcount={total + 1}
        aria-activedescendant={active !== null && ids.includes(active) ? `anomaly-${active}` : undefined}
        className="panel min-h-0 flex-1 overflow-auto overscroll-contain"
        onPointerEnter={() => setHovered(true)}
        onPointerLeave={() => setHovered(false)}
      >
        <HeadRow narrow={narrow} />
        <div
          role="rowgroup"
          className="relative"
          style={{ height: virtualizer.getTotalSize() + (selected.length > 0 ? 64 : 0) }}
        >
          {visible.map((item) => {
            const line = lines[item.index]!;
            return line.type === "group" ? (
              <GroupRow
                key={line.key}
                anomalies={line.anomalies}
                start={item.start}
                height={item.size}
                index={item.index}
                selected={line.anomalies.every((member) => selected.includes(member.id))}
                onToggle={toggleGroup}
                onIncident={openIncident}
                search={search}
                zone={zone}
              />
            ) : (
              <AnomalyRow
                key={line.key}
                anomaly={line.anomaly}
                grouped={line.grouped}
                last={line.last}
                start={item.start}
                height={item.size}
                index={item.index}
                narrow={narrow}
                active={line.key === active}
                selected={selected.includes(line.key)}
                onToggle={toggle}
                onOpen={open}
                onIncident={openIncident}
                search={search}
                now_ms={now_ms}
                zone={zone}
              />
            );
          })}
        </div>
      </div>
      {selected.length > 0 && (
        <BulkBar count={selected.length} onAct={(name) => perform(name, selected)} onClear={() => select([])} />
      )}
      {dialog?.type === "judge" && (
        <JudgeDialog ids={dialog.ids} onClose={() => setDialog(null)} onDone={() => select([])} />
      )}
      {dialog && dialog.type !== "judge" && (
        <EndDialog how={dialog.type} ids={dialog.ids} onClose={() => setDialog(null)} onDone={() => select([])} />
      )}
    </>
  );
}

function HeadRow({ narrow }: { narrow: boolean }) {
  const names = ["Severity", "What and where", "Since", "Hurt", "Score", "Handled"];
  return (
    <div role="rowgroup" className={narrow ? "sr-only" : "sticky top-0 z-5 bg-surface"}>
      <div
        role="row"
        aria-rowindex={1}
        className="anomaly-grid border-b border-line text-xs font-medium text-muted"
        style={{ height: HEAD_PX }}
      >
        <span role="columnheader">
          <span className="sr-only">Selected</span>
        </span>
        {names.map((name) => (
          <span key={name} role="columnheader" className={name === "Hurt" ? "text-right" : ""}>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}
