// What sets the requests inside a box of the latency map apart from all others of the map. Owns the typed way to a box,
// for those who do not drag.
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useBoxDifferences, type HeatBox } from "../api/incidentQueries";
import type { Range } from "../api/types";
import type { BoxEdges } from "../charts/HeatChart";
import { useNow } from "../now";
import { Failure, Skeleton } from "../parts/states";
import type { Scope, Search } from "../scope/codec";
import { useZone } from "../scope/useScope";
import { absoluteTime } from "../time/expression";
import { clockSeconds, rangeText } from "../time/format";
import { count, latency } from "../units";
import { LATENCY_MAX_MS, readBox, type BoxProblems, type TypedBox } from "./box";
import { DifferenceRows } from "./DifferenceRows";
import { sampledText } from "./words";

interface BoxCompareProps {
  scope: Scope;
  range: Range;
  box: HeatBox | null;
  onBox: (box: BoxEdges) => void;
  onClear: () => void;
}

export default function BoxCompare({ scope, range, box, onBox, onClear }: BoxCompareProps) {
  return (
    <div className="border-t border-line" data-box>
      <BoxForm range={range} box={box} onBox={onBox} onClear={onClear} />
      {box && <Result scope={scope} box={box} />}
    </div>
  );
}

type BoxFormProps = Omit<BoxCompareProps, "scope">;

const FIELDS: [keyof TypedBox, string, string][] = [
  ["from", "From", "14:05"],
  ["to", "To", "14:25"],
  ["low", "Latency from", "250 ms"],
  ["high", "Latency up to", "no limit"],
];

function BoxForm({ range, box, onBox, onClear }: BoxFormProps) {
  const zone = useZone();
  const now_ms = useNow();
  const [typed, setTyped] = useState<TypedBox>(() => wordsOf(box, range, zone));
  const [problems, setProblems] = useState<BoxProblems>({});
  useEffect(() => {
    // A box that was dragged stands in the fields, so that it can be made exact.
    if (box) setTyped(wordsOf(box, range, zone));
  }, [box, zone]);
  return (
    <form
      className="flex flex-wrap items-start gap-2 px-3 py-2.5"
      aria-label="Box"
      onSubmit={(event) => {
        event.preventDefault();
        const read = readBox(typed, now_ms, zone);
        setProblems(read.problems);
        if (read.box) onBox(read.box);
      }}
    >
      <p className="basis-full text-xs text-muted">
        Drag a box on the map, or type it. Its requests are compared with all others of the map.
      </p>
      {FIELDS.map(([field, name, placeholder]) => (
        <label key={field} className="min-w-0 flex-1 basis-24 text-xs">
          <span className="mb-1 block text-muted">{name}</span>
          <input
            className="control w-full bg-bg"
            value={typed[field]}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={problems[field] !== undefined}
            onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
          />
          {problems[field] && (
            <span className="mt-1 block text-warn" role="alert">
              {problems[field]}
            </span>
          )}
        </label>
      ))}
      <span className="flex gap-2 pt-5">
        <button type="submit" className="control border-accent bg-accent font-medium text-on-accent">
          Compare
        </button>
        <button type="button" className="control" onClick={onClear}>
          <X size={14} aria-hidden /> Clear
        </button>
      </span>
    </form>
  );
}

function wordsOf(box: BoxEdges | null, range: Range, zone: string): TypedBox {
  const { from_ms, to_ms } = box ?? range;
  return {
    from: momentText(from_ms, to_ms, zone),
    to: momentText(to_ms, to_ms, zone),
    low: box && box.low_ms > 0 ? latency(box.low_ms) : "",
    high: box && box.high_ms < LATENCY_MAX_MS ? latency(box.high_ms) : "",
  };
}

const DAY_MS = 86_400_000;

/** The clock alone means today, so older moments are written whole. */
function momentText(at_ms: number, to_ms: number, zone: string): string {
  const whole = rangeText(at_ms, Math.max(at_ms, to_ms), zone).split(" to ")[0]!;
  return Date.now() - at_ms < DAY_MS / 2 && whole.slice(0, 10) === rangeText(Date.now(), Date.now(), zone).slice(0, 10)
    ? clockSeconds(at_ms, zone)
    : whole;
}

function Result({ scope, box }: { scope: Scope; box: HeatBox }) {
  const zone = useZone();
  const query = useBoxDifferences(scope, box);
  const { data } = query;
  const place: Search = {
    from: absoluteTime(Math.floor(box.from_ms / 1000) * 1000),
    to: absoluteTime(Math.ceil(box.to_ms / 1000) * 1000),
    ...(scope.env.length > 0 && { env: scope.env.join(",") }),
    ...(scope.tz !== "browser" && { tz: scope.tz }),
  };
  if (!data) {
    return query.error ? (
      <Failure what="The comparison" error={query.error} retry={() => void query.refetch()} />
    ) : (
      <div className="px-3 pb-3">
        <Skeleton height={160} />
      </div>
    );
  }
  const only = scope.ep.length === 1 ? [{ id: scope.ep[0]!, service: "", method: "", route: "" }] : [];
  const sampled = sampledText(data.sampled);
  return (
    <div data-box-result>
      <p className="border-t border-line px-3 py-2 text-xs" role="status">
        <strong className="font-semibold">{count(data.requests)} requests inside</strong>
        <span className="text-muted">
          , {rangeText(box.from_ms, box.to_ms, zone)}
          {box.low_ms > 0 ? `, from ${latency(box.low_ms)}` : ""}
          {box.high_ms < LATENCY_MAX_MS ? ` up to ${latency(box.high_ms)}` : ""}; {count(data.requests_baseline)} outside.{" "}
          {sampled}
        </span>
      </p>
      <DifferenceRows
        items={data.items}
        names={["the box", "the rest"]}
        empty="Requests inside the box have the same attributes as the others."
        endpoints={only}
        environments={scope.env}
        place={place}
      />
    </div>
  );
}
