// Environments of a row as two-letter tags; the full names are in the title.
import { environmentNameOf, environmentTag } from "./environment";

const SHOWN_MAX = 4;

export function EnvironmentChips({ ids }: { ids: string[] }) {
  const tags = [...new Set(ids.map(environmentTag))];
  const names = ids.map(environmentNameOf).join(", ");
  return (
    <span className="flex gap-1" title={names}>
      <span className="sr-only">{names}</span>
      {tags.slice(0, SHOWN_MAX).map((tag) => (
        <span
          key={tag}
          aria-hidden
          className="rounded border border-line px-1 font-mono text-[10px] leading-4 text-muted"
        >
          {tag}
        </span>
      ))}
      {tags.length > SHOWN_MAX && <span className="text-[10px] leading-4 text-muted">+{tags.length - SHOWN_MAX}</span>}
    </span>
  );
}
