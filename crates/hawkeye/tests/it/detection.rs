//! Anomalies through the real binary: found in demo and live data, judged, and still there after `kill -9`.

use serde_json::{Value, json};

use crate::harness::{Server, command, folder};
use crate::stream::Events;

const DEMO: &str = r#"{"scenario":"regional_outage","span_s":43200,"seed":7,"requests_per_second":10}"#;

const MINUTE_MS: i64 = 60_000;

/// Four hours of steady traffic of two endpoints; in the last twenty minutes most of one endpoint's requests fail.
fn shop(now_ms: i64) -> Value {
    let mut requests = Vec::new();
    for minutes_ago in 1..240_i64 {
        for n in 0..20_i64 {
            let fails = minutes_ago <= 20 && n % 5 != 0;
            for (route, fails) in [("/orders", fails), ("/products", false)] {
                requests.push(json!({
                    "service": "shop", "method": "POST", "route": route, "version": "v1",
                    "provider": "aws", "environment": "production", "region": "eu-west-1",
                    "timestamp": now_ms - minutes_ago * MINUTE_MS + n * 3_000,
                    "duration_ms": 20 + (n * 7 + minutes_ago) % 11, "status": if fails { 503 } else { 200 },
                }));
            }
        }
    }
    requests.into()
}

fn now_ms(server: &Server) -> i64 {
    server.ask("/api/v1/status")["now_ms"].as_i64().expect("a time")
}

fn burst(server: &Server) -> Value {
    let list = server
        .ask_until("/api/v1/anomalies?service=shop&signal=error_rate&state=open", |list| list["total"] == 1);
    list["items"][0].clone()
}

fn watermark(server: &Server) -> i64 {
    server.ask("/api/v1/detection")["watermark_ms"].as_i64().unwrap_or_default()
}

fn act(server: &Server, id: &Value, action: &str, more: Value) -> Value {
    let mut body = json!({ "ids": [id], "action": action, "actor": "ann" });
    let (fields, more) = (body.as_object_mut().expect("an object"), more.as_object().cloned());
    fields.extend(more.expect("an object"));
    server.tell("/api/v1/anomalies/actions", &body)
}

#[test]
fn a_burst_of_failures_is_found_judged_and_survives_kill_9() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut events = Events::open(&server, "topics=anomalies&service=shop", None);
    events.next("hello", |_| true);
    server.post_requests(&shop(now_ms(&server)));
    let opened = events.next("anomaly", |data| data["anomaly"]["signal"] == "error_rate");
    assert_eq!(opened.data["change"], "opened");

    let anomaly = burst(&server);
    let id = &anomaly["id"];
    assert_eq!((&anomaly["endpoint"]["route"], &anomaly["dataset"]), (&json!("/orders"), &json!("live")));
    assert_eq!(anomaly["environment"], "aws/production/eu-west-1");
    let late = anomaly["onset_ms"].as_i64().expect("a time") - (now_ms(&server) - 20 * MINUTE_MS);
    assert!((-3 * MINUTE_MS..5 * MINUTE_MS).contains(&late), "found {late} ms late");
    let overview = server.ask("/api/v1/overview?service=shop");
    assert_eq!((&overview["anomalies_open"], &overview["worst_anomaly"]["id"]), (&json!(1), id));
    let endpoints = server.ask("/api/v1/endpoints?q=/orders");
    assert_eq!(endpoints["items"][0]["anomalies"], 1);
    let path = format!("/api/v1/anomalies/{}", id.as_str().expect("an id"));
    let detail = server.ask(&path);
    assert!(!detail["tests"].as_array().expect("tests").is_empty(), "{detail}");
    assert!(!detail["score"]["values"].as_array().expect("a course").is_empty(), "{detail}");
    assert_eq!(detail["activity"][0]["action"], "opened");

    let acknowledged = act(&server, id, "acknowledge", json!({}));
    assert_eq!(
        (&acknowledged["changed"], &acknowledged["anomalies"][0]["state"]),
        (&json!(1), &json!("acknowledged"))
    );
    events.next("anomaly", |data| data["change"] == "acted" && data["anomaly"]["acknowledged_by"] == "ann");
    let judge = json!({ "ids": [id], "action": "judge", "verdict": "false_positive", "reason": "seasonal" });
    let preview = server.tell("/api/v1/anomalies/preview", &judge);
    assert!(
        preview["adjustments"][0]["threshold_after"].as_f64()
            > preview["adjustments"][0]["threshold_before"].as_f64()
    );
    assert_eq!(server.ask("/api/v1/adjustments")["items"], json!([]));
    let judged = act(&server, id, "judge", json!({ "verdict": "false_positive", "reason": "seasonal" }));
    assert_eq!(judged["adjustments"][0]["kin"], false);
    let again = act(&server, id, "judge", json!({ "verdict": "false_positive", "reason": "seasonal" }));
    assert_eq!((&again["changed"], &again["adjustments"]), (&json!(0), &json!([])));

    let before = watermark(&server);
    server.kill();
    let server = Server::start(folder.path());
    server.ask_until("/api/v1/detection", |status| status["watermark_ms"].as_i64() >= Some(before));
    let list = server.ask("/api/v1/anomalies?service=shop&signal=error_rate");
    assert_eq!(list["total"], 1, "{list}");
    let item = &list["items"][0];
    assert_eq!(
        (&item["id"], &item["verdict"], &item["state"]),
        (id, &json!("false_positive"), &json!("acknowledged"))
    );
    let actions: Vec<Value> = server.ask(&path)["activity"]
        .as_array()
        .expect("a timeline")
        .iter()
        .map(|entry| entry["action"].clone())
        .filter(|action| action != "escalated")
        .collect();
    assert_eq!(actions, ["opened", "acknowledged", "judged"]);

    let adjustments = server.ask("/api/v1/adjustments")["items"].as_array().expect("a list").clone();
    let adjustment = adjustments.iter().find(|it| it["kin"] == false).expect("its own");
    let undo = format!("/api/v1/adjustments/{}/undo", adjustment["id"].as_str().expect("an id"));
    let undone = server.tell(&undo, &json!({}));
    assert!(undone["undone_ms"].is_i64(), "{undone}");
    assert_eq!(server.tell(&undo, &json!({}))["undone_ms"], undone["undone_ms"], "once");
    let now = server.tell("/api/v1/anomalies/preview", &judge)["adjustments"][0]["offset_before"].as_f64();
    let difference = now.expect("a number") - adjustment["offset_before"].as_f64().expect("a number");
    assert!(difference.abs() < 0.1, "as before the verdict, but {difference}");

    act(&server, id, "close", json!({ "note": "enough" }));
    let closed = server.ask(&path);
    assert_eq!(
        (&closed["anomaly"]["state"], &closed["anomaly"]["close_reason"]),
        (&json!("closed"), &json!("by_hand"))
    );
}

