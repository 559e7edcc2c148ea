"""Prometheus, Alertmanager and amtool, as Debian ships them."""

from programs import Alertmanager, Hawkeye, Prometheus, Wrong, amtool, check, check_equal, wait_for
from sinks import Sink

CHAIN_SECONDS_MAX = 40


def check_chain(folder, note):
    """Prometheus tells Hawkeye, Hawkeye tells Alertmanager, Alertmanager tells its webhook: firing, then resolved."""
    rule = {
        "alert": "OrdersFail",
        "expr": "orders_failing > 0",
        "labels": {"severity": "page", "team": "checkout"},
        "annotations": {"summary": "{{ $value }} orders fail", "runbook_url": "https://runbooks.example/orders"},
    }
    failing = 3
    with (
        Sink() as sink,
        Sink(gauge=lambda: f"orders_failing {failing}\n") as target,
        Hawkeye(folder) as hawkeye,
        Alertmanager(folder, sink.url) as alertmanager,
    ):
        hawkeye.channel("upstream", {"type": "alertmanager", "url": alertmanager.url})
        hawkeye.route(["upstream"], group_by=["alertname"])
        with Prometheus(folder, target.url, hawkeye.url, rule):
            both = (("Hawkeye", hawkeye.url), ("Alertmanager", alertmanager.url))
            for name, url in both:
                query = lambda: amtool(url, "alert", "query", "alertname=OrdersFail", is_json=True)
                [fired] = wait_for(query, CHAIN_SECONDS_MAX, f"the alert fires in {name}")
                wanted = {"alertname": "OrdersFail", "severity": "page", "team": "checkout", "job": "orders"}
                got = {label: fired["labels"].get(label) for label in wanted}
                check_equal(got, wanted, f"the labels in {name}")
                check(fired["labels"]["instance"].startswith("127.0.0.1:"), f"the instance in {name}")
                check_equal(fired["annotations"]["summary"], "3 orders fail", f"the summary in {name}")
                runbook = fired["annotations"].get("runbook_url")
                check_equal(runbook, "https://runbooks.example/orders", f"the runbook in {name}")
                check_equal(fired["status"]["state"], "active", f"the state in {name}")
            [shown] = hawkeye.alerts()
            check_equal((shown["state"], shown["severity"]), ("firing", "critical"), "the alert in Hawkeye's API")
            first = sink.wait(1)[0].json
            check_equal(first["status"], "firing", "what Alertmanager told first")

            # A test is about no alert, and is told nevertheless.
            tested = hawkeye.ask("POST", "/api/v1/channels/upstream/test")
            check_equal(tested["outcome"], "delivered", "the test of the channel")
            [test] = amtool(alertmanager.url, "alert", "query", "alertname=Hawkeye", is_json=True)
            check("upstream works" in test["annotations"]["summary"], f"the test in Alertmanager: {test}")

            failing = 0
            for name, url in both:
                gone = lambda: amtool(url, "alert", "query", "alertname=OrdersFail", is_json=True) == []
                wait_for(gone, CHAIN_SECONDS_MAX, f"the alert is over in {name}")
            last = sink.wait(1, where=lambda got: got.json["status"] == "resolved")[0].json
            check_equal(last["alerts"][0]["labels"]["team"], "checkout", "the label of what is over")
            check(last["alerts"][0]["endsAt"] > first["alerts"][0]["startsAt"], "it ended before it began")
            [over] = hawkeye.alerts()
            check_equal(over["state"], "resolved", "the alert in Hawkeye's API at last")


def check_amtool(folder, note):
    """Everything amtool can do, done to Hawkeye."""
    with Sink() as sink, Hawkeye(folder) as hawkeye:
        hawkeye.webhook("hook", sink.url)
        hawkeye.route(["hook"])
        check_amtool_alerts(hawkeye)
        check_amtool_silences(hawkeye, folder)
        check_amtool_shows(hawkeye, folder)
        check_silences_after_kill(hawkeye)
        note(f"for comparison, Alertmanager 0.25 after kill -9: {silence_of_alertmanager_after_kill(folder, sink)}")


def check_amtool_alerts(hawkeye):
    url = hawkeye.url
    amtool(url, "alert", "add", "DiskFull", "node=db1", "severity=warning", "--annotation=summary=nearly full")
    amtool(url, "alert", "add", "DiskFull", "node=db2", "severity=critical")
    query = lambda *words: {
        it["labels"]["node"] for it in amtool(url, "alert", "query", *words, is_json=True)
    }
    check_equal(query(), {"db1", "db2"}, "all alerts")
    check_equal(query("DiskFull", "node=db1"), {"db1"}, "alerts of one node")
    check_equal(query("node=~db.*", "severity!=critical"), {"db1"}, "alerts by a pattern")
    check_equal(query("--receiver=default"), {"db1", "db2"}, "alerts of a receiver")
    check_equal(query("--receiver=nobody"), set(), "alerts of another receiver")
    extended = amtool(url, "--output=extended", "alert", "query", "node=db1")
    check("nearly full" in extended and "dataset=\"live\"" in extended, f"the extended form: {extended}")
    states = {it["labels"]["node"]: it["severity"] for it in hawkeye.alerts()}
    check_equal(states, {"db1": "medium", "db2": "critical"}, "the alerts in Hawkeye's API")
    amtool(url, "alert", "add", "DiskFull", "node=db2", "severity=critical", "--end=2020-01-01T00:00:00Z")
    check_equal(query(), {"db1"}, "the alerts after one was ended")


