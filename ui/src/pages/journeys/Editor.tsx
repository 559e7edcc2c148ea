// Opens the form of a journey with what it starts from: nothing, one that exists, or a path that was found.
import { useJourneys, useProposals } from "../../api/forecastQueries";
import { Failure, Skeleton } from "../../parts/states";
import { useSetScope } from "../../scope/useScope";
import { draftOf, draftOfProposal, EMPTY_DRAFT } from "./draft";
import { JourneyForm } from "./JourneyForm";

export const PROPOSAL = "proposal:"; // With the id of a proposal behind it.

export default function Editor({ sel }: { sel: string }) {
  const setScope = useSetScope();
  const isProposal = sel.startsWith(PROPOSAL);
  const journeys = useJourneys([]);
  const proposals = useProposals(isProposal);
  const close = () => setScope({ sel: "" });
  const query = isProposal && !proposals.data ? proposals : journeys;
  if (query.error && !query.data) {
    return (
      <div className="panel">
        <Failure what="The journey" error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  if (!journeys.data || (isProposal && !proposals.data)) return <Skeleton height={520} />;
  const rows = journeys.data.items;
  const taken = rows.map(({ journey }) => journey.id);
  if (sel === "new") return <JourneyForm start={EMPTY_DRAFT} row={null} taken={taken} onClose={close} />;
  if (isProposal) {
    const proposal = proposals.data?.items.find((item) => item.id === sel.slice(PROPOSAL.length));
    if (!proposal) return <Gone text="This path is not proposed any more." onClose={close} />;
    return (
      <JourneyForm
        key={sel}
        start={draftOfProposal(proposal)}
        row={null}
        proposal={proposal}
        taken={taken}
        onClose={close}
      />
    );
  }
  const row = rows.find(({ journey }) => journey.id === sel);
  if (!row) return <Gone text={`There is no journey ${sel}.`} onClose={close} />;
  return <JourneyForm key={sel} start={draftOf(row.journey)} row={row} taken={taken} onClose={close} />;
}

function Gone({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div className="panel flex flex-col items-center gap-2 p-8 text-center text-muted" role="status">
      <p>{text}</p>
      <button type="button" className="control" onClick={onClose}>
        All journeys
      </button>
    </div>
  );
}
