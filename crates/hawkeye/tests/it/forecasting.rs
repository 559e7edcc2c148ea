//! Forecasts and journeys over HTTP: what is asked wrongly is named, documents are stored or refused whole, a file
//! owns its own, and the demo fills every page.

use serde_json::{Value, json};

use crate::harness::{Answer, Server, command, folder};

#[track_caller]
fn check_wrong(answer: &Answer, fields: &[&str]) {
    let problem = answer.json();
    assert_eq!((answer.status, &*answer.content_type), (400, "application/problem+json"), "{problem}");
    let errors = problem["errors"].as_array().expect("errors");
    let named: Vec<&str> = errors.iter().map(|it| it["field"].as_str().expect("a field")).collect();
    assert_eq!(named, fields, "{problem}");
}

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    server.post(path, "application/json", body.to_string().as_bytes())
}

fn step(route: &str) -> Value {
    json!({ "service": "shop", "method": "POST", "route": route })
}

fn journey(id: &str, routes: &[&str]) -> Value {
    let steps: Vec<Value> = routes.iter().map(|route| step(route)).collect();
    json!({ "id": id, "name": "Buy", "steps": steps })
}

/// One request of each endpoint by one consumer, and one failure.
fn with_requests(server: &Server) {
    let now_ms = server.ask("/api/v1/status")["now_ms"].as_i64().expect("a time");
    let request = |ago_ms: i64, route: &str, status: u16| {
        json!({ "service": "shop", "method": "POST", "route": route, "duration_ms": 20, "status": status,
                "timestamp": now_ms - ago_ms,
                "provider": "aws", "environment": "production", "region": "eu-west-1", "consumer": "ann" })
    };
    server.post_requests(&json!([
        request(123_000, "/cart", 200),
        request(122_000, "/pay", 503),
        request(121_000, "/pay", 200)
    ]));
}

#[test]
fn what_is_asked_wrongly_is_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    let check = |path: &str, field: &str| check_wrong(&server.get(path), &[field]);
    check("/api/v1/forecast?horizon=1m", "horizon");
    check("/api/v1/forecast?horizon=15d", "horizon");
    check("/api/v1/forecast?measure=latency", "measure");
    check("/api/v1/forecast?measure=error_rate,latency_ms_p50", "measure");
    check("/api/v1/predictions?probability_min=2", "probability_min");
    check("/api/v1/predictions?horizon=2d", "horizon");
    check("/api/v1/capacity?per=region", "per");
    check("/api/v1/journeys?window=1s", "window");
    check("/api/v1/journey-impacts", "endpoint");
    assert_eq!(server.get("/api/v1/journey-impacts?endpoint=0011223344556677").status, 404);
    assert_eq!(server.get("/api/v1/journeys/none").status, 404);
    let nothing = server.ask("/api/v1/forecast");
    assert_eq!((&nothing["trust"], &nothing["expected"]), (&json!("none"), &json!([])));
    assert_eq!(server.ask("/api/v1/predictions")["items"], json!([]));
    assert_eq!(server.ask("/api/v1/forecast-reliability")["all"], Value::Null);
    assert_eq!(server.ask("/api/v1/capacity")["items"], json!([]));
    assert_eq!(server.ask("/api/v1/journeys")["items"], json!([]));
}

#[test]
fn a_journey_is_checked_kept_and_removed() {
    let folder = folder();
    let server = Server::start(folder.path());
    with_requests(&server);
    let put = |body: &Value| server.put("/api/v1/journeys/buy?actor=ann", body);
    check_wrong(&put(&journey("buy", &["/cart", "/nowhere"])), &["steps[1]"]);
    check_wrong(&put(&journey("buy", &["/cart"])), &["steps"]);
    check_wrong(&put(&journey("other", &["/cart", "/pay"])), &["id"]);
    let mut elsewhere = journey("buy", &["/cart", "/pay"]);
    elsewhere["steps"][1]["environment"] = json!("gcp");
    check_wrong(&put(&elsewhere), &["steps[1]"]);
    elsewhere["steps"][1]["environment"] = json!("mars");
    check_wrong(&put(&elsewhere), &["steps[1].environment", "steps[1]"]);
    let checked = post(&server, "/api/v1/journeys/check", &journey("buy", &["/cart", "/pay"])).json();
    assert_eq!((&checked["problems"], &checked["sessions"]), (&json!([]), &json!(1)));
    assert_eq!(checked["steps"][1]["requests_last_hour"], 2);
    assert_eq!(put(&journey("buy", &["/cart", "/pay"])).status, 200);
    let list = server.ask("/api/v1/journeys");
    let mine = &list["items"][0];
    assert_eq!((&mine["source"], &mine["updated_by"]), (&json!("ui"), &json!("ann")));
    assert_eq!(
        (&mine["health"]["steps"][1]["requests"], &mine["health"]["success"]),
        (&json!(2), &json!(0.5))
    );
    let detail = server.ask("/api/v1/journeys/buy?from=now-1h");
    assert_eq!(
        detail["history"]["starts"]
            .as_array()
            .expect("numbers")
            .iter()
            .filter_map(Value::as_u64)
            .sum::<u64>(),
        1
    );
    let nowhere = server.ask("/api/v1/journeys?env=gcp");
    assert_eq!(nowhere["items"][0]["health"]["state"], "unknown");
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(server.ask("/api/v1/journeys")["items"][0]["journey"]["name"], "Buy");
    assert_eq!(server.delete("/api/v1/journeys/buy").status, 204);
    assert_eq!(server.delete("/api/v1/journeys/buy").status, 404);
}

