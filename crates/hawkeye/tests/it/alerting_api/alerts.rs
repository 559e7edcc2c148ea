//! Alerts: listed, paged, explained, and what people do with them, also by a link and live.

use super::*;

#[test]
fn alerts_are_listed_counted_and_paged() {
    let folder = folder();
    let server = start(folder.path());
    let alerts: Vec<Value> = (0..5).map(|n| alert(&format!("i{n}"), false)).collect();
    send(&server, &alerts);
    send(&server, &[alert("i4", true)]);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.ask(&format!("/api/v1/alerts?limit=2{cursor}"));
        assert_eq!((&page["counts"]["firing"], &page["counts"]["resolved"]), (&json!(4), &json!(1)));
        seen.extend(ids(&page, "/id").into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let found = |query: &str| {
        let list = server.ask(&format!("/api/v1/alerts?{query}"));
        let mut found: Vec<String> = ids(&list, "/labels/instance").into_iter().map(str::to_owned).collect();
        found.sort_unstable();
        found.join(" ")
    };
    assert_eq!(found("state=firing"), "i0 i1 i2 i3");
    assert_eq!(found("state=resolved,pending"), "i4");
    assert_eq!(found("q=I3%20down"), "i3");
    assert_eq!(found("q=down&severity=low"), "");
    assert_eq!(found("severity=critical&state=resolved"), "i4");
    assert_eq!(found("dataset=demo"), "");
    assert_eq!(found("rule=anomaly"), "");
    assert_eq!(found("to=now-1h"), "");
    assert_eq!(found("from=now-1h&state=resolved"), "i4");
    for (query, field) in [
        ("state=asleep", "state"),
        ("severity=awful", "severity"),
        ("dataset=test", "dataset"),
        ("anomaly_id=x", "anomaly_id"),
        ("from=soon", "from"),
        ("cursor=x", "cursor"),
        ("limit=many", "query"),
    ] {
        check_wrong(&server.get(&format!("/api/v1/alerts?{query}")), &[field]);
    }
    for id in ["99", "x", "-1"] {
        check_problem(&server.get(&format!("/api/v1/alerts/{id}")), 404, "not_found");
    }
}

#[test]
fn an_alert_tells_what_it_is_about_and_what_happened() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    route(&server, &["hook"], &["instance"], 1);
    let mut sent = alert("a", false);
    sent["labels"]["service"] = json!("shop");
    sent["labels"]["method"] = json!("POST");
    sent["labels"]["route"] = json!("/orders");
    sent["labels"]["dataset"] = json!("demo");
    sent["generatorURL"] = json!("http://prometheus/graph");
    send(&server, &[sent]);
    sink.wait_until(|got| !got.is_empty());
    let alert = alert_of(&server, "a");
    for (field, expected) in [
        ("/state", json!("firing")),
        ("/severity", json!("critical")),
        ("/source", json!("alertmanager")),
        ("/rule", Value::Null),
        ("/name", json!("Test")),
        ("/summary", json!("a is down")),
        ("/generator_url", json!("http://prometheus/graph")),
        ("/endpoint/route", json!("/orders")),
        // Nobody outside says that something is only a demo.
        ("/dataset", json!("live")),
        ("/resolved_ms", Value::Null),
        ("/acknowledged", Value::Null),
        ("/muted_by", json!([])),
        ("/notified/count", json!(1)),
    ] {
        assert_eq!(alert.pointer(field), Some(&expected), "{field}: {alert}");
    }
    let id = alert["id"].as_str().expect("an id");
    let detail = server.ask(&format!("/api/v1/alerts/{id}"));
    let kinds: Vec<&str> =
        detail["timeline"].as_array().expect("entries").iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, ["fired", "told"]);
    assert_eq!(detail["route"][0]["receiver"], "default");
    assert_eq!(detail["notifications"][0]["channel"], "hook");
    assert_eq!(detail["mutes"], json!([]));
}

