// A browser that remembers everything that went wrong on a page. Owns launching, opening and judging pages.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WAIT_MS = 20_000;

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page in a context of its own, with a list of complaints that must stay empty. A bare one stays blank. */
export async function openPage(
  browser,
  url,
  { theme = "dark", width = 1440, height = 920, context, bare = false } = {},
) {
  const owner =
    context ??
    (await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
    }));
  owner.setDefaultTimeout(WAIT_MS);
  const page = await owner.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("requestfailed", (request) => {
    // A page that is left or a filter that changes cancels its own questions.
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`answer ${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(() => {
    window.policyViolations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.policyViolations.push(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      ),
    );
  });
  if (!bare) {
    await page.goto(url);
    await settled(page);
  }
  return Object.assign(page, {
    async complaints() {
      const violations = await page.evaluate(() => window.policyViolations);
      return [...complaints, ...violations.map((text) => `policy: ${text}`)];
    },
    end: () => (context ? page.close() : owner.close()),
  });
}

/** Everything has come: no skeleton is left, lazy controls are there and fonts are loaded. */
export async function settled(page) {
  await page.waitForSelector("h1");
  await page.waitForFunction(
    () =>
      !document.querySelector(".skeleton") &&
      !document.querySelector("header [aria-hidden].control") &&
      document.fonts.status === "loaded",
  );
}

export async function axeViolations(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(
    (tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags } }),
    AXE_TAGS,
  );
  return result.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(" ")} — ${node.failureSummary?.replaceAll("\n", " ")}`,
    ),
  );
}
