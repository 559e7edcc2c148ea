// Traces an Express app. Load it before everything else: node --require ./tracing.js app.js
//
// Where the spans go, and in which encoding, say the standard OTEL_* variables: see README.md.

"use strict";

const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { NodeSDK } = require("@opentelemetry/sdk-node");

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] });
sdk.start();

// By now the app has answered its last request, and the spans of the last seconds still wait to be sent.
// An app that calls process.exit() has to call sdk.shutdown() first.
process.once("beforeExit", () => {
  sdk.shutdown().catch((error) => {
    console.error("the last spans could not be sent:", error);
    process.exitCode = 1;
  });
});
