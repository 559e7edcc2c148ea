"""The same order service in FastAPI. It knows nothing of OpenTelemetry: see README.md for how it is traced."""

import os
import signal
import sys

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()

ORDERS = {order_id: {"id": order_id, "item": "tea"} for order_id in range(1, 101)}


@app.get("/orders")
async def list_orders():
    return list(ORDERS.values())[:10]


@app.get("/orders/{order_id}")
async def read_order(order_id: int):
    if order_id not in ORDERS:
        raise HTTPException(404)
    return ORDERS[order_id]


@app.post("/orders", status_code=201)
async def create_order(order: dict):
    return order


@app.get("/reports/daily")
async def daily_report():
    raise RuntimeError("the report is broken")


if __name__ == "__main__":
    # Uvicorn stops gracefully and then raises the signal again, which would skip Python's exit handlers.
    # One of them sends the last spans.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
