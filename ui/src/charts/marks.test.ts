import { describe, expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { randomFrom } from "../testing/random";
import {
  anomaliesAt,
  bandAt,
  bandRuns,
  clusterEvents,
  foremost,
  leading,
  markEvents,
  shadesOf,
  type MarkEvent,
} from "./marks";

describe("a band", () => {
  test("is split where nothing was expected", () => {
    expect(bandRuns({ lower: [1, 1, null, 1, 1], upper: [2, 2, 2, null, 2] })).toEqual([
      [0, 2],
      [4, 5],
    ]);
  });
  test("without edges has no run", () => expect(bandRuns({ lower: [null], upper: [null] })).toEqual([]));
  test("of zeros is a band", () => expect(bandRuns({ lower: [0, 0], upper: [0, 0] })).toEqual([[0, 2]]));
  test("covers exactly the windows with both edges, whatever is missing", () => {
    const random = randomFrom(5);
    for (let round = 0; round < 500; round += 1) {
      const n = Math.floor(random() * 30);
      const edge = () => Array.from({ length: n }, () => (random() < 0.3 ? null : random()));
      const band = { lower: edge(), upper: edge() };
      const runs = bandRuns(band);
      const covered = new Set(runs.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i)));
      for (let index = 0; index < n; index += 1) {
        expect(covered.has(index)).toBe(band.lower[index] !== null && band.upper[index] !== null);
      }
      runs.slice(1).forEach(([start], index) => expect(start).toBeGreaterThan(runs[index]![1]));
    }
  });
  test("is known only inside its windows", () => {
    const band = { t0_ms: 1000, step_ms: 100, lower: [1, 2], upper: [3, 4] };
    expect(bandAt(band, 1150)).toEqual({ lower: 2, upper: 4 });
    expect(bandAt(band, 999)).toBeNull();
    expect(bandAt(band, 1200)).toBeNull();
  });
});

describe("marks", () => {
  const one = anomaly({ id: "1", onset_ms: 100, closed_ms: 200 });
  const open = anomaly({ id: "2", onset_ms: 150, closed_ms: null });
  test("an anomaly is there from its onset to its end", () => {
    expect(anomaliesAt([one, open], 0, 101)).toEqual([one]);
    expect(anomaliesAt([one, open], 200, 300)).toEqual([open]);
  });
  test("events are those that begin in the range", () => {
    const deployment = { at_ms: 120, service: "orders", environment: "aws", version: "2", verdict: null };
    const events = markEvents({ anomalies: [open, one], shaded: [], deployments: [deployment] }, 100, 130);
    expect(events.map((event) => event.type)).toEqual(["anomaly", "deployment"]);
  });
});

describe("shades", () => {
  test("show the most severe where several go on", () => {
    const long = anomaly({ onset_ms: 0, closed_ms: 100, severity: "medium" });
    const worse = anomaly({ onset_ms: 40, closed_ms: 60, severity: "critical" });
    expect(shadesOf([long, worse], 999)).toEqual([
      { from_ms: 0, to_ms: 40, severity: "medium" },
      { from_ms: 40, to_ms: 60, severity: "critical" },
      { from_ms: 60, to_ms: 100, severity: "medium" },
    ]);
  });
  test("never overlap and cover exactly the time of the anomalies", () => {
    const random = randomFrom(13);
    for (let round = 0; round < 300; round += 1) {
      const list = Array.from({ length: Math.floor(random() * 8) }, () => {
        const onset_ms = Math.floor(random() * 50);
        const severity = (["low", "medium", "high", "critical"] as const)[Math.floor(random() * 4)]!;
        return anomaly({ onset_ms, closed_ms: random() < 0.3 ? null : onset_ms + Math.floor(random() * 20), severity });
      });
      const shades = shadesOf(list, 60);
      shades.slice(1).forEach((shade, index) => expect(shade.from_ms).toBeGreaterThanOrEqual(shades[index]!.to_ms));
      for (let time = 0.5; time < 60; time += 1) {
        const inside = list.some((item) => item.onset_ms < time && (item.closed_ms ?? 60) > time);
        expect(shades.some((shade) => shade.from_ms < time && shade.to_ms > time)).toBe(inside);
      }
    }
  });
});

describe("clusters", () => {
  const at = (x: number, severity: "low" | "critical"): MarkEvent => ({
    type: "anomaly",
    at_ms: x,
    anomaly: anomaly({ id: String(x), onset_ms: x, severity }),
  });
  test("are led by their most severe member", () => {
    const [cluster] = clusterEvents([at(0, "low"), at(10, "critical")], (time) => time, 24);
    expect(leading(cluster!).at_ms).toBe(10);
  });
  test("show the most severe where there is no room for all", () => {
    const [cluster] = clusterEvents(
      [at(0, "low"), at(1, "critical"), at(2, "low"), at(3, "critical")],
      (time) => time,
      24,
    );
    expect(foremost(cluster!, 2).map((event) => event.at_ms)).toEqual([1, 3]);
  });
  test("keep every event, and their places are never closer than the gap", () => {
    const random = randomFrom(9);
    for (let round = 0; round < 300; round += 1) {
      const times = Array.from({ length: Math.floor(random() * 40) }, () => random() * 400).sort((a, b) => a - b);
      const clusters = clusterEvents(
        times.map((time) => at(time, "low")),
        (time) => time,
        24,
      );
      expect(clusters.flatMap((cluster) => cluster.events.map((event) => event.at_ms))).toEqual(times);
      clusters.slice(1).forEach((cluster, index) => expect(cluster.x - clusters[index]!.x).toBeGreaterThanOrEqual(24));
    }
  });
});
