// Starts the real server on free ports with an empty store. Owns its process and its temporary folder.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_MS = 30_000;
const POLL_MS = 100;

export async function startHawkeye() {
  const binary = process.env.HAWKEYE_BIN;
  if (!binary) throw new Error("set HAWKEYE_BIN to the server binary, for example ../target/debug/hawkeye");
  const folder = await mkdtemp(join(tmpdir(), "hawkeye-e2e-"));
  const server = spawn(binary, ["serve"], {
    cwd: folder,
    env: {
      ...process.env,
      HAWKEYE_SERVER__HTTP_ADDRESS: "127.0.0.1:0",
      HAWKEYE_OTLP__HTTP_ADDRESS: "127.0.0.1:0",
      HAWKEYE_OTLP__GRPC_ADDRESS: "127.0.0.1:0",
      HAWKEYE_STORAGE__PATH: join(folder, "data"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (chunk) => (log = (log + chunk).slice(-20_000)));
  const base = await listening(server, () => log);
  return {
    base,
    log: () => log,
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listening(server, log) {
  return new Promise((resolve, reject) => {
    let out = "";
    const timer = setTimeout(
      () => reject(new Error(`the server did not say where it listens:\n${out}\n${log()}`)),
      START_MS,
    );
    server.stdout.on("data", (chunk) => {
      out += chunk;
      const match = /^listening (http:\/\/\S+)$/m.exec(out);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1].replace(/\/$/, ""));
    });
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${out}\n${log()}`)));
    server.once("error", reject);
  });
}

export async function getJson(base, path) {
  const response = await fetch(`${base}/api/v1${path}`);
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

export async function postJson(base, path, body) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Asks until the answer satisfies the condition; there is no other way to wait for a job of the server. */
export async function until(what, ask, condition, limit_ms = 120_000) {
  const end = Date.now() + limit_ms;
  for (;;) {
    const answer = await ask();
    if (condition(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what}: still ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function generateDemo(base) {
  await postJson(base, "/demo", { scenario: "all", span_s: 21_600, seed: 7, requests_per_second: 20 });
  return until(
    "the demo",
    () => getJson(base, "/demo"),
    (demo) => {
      if (demo.state === "failed") throw new Error(`the demo failed: ${demo.error}`);
      return demo.state === "live";
    },
  );
}
