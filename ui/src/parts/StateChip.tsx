// A state as icon, word and colour together, because colour alone says nothing to many people.
import { CircleAlert, CircleCheck, CircleDashed, Info, Sparkles, TriangleAlert, type LucideIcon } from "lucide-react";

export type Tone = "ok" | "warn" | "critical" | "info" | "quiet" | "new";

const LOOK: Record<Tone, { icon: LucideIcon; style: string }> = {
  ok: { icon: CircleCheck, style: "text-ok bg-ok-tint" },
  warn: { icon: TriangleAlert, style: "text-warn bg-warn-tint" },
  critical: { icon: CircleAlert, style: "text-surface bg-critical font-medium" }, // Filled: must out-shout the warning.
  info: { icon: Info, style: "text-info" },
  new: { icon: Sparkles, style: "text-info" },
  quiet: { icon: CircleDashed, style: "text-muted" },
};

export function StateChip({ tone, children, title }: { tone: Tone; children: string; title?: string }) {
  const { icon: Icon, style } = LOOK[tone];
  return (
    <span
      className={`inline-flex h-5.5 max-w-full items-center gap-1 rounded px-1.5 text-[11px] leading-4 ${style}`}
      title={title}
    >
      <Icon size={12} className="shrink-0" aria-hidden />
      <span className="truncate">{children}</span>
    </span>
  );
}
