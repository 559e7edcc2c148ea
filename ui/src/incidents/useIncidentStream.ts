// Incidents as they come: rows change without a reload, what follows from them is asked for again, new ones are said
// once, politely. Owns the throttle, because an incident changes with every anomaly that joins it.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Incident, IncidentNews } from "../api/incidentTypes";
import { refreshAfterChange } from "../detection/cache";
import { SEVERITY_NAMES } from "../detection/words";
import { useStreamListener } from "../live/useLive";
import { plural } from "../units";
import { replaceIncidents } from "./cache";
import { namedPlaces, titleOf } from "./sentence";

const SETTLE_MS = 1000;
const AFFECTED = ["incidents", "incident", "deployments"];

/** The words for the live region. */
export function useIncidentStream(enabled: boolean): string {
  const queries = useQueryClient();
  const [spoken, setSpoken] = useState("");
  const said = useRef(new Set<string>());
  const opened = useRef(new Map<string, Incident>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function onIncident({ incident }: IncidentNews) {
    replaceIncidents(queries, [incident]);
    // It is said when its verdict is there: until then the anomalies have been said.
    const ready = incident.verdict !== null && incident.closed_ms === null;
    if (ready && !said.current.has(incident.id)) opened.current.set(incident.id, incident);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refreshAfterChange(queries, AFFECTED);
      if (opened.current.size > 0) setSpoken(announcement([...opened.current.values()]));
      for (const id of opened.current.keys()) said.current.add(id);
      opened.current.clear();
    }, SETTLE_MS);
  }

  useStreamListener({ topics: ["incidents"], parameters: { group_by: "none" }, onIncident }, enabled);
  return spoken;
}

export function announcement(incidents: Incident[]): string {
  const first = incidents[0]!;
  const words = `${SEVERITY_NAMES[first.severity].toLowerCase()}: ${titleOf(first)}. ${namedPlaces(first.sentence ?? "")}`;
  return incidents.length === 1 ? `Incident, ${words}` : `${plural(incidents.length, "incident")}, one ${words}`;
}
