// Chooses what a rule is about: everything, a service, an endpoint, or one in one environment; narrowed by
// environment and signal. Owns the fields; rules.ts says what is missing.
import { useId, useState } from "react";
import type { RuleTarget, RuleScope, Signal } from "../../api/detectionTypes";
import { useEndpointSearch, useFacets } from "../../api/queries";
import { RULE_SCOPE_NAMES, SIGNAL_NAMES, SIGNALS } from "../../detection/words";
import { useDebounced } from "../../parts/useDebounced";
import { DEFAULT_SCOPE } from "../../scope/codec";

interface TargetFieldsProps {
  value: RuleTarget;
  onChange: (target: RuleTarget) => void;
}

const KNOWN_SCOPE = { ...DEFAULT_SCOPE, from: "now-7d", live: false };
const FIELD = "control w-full min-w-0 bg-bg";

export function TargetFields({ value, onChange }: TargetFieldsProps) {
  const id = useId();
  const facets = useFacets(KNOWN_SCOPE, ["service", "environment"]);
  const part = (fields: Partial<RuleTarget>) => onChange({ ...value, ...fields });
  const wantsEndpoint = value.scope === "endpoint" || value.scope === "series";
  return (
    <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
      <Labelled name="What">
        <select
          className={FIELD}
          value={value.scope}
          onChange={(event) => part({ scope: event.target.value as RuleScope })}
        >
          {(Object.keys(RULE_SCOPE_NAMES) as RuleScope[]).map((scope) => (
            <option key={scope} value={scope}>
              {RULE_SCOPE_NAMES[scope]}
            </option>
          ))}
        </select>
      </Labelled>
      {value.scope === "service" && (
        <Labelled name="Service">
          <input
            className={FIELD}
            list={`${id}-services`}
            value={value.service ?? ""}
            onChange={(event) => part({ service: event.target.value || null })}
          />
        </Labelled>
      )}
      {wantsEndpoint && <EndpointField chosen={value.endpoint_id} onChoose={(endpoint_id) => part({ endpoint_id })} />}
      <Labelled name={value.scope === "series" ? "Environment" : "Environment (optional)"}>
        <input
          className={FIELD}
          list={`${id}-environments`}
          placeholder="all, or aws, or aws/production"
          value={value.environment ?? ""}
          onChange={(event) => part({ environment: event.target.value || null })}
        />
      </Labelled>
      <Labelled name="Signal">
        <select
          className={FIELD}
          value={value.signal ?? ""}
          onChange={(event) => part({ signal: (event.target.value || null) as Signal | null })}
        >
          <option value="">all signals</option>
          {SIGNALS.map((signal) => (
            <option key={signal} value={signal}>
              {SIGNAL_NAMES[signal]}
            </option>
          ))}
        </select>
      </Labelled>
      <Choices id={`${id}-services`} values={facets.data?.fields.service?.map((item) => item.value) ?? []} />
      <Choices id={`${id}-environments`} values={facets.data?.fields.environment?.map((item) => item.value) ?? []} />
    </div>
  );
}

export function Labelled({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <label className="block min-w-0">
      <span className="mb-1 block text-xs text-muted">{name}</span>
      {children}
    </label>
  );
}

function Choices({ id, values }: { id: string; values: string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}

/** The server searches while somebody types; what is typed must name one of those found. */
function EndpointField({ chosen, onChoose }: { chosen: string | null; onChoose: (id: string | null) => void }) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const words = useDebounced((typed ?? "").replace(/ · .*$/, "").replace(/^[A-Z]+ /, ""));
  const found = useEndpointSearch(words, true);
  const known = useEndpointSearch("", chosen !== null, chosen ? [chosen] : []);
  const rows = [...(found.data?.items ?? []), ...(known.data?.items ?? [])];
  const nameOf = (row: (typeof rows)[number]) => `${row.method} ${row.route} · ${row.service}`;
  const current = rows.find((row) => row.id === chosen);
  return (
    <Labelled name="Endpoint">
      <input
        className={`${FIELD} font-mono text-xs`}
        list={id}
        placeholder="type a part of the route"
        value={typed ?? (current ? nameOf(current) : "")}
        onChange={(event) => {
          setTyped(event.target.value);
          onChoose(rows.find((row) => nameOf(row) === event.target.value)?.id ?? null);
        }}
      />
      <Choices id={id} values={[...new Set(rows.map(nameOf))]} />
    </Labelled>
  );
}
