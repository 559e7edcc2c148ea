// The pages there are. Owns their order, names and keys; a page that does not exist has no entry.
import { Cloud, Gauge, ListTree, Radio, type LucideIcon } from "lucide-react";

export interface PageEntry {
  to: "/" | "/endpoints" | "/environments" | "/live";
  name: string;
  key: string;
  icon: LucideIcon;
}

export const PAGES: PageEntry[] = [
  { to: "/", name: "Overview", key: "o", icon: Gauge },
  { to: "/endpoints", name: "Endpoints", key: "e", icon: ListTree },
  { to: "/environments", name: "Environments", key: "v", icon: Cloud },
  { to: "/live", name: "Live stream", key: "l", icon: Radio },
];
