// How comparison periods are called. Owns the words for the button, legends and tiles.
import type { Compare } from "../scope/codec";

export const COMPARE_NAMES: Record<Compare, string> = {
  off: "No comparison",
  prev: "vs previous period",
  "1d": "vs one day before",
  "7d": "vs one week before",
};

export const COMPARE_SHORT: Record<Compare, string> = {
  off: "",
  prev: "previous period",
  "1d": "1 day before",
  "7d": "1 week before",
};
