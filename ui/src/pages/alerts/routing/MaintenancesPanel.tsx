// Planned times, once or recurring, in which matching alerts are not told.
import { spanSentence } from "../../../alerting/calendar";
import { CheckField, MomentField, TextField } from "../../../alerting/fields";
import { MatcherChips, MatcherFields } from "../../../alerting/MatcherFields";
import type { PlannedMaintenance } from "../../../api/alertTypes";
import { useZone } from "../../../scope/useScope";
import { dateTime } from "../../../time/format";
import { browserZone } from "../../../time/zone";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { NamedList } from "./NamedList";
import { SpanFields, ZoneNameField } from "./SpanFields";

export function MaintenancesPanel() {
  const { problems } = useRoutingDraft();
  const zone = useZone();
  return (
    <NamedList
      list="maintenances"
      title="Maintenance"
      note="planned, once or again and again"
      empty="No maintenance is planned."
      one="maintenance"
      blank={{
        matchers: [],
        time_zone: browserZone(),
        spans: [],
        from_ms: null,
        to_ms: null,
        is_summarised: true,
        note: "",
      }}
      summary={(item) => (
        <>
          <span className="block">{whenText(item, zone)}</span>
          <MatcherChips matchers={item.matchers} empty="everything" />
        </>
      )}
      fields={(item, change, path) => (
        <>
          <MatcherFields
            name="Hides alerts for which all of this is true"
            value={item.matchers}
            onChange={(matchers) => change({ matchers })}
            empty="Hides everything."
            error={problemAt(problems, `${path}.matchers`)}
          />
          <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
            <MomentField
              name={`From, in ${zone}`}
              zone={zone}
              value_ms={item.from_ms}
              onChange={(from_ms) => change({ from_ms })}
              error={problemAt(problems, `${path}.from_ms`)}
            />
            <MomentField
              name="To"
              zone={zone}
              value_ms={item.to_ms}
              onChange={(to_ms) => change({ to_ms })}
              error={problemAt(problems, `${path}.to_ms`)}
            />
          </div>
          <SpanFields
            spans={item.spans}
            onChange={(spans) => change({ spans })}
            empty="All the time between the two. Add a time for one that recurs."
          />
          {item.spans.length > 0 && (
            <ZoneNameField
              value={item.time_zone}
              onChange={(time_zone) => change({ time_zone })}
              error={problemAt(problems, `${path}.time_zone`)}
            />
          )}
          <CheckField checked={item.is_summarised} onChange={(is_summarised) => change({ is_summarised })}>
            Tell once afterwards what it hid
          </CheckField>
          <TextField name="Note" value={item.note} onChange={(note) => change({ note })} />
        </>
      )}
    />
  );
}

function whenText(item: PlannedMaintenance, zone: string): string {
  const ends = [
    item.from_ms !== null ? `from ${dateTime(item.from_ms, zone)}` : "",
    item.to_ms !== null ? `to ${dateTime(item.to_ms, zone)}` : "",
  ].filter(Boolean);
  const spans = item.spans.length > 0 ? [`${item.spans.map(spanSentence).join("; or ")}, ${item.time_zone}`] : [];
  return [...spans, ends.join(" ")].filter(Boolean).join(", ") || "without an end";
}
