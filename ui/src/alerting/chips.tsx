// The state of an alert as icon and word. Owns the look: what fires is loud, what somebody has taken is quiet.
import {
  Ban,
  BellOff,
  BellRing,
  CircleAlert,
  CircleCheck,
  Clock,
  Eye,
  EyeOff,
  Hourglass,
  Layers,
  Send,
  type LucideIcon,
} from "lucide-react";
import type { Alert, AlertState, NotificationState } from "../api/alertTypes";
import { NOTIFICATION_MEANINGS, NOTIFICATION_STATES, STATE_NAMES } from "./words";

const CHIP =
  "inline-flex h-5.5 max-w-full shrink-0 items-center gap-1.5 rounded px-1.5 text-[11px] leading-4 whitespace-nowrap";

const LOOK: Record<AlertState, { icon: LucideIcon; style: string }> = {
  pending: { icon: Hourglass, style: "text-muted" },
  firing: { icon: BellRing, style: "bg-critical-tint font-medium text-critical" },
  acknowledged: { icon: Eye, style: "text-info" },
  snoozed: { icon: Clock, style: "text-muted" },
  muted: { icon: BellOff, style: "text-muted" },
  resolved: { icon: CircleCheck, style: "text-ok" },
};

export function AlertStateChip({ alert }: { alert: Pick<Alert, "state"> }) {
  const { icon: Icon, style } = LOOK[alert.state];
  return (
    <span className={`${CHIP} ${style}`} data-state={alert.state}>
      <Icon size={12} className="shrink-0" aria-hidden />
      {STATE_NAMES[alert.state]}
    </span>
  );
}

const NOTIFICATION_LOOK: Record<NotificationState, { icon: LucideIcon; style: string }> = {
  waiting: { icon: Hourglass, style: "bg-warn-tint text-warn" },
  sent: { icon: Send, style: "text-ok" },
  dead: { icon: CircleAlert, style: "bg-critical font-medium text-surface" },
  collapsed: { icon: Layers, style: "text-muted" },
  withheld: { icon: EyeOff, style: "text-muted" },
};

export function NotificationChip({ state }: { state: NotificationState }) {
  const { icon: Icon, style } = NOTIFICATION_LOOK[state] ?? { icon: Ban, style: "text-muted" };
  return (
    <span className={`${CHIP} ${style}`} title={NOTIFICATION_MEANINGS[state]}>
      <Icon size={12} className="shrink-0" aria-hidden />
      {NOTIFICATION_STATES[state] ?? state}
    </span>
  );
}
