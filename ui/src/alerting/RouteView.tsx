// Who would be told: the path through the tree, what groups and mutes, and the steps with their people. Owns the look
// of one route.
import { BellOff, ChevronRight, Send } from "lucide-react";
import type { RoutePreview } from "../api/alertTypes";
import { muteText } from "./words";
import { spanText } from "./span";

export function RouteView({ route }: { route: RoutePreview }) {
  const group = Object.entries(route.group_labels);
  return (
    <div className="flex flex-col gap-2 px-3 py-2.5 text-xs" data-route>
      <p className="text-[13px] leading-5">{route.sentence}</p>
      <p className="flex flex-wrap items-center gap-1 text-muted">
        <span className="sr-only">Route: </span>
        {route.path.map((step, index) => (
          <span key={index} className="inline-flex items-center gap-1">
            {index > 0 && <ChevronRight size={12} aria-hidden />}
            {stepText(step)}
          </span>
        ))}
        {route.path.at(-1) !== route.receiver && (
          <>
            {route.path.length > 0 && <ChevronRight size={12} aria-hidden />}
            <span className="font-medium text-text">{route.receiver}</span>
          </>
        )}
      </p>
      {route.muted_by.length > 0 && (
        <p className="flex items-center gap-1.5 text-warn">
          <BellOff size={13} className="shrink-0" aria-hidden />
          Told to nobody now, because of {route.muted_by.map(muteText).join(" and ")}
        </p>
      )}
      <ol className="flex flex-col gap-1">
        {route.steps.map((step, index) => (
          <li key={index} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="w-24 shrink-0 text-muted">
              {step.after_s === 0 ? "At once" : `After ${spanText(step.after_s)}`}
            </span>
            {step.targets.length === 0 ? (
              <span className="text-warn">nobody</span>
            ) : (
              step.targets.map((target) => (
                <span
                  key={`${target.channel} ${target.via}`}
                  className="inline-flex items-center gap-1.5 rounded border border-line px-1.5 leading-5"
                >
                  <Send size={11} className="shrink-0 text-muted" aria-hidden />
                  {target.channel_name}
                  {target.via && <span className="text-muted">on call: {target.via}</span>}
                </span>
              ))
            )}
          </li>
        ))}
      </ol>
      <p className="text-muted">
        {group.length > 0
          ? `Together with others of ${group.map(([name, value]) => `${name} ${value}`).join(", ")}. `
          : "Together with everything else. "}
        {route.group_wait_s > 0 && `Waits ${spanText(route.group_wait_s)} for more. `}
        Changes are told at most every {spanText(route.group_interval_s)}, and again after{" "}
        {spanText(route.repeat_interval_s)} while it goes on.
      </p>
    </div>
  );
}

/** The server counts the routes at each level from 1. */
function stepText(step: string): string {
  return /^\d+$/.test(step) ? `route ${step}` : step;
}
