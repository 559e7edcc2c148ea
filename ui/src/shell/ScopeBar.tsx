// What is looked at: environments, endpoints, time, comparison, live. Owns the order of the controls; each
// is loaded after the first paint and stands behind a look-alike until then.
import { Clock, Cloud, ListTree, Pause, Play, Search as SearchIcon, X } from "lucide-react";
import { lazy, Suspense, type ReactNode } from "react";
import { isLive, zoneOf, type Scope } from "../scope/codec";
import { useScope, useSetScope } from "../scope/useScope";
import { rangeName, zoneTag } from "../time/format";
import { openPalette } from "./palette";

const EnvironmentPicker = lazy(() => import("./EnvironmentPicker"));
const EndpointPicker = lazy(() => import("./EndpointPicker"));
const TimePicker = lazy(() => import("./TimePicker"));
const ComparePicker = lazy(() => import("./ComparePicker"));

export interface ScopeBarProps {
  hideTime?: boolean;
  hideEndpoints?: boolean;
  hideEnvironments?: boolean;
  hideCompare?: boolean;
}

export function ScopeBar({ hideTime, hideEndpoints, hideEnvironments, hideCompare }: ScopeBarProps) {
  const scope = useScope();
  const setScope = useSetScope();
  const zone = zoneOf(scope);
  const now_ms = Date.now();
  const time = `${rangeName(scope.from, scope.to, now_ms, zone)}`;
  return (
    <div
      role="group"
      aria-label="Scope"
      className="ml-auto flex max-w-full min-w-0 flex-wrap items-center gap-2 max-md:ml-0 max-md:w-full max-md:flex-nowrap max-md:overflow-x-auto max-md:pb-0.5"
    >
      <FilterChips scope={scope} setScope={setScope} />
      {!hideEnvironments && (
        <Suspense fallback={<LookAlike icon={<Cloud size={14} />} text="All environments" />}>
          <EnvironmentPicker />
        </Suspense>
      )}
      {!hideEndpoints && (
        <Suspense fallback={<LookAlike icon={<ListTree size={14} />} text="All endpoints" />}>
          <EndpointPicker />
        </Suspense>
      )}
      {!hideTime && (
        <>
          <Suspense fallback={<LookAlike icon={<Clock size={14} />} text={`${time} ${zoneTag(zone, now_ms)}`} />}>
            <TimePicker />
          </Suspense>
          {!hideCompare && (
            <Suspense fallback={<LookAlike text="vs previous" />}>
              <ComparePicker />
            </Suspense>
          )}
          <LiveButton scope={scope} setScope={setScope} />
        </>
      )}
      <button type="button" className="control max-md:hidden" onClick={openPalette} aria-keyshortcuts="Control+K">
        <SearchIcon size={14} aria-hidden />
        <span className="sr-only">Search and commands</span>
        <kbd className="font-mono text-[11px] text-muted">Ctrl K</kbd>
      </button>
    </div>
  );
}

function LookAlike({ icon, text }: { icon?: ReactNode; text: string }) {
  return (
    <span className="control" aria-hidden>
      {icon}
      {text}
    </span>
  );
}

interface Editing {
  scope: Scope;
  setScope: (patch: Partial<Scope>) => void;
}

function LiveButton({ scope, setScope }: Editing) {
  const live = isLive(scope);
  const action = live ? "Pause live updates" : scope.to === "now" ? "Resume live updates" : "Go to now and follow";
  return (
    <button
      type="button"
      className={`control ${live ? "text-ok" : ""}`}
      onClick={() =>
        setScope(
          live ? { live: false } : scope.to === "now" ? { live: true } : { live: true, from: "now-1h", to: "now" },
        )
      }
      title={`${action} ( . )`}
      aria-pressed={live}
    >
      {live ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
      {live ? "Live" : scope.to === "now" ? "Paused" : "Go live"}
    </button>
  );
}

/** Filters without a picker of their own must still be seen and be removable wherever they travel. */
function FilterChips({ scope, setScope }: Editing) {
  const fields = ["service", "method", "status", "version"] as const;
  return (
    <>
      {fields.map((field) =>
        scope[field].length > 0 ? (
          <Chip key={field} text={`${field} ${scope[field].join(", ")}`} remove={() => setScope({ [field]: [] })} />
        ) : null,
      )}
      {scope.q && <Chip text={`“${scope.q}”`} remove={() => setScope({ q: "" })} />}
    </>
  );
}

function Chip({ text, remove }: { text: string; remove: () => void }) {
  return (
    <span className="inline-flex h-8 max-w-56 items-center gap-1 rounded-md bg-selected pl-2.5">
      <span className="truncate">{text}</span>
      <button
        type="button"
        className="flex size-7 shrink-0 items-center justify-center rounded text-muted hover:text-text"
        onClick={remove}
        aria-label={`Remove filter ${text}`}
      >
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}