#[test]
fn people_act_on_alerts() {
    let folder = folder();
    let server = start(folder.path());
    send(&server, &[alert("a", false), alert("b", false)]);
    let id = alert_of(&server, "a")["id"].clone();
    let until = now_ms(&server) + HOUR_MS;
    let check = |action: &str, more: Value, field: &str, expected: Value| {
        let after = act(&server, &id, action, &more);
        assert_eq!(after.pointer(field), Some(&expected), "{action}: {after}");
    };
    check("acknowledge", json!({ "note": "mine" }), "/state", json!("acknowledged"));
    check("comment", json!({ "note": "looking" }), "/acknowledged/by", json!("ann"));
    check("acknowledge", json!({ "until_ms": until }), "/acknowledged/until_ms", json!(until));
    check("snooze", json!({ "until_ms": until }), "/state", json!("acknowledged"));
    check("unacknowledge", json!({}), "/state", json!("snoozed"));
    check("unsnooze", json!({}), "/state", json!("firing"));
    check("assign", json!({ "assignee": "bob" }), "/assignee", json!("bob"));
    check("assign", json!({}), "/assignee", Value::Null);
    check("resolve", json!({ "note": "restarted" }), "/state", json!("resolved"));
    let text = id.as_str().expect("an id");
    let detail = server.ask(&format!("/api/v1/alerts/{text}"));
    let entries = detail["timeline"].as_array().expect("entries").iter().filter(|it| it["actor"] == "ann");
    let notes: Vec<(&str, &str)> = entries
        .map(|it| (it["kind"].as_str().unwrap_or_default(), it["note"].as_str().unwrap_or_default()))
        .filter(|(_, note)| !note.is_empty())
        .collect();
    let expected =
        [("acknowledged", "mine"), ("commented", "looking"), ("assigned", "bob"), ("resolved", "restarted")];
    assert_eq!(notes, expected);
    let wrong = |body: Value| post(&server, "/api/v1/alerts/actions", &body);
    check_wrong(&wrong(json!({ "ids": [id], "action": "snooze" })), &["until_ms"]);
    check_wrong(&wrong(json!({ "ids": [id], "action": "snooze", "until_ms": 5 })), &["until_ms"]);
    check_wrong(&wrong(json!({ "ids": [id], "action": "comment", "note": " " })), &["note"]);
    check_wrong(&wrong(json!({ "ids": [id], "action": "explode" })), &["action"]);
    check_wrong(&wrong(json!({ "ids": [id], "action": "false_positive" })), &["action"]);
    check_wrong(&wrong(json!({ "ids": [], "action": "acknowledge" })), &["ids"]);
    check_wrong(&wrong(json!({ "ids": [1], "action": "acknowledge" })), &["ids[0]"]);
    let other = alert_of(&server, "b")["id"].clone();
    let half = wrong(json!({ "ids": [other, "99"], "action": "acknowledge" }));
    check_problem(&half, 404, "not_found");
    assert_eq!(alert_of(&server, "b")["state"], "firing", "all or none");
    let both = server.tell("/api/v1/alerts/actions", &json!({ "ids": [other, other], "action": "resolve" }));
    assert_eq!(both["changed"], 1);
}

#[test]
fn a_link_in_a_message_acknowledges_once() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    route(&server, &["hook"], &["instance"], 1);
    let mut sent = alert("a", false);
    sent["annotations"]["summary"] = json!("<script>alert('a')</script> & more");
    send(&server, &[sent]);
    let got = sink.wait_until(|got| !got.is_empty());
    let json = got[0].json();
    let url = json["acknowledge_url"].as_str().expect("a link");
    let path = &url[url.find("/ack/").expect("a path")..];
    let text = |answer: &Answer| {
        assert_eq!(answer.content_type, "text/html; charset=utf-8");
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    // Programs that follow links do it as often as they like.
    for _ in 0..2 {
        let page = server.get(path);
        let text = text(&page);
        assert!(page.status == 200 && text.contains("<form method=\"post\""), "{text}");
        assert!(text.contains("&lt;script&gt;") && !text.contains("<script"), "{text}");
    }
    assert_eq!(alert_of(&server, "a")["state"], "firing");
    let policy =
        server.post_for_header(&format!("{}/ack/x", server.http), &[], b"", "content-security-policy");
    let policy = policy.expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    let press = |path: &str| server.post(path, "application/x-www-form-urlencoded", b"");
    let pressed = press(path);
    assert!(pressed.status == 200 && text(&pressed).contains("1 alert(s) acknowledged"));
    assert_eq!(alert_of(&server, "a")["state"], "acknowledged");
    let again = press(path);
    assert!(again.status == 410 && text(&again).contains("used before"));
    let looked = server.get(path);
    assert!(looked.status == 410 && !text(&looked).contains("<form"));
    act(&server, &alert_of(&server, "a")["id"], "unacknowledge", &json!({}));
    assert_eq!(press(path).status, 410);
    assert_eq!(alert_of(&server, "a")["state"], "firing");
    let forged = format!("{}x", &path[..path.len() - 1]);
    for wrong in [forged.as_str(), "/ack/x", "/ack/%00", "/ack/a.b.c"] {
        assert_eq!((server.get(wrong).status, press(wrong).status), (410, 410), "{wrong}");
    }
}

#[test]
fn the_stream_tells_of_alerts() {
    let folder = folder();
    let server = start(folder.path());
    let mut events = Events::open(&server, "topics=alerts", None);
    events.next("hello", |_| true);
    let mut next = |change: &str| events.next("alert", |data| data["change"] == change).data["alert"].clone();
    send(&server, &[alert("a", false)]);
    assert_eq!(next("opened")["labels"]["instance"], "a");
    act(&server, &alert_of(&server, "a")["id"], "acknowledge", &json!({}));
    assert_eq!(next("acted")["state"], "acknowledged");
    send(&server, &[alert("a", true)]);
    assert_eq!(next("resolved")["state"], "resolved");
    check_wrong(&server.get("/api/v1/stream?topics=alerts,moon"), &["topics"]);
}

#[test]
fn the_state_of_alerting_is_told() {
    let (folder, sink) = (folder(), Sink::with(|_| Reply::Hold));
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    route(&server, &["hook"], &["instance"], 300);
    send(&server, &[alert("a", false), alert("b", false)]);
    let status = server.ask_until("/api/v1/alerting/status", |it| it["waiting"] == 2);
    for (field, expected) in [
        ("/firing", json!(2)),
        ("/dead", json!(0)),
        ("/channels", json!(1)),
        ("/alerts_dropped", json!(0)),
        ("/breakers_open", json!([])),
        ("/heartbeat/url_set", json!(false)),
    ] {
        assert_eq!(status.pointer(field), Some(&expected), "{field}: {status}");
    }
    assert!(status["oldest_waiting_ms"].is_i64() && status["alerts_max"].is_u64(), "{status}");
    sink.let_go();
    server.ask_until("/api/v1/alerting/status", |it| it["waiting"] == 0);
}
