"""A small order service in Flask. It knows nothing of OpenTelemetry: see README.md for how it is traced."""

import os
import signal
import sys

from flask import Flask, abort, jsonify, request

app = Flask(__name__)

ORDERS = {order_id: {"id": order_id, "item": "tea"} for order_id in range(1, 101)}


@app.get("/orders")
def list_orders():
    return jsonify(list(ORDERS.values())[:10])


@app.get("/orders/<int:order_id>")
def read_order(order_id):
    return jsonify(ORDERS.get(order_id) or abort(404))


@app.post("/orders")
def create_order():
    return jsonify(request.get_json()), 201


@app.get("/reports/daily")
def daily_report():
    raise RuntimeError("the report is broken")


if __name__ == "__main__":
    # Python ends at SIGTERM without its exit handlers, and one of them sends the last spans.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.run(port=int(os.environ.get("PORT", "5000")), threaded=True)
