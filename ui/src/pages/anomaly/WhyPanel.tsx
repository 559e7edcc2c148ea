// Why it fired: the tests that looked, how far their scores were above what they need, and the score over time.
import { Check, Minus } from "lucide-react";
import { useMemo, useState } from "react";
import type { AnomalyDetail, AnomalyTest, ScoreCourse, Signal } from "../../api/detectionTypes";
import { ChartPanel } from "../../charts/ChartPanel";
import { highest, type ChartModel } from "../../charts/model";
import { score, testText } from "../../detection/words";
import { Panel } from "../../parts/Panel";
import { duration } from "../../units";

const MINUTE_MS = 60_000;
const TESTS_MAX = 4; // They come with the highest score first; the rest is far from firing.
const SCORE_TIMES = 6; // A score can be fifty times what is needed, and then the line that matters would be flat.

export function WhyPanel({ detail, className }: { detail: AnomalyDetail; className?: string }) {
  const { anomaly, tests, baseline } = detail;
  const fired = tests.filter((test) => test.fired).length;
  const [all, setAll] = useState(false);
  const shown = all ? tests : tests.slice(0, Math.max(TESTS_MAX, fired));
  const course = useMemo(() => courseModel(detail.score), [detail.score]);
  const needed = Math.max(...detail.score.thresholds.map((value) => value ?? 0), 0);
  const cut = needed > 0 && (highest(course.lines) ?? 0) > SCORE_TIMES * needed ? SCORE_TIMES * needed : undefined;
  return (
    <div className={`flex min-w-0 flex-col gap-3 ${className ?? ""}`}>
      <Panel
        title="Why it fired"
        note={`${fired} of ${tests.length} tests at the worst moment`}
        actions={
          tests.length > Math.max(TESTS_MAX, fired) && (
            <button
              type="button"
              className="rounded px-1 text-xs text-accent hover:underline"
              aria-expanded={all}
              onClick={() => setAll(!all)}
            >
              {all ? "Fewer" : `All ${tests.length}`}
            </button>
          )
        }
      >
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Tests table">
          <table className="w-full min-w-150 text-xs">
            <thead>
              <tr className="h-8 border-b border-line text-left text-muted">
                <th scope="col" className="pl-3 font-medium">
                  Test
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  Over
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  Observed
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  Expected
                </th>
                <th scope="col" className="px-2 font-medium">
                  Score, needed
                </th>
                <th scope="col" className="pr-3 font-medium">
                  Fired
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((test) => (
                <TestRow key={`${test.name}-${test.windows}`} test={test} signal={anomaly.signal} />
              ))}
            </tbody>
          </table>
        </div>
        <dl className="flex flex-wrap gap-x-6 gap-y-1 border-t border-line px-3 py-2 text-xs">
          <Fact name="Compared with">
            {baseline.seasonal
              ? "the same hours of earlier days and weeks"
              : "the time before, without hours or weekdays"}
          </Fact>
          <Fact name="Learnt from">
            {baseline.windows_learnt.toLocaleString("en")} minutes ({duration(baseline.windows_learnt * MINUTE_MS)})
            with requests
          </Fact>
          {baseline.learning && <Fact name="Certainty">still learning, so its limits are wider</Fact>}
        </dl>
      </Panel>
      <ChartPanel
        title="Score"
        note={`how surprising each minute was${cut === undefined ? "" : `, cut off at ${score(cut)}`}`}
        top={cut}
        model={course}
        format={score}
        floor={1}
        height={150}
      />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface TestRowProps {
  test: AnomalyTest;
  signal: Signal;
}

function TestRow({ test, signal }: TestRowProps) {
  const text = (value: number | null) => testText(signal, test.name, value);
  return (
    <tr className={`h-9 border-b border-line last:border-b-0 ${test.fired ? "" : "text-muted"}`}>
      <th scope="row" className="pl-3 text-left font-normal">
        <span className={`inline-block first-letter:uppercase ${test.fired ? "font-medium" : ""}`}>{test.name}</span>
        {test.note && (
          <span className="block max-w-72 truncate text-[11px] leading-3.5 text-muted" title={test.note}>
            {test.note}
          </span>
        )}
      </th>
      <td className="px-2 text-right whitespace-nowrap">{duration(test.windows * MINUTE_MS)}</td>
      <td className="px-2 text-right whitespace-nowrap">{text(test.observed)}</td>
      <td className="px-2 text-right whitespace-nowrap">{text(test.expected)}</td>
      <td className="px-2">
        <ScoreBar value={test.score} needed={test.threshold} fired={test.fired} />
      </td>
      <td className="pr-3 whitespace-nowrap">
        {test.fired ? (
          <span className="inline-flex items-center gap-1 text-critical">
            <Check size={13} aria-hidden /> yes
          </span>
        ) : (
          <span className="inline-flex items-center gap-1">
            <Minus size={13} aria-hidden /> no
          </span>
        )}
      </td>
    </tr>
  );
}

const BAR_MAX = 3; // Beyond three times what is needed, more makes no difference to the eye.

function ScoreBar({ value, needed, fired }: { value: number; needed: number; fired: boolean }) {
  const share = Math.min(1, Math.max(0, value / needed / BAR_MAX));
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <span className="relative h-2 w-24 shrink-0 overflow-hidden rounded-full bg-bg" aria-hidden>
        <span
          className="absolute inset-y-0 left-0 rounded-full"
          style={{ width: `${share * 100}%`, background: `var(${fired ? "--critical" : "--line-strong"})` }}
        />
        <span className="absolute inset-y-0 w-px bg-text" style={{ left: `${100 / BAR_MAX}%` }} />
      </span>
      <span className="w-9 text-right">{score(value)}</span>
      <span className="text-muted">of {score(needed)}</span>
    </span>
  );
}

function courseModel(course: ScoreCourse): ChartModel {
  const n = course.values.length;
  const { t0_ms, step_ms } = course;
  return {
    t0_ms,
    step_ms,
    n,
    range: { from_ms: t0_ms, to_ms: t0_ms + Math.max(1, n) * step_ms },
    lines: [
      { key: "needed", label: "needed", color: "--critical", dash: true, background: true, values: course.thresholds },
      { key: "score", label: "score", color: "--series-4", fill: true, values: course.values },
    ],
  };
}
