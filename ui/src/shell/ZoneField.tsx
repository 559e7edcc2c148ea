// Chooses the one zone of every clock on the screen. Owns the list of zones the browser knows.
import { useMemo } from "react";

interface ZoneFieldProps {
  value: string;
  browser: string;
  onChange: (zone: string) => void;
}

export function ZoneField({ value, browser, onChange }: ZoneFieldProps) {
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC"), []);
  return (
    <div className="mt-3 flex items-center gap-2 border-t border-line pt-3">
      <label htmlFor="time-zone" className="text-xs text-muted">
        Time zone
      </label>
      <select
        id="time-zone"
        className="control min-w-0 flex-1 bg-bg text-xs"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="browser">Browser ({browser})</option>
        <option value="UTC">UTC</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </select>
    </div>
  );
}