#[test]
fn an_objective_is_kept_or_its_mistakes_are_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    let objective =
        |value: f64| json!({ "id": "fast", "measure": "error_rate", "is": "above", "value": value });
    check_wrong(&server.put("/api/v1/objectives/fast", &objective(5.0)), &["value"]);
    let strange = json!({ "id": "fast", "measure": "error_rate", "is": "beside", "value": 0.1 });
    check_wrong(&server.put("/api/v1/objectives/fast", &strange), &["is"]);
    let kept = server.put("/api/v1/objectives/fast", &objective(0.05)).json();
    assert_eq!(kept["for_s"], 600);
    assert_eq!(server.ask("/api/v1/objectives")["items"][0]["objective"]["value"], 0.05);
    assert_eq!(server.delete("/api/v1/objectives/fast").status, 204);
    assert_eq!(server.ask("/api/v1/objectives")["items"], json!([]));
}

const FILE: &str = r#"
[[forecasting.journeys]]
id = "buy"
name = "Buy"
steps = [
  { service = "shop", method = "POST", route = "/cart" },
  { service = "shop", method = "POST", route = "/pay", is_optional = true },
]

[[forecasting.objectives]]
id = "fast"
measure = "latency_ms_p95"
is = "above"
value = 300.0
services = ["shop"]
"#;

#[test]
fn a_file_owns_its_journeys_and_objectives() {
    let folder = folder();
    let file = folder.path().join("hawkeye.toml");
    std::fs::write(&file, FILE).expect("writes");
    let serve = || {
        let mut serve = command(folder.path());
        serve.arg("serve").arg("--config").arg(&file);
        serve
    };
    let server = Server::start_as(serve());
    with_requests(&server);
    assert_eq!(server.ask("/api/v1/journeys")["items"][0]["source"], "file");
    assert_eq!(server.ask("/api/v1/objectives")["items"][0]["source"], "file");
    let refused = server.put("/api/v1/journeys/buy", &journey("buy", &["/cart", "/pay"]));
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("from_file")));
    assert_eq!(server.delete("/api/v1/objectives/fast").status, 409);
    drop(server);
    let wrong = FILE.replace("value = 300.0", "value = -1.0");
    std::fs::write(&file, wrong).expect("writes");
    let output = serve().output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("[[forecasting.objectives]] fast: value"), "{said}");
}

const DEMO: &str = r#"{"scenario":"healthy","span_s":108000,"seed":7,"requests_per_second":2}"#;

#[test]
fn the_demo_fills_predictions_and_journeys_and_takes_them_with_it() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert_eq!(server.post("/api/v1/demo", "application/json", DEMO.as_bytes()).status, 202);
    let journeys = server.ask_until("/api/v1/journeys", |list| {
        list["items"]
            .as_array()
            .is_some_and(|items| items.iter().all(|it| it["outlook"] != Value::Null) && items.len() == 3)
    });
    assert_eq!(journeys["items"][0]["source"], "demo");
    let predictions = server.ask("/api/v1/predictions");
    assert!(predictions["status"]["forecasts"].as_u64() > Some(100), "{}", predictions["status"]);
    server.ask_until("/api/v1/forecast-reliability", |it| it["all"] != Value::Null);
    server.ask_until("/api/v1/journey-proposals", |it| it["looked_ms"] != Value::Null);
    assert_eq!(server.delete("/api/v1/demo").status, 202);
    server.ask_until("/api/v1/demo", |demo| demo["state"] == "none");
    assert_eq!(server.ask("/api/v1/journeys")["items"], json!([]));
    assert_eq!(server.ask("/api/v1/predictions")["items"], json!([]));
    assert_eq!(server.ask("/api/v1/forecast-reliability")["all"], Value::Null);
}
