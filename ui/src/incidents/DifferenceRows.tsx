// What sets some requests apart: attributes with their share inside and in the baseline as a pair of bars. Owns the
// order and how many are shown at first; where a row leads is filterOf.ts.
import { Link } from "@tanstack/react-router";
import { Filter } from "lucide-react";
import { useState } from "react";
import type { Difference } from "../api/incidentTypes";
import type { EndpointRef } from "../api/types";
import { environmentNameOf } from "../parts/environment";
import { Empty } from "../parts/states";
import type { Search } from "../scope/codec";
import { count, share } from "../units";
import { filterOf } from "./filterOf";
import { ATTRIBUTE_NAMES, chanceText } from "./words";

const SHOWN_FIRST = 8;

interface DifferenceRowsProps {
  items: Difference[];
  /** What the two columns are: "bad" and "before". */
  names: [string, string];
  empty: string;
  endpoints: EndpointRef[];
  environments: string[];
  /** Range and place of the view that a row opens. */
  place: Search;
}

export function DifferenceRows({ items, names, empty, endpoints, environments, place }: DifferenceRowsProps) {
  const [all, setAll] = useState(false);
  if (items.length === 0) return <Empty reason={empty} />;
  const shown = all ? items : items.slice(0, SHOWN_FIRST);
  return (
    <>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Differences table">
        <table className="w-full min-w-100 text-xs" data-differences>
          <thead>
            <tr className="h-8 border-b border-line text-left text-muted">
              <th scope="col" className="pl-3 font-medium">
                Attribute
              </th>
              <th scope="col" className="px-2 font-medium">
                Share in <Swatch color="--series-2" /> {names[0]}, <Swatch color="--line-strong" /> {names[1]}
              </th>
              <th scope="col" className="pr-2">
                <span className="sr-only">Open with this filter</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((item) => (
              <tr key={`${item.attribute} ${item.value}`} className="border-b border-line last:border-b-0">
                <th scope="row" className="max-w-0 py-1.5 pl-3 text-left font-normal" style={{ width: "42%" }}>
                  <span className="block truncate" title={item.value}>
                    <span className="text-muted">{ATTRIBUTE_NAMES[item.attribute]}</span>{" "}
                    <span className="font-mono">{valueText(item)}</span>
                  </span>
                </th>
                <td className="px-2 py-1.5" title={chanceText(item.p_value)}>
                  <Pair value={item.share_bad} requests={item.requests_bad} color="--series-2" />
                  <Pair value={item.share_baseline} requests={item.requests_baseline} color="--line-strong" />
                </td>
                <td className="w-9 pr-2 text-right">
                  <Way item={item} endpoints={endpoints} environments={environments} place={place} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {items.length > SHOWN_FIRST && (
        <button
          type="button"
          className="m-2 rounded px-1 text-xs text-accent hover:underline"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? "Fewer" : `All ${items.length} differences`}
        </button>
      )}
    </>
  );
}

function Swatch({ color }: { color: string }) {
  return (
    <span className="inline-block size-2 rounded-sm" style={{ background: `var(${color})` }} aria-hidden />
  );
}

function Pair({ value, requests, color }: { value: number; requests: number; color: string }) {
  return (
    <span className="flex h-4 items-center gap-2 whitespace-nowrap" title={`${requests.toLocaleString("en")} requests`}>
      <span className="h-2 min-w-10 flex-1 overflow-hidden rounded-sm bg-bg" aria-hidden>
        <span
          className="block h-full rounded-sm"
          style={{ width: `max(${value > 0 ? 2 : 0}px, ${Math.min(1, value) * 100}%)`, background: `var(${color})` }}
        />
      </span>
      <span className="w-12 shrink-0 text-right">{share(value)}</span>
      <span className="w-14 shrink-0 text-right text-muted">{count(requests)}</span>
    </span>
  );
}

function valueText({ attribute, value }: Difference): string {
  if (value === "") return "(none)";
  return attribute === "environment" ? environmentNameOf(value) : value;
}

type WayProps = Pick<DifferenceRowsProps, "endpoints" | "environments" | "place"> & { item: Difference };

/** Opens the requests that have it: those of the endpoint where only one is concerned, else the list of endpoints. */
function Way({ item, endpoints, environments, place }: WayProps) {
  const filter = filterOf(item, { endpoints, environments });
  if (!filter) return null;
  const name = `${ATTRIBUTE_NAMES[item.attribute]} ${valueText(item)}`;
  const look = "inline-flex size-7 items-center justify-center rounded text-muted hover:text-text";
  const only = filter.endpoint ?? (endpoints.length === 1 ? endpoints[0] : undefined);
  const search = { ...place, ...filter.search };
  const said = { "aria-label": `Requests with ${name}`, title: `Requests with ${name}` };
  return only ? (
    <Link to="/endpoints/$id" params={{ id: only.id }} search={{ ...search, tab: "samples" } as never} className={look} {...said}>
      <Filter size={13} aria-hidden />
    </Link>
  ) : (
    <Link to="/endpoints" search={search as never} className={look} {...said}>
      <Filter size={13} aria-hidden />
    </Link>
  );
}
