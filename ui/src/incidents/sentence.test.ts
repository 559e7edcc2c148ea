import { expect, test } from "vitest";
import { incident } from "../testing/incident";
import { bareTitle, inZone, namedPlaces, titleOf, verdictOf } from "./sentence";

const ONSET_MS = Date.UTC(2026, 10, 20, 23, 50);

test("environments have their names", () => {
  expect(namedPlaces("Version fault: payments 2.14.0 on aws/production/eu-west-1")).toBe(
    "Version fault: payments 2.14.0 on AWS eu-west-1",
  );
  expect(namedPlaces("on gcp/staging/europe-west4, and on azure/production/x.")).toBe(
    "on GCP staging europe-west4, and on Azure x.",
  );
  expect(namedPlaces("(aws/production/eu-west-1, on_premises/production/fra)")).toBe("(AWS eu-west-1, On-premises fra)");
});

test("routes and words that only look like it stay", () => {
  for (const text of ["GET /aws/production/eu of orders", "laws/of/nature", "https://aws/a/b", "1/2 other"]) {
    expect(namedPlaces(text)).toBe(text);
  }
});

test("clocks follow the zone, around midnight, too", () => {
  const now_ms = ONSET_MS + 60_000;
  expect(inZone("payments fails 6.1 % since 23:50 (2.13.0 failed 0.4 %).", ONSET_MS, "UTC", now_ms)).toBe(
    "payments fails 6.1 % since 23:50 UTC (2.13.0 failed 0.4 %).",
  );
  expect(inZone("is slow since 23:50 UTC.", ONSET_MS, "Europe/Berlin", now_ms)).toBe("is slow since 00:50 UTC+1.");
  expect(inZone("odd since 00:02, but", ONSET_MS, "UTC", now_ms)).toBe("odd since Nov 21, 00:02 UTC, but");
  expect(inZone("slow since 23:50 UTC: 4 % of the harm", ONSET_MS, "UTC", now_ms)).toBe("slow since 23:50 UTC: 4 % of the harm");
  expect(inZone("it took 23:50:12 and since 99", ONSET_MS, "UTC", now_ms)).toBe("it took 23:50:12 and since 99");
});

test("a title beside its chip does not repeat the kind of fault", () => {
  const title = "Version fault: payments 2.14.0 on aws/production/eu-west-1";
  expect(titleOf(incident({ title }))).toBe("Version fault: payments 2.14.0 on AWS eu-west-1");
  expect(bareTitle(incident({ title }))).toBe("payments 2.14.0 on AWS eu-west-1");
  expect(bareTitle(incident({ title, verdict: null }))).toBe("Version fault: payments 2.14.0 on AWS eu-west-1");
  expect(bareTitle(incident({ title: "Traffic mix: orders", verdict: "traffic_mix" }))).toBe("orders");
});

test("a sentence begins with a capital where it is a word", () => {
  const said = incident({ sentence: "the instance a of orders fails 4 % since 23:50.", onset_ms: ONSET_MS });
  expect(verdictOf(said, "UTC", ONSET_MS)).toBe("The instance a of orders fails 4 % since 23:50 UTC.");
  expect(verdictOf(incident({ sentence: null }), "UTC", 0)).toBeNull();
});
