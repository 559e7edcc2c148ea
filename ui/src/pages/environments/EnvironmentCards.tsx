// One card per environment: p95, errors, traffic, versions. Owns the card.
import type { EnvironmentCard } from "../../api/types";
import { Sparkline } from "../../charts/Sparkline";
import { useNow } from "../../now";
import { environmentName, environmentTag } from "../../parts/environment";
import { StateChip } from "../../parts/StateChip";
import { useSetScope } from "../../scope/useScope";
import { ago } from "../../time/format";
import { latency, perSecond, plural, relativeChange, share, shareChange } from "../../units";

const SILENT_AFTER_MS = 60_000;

interface EnvironmentCardsProps {
  items: EnvironmentCard[];
  colorOf: (id: string) => string;
}

export function EnvironmentCards({ items, colorOf }: EnvironmentCardsProps) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(222px,100%),1fr))] gap-3">
      {items.map((item) => (
        <Card key={item.environment.id} item={item} color={colorOf(item.environment.id)} />
      ))}
    </ul>
  );
}

function Card({ item, color }: { item: EnvironmentCard; color: string }) {
  const { environment, stats, previous, spark } = item;
  const setScope = useSetScope();
  const now_ms = useNow();
  const silent = item.last_seen_ms === null || now_ms - item.last_seen_ms > SILENT_AFTER_MS;
  const p95Change = relativeChange(stats.p95_ms, previous?.p95_ms);
  const errorChange = shareChange(stats.error_rate, previous?.error_rate);
  return (
    <li className="panel flex min-w-0 flex-col gap-2 p-3">
      <div className="flex min-w-0 items-center gap-2">
        <span className="size-2.5 shrink-0 rounded-full" style={{ background: `var(${color})` }} aria-hidden />
        <h2 className="min-w-0 truncate text-[13px] font-semibold" title={environment.id}>
          {environmentName(environment)}
        </h2>
        <span
          className="ml-auto rounded border border-line px-1 font-mono text-[10px] leading-4 text-muted"
          aria-hidden
        >
          {environmentTag(environment.id)}
        </span>
      </div>
      <div className="flex items-end justify-between gap-2">
        <p className="min-w-0">
          <span className="block text-2xl leading-8 font-semibold">{latency(stats.p95_ms)}</span>
          <span className="text-xs text-muted">p95{p95Change ? `, ${p95Change}` : ""}</span>
        </p>
        <Sparkline values={spark.p95_ms} width={84} height={28} color={color} />
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
        <dt className="text-muted">Errors</dt>
        <dd className="text-right">
          {share(stats.error_rate)}
          {errorChange && <span className="text-muted"> ({errorChange})</span>}
        </dd>
        <dt className="text-muted">Traffic</dt>
        <dd className="text-right">{perSecond(stats.requests_per_second)}</dd>
        <dt className="text-muted">Endpoints</dt>
        <dd className="truncate text-right">
          {item.endpoints} in {plural(item.services, "service")}
        </dd>
        <dt className="text-muted">Versions</dt>
        <dd className="truncate text-right" title={item.versions.join(", ")}>
          {versionText(item.versions.filter(Boolean))}
        </dd>
      </dl>
      <div className="mt-auto flex items-center justify-between gap-2 pt-1">
        {silent ? (
          <StateChip tone="quiet">{`last seen ${ago(item.last_seen_ms, now_ms)}`}</StateChip>
        ) : (
          <StateChip tone="ok">receiving</StateChip>
        )}
        <button
          type="button"
          className="h-6 rounded text-xs text-accent hover:underline"
          onClick={() => setScope({ env: [environment.id] })}
        >
          Show only this <span className="sr-only">environment, {environmentName(environment)}</span>
        </button>
      </div>
    </li>
  );
}

const VERSIONS_NAMED_MAX = 2;

function versionText(versions: string[]): string {
  if (versions.length === 0) return "not reported";
  return versions.length <= VERSIONS_NAMED_MAX ? versions.join(", ") : plural(versions.length, "version");
}
