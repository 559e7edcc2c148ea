// The virtual list of alerts with its cursor and its selection. Owns scrolling, keys and which dialog is open; what a
// row shows is AlertRow.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp, BellOff, CircleCheck, Clock, Eye, UserRound, type LucideIcon } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ActDialog, type AskedAction } from "../../alerting/ActDialog";
import { alertSearch } from "../../alerting/AlertLink";
import { cachedAlerts } from "../../alerting/cache";
import { alertIntentOf, type AlertIntent } from "../../alerting/keys";
import { SilenceDialog } from "../../alerting/SilenceForm";
import { silenceAbout } from "../../alerting/silences";
import { useAlertActions } from "../../alerting/useAlertActions";
import type { Alert } from "../../api/alertTypes";
import { useWidth } from "../../charts/useElement";
import { reduceList, targets, toggled } from "../../detection/keys";
import { useKeysOf } from "../../detection/useKeys";
import { useNow } from "../../now";
import { actorName } from "../../parts/actor";
import { encodeScope, writeSearch } from "../../scope/codec";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { plural } from "../../units";
import { useHeldBack } from "../anomalies/held";
import { AlertRow, NARROW_PX } from "./AlertRow";
import { selectedAlertIds } from "./filters";
import { lastAlert, rememberAlert, rememberAlerts } from "./lastAlerts";

interface AlertTableProps {
  alerts: Alert[];
  total: number;
  onEnd: () => void;
}

const HEAD_PX = 32;
const ROW_PX = 54;
const CARD_PX = 112;
const END_ROWS = 20; // Ask for the next page this many rows before the end.

type Asked = AskedAction | "silence";

const startOf = (alert: Alert) => alert.started_ms;

export function AlertTable({ alerts: loaded, total, onEnd }: AlertTableProps) {
  const scope = useScope();
  const setScope = useSetScope();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const act = useAlertActions();
  const zone = useZone();
  const now_ms = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const narrow = width > 0 && width < NARROW_PX;
  const selected = useMemo(() => selectedAlertIds(scope), [scope]);
  const [active, setActive] = useState<string | null>(lastAlert);
  const [hovered, setHovered] = useState(false);
  const view = JSON.stringify([scope.state, scope.severity, scope.rule, scope.q, scope.from, scope.to]);
  const reading = hovered || active !== null || selected.length > 0;
  const { shown: alerts, waiting, release } = useHeldBack(loaded, startOf, reading, view);
  const ids = useMemo(() => alerts.map((alert) => alert.id), [alerts]);
  const place = useRef(0);
  const [dialog, setDialog] = useState<{ type: Asked; ids: string[] } | null>(null);
  const search = writeSearch(alertSearch(encodeScope(scope)));
  useEffect(() => rememberAlerts(ids), [ids, scope]);

  const virtualizer = useVirtualizer({
    count: alerts.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? CARD_PX : ROW_PX),
    getItemKey: (index) => alerts[index]!.id,
    overscan: 8,
    scrollPaddingStart: narrow ? 0 : HEAD_PX,
    scrollPaddingEnd: 72,
  });
  useEffect(() => virtualizer.measure(), [narrow, virtualizer]);
  const visible = virtualizer.getVirtualItems();
  const lastVisible = visible[visible.length - 1]?.index ?? 0;
  useEffect(() => {
    if (loaded.length < total && lastVisible >= alerts.length - END_ROWS) onEnd();
  }, [lastVisible, alerts.length, loaded.length, total, onEnd]);

  function select(next: readonly string[]) {
    setScope({ sel: next.join(",") }, true);
  }

  const latest = useRef({ selected, select });
  latest.current = { selected, select };
  const open = useCallback(
    (id: string) => {
      rememberAlert(id);
      void navigate({ to: "/alerts/$id", params: { id }, search: alertSearch as never });
    },
    [navigate],
  );
  const toggle = useCallback((id: string) => {
    setActive(id);
    latest.current.select(toggled(latest.current.selected, id));
  }, []);

  function perform(type: Asked, about: string[]) {
    if (about.length === 0) return;
    // Acknowledging is one key; who wants to add a note does it on the alert's page.
    if (type !== "acknowledge") return setDialog({ type, ids: about });
    void act({ ids: about, action: "acknowledge" });
    if (selected.length > 0) select([]);
  }

  useKeysOf(
    scroller,
    (intent: AlertIntent) => {
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
        virtualizer.scrollToIndex(ids.indexOf(next.active!));
      }
      if (next.selected !== selected) select(next.selected);
      return true;
    },
    alertIntentOf,
  );

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
          <ArrowUp size={14} aria-hidden /> {plural(waiting, "new alert")}
        </button>
      )}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label="Alerts"
        aria-multiselectable="true"
        aria-rowcount={total + 1}
        aria-activedescendant={active !== null && ids.includes(active) ? `alert-${active}` : undefined}
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
            const alert = alerts[item.index]!;
            return (
              <AlertRow
                key={alert.id}
                alert={alert}
                start={item.start}
                height={item.size}
                index={item.index}
                narrow={narrow}
                active={alert.id === active}
                selected={selected.includes(alert.id)}
                onToggle={toggle}
                onOpen={open}
                search={search}
                now_ms={now_ms}
                zone={zone}
              />
            );
          })}
        </div>
      </div>
      {selected.length > 0 && (
        <BulkBar count={selected.length} onAct={(type) => perform(type, selected)} onClear={() => select([])} />
      )}
      {dialog?.type === "silence" && (
        <SilenceDialog
          start={silenceAbout(cachedAlerts(queries, dialog.ids), actorName() ?? "", Date.now())}
          onClose={() => setDialog(null)}
          onDone={() => select([])}
        />
      )}
      {dialog && dialog.type !== "silence" && (
        <ActDialog action={dialog.type} ids={dialog.ids} onClose={() => setDialog(null)} onDone={() => select([])} />
      )}
    </>
  );
}

