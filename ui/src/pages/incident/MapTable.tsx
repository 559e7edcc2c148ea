// The call map in rows: every service with whom it calls, for those who read rather than look.
import { Flag } from "lucide-react";
import type { CallMap } from "../../api/incidentTypes";
import { NODE_STATE_NAMES, nodeState } from "../../incidents/callMap";
import { environmentNameOf } from "../../parts/environment";
import { count, latency, share } from "../../units";

const COLUMNS = ["State", "Requests a minute", "Errors, before", "p95, before", "Anomalies", "Calls"];

export function MapTable({ map }: { map: CallMap }) {
  return (
    <div className="overflow-x-auto border-t border-line" tabIndex={0} role="region" aria-label="Call map table">
      <table className="w-full min-w-180 text-xs">
        <thead>
          <tr className="h-8 border-b border-line text-left text-muted">
            <th scope="col" className="pl-3 font-medium">
              Service
            </th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className="px-2 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.nodes.map((node, index) => (
            <tr key={index} className="border-b border-line last:border-b-0">
              <th scope="row" className="max-w-60 py-2 pl-3 text-left font-normal">
                <span className="block truncate font-medium" title={node.service}>
                  {node.service}
                </span>
                <span className="block truncate text-muted" title={node.environment}>
                  {environmentNameOf(node.environment)}
                </span>
              </th>
              <td className="px-2 whitespace-nowrap">
                {NODE_STATE_NAMES[nodeState(node)]}
                {node.is_first_cause && (
                  <span className="flex items-center gap-1 font-medium">
                    <Flag size={11} aria-hidden /> first cause
                  </span>
                )}
              </td>
              <td className="px-2">{count(node.requests_per_minute)}</td>
              <td className="px-2 whitespace-nowrap">
                {share(node.error_rate)} <span className="text-muted">{share(node.error_rate_before)}</span>
              </td>
              <td className="px-2 whitespace-nowrap">
                {latency(node.latency_ms_p95)} <span className="text-muted">{latency(node.latency_ms_p95_before)}</span>
              </td>
              <td className="px-2">{node.anomalies}</td>
              <td className="max-w-60 px-2 py-2">
                <Calls map={map} index={index} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Calls({ map: { nodes, edges }, index }: { map: CallMap; index: number }) {
  const called = edges.filter((edge) => edge.caller === index && nodes[edge.callee]);
  if (called.length === 0) return <span className="text-muted">nobody here</span>;
  return (
    <ul>
      {called.map((edge) => (
        <li key={edge.callee} className="truncate">
          {nodes[edge.callee]!.service}{" "}
          <span className="text-muted">
            {count(edge.requests_per_minute)}/min, {share(edge.error_rate)} fail
          </span>
        </li>
      ))}
    </ul>
  );
}
