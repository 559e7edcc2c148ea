// Filters by counting: environment, service, method, status. Owns the check boxes; the server counts.
import { useFacets } from "../../api/queries";
import { environmentNameOf } from "../../parts/environment";
import { Failure, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { useSetScope } from "../../scope/useScope";
import { count } from "../../units";

type FacetField = "env" | "service" | "method" | "status";

const FACETS: { field: FacetField; server: string; name: string }[] = [
  { field: "env", server: "environment", name: "Environment" },
  { field: "service", server: "service", name: "Service" },
  { field: "method", server: "method", name: "Method" },
  { field: "status", server: "status", name: "Status" },
];
const SHOWN_MAX = 12;

export function FacetList({ scope }: { scope: Scope }) {
  return (
    <div className="flex flex-col gap-4">
      {FACETS.map((facet) => (
        <Facet key={facet.field} scope={scope} {...facet} />
      ))}
    </div>
  );
}

interface FacetProps {
  scope: Scope;
  field: FacetField;
  server: string;
  name: string;
}

function Facet({ scope, field, server, name }: FacetProps) {
  const setScope = useSetScope();
  // Without its own filter, or one choice would hide all the others.
  const { data, error, refetch } = useFacets({ ...scope, [field]: [] }, [server]);
  const chosen = scope[field];
  const values = data?.fields[server] ?? [];
  const listed = values.slice(0, SHOWN_MAX);
  const missing = chosen.filter((value) => !listed.some((item) => item.value === value));
  const rows = [...missing.map((value) => ({ value, label: value, requests: null })), ...listed];

  function toggle(value: string) {
    setScope({ [field]: chosen.includes(value) ? chosen.filter((item) => item !== value) : [...chosen, value] });
  }

  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 flex w-full items-center text-xs font-semibold">
        {name}
        {chosen.length > 0 && (
          <button
            type="button"
            className="ml-auto rounded px-1 text-[11px] font-normal text-accent hover:underline"
            onClick={() => setScope({ [field]: [] })}
            aria-label={`Clear ${name.toLowerCase()} filter`}
          >
            clear
          </button>
        )}
      </legend>
      {!data && error ? (
        <Failure what={name} error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton height={80} />
      ) : (
        <div className="flex flex-col">
          {rows.map((item) => (
            <label
              key={item.value}
              className="flex h-7 min-w-0 items-center gap-2 rounded px-1 text-xs hover:bg-surface"
            >
              <input
                type="checkbox"
                className="size-3.5 shrink-0 accent-(--accent)"
                checked={chosen.includes(item.value)}
                onChange={() => toggle(item.value)}
              />
              <span className="min-w-0 truncate" title={item.label}>
                {field === "env" ? environmentNameOf(item.value) : item.label}
              </span>
              {item.requests !== null && <span className="ml-auto pl-1 text-muted">{count(item.requests)}</span>}
            </label>
          ))}
          {rows.length === 0 && <p className="px-1 text-xs text-muted">none</p>}
          {values.length > SHOWN_MAX && (
            <p className="px-1 text-xs text-muted">and {values.length - SHOWN_MAX} more: use search</p>
          )}
        </div>
      )}
    </fieldset>
  );
}
