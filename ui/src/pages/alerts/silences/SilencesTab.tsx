// What is kept quiet for a while, by whom and why. Owns the list by state and which silence is open.
import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, BellOff, Pencil, Plus, TimerReset } from "lucide-react";
import { useState } from "react";
import { AlertLink } from "../../../alerting/AlertLink";
import { MatcherChips } from "../../../alerting/MatcherFields";
import { matcherWords } from "../../../alerting/matcher";
import { SilenceDialog } from "../../../alerting/SilenceForm";
import { silenceAbout, silenceCountdown, silenceState, type SilenceState } from "../../../alerting/silences";
import { nextMinute } from "../../../alerting/until";
import { expireSilence, saveSilence } from "../../../api/alertClient";
import { useAlerts, useSilence, useSilences } from "../../../api/alertQueries";
import type { Silence, SilenceDraft } from "../../../api/alertTypes";
import { refreshAfterChange } from "../../../detection/cache";
import { useNow } from "../../../now";
import { actorName } from "../../../parts/actor";
import { Panel } from "../../../parts/Panel";
import { Segmented } from "../../../parts/Segmented";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { StateChip, type Tone } from "../../../parts/StateChip";
import { showToast } from "../../../parts/toast";
import { useScope, useSetScope, useZone } from "../../../scope/useScope";
import { dateTime, rangeText, zoneTag } from "../../../time/format";
import { duration, plural } from "../../../units";

const STATES: [SilenceState, string][] = [
  ["active", "Active"],
  ["pending", "Pending"],
  ["expired", "Expired"],
];
const TONES: Record<SilenceState, Tone> = { active: "warn", pending: "info", expired: "quiet" };
const AFFECTED = ["silences", "alerts", "alert", "alerting-status"];
const QUIET_MAX = 500;
const HOUR_MS = 3_600_000;

export default function SilencesTab() {
  const scope = useScope();
  const setScope = useSetScope();
  const silences = useSilences();
  const now_ms = useNow();
  const [writing, setWriting] = useState<SilenceDraft | null>(null);
  const state = STATES.find(([value]) => value === scope.state)?.[0] ?? "active";
  const items = silences.data?.items ?? [];
  const quiet = useAlerts({ state: "acknowledged,snoozed,muted", limit: QUIET_MAX }).data?.items ?? [];
  const of = (wanted: SilenceState) => items.filter((item) => silenceState(item, now_ms) === wanted);
  const shown = of(state).toSorted((a, b) => (state === "expired" ? b.ends_ms - a.ends_ms : a.ends_ms - b.ends_ms));
  const add = (
    <button
      type="button"
      className="control h-7 text-xs"
      onClick={() => setWriting(silenceAbout([], actorName() ?? "", Date.now()))}
    >
      <Plus size={13} aria-hidden /> New silence
    </button>
  );
  return (
    <>
      {scope.sel ? (
        <SilenceDetails id={scope.sel} onClose={() => setScope({ sel: "" })} onEdit={setWriting} />
      ) : (
        <Panel title="Silences" actions={add}>
          <div className="overflow-x-auto px-3 pb-3">
            <Segmented
              label="State"
              options={STATES.map(([value, name]): [string, string] => [
                value,
                silences.data ? `${name} ${of(value).length}` : name,
              ])}
              value={state}
              onChange={(next) => setScope({ state: next === "active" ? "" : next })}
            />
          </div>
          {silences.error && !silences.data ? (
            <Failure what="The silences" error={silences.error} retry={() => void silences.refetch()} />
          ) : !silences.data ? (
            <div className="px-3 pb-3">
              <Skeleton height={200} />
            </div>
          ) : shown.length === 0 ? (
            <Empty
              reason={
                state === "active" ? "Nothing is silenced: everything that fires is told." : `No ${state} silence.`
              }
            />
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {shown.map((item) => (
                <SilenceItem
                  key={item.id}
                  silence={item}
                  hides={quiet.filter(({ muted_by }) => muted_by.some(({ by }) => by === item.id)).length}
                  onOpen={() => setScope({ sel: item.id })}
                  onEdit={() => setWriting(item)}
                />
              ))}
            </ul>
          )}
        </Panel>
      )}
      {writing && <SilenceDialog start={writing} onClose={() => setWriting(null)} />}
    </>
  );
}

interface SilenceItemProps {
  silence: Silence;
  /** How many alerts it keeps quiet now. */
  hides: number;
  onOpen: () => void;
  onEdit: () => void;
}

function SilenceItem({ silence, hides, onOpen, onEdit }: SilenceItemProps) {
  const zone = useZone();
  const now_ms = useNow();
  const state = silenceState(silence, now_ms);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-3 py-2.5" data-silence={silence.id}>
      <span className="w-20 shrink-0">
        <StateChip tone={TONES[state]}>{state}</StateChip>
      </span>
      <div className="min-w-0 flex-1 max-md:basis-full">
        <button
          type="button"
          className="max-w-full text-left font-medium break-words hover:text-accent hover:underline"
          onClick={onOpen}
        >
          {silence.comment || silence.matchers.map(matcherWords).join(" and ")}
        </button>
        <div className="mt-1">
          <MatcherChips matchers={silence.matchers} />
        </div>
      </div>
      <p className="w-44 shrink-0 text-xs max-md:w-auto" title={rangeText(silence.starts_ms, silence.ends_ms, zone)}>
        <span className="block font-medium">{silenceCountdown(silence, now_ms)}</span>
        <span className="block truncate text-muted">by {silence.created_by}</span>
        {state === "active" && (
          <span className="block text-muted">
            {hides === 0 ? "hides nothing now" : `hides ${plural(hides, "alert")} now`}
          </span>
        )}
      </p>
      <SilenceButtons silence={silence} state={state} onEdit={onEdit} />
    </li>
  );
}

