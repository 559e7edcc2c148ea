// Who takes turns, who is on call now and next, and how to reach them. Owns the strip; the document is the routing's.
import { ArrowDown, ArrowUp, PhoneCall, UserRound } from "lucide-react";
import { useState } from "react";
import { daysFrom, turnsBetween, type Turn } from "../../../alerting/calendar";
import { Field, FIELD, MomentField, NumberInput } from "../../../alerting/fields";
import { listText, moved } from "../../../alerting/lists";
import { countdown } from "../../../alerting/span";
import { useChannels, useOnCall } from "../../../api/alertQueries";
import type { Cover, Routing, Schedule } from "../../../api/alertTypes";
import { useNow } from "../../../now";
import { Panel } from "../../../parts/Panel";
import { Failure, Skeleton } from "../../../parts/states";
import { useZone } from "../../../scope/useScope";
import { dateTime, dayMonth } from "../../../time/format";
import { browserZone, wallTime } from "../../../time/zone";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "../routing/draft";
import { NamedList } from "../routing/NamedList";
import { AddButton, Choices, IconButton, RemoveIcon } from "../routing/parts";
import { ZoneNameField } from "../routing/SpanFields";
import { UnsavedBar } from "../routing/UnsavedBar";

const STRIP_DAYS = 14;

