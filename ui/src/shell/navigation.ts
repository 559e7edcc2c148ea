// The pages there are. Owns their order, names and keys; a page that does not exist has no entry.
import {
  Activity,
  BellRing,
  Cloud,
  Gauge,
  ListTree,
  Radio,
  Rocket,
  Route,
  Settings,
  Siren,
  TrendingUp,
  type LucideIcon,
} from "lucide-react";

export interface PageEntry {
  to:
    | "/"
    | "/endpoints"
    | "/environments"
    | "/incidents"
    | "/anomalies"
    | "/deployments"
    | "/predictions"
    | "/journeys"
    | "/alerts"
    | "/live"
    | "/settings";
  name: string;
  key: string;
  icon: LucideIcon;
}

export const PAGES: PageEntry[] = [
  { to: "/", name: "Overview", key: "o", icon: Gauge },
  { to: "/endpoints", name: "Endpoints", key: "e", icon: ListTree },
  { to: "/environments", name: "Environments", key: "v", icon: Cloud },
  { to: "/incidents", name: "Incidents", key: "i", icon: Siren },
  { to: "/anomalies", name: "Anomalies", key: "a", icon: Activity },
  { to: "/deployments", name: "Deployments", key: "d", icon: Rocket },
  { to: "/predictions", name: "Predictions", key: "p", icon: TrendingUp },
  { to: "/journeys", name: "Journeys", key: "j", icon: Route },
  { to: "/alerts", name: "Alerts", key: "l", icon: BellRing },
  { to: "/live", name: "Live stream", key: "x", icon: Radio },
  { to: "/settings", name: "Settings", key: "s", icon: Settings },
];
