// The pages there are. Owns their order, names and keys; a page that does not exist has no entry.
import { Activity, BellRing, Cloud, Gauge, ListTree, Radio, Settings, type LucideIcon } from "lucide-react";

export interface PageEntry {
  to: "/" | "/endpoints" | "/environments" | "/anomalies" | "/alerts" | "/live" | "/settings";
  name: string;
  key: string;
  icon: LucideIcon;
}

export const PAGES: PageEntry[] = [
  { to: "/", name: "Overview", key: "o", icon: Gauge },
  { to: "/endpoints", name: "Endpoints", key: "e", icon: ListTree },
  { to: "/environments", name: "Environments", key: "v", icon: Cloud },
  { to: "/anomalies", name: "Anomalies", key: "a", icon: Activity },
  { to: "/alerts", name: "Alerts", key: "l", icon: BellRing },
  { to: "/live", name: "Live stream", key: "x", icon: Radio },
  { to: "/settings", name: "Settings", key: "s", icon: Settings },
];