function SilenceButtons({ silence, state, onEdit }: { silence: Silence; state: SilenceState; onEdit: () => void }) {
  const queries = useQueryClient();
  async function change(action: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>) {
    try {
      await action();
      const back = undo && (() => void change(undo, "Taken back"));
      showToast({ text: done, tone: "done", undo: back });
    } catch (error) {
      showToast({ text: `Not done: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
    }
    refreshAfterChange(queries, AFFECTED);
  }
  const again = { ...silence, starts_ms: Date.now(), ends_ms: nextMinute(Date.now() + HOUR_MS) };
  if (state === "expired") {
    return (
      <span className="flex shrink-0 gap-1">
        <button
          type="button"
          className="control h-7 text-xs"
          onClick={() => void change(() => saveSilence({ ...again, id: undefined }), "Silenced again for an hour.")}
        >
          <BellOff size={12} aria-hidden /> Again for 1 h
        </button>
      </span>
    );
  }
  return (
    <span className="flex shrink-0 flex-wrap gap-1">
      <button
        type="button"
        className="control h-7 text-xs"
        onClick={() =>
          void change(
            () => saveSilence({ ...silence, ends_ms: silence.ends_ms + HOUR_MS }),
            "Extended by an hour.",
            () => saveSilence(silence),
          )
        }
      >
        <TimerReset size={12} aria-hidden /> 1 h more
      </button>
      <button type="button" className="control h-7 text-xs" onClick={onEdit} aria-label={`Edit ${silence.comment}`}>
        <Pencil size={12} aria-hidden /> Edit
      </button>
      <button
        type="button"
        className="control h-7 text-xs"
        onClick={() =>
          void change(
            () => expireSilence(silence.id),
            "Silence ended.",
            () => saveSilence({ ...silence, id: undefined, starts_ms: Date.now() }),
          )
        }
        aria-label={`Expire ${silence.comment}`}
      >
        Expire
      </button>
    </span>
  );
}

interface SilenceDetailsProps {
  id: string;
  onClose: () => void;
  onEdit: (silence: Silence) => void;
}

function SilenceDetails({ id, onClose, onEdit }: SilenceDetailsProps) {
  const zone = useZone();
  const now_ms = useNow();
  const query = useSilence(id);
  const detail = query.data;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex">
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 text-xs text-accent hover:underline"
          onClick={onClose}
        >
          <ArrowLeft size={13} aria-hidden /> Silences
        </button>
      </div>
      {!detail && query.error ? (
        <div className="panel">
          <Failure what="The silence" error={query.error} retry={() => void query.refetch()} />
        </div>
      ) : !detail ? (
        <Skeleton height={240} />
      ) : (
        <>
          <section aria-label="Silence" className="panel flex flex-wrap items-start gap-3 px-4 py-3">
            <div className="min-w-0 flex-1 max-md:basis-full">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
                <StateChip tone={TONES[silenceState(detail.silence, now_ms)]}>
                  {silenceState(detail.silence, now_ms)}
                </StateChip>
                <span className="font-medium text-text">{silenceCountdown(detail.silence, now_ms)}</span>
                <span>
                  {rangeText(detail.silence.starts_ms, detail.silence.ends_ms, zone)}{" "}
                  {zoneTag(zone, detail.silence.ends_ms)}
                </span>
                <span>by {detail.silence.created_by}</span>
              </div>
              <p className="mt-1.5 text-[15px] leading-6 break-words">{detail.silence.comment}</p>
              <div className="mt-1.5">
                <MatcherChips matchers={detail.silence.matchers} />
              </div>
            </div>
            <SilenceButtons
              silence={detail.silence}
              state={silenceState(detail.silence, now_ms)}
              onEdit={() => onEdit(detail.silence)}
            />
          </section>
          <Panel title="What it hid" note={plural(detail.hidden.length, "alert")}>
            {detail.hidden.length === 0 ? (
              <Empty reason="No alert matched while it lasted." />
            ) : (
              <ul className="divide-y divide-line border-t border-line text-xs">
                {detail.hidden.map((item, index) => (
                  <li key={index} className="flex flex-wrap items-center gap-x-3 px-3 py-2">
                    <AlertLink id={item.alert_id} className="min-w-0 flex-1 truncate hover:text-accent hover:underline">
                      {item.name}
                    </AlertLink>
                    <span className="text-muted">
                      from {dateTime(item.from_ms, zone)}
                      {item.to_ms === null ? " until now" : `, for ${duration(item.to_ms - item.from_ms)}`}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </>
      )}
    </div>
  );
}
