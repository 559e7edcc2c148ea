//! Rules, routing and backtests: documents are stored whole, or each mistake is named.

use super::*;

#[test]
fn rules_are_put_listed_and_removed_for_good() {
    let folder = folder();
    let server = start(folder.path());
    let defaults = server.ask("/api/v1/alert-rules");
    assert_eq!(ids(&defaults, "/rule/id"), ["anomaly", "availability", "mostly-failing", "no-requests"]);
    assert_eq!(ids(&defaults, "/source"), ["default"; 4]);
    let put = |body: &Value| server.put("/api/v1/alert-rules/slow?actor=ann", body);
    assert_eq!(put(&rule("slow")).status, 200);
    assert_eq!(put(&with(rule("slow"), &[("/name", json!("Slower"))])).json()["name"], "Slower");
    check_wrong(&put(&rule("other")), &["id"]);
    let list = server.ask("/api/v1/alert-rules");
    let mine = &list["items"][4];
    assert_eq!((&mine["rule"]["name"], &mine["source"]), (&json!("Slower"), &json!("ui")));
    assert_eq!(
        (&mine["updated_by"], &mine["firing"], &mine["pending"]),
        (&json!("ann"), &json!(0), &json!(0))
    );
    assert!(mine["sentence"].as_str().is_some_and(|it| it.contains("500")), "{mine}");
    assert_eq!(server.delete("/api/v1/alert-rules/slow").status, 204);
    check_problem(&server.delete("/api/v1/alert-rules/slow"), 404, "not_found");
    assert_eq!(server.delete("/api/v1/alert-rules/no-requests").status, 204);
    server.kill();
    let server = start(folder.path());
    let list = server.ask("/api/v1/alert-rules");
    assert_eq!(ids(&list, "/rule/id"), ["anomaly", "availability", "mostly-failing"]);
    let again = json!({ "id": "no-requests", "name": "Again", "severity": "low",
                        "condition": { "type": "absence", "window_s": 600 } });
    assert_eq!(server.put("/api/v1/alert-rules/no-requests", &again).status, 200);
    assert_eq!(server.ask("/api/v1/alert-rules")["items"][3]["source"], "ui");
}