def silences(hawkeye, state="active"):
    items = hawkeye.get("/api/v1/silences", state=state)["items"]
    return {item["id"]: item for item in items}


def check_amtool_silences(hawkeye, folder):
    url = hawkeye.url
    comment = "--comment=deploying"
    add = lambda *words: amtool(url, "silence", "add", "--author=ann", comment, *words).split()
    query = lambda *words: amtool(url, "silence", "query", "--quiet", *words).split()

    [id] = add("--duration=1h", "DiskFull", "node=~db[12]", "zone!=eu")
    made = silences(hawkeye)[id]
    check_equal((made["created_by"], made["comment"]), ("ann", "deploying"), "author and comment")
    check_equal(set(made["matchers"]), {'alertname="DiskFull"', 'node=~"db[12]"', 'zone!="eu"'}, "the matchers")
    # It begins when it arrives, a moment after amtool reckoned its end.
    check(3_590_000 < made["ends_ms"] - made["starts_ms"] <= 3_600_000, "it does not last an hour")
    check_equal(query(), [id], "the silences")
    check_equal(query("DiskFull"), [id], "the silences of an alert")
    check_equal(query("alertname=Other"), [], "the silences of another alert")
    check_equal(query("--created-by=bob"), [], "the silences of somebody else")
    check_equal(query("--within=2h"), [id], "the silences that end soon")
    check_equal(amtool(url, "alert", "query", is_json=True), [], "the alerts that are not silenced")
    [silenced] = amtool(url, "alert", "query", "--silenced", is_json=True)
    check_equal(silenced["status"]["silencedBy"], [id], "what silences the alert")
    check_equal(hawkeye.alerts(state="muted")[0]["muted_by"][0]["kind"], "silence", "what mutes it in the API")

    # This version of amtool prints an address in memory when it is asked to be quiet.
    amtool(url, "silence", "update", "--duration=3h", "--comment=longer", id)
    [updated] = query()
    changed = silences(hawkeye)[updated]
    check_equal(changed["comment"], "longer", "the comment after the update")
    check(changed["ends_ms"] > made["ends_ms"], "the update does not make it longer")

    # The other way round.
    now_ms = made["starts_ms"]
    own = {"matchers": ["instance=~a.*"], "starts_ms": now_ms, "ends_ms": now_ms + 7_200_000}
    own = hawkeye.ask("POST", "/api/v1/silences", own | {"created_by": "bob", "comment": "known"})["id"]
    check_equal(set(query()), {updated, own}, "the silences of both sides")
    check_equal(query("--created-by=bob"), [own], "the silence of Hawkeye's own API")

    exported = amtool(url, "silence", "query", "--output=json")
    file = folder / "silences.json"
    file.write_text(exported)
    amtool(url, "silence", "expire", updated, own)
    check_equal(query(), [], "the silences after they were ended")
    check_equal(set(query("--expired")) >= {updated, own}, True, "the ended ones are listed")
    check_equal(set(silences(hawkeye)), set(), "the active silences in the API")
    [back] = amtool(url, "alert", "query", is_json=True)
    check_equal(back["status"]["state"], "active", "the alert after its silence ended")

    amtool(url, "silence", "import", "--force", str(file))
    imported = silences(hawkeye).values()
    check_equal({item["comment"] for item in imported}, {"longer", "known"}, "the imported silences")
    amtool(url, "silence", "expire", *(item["id"] for item in imported))


def check_amtool_shows(hawkeye, folder):
    url = hawkeye.url
    shown = amtool(url, "config", "show")
    check("receivers" in shown and "default" in shown, f"config show: {shown}")
    file = folder / "shown.yml"
    file.write_text(hawkeye.get("/api/v2/status")["config"]["original"])
    said = amtool(url, "check-config", str(file))
    check("SUCCESS" in said, f"amtool does not take the configuration: {said}")
    check_equal(amtool(url, "config", "routes", "test", "severity=critical").strip(), "default", "the route")
    check("receiver: default" in amtool(url, "config", "routes", "show"), "the tree of routes")
    cluster = amtool(url, "cluster", "show")
    check("ready" in cluster, f"cluster show: {cluster}")


def check_silences_after_kill(hawkeye):
    [id] = amtool(hawkeye.url, "silence", "add", "--author=ann", "--comment=kept", "node=db1").split()
    hawkeye.kill()
    hawkeye.start()
    left = amtool(hawkeye.url, "silence", "query", "--quiet").split()
    check_equal(left, [id], "the silences after kill -9")
    check_equal(list(silences(hawkeye)), [id], "the silences in the API after kill -9")


def silence_of_alertmanager_after_kill(folder, sink):
    alertmanager = Alertmanager(folder, sink.url)
    with alertmanager:
        [id] = amtool(alertmanager.url, "silence", "add", "--author=ann", "--comment=kept", "node=db1").split()
        alertmanager.kill()
        alertmanager.start()
        try:
            left = amtool(alertmanager.url, "silence", "query", "--quiet").split()
        except Wrong as error:
            return str(error)
    return "the silence is still there" if id in left else "the silence is gone"