export default function OnCallTab() {
  const { routing, error, refetch } = useRoutingDraft();
  if (!routing) {
    return error ? (
      <div className="panel">
        <Failure what="The schedules" error={error} retry={refetch} />
      </div>
    ) : (
      <Skeleton height={420} />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <Now />
      <Strip schedules={routing.schedules} people={routing.people.map(({ name }) => name)} />
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <Schedules />
        <People />
      </div>
      <UnsavedBar />
    </div>
  );
}

function Now() {
  const { data } = useOnCall();
  const now_ms = useNow();
  const zone = useZone();
  if (!data || data.items.length === 0) return null;
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-3">
      {data.items.map((item) => (
        <li key={item.schedule} className="panel px-4 py-3" data-on-call={item.schedule}>
          <p className="flex items-center gap-1.5 text-xs text-muted">
            <PhoneCall size={12} aria-hidden /> {item.schedule}
          </p>
          <p className="text-base font-semibold break-words">{item.person ?? "nobody yet"}</p>
          <p className="text-xs text-muted">
            {item.until_ms !== null && (
              <span title={dateTime(item.until_ms, zone)}>for {countdown(item.until_ms - now_ms)}</span>
            )}
            {item.next_person && `, then ${item.next_person}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

const TINTS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];

function Strip({ schedules, people }: { schedules: Schedule[]; people: string[] }) {
  const zone = useZone();
  const now_ms = useNow();
  const days = daysFrom(now_ms, zone, STRIP_DAYS);
  const [from_ms, to_ms] = [days[0]!, days[STRIP_DAYS]!];
  const at = (epoch_ms: number) => ((epoch_ms - from_ms) / (to_ms - from_ms)) * 100;
  if (schedules.length === 0) return null;
  return (
    <Panel title="The next two weeks" note={zone}>
      <div className="overflow-x-auto px-3 pb-3" tabIndex={0} role="region" aria-label="Turns of the next two weeks">
        <div className="min-w-180">
          <div className="relative ml-28 h-5 text-[11px] text-muted">
            {days.slice(0, -1).map((day) => (
              <span key={day} className="absolute border-l border-line pl-1" style={{ left: `${at(day)}%` }}>
                {dayMonth(day, zone)}
              </span>
            ))}
          </div>
          {schedules.map((schedule, index) => {
            const turns = turnsBetween(schedule, from_ms, to_ms);
            return (
              <div key={index} className="flex items-center gap-2 py-1">
                <span className="w-26 shrink-0 truncate text-xs" title={schedule.name}>
                  {schedule.name}
                </span>
                <ol className="relative h-8 min-w-0 flex-1 rounded bg-bg" aria-label={schedule.name}>
                  {turns.map((turn) => (
                    <TurnBar
                      key={turn.from_ms}
                      turn={turn}
                      left={at(turn.from_ms)}
                      width={at(turn.to_ms) - at(turn.from_ms)}
                      color={TINTS[people.indexOf(turn.person) % TINTS.length] ?? "--series-other"}
                    />
                  ))}
                  <li
                    aria-hidden
                    className="absolute inset-y-0 w-px bg-text"
                    style={{ left: `${at(now_ms)}%` }}
                    title="now"
                  />
                </ol>
              </div>
            );
          })}
        </div>
      </div>
    </Panel>
  );
}

interface TurnBarProps {
  turn: Turn;
  left: number;
  width: number;
  color: string;
}

function TurnBar({ turn, left, width, color }: TurnBarProps) {
  const zone = useZone();
  const words = `${turn.person}${turn.is_override ? ", instead" : ""}, ${dateTime(turn.from_ms, zone)} to ${dateTime(turn.to_ms, zone)}`;
  return (
    <li
      className={`absolute inset-y-0.5 flex items-center overflow-hidden rounded-sm border-l-3 bg-raised px-1.5 text-xs ${
        turn.is_override ? "hatched" : ""
      }`}
      style={{ left: `${left}%`, width: `calc(${width}% - 2px)`, borderColor: `var(${color})` }}
      title={words}
    >
      <span className="truncate" aria-hidden>
        {turn.person}
      </span>
      <span className="sr-only">{words}</span>
    </li>
  );
}

function Schedules() {
  const { routing, problems } = useRoutingDraft();
  const people = routing!.people.map(({ name }) => name);
  const today = wallTime(browserZone(), Date.now());
  const two = (value: number) => String(value).padStart(2, "0");
  return (
    <NamedList
      list="schedules"
      title="Schedules"
      note="people who take turns"
      empty="Nobody takes turns yet. Add people first, then a schedule; receivers can then tell whoever is on call."
      one="schedule"
      blank={{
        time_zone: browserZone(),
        starts: `${today.year}-${two(today.month)}-${two(today.day)}T09:00`,
        shift_days: 7,
        people: [],
        overrides: [],
      }}
      renamed={renamedSchedule}
      summary={(schedule) =>
        `${listText(schedule.people) || "nobody"}, ${schedule.shift_days === 1 ? "a day" : `${schedule.shift_days} days`} each, since ${schedule.starts.replace("T", " ")}, ${schedule.time_zone}`
      }
      fields={(schedule, change, path) => (
        <>
          <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
            <Field name="The first turn began" error={problemAt(problems, `${path}.starts`)}>
              <input
                type="datetime-local"
                className={FIELD}
                value={schedule.starts.slice(0, 16)}
                onChange={(event) => event.target.value && change({ starts: event.target.value.slice(0, 16) })}
              />
            </Field>
            <NumberInput
              name="Days of a turn"
              low={1}
              high={366}
              value={schedule.shift_days}
              onChange={(days) => change({ shift_days: Math.round(days) })}
              error={problemAt(problems, `${path}.shift_days`)}
            />
          </div>
          <ZoneNameField
            value={schedule.time_zone}
            onChange={(time_zone) => change({ time_zone })}
            error={problemAt(problems, `${path}.time_zone`)}
          />
          <Order schedule={schedule} people={people} onChange={(next) => change({ people: next })} />
          <Covers schedule={schedule} people={people} onChange={(overrides) => change({ overrides })} />
        </>
      )}
    />
  );
}

interface PartProps<Value> {
  schedule: Schedule;
  people: string[];
  onChange: (value: Value) => void;
}

function Order({ schedule, people, onChange }: PartProps<string[]>) {
  const others = people.filter((name) => !schedule.people.includes(name));
  return (
    <fieldset>
      <legend className="mb-1 text-xs text-muted">In this order</legend>
      <ol className="flex flex-col">
        {schedule.people.map((person, index) => (
          <li key={`${person} ${index}`} className="flex items-center gap-1 text-xs">
            <span className="min-w-0 flex-1 truncate">
              {index + 1}. {person}
            </span>
            <IconButton
              label={`Earlier: ${person}`}
              icon={ArrowUp}
              disabled={index === 0}
              onClick={() => onChange(moved(schedule.people, index, index - 1))}
            />
            <IconButton
              label={`Later: ${person}`}
              icon={ArrowDown}
              disabled={index === schedule.people.length - 1}
              onClick={() => onChange(moved(schedule.people, index, index + 1))}
            />
            <RemoveIcon name={person} onClick={() => onChange(schedule.people.toSpliced(index, 1))} />
          </li>
        ))}
      </ol>
      {people.length === 0 && <p className="text-xs text-muted">There are no people yet: add them beside this.</p>}
      {others.length > 0 && (
        <select
          className={`${FIELD} mt-1 w-auto! text-xs`}
          aria-label={`Add somebody to ${schedule.name}`}
          value=""
          onChange={(event) => event.target.value && onChange([...schedule.people, event.target.value])}
        >
          <option value="">Add somebody…</option>
          {others.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}

const DAY_MS = 86_400_000;

function Covers({ schedule, people, onChange }: PartProps<Cover[]>) {
  const zone = useZone();
  const [now_ms] = useState(() => Math.ceil(Date.now() / 3_600_000) * 3_600_000);
  const covers = schedule.overrides;
  const part = (index: number, fields: Partial<Cover>) =>
    onChange(covers.map((cover, at) => (at === index ? { ...cover, ...fields } : cover)));
  return (
    <fieldset>
      <legend className="mb-1 text-xs text-muted">Somebody else instead</legend>
      <ul className="flex flex-col gap-2">
        {covers.map((cover, index) => (
          <li key={index} className="flex items-end gap-2">
            <div className="grid min-w-0 flex-1 grid-cols-3 gap-2 max-sm:grid-cols-1">
              <Field name="Who">
                <select
                  className={FIELD}
                  value={cover.person}
                  onChange={(event) => part(index, { person: event.target.value })}
                >
                  {[...new Set([cover.person, ...people])].map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </Field>
              <MomentField
                name="From"
                zone={zone}
                value_ms={cover.from_ms}
                onChange={(from_ms) => from_ms !== null && part(index, { from_ms })}
              />
              <MomentField
                name="To"
                zone={zone}
                value_ms={cover.to_ms}
                onChange={(to_ms) => to_ms !== null && part(index, { to_ms })}
                error={cover.to_ms <= cover.from_ms ? "After the start" : undefined}
              />
            </div>
            <RemoveIcon name={`the turn of ${cover.person}`} onClick={() => onChange(covers.toSpliced(index, 1))} />
          </li>
        ))}
      </ul>
      {people.length > 0 && (
        <div className="mt-1.5">
          <AddButton
            onClick={() => onChange([...covers, { person: people[0]!, from_ms: now_ms, to_ms: now_ms + DAY_MS }])}
          >
            Add override
          </AddButton>
        </div>
      )}
    </fieldset>
  );
}

function People() {
  const channels = useChannels().data?.items ?? [];
  const options = channels.map(({ channel }): [string, string] => [channel.id, channel.name]);
  const nameOf = (id: string) => options.find(([option]) => option === id)?.[1] ?? id;
  return (
    <NamedList
      list="people"
      title="People"
      note="and how to reach them"
      empty="No people yet."
      one="person"
      blank={{ channels: [] }}
      renamed={renamedPerson}
      summary={(person) => (
        <span className="inline-flex items-center gap-1.5">
          <UserRound size={12} aria-hidden />
          {person.channels.length > 0 ? (
            listText(person.channels.map(nameOf))
          ) : (
            <span className="text-warn">cannot be reached: no channel</span>
          )}
        </span>
      )}
      fields={(person, change) => (
        <Choices
          name="Reached over"
          none="There is no channel yet."
          options={options}
          chosen={person.channels}
          onChange={(next) => change({ channels: next })}
        />
      )}
    />
  );
}

function renamedSchedule(routing: Routing, from: string, to: string): Routing {
  return {
    ...routing,
    receivers: routing.receivers.map((receiver) => ({
      ...receiver,
      steps: receiver.steps.map((step) => ({
        ...step,
        schedules: step.schedules.map((name) => (name === from ? to : name)),
      })),
    })),
  };
}

function renamedPerson(routing: Routing, from: string, to: string): Routing {
  const named = (name: string) => (name === from ? to : name);
  return {
    ...routing,
    schedules: routing.schedules.map((schedule) => ({
      ...schedule,
      people: schedule.people.map(named),
      overrides: schedule.overrides.map((cover) => ({ ...cover, person: named(cover.person) })),
    })),
  };
}
