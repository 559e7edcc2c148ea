// What a rule would say now, while it is being written.
import { CircleCheck, TriangleAlert } from "lucide-react";
import { thresholdText } from "../../../alerting/ruleSentence";
import { useRulePreview } from "../../../api/alertQueries";
import type { AlertRule, AlertRulePreview } from "../../../api/alertTypes";
import { environmentNameOf } from "../../../parts/environment";
import { Panel } from "../../../parts/Panel";
import { Empty, Skeleton } from "../../../parts/states";
import { useDebounced } from "../../../parts/useDebounced";
import { plural, share, threeDigits } from "../../../units";

const SHOWN_MAX = 12;

export function RulePreview({ rule, enabled }: { rule: AlertRule; enabled: boolean }) {
  const settled = useDebounced(rule);
  const preview = useRulePreview(settled, enabled);
  const { data } = preview;
  return (
    <Panel title="Now" note={enabled && data ? noteOf(data) : undefined} refreshing={preview.isPlaceholderData}>
      {!enabled ? (
        <Empty reason="As soon as the rule is whole, this says what it would find now." />
      ) : preview.error && !preview.isFetching ? (
        <p role="alert" className="px-3 pb-3 text-warn">
          {preview.error.message}
        </p>
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={60} />
        </div>
      ) : data.matches_now.length === 0 ? (
        <Empty reason="The condition is met nowhere: it would not fire now." />
      ) : (
        <Matches preview={data} rule={settled} />
      )}
    </Panel>
  );
}

function noteOf({ matches_now }: AlertRulePreview): string {
  const met = matches_now.filter(({ is_met }) => is_met).length;
  return met === 0 ? "the condition is met nowhere" : `the condition is met ${plural(met, "time")}`;
}

function Matches({ preview, rule }: { preview: AlertRulePreview; rule: AlertRule }) {
  const ordered = preview.matches_now.toSorted((a, b) => Number(b.is_met) - Number(a.is_met));
  return (
    <ul className="divide-y divide-line border-t border-line text-xs" data-now>
      {ordered.slice(0, SHOWN_MAX).map(({ labels, summary, value, is_met }, index) => (
        <li key={index} className="flex flex-wrap items-center gap-x-3 px-3 py-1.5" title={summary}>
          <span className={`flex w-20 shrink-0 items-center gap-1.5 ${is_met ? "text-warn" : "text-muted"}`}>
            {is_met ? <TriangleAlert size={12} aria-hidden /> : <CircleCheck size={12} aria-hidden />}
            {is_met ? "met" : "not met"}
          </span>
          <span className="min-w-0 flex-1 truncate">
            <span className="font-mono text-[11px]">{labels.endpoint ?? labels.service ?? labels.alertname ?? ""}</span>{" "}
            <span className="text-muted">{labels.environment ? environmentNameOf(labels.environment) : ""}</span>
          </span>
          <span>{valueText(rule, value)}</span>
        </li>
      ))}
      {ordered.length > SHOWN_MAX && <li className="px-3 py-1.5 text-muted">and {ordered.length - SHOWN_MAX} more</li>}
    </ul>
  );
}

function valueText({ condition }: AlertRule, value: number | null): string {
  if (value === null) return "–";
  if (condition.type === "threshold") return thresholdText(condition.measure, value);
  if (condition.type === "predicted_breach" || condition.type === "journey_health") return share(value);
  if (condition.type === "burn_rate") return `${threeDigits(value)} times too fast`;
  return threeDigits(value);
}
