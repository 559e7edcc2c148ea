// A route and the routes below it, as nested cards. Owns reading and writing one node; the draft holds the tree.
import { ArrowDown, ArrowUp, ChevronRight, CornerDownRight, Pencil, Plus } from "lucide-react";
import { useState } from "react";
import { CheckField, ListField, OptionalSpanField, SelectField } from "../../../alerting/fields";
import { listText } from "../../../alerting/lists";
import { MatcherChips, MatcherFields } from "../../../alerting/MatcherFields";
import { spanText } from "../../../alerting/span";
import {
  addedBelow,
  changedAt,
  EMPTY_ROUTE,
  movedAt,
  pathName,
  removedAt,
  type RoutePath,
} from "../../../alerting/tree";
import type { Route } from "../../../api/alertTypes";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { Choices, IconButton, Problems, RemoveIcon } from "./parts";

interface RouteCardProps {
  route: Route;
  path: RoutePath;
  /** How many stand beside it, itself included. */
  siblings: number;
  /** What counts where the route says nothing. */
  inherited: Route;
}

export function RouteCard({ route, path, siblings, inherited }: RouteCardProps) {
  const { edit, problems } = useRoutingDraft();
  const isRoot = path.length === 0;
  const place = path.at(-1) ?? 0;
  const name = isRoot ? "everything else" : route.matchers.join(" and ") || "a new route";
  const [open, setOpen] = useState(!isRoot && route.matchers.length === 0 && route.receiver === null);
  const change = (next: (tree: Route) => Route) => edit((before) => ({ ...before, route: next(before.route) }));
  const own = effective(route, inherited);
  const here = `${pathName(path)}.`;
  const isWrong = problems.some(({ path: at }) => at.startsWith(here) && !at.startsWith(`${here}routes[`));
  return (
    <div
      role="group"
      aria-label={isRoot ? "Root route" : `Route for ${name}`}
      className={`min-w-0 rounded-md border bg-surface ${isWrong ? "border-critical" : "border-line"}`}
      data-route-card={pathName(path)}
    >
      <div className="flex flex-wrap items-start gap-x-2 gap-y-1 px-2.5 py-1.5">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <p className="flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-1 leading-7">
            {isRoot ? (
              <span className="font-medium">{route.routes.length > 0 ? "Everything else" : "Everything"}</span>
            ) : (
              <MatcherChips matchers={route.matchers} empty="no condition yet" />
            )}
            <ChevronRight size={13} className="shrink-0 text-muted" aria-hidden />
            <span className="sr-only">is told to</span>
            <strong className="font-semibold">{own.receiver}</strong>
            {route.receiver === null && <span className="text-xs text-muted">as above</span>}
          </p>
          <p className="text-xs text-muted">{detailsText(route, own, isRoot)}</p>
        </div>
        <div className="flex shrink-0 items-center">
          <IconButton label={`Edit ${name}`} icon={Pencil} expanded={open} onClick={() => setOpen(!open)} />
          {!isRoot && (
            <>
              <IconButton
                label={`Move up: ${name}`}
                icon={ArrowUp}
                disabled={place === 0}
                onClick={() => change((tree) => movedAt(tree, path, -1))}
              />
              <IconButton
                label={`Move down: ${name}`}
                icon={ArrowDown}
                disabled={place === siblings - 1}
                onClick={() => change((tree) => movedAt(tree, path, 1))}
              />
              <RemoveIcon name={name} onClick={() => change((tree) => removedAt(tree, path))} />
            </>
          )}
          <IconButton
            label={`Add a route below ${name}`}
            icon={Plus}
            onClick={() => change((tree) => addedBelow(tree, path, EMPTY_ROUTE))}
          />
        </div>
      </div>
      {open && (
        <RouteFields
          route={route}
          inherited={inherited}
          isRoot={isRoot}
          at={(field) => problemAt(problems, `${pathName(path)}.${field}`)}
          onChange={(fields) => change((tree) => changedAt(tree, path, (node) => ({ ...node, ...fields })))}
        />
      )}
      <div className="px-2.5">{!open && route.routes.length === 0 && <Problems path={pathName(path)} />}</div>
      {route.routes.length > 0 && (
        <ol className="flex flex-col gap-1.5 border-t border-line bg-bg p-2">
          {route.routes.map((child, index) => (
            // A route has no name of its own, so its place is its key.
            <li key={index} className="flex min-w-0 gap-1.5 max-sm:gap-0">
              <CornerDownRight size={14} className="mt-2.5 shrink-0 text-muted max-sm:hidden" aria-hidden />
              <div className="min-w-0 flex-1">
                <RouteCard route={child} path={[...path, index]} siblings={route.routes.length} inherited={own} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The node with what it inherits. Quiet hours are a node's own. */
function effective(route: Route, inherited: Route): Route {
  return {
    ...route,
    receiver: route.receiver ?? inherited.receiver,
    group_by: route.group_by ?? inherited.group_by,
    group_wait_s: route.group_wait_s ?? inherited.group_wait_s,
    group_interval_s: route.group_interval_s ?? inherited.group_interval_s,
    repeat_interval_s: route.repeat_interval_s ?? inherited.repeat_interval_s,
  };
}

/** Only what the route says itself; the root says all of it. */
function detailsText(route: Route, own: Route, isRoot: boolean): string {
  const parts: string[] = [];
  const says = (field: keyof Route) => isRoot || route[field] !== null;
  if (says("group_by")) parts.push(groupText(own.group_by));
  if (says("group_wait_s") && own.group_wait_s) parts.push(`waits ${spanText(own.group_wait_s)} for more`);
  if (says("group_interval_s") && own.group_interval_s !== null)
    parts.push(`changes at most every ${spanText(own.group_interval_s)}`);
  if (says("repeat_interval_s") && own.repeat_interval_s !== null)
    parts.push(`again after ${spanText(own.repeat_interval_s)}`);
  if (route.mute_during.length > 0) parts.push(`quiet during ${listText(route.mute_during)}`);
  if (route.active_during.length > 0) parts.push(`only during ${listText(route.active_during)}`);
  if (route.continue) parts.push("and goes on to the next route");
  return parts.join(", ");
}

function groupText(labels: string[] | null): string {
  if (labels === null || labels.length === 0) return "all told together";
  return labels.includes("...") ? "each told for itself" : `told together by ${listText(labels)}`;
}

interface RouteFieldsProps {
  route: Route;
  inherited: Route;
  isRoot: boolean;
  at: (field: string) => string | undefined;
  onChange: (fields: Partial<Route>) => void;
}

function RouteFields({ route, inherited, isRoot, at, onChange }: RouteFieldsProps) {
  const { routing } = useRoutingDraft();
  const receivers = routing!.receivers.map(({ name }): [string, string] => [name, name]);
  const known = receivers.some(([name]) => name === route.receiver);
  const intervals = routing!.intervals.map(({ name }): [string, string] => [name, name]);
  const above = (seconds: number | null) => (seconds === null || isRoot ? "" : `as above: ${spanText(seconds)}`);
  const grouping = route.group_by === null ? "above" : route.group_by.includes("...") ? "each" : "labels";
  return (
    <div className="flex flex-col gap-3 border-t border-line px-2.5 py-2.5">
      {!isRoot && (
        <MatcherFields
          name="Takes alerts for which all of this is true"
          value={route.matchers}
          onChange={(matchers) => onChange({ matchers })}
          empty="Add at least one condition."
          error={at("matchers")}
        />
      )}
      <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
        <SelectField
          name="Receiver"
          value={route.receiver ?? ""}
          options={[
            ...(isRoot ? [] : [["", `as above: ${inherited.receiver ?? ""}`] as [string, string]]),
            ...receivers,
            ...(route.receiver !== null && !known
              ? [[route.receiver, `${route.receiver} (gone)`] as [string, string]]
              : []),
          ]}
          onChange={(receiver) => onChange({ receiver: receiver || null })}
          error={at("receiver")}
        />
        <SelectField
          name="Told together"
          value={grouping}
          options={[
            ...(isRoot ? [] : [["above", "as above"] as [string, string]]),
            ["labels", "those with equal labels"],
            ["each", "each for itself"],
          ]}
          onChange={(next) =>
            onChange({
              group_by: next === "above" ? null : next === "each" ? ["..."] : ["service", "environment"],
            })
          }
        />
      </div>
      {grouping === "labels" && (
        <ListField
          name="Equal labels; none: all together"
          value={route.group_by ?? []}
          onChange={(group_by) => onChange({ group_by })}
          error={at("group_by")}
        />
      )}
      <div className="grid grid-cols-3 gap-2 max-sm:grid-cols-1">
        <OptionalSpanField
          name="Wait for more"
          placeholder={above(inherited.group_wait_s)}
          value={route.group_wait_s}
          onChange={(group_wait_s) => onChange({ group_wait_s })}
          error={at("group_wait_s")}
        />
        <OptionalSpanField
          name="Changes at most every"
          placeholder={above(inherited.group_interval_s)}
          value={route.group_interval_s}
          onChange={(group_interval_s) => onChange({ group_interval_s })}
          error={at("group_interval_s")}
        />
        <OptionalSpanField
          name="Remind after"
          placeholder={above(inherited.repeat_interval_s)}
          value={route.repeat_interval_s}
          onChange={(repeat_interval_s) => onChange({ repeat_interval_s })}
          error={at("repeat_interval_s")}
        />
      </div>
      <Choices
        name="Quiet during"
        none="There is no interval yet: add one under Times."
        options={intervals}
        chosen={route.mute_during}
        onChange={(mute_during) => onChange({ mute_during })}
      />
      {(intervals.length > 0 || route.active_during.length > 0) && (
        <Choices
          name="Only during; none: always"
          options={intervals}
          chosen={route.active_during}
          onChange={(active_during) => onChange({ active_during })}
        />
      )}
      {!isRoot && (
        <CheckField checked={route.continue} onChange={(isContinued) => onChange({ continue: isContinued })}>
          Also look at the routes after this one
        </CheckField>
      )}
    </div>
  );
}
