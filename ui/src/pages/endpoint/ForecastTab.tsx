// What is expected of this endpoint: one large chart a measure. Owns how far ahead they look.
import { HORIZONS, horizonOf } from "../../forecasting/chart";
import { ForecastChart } from "../../forecasting/ForecastChart";
import { MEASURES } from "../../forecasting/words";
import { Segmented } from "../../parts/Segmented";
import type { Scope } from "../../scope/codec";
import { useSetScope } from "../../scope/useScope";

const HORIZON = "24h";

export default function ForecastTab({ scope }: { scope: Scope }) {
  const setScope = useSetScope();
  const horizon = horizonOf(scope.horizon, HORIZON);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Segmented
          labelled
          label="Look ahead"
          options={HORIZONS}
          value={horizon}
          onChange={(value) => setScope({ horizon: value === HORIZON ? "" : value })}
        />
        <p className="text-xs text-muted">
          {scope.env.length > 0 ? "For the chosen environments. " : "For all environments together. "}
          The past is as long as it is kept and as it helps.
        </p>
      </div>
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        {MEASURES.map((measure) => (
          <ForecastChart key={measure} scope={scope} measure={measure} horizon={horizon} />
        ))}
      </div>
    </div>
  );
}
