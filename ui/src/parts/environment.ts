// Names, short tags and fixed colours of environments. Owns the words for providers.
import type { Environment } from "../api/types";
import { GROUP_COLORS } from "../charts/lines";

const PROVIDER_NAMES: Record<string, string> = {
  aws: "AWS",
  azure: "Azure",
  gcp: "GCP",
  on_premises: "On-premises",
  other: "Other",
};
const PROVIDER_TAGS: Record<string, string> = { aws: "AW", azure: "AZ", gcp: "GC", on_premises: "OP", other: "OT" };

export function providerName(provider: string): string {
  return PROVIDER_NAMES[provider] ?? provider;
}

/** Two letters that stand beside the colour wherever an environment is drawn. */
export function environmentTag(id: string): string {
  const provider = id.split("/")[0] ?? "";
  return PROVIDER_TAGS[provider] ?? provider.slice(0, 2).toUpperCase();
}

/** "AWS eu-west-1", "AWS staging eu-west-1": production goes without saying, anything else does not. */
export function environmentName({
  provider,
  deployment,
  region,
}: Pick<Environment, "provider" | "deployment" | "region">): string {
  const said = deployment === "production" && region !== "" ? "" : deployment;
  return [providerName(provider), said, region].filter(Boolean).join(" ");
}

export function environmentNameOf(id: string): string {
  const [provider = "", deployment = "", region = ""] = id.split("/");
  return environmentName({ provider, deployment, region });
}

/** The same environment has the same colour on every chart: its place among all ids in order. */
export function environmentColors(ids: string[]): (id: string) => string {
  const order = [...new Set(ids)].sort();
  return (id) => GROUP_COLORS[order.indexOf(id)] ?? "--series-other";
}

/** Every prefix that selects something, as a tree in reading order: aws, aws/production, aws/production/eu-west-1. */
export function environmentTree(ids: string[]): { value: string; label: string; depth: number }[] {
  const prefixes = new Set<string>();
  for (const id of ids) {
    const parts = id.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) prefixes.add(parts.slice(0, depth).join("/"));
  }
  return [...prefixes].sort().map((value) => {
    const parts = value.split("/");
    const last = parts[parts.length - 1] || "(none)";
    return { value, label: parts.length === 1 ? providerName(value) : last, depth: parts.length - 1 };
  });
}
