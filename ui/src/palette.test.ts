// The colours of index.css against the contrast and colour-vision formulas they were chosen by.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Rgb = [number, number, number];

// Machado, Oliveira, Fernandes 2009, severity 1.0, applied to linear RGB.
const VISION: Record<string, [Rgb, Rgb, Rgb]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const css = readFileSync(new URL("index.css", import.meta.url), "utf8");
const dark = tokens(/:root \{([^}]*)\}/);
const themes = { dark, light: { ...dark, ...tokens(/:root\[data-theme="light"\] \{([^}]*)\}/) } };

function tokens(block: RegExp): Record<string, string> {
  const body = block.exec(css)![1]!;
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

function contrast(first: string, second: string): number {
  const [high, low] = [first, second]
    .map((hex) => {
      const [r, g, b] = linear(hex);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

function seenBy(vision: string, [r, g, b]: Rgb): Rgb {
  return VISION[vision]!.map((row) => Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b))) as Rgb;
}

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function smallestDistance(colors: string[]): number {
  let smallest = Infinity;
  for (const vision of Object.keys(VISION)) {
    const seen = colors.map((hex) => oklab(seenBy(vision, linear(hex))));
    seen.forEach((first, index) => {
      for (const second of seen.slice(index + 1))
        smallest = Math.min(smallest, 100 * Math.hypot(...first.map((value, at) => value - second[at]!)));
    });
  }
  return smallest;
}

for (const [name, theme] of Object.entries(themes)) {
  const of = (token: string) => theme[token]!;
  describe(name, () => {
    test.each(["text", "muted", "faint", "ok", "warn", "critical", "info", "accent"])(
      "%s reads on every surface",
      (token) => {
        for (const ground of ["bg", "surface", "raised"])
          expect(contrast(of(token), of(ground)), ground).toBeGreaterThanOrEqual(4.5);
      },
    );
    test.each(["ok", "warn", "critical"])("%s reads on its tint", (token) => {
      expect(contrast(of(token), of(`${token}-tint`))).toBeGreaterThanOrEqual(4.5);
    });
    test.each(["slower-1", "slower-2", "faster-1", "faster-2", "selected"])("text reads on %s", (ground) => {
      for (const token of ["text", "muted"]) expect(contrast(of(token), of(ground)), token).toBeGreaterThanOrEqual(4.5);
    });
    test("filled buttons read", () => {
      expect(contrast(of("on-accent"), of("accent"))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(of("surface"), of("critical"))).toBeGreaterThanOrEqual(4.5);
    });
    test("series stand out from the page and from each other, for every kind of colour vision", () => {
      const series = [1, 2, 3, 4, 5, 6].map((number) => of(`series-${number}`));
      for (const color of series) expect(contrast(color, of("surface")), color).toBeGreaterThanOrEqual(3);
      expect(smallestDistance(series)).toBeGreaterThanOrEqual(name === "dark" ? 8.8 : 9.4);
    });
    test("states differ from each other, for every kind of colour vision", () => {
      expect(smallestDistance(["ok", "warn", "critical", "info"].map(of))).toBeGreaterThanOrEqual(
        name === "dark" ? 10.4 : 13.4,
      );
    });
    test("controls have a visible edge when it matters", () =>
      expect(contrast(of("line-strong"), of("surface"))).toBeGreaterThanOrEqual(3));
  });
}
