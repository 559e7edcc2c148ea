// The affected part of who calls whom: as a map, or as a table with the same numbers. Owns the look of a box; places are
// incidents/callMap.ts.
import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck, Flag, TrendingUp, TriangleAlert, type LucideIcon } from "lucide-react";
import { useMemo, useState } from "react";
import type { CallMap, CallMapNode, Diagnosis } from "../../api/incidentTypes";
import { BOX_HEIGHT, BOX_WIDTH, NODE_STATE_NAMES, nodeState, placeMap, type NodeState } from "../../incidents/callMap";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import type { Search } from "../../scope/codec";
import { absoluteTime } from "../../time/expression";
import { count, latency, share } from "../../units";
import { MapTable } from "./MapTable";

const FAILING = 0.01; // Calls that fail more often than this say so.

export function MapPanel({ diagnosis }: { diagnosis: Diagnosis }) {
  const { map } = diagnosis;
  const [asTable, setAsTable] = useState(false);
  if (map.nodes.length === 0) {
    return (
      <Panel title="Call map">
        <Empty reason="Its requests name no caller and no callee, so there is no map." />
      </Panel>
    );
  }
  return (
    <Panel
      title="Call map"
      note="callers left, whom they call right; against the time before"
      actions={
        <button
          type="button"
          className="rounded px-1 text-xs text-accent hover:underline"
          aria-label={`Call map as ${asTable ? "map" : "table"}`}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Map" : "Table"}
        </button>
      }
    >
      {asTable ? <MapTable map={map} /> : <Drawn map={map} diagnosis={diagnosis} />}
    </Panel>
  );
}

function Drawn({ map, diagnosis }: { map: CallMap; diagnosis: Diagnosis }) {
  const placed = useMemo(() => placeMap(map), [map]);
  return (
    <div className="overflow-auto px-3 pt-1.5 pb-3" tabIndex={0} role="region" aria-label="Who calls whom">
      <div className="relative mx-auto" style={{ width: placed.width, height: placed.height }} data-map>
        {placed.groups.map(({ environment, y, height }) => (
          <div
            key={environment}
            className="absolute inset-x-0 rounded-md border border-dashed border-line"
            style={{ top: y, height }}
          >
            <p className="px-2.5 pt-1 text-[11px] leading-4 text-muted" title={environment}>
              {environmentNameOf(environment)}
            </p>
          </div>
        ))}
        <svg width={placed.width} height={placed.height} className="absolute inset-0" aria-hidden>
          {placed.edges.map(({ caller, callee, path, width }, index) => {
            const edge = edgeOf(map, caller, callee);
            const failing = edge.error_rate >= FAILING;
            return (
              <path
                key={index}
                d={path}
                fill="none"
                stroke={`var(${failing ? "--critical" : "--line-strong"})`}
                strokeOpacity={failing ? 0.75 : 0.55}
                strokeWidth={width}
                strokeDasharray={failing ? "7 3" : undefined}
              />
            );
          })}
        </svg>
        {placed.edges.map(({ caller, callee, label_x, label_y }, index) => {
          const edge = edgeOf(map, caller, callee);
          if (edge.error_rate < FAILING) return null;
          return (
            <span
              key={index}
              className="absolute -translate-x-1/2 -translate-y-1/2 rounded bg-surface px-1 text-[11px] leading-4 whitespace-nowrap text-critical"
              style={{ left: label_x, top: label_y }}
            >
              {share(edge.error_rate)} fail
            </span>
          );
        })}
        <ul aria-label="Services">
          {placed.nodes.map(({ index, x, y }) => (
            <li key={index} className="absolute" style={{ left: x, top: y }}>
              <Box node={map.nodes[index]!} calls={callsText(map, index)} diagnosis={diagnosis} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function edgeOf({ edges }: CallMap, caller: number, callee: number) {
  return edges.find((edge) => edge.caller === caller && edge.callee === callee)!;
}

/** What a picture shows as lines. */
function callsText({ nodes, edges }: CallMap, index: number): string {
  const called = edges.filter((edge) => edge.caller === index).map((edge) => nodes[edge.callee]?.service);
  return called.length > 0 ? `calls ${called.join(", ")}` : "calls nobody here";
}

export const NODE_LOOK: Record<NodeState, [LucideIcon, string, string]> = {
  much_worse: [TriangleAlert, "text-critical", "border-critical bg-critical-tint"],
  worse: [TrendingUp, "text-warn", "border-warn bg-warn-tint"],
  as_before: [CircleCheck, "text-ok", "border-line-strong bg-surface"],
};

interface BoxProps {
  node: CallMapNode;
  calls: string;
  diagnosis: Diagnosis;
}

function Box({ node, calls, diagnosis }: BoxProps) {
  const state = nodeState(node);
  const [Icon, color, frame] = NODE_LOOK[state];
  const search: Search = {
    from: absoluteTime(Math.floor(diagnosis.from_ms / 1000) * 1000),
    ...(!node.service.includes(",") && { service: node.service }),
    ...(node.environment !== "" && { env: node.environment }),
  };
  return (
    <Link
      to="/endpoints"
      search={search as never}
      className={`flex flex-col rounded-md border px-2.5 py-1.5 text-xs leading-[18px] hover:shadow-(--shadow) ${frame} ${
        node.is_first_cause ? "outline-2 outline-offset-2 outline-text" : ""
      }`}
      style={{ width: BOX_WIDTH, height: BOX_HEIGHT }}
      title={`${node.service} on ${environmentNameOf(node.environment)}: ${count(node.requests_per_minute)} requests a minute`}
      data-node={state}
    >
      <span className="flex items-center gap-1.5">
        <span className="min-w-0 flex-1 truncate font-semibold">{node.service}</span>
        {node.is_first_cause && (
          <span className="inline-flex shrink-0 items-center gap-1 rounded bg-text px-1 text-[10px] leading-4 font-medium text-bg">
            <Flag size={10} aria-hidden /> first cause
          </span>
        )}
      </span>
      <span className={`flex items-center gap-1 ${color}`}>
        <Icon size={12} className="shrink-0" aria-hidden /> {NODE_STATE_NAMES[state]}
        {node.anomalies > 0 && (
          <span className="ml-auto text-text">
            {node.anomalies} {node.anomalies === 1 ? "anomaly" : "anomalies"}
          </span>
        )}
      </span>
      <Change name="p95" before={latency(node.latency_ms_p95_before)} now={latency(node.latency_ms_p95)} />
      <Change name="errors" before={share(node.error_rate_before)} now={share(node.error_rate)} />
      <span className="sr-only">{calls}</span>
    </Link>
  );
}

function Change({ name, before, now }: { name: string; before: string; now: string }) {
  return (
    <span className="flex items-center gap-1 whitespace-nowrap">
      <span className="w-10 shrink-0 text-muted">{name}</span>
      <span className="truncate text-muted">{before}</span>
      <ArrowRight size={10} className="shrink-0 text-muted" aria-label="now" />
      <span className="truncate font-medium">{now}</span>
    </span>
  );
}
