// A list of named parts of the routing, each opened to be changed. Owns adding, opening and removing.
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { TextField } from "../../../alerting/fields";
import { freeName } from "../../../alerting/tree";
import type { Routing } from "../../../api/alertTypes";
import { Panel } from "../../../parts/Panel";
import { Empty } from "../../../parts/states";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { AddButton, IconButton, Problems, RemoveIcon } from "./parts";

type ListKey = "inhibitions" | "intervals" | "maintenances" | "schedules" | "people";
type Item<Key extends ListKey> = Routing[Key][number];

interface NamedListProps<Key extends ListKey> {
  list: Key;
  title: string;
  note: string;
  empty: string;
  /** The word for one, and what a new one is called. */
  one: string;
  blank: Omit<Item<Key>, "name">;
  summary: (item: Item<Key>) => ReactNode;
  fields: (item: Item<Key>, change: (fields: Partial<Item<Key>>) => void, path: string) => ReactNode;
  /** What else follows from another name. */
  renamed?: (routing: Routing, from: string, to: string) => Routing;
}

export function NamedList<Key extends ListKey>(props: NamedListProps<Key>) {
  const { list, title, note, empty, one, blank, summary, fields, renamed } = props;
  const { routing, edit, problems } = useRoutingDraft();
  const items = routing![list] as Item<Key>[];
  const [open, setOpen] = useState<number | null>(null);
  const replace = (next: Item<Key>[]) => edit((before) => ({ ...before, [list]: next }));
  const add = () => {
    const name = freeName(
      one,
      items.map((item) => item.name),
    );
    replace([...items, { ...blank, name } as Item<Key>]);
    setOpen(items.length);
  };
  return (
    <Panel title={title} note={note} actions={<AddButton onClick={add}>{`Add ${one}`}</AddButton>}>
      {items.length === 0 ? (
        <Empty reason={empty} />
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {items.map((item, index) => {
            const path = `${list}[${index}]`;
            const isOpen = open === index;
            const change = (part: Partial<Item<Key>>) =>
              replace(items.map((other, at) => (at === index ? { ...other, ...part } : other)));
            return (
              <li key={index} className="px-3 py-2" data-part={path}>
                <div className="flex items-start gap-2">
                  <IconButton
                    label={`Edit ${one} ${item.name}`}
                    icon={isOpen ? ChevronDown : ChevronRight}
                    expanded={isOpen}
                    onClick={() => setOpen(isOpen ? null : index)}
                  />
                  <div className="min-w-0 flex-1">
                    <p className="leading-7 font-medium break-words">{item.name}</p>
                    <div className="text-xs text-muted">{summary(item)}</div>
                    {!isOpen && <Problems path={path} />}
                  </div>
                  <RemoveIcon name={`${one} ${item.name}`} onClick={() => replace(items.toSpliced(index, 1))} />
                </div>
                {isOpen && (
                  <div className="mt-2 flex flex-col gap-3 rounded-md border border-line p-2.5">
                    <NameField
                      name={item.name}
                      taken={items.filter((_, at) => at !== index).map((other) => other.name)}
                      error={problemAt(problems, `${path}.name`)}
                      onChange={(name) =>
                        edit((before) => {
                          const next = {
                            ...before,
                            [list]: items.map((other, at) => (at === index ? { ...other, name } : other)),
                          };
                          return renamed ? renamed(next, item.name, name) : next;
                        })
                      }
                    />
                    {fields(item, change, path)}
                    <Problems path={path} deeper />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}

interface NameFieldProps {
  name: string;
  taken: string[];
  error?: string;
  onChange: (name: string) => void;
}

function NameField({ name, taken, error, onChange }: NameFieldProps) {
  const [typed, setTyped] = useState(name);
  const isTaken = taken.includes(typed.trim());
  return (
    <TextField
      name="Name"
      value={typed}
      onChange={(next) => {
        setTyped(next);
        if (next.trim() !== "" && !taken.includes(next.trim())) onChange(next.trim());
      }}
      error={error ?? (isTaken ? "Another one has this name." : undefined)}
    />
  );
}
