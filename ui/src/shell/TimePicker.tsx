// Chooses the range and the zone. Owns the typed field, the quick list and the absolute range it resolves to.
import { Popover } from "@base-ui/react/popover";
import { ChevronDown, Clock } from "lucide-react";
import { useEffect, useState, type FormEvent } from "react";
import { zoneOf } from "../scope/codec";
import { useScope, useSetScope } from "../scope/useScope";
import { resolveRange } from "../time/expression";
import { rangeName, rangeText, zoneTag } from "../time/format";
import { parsePhrase } from "../time/phrase";
import { browserZone } from "../time/zone";
import { TIME_PICKER_EVENT } from "./events";
import { ZoneField } from "./ZoneField";

const QUICK: [string, string][] = [
  ["now-5m", "5 min"],
  ["now-15m", "15 min"],
  ["now-30m", "30 min"],
  ["now-1h", "1 h"],
  ["now-3h", "3 h"],
  ["now-6h", "6 h"],
  ["now-12h", "12 h"],
  ["now-24h", "24 h"],
  ["now-2d", "2 d"],
  ["now-7d", "7 d"],
  ["now-14d", "14 d"],
  ["now-30d", "30 d"],
];

export default function TimePicker() {
  const scope = useScope();
  const setScope = useSetScope();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const zone = zoneOf(scope);
  const now_ms = Date.now();
  const resolved = resolveRange(scope.from, scope.to, now_ms);
  const parsed = parsePhrase(typed, now_ms, zone);
  const preview = parsed ? resolveRange(parsed.from, parsed.to, now_ms) : null;

  useEffect(() => {
    const onKey = () => setOpen(true);
    window.addEventListener(TIME_PICKER_EVENT, onKey);
    return () => window.removeEventListener(TIME_PICKER_EVENT, onKey);
  }, []);

  function choose(from: string, to: string) {
    setScope({ from, to });
    setOpen(false);
    setTyped("");
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (parsed && preview) choose(parsed.from, parsed.to);
  }

  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="control" aria-keyshortcuts="t" data-time>
        <Clock size={14} className="text-muted" aria-hidden />
        {rangeName(scope.from, scope.to, now_ms, zone)}
        <span className="text-xs text-muted">{zoneTag(zone, resolved?.to_ms ?? now_ms)}</span>
        <ChevronDown size={13} className="text-muted" aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" collisionPadding={8} className="z-30">
          <Popover.Popup className="w-88 max-w-[calc(100vw-16px)] rounded-lg border border-line bg-raised p-3 shadow-(--shadow)">
            <Popover.Title className="sr-only">Time range</Popover.Title>
            <form onSubmit={submit}>
              <label className="mb-1 block text-xs text-muted" htmlFor="time-typed">
                Type a range
              </label>
              <input
                id="time-typed"
                className="control w-full bg-bg"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                placeholder="last 45m, yesterday, 14:00 to 15:30"
                autoComplete="off"
                spellCheck={false}
                aria-describedby="time-resolved"
                aria-invalid={typed !== "" && !preview}
              />
            </form>
            <p id="time-resolved" className="mt-1 min-h-5 text-xs text-muted">
              {typed === "" ? (
                resolved && `${rangeText(resolved.from_ms, resolved.to_ms, zone)} ${zoneTag(zone, resolved.to_ms)}`
              ) : preview ? (
                `${rangeText(preview.from_ms, preview.to_ms, zone)} ${zoneTag(zone, preview.to_ms)} · Enter to apply`
              ) : (
                <span className="text-warn">Not a range. Try “last 45m” or “-2d to -1d”.</span>
              )}
            </p>
            <div className="mt-2 grid grid-cols-4 gap-1.5" role="group" aria-label="Quick ranges">
              {QUICK.map(([from, name]) => (
                <button
                  key={from}
                  type="button"
                  className={`control justify-center px-0 text-xs ${
                    scope.from === from && scope.to === "now" ? "border-accent! bg-selected" : "bg-bg"
                  }`}
                  aria-label={`Last ${name}`}
                  aria-pressed={scope.from === from && scope.to === "now"}
                  onClick={() => choose(from, "now")}
                >
                  {name}
                </button>
              ))}
            </div>
            <ZoneField value={scope.tz} browser={browserZone()} onChange={(tz) => setScope({ tz })} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
