// Writes src/api/schema.d.ts from the server's OpenAPI document, or checks that it is up to date.
// Usage: node tools/generate.mjs [--check] [document]
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import openapiTypescript, { astToString, COMMENT_HEADER } from "openapi-typescript";

const TARGET = new URL("../src/api/schema.d.ts", import.meta.url);
const DOCUMENT = new URL("../../crates/hawkeye-api/openapi.json", import.meta.url);

const check = process.argv.includes("--check");
const given = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
const source = given ? pathToFileURL(resolve(given)) : DOCUMENT;

const document = JSON.parse(await readFile(source, "utf8"));
const schema = COMMENT_HEADER + astToString(await openapiTypescript(document));
if (!check) {
  await writeFile(TARGET, schema);
} else if ((await readFile(TARGET, "utf8")) !== schema) {
  console.error("src/api/schema.d.ts does not match the server's OpenAPI document: run `npm run generate`");
  process.exit(1);
}
