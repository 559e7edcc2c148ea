// How alerting speaks: names of its closed sets. Owns the words, no look.
import type { Alert, AlertActionName, AlertState, ChannelKind, NotificationState } from "../api/alertTypes";
import { listText } from "./lists";

export const STATE_NAMES: Record<AlertState, string> = {
  pending: "Pending",
  firing: "Firing",
  acknowledged: "Acknowledged",
  snoozed: "Snoozed",
  muted: "Muted",
  resolved: "Resolved",
};

const MUTE_NAMES: Record<string, string> = {
  silence: "silence",
  inhibition: "inhibition",
  maintenance: "maintenance",
  interval: "quiet hours",
};

export function muteText({ kind, name, by }: { kind: string; name?: string; by?: string }): string {
  return [MUTE_NAMES[kind] ?? kind, name || by].filter(Boolean).join(" ");
}

export function mutesText(alert: Pick<Alert, "muted_by">): string {
  return listText(alert.muted_by.map(muteText));
}

export const NOTIFICATION_STATES: Record<NotificationState, string> = {
  waiting: "Waiting",
  sent: "Sent",
  dead: "Dead",
  collapsed: "Collapsed",
  withheld: "Withheld",
};

export const NOTIFICATION_MEANINGS: Record<NotificationState, string> = {
  waiting: "Not yet delivered",
  sent: "The channel took it",
  dead: "Given up after too many tries or a refusal",
  collapsed: "A newer one of the same group replaced it before it could be sent",
  withheld: "Told to nobody, because it is about the demo or nobody is to be told",
};

const REASON_NAMES: Record<string, string> = {
  first: "First of its group",
  new_alerts: "More alerts in the group",
  resolved: "Resolved",
  acknowledged: "Acknowledged",
  repeat: "Reminder, it goes on",
  escalation: "Escalation, nobody acknowledged",
  after_mute: "After it was muted",
  test: "Test",
  dead_letter: "Another channel failed",
};

export function reasonText(reason: string): string {
  return REASON_NAMES[reason] ?? reason.replaceAll("_", " ");
}

export const CHANNEL_NAMES: Record<ChannelKind["type"], string> = {
  email: "Email",
  slack_webhook: "Slack (incoming webhook)",
  slack: "Slack (bot)",
  webhook: "Webhook",
  pager_duty: "PagerDuty",
  opsgenie: "Opsgenie",
  teams: "Microsoft Teams",
  discord: "Discord",
  alertmanager: "Alertmanager",
};
export const CHANNEL_TYPES = Object.keys(CHANNEL_NAMES) as ChannelKind["type"][];

const DONE: Record<AlertActionName, string> = {
  acknowledge: "Acknowledged",
  unacknowledge: "No longer acknowledged",
  assign: "Assigned",
  comment: "Comment added",
  snooze: "Snoozed",
  unsnooze: "No longer snoozed",
  resolve: "Resolved",
  false_positive: "Marked as false positive",
};

export function doneText(action: AlertActionName): string {
  return DONE[action];
}

const EVENT_WORDS: Record<string, string> = {
  pending: "saw the condition met",
  fired: "raised it",
  worse: "raised its severity",
  snooze_over: "ended the snooze, it was over",
  muted: "muted it",
  unmuted: "unmuted it",
  resolved: "resolved it",
  acknowledged: "acknowledged it",
  unacknowledged: "took the acknowledgement back",
  assigned: "assigned it",
  commented: "wrote",
  snoozed: "snoozed it",
  unsnoozed: "ended the snooze",
  false_positive: "marked it as a false positive",
  told: "passed it on",
};

export function eventText(kind: string, actor: string): string {
  if (kind === "resolved" && actorText(actor) === "Hawkeye") return "saw that it is over";
  return EVENT_WORDS[kind] ?? kind.replaceAll("_", " ");
}

export function actorText(actor: string): string {
  return actor === "hawkeye" || actor === "" ? "Hawkeye" : actor;
}
