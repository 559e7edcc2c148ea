// What is normal here, and how sensitive detection is about it. Owns the environment that the bands are of: each has
// a baseline of its own.
import { useState } from "react";
import { useExpectations } from "../../api/detectionQueries";
import { useSeries } from "../../api/queries";
import { ScopeCharts } from "../../charts/ScopeCharts";
import { environmentNameOf } from "../../parts/environment";
import { StateChip } from "../../parts/StateChip";
import type { Scope } from "../../scope/codec";
import { SensitivityHere } from "./SensitivityHere";
import { WhySilentPanel } from "./WhySilentPanel";

interface BaselineTabProps {
  id: string;
  scope: Scope;
  environments: string[];
}

export function BaselineTab({ id, scope, environments }: BaselineTabProps) {
  const [chosen, setChosen] = useState(environments[0] ?? "");
  const environment = environments.includes(chosen) ? chosen : (environments[0] ?? "");
  const here: Scope = { ...scope, env: environment ? [environment] : scope.env, cmp: "off" };
  const series = useSeries(here, { follow: true });
  const expectations = useExpectations(here);
  const { data } = expectations;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex items-center gap-2 text-xs text-muted">
          Environment
          <select
            className="control bg-surface text-text"
            value={environment}
            onChange={(event) => setChosen(event.target.value)}
          >
            {environments.map((each) => (
              <option key={each} value={each}>
                {environmentNameOf(each)}
              </option>
            ))}
          </select>
        </label>
        {data && data.measures.length > 0 && (
          <p className="flex items-center gap-2 text-xs text-muted" role="status">
            {data.learning ? (
              <StateChip tone="info">still learning</StateChip>
            ) : (
              <StateChip tone="ok">learnt</StateChip>
            )}
            {data.seasonal
              ? "It knows hours and weekdays: the band follows them."
              : "It does not know hours or weekdays yet: the band follows the recent past."}
          </p>
        )}
        {data && data.measures.length === 0 && (
          <p className="text-xs text-muted" role="status">
            No baseline yet for this environment: it needs some minutes of requests first.
          </p>
        )}
      </div>
      <ScopeCharts scope={here} series={series} expectations={data} />
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <WhySilentPanel id={id} environment={environment} />
        <SensitivityHere id={id} />
      </div>
    </div>
  );
}