#[test]
fn demo_anomalies_match_what_was_planted_and_go_with_the_demo() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert_eq!(server.post("/api/v1/demo", "application/json", DEMO.as_bytes()).status, 202);
    let demo = server.ask_until("/api/v1/demo", |demo| demo["state"] == "live");
    let mut planted = demo["planted"].as_array().expect("a list").iter();
    let truth = planted.rfind(|it| it["kind"] == "regional_outage").expect("planted").clone();
    let matches = |item: &Value| {
        let at = item["onset_ms"].as_i64().expect("a time");
        let from = truth["from_ms"].as_i64().expect("a time") - 10 * MINUTE_MS;
        item["dataset"] == "demo"
            && item["environment"] == truth["environment"]
            && (from..truth["to_ms"].as_i64().expect("a time")).contains(&at)
    };
    let list = server.ask_until("/api/v1/anomalies?limit=200", |list| {
        list["items"].as_array().expect("items").iter().any(matches)
    });
    let found = list["items"].as_array().expect("items").iter().find(|item| matches(item)).expect("found");
    act(&server, &found["id"], "judge", json!({ "verdict": "confirmed" }));
    assert!(!server.ask("/api/v1/adjustments")["items"].as_array().expect("items").is_empty());

    assert_eq!(server.delete("/api/v1/demo").status, 202);
    server.ask_until("/api/v1/demo", |demo| demo["state"] == "none");
    assert_eq!(server.ask("/api/v1/anomalies")["total"], 0);
    assert_eq!(server.ask("/api/v1/adjustments")["items"], json!([]));
    assert_eq!(server.ask("/api/v1/detection")["series_watched"], 0);
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(server.ask("/api/v1/anomalies")["total"], 0);
}

#[test]
fn settings_hold_after_kill_9_and_wrong_ones_are_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    let path = "/api/v1/detection/settings";
    let mut settings = server.ask(path);
    assert_eq!(
        (&settings["sensitivity"], &settings["false_alarms_per_week"]),
        (&json!("medium"), &json!(1.0))
    );
    settings["sensitivity"] = json!("custom");
    settings["false_alarms_per_week"] = json!(3.5);
    settings["overrides"] = json!([{
        "id": "", "scope": "service", "service": "batch", "endpoint_id": null, "environment": null, "signal": null,
        "false_alarms_per_week": null, "note": "nightly",
    }]);
    let stored = server.put(path, &settings).json();
    assert_eq!(stored["overrides"][0]["id"], "0000000000000000");
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(server.ask(path), stored);
    settings["false_alarms_per_week"] = json!(-1);
    let refused = server.put(path, &settings);
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["field"]),
        (400, &json!("false_alarms_per_week"))
    );
    assert_eq!(server.ask(path), stored);
}

