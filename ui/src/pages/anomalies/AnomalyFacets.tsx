// Filters by severity, signal and kind. Environment, endpoint and time are those of the header.
import type { AnomalyList } from "../../api/detectionTypes";
import { KIND_NAMES, KINDS, SEVERITIES, SEVERITY_NAMES, SIGNAL_NAMES, SIGNALS } from "../../detection/words";
import { FacetGroup } from "../../parts/FacetGroup";
import type { Scope } from "../../scope/codec";
import { useSetScope } from "../../scope/useScope";
import { stateTab } from "./filters";

interface AnomalyFacetsProps {
  scope: Scope;
  list: AnomalyList | undefined;
  onClose: () => void;
}

export function AnomalyFacets({ scope, list, onClose }: AnomalyFacetsProps) {
  const setScope = useSetScope();
  const counted = stateTab(scope) === ""; // The server counts severities of what is not closed.
  return (
    <div className="flex flex-col gap-4">
      <FacetGroup
        name="Severity"
        rows={SEVERITIES.map((value) => ({
          value,
          label: SEVERITY_NAMES[value],
          count: counted ? list?.by_severity[value] : undefined,
        }))}
        chosen={scope.severity}
        onChange={(severity) => setScope({ severity })}
      />
      <FacetGroup
        name="Signal"
        rows={SIGNALS.map((value) => ({ value, label: SIGNAL_NAMES[value] }))}
        chosen={scope.signal}
        onChange={(signal) => setScope({ signal })}
      />
      <FacetGroup
        name="Kind"
        rows={KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))}
        chosen={scope.kind}
        onChange={(kind) => setScope({ kind })}
      />
      <button type="button" className="control justify-center md:hidden" onClick={onClose}>
        Show the list
      </button>
    </div>
  );
}
