//! Demo data over the API: made, labelled, live, and removed without a trace.

use serde_json::json;

use crate::harness::{Server, folder};

const START: &str = r#"{"scenario":"error_burst","span_s":7200,"seed":7,"requests_per_second":5}"#;

#[test]
fn demo_data_comes_lives_survives_a_restart_and_goes() {
    let folder = folder();
    let server = Server::start(folder.path());
    server.post_requests(&json!([{ "service": "mine", "route": "/", "duration_ms": 5 }]));
    assert_eq!(server.post("/api/v1/demo", "application/json", START.as_bytes()).status, 202);
    let demo = server.ask_until("/api/v1/demo", |demo| demo["state"] == "live");
    let planted = demo["planted"].as_array().expect("a list");
    assert!(planted.iter().any(|it| it["kind"] == "error_burst" && it["decoy"] == false), "{planted:?}");
    let again = server.post("/api/v1/demo", "application/json", START.as_bytes());
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("demo_exists")));

    let requests = |server: &Server| {
        let overview = server.ask("/api/v1/overview?from=now-3h");
        overview["current"]["requests"].as_u64().expect("a number")
    };
    let made = requests(&server);
    // On average 5 a second for two hours; nights and weekends are quieter, evenings busier.
    assert!((3_600..108_000).contains(&made), "{made} requests");
    server.ask_until("/api/v1/overview?from=now-3h", |overview| {
        overview["current"]["requests"].as_u64() > Some(made)
    });
    assert!(folder.path().join("demo-truth.json").is_file());

    let before = requests(&server);
    server.kill();
    let server = Server::start(folder.path());
    server.ask_until("/api/v1/demo", |demo| demo["state"] == "live");
    assert!(requests(&server) >= before);
    assert_eq!(recount(&server), requests_at_most(&server));

    assert_eq!(server.delete("/api/v1/demo").status, 202);
    server.ask_until("/api/v1/demo", |demo| demo["state"] == "none");
    assert_eq!(requests(&server), 1);
    assert_eq!(server.ask("/api/v1/facets?fields=service")["fields"]["service"][0]["value"], "mine");
    assert!(!folder.path().join("demo.json").exists());
}

/// Requests of a past half hour, counted one by one and from rollups: both are settled.
const SETTLED: &str = "from=now-90m&to=now-60m&service=orders";

fn recount(server: &Server) -> u64 {
    let facets = server.ask(&format!("/api/v1/series?group_by=status&step=1m&{SETTLED}"));
    assert_eq!(facets["source"], "requests");
    sum(&facets)
}

fn requests_at_most(server: &Server) -> u64 {
    sum(&server.ask(&format!("/api/v1/series?step=1m&{SETTLED}")))
}

fn sum(series: &serde_json::Value) -> u64 {
    // The first and the last minute lie partly outside of the range, so only whole ones are compared.
    let n = series["n"].as_u64().expect("a number") as usize;
    let groups = series["groups"].as_array().expect("groups").iter();
    groups
        .flat_map(|group| group["requests"].as_array().expect("numbers")[1..n - 1].iter())
        .filter_map(|it| it.as_u64())
        .sum()
}

#[test]
fn a_wrong_demo_is_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    for (body, field) in [
        (r#"{"scenario":"war","span_s":7200,"seed":7,"requests_per_second":5}"#, "scenario"),
        (r#"{"scenario":"all","span_s":5,"seed":7,"requests_per_second":5}"#, "span_s"),
        (r#"{"scenario":"all","span_s":7200,"seed":7,"requests_per_second":1e9}"#, "requests_per_second"),
        (r#"{"scenario":"all"}"#, "body"),
    ] {
        let answer = server.post("/api/v1/demo", "application/json", body.as_bytes());
        assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (400, &json!(field)));
    }
}

#[test]
fn data_of_a_damaged_plan_are_removed_at_the_start() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert_eq!(server.post("/api/v1/demo", "application/json", START.as_bytes()).status, 202);
    server.ask_until("/api/v1/demo", |demo| demo["state"] == "live");
    server.kill();
    std::fs::write(folder.path().join("demo.json"), "").expect("damages");
    let server = Server::start(folder.path());
    server.ask_until("/api/v1/overview?from=now-3h", |overview| overview["current"]["requests"] == 0);
    assert_eq!(server.ask("/api/v1/demo")["state"], "none");
}
