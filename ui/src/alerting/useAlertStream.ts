// Alerts as they come: rows and counts change without a reload, new ones are said once, politely. Owns the throttle,
// because a regional outage raises hundreds at a time.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Alert, AlertStreamEvent } from "../api/alertTypes";
import { refreshAfterChange } from "../detection/cache";
import { SEVERITY_NAMES } from "../detection/words";
import { useStreamListener } from "../live/useLive";
import { plural } from "../units";
import { replaceAlerts } from "./cache";

const SETTLE_MS = 1000;
const AFFECTED = ["alerts", "alert", "alerting-status", "alert-rules"];

/** The words for the live region. Alerts about an anomaly are not said: the anomaly is. */
export function useAlertStream(enabled: boolean): string {
  const queries = useQueryClient();
  const [spoken, setSpoken] = useState("");
  const opened = useRef(new Map<string, Alert>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function onAlert({ change, alert }: AlertStreamEvent) {
    replaceAlerts(queries, [alert]);
    if (change === "opened" && alert.state === "firing" && !alert.anomaly_id) opened.current.set(alert.id, alert);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refreshAfterChange(queries, AFFECTED);
      if (opened.current.size > 0) setSpoken(announcement([...opened.current.values()]));
      opened.current.clear();
    }, SETTLE_MS);
  }

  useStreamListener({ topics: ["alerts"], parameters: { group_by: "none" }, onAlert }, enabled);
  return spoken;
}

function announcement(alerts: Alert[]): string {
  const first = alerts[0]!;
  const said = `${SEVERITY_NAMES[first.severity].toLowerCase()}: ${first.summary}`;
  return alerts.length === 1 ? `New alert, ${said}` : `${plural(alerts.length, "new alert")}, one ${said}`;
}
