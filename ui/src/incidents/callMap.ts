// The call map as places: who calls stands left, who is called right, environments below one another. Owns layers, rows
// and sizes; draws nothing.
import type { CallMap, CallMapNode } from "../api/incidentTypes";

export const BOX_WIDTH = 188;
export const BOX_HEIGHT = 92;
export const COLUMN_GAP = 84;
const ROW_GAP = 16;
const GROUP_GAP = 18;
const GROUP_HEAD = 26;
const EDGE_MIN = 1.25;
const EDGE_MAX = 7;

export interface PlacedNode {
  index: number;
  x: number;
  y: number;
  layer: number;
}

export interface PlacedEdge {
  caller: number;
  callee: number;
  path: string;
  width: number;
  /** Where its words go. */
  label_x: number;
  label_y: number;
}

export interface PlacedGroup {
  environment: string;
  y: number;
  height: number;
}

export interface PlacedMap {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  /** Empty when all is in one environment. */
  groups: PlacedGroup[];
}

export function placeMap({ nodes, edges }: CallMap): PlacedMap {
  const valid = edges.filter(({ caller, callee }) => nodes[caller] && nodes[callee] && caller !== callee);
  const layers = layersOf(nodes.length, valid);
  const environments = [...new Set(nodes.map((node) => node.environment))];
  const grouped = environments.length > 1;
  const placed: PlacedNode[] = [];
  const groups: PlacedGroup[] = [];
  let top = 0;
  for (const environment of environments) {
    const members = nodes.flatMap((node, index) => (node.environment === environment ? [index] : []));
    const columns = columnsOf(members, layers, valid, nodes);
    const rows = Math.max(...columns.map((column) => column.length));
    const head = grouped ? GROUP_HEAD : 0;
    const inner = rows * (BOX_HEIGHT + ROW_GAP) - ROW_GAP;
    for (const column of columns) {
      // A shorter column stands in the middle of the tallest.
      const start = top + head + ((rows - column.length) * (BOX_HEIGHT + ROW_GAP)) / 2;
      column.forEach((index, row) => {
        const layer = layers[index]!;
        const x = (grouped ? 10 : 0) + layer * (BOX_WIDTH + COLUMN_GAP);
        placed.push({ index, layer, x, y: start + row * (BOX_HEIGHT + ROW_GAP) });
      });
    }
    const height = head + inner + (grouped ? 10 : 0);
    if (grouped) groups.push({ environment, y: top, height });
    top += height + GROUP_GAP;
  }
  placed.sort((a, b) => a.index - b.index);
  const right = Math.max(0, ...placed.map((node) => node.x + BOX_WIDTH));
  const around = valid.some(({ caller, callee }) => {
    const [from, to] = [placed[caller]!, placed[callee]!];
    return to.layer <= from.layer && Math.max(from.x, to.x) + BOX_WIDTH === right;
  });
  const width = right + (around ? COLUMN_GAP * 0.7 : 0) + (grouped ? 10 : 0);
  return { width, height: Math.max(0, top - GROUP_GAP), nodes: placed, edges: placeEdges(valid, placed), groups };
}

/** The longest way from a service that nobody calls. A call that closes a circle does not count. */
function layersOf(length: number, edges: CallMap["edges"]): number[] {
  const callees = Array.from({ length }, (_, index) =>
    edges.filter((edge) => edge.caller === index).map((edge) => edge.callee),
  );
  const state: (0 | 1 | 2)[] = Array.from({ length }, () => 0);
  const order: number[] = [];
  const forward: [number, number][] = [];
  const visit = (index: number): void => {
    state[index] = 1;
    for (const next of callees[index]!) {
      if (state[next] === 1) continue;
      forward.push([index, next]);
      if (state[next] === 0) visit(next);
    }
    state[index] = 2;
    order.unshift(index);
  };
  const called = new Set(edges.map((edge) => edge.callee));
  for (let index = 0; index < length; index += 1) if (!called.has(index)) visit(index);
  for (let index = 0; index < length; index += 1) if (state[index] === 0) visit(index);
  const layers: number[] = Array.from({ length }, () => 0);
  for (const index of order) {
    for (const [from, to] of forward) {
      if (from === index) layers[to] = Math.max(layers[to]!, layers[index]! + 1);
    }
  }
  return layers;
}

/** Members by layer; within one, near those who call them. */
function columnsOf(members: number[], layers: number[], edges: CallMap["edges"], nodes: CallMapNode[]): number[][] {
  const byLayer = new Map<number, number[]>();
  for (const index of members) byLayer.set(layers[index]!, [...(byLayer.get(layers[index]!) ?? []), index]);
  const rowOf = new Map<number, number>();
  return [...byLayer.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, column]) => {
      const wish = (index: number) => {
        const rows = edges.flatMap(({ caller, callee }) => (callee === index ? (rowOf.get(caller) ?? []) : []));
        return rows.length > 0 ? rows.reduce((sum, row) => sum + row, 0) / rows.length : Number.MAX_VALUE;
      };
      const sorted = column.toSorted(
        (a, b) => wish(a) - wish(b) || nodes[b]!.requests_per_minute - nodes[a]!.requests_per_minute || a - b,
      );
      sorted.forEach((index, row) => rowOf.set(index, row));
      return sorted;
    });
}

function placeEdges(edges: CallMap["edges"], placed: PlacedNode[]): PlacedEdge[] {
  const busiest = Math.max(0, ...edges.map((edge) => edge.requests_per_minute));
  return edges.map(({ caller, callee, requests_per_minute }) => {
    const [from, to] = [placed[caller]!, placed[callee]!];
    const [y1, y2] = [from.y + BOX_HEIGHT / 2, to.y + BOX_HEIGHT / 2];
    const back = to.layer <= from.layer;
    const x1 = from.x + BOX_WIDTH;
    // What is called in the same layer or further left is reached around the right side.
    const x2 = back ? to.x + BOX_WIDTH : to.x;
    const bend = back ? COLUMN_GAP * 0.8 : Math.max(COLUMN_GAP / 2, (x2 - x1) / 2);
    const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${back ? x2 + bend : x2 - bend} ${y2} ${x2} ${y2}`;
    const weight = busiest > 0 ? Math.sqrt(requests_per_minute / busiest) : 0;
    return {
      caller,
      callee,
      path,
      width: EDGE_MIN + (EDGE_MAX - EDGE_MIN) * weight,
      label_x: back ? Math.max(x1, x2) + bend * 0.75 : (x1 + x2) / 2,
      label_y: (y1 + y2) / 2,
    };
  });
}

export type NodeState = "much_worse" | "worse" | "as_before";

const ERRORS_WORSE = 0.005;
const ERRORS_MUCH = 0.02;
const LATENCY_WORSE = 1.3;
const LATENCY_MUCH = 2;

/** How much worse than before. */
export function nodeState(node: CallMapNode): NodeState {
  const errors = node.error_rate - node.error_rate_before;
  const times = node.latency_ms_p95_before > 0 ? node.latency_ms_p95 / node.latency_ms_p95_before : 1;
  if (errors >= ERRORS_MUCH || times >= LATENCY_MUCH) return "much_worse";
  return errors >= ERRORS_WORSE || times >= LATENCY_WORSE ? "worse" : "as_before";
}

export const NODE_STATE_NAMES: Record<NodeState, string> = {
  much_worse: "much worse",
  worse: "worse",
  as_before: "as before",
};
