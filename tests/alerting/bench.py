#!/usr/bin/env python3
"""How reliably and how soon alerts arrive: asked against measured.

    HAWKEYE_BIN=target/release/hawkeye tests/alerting/bench.py [--minutes 4] [--without-kills]

Needs no packages. The kills and the slow sink are the Rust tests a1_... and a4_...; their printed lines are read, so
cargo and cargo-nextest have to be there.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from programs import Hawkeye, alert, wait_for
from sinks import Sink

ROOT = pathlib.Path(__file__).resolve().parents[2]
KILLS = 50
STORM_ALERTS = 5_000
SINGLE_ALERTS = 200
# `detection.grace` of the configuration.
GRACE_SECONDS = 10
HEARTBEAT_SECONDS = 60
SILENCE_SECONDS = 30


def percentile(values, share):
    """The smallest value that so many are not above."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


# Each measurement returns rows of the table: what, asked, measured, whether that is right.


def rust_test(name, pattern, variables):
    """What a test prints about itself; None when it fails."""
    cargo = os.environ.get("CARGO", "cargo").split()
    command = [*cargo, "nextest", "run", "--workspace", "--locked", "--no-capture", name]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    found = re.search(pattern, said)
    if done.returncode != 0 or found is None:
        print(said[-3_000:], file=sys.stderr)
        return None
    return found


def measure_kills():
    pattern = r"(\d+) kills, (\d+) transitions, (\d+) sent again with the same id, none missing"
    found = rust_test("a1_nothing_is_lost_over_kills_at_any_point", pattern, {"HAWKEYE_KILLS": str(KILLS)})
    if found is None:
        return [("A1: nothing is lost over kills", "0 missing", "the test failed, see above", False)]
    kills, transitions, again = map(int, found.groups())
    return [
        (f"A1: {kills} kills, {transitions} transitions", "0 missing", "0 missing", True),
        ("A1: sent again, with the same id", f"at most {kills}", str(again), again <= kills),
    ]


def measure_slow_sink():
    what = "A4: p99 of 1,000 alerts beside a sink that hangs"
    found = rust_test("a4_a_slow_sink_holds_up_only_itself", r"p99 of the quick sink: ([\d.]+)(ms|s)", {})
    if found is None:
        return [(what, "under 5 s", "the test failed, see above", False)]
    seconds = float(found[1]) / (1_000 if found[2] == "ms" else 1)
    return [(what, "under 5 s", f"{seconds:.2f} s", seconds < 5)]


def rss_mb(hawkeye):
    text = pathlib.Path(f"/proc/{hawkeye.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1_024


def measure_storm(folder):
    with Hawkeye(folder) as hawkeye, Sink() as sink:
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["hook"], group_by=["alertname"], group_interval_s=300)
        # What a first request loads once is no cost of the storm.
        hawkeye.send(alert("warm", labels={"alertname": "Warm"}))
        sink.wait(1)
        before = rss_mb(hawkeye)
        began = time.time()
        hawkeye.send(*(alert(f"i{n}") for n in range(STORM_ALERTS)))
        storm = sink.wait(2)[1]
        # Another alert after it proves that nothing else was on its way.
        hawkeye.send(alert("after", labels={"alertname": "After"}))
        sink.wait(1, where=lambda got: got.json["group_labels"].get("alertname") == "After")
        told = len(sink.got) - 2
        after = rss_mb(hawkeye)
        firing = hawkeye.get("/api/v1/alerts", limit=1)["counts"]["firing"] - 2
    took, total = storm.at - began, storm.json["firing_total"]
    return [
        (f"A7: notifications of a storm of {STORM_ALERTS:,}", "1", str(told), told == 1),
        ("A7: alerts in it and in the list", f"{STORM_ALERTS:,}", f"{total:,} and {firing:,}",
         total == firing == STORM_ALERTS),
        ("A7: from the POST to its arrival", "under 5 s", f"{took:.2f} s", took < 5),
        ("A7: memory before and after", "growth under 100 MB", f"{before:.0f} and {after:.0f} MB",
         after - before < 100),
    ]


def measure_single_alerts(folder):
    """One after the other, so that each is measured by itself."""
    delays = []
    with Hawkeye(folder) as hawkeye, Sink() as sink:
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["hook"], group_interval_s=60)
        for n in range(SINGLE_ALERTS):
            began = time.time()
            hawkeye.send(alert(f"i{n}"))
            delays.append(sink.wait(n + 1)[n].at - began)
    p50, p99 = percentile(delays, 0.5), percentile(delays, 0.99)
    return [
        (f"from a POST to its arrival, {SINGLE_ALERTS} alerts, p50", "under 1 s", f"{p50 * 1e3:.0f} ms", p50 < 1),
        ("... p99", "under 2 s", f"{p99 * 1e3:.0f} ms", p99 < 2),
    ]


