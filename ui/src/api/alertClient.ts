// The calls of alerting. Owns their paths; transport and errors are client.ts.
import { apiUrl } from "../base";
import type * as alerts from "./alertTypes";
import { actorName } from "../parts/actor";
import { read, type Answer } from "./client";

type Query = Record<string, string | number | boolean | undefined>;
type Method = "GET" | "POST" | "PUT" | "DELETE";

async function answer<Data>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer<Data>> {
  const response = await fetch(apiUrl(path), {
    method,
    signal,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  const content: unknown = text === "" ? null : parsed(text);
  return response.ok ? { data: content as Data, response } : { error: content, response };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A proxy's own page, for example.
  }
}

function call<Data>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Data> {
  return read(answer<Data>(method, path, body, signal));
}

function withQuery(path: string, query: Query): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parts.set(key, String(value));
  return parts.size > 0 ? `${path}?${parts}` : path;
}

/** Who does it, for the audit log. */
const by = () => ({ actor: actorName() ?? undefined });
const at = (folder: string, id: string) => `${folder}/${encodeURIComponent(id)}`;

export const fetchAlerts = (query: Query, signal?: AbortSignal) =>
  call<alerts.AlertList>("GET", withQuery("/alerts", query), undefined, signal);

export const fetchAlert = (id: string, signal?: AbortSignal) =>
  call<alerts.AlertDetail>("GET", at("/alerts", id), undefined, signal);

export const actOnAlerts = (body: alerts.AlertAction) =>
  call<alerts.AlertActionResult>("POST", "/alerts/actions", body);

export const fetchAlertRules = (signal?: AbortSignal) =>
  call<{ items: alerts.AlertRuleRow[] }>("GET", "/alert-rules", undefined, signal);

export const saveAlertRule = (rule: alerts.AlertRule) =>
  call<unknown>("PUT", withQuery(at("/alert-rules", rule.id), by()), rule);

export const removeAlertRule = (id: string) => call<unknown>("DELETE", withQuery(at("/alert-rules", id), by()));

export const previewAlertRule = (rule: alerts.AlertRule, signal?: AbortSignal) =>
  call<alerts.AlertRulePreview>("POST", "/alert-rules/preview", rule, signal);

export const fetchRouting = (signal?: AbortSignal) => call<alerts.Routing>("GET", "/alert-routing", undefined, signal);

export const saveRouting = (routing: alerts.Routing) =>
  call<unknown>("PUT", withQuery("/alert-routing", by()), routing);

export const previewRouting = (question: alerts.RoutingQuestion, signal?: AbortSignal) =>
  call<alerts.RoutingPreview>("POST", "/alert-routing/preview", question, signal);

export const runAlertBacktest = (body: alerts.AlertBacktestStart, signal?: AbortSignal) =>
  call<alerts.AlertBacktest>("POST", "/alert-backtest", body, signal);

export const fetchSilences = (signal?: AbortSignal) =>
  call<{ items: alerts.Silence[] }>("GET", "/silences", undefined, signal);

export const fetchSilence = (id: string, signal?: AbortSignal) =>
  call<alerts.SilenceDetail>("GET", at("/silences", id), undefined, signal);

export const saveSilence = (draft: alerts.SilenceDraft) => call<alerts.Silence>("POST", "/silences", draft);

export const expireSilence = (id: string) => call<unknown>("DELETE", at("/silences", id));

export const previewSilence = (draft: alerts.SilenceDraft, signal?: AbortSignal) =>
  call<alerts.SilencePreview>("POST", "/silences/preview", draft, signal);

export const fetchChannels = (signal?: AbortSignal) =>
  call<{ items: alerts.ChannelRow[] }>("GET", "/channels", undefined, signal);

export const saveChannel = (channel: alerts.Channel, secrets?: alerts.Labels) =>
  call<unknown>("PUT", at("/channels", channel.id), { channel, ...(secrets && { secrets }), ...by() });

export const removeChannel = (id: string) => call<unknown>("DELETE", withQuery(at("/channels", id), by()));

export const testChannel = (id: string) => call<alerts.ChannelTest>("POST", `${at("/channels", id)}/test`);

export const fetchNotifications = (query: Query, signal?: AbortSignal) =>
  call<alerts.NotificationList>("GET", withQuery("/notifications", query), undefined, signal);

export const retryNotification = (id: string) => call<unknown>("POST", `${at("/notifications", id)}/retry`);

export const fetchOnCall = (signal?: AbortSignal) =>
  call<{ items: alerts.OnCallNow[] }>("GET", "/on-call", undefined, signal);

export const fetchAlertingStatus = (signal?: AbortSignal) =>
  call<alerts.AlertingStatus>("GET", "/alerting/status", undefined, signal);
