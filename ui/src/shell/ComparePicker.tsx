// Chooses what the shown range is compared with.
import { Menu } from "@base-ui/react/menu";
import { Check, ChevronDown } from "lucide-react";
import type { Compare } from "../scope/codec";
import { useScope, useSetScope } from "../scope/useScope";
import { COMPARE_NAMES } from "./compareNames";

export default function ComparePicker() {
  const scope = useScope();
  const setScope = useSetScope();
  return (
    <Menu.Root>
      <Menu.Trigger className="control">
        {COMPARE_NAMES[scope.cmp].replace(" period", "")}
        <ChevronDown size={13} className="text-muted" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" collisionPadding={8} className="z-30">
          <Menu.Popup className="min-w-48 rounded-lg border border-line bg-raised p-1 shadow-(--shadow) outline-none">
            <Menu.RadioGroup
              value={scope.cmp}
              onValueChange={(cmp) => setScope({ cmp: cmp as Compare })}
              aria-label="Compare with"
            >
              {(Object.keys(COMPARE_NAMES) as Compare[]).map((cmp) => (
                <Menu.RadioItem
                  key={cmp}
                  value={cmp}
                  closeOnClick
                  className="flex h-8 items-center gap-2 rounded px-2 outline-none data-highlighted:bg-selected"
                >
                  <span className="w-4">
                    <Menu.RadioItemIndicator>
                      <Check size={14} aria-hidden />
                    </Menu.RadioItemIndicator>
                  </span>
                  {COMPARE_NAMES[cmp]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
