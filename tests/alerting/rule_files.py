"""`hawkeye rules`: alert rules in files."""

import json
import os
import pathlib
import subprocess
import time

from programs import Hawkeye, check, check_equal, request

RULES = pathlib.Path(__file__).resolve().parent / "rules.toml"
IDS = {"checkout-odd", "orders-failing", "orders-silent", "orders-promise"}
HISTORY_MINUTES = 60


def rules(*arguments, code=0):
    """What `hawkeye rules` prints, on either way."""
    command = [os.environ["HAWKEYE_BIN"], "rules", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    check_equal(done.returncode, code, f"the exit code of {' '.join(command)} ({done.stdout}{done.stderr})")
    return done.stdout + done.stderr


def check_rules(folder, note):
    check_check(folder)
    with Hawkeye(folder) as hawkeye:
        check_apply(folder, hawkeye)
        check_replay(hawkeye)


def check_check(folder):
    said = rules("check", RULES)
    for id in IDS:
        check(f"{id}: When " in said, f"no sentence for {id}: {said}")
    broken = folder / "broken.toml"
    for right, wrong, expected in (
        ("window_s = 300", "window_s = 301", "rules[1].condition.window_s"),
        ("keep_firing_s", "keep_fireing_s", "unknown field"),
        ("target = 0.999", "target = 99.9", "rules[3].condition.target"),
        ('region=~"eu-.*"', 'region=~"eu-(*"', "matcher"),
        ("orders-silent", "orders-failing", "`orders-failing` is the id of another rule"),
    ):
        text = RULES.read_text()
        check(right in text, f"the example has no {right}")
        broken.write_text(text.replace(right, wrong))
        said = rules("check", broken, code=1)
        check(expected in said and "broken.toml" in said, f"{wrong}: {said}")


def check_apply(folder, hawkeye):
    server = ["--server", hawkeye.url]
    known = lambda: {it["rule"]["id"]: it["source"] for it in hawkeye.get("/api/v1/alert-rules")["items"]}
    before = known()
    said = rules("diff", RULES, *server)
    new = {line.split()[1].rstrip(":") for line in said.splitlines() if line.startswith("+ ")}
    check_equal(new, IDS, "what is new")
    check_equal(known(), before, "the rules after diff")
    rules("apply", RULES, *server)
    check_equal(known(), before | {id: "file" for id in IDS}, "the rules after apply")
    check_equal(rules("diff", RULES, *server).strip(), "4 unchanged", "the difference after apply")
    shown = hawkeye.get("/api/v1/alert-rules")["items"]
    rule = next(it["rule"] for it in shown if it["rule"]["id"] == "orders-failing")
    status, answer = request("PUT", f"{hawkeye.url}/api/v1/alert-rules/orders-failing", rule | {"name": "Other"})
    check(400 <= status < 500, f"a rule of a file was changed elsewhere: {status} {answer!r}")
    # A version of the file that says something else and has one rule less.
    later = folder / "later.toml"
    text = RULES.read_text().replace("value = 0.05", "value = 0.1")
    start, end = text.index("# No requests for a quarter"), text.index("# What was promised")
    later.write_text(text[:start] + text[end:])
    said = rules("diff", later, "--prune", *server).splitlines()
    check_equal({line[:16] for line in said}, {"~ orders-failing", "- orders-silent", "2 unchanged"}, "the change")
    check_equal(len(known()), len(before) + 4, "the number of rules after diff --prune")
    rules("apply", later, "--prune", *server)
    check_equal(set(known()), set(before) | IDS - {"orders-silent"}, "the rules after apply --prune")
    rules("apply", RULES, *server)


def check_replay(hawkeye):
    """An hour of orders, of which ten minutes went wrong."""
    now_ms = time.time() * 1e3
    requests = []
    for minute in range(HISTORY_MINUTES):
        at_ms = now_ms - (HISTORY_MINUTES - minute) * 60_000
        is_bad = 20 <= minute < 30
        requests += [
            {
                "service": "orders", "method": "POST", "route": "/orders", "duration_ms": 20 + n,
                "status": 500 if is_bad and n < 10 else 200, "timestamp": int(at_ms + n * 2_000),
                "provider": "aws", "environment": "production", "region": "eu-west-1",
            }
            for n in range(30)
        ]
    taken = hawkeye.ask("POST", "/api/v1/requests", requests)
    check_equal(taken["accepted"], len(requests), "the requests that were taken")
    server = ["--server", hawkeye.url, "--from", "now-2h"]
    replayed = json.loads(rules("test", RULES, *server, "--output", "json"))
    per_rule = {it["rule"]: it["alerts"] for it in replayed["changed"]["per_rule"]}
    check_equal(per_rule.get("orders-failing"), 1, f"the alerts of the rule in {per_rule}")
    check("orders-failing" in rules("test", RULES, *server), "the table does not name the rule")
    said = rules("test", RULES, *server, "--notifications-per-week-max", "0.1", code=1)
    check("notifications a week are more than 0.1" in said, f"why the test fails: {said}")
