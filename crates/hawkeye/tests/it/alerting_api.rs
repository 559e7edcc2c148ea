//! Alerting over HTTP: documents are stored or their mistakes named, lists are paged, people act, and Alertmanager's
//! clients find what they know.

mod alertmanager;
mod alerts;
mod channels;
mod documents;
mod silences;

use serde_json::{Value, json};

use crate::alerting::{alert, put_routing, route, send, start, webhook};
use crate::harness::{Answer, Server, folder};
use crate::sink::{Reply, Sink};
use crate::stream::Events;

const HOUR_MS: i64 = 3_600_000;

fn now_ms(server: &Server) -> i64 {
    server.ask("/api/v1/status")["now_ms"].as_i64().expect("a time")
}

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    server.post(path, "application/json", body.to_string().as_bytes())
}

fn rule(id: &str) -> Value {
    json!({ "id": id, "name": "Slow", "severity": "high",
            "condition": { "type": "threshold", "measure": "latency_ms_p95", "is": "above", "value": 500.0,
                           "window_s": 300 } })
}

/// A document with some fields replaced.
fn with(mut document: Value, fields: &[(&str, Value)]) -> Value {
    for (path, value) in fields {
        *document.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value.clone();
    }
    document
}

fn ids<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item.pointer(field).and_then(Value::as_str).expect("text")).collect()
}

/// The fields that a refused document's problem names.
#[track_caller]
fn check_wrong(answer: &Answer, expected: &[&str]) {
    let problem = answer.json();
    assert_eq!((answer.status, &*answer.content_type), (400, "application/problem+json"), "{problem}");
    let errors = problem["errors"].as_array().expect("errors");
    let fields: Vec<&str> = errors.iter().map(|it| it["field"].as_str().expect("a field")).collect();
    assert_eq!(fields, expected, "{problem}");
}

#[track_caller]
fn check_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{}", answer.json());
}

/// The newest alert of an instance.
fn alert_of(server: &Server, instance: &str) -> Value {
    let list = server.ask("/api/v1/alerts");
    let mut items = list["items"].as_array().expect("items").iter();
    items.find(|it| it["labels"]["instance"] == instance).expect(instance).clone()
}

fn act(server: &Server, id: &Value, action: &str, more: &Value) -> Value {
    let mut body = json!({ "ids": [id], "action": action, "actor": "ann" });
    let more = more.as_object().expect("an object").clone();
    body.as_object_mut().expect("an object").extend(more);
    server.tell("/api/v1/alerts/actions", &body)["alerts"][0].clone()
}

fn silence(server: &Server, matcher: &str, fields: &[(&str, Value)]) -> Value {
    let now = now_ms(server);
    let draft = json!({ "id": null, "matchers": [matcher], "starts_ms": now, "ends_ms": now + HOUR_MS,
                        "created_by": "ann", "comment": "known" });
    with(draft, fields)
}
