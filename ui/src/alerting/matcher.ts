// Conditions on labels in the words of Alertmanager: `severity="critical"`, `region=~"eu-.*"`. Owns reading and
// writing them; whether a pattern can be compiled is for the server to say.
import type { Labels } from "../api/alertTypes";

export type Operator = "=" | "!=" | "=~" | "!~";

export interface Matcher {
  label: string;
  operator: Operator;
  value: string;
}

export const OPERATORS: [Operator, string][] = [
  ["=", "is"],
  ["!=", "is not"],
  ["=~", "matches"],
  ["!~", "does not match"],
];

const NAME = /^(?!\d)[\p{L}\p{N}_.:-]{1,128}$/u;

/** Null when the text is no matcher. Quotes may be left out. */
export function parseMatcher(text: string): Matcher | null {
  const found = /^([^=!]+)(=~|!~|!=|=)([\s\S]*)$/.exec(text.trim());
  if (!found) return null;
  const label = found[1]!.trim();
  const value = unquoted(found[3]!.trim());
  return NAME.test(label) && value !== null ? { label, operator: found[2] as Operator, value } : null;
}

export function writeMatcher({ label, operator, value }: Matcher): string {
  const quoted = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `${label}${operator}"${quoted}"`;
}

export function isLabelName(name: string): boolean {
  return NAME.test(name);
}

/** What the server wrote, or what somebody typed, as far as it can be read. */
export function parseMatchers(texts: string[]): Matcher[] {
  return texts.map(parseMatcher).filter((matcher) => matcher !== null);
}

/** "severity is critical": for people. */
export function matcherWords(text: string): string {
  const matcher = parseMatcher(text);
  if (!matcher) return text;
  const { label, operator, value } = matcher;
  if (value === "" && operator === "=") return `${label} is empty`;
  if (value === "" && operator === "!=") return `${label} is there`;
  return `${label} ${OPERATORS.find(([sign]) => sign === operator)![1]} ${value}`;
}

const NAMING = ["alertname", "service", "endpoint", "environment"];

/** What these alerts have in common and what names them: the start of a silence about them. */
export function commonMatchers(alerts: { labels: Labels }[]): Matcher[] {
  const [first, ...others] = alerts;
  if (!first) return [];
  return NAMING.flatMap((label) => {
    const value = first.labels[label];
    const shared = value !== undefined && others.every((other) => other.labels[label] === value);
    return shared ? [{ label, operator: "=" as const, value }] : [];
  });
}

/** The labels in `service=orders, severity=critical`, or null when a part is no label with a value. */
export function parseLabels(text: string): Labels | null {
  const labels: Labels = {};
  for (const part of splitOutsideQuotes(text)) {
    const matcher = parseMatcher(part);
    if (!matcher || matcher.operator !== "=") return null;
    labels[matcher.label] = matcher.value;
  }
  return labels;
}

function splitOutsideQuotes(text: string): string[] {
  const parts = text.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Without the quotes around it; null when they do not close. */
function unquoted(value: string): string | null {
  if (!value.startsWith('"')) return value;
  const inner = /^"((?:\\[\s\S]|[^"\\])*)"$/.exec(value);
  if (!inner) return null;
  return inner[1]!.replace(/\\([\s\S])/g, (whole, escaped: string) =>
    escaped === "n" ? "\n" : escaped === '"' || escaped === "\\" ? escaped : whole,
  );
}
