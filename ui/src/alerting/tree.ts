// The tree of routes, changed by the path to a node. Pure; a document is never changed in place.
import type { Route, Routing } from "../api/alertTypes";
import { moved } from "./lists";

/** Positions of the children from the root down; empty for the root. */
export type RoutePath = number[];

export const EMPTY_ROUTE: Route = {
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
};

/** "route.routes[1].routes[0]": how the server names a node. */
export function pathName(path: RoutePath): string {
  return `route${path.map((position) => `.routes[${position}]`).join("")}`;
}

export function changedAt(root: Route, path: RoutePath, change: (route: Route) => Route): Route {
  const [position, ...rest] = path;
  if (position === undefined) return change(root);
  return {
    ...root,
    routes: root.routes.map((child, index) => (index === position ? changedAt(child, rest, change) : child)),
  };
}

export function addedBelow(root: Route, path: RoutePath, route: Route): Route {
  return changedAt(root, path, (parent) => ({ ...parent, routes: [...parent.routes, route] }));
}

export function removedAt(root: Route, path: RoutePath): Route {
  const position = path.at(-1);
  if (position === undefined) return root;
  return changedAt(root, path.slice(0, -1), (parent) => ({ ...parent, routes: parent.routes.toSpliced(position, 1) }));
}

export function movedAt(root: Route, path: RoutePath, step: 1 | -1): Route {
  const position = path.at(-1);
  if (position === undefined) return root;
  return changedAt(root, path.slice(0, -1), (parent) => ({
    ...parent,
    routes: moved(parent.routes, position, position + step),
  }));
}

/** Whether anything leads to the receiver. */
export function isUsed(root: Route, receiver: string): boolean {
  return root.receiver === receiver || root.routes.some((child) => isUsed(child, receiver));
}

/** A receiver with another name, wherever it is named. */
export function renamedReceiver(routing: Routing, from: string, to: string): Routing {
  const rename = (route: Route): Route => ({
    ...route,
    receiver: route.receiver === from ? to : route.receiver,
    routes: route.routes.map(rename),
  });
  return {
    ...routing,
    route: rename(routing.route),
    receivers: routing.receivers.map((receiver) => (receiver.name === from ? { ...receiver, name: to } : receiver)),
  };
}

/** "name", "name 2", …: one that no other has. */
export function freeName(wanted: string, taken: string[]): string {
  let name = wanted;
  for (let number = 2; taken.includes(name); number += 1) name = `${wanted} ${number}`;
  return name;
}