#[test]
fn wrong_questions_are_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    for (query, field) in [
        ("state=shut", "state"),
        ("verdict=maybe", "verdict"),
        ("severity=huge", "severity"),
        ("signal=noise", "signal"),
        ("kind=odd", "kind"),
        ("sort=onset", "sort"),
        ("cursor=xyz", "cursor"),
        ("env=mars", "env"),
    ] {
        let answer = server.get(&format!("/api/v1/anomalies?{query}"));
        assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (400, &json!(field)), "{query}");
    }
    assert_eq!(server.get("/api/v1/anomalies/00000000000000ff").status, 404);
    assert_eq!(server.get("/api/v1/anomalies/17").status, 404);
    for (body, field) in [
        (json!({ "ids": [], "action": "close" }), "ids"),
        (json!({ "ids": ["17"], "action": "close" }), "ids"),
        (json!({ "ids": ["00000000000000ff"], "action": "judge" }), "verdict"),
        (json!({ "ids": ["00000000000000ff"], "action": "note" }), "note"),
        (json!({ "ids": ["00000000000000ff"], "action": "dance" }), "body"),
    ] {
        let answer =
            server.post("/api/v1/anomalies/actions", "application/json", body.to_string().as_bytes());
        assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (400, &json!(field)), "{body}");
    }
    let body = json!({ "ids": ["00000000000000ff"], "action": "close" }).to_string();
    assert_eq!(server.post("/api/v1/anomalies/actions", "application/json", body.as_bytes()).status, 404);
    let unknown = "/api/v1/explanations?endpoint=00000000000000ff&env=aws/production";
    assert_eq!(server.get(unknown).status, 404);
}

#[test]
fn bands_explanations_and_backtests_answer() {
    let folder = folder();
    let server = Server::start(folder.path());
    let now = now_ms(&server);
    server.post_requests(&shop(now));
    let anomaly = burst(&server);
    let (endpoint, from) = (anomaly["endpoint"]["id"].as_str().expect("an id"), now - 180 * MINUTE_MS);
    let bands = server.ask(&format!("/api/v1/expectations?endpoint={endpoint}&from={from}&step=1m"));
    let traffic = &bands["measures"][0];
    assert_eq!((&traffic["measure"], &bands["step_ms"]), (&json!("requests_per_minute"), &json!(60_000)));
    assert_eq!(traffic["expected"].as_array().map(|it| it.len() as u64), bands["n"].as_u64());
    let expected = traffic["expected"][60].as_f64().expect("a number");
    assert!((15.0..25.0).contains(&expected), "{expected} a minute");
    assert_eq!(bands["anomalies"][0]["id"], anomaly["id"]);

    let explain = |at: &str| {
        server.ask(&format!("/api/v1/explanations?endpoint={endpoint}&env=aws/production/eu-west-1{at}"))
    };
    assert!(!explain("")["gates"].as_array().expect("gates").is_empty());
    let calm = explain(&format!("&at={}", now - 60 * MINUTE_MS));
    assert!(calm["verdict"].as_str().expect("a sentence").starts_with("nothing was odd enough"), "{calm}");
    assert_eq!(calm["at_ms"].as_i64().expect("a time") % MINUTE_MS, 0);

    let mut settings = server.ask("/api/v1/detection/settings");
    settings["overrides"] = json!([{
        "id": "", "scope": "all", "service": null, "endpoint_id": null, "environment": null, "signal": null,
        "false_alarms_per_week": null, "note": "all is quiet",
    }]);
    let backtest = server.tell(
        "/api/v1/backtests",
        &json!({ "from_ms": now - 60 * MINUTE_MS, "to_ms": now, "settings": settings }),
    );
    assert_eq!((&backtest["series"], &backtest["changed"]["opened"]), (&json!(2), &json!(0)), "{backtest}");
    let only: Vec<&Value> =
        backtest["only_current"].as_array().expect("a list").iter().map(|it| &it["signal"]).collect();
    assert!(only.contains(&&json!("error_rate")), "{backtest}");

    let range = [(now - 60 * MINUTE_MS).to_string(), now.to_string()];
    let output = |more: &[&str]| {
        let mut run = command(folder.path());
        run.args(["backtest", "--from", &range[0], "--to", &range[1], "--set", "false_alarms_per_week=5"]);
        run.args(more).output().expect("runs")
    };
    let locked = output(&[]);
    let message = String::from_utf8_lossy(&locked.stderr);
    assert!(!locked.status.success() && message.contains("--server"), "{message}");
    let remote = output(&["--server", &server.http, "--output", "json"]);
    let remote: Value = serde_json::from_slice(&remote.stdout).expect("JSON");
    assert_eq!(remote["current"], backtest["current"]);
    assert!(server.terminate().success());
    let local = output(&["--output", "json"]);
    let local: Value = serde_json::from_slice(&local.stdout).expect("JSON");
    assert_eq!(local["current"], remote["current"]);
    let table = output(&["--output", "table"]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("error_rate"), "{table:?}");
}
