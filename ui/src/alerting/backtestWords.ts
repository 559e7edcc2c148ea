// The result of a backtest in words: how often people would be told, what is caught and missed. Pure.
import type { AlertBacktest, AlertBacktestSide, BacktestAlert } from "../api/alertTypes";
import { duration, plural, threeDigits } from "../units";

/** "12 notifications instead of 4 (+8)". */
export function headline({ current, changed }: AlertBacktest): string {
  const told = plural(changed.notifications, "notification");
  return changed.notifications === current.notifications
    ? `${told}, as many as now`
    : `${told} instead of ${current.notifications.toLocaleString("en")} (${signed(changed.notifications - current.notifications)})`;
}

/** "Catches 3 of 4 incidents, now 2." Empty where no incident is known. */
export function incidentsText({ current, changed }: AlertBacktest): string {
  const known = changed.incidents_caught + changed.incidents_missed;
  if (known === 0) return "";
  const caught = `Catches ${changed.incidents_caught} of ${plural(known, "incident")}`;
  return changed.incidents_caught === current.incidents_caught
    ? `${caught}, as now.`
    : `${caught}, now ${current.incidents_caught}.`;
}

export function delayText({ delay_s_median }: AlertBacktestSide): string {
  return delay_s_median === null ? "–" : duration(delay_s_median * 1000);
}

export interface ReceiverRow {
  receiver: string;
  current: string;
  changed: string;
  is_other: boolean;
}

/** Notifications a week, each receiver of either side once. */
export function receiverRows({ current, changed }: AlertBacktest): ReceiverRow[] {
  const names = [...new Set([...current.per_receiver, ...changed.per_receiver].map(({ receiver }) => receiver))];
  const perWeek = (side: AlertBacktestSide, name: string) =>
    side.per_receiver.find(({ receiver }) => receiver === name)?.per_week ?? 0;
  return names.map((receiver) => {
    const [before, after] = [perWeek(current, receiver), perWeek(changed, receiver)];
    return { receiver, current: weekly(before), changed: weekly(after), is_other: before !== after };
  });
}

/** Alerts of each rule that raised one on either side. */
export function ruleRows({ current, changed }: AlertBacktest): [string, string, string][] {
  const rules = [...new Set([...current.per_rule, ...changed.per_rule].map(({ rule }) => rule))];
  const of = (side: AlertBacktestSide, name: string) =>
    String(side.per_rule.find(({ rule }) => rule === name)?.alerts ?? 0);
  return rules.map((rule) => [rule, of(current, rule), of(changed, rule)]);
}

/** Alerts that only one side has: the same name, labels and start mean the same alert. */
export function onlyIn(side: AlertBacktestSide, other: AlertBacktestSide): BacktestAlert[] {
  const known = new Set(other.listed.map(identity));
  return side.listed.filter((alert) => !known.has(identity(alert)));
}

function identity({ alertname, labels, started_ms }: BacktestAlert): string {
  return JSON.stringify([alertname, Object.entries(labels).sort(), started_ms]);
}

function weekly(value: number): string {
  return threeDigits(Math.round(value * 10) / 10);
}

function signed(value: number): string {
  return `${value > 0 ? "+" : "−"}${Math.abs(value).toLocaleString("en")}`;
}
