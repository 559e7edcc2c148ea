// Channels before they are sent: which fields and secrets each kind has, and what is missing. Pure.
import type { Channel, ChannelKind, ChannelRow, Labels, Routing } from "../api/alertTypes";

export type ChannelType = ChannelKind["type"];

export interface SecretField {
  name: string;
  label: string;
  required: boolean;
}

const SECRETS: Record<ChannelType, [string, string, boolean][]> = {
  email: [["password", "Password", false]],
  slack_webhook: [["url", "Webhook URL", true]],
  slack: [["token", "Bot token", true]],
  webhook: [
    ["signing_secret", "Signing secret (whsec_…)", false],
    ["bearer_token", "Bearer token", false],
  ],
  pager_duty: [["routing_key", "Routing key", true]],
  opsgenie: [["api_key", "API key", true]],
  teams: [["url", "Workflow URL", true]],
  discord: [["url", "Webhook URL", true]],
  alertmanager: [
    ["bearer_token", "Bearer token", false],
    ["username", "User name", false],
    ["password", "Password", false],
  ],
};

/** A mail server wants a password where it wants a user name. */
export function secretFields(kind: ChannelKind): SecretField[] {
  if (kind.type === "email") return kind.username ? [{ name: "password", label: "Password", required: true }] : [];
  return SECRETS[kind.type].map(([name, label, required]) => ({ name, label, required }));
}

export function emptyKind(type: ChannelType): ChannelKind {
  switch (type) {
    case "email":
      return { type, smtp_host: "", smtp_port: 587, security: "starttls", username: null, from: "", to: [] };
    case "slack":
      return { type, channel: "" };
    case "webhook":
      return { type, url: "", format: "json" };
    case "alertmanager":
      return { type, url: "" };
    default:
      return { type };
  }
}

/** Only the secrets that were typed, and those to remove as empty ones: what is left empty stays as it is. */
export function typedSecrets(typed: Labels, kind: ChannelKind, removed: string[] = []): Labels | undefined {
  const names = secretFields(kind).map(({ name }) => name);
  const secrets = Object.entries(typed).filter(([name, value]) => value !== "" && names.includes(name));
  for (const name of removed) if (!typed[name]) secrets.push([name, ""]);
  return secrets.length > 0 ? Object.fromEntries(secrets) : undefined;
}

export function missingInChannel(channel: Channel, typed: Labels, secrets_set: string[]): string | null {
  if (channel.name.trim() === "") return "Give it a name.";
  const { kind } = channel;
  if (kind.type === "email") {
    if (kind.smtp_host.trim() === "") return "Name the mail server.";
    if (!kind.from.includes("@")) return "Say from which address.";
    if (kind.to.length === 0) return "Say to whom.";
  }
  if (kind.type === "slack" && kind.channel.trim() === "") return "Name the Slack channel.";
  if (kind.type === "webhook" || kind.type === "alertmanager") {
    if (!/^https?:\/\/./.test(kind.url)) return "The address must begin with https:// or http://";
    if (kind.type === "webhook" && kind.format === "template" && !kind.template?.trim()) return "Write the template.";
  }
  const lacking = secretFields(kind).find(
    ({ name, required }) => required && !secrets_set.includes(name) && !typed[name],
  );
  return lacking ? `${lacking.label} is missing.` : null;
}

export type ChannelHealth = "ready" | "off" | "disabled" | "failing" | "trying";

export function healthOf({ channel, disabled_reason, breaker }: ChannelRow): ChannelHealth {
  if (disabled_reason) return "disabled";
  if (!channel.is_enabled) return "off";
  return breaker === "open" ? "failing" : breaker === "half_open" ? "trying" : "ready";
}

/** Where it goes, in a few words; nothing secret is known here. */
export function targetOf(kind: ChannelKind): string {
  switch (kind.type) {
    case "email":
      return kind.to.join(", ");
    case "slack":
      return kind.channel;
    case "webhook":
    case "alertmanager":
      return kind.url;
    default:
      return "";
  }
}

/** Whether no step of any receiver names a channel or a schedule. */
export function tellsNobody({ receivers }: Routing): boolean {
  return receivers.every(({ steps }) => steps.every((step) => step.channels.length + step.schedules.length === 0));
}

/** The routing in which the root's receiver tells this channel at once. */
export function toldEverything(routing: Routing, channel: string): Routing {
  const name = routing.route.receiver;
  return {
    ...routing,
    receivers: routing.receivers.map((receiver) => {
      if (receiver.name !== name) return receiver;
      const [first = { after_s: 0, channels: [], schedules: [] }, ...others] = receiver.steps;
      if (first.channels.includes(channel)) return receiver;
      return { ...receiver, steps: [{ ...first, channels: [...first.channels, channel] }, ...others] };
    }),
  };
}
