// Lists of words, and records edited as lines. Pure.
import type { Labels } from "../api/alertTypes";

/** "a, b and c". */
export function listText(words: string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Comma or line separated, without blanks and doubles. */
export function splitList(text: string): string[] {
  return [...new Set(text.split(/[,\n]/).map((part) => part.trim()))].filter((part) => part !== "");
}

/** One `name: value` a line; null when a line has no name. */
export function parsePairs(text: string): Labels | null {
  const pairs: Labels = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const found = /^\s*([^:=\s][^:=]*?)\s*[:=]\s*(.*)$/.exec(line);
    if (!found) return null;
    pairs[found[1]!] = found[2]!.trim();
  }
  return pairs;
}

export function writePairs(pairs: Labels): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

/** The list with one entry at another place. */
export function moved<Item>(list: Item[], from: number, to: number): Item[] {
  if (to < 0 || to >= list.length) return list;
  const next = list.toSpliced(from, 1);
  return next.toSpliced(to, 0, list[from]!);
}
