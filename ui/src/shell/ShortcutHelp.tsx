// The list of keys, and the switch that turns single keys off.
import { Switch } from "@base-ui/react/switch";
import { useState } from "react";
import { Modal } from "../parts/Modal";
import { PAGES } from "./navigation";
import { setOverlay } from "./palette";
import { setSingleKeys, singleKeysEnabled } from "./singleKeys";

const KEYS: [string, string][] = [
  ...PAGES.map((page): [string, string] => [`g ${page.key}`, `Go to ${page.name}`]),
  ["Ctrl K", "Search pages, endpoints and actions"],
  ["/", "Search on this page"],
  ["t", "Choose a time range"],
  ["c", "Comparison on or off"],
  [".", "Pause or resume live updates"],
  ["[  ]", "Move the range back or forward"],
  ["-  =", "Longer or shorter range"],
  ["Esc", "Undo a zoom"],
  ["j  k  Enter", "Move through a table and open a row"],
  ["←  →", "Move the cursor in a focused chart, or between its marks"],
  ["x", "Select an anomaly or an alert"],
  ["a  c", "Acknowledge, confirm an anomaly"],
  ["f  e", "False positive, expected change"],
  ["a  s  z", "Acknowledge, silence, snooze an alert"],
  ["u", "Undo what was just done"],
  ["?", "This list"],
];

export default function ShortcutHelp() {
  const [enabled, setEnabled] = useState(singleKeysEnabled());
  return (
    <Modal title="Keyboard shortcuts" open onOpenChange={() => setOverlay(null)}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-1.5">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-bg px-1.5 py-0.5 font-mono text-xs whitespace-pre">
                {keys}
              </kbd>
            </dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex items-center gap-3 border-t border-line pt-4">
        <Switch.Root
          checked={enabled}
          onCheckedChange={(next) => {
            setSingleKeys(next);
            setEnabled(next);
          }}
          className="flex h-6 w-10 shrink-0 items-center rounded-full border border-line-strong bg-bg p-0.5 data-checked:bg-accent"
        >
          <Switch.Thumb className="size-4 rounded-full bg-text transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
        </Switch.Root>
        Single-key shortcuts
      </label>
    </Modal>
  );
}
