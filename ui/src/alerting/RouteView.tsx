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
            {step}
          </span>
        ))}
        <ChevronRight size={12} aria-hidden />
        <span className="font-medium text-text">{route.receiver}</span>
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
        Together with others of {group.length > 0 ? group.map(([name, value]) => `${name} ${value}`).join(", ") : "everything"}
        ; waits {spanText(route.group_wait_s)}, changes at most every {spanText(route.group_interval_s)}, again after{" "}
        {spanText(route.repeat_interval_s)}.
      </p>
    </div>
  );
}
