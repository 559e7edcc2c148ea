import { describe, expect, test } from "vitest";
import type { Channel, ChannelKind, ChannelRow } from "../api/alertTypes";
import { routing } from "../testing/routing";
import {
  emptyKind,
  healthOf,
  missingInChannel,
  secretFields,
  tellsNobody,
  toldEverything,
  typedSecrets,
} from "./channels";
import { CHANNEL_TYPES } from "./words";

const channel = (kind: ChannelKind, name = "Ops"): Channel => ({ id: "ops", name, is_enabled: true, kind });

describe("secrets", () => {
  test("are only sent when they were typed, and only those of the kind", () => {
    expect(typedSecrets({ token: "", url: "x" }, { type: "slack", channel: "#ops" })).toBeUndefined();
    expect(typedSecrets({ token: "t", url: "x" }, { type: "slack", channel: "#ops" })).toEqual({ token: "t" });
    const hook = { ...emptyKind("webhook") };
    expect(typedSecrets({ bearer_token: "" }, hook, ["bearer_token"])).toEqual({ bearer_token: "" });
    expect(typedSecrets({ bearer_token: "new" }, hook, ["bearer_token"])).toEqual({ bearer_token: "new" });
  });
  test("that are set need not be typed again", () => {
    const slack = channel({ type: "slack_webhook" });
    expect(missingInChannel(slack, {}, [])).toBe("Webhook URL is missing.");
    expect(missingInChannel(slack, {}, ["url"])).toBeNull();
    expect(missingInChannel(slack, { url: "https://x" }, [])).toBeNull();
  });
  test("of a mail server belong to a user name", () => {
    const mail = { ...emptyKind("email"), smtp_host: "m", from: "a@b", to: ["c@d"] } as ChannelKind;
    expect(missingInChannel(channel(mail), {}, [])).toBeNull();
    expect(missingInChannel(channel({ ...mail, username: "u" } as ChannelKind), {}, [])).toBe("Password is missing.");
  });
});

test("every kind has a form", () => {
  for (const type of CHANNEL_TYPES) {
    expect(emptyKind(type).type).toBe(type);
    expect(Array.isArray(secretFields(emptyKind(type)))).toBe(true);
    expect(missingInChannel(channel(emptyKind(type), ""), {}, [])).toBe("Give it a name.");
  }
});

test("a channel is ready, off, or says what is wrong", () => {
  const row = (fields: Partial<ChannelRow>): ChannelRow => ({
    channel: channel({ type: "teams" }),
    secrets_set: [],
    disabled_reason: null,
    breaker: "closed",
    last_sent_ms: null,
    waiting: 0,
    dead: 0,
    ...fields,
  });
  expect(healthOf(row({}))).toBe("ready");
  expect(healthOf(row({ breaker: "open" }))).toBe("failing");
  expect(healthOf(row({ disabled_reason: "gone", breaker: "open" }))).toBe("disabled");
  expect(healthOf(row({ channel: { ...channel({ type: "teams" }), is_enabled: false } }))).toBe("off");
});

test("the first channel is told everything once", () => {
  const next = toldEverything(routing(), "ops");
  expect(next.receivers[0]!.steps[0]!.channels).toEqual(["ops"]);
  expect(toldEverything(next, "ops")).toEqual(next);
  expect([routing(), next].map(tellsNobody)).toEqual([true, false]);
});
