// One sentence at the top: the facts, and the endpoint that changed most. Owns the wording. It reports
// comparisons of two periods and claims no more: nothing here decides what is an anomaly.
import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { EndpointRow, Overview } from "../../api/types";
import { Skeleton } from "../../parts/states";
import { travelling, type Search } from "../../scope/codec";
import { COMPARE_SHORT } from "../../shell/compareNames";
import type { Compare } from "../../scope/codec";
import { plural, share } from "../../units";

interface StatusSentenceProps {
  overview: Overview | undefined;
  attention: EndpointRow[] | undefined;
  compared: Compare;
}

export function StatusSentence({ overview, attention, compared }: StatusSentenceProps) {
  if (!overview || !attention) return <Skeleton height={46} />;
  const changed = attention.find((row) => row.attention_reason !== "" && row.attention > 0);
  const facts = factsOf(overview);
  if (overview.current.requests === 0) {
    return (
      <Banner icon={<Info size={18} className="text-info" aria-hidden />} tint="border-line">
        <strong className="font-semibold">No requests in this range.</strong> {facts}
      </Banner>
    );
  }
  if (!changed) {
    return (
      <Banner icon={<CircleCheck size={18} className="text-ok" aria-hidden />} tint="border-line">
        {facts}
      </Banner>
    );
  }
  return (
    <Banner icon={<TriangleAlert size={18} className="text-warn" aria-hidden />} tint="border-warn bg-warn-tint">
      <strong className="font-semibold">
        {changed.state === "silent" ? "Went silent" : `Changed most against the ${COMPARE_SHORT[compared]}`}:{" "}
        {changed.method} {changed.route}
      </strong>{" "}
      of {changed.service}, {changed.attention_reason}. <span className="text-muted max-md:hidden">{facts}</span>
      <Link
        to="/endpoints/$id"
        params={{ id: changed.id }}
        search={((previous: Search) => travelling({ ...previous, ep: undefined, q: undefined })) as never}
        className="ml-2 inline-flex items-center gap-1 font-medium whitespace-nowrap text-accent underline"
      >
        Look at it <ArrowRight size={13} aria-hidden />
      </Link>
    </Banner>
  );
}

export function factsOf(overview: Overview): string {
  const where = `${plural(overview.endpoints_total, "endpoint")} in ${plural(overview.environments, "environment")}`;
  const errors = overview.current.error_rate === null ? "" : `, error rate ${share(overview.current.error_rate)}`;
  const silent =
    overview.endpoints_silent === 0 ? "nothing silent" : `${plural(overview.endpoints_silent, "endpoint")} silent`;
  return `${where}${errors}, ${silent}.`;
}

function Banner({ icon, tint, children }: { icon: React.ReactNode; tint: string; children: React.ReactNode }) {
  return (
    <div className={`panel flex items-center gap-3 px-3 py-2.5 ${tint}`} role="status" data-status>
      <span className="shrink-0">{icon}</span>
      <p className="min-w-0 break-words">{children}</p>
    </div>
  );
}
