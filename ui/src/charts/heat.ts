// Counts per latency and time as pixels. Owns the colour ramps and the painter; one ImageData per update,
// scaled without smoothing, is about nine times cheaper than one rectangle per cell.
import type { Heatmap } from "../api/types";
import type { Theme } from "../theme";

type Rgb = readonly [number, number, number];

// From few to many. No red: many requests are not an alarm.
const RAMPS: Record<Theme, readonly Rgb[]> = {
  dark: [
    [24, 48, 78],
    [28, 92, 122],
    [42, 145, 140],
    [126, 199, 124],
    [240, 234, 130],
  ],
  light: [
    [214, 232, 242],
    [140, 200, 210],
    [60, 150, 170],
    [28, 92, 140],
    [18, 40, 92],
  ],
};

export function heatColor(theme: Theme, share: number): Rgb {
  const ramp = RAMPS[theme];
  const place = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const index = Math.min(ramp.length - 2, Math.floor(place));
  const mix = place - index;
  const [low, high] = [ramp[index]!, ramp[index + 1]!];
  return [0, 1, 2].map((channel) =>
    Math.round(low[channel]! + (high[channel]! - low[channel]!) * mix),
  ) as unknown as Rgb;
}

/** Where a count lies between one and the highest, by its logarithm. */
export function heatShare(count: number, max_count: number): number {
  return max_count <= 1 ? 1 : Math.log(count) / Math.log(max_count);
}

/** One pixel per cell, highest latency on top, empty cells transparent. Null when there is nothing to paint. */
export function paintHeat(heatmap: Heatmap, theme: Theme): OffscreenCanvas | null {
  const rows = heatmap.counts.length;
  if (rows === 0 || heatmap.n === 0 || heatmap.max_count === 0) return null;
  const image = new ImageData(heatmap.n, rows);
  heatmap.counts.forEach((row, index) => {
    const y = rows - 1 - index;
    row.forEach((count, column) => {
      if (count <= 0 || column >= heatmap.n) return;
      const [red, green, blue] = heatColor(theme, heatShare(count, heatmap.max_count));
      const at = (y * heatmap.n + column) * 4;
      image.data.set([red, green, blue, 255], at);
    });
  });
  const canvas = new OffscreenCanvas(heatmap.n, rows);
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}

/** The rows that hold requests, with one empty row of air on either side. */
export function cropRows(heatmap: Heatmap): Heatmap {
  const used = heatmap.counts.map((row) => row.some((count) => count > 0));
  const first = used.indexOf(true);
  if (first < 0) return heatmap;
  const start = Math.max(0, first - 1);
  const end = Math.min(heatmap.counts.length, used.lastIndexOf(true) + 2);
  return {
    ...heatmap,
    counts: heatmap.counts.slice(start, end),
    bounds_ms: heatmap.bounds_ms.slice(start, end + 1),
  };
}
