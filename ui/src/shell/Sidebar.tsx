// The navigation at the left edge: full, as icons, or as a drawer. Owns its three widths.
import { Link } from "@tanstack/react-router";
import { useFiringCount } from "../api/alertQueries";
import { useOpenAnomalies } from "../api/detectionQueries";
import { useOpenIncidents } from "../api/incidentQueries";
import { SEVERITIES } from "../detection/words";
import { travelling, type Search } from "../scope/codec";
import { ConnectionState } from "./ConnectionState";
import { DemoControl } from "./DemoControl";
import { Logo } from "./Logo";
import { PAGES } from "./navigation";
import { ThemeToggle } from "./ThemeToggle";

export function Sidebar({ drawer, onNavigate }: { drawer?: boolean; onNavigate?: () => void }) {
  const label = drawer ? "" : "max-rail:sr-only";
  return (
    <div className="flex h-full flex-col gap-1 bg-surface px-2 py-3">
      <Link
        to="/"
        search={((previous: Search) => travelling(previous)) as never}
        onClick={onNavigate}
        className="mb-2 flex h-8 items-center gap-2 rounded-md px-2 text-base font-semibold max-rail:justify-center"
      >
        <Logo />
        <span className={label}>Hawkeye</span>
      </Link>
      <nav aria-label="Pages" className="flex flex-col gap-0.5">
        {PAGES.map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            search={((previous: Search) => travelling(previous)) as never}
            onClick={onNavigate}
            activeOptions={{ exact: to === "/", includeSearch: false }}
            title={name}
            className={`relative flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted transition-colors hover:bg-bg hover:text-text ${
              drawer ? "" : "max-rail:justify-center max-rail:px-0"
            }`}
            activeProps={{ className: "bg-selected! text-text! font-medium", "aria-current": "page" }}
          >
            <Icon size={16} className="shrink-0" aria-hidden />
            <span className={label}>{name}</span>
            {to === "/incidents" && <IncidentCount compact={!drawer} />}
            {to === "/anomalies" && <OpenCount compact={!drawer} />}
            {to === "/alerts" && <FiringCount compact={!drawer} />}
          </Link>
        ))}
      </nav>
      <div className="mt-auto flex flex-col gap-2 pt-4">
        <DemoControl compact={!drawer} />
        <div className={`flex items-center gap-1 ${drawer ? "" : "max-rail:flex-col"}`}>
          <ConnectionState compact={!drawer} />
          <ThemeToggle />
        </div>
      </div>
    </div>
  );
}

/** How many are not over, in the colour of the worst that nobody has acknowledged. */
function OpenCount({ compact }: { compact: boolean }) {
  const { data } = useOpenAnomalies();
  const open = (data?.counts.open ?? 0) + (data?.counts.acknowledged ?? 0);
  if (open === 0) return null;
  const worst = data?.items[0]?.severity;
  const tint =
    worst === "critical"
      ? "bg-critical text-surface"
      : worst === "high"
        ? "bg-critical-tint text-critical"
        : worst
          ? "bg-warn-tint text-warn"
          : "bg-bg text-muted";
  return <Count what="open" amount={open} tint={tint} compact={compact} />;
}

/** How many are not over, in the colour of the worst. */
function IncidentCount({ compact }: { compact: boolean }) {
  const { data } = useOpenIncidents();
  if (!data || data.total === 0) return null;
  const severities = data.items.map((item) => item.severity);
  const worst = SEVERITIES.find((severity) => severities.includes(severity));
  const tint =
    worst === "critical"
      ? "bg-critical text-surface"
      : worst === "high"
        ? "bg-critical-tint text-critical"
        : "bg-warn-tint text-warn";
  return <Count what="incident" amount={data.total} tint={tint} compact={compact} />;
}

/** How many fire and nobody has taken. */
function FiringCount({ compact }: { compact: boolean }) {
  const firing = useFiringCount();
  if (!firing) return null;
  return <Count what="firing" amount={firing} tint="bg-critical-tint text-critical" compact={compact} />;
}

interface CountProps {
  what: "open" | "firing" | "incident";
  amount: number;
  tint: string;
  compact: boolean;
}

function Count({ what, amount, tint, compact }: CountProps) {
  return (
    <span
      {...{ [`data-${what}-count`]: "" }}
      className={`ml-auto min-w-5 rounded px-1.5 text-center text-[11px] leading-5 font-medium ${tint} ${
        compact
          ? "max-rail:absolute max-rail:top-0 max-rail:right-0 max-rail:min-w-4 max-rail:px-1 max-rail:leading-4"
          : ""
      }`}
    >
      {amount > 99 ? "99+" : amount}
      <span className="sr-only"> {what === "incident" ? "open" : what}</span>
    </span>
  );
}
