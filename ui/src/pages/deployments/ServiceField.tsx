// Chooses one service of those that had requests lately.
import { useFacets } from "../../api/queries";
import { DEFAULT_SCOPE } from "../../scope/codec";

const FIELDS = ["service"];
const PAST = { ...DEFAULT_SCOPE, from: "now-7d" };

export function ServiceField({ chosen, onChange }: { chosen: string[]; onChange: (service: string[]) => void }) {
  const facets = useFacets(PAST, FIELDS);
  const known = facets.data?.fields.service?.map((item) => item.value) ?? [];
  const names = [...new Set([...known, ...chosen])].filter((name) => name !== "").sort();
  return (
    <label className="control max-w-full pr-1">
      <span className="text-muted">Service</span>
      <select
        className="h-7 max-w-48 min-w-0 rounded bg-surface outline-offset-2"
        value={chosen[0] ?? ""}
        onChange={(event) => onChange(event.target.value ? [event.target.value] : [])}
      >
        <option value="">All</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