def measure_windows(folder, minutes):
    """From the end of the minute in which a service fails to the arrival, a new service each minute. The sign of life
    comes meanwhile, and stops when the requests do."""
    heart = Sink()
    options = {
        "HAWKEYE_ALERTING__HEARTBEAT_URL": heart.url,
        "HAWKEYE_ALERTING__HEARTBEAT_INGEST_SILENCE_MAX": f"{SILENCE_SECONDS}s",
    }
    rule = {
        "id": "failing", "name": "Failing", "severity": "critical",
        "condition": {
            "type": "threshold", "measure": "error_rate", "is": "above", "value": 0.5, "window_s": 60,
            "requests_min": 3,
        },
    }
    with Hawkeye(folder, **options) as hawkeye, Sink() as sink:
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["hook"], group_by=["service"], group_interval_s=600)
        hawkeye.ask("PUT", "/api/v1/alert-rules/failing", rule)
        stopped = threading.Event()

        def post():
            while not stopped.is_set():
                # As one minute's service ends, the next one's begins: each fires at its first window.
                service = f"m{int(time.time() // 60)}"
                request = {"service": service, "route": "/", "duration_ms": 5, "status": 500}
                hawkeye.ask("POST", "/api/v1/requests", [request] * 5)
                stopped.wait(0.5)

        poster = threading.Thread(target=post)
        poster.start()
        first_minute = int(time.time() // 60)
        try:
            # Of the first minute only a part may have had requests, which is enough for the rule.
            sink.wait(minutes, (minutes + 2) * 60)
            wait_for(lambda: len(heart.got) >= 2, 2 * HEARTBEAT_SECONDS + 30, "two heartbeats arrive")
        finally:
            cut = time.time()
            stopped.set()
            poster.join()
        status = lambda: hawkeye.get("/api/v1/alerting/status")["heartbeat"]["blocked_by"]
        # No request, so the next beats are not sent; that they would have been due is what the status proves.
        patience = SILENCE_SECONDS + 2 * HEARTBEAT_SECONDS
        wait_for(lambda: status() == "no requests arrive", patience, "the heartbeat stops")
        last = max(got.at for got in heart.got)
    delays = {}
    for got in sink.got:
        for told in got.json["alerts"]:
            minute = int(told["labels"]["service"].removeprefix("m"))
            due = (minute + 1) * 60 + GRACE_SECONDS
            delays.setdefault(minute, got.at - due)
    heart.__exit__()
    beats = [b.at - a.at for a, b in zip(heart.got, heart.got[1:])]
    values = list(delays.values())
    # The one that began within a minute is judged like all others.
    check_first = min(delays) >= first_minute
    late = max(0.0, last - cut)
    return [
        (f"from a window's end + {GRACE_SECONDS} s to the arrival, {len(values)} minutes, median", "-",
         f"{statistics.median(values):.2f} s", check_first),
        ("... the longest", "under 2 s (p99)", f"{max(values):.2f} s", max(values) < 2),
        ("A11: seconds between heartbeats", "60 to 65", ", ".join(f"{beat:.0f}" for beat in beats),
         all(59 <= beat <= 65 for beat in beats)),
        (f"A11: last heartbeat after the last request (silence of {SILENCE_SECONDS} s)", "at most 2 intervals",
         f"{late:.0f} s", late <= 2 * HEARTBEAT_SECONDS),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=4, help="windows that are measured")
    parser.add_argument("--without-kills", action="store_true", help="leave out the Rust tests")
    options = parser.parse_args()
    if not os.environ.get("HAWKEYE_BIN"):
        parser.error("set HAWKEYE_BIN to the hawkeye program to measure")

    def in_a_folder(measure, *arguments):
        with tempfile.TemporaryDirectory(prefix="hawkeye-alerting-bench-") as folder:
            return measure(pathlib.Path(folder), *arguments)

    rows = [] if options.without_kills else [*measure_kills(), *measure_slow_sink()]
    rows += in_a_folder(measure_storm) + in_a_folder(measure_single_alerts)
    # This mostly waits, but what runs beside it would be measured, too.
    rows += in_a_folder(measure_windows, options.minutes)
    print("| | asked | measured | |\n|---|---|---|---|")
    for what, asked, measured, is_right in rows:
        print(f"| {what} | {asked} | {measured} | {'yes' if is_right else 'NO'} |")
    return 0 if all(is_right for *_, is_right in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
