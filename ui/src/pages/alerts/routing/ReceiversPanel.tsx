// Whom to tell: at once, and while nobody acknowledges, further steps. Owns the cards of receivers.
import { TextField, CheckField, SpanField } from "../../../alerting/fields";
import { listText } from "../../../alerting/lists";
import { spanText } from "../../../alerting/span";
import { freeName, isUsed, renamedReceiver } from "../../../alerting/tree";
import { useChannels } from "../../../api/alertQueries";
import type { Receiver, Step } from "../../../api/alertTypes";
import { AlertTabLink } from "../../../alerting/AlertLink";
import { Panel } from "../../../parts/Panel";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { AddButton, Choices, IconButton, Problems, RemoveIcon } from "./parts";

export function ReceiversPanel() {
  const { routing, edit } = useRoutingDraft();
  const { receivers, route } = routing!;
  const add = () =>
    edit((before) => ({
      ...before,
      receivers: [
        ...before.receivers,
        {
          name: freeName(
            "receiver",
            before.receivers.map(({ name }) => name),
          ),
          steps: [{ after_s: 0, channels: [], schedules: [] }],
          send_resolved: true,
        },
      ],
    }));
  return (
    <Panel
      title="Receivers"
      note="whom to tell, and whom next while nobody acknowledges"
      actions={<AddButton onClick={add}>Add receiver</AddButton>}
    >
      <ul className="divide-y divide-line border-t border-line">
        {receivers.map((receiver, index) => (
          <ReceiverItem key={index} receiver={receiver} index={index} used={isUsed(route, receiver.name)} />
        ))}
      </ul>
    </Panel>
  );
}

function ReceiverItem({ receiver, index, used }: { receiver: Receiver; index: number; used: boolean }) {
  const { routing, edit, problems } = useRoutingDraft();
  const channels = useChannels().data?.items ?? [];
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(receiver.name);
  const path = `receivers[${index}]`;
  const options = channels.map(({ channel }): [string, string] => [channel.id, channel.name]);
  const schedules = routing!.schedules.map((schedule): [string, string] => [schedule.name, schedule.name]);
  const nameOf = (id: string) => options.find(([option]) => option === id)?.[1] ?? id;
  const change = (fields: Partial<Receiver>) =>
    edit((before) => ({
      ...before,
      receivers: before.receivers.map((item, at) => (at === index ? { ...item, ...fields } : item)),
    }));
  const step = (at: number, fields: Partial<Step>) =>
    change({ steps: receiver.steps.map((item, place) => (place === at ? { ...item, ...fields } : item)) });
  const isNobody = receiver.steps.every((item) => item.channels.length === 0 && item.schedules.length === 0);
  return (
    <li className="px-3 py-2" data-receiver={receiver.name}>
      <div className="flex items-start gap-2">
        <IconButton
          label={`Edit receiver ${receiver.name}`}
          icon={open ? ChevronDown : ChevronRight}
          expanded={open}
          onClick={() => setOpen(!open)}
        />
        <div className="min-w-0 flex-1">
          <p className="leading-7 font-medium">
            {receiver.name}
            {!used && <span className="ml-2 text-xs font-normal text-muted">no route leads here</span>}
          </p>
          <ol className="text-xs text-muted">
            {receiver.steps.map((item, at) => (
              <li key={at}>
                {item.after_s === 0 ? "at once" : `after ${spanText(item.after_s)}`}:{" "}
                <span className={item.channels.length + item.schedules.length === 0 ? "text-warn" : "text-text"}>
                  {listText([...item.channels.map(nameOf), ...item.schedules.map((each) => `on call: ${each}`)]) ||
                    "nobody"}
                </span>
              </li>
            ))}
          </ol>
          {used && isNobody && (
            <p className="text-xs text-warn">
              Tells nobody.{" "}
              {options.length === 0 && (
                <AlertTabLink tab="channels" className="underline">
                  Add a channel first
                </AlertTabLink>
              )}
            </p>
          )}
          {!open && <Problems path={path} />}
        </div>
        <RemoveIcon
          name={`receiver ${receiver.name}`}
          disabled={used}
          onClick={() => edit((before) => ({ ...before, receivers: before.receivers.toSpliced(index, 1) }))}
        />
      </div>
      {open && (
        <div className="mt-2 flex flex-col gap-3 rounded-md border border-line p-2.5">
          <TextField
            name="Name"
            value={name}
            onChange={(next) => {
              setName(next);
              const isTaken = routing!.receivers.some((item, at) => at !== index && item.name === next.trim());
              if (next.trim() !== "" && !isTaken)
                edit((before) => renamedReceiver(before, before.receivers[index]!.name, next.trim()));
            }}
            error={
              problemAt(problems, `${path}.name`) ??
              (routing!.receivers.some((item, at) => at !== index && item.name === name.trim())
                ? "Another receiver has this name."
                : undefined)
            }
          />
          <ol className="flex flex-col gap-2">
            {receiver.steps.map((item, at) => (
              <li key={at} className="rounded-md border border-line p-2.5">
                <div className="flex items-start gap-2">
                  <div className="min-w-0 flex-1">
                    {at === 0 && item.after_s === 0 ? (
                      <p className="text-xs font-medium">At once</p>
                    ) : (
                      <SpanField
                        name="Without an acknowledgement after"
                        value={item.after_s}
                        onChange={(after_s) => step(at, { after_s })}
                        error={problemAt(problems, `${path}.steps[${at}].after_s`)}
                      />
                    )}
                  </div>
                  {receiver.steps.length > 1 && (
                    <RemoveIcon
                      name={`step ${at + 1} of ${receiver.name}`}
                      onClick={() => change({ steps: receiver.steps.toSpliced(at, 1) })}
                    />
                  )}
                </div>
                <div className="mt-1.5 grid grid-cols-2 gap-2 max-sm:grid-cols-1">
                  <Choices
                    name="Channels"
                    none="There is no channel yet."
                    options={options}
                    chosen={item.channels}
                    onChange={(next) => step(at, { channels: next })}
                  />
                  <Choices
                    name="Whoever is on call"
                    none="There is no schedule yet."
                    options={schedules}
                    chosen={item.schedules}
                    onChange={(next) => step(at, { schedules: next })}
                  />
                </div>
              </li>
            ))}
          </ol>
          <div>
            <AddButton
              onClick={() =>
                change({
                  steps: [
                    ...receiver.steps,
                    { after_s: (receiver.steps.at(-1)?.after_s ?? 0) + 900, channels: [], schedules: [] },
                  ],
                })
              }
            >
              Add step
            </AddButton>
          </div>
          <CheckField checked={receiver.send_resolved} onChange={(send_resolved) => change({ send_resolved })}>
            Also tell when it is over
          </CheckField>
          <Problems path={path} />
        </div>
      )}
    </li>
  );
}
