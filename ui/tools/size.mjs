// Fails when the built UI is larger than its budgets. Sizes are gzipped, as a browser downloads them.
import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const KB = 1000;
const BUDGETS = { first: 220 * KB, chunk: 40 * KB, whole: 500 * KB, fonts: 50 * KB };

const index = await readFile(new URL("index.html", DIST), "utf8");
const names = await readdir(new URL("assets/", DIST));
const sizes = new Map();
for (const name of names) {
  const bytes = await readFile(new URL(`assets/${name}`, DIST));
  sizes.set(name, name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length);
}
const code = names.filter((name) => /\.(js|css)$/.test(name));
const first = code.filter((name) => index.includes(`assets/${name}`));
const lazy = code.filter((name) => !first.includes(name));
const sum = (list) => list.reduce((total, name) => total + sizes.get(name), 0);

const results = [
  ["first load", sum(first), BUDGETS.first],
  ...lazy.map((name) => [`lazy ${name}`, sizes.get(name), BUDGETS.chunk]),
  ["everything", sum(code), BUDGETS.whole],
  ["fonts", sum(names.filter((name) => name.endsWith(".woff2"))), BUDGETS.fonts],
];
let failed = false;
for (const [what, size, budget] of results) {
  const over = size > budget;
  failed ||= over;
  if (over || !what.startsWith("lazy")) {
    console.log(`${over ? "over" : "ok"}  ${what}: ${(size / KB).toFixed(1)} kB of ${budget / KB} kB`);
  }
}
const largest = lazy.reduce((best, name) => (sizes.get(name) > sizes.get(best) ? name : best), lazy[0]);
console.log(
  `ok  largest lazy chunk: ${largest} ${(sizes.get(largest) / KB).toFixed(1)} kB of ${BUDGETS.chunk / KB} kB`,
);
process.exit(failed ? 1 : 0);
