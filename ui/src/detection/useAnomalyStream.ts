// Anomalies as they come: rows and counts change without a reload, new ones are said once, politely. Owns the
// throttle, because a regional outage opens hundreds at a time.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Anomaly, AnomalyEvent } from "../api/detectionTypes";
import { useStreamListener } from "../live/useLive";
import { announcement } from "./announcement";
import { refreshAfterChange, replaceAnomalies } from "./cache";

const SETTLE_MS = 1000;
const AFFECTED = ["anomalies", "anomaly", "expectations", "overview", "endpoints"];

/** The words for the live region. */
export function useAnomalyStream(enabled: boolean): string {
  const queries = useQueryClient();
  const [spoken, setSpoken] = useState("");
  const opened = useRef(new Map<string, Anomaly>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function onAnomaly({ change, anomaly }: AnomalyEvent) {
    replaceAnomalies(queries, [anomaly]);
    if (change === "opened") opened.current.set(anomaly.id, anomaly);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refreshAfterChange(queries, change === "updated" ? AFFECTED.slice(0, 3) : AFFECTED);
      if (opened.current.size > 0) setSpoken(announcement([...opened.current.values()]));
      opened.current.clear();
    }, SETTLE_MS);
  }

  useStreamListener({ topics: ["anomalies"], parameters: { group_by: "none" }, onAnomaly }, enabled);
  return spoken;
}
