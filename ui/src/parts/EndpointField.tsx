// Chooses one endpoint by typing; the server searches. Owns what is typed until an endpoint is chosen, then it is
// empty again, so that the next one can follow.
import { Combobox } from "@base-ui/react/combobox";
import { Plus } from "lucide-react";
import { useState, type Ref } from "react";
import { useEndpointSearch } from "../api/queries";
import type { EndpointRef } from "../api/types";
import { useDebounced } from "./useDebounced";

interface EndpointFieldProps {
  label: string;
  placeholder: string;
  onChoose: (endpoint: EndpointRef) => void;
  inputRef?: Ref<HTMLInputElement>;
}

const SHOWN_MAX = 50;

export function EndpointField({ label, placeholder, onChoose, inputRef }: EndpointFieldProps) {
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState(false);
  const found = useEndpointSearch(useDebounced(typed.trim()), opened);
  const rows = (found.data?.items ?? []).slice(0, SHOWN_MAX);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (
    <Combobox.Root
      items={rows.map((row) => row.id)}
      filter={null}
      value={null as string | null}
      onValueChange={(id: string | null) => {
        const row = id === null ? undefined : byId.get(id);
        if (!row) return;
        onChoose({ id: row.id, service: row.service, method: row.method, route: row.route });
        setTyped("");
      }}
      itemToStringLabel={(id: string) => nameOf(byId.get(id))}
      inputValue={typed}
      onInputValueChange={(next, details) => (details.isItemPress ? setTyped("") : setTyped(next))}
      onOpenChange={(open) => open && setOpened(true)}
      autoHighlight
    >
      <span className="control w-full min-w-0 bg-bg focus-within:border-accent">
        <Plus size={14} className="shrink-0 text-muted" aria-hidden />
        <Combobox.Input
          ref={inputRef}
          aria-label={label}
          placeholder={placeholder}
          className="h-full min-w-0 flex-1 bg-transparent outline-none"
          onFocus={() => setOpened(true)}
        />
      </span>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" collisionPadding={8} className="z-30">
          <Combobox.Popup
            aria-label={label}
            className="w-(--anchor-width) min-w-72 rounded-lg border border-line bg-raised shadow-(--shadow)"
          >
            <Combobox.Empty>
              <div className="px-3 py-4 text-center text-muted">
                {found.isFetching ? "Searching" : "No endpoint of the last 7 days matches"}
              </div>
            </Combobox.Empty>
            <Combobox.List className="max-h-72 overflow-auto overscroll-contain p-1 outline-none">
              {rows.map((row, index) => (
                <Combobox.Item
                  key={row.id}
                  index={index}
                  value={row.id}
                  className="flex h-9 items-center gap-2 rounded px-2 outline-none data-highlighted:bg-selected"
                >
                  <span className="min-w-0 truncate font-mono text-xs">{nameOf(row)}</span>
                  <span className="ml-auto shrink-0 pl-2 text-xs text-muted">{row.service}</span>
                </Combobox.Item>
              ))}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

function nameOf(row: EndpointRef | undefined): string {
  return row ? `${row.method} ${row.route}` : "";
}
