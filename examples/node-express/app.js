// A small order service. It knows nothing of OpenTelemetry: tracing.js does.

"use strict";

const express = require("express");

const app = express();
app.use(express.json());

const orders = new Map();
for (let id = 1; id <= 100; id++) orders.set(id, { id, item: "tea" });

app.get("/orders", (request, response) => {
  response.json([...orders.values()].slice(0, 10));
});

app.get("/orders/:id", (request, response) => {
  const order = orders.get(Number(request.params.id));
  if (order) response.json(order);
  else response.status(404).json({ error: "no such order" });
});

app.post("/orders", (request, response) => {
  response.status(201).json(request.body);
});

app.get("/reports/daily", () => {
  throw new Error("the report is broken");
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");

// Without open connections Node has nothing left to do and ends by itself, after tracing.js has sent the last spans.
process.once("SIGTERM", () => server.close());
