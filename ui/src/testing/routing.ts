// A routing document for tests: one receiver, nothing else.
import type { Route, Routing } from "../api/alertTypes";

export function route(fields: Partial<Route> = {}): Route {
  return {
    matchers: [],
    receiver: null,
    continue: false,
    group_by: null,
    group_wait_s: null,
    group_interval_s: null,
    repeat_interval_s: null,
    mute_during: [],
    active_during: [],
    routes: [],
    ...fields,
  };
}

export function routing(fields: Partial<Routing> = {}): Routing {
  return {
    route: route({ receiver: "default", group_by: ["service"], group_wait_s: 0, repeat_interval_s: 14_400 }),
    receivers: [{ name: "default", steps: [{ after_s: 0, channels: [], schedules: [] }], send_resolved: true }],
    inhibitions: [],
    intervals: [],
    maintenances: [],
    schedules: [],
    people: [],
    tell_demo: false,
    ...fields,
  };
}
