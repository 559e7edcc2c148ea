// The menu that shows and hides columns. Owns the menu; the choice is kept by useHiddenColumns.
import { Menu } from "@base-ui/react/menu";
import { Check, Columns3 } from "lucide-react";
import { COLUMNS } from "./columns";

export function ColumnChooser({ hidden, toggle }: { hidden: string[]; toggle: (id: string) => void }) {
  return (
    <Menu.Root>
      <Menu.Trigger className="control">
        <Columns3 size={14} aria-hidden /> Columns
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="z-30">
          <Menu.Popup className="min-w-44 rounded-lg border border-line bg-raised p-1 shadow-(--shadow) outline-none">
            {COLUMNS.filter((column) => column.id !== "endpoint").map((column) => (
              <Menu.CheckboxItem
                key={column.id}
                checked={!hidden.includes(column.id)}
                onCheckedChange={() => toggle(column.id)}
                className="flex h-8 items-center gap-2 rounded px-2 outline-none data-highlighted:bg-selected"
              >
                <span className="w-4">
                  <Menu.CheckboxItemIndicator>
                    <Check size={14} aria-hidden />
                  </Menu.CheckboxItemIndicator>
                </span>
                {column.name}
              </Menu.CheckboxItem>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
