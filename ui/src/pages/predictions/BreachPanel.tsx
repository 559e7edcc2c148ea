// Predicted breaches against breaches: of what was said to come with 70 %, 70 % should come. A picture and its table.
import type { BreachReliability } from "../../api/forecastTypes";
import { Panel } from "../../parts/Panel";
import { share, threeDigits } from "../../units";
import { breachText } from "./reliability";

const SIZE = 200;
const PAD = 26;
const DOT_MIN = 3;
const DOT_MAX = 9;

export function BreachPanel({ breaches }: { breaches: BreachReliability }) {
  const { bins, brier, calibration_error } = breaches;
  const most = Math.max(1, ...bins.map((bin) => bin.predictions));
  const x = (value: number) => PAD + value * (SIZE - PAD - 8);
  const y = (value: number) => SIZE - PAD - value * (SIZE - PAD - 8);
  return (
    <Panel title="Did breaches come as often as predicted?" className="h-full">
      <div className="flex flex-col gap-3 px-3 pb-3">
        <p>{breachText(breaches)}</p>
        {bins.length > 0 && (
          <div className="flex flex-wrap items-start gap-x-5 gap-y-3">
            <svg
              viewBox={`0 0 ${SIZE} ${SIZE}`}
              className="w-56 max-w-full shrink-0"
              role="img"
              aria-label="Predicted probability against the share that came true; the table beside it has the numbers"
            >
              <path d={`M${x(0)} ${y(0)}H${x(1)}M${x(0)} ${y(0)}V${y(1)}`} stroke="var(--line-strong)" fill="none" />
              <path d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} stroke="var(--muted)" strokeDasharray="4 4" fill="none" />
              <path
                d={`M${bins.map((bin) => `${x(bin.predicted)} ${y(bin.observed)}`).join("L")}`}
                stroke="var(--series-6)"
                strokeWidth="1.5"
                fill="none"
              />
              {bins.map((bin) => (
                <circle
                  key={bin.predicted}
                  cx={x(bin.predicted)}
                  cy={y(bin.observed)}
                  r={DOT_MIN + (DOT_MAX - DOT_MIN) * Math.sqrt(bin.predictions / most)}
                  fill="var(--series-6)"
                  fillOpacity="0.7"
                />
              ))}
              <g fill="var(--muted)" fontSize="9">
                <text x={x(0)} y={SIZE - 14} textAnchor="middle">
                  0
                </text>
                <text x={x(1)} y={SIZE - 14} textAnchor="end">
                  100 %
                </text>
                <text x={x(0.5)} y={SIZE - 3} textAnchor="middle">
                  predicted
                </text>
                <text x={PAD - 4} y={y(1) + 4} textAnchor="end">
                  100
                </text>
                <text x={9} y={y(0.5)} textAnchor="middle" transform={`rotate(-90 9 ${y(0.5)})`}>
                  came true
                </text>
              </g>
            </svg>
            <table className="min-w-48 flex-1 text-xs">
              <thead>
                <tr className="h-7 border-b border-line text-right text-muted">
                  <th scope="col" className="text-left font-medium">
                    Predicted
                  </th>
                  <th scope="col" className="font-medium">
                    Came true
                  </th>
                  <th scope="col" className="font-medium">
                    Predictions
                  </th>
                </tr>
              </thead>
              <tbody>
                {bins.map((bin) => (
                  <tr key={bin.predicted} className="h-7 border-b border-line text-right last:border-b-0">
                    <th scope="row" className="text-left font-normal">
                      {share(bin.predicted)}
                    </th>
                    <td>{share(bin.observed)}</td>
                    <td>{bin.predictions.toLocaleString("en")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {brier !== null && (
          <dl className="grid grid-cols-2 gap-3 text-xs max-sm:grid-cols-1">
            <div>
              <dt className="text-muted">Brier score</dt>
              <dd>
                <span className="text-[13px] font-semibold">{threeDigits(brier)}</span> of at most 1; 0 is perfect, 0.25 is
                a coin
              </dd>
            </div>
            <div>
              <dt className="text-muted">Calibration error</dt>
              <dd>
                <span className="text-[13px] font-semibold">{share(calibration_error)}</span> mean distance from the
                dashed line
              </dd>
            </div>
          </dl>
        )}
      </div>
    </Panel>
  );
}
