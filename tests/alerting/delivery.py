"""Delivery: receivers that are down, links that acknowledge, and people who are asked next."""

import re
import time

from programs import PUBLIC_URL, Hawkeye, alert, check, check_equal, free_port, request, wait_for
from sinks import Sink

# Long enough that the breaker opens: six notifications fail at once.
OUTAGE_ALERTS = 6
RECOVERY_SECONDS_MAX = 60


def status_of(got, instance):
    """How an instance is said to be in a message; None when it is not in it."""
    return next((it["status"] for it in got.json["alerts"] if it["labels"]["instance"] == instance), None)


def check_recovery(folder, note):
    """A2: what fired and resolved while nobody listened arrives in order, soon after somebody does."""
    port = free_port()
    with Hawkeye(folder) as hawkeye:
        hawkeye.webhook("down", f"http://127.0.0.1:{port}")
        hawkeye.route(["down"])
        instances = [f"i{n}" for n in range(OUTAGE_ALERTS)]
        hawkeye.send(*(alert(instance) for instance in instances))
        counts = lambda: hawkeye.get("/api/v1/alerting/status")["waiting"]
        wait_for(lambda: counts() == OUTAGE_ALERTS, 20, "all wait")
        # The breaker is what makes this slow, so it has to be open.
        breakers = lambda: hawkeye.get("/api/v1/alerting/status")["breakers_open"]
        wait_for(lambda: breakers() == ["down"], 20, "the breaker opens")
        hawkeye.send(*(alert(instance, is_over=True) for instance in instances))
        wait_for(lambda: counts() == 2 * OUTAGE_ALERTS, 20, "the resolved ones wait, too")
        began = time.time()
        with Sink(port=port) as sink:
            sink.wait(2 * OUTAGE_ALERTS, RECOVERY_SECONDS_MAX)
            took = max(got.at for got in sink.got) - began
            for instance in instances:
                told = [status_of(got, instance) for got in sink.got if status_of(got, instance)]
                check_equal(told, ["firing", "resolved"], f"what was told of {instance}")
            ids = [got.id for got in sink.got]
            check_equal(len(set(ids)), len(ids), "the number of different ids")
            wait_for(lambda: counts() == 0, 10, "nothing waits any more")
    note(f"all {2 * OUTAGE_ALERTS} arrived in order {took:.1f} s after the receiver came back, asked are 60 s")


def check_link(folder, note):
    """The link in a message: looking changes nothing, its button acknowledges, once."""
    with Hawkeye(folder) as hawkeye, Sink() as sink:
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["hook"])
        hawkeye.send(alert("a", annotations={"summary": "<script>alert(1)</script> is down"}))
        link = sink.wait(1)[0].json["acknowledge_url"]
        check(link.startswith(f"{PUBLIC_URL}/ack/"), f"the link does not lead to the server: {link}")
        link = link.replace(PUBLIC_URL, hawkeye.url)
        for _ in range(3):
            status, page = request("GET", link)
            check_equal(status, 200, "the answer to looking")
            check(b'<form method="post"' in page and b"<button" in page, "the page has no button")
            check(b"<script" not in page, "the page has a script from a label")
        check_equal(hawkeye.alerts()[0]["acknowledged"], None, "the acknowledgement after looking")
        status, page = request("POST", link)
        check_equal(status, 200, f"the answer to the button ({page[-300:]!r})")
        [acknowledged] = hawkeye.alerts(state="acknowledged")
        check(acknowledged["acknowledged"]["by"], "nobody acknowledged")
        told = sink.wait(1, where=lambda got: got.json["status"] == "acknowledged")
        check_equal(told[0].json["reason"], "acknowledged", "the reason")
        for method in ("POST", "GET"):
            check_equal(request(method, link)[0], 410, f"the answer to a used link ({method})")
        body, signature = link.rsplit("/", 1)[1].split(".")
        forged = f"{hawkeye.url}/ack/{body}.{signature[::-1]}"
        check_equal(request("POST", forged)[0], 410, "the answer to a forged link")
        timeline = hawkeye.get(f"/api/v1/alerts/{acknowledged['id']}")["timeline"]
        kinds = [event["kind"] for event in timeline]
        check_equal(kinds.count("acknowledged"), 1, f"acknowledgements in the timeline {kinds}")


def check_escalation(folder, note):
    """Whoever is on call is told after two seconds, unless somebody took it."""
    with Hawkeye(folder) as hawkeye, Sink() as first, Sink() as second, Sink() as off_duty:
        for id, sink in (("first", first), ("ann-phone", second), ("bob-phone", off_duty)):
            hawkeye.webhook(id, sink.url)
        people = [{"name": "Ann", "channels": ["ann-phone"]}, {"name": "Bob", "channels": ["bob-phone"]}]
        # Bob covered for Ann once, long ago.
        schedule = {
            "name": "primary",
            "time_zone": "Europe/Berlin",
            "starts": time.strftime("%Y-%m-%dT00:00", time.localtime(time.time() - 86_400)),
            "shift_days": 7,
            "people": ["Ann", "Bob"],
            "overrides": [{"person": "Bob", "from_ms": 0, "to_ms": 86_400_000}],
        }
        steps = [{"after_s": 0, "channels": ["first"]}, {"after_s": 2, "schedules": ["primary"]}]
        hawkeye.route(*steps, people=people, schedules=[schedule])
        [on_call] = hawkeye.get("/api/v1/on-call")["items"]
        check_equal(on_call["person"], "Ann", "who is on call")

        hawkeye.send(alert("taken"))
        first.wait(1, where=lambda got: status_of(got, "taken"))
        [taken] = hawkeye.alerts()
        acknowledge = {"ids": [taken["id"]], "action": "acknowledge", "actor": "Ann"}
        hawkeye.ask("POST", "/api/v1/alerts/actions", acknowledge)
        # This one comes later: when it is escalated, the other would long have been.
        hawkeye.send(alert("ignored"))
        fired = first.wait(1, where=lambda got: status_of(got, "ignored"))[0]
        escalated = second.wait(1)[0]
        check_equal(status_of(escalated, "ignored"), "firing", "what is escalated")
        check_equal(escalated.json["reason"], "escalation", "the reason")
        why = " ".join(escalated.json["why"])
        check("Ann" in why and "primary" in why, f"the person and the schedule are not named: {why}")
        waited = escalated.at - fired.at
        check(waited >= 1.5, f"escalated after {waited:.1f} s already")
        hawkeye.send(alert("taken", is_over=True), alert("ignored", is_over=True))
        second.wait(1, where=lambda got: status_of(got, "ignored") == "resolved")
        first.wait(1, where=lambda got: status_of(got, "taken") == "resolved")
        check(not any(status_of(got, "taken") for got in second.got), "an acknowledged alert was escalated")
        check_equal(off_duty.got, [], "what Bob was told")
        check(re.fullmatch(r"[\w-]+", escalated.id), f"odd id {escalated.id}")
        note(f"escalated {waited:.1f} s after the first step, asked were 2 s")
