// Live buckets into a cached series. Owns the rule "replace by timestamp, append newer, forget older";
// pure, so that a repeated or late message changes nothing it should not.
import type { RollupEvent, Series, SeriesGroup } from "../api/types";

const COUNTS = ["requests", "client_errors", "server_errors", "requests_per_second"] as const;
const GAUGES = ["error_rate", "p50_ms", "p95_ms", "p99_ms"] as const;
const APPENDED_MAX = 10_000; // A clock jump must not make us allocate without bound.

/** The series with the event's buckets in it and its window ending at the event's `now_ms`. */
export function mergeRollup(series: Series, event: RollupEvent): Series {
  const offset = (event.t0_ms - series.t0_ms) / series.step_ms;
  if (event.step_ms !== series.step_ms || !Number.isInteger(offset)) return series;
  if (event.group_by !== series.group_by) return series;
  const length = Math.max(series.n, offset + event.n);
  if (length - series.n > APPENDED_MAX) return series;

  const span_ms = series.range.to_ms - series.range.from_ms;
  const to_ms = Math.max(series.range.to_ms, event.now_ms);
  const range = { from_ms: to_ms - span_ms, to_ms };
  const outside = Math.floor((range.from_ms - series.t0_ms) / series.step_ms);
  const dropped = Math.min(Math.max(0, outside), Math.max(0, length - 1));

  const incoming = new Map(event.groups.map((group) => [group.key, group]));
  const groups = series.groups.map((group) => {
    const fresh = incoming.get(group.key);
    incoming.delete(group.key);
    return rewrite(group, fresh, offset, series.n, length, dropped);
  });
  for (const fresh of incoming.values()) {
    groups.push(rewrite(emptyGroup(fresh, series.n), fresh, offset, series.n, length, dropped));
  }
  // Nothing newer is known of the compared period: it moves along and ends earlier until the next fetch.
  const previous = series.previous?.map((group) => shifted(group, dropped)) ?? null;
  return {
    ...series,
    range,
    t0_ms: series.t0_ms + dropped * series.step_ms,
    n: length - dropped,
    groups,
    previous,
  };
}

function rewrite(
  group: SeriesGroup,
  fresh: SeriesGroup | undefined,
  offset: number,
  n: number,
  length: number,
  dropped: number,
): SeriesGroup {
  const next: SeriesGroup = { ...group };
  for (const column of COUNTS) {
    next[column] = spliced<number>(group[column], fresh?.[column], 0, offset, n, length).slice(dropped);
  }
  for (const column of GAUGES) {
    next[column] = spliced<number | null>(group[column], fresh?.[column], null, offset, n, length).slice(dropped);
  }
  return next;
}

function shifted(group: SeriesGroup, dropped: number): SeriesGroup {
  const known = group.requests.length;
  return rewrite(group, undefined, 0, known, known, dropped);
}

function spliced<T>(old: T[], fresh: T[] | undefined, missing: T, offset: number, n: number, length: number): T[] {
  const column = old.slice(0, n);
  while (column.length < length) column.push(missing);
  fresh?.forEach((value, index) => {
    if (offset + index >= 0) column[offset + index] = value;
  });
  return column;
}

function emptyGroup(like: SeriesGroup, n: number): SeriesGroup {
  const zeros = Array.from({ length: n }, () => 0);
  const nulls = Array.from({ length: n }, () => null);
  return {
    key: like.key,
    label: like.label,
    requests: zeros,
    client_errors: zeros,
    server_errors: zeros,
    requests_per_second: zeros,
    error_rate: nulls,
    p50_ms: nulls,
    p95_ms: nulls,
    p99_ms: nulls,
  };
}