const ACTIONS: { type: Asked; label: string; key: string; icon: LucideIcon }[] = [
  { type: "acknowledge", label: "Acknowledge", key: "A", icon: Eye },
  { type: "snooze", label: "Snooze", key: "Z", icon: Clock },
  { type: "resolve", label: "Resolve", key: "", icon: CircleCheck },
  { type: "assign", label: "Assign", key: "", icon: UserRound },
  { type: "silence", label: "Silence", key: "S", icon: BellOff },
];

interface BulkBarProps {
  count: number;
  onAct: (type: Asked) => void;
  onClear: () => void;
}

/** Floats above the foot of the list so that no row moves. */
function BulkBar({ count, onAct, onClear }: BulkBarProps) {
  return (
    <div
      role="toolbar"
      aria-label="Selected alerts"
      className="absolute inset-x-2 bottom-2 z-6 mx-auto flex w-fit max-w-full flex-wrap items-center gap-1 rounded-lg border border-line-strong bg-raised p-1.5 shadow-(--shadow)"
    >
      <span className="px-2 font-medium" role="status">
        {count.toLocaleString("en")} selected
      </span>
      {ACTIONS.map(({ type, label, key, icon: Icon }) => (
        <button
          key={type}
          type="button"
          className="control bg-raised"
          onClick={() => onAct(type)}
          aria-keyshortcuts={key || undefined}
        >
          <Icon size={14} className="text-muted" aria-hidden /> {label}
          {key && (
            <kbd className="font-mono text-[11px] text-muted max-md:hidden" aria-hidden>
              {key}
            </kbd>
          )}
        </button>
      ))}
      <button type="button" className="h-8 rounded px-2 text-accent hover:underline" onClick={onClear}>
        Clear
      </button>
    </div>
  );
}

function HeadRow({ narrow }: { narrow: boolean }) {
  return (
    <div role="rowgroup" className={narrow ? "sr-only" : "sticky top-0 z-5 bg-surface"}>
      <div
        role="row"
        aria-rowindex={1}
        className="alert-grid border-b border-line text-xs font-medium text-muted"
        style={{ height: HEAD_PX }}
      >
        <span role="columnheader">
          <span className="sr-only">Selected</span>
        </span>
        {["Severity", "What and where", "Since", "State"].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}