#[test]
fn rules_of_files_are_applied_as_a_whole() {
    let folder = folder();
    let server = start(folder.path());
    let apply = |rules: &[Value], more: &str| {
        let body = json!({ "rules": rules, "prune": true, "actor": "ci" });
        server.put(&format!("/api/v1/alert-rules{more}"), &body)
    };
    let applied = |created: &[&str], changed: &[&str], removed: &[&str], unchanged: u64| json!({ "created": created, "changed": changed, "removed": removed, "unchanged": unchanged });
    let both = [rule("a"), rule("b")];
    assert_eq!(apply(&both, "?dry_run=true").json(), applied(&["a", "b"], &[], &[], 0));
    assert_eq!(server.ask("/api/v1/alert-rules")["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(apply(&both, "").json(), applied(&["a", "b"], &[], &[], 0));
    assert_eq!(apply(&both, "").json(), applied(&[], &[], &[], 2));
    check_problem(&server.put("/api/v1/alert-rules/a", &rule("a")), 409, "from_file");
    check_problem(&server.delete("/api/v1/alert-rules/a"), 409, "from_file");
    let wrong = [rule("a"), with(rule("b"), &[("/condition/window_s", json!(90))])];
    check_wrong(&apply(&wrong, ""), &["rules[1].condition.window_s"]);
    check_wrong(&apply(&[rule("a"), rule("a")], ""), &["rules[1].id"]);
    let other = with(rule("a"), &[("/name", json!("Other"))]);
    assert_eq!(apply(&[other, rule("anomaly")], "").json(), applied(&[], &["a", "anomaly"], &["b"], 0));
    assert_eq!(apply(&[], "").json(), applied(&[], &[], &["a", "anomaly"], 0));
}

#[test]
fn wrong_rules_name_each_mistake() {
    let folder = folder();
    let server = start(folder.path());
    let check = |fields: &[(&str, Value)], expected: &[&str]| {
        check_wrong(&post(&server, "/api/v1/alert-rules/preview", &with(rule("slow"), fields)), expected);
    };
    check(&[("/id", json!("Not A Slug"))], &["id"]);
    check(&[("/name", json!(" "))], &["name"]);
    check(&[("/severity", Value::Null)], &["severity"]);
    check(&[("/severity", json!("awful"))], &["severity"]);
    check(
        &[("/condition/window_s", json!(61)), ("/condition/value", json!(-1.0))],
        &["condition.value", "condition.window_s"],
    );
    check(&[("/condition/type", json!("moon"))], &["condition.type"]);
    let more = |name: &str, value: Value| {
        let mut rule = rule("slow");
        rule[name] = value;
        post(&server, "/api/v1/alert-rules/preview", &rule)
    };
    check_wrong(&more("runbook_url", json!("javascript:alert(1)")), &["runbook_url"]);
    check_wrong(&more("labels", json!({ "a b": "x" })), &["labels.a b"]);
    check_wrong(&more("for_s", json!(10_000_000)), &["for_s"]);
    check_wrong(&more("for_s", json!("5m")), &["for_s"]);
    check_wrong(&more("moon", json!(1)), &["moon"]);
    check_wrong(&more("scope", json!({ "matchers": ["a=b", "c"] })), &["scope.matchers[1]"]);
    check_wrong(&more("scope", json!({ "matchers": ["a=~("] })), &["scope.matchers[0]"]);
    check_wrong(&server.post("/api/v1/alert-rules/preview", "application/json", b"{"), &["body"]);
    let fine = post(&server, "/api/v1/alert-rules/preview", &rule("slow")).json();
    assert_eq!(fine["matches_now"], json!([]), "{fine}");
    assert!(fine["sentence"].as_str().is_some_and(|it| !it.is_empty()));
}

#[test]
fn routing_is_stored_whole_and_its_mistakes_are_named() {
    let folder = folder();
    let server = start(folder.path());
    let routing = server.ask("/api/v1/alert-routing");
    let put = |fields: &[(&str, Value)]| server.put("/api/v1/alert-routing", &with(routing.clone(), fields));
    let child = |fields: Value| ("/route/routes", json!([{ "matchers": ["severity=low"] }, fields]));
    check_wrong(&put(&[("/route/receiver", Value::Null)]), &["route.receiver"]);
    check_wrong(
        &put(&[child(json!({ "matchers": ["a=b"], "receiver": "nobody" }))]),
        &["route.routes[1].receiver"],
    );
    check_wrong(&put(&[child(json!({ "receiver": "default" }))]), &["route.routes[1].matchers"]);
    check_wrong(
        &put(&[child(json!({ "matchers": ["a=b"], "mute_during": ["night"] }))]),
        &["route.routes[1].mute_during[0]"],
    );
    check_wrong(&put(&[child(json!({ "matchers": ["no matcher"] }))]), &["route.routes[1].matchers[0]"]);
    check_wrong(&put(&[("/route/group_interval_s", json!(0))]), &["route.group_interval_s"]);
    check_wrong(
        &put(&[("/receivers/0/steps", json!([{ "channels": ["none"] }]))]),
        &["receivers[0].steps[0].channels[0]"],
    );
    let steps = json!([{ "after_s": 0 }, { "after_s": 60 }, { "after_s": 30 }]);
    check_wrong(&put(&[("/receivers/0/steps", steps)]), &["receivers[0].steps[2].after_s"]);
    let steps = json!([{ "after_s": 60 }]);
    check_wrong(&put(&[("/receivers/0/steps", steps)]), &["receivers[0].steps[0].after_s"]);
    let interval = json!([{ "name": "night", "time_zone": "Mars/Olympus", "spans": [{ "from": "25:00" }] }]);
    check_wrong(&put(&[("/intervals", interval)]), &["intervals[0].time_zone", "intervals[0].spans[0].from"]);
    let schedule = json!([{ "name": "first", "starts": "soon", "shift_days": 0, "people": ["eve"] }]);
    check_wrong(
        &put(&[("/schedules", schedule)]),
        &["schedules[0].starts", "schedules[0].shift_days", "schedules[0].people[0]"],
    );
    let mut more = routing.clone();
    more["moon"] = json!(1);
    check_wrong(&server.put("/api/v1/alert-routing", &more), &["moon"]);
    assert_eq!(server.ask("/api/v1/alert-routing"), routing, "nothing of it was stored");
    let answer = put(&[child(json!({ "matchers": ["severity=critical"], "receiver": "default" }))]);
    assert_eq!(answer.status, 200);
    server.kill();
    let server = start(folder.path());
    assert_eq!(server.ask("/api/v1/alert-routing"), answer.json());
}

#[test]
fn a_preview_says_who_would_be_told_and_why_not() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    webhook(&server, "phone", &sink.url);
    let mut routing = server.ask("/api/v1/alert-routing");
    routing["receivers"] = json!([{ "name": "default", "steps": [{}] }, { "name": "team", "steps": [
        { "channels": ["hook"] }, { "after_s": 600, "schedules": ["first"] }] }]);
    routing["route"]["routes"] = json!([{ "matchers": ["service=shop"], "receiver": "team" }]);
    routing["people"] = json!([{ "name": "eve", "channels": ["phone"] }]);
    routing["schedules"] = json!([{ "name": "first", "starts": "2026-01-05T09:00", "shift_days": 7,
                                    "people": ["eve"] }]);
    put_routing(&server, &routing);
    let preview = |body: &Value| server.tell("/api/v1/alert-routing/preview", body);
    let shop = json!({ "labels": { "service": "shop", "environment": "aws" } });
    let told = preview(&shop);
    let only = &told["routes"][0];
    assert_eq!(
        (&only["receiver"], &only["group_labels"]["service"]),
        (&json!("team"), &json!("shop")),
        "{told}"
    );
    assert_eq!(only["path"].as_array().map(Vec::len), Some(2), "{told}");
    let hook = json!({ "channel": "hook", "channel_name": "hook", "via": null });
    assert_eq!(only["steps"][0], json!({ "after_s": 0, "targets": [hook] }));
    let eve = json!({ "channel": "phone", "channel_name": "phone", "via": "first: eve" });
    assert_eq!(only["steps"][1], json!({ "after_s": 600, "targets": [eve] }));
    let other = preview(&json!({ "labels": { "service": "other" } }));
    assert_eq!(other["routes"][0]["receiver"], "default");
    assert!(other["routes"][0]["sentence"].as_str().is_some_and(|it| it.starts_with("Nobody")), "{other}");
    let made = server.tell("/api/v1/silences", &silence(&server, "service=shop", &[]));
    let muted = preview(&shop);
    let by = json!([{ "kind": "silence", "by": made["id"], "name": "known" }]);
    assert_eq!(muted["muted_by"], by);
    let tomorrow = now_ms(&server) + 24 * HOUR_MS;
    let later = preview(&json!({ "labels": { "service": "shop" }, "at_ms": tomorrow }));
    assert_eq!(later["muted_by"], json!([]), "by then it is over");
    let wrong = json!({ "labels": {}, "routing": { "route": {} } });
    check_wrong(&post(&server, "/api/v1/alert-routing/preview", &wrong), &["route.receiver"]);
    let unknown = post(&server, "/api/v1/alert-routing/preview", &json!({ "alert_id": "99" }));
    check_problem(&unknown, 404, "not_found");
}

#[test]
fn who_is_on_call_changes_with_time() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    let mut routing = server.ask("/api/v1/alert-routing");
    routing["people"] = json!(["ann", "bob"].map(|name| json!({ "name": name, "channels": ["hook"] })));
    routing["schedules"] = json!([{ "name": "first", "starts": "2026-01-05T09:00", "shift_days": 7,
                                    "people": ["ann", "bob"] }]);
    put_routing(&server, &routing);
    // 2026-01-05T09:00Z
    let starts = 1_767_603_600_000_i64;
    let on_call = |at: i64| server.ask(&format!("/api/v1/on-call?at_ms={at}"))["items"][0].clone();
    let week = 7 * 24 * HOUR_MS;
    let turn = |person: &str, until: i64, next: &str| json!({ "schedule": "first", "person": person, "until_ms": until, "next_person": next });
    assert_eq!(on_call(starts), turn("ann", starts + week, "bob"));
    assert_eq!(on_call(starts + week - 1), turn("ann", starts + week, "bob"));
    assert_eq!(on_call(starts + week), turn("bob", starts + 2 * week, "ann"));
    assert_eq!(on_call(starts - 1)["person"], Value::Null);
    assert_eq!(server.get("/api/v1/on-call?at_ms=noon").status, 400);
}

#[test]
fn a_backtest_names_what_is_wrong_with_it() {
    let folder = folder();
    let server = start(folder.path());
    let now = now_ms(&server);
    let run = |body: &Value| post(&server, "/api/v1/alert-backtest", body);
    check_wrong(&run(&json!({ "from_ms": now, "to_ms": now })), &["to_ms"]);
    check_wrong(&run(&json!({ "from_ms": now })), &["body"]);
    let wrong = with(rule("slow"), &[("/condition/window_s", json!(90))]);
    let body = json!({ "from_ms": now - HOUR_MS, "to_ms": now, "rules": [wrong] });
    check_wrong(&run(&body), &["rules[0].condition.window_s"]);
    let body = json!({ "from_ms": now - HOUR_MS, "to_ms": now, "routing": { "route": {} } });
    check_wrong(&run(&body), &["route.receiver"]);
}
