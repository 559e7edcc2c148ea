// A button that opens a searchable, virtual list with check marks. Owns the list; callers own the options.
import { Combobox } from "@base-ui/react/combobox";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Check, ChevronDown, Search } from "lucide-react";
import { useState, type ReactNode } from "react";

export interface PickerOption {
  value: string;
  label: string;
  note?: string;
  /** Nesting depth, for options that contain the ones after them. */
  depth?: number;
}

interface MultiPickerProps {
  icon: ReactNode;
  text: string;
  label: string;
  options: PickerOption[];
  selected: string[];
  onChange: (values: string[]) => void;
  onOpenChange: (open: boolean) => void;
  /** Given when the server searches; otherwise the list filters itself. */
  onSearch?: (text: string) => void;
  loading?: boolean;
}

const ROW_PX = 34;

export function MultiPicker(props: MultiPickerProps) {
  const { icon, text, label, options, selected, onChange, onSearch, loading } = props;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const byValue = new Map(options.map((option) => [option.value, option]));
  const values = [...new Set([...options.map((option) => option.value), ...(onSearch ? [] : selected)])];

  function changeOpen(next: boolean) {
    setOpen(next);
    props.onOpenChange(next);
    if (!next) search("");
  }

  function search(next: string) {
    setTyped(next);
    onSearch?.(next);
  }

  return (
    <Combobox.Root
      multiple
      virtualized
      items={values}
      filter={onSearch ? null : undefined}
      value={selected}
      onValueChange={(next: string[]) => onChange(next)}
      itemToStringLabel={(value: string) => byValue.get(value)?.label ?? value}
      inputValue={typed}
      onInputValueChange={(next, details) => (details.isItemPress ? details.cancel() : search(next))}
      open={open}
      onOpenChange={changeOpen}
      autoHighlight
    >
      <Combobox.Trigger className="control max-w-56" aria-label={`${label}: ${text}`}>
        <span className="text-muted" aria-hidden>
          {icon}
        </span>
        <span className="truncate">{text}</span>
        <ChevronDown size={13} className="shrink-0 text-muted" aria-hidden />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={6} align="end" collisionPadding={8} className="z-30">
          <Combobox.Popup
            aria-label={label}
            className="w-88 max-w-[calc(100vw-16px)] rounded-lg border border-line bg-raised shadow-(--shadow)"
          >
            <div className="flex items-center gap-2 border-b border-line px-3">
              <Search size={14} className="text-muted" aria-hidden />
              <Combobox.Input
                className="h-10 min-w-0 flex-1 bg-transparent outline-none"
                placeholder={`Search ${label.toLowerCase()}`}
                aria-label={`Search ${label.toLowerCase()}`}
              />
              {selected.length > 0 && (
                <button
                  type="button"
                  className="rounded px-1 text-xs text-accent hover:underline"
                  onClick={() => onChange([])}
                >
                  Clear {selected.length}
                </button>
              )}
            </div>
            <Combobox.Empty>
              <div className="px-3 py-6 text-center text-muted">{loading ? "Searching" : "Nothing matches"}</div>
            </Combobox.Empty>
            <Combobox.List ref={setScroller} className="max-h-80 overflow-auto overscroll-contain outline-none">
              <VirtualOptions open={open} byValue={byValue} scroller={scroller} />
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

interface VirtualOptionsProps {
  open: boolean;
  byValue: Map<string, PickerOption>;
  scroller: HTMLElement | null;
}

function VirtualOptions({ open, byValue, scroller }: VirtualOptionsProps) {
  const values = Combobox.useFilteredItems<string>();
  const virtualizer = useVirtualizer({
    enabled: open,
    count: values.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 8,
    paddingStart: 4,
    paddingEnd: 4,
  });
  if (values.length === 0) return null;
  return (
    <div role="presentation" className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((row) => {
        const value = values[row.index]!;
        const option = byValue.get(value) ?? { value, label: value };
        return (
          <Combobox.Item
            key={value}
            index={row.index}
            value={value}
            aria-setsize={values.length}
            aria-posinset={row.index + 1}
            className="absolute inset-x-1 top-0 flex items-center gap-2 rounded px-2 outline-none data-highlighted:bg-selected"
            style={{
              height: row.size,
              transform: `translateY(${row.start}px)`,
              paddingLeft: 8 + (option.depth ?? 0) * 16,
            }}
          >
            <span className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong">
              <Combobox.ItemIndicator>
                <Check size={12} strokeWidth={3} aria-hidden />
              </Combobox.ItemIndicator>
            </span>
            <span className="min-w-0 truncate">{option.label}</span>
            {option.note && <span className="ml-auto shrink-0 pl-2 text-xs text-muted">{option.note}</span>}
          </Combobox.Item>
        );
      })}
    </div>
  );
}
