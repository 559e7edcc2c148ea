// Recurring times that routes refer to: nights, weekends, business hours.
import { spanSentence } from "../../../alerting/calendar";
import type { Route, Routing } from "../../../api/alertTypes";
import { browserZone } from "../../../time/zone";
import { problemAt } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";
import { NamedList } from "./NamedList";
import { SpanFields, ZoneNameField } from "./SpanFields";

export function IntervalsPanel() {
  const { problems } = useRoutingDraft();
  return (
    <NamedList
      list="intervals"
      title="Times"
      note="for quiet hours and business hours"
      empty="No recurring time is named."
      one="interval"
      blank={{
        time_zone: browserZone(),
        spans: [{ weekdays: [], from: "22:00", to: "06:00", days_of_month: [], months: [] }],
      }}
      renamed={renamedInterval}
      summary={(interval) => `${interval.spans.map(spanSentence).join("; or ") || "never"}, ${interval.time_zone}`}
      fields={(interval, change, path) => (
        <>
          <ZoneNameField
            value={interval.time_zone}
            onChange={(time_zone) => change({ time_zone })}
            error={problemAt(problems, `${path}.time_zone`)}
          />
          <SpanFields spans={interval.spans} onChange={(spans) => change({ spans })} empty="Never: add a time." />
        </>
      )}
    />
  );
}

function renamedInterval(routing: Routing, from: string, to: string): Routing {
  const named = (names: string[]) => names.map((name) => (name === from ? to : name));
  const rename = (route: Route): Route => ({
    ...route,
    mute_during: named(route.mute_during),
    active_during: named(route.active_during),
    routes: route.routes.map(rename),
  });
  return { ...routing, route: rename(routing.route) };
}
