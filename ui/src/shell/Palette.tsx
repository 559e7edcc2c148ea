// The command palette: pages, endpoints, incidents, anomalies, alerts, journeys and actions from one field. Owns its list and its keys.
import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { CornerDownLeft, Search } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useAlerts } from "../api/alertQueries";
import { ANY_ANOMALY, useAnomalies } from "../api/detectionQueries";
import { useJourneys } from "../api/forecastQueries";
import { ANY_INCIDENT, useSomeIncidents } from "../api/incidentQueries";
import { useDemo, useEndpointSearch } from "../api/queries";
import { DEFAULT_SCOPE, travelling, type Search as SearchState } from "../scope/codec";
import { anomalySearch } from "../detection/AnomalyLink";
import { shortText } from "../detection/words";
import { titleOf } from "../incidents/sentence";
import { useScope, useSetScope } from "../scope/useScope";
import { setThemeChoice } from "../theme";
import { setDemoOpen } from "./DemoControl";
import { PAGES } from "./navigation";
import { setOverlay } from "./palette";
import { useDebounced } from "../parts/useDebounced";

interface Command {
  id: string;
  group: string;
  name: string;
  note?: string;
  run: () => void;
}

export default function Palette() {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const commands = useCommands(typed);
  const chosen = Math.min(active, commands.length - 1);
  useEffect(() => {
    document.getElementById(`${listId}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, listId]);

  function run(command: Command | undefined) {
    if (!command) return;
    setOverlay(null);
    command.run();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setActive(Math.min(commands.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, chosen - 1));
    else if (event.key === "Enter") run(commands[chosen]);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && setOverlay(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-bg/75" />
        <Dialog.Popup
          initialFocus={input}
          aria-label="Command palette"
          className="fixed top-[12dvh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-(--shadow) outline-none"
        >
          <div className="flex items-center gap-2 border-b border-line px-4">
            <Search size={16} className="text-muted" aria-hidden />
            <input
              ref={input}
              className="h-12 flex-1 bg-transparent text-sm outline-none"
              placeholder="Go to a page, find an endpoint, an incident, an anomaly or an alert"
              aria-label="Search pages, endpoints, journeys, incidents, anomalies, alerts and actions"
              role="combobox"
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={commands.length > 0 ? `${listId}-${chosen}` : undefined}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <div id={listId} role="listbox" aria-label="Results" className="max-h-96 overflow-auto p-1.5">
            {commands.map((command, index) => (
              <div
                key={command.id}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={`flex h-9 cursor-pointer items-center gap-3 rounded px-2.5 ${index === chosen ? "bg-selected" : ""}`}
                onPointerMove={() => setActive(index)}
                onClick={() => run(command)}
              >
                <span className="w-18 shrink-0 text-xs text-muted">{command.group}</span>
                <span
                  className={`min-w-0 truncate ${command.group === "Endpoint" || command.group === "Anomaly" ? "font-mono text-xs" : ""}`}
                >
                  {command.name}
                </span>
                {command.note && <span className="ml-auto shrink-0 text-xs text-muted">{command.note}</span>}
                {index === chosen && (
                  <CornerDownLeft size={13} className={`text-muted ${command.note ? "" : "ml-auto"}`} aria-hidden />
                )}
              </div>
            ))}
          </div>
          {commands.length === 0 && <p className="px-4 pt-2 pb-6 text-center text-muted">Nothing matches</p>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const ENDPOINTS_MAX = 20;
const INCIDENTS_MAX = 6;
const ANOMALIES_MAX = 6;
const ALERTS_MAX = 6;
const JOURNEYS_MAX = 6;

/** Parts of pages, and what can be begun there. */
const PARTS: [string, string, "/alerts" | "/predictions" | "/journeys" | "/environments", string, string][] = [
  ["Page", "Environments compared", "/environments", "compare", ""],
  ["Page", "Alert rules", "/alerts", "rules", ""],
  ["Page", "Alert routing", "/alerts", "routing", ""],
  ["Page", "Silences", "/alerts", "silences", ""],
  ["Page", "Notification channels", "/alerts", "channels", ""],
  ["Page", "On call", "/alerts", "oncall", ""],
  ["Page", "Notifications", "/alerts", "notifications", ""],
  ["Page", "How good were forecasts?", "/predictions", "reliability", ""],
  ["Page", "Capacity", "/predictions", "capacity", ""],
  ["Page", "Limits of predictions", "/predictions", "limits", ""],
  ["Action", "New alert rule", "/alerts", "rules", "new"],
  ["Action", "New limit", "/predictions", "limits", "new"],
  ["Action", "New journey", "/journeys", "", "new"],
];

function useCommands(typed: string): Command[] {
  const navigate = useNavigate();
  const scope = useScope();
  const setScope = useSetScope();
  const { data: demo } = useDemo();
  const needle = typed.trim().toLowerCase();
  const settled = useDebounced(needle);
  const found = useEndpointSearch(settled, needle.length > 0);
  const past = { ...DEFAULT_SCOPE, from: "now-7d", q: settled };
  const odd = useAnomalies(past, ANY_ANOMALY, "-onset", ANOMALIES_MAX, needle.length > 0);
  const broken = useSomeIncidents(past, ANY_INCIDENT, INCIDENTS_MAX, needle.length > 0);
  const raised = useAlerts({ q: settled, limit: ALERTS_MAX }, needle.length > 0);
  const known = useJourneys([], undefined, needle.length > 0);
  const keep = ((previous: SearchState) => travelling(previous)) as never;

  const fixed: Command[] = [
    ...PAGES.map((page) => ({
      id: page.to,
      group: "Page",
      name: page.name,
      note: `g ${page.key}`,
      run: () => void navigate({ to: page.to, search: keep }),
    })),
    ...PARTS.map(([group, name, to, tab, sel]) => ({
      id: `part ${name}`,
      group,
      name,
      run: () =>
        void navigate({
          to,
          search: ((previous: SearchState) => ({
            ...anomalySearch(previous),
            ...(tab && { tab }),
            ...(sel && { sel }),
          })) as never,
        }),
    })),
    {
      id: "live",
      group: "Action",
      name: scope.live ? "Pause live updates" : "Resume live updates",
      note: ".",
      run: () => setScope({ live: !scope.live }),
    },
    ...["now-15m", "now-1h", "now-6h", "now-24h", "now-7d"].map((from) => ({
      id: from,
      group: "Action",
      name: `Show last ${from.slice(4)}`,
      run: () => setScope({ from, to: "now" }),
    })),
    {
      id: "filters",
      group: "Action",
      name: "Clear all filters",
      run: () => setScope({ env: [], ep: [], service: [], method: [], status: [], version: [], q: "" }),
    },
    ...(["dark", "light", "system"] as const).map((theme) => ({
      id: `theme-${theme}`,
      group: "Action",
      name: `Use ${theme} theme`,
      run: () => setThemeChoice(theme),
    })),
    {
      id: "demo",
      group: "Action",
      name: demo?.state === "live" ? "Remove demo data" : "Generate demo data",
      run: () => setDemoOpen(true),
    },
    {
      id: "keys",
      group: "Action",
      name: "Keyboard shortcuts",
      note: "?",
      run: () => setTimeout(() => setOverlay("help"), 0),
    },
  ];
  const matching = fixed.filter((command) => `${command.group} ${command.name}`.toLowerCase().includes(needle));
  const endpoints: Command[] = (needle ? (found.data?.items ?? []) : []).slice(0, ENDPOINTS_MAX).map((row) => ({
    id: row.id,
    group: "Endpoint",
    name: `${row.method} ${row.route}`,
    note: row.service,
    run: () =>
      void navigate({
        to: "/endpoints/$id",
        params: { id: row.id },
        search: ((previous: SearchState) => ({ ...travelling(previous), ep: undefined, q: undefined })) as never,
      }),
  }));
  const incidents: Command[] = (needle ? (broken.data?.items ?? []) : []).map((item) => ({
    id: `incident ${item.id}`,
    group: "Incident",
    name: titleOf(item),
    note: item.closed_ms === null ? "open" : "closed",
    run: () => void navigate({ to: "/incidents/$id", params: { id: item.id }, search: anomalySearch as never }),
  }));
  const anomalies: Command[] = (needle ? (odd.data?.items ?? []) : []).map((item) => ({
    id: item.id,
    group: "Anomaly",
    name: `${item.endpoint.method} ${item.endpoint.route}`,
    note: `${shortText(item)}${item.closed_ms === null ? ", open" : ""}`,
    run: () => void navigate({ to: "/anomalies/$id", params: { id: item.id }, search: anomalySearch as never }),
  }));
  const alerts: Command[] = (needle ? (raised.data?.items ?? []) : []).map((item) => ({
    id: `alert ${item.id}`,
    group: "Alert",
    name: `${item.name}: ${item.summary}`,
    note: item.state,
    run: () => void navigate({ to: "/alerts/$id", params: { id: item.id }, search: anomalySearch as never }),
  }));
  const journeys: Command[] = (needle ? (known.data?.items ?? []) : [])
    .filter(({ journey }) => `journey ${journey.name} ${journey.id}`.toLowerCase().includes(needle))
    .slice(0, JOURNEYS_MAX)
    .map(({ journey, health }) => ({
      id: `journey ${journey.id}`,
      group: "Journey",
      name: journey.name,
      note: health.state,
      run: () => void navigate({ to: "/journeys/$id", params: { id: journey.id }, search: anomalySearch as never }),
    }));
  return [...matching, ...endpoints, ...journeys, ...incidents, ...anomalies, ...alerts];
}
