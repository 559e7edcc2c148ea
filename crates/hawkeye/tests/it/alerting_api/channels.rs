//! Channels keep their secrets, and what they were told can be looked up.

use super::*;

#[test]
fn channels_keep_their_secrets() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    let channel = json!({ "id": "hook", "name": "Hook", "is_enabled": true,
                          "kind": { "type": "webhook", "url": sink.url } });
    let put = |id: &str, body: &Value| server.put(&format!("/api/v1/channels/{id}"), body);
    let secret = json!({ "channel": channel, "secrets": { "bearer_token": "very-secret" } });
    let made = put("hook", &secret);
    let text = String::from_utf8_lossy(&made.body).into_owned();
    assert!(made.status == 200 && !text.contains("very-secret"), "{text}");
    assert_eq!(made.json()["secrets_set"], json!(["bearer_token"]));
    let renamed = json!({ "channel": with(channel.clone(), &[("/name", json!("Other"))]) });
    assert_eq!(put("hook", &renamed).json()["secrets_set"], json!(["bearer_token"]), "it stays");
    let list = server.ask("/api/v1/channels");
    let only = &list["items"][0];
    assert_eq!((&only["channel"]["name"], &only["breaker"]), (&json!("Other"), &json!("closed")));
    assert_eq!(
        (&only["waiting"], &only["dead"], &only["last_sent_ms"]),
        (&json!(0), &json!(0), &Value::Null)
    );
    assert!(!list.to_string().contains("very-secret"));
    let tested = server.tell("/api/v1/channels/hook/test", &Value::Null);
    assert_eq!((&tested["outcome"], &tested["status"]), (&json!("delivered"), &json!(200)), "{tested}");
    let got = sink.wait_until(|got| got.len() == 1);
    assert_eq!(got[0].header("authorization"), Some("Bearer very-secret"));
    assert_eq!(got[0].json()["reason"], "test");
    sink.behave(|_| Reply::Status(400));
    assert_eq!(server.tell("/api/v1/channels/hook/test", &Value::Null)["outcome"], "refused");
    // Who may say where it leads must not thereby read the secret.
    let elsewhere = with(channel.clone(), &[("/kind/url", json!("http://127.0.0.1:9/"))]);
    assert_eq!(put("hook", &json!({ "channel": elsewhere })).json()["secrets_set"], json!([]));
    assert_eq!(put("hook", &secret).json()["secrets_set"], json!(["bearer_token"]));
    let without = json!({ "channel": channel, "secrets": { "bearer_token": "" } });
    assert_eq!(put("hook", &without).json()["secrets_set"], json!([]));
    check_wrong(&put("other", &secret), &["channel.id"]);
    let check = |fields: &[(&str, Value)], expected: &[&str]| {
        check_wrong(&put("hook", &json!({ "channel": with(channel.clone(), fields) })), expected);
    };
    check(&[("/kind/url", json!("ftp://example.com"))], &["channel.kind.url"]);
    check(&[("/kind", json!({ "type": "pigeon" }))], &["channel.kind.type"]);
    check(&[("/kind", json!({ "type": "pager_duty", "api_url": null }))], &["secrets.routing_key"]);
    route(&server, &["hook"], &["instance"], 1);
    check_wrong(&server.delete("/api/v1/channels/hook"), &["receivers[0].steps[0].channels[0]"]);
    route(&server, &[], &["instance"], 1);
    assert_eq!(server.delete("/api/v1/channels/hook").status, 204);
    check_problem(&server.delete("/api/v1/channels/hook"), 404, "not_found");
    check_problem(&post(&server, "/api/v1/channels/hook/test", &Value::Null), 404, "not_found");
}

#[test]
fn notifications_say_why_and_lost_ones_get_another_day() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    webhook(&server, "quiet", &sink.url);
    route(&server, &["hook"], &["instance"], 300);
    let all: Vec<Value> = ["a", "b", "c"].map(|it| alert(it, false)).into();
    send(&server, &all);
    let list = server.ask_until("/api/v1/notifications?limit=2", |list| list["counts"]["sent"] == 3);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    let cursor = list["next_cursor"].as_str().expect("more");
    let rest = server.ask(&format!("/api/v1/notifications?limit=2&cursor={cursor}"));
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next_cursor"]), (Some(1), &Value::Null));
    let first = &list["items"][0];
    for (field, expected) in [
        ("/channel", json!("hook")),
        ("/state", json!("sent")),
        ("/reason", json!("first")),
        ("/receiver", json!("default")),
        ("/last_status", json!(200)),
        ("/attempts", json!(1)),
        ("/next_ms", Value::Null),
        ("/dataset", json!("live")),
    ] {
        assert_eq!(first.pointer(field), Some(&expected), "{field}: {first}");
    }
    assert!(first["why"].as_array().is_some_and(|it| !it.is_empty()), "{first}");
    let id = first["id"].as_str().expect("an id");
    let detail = server.ask(&format!("/api/v1/notifications/{id}"));
    assert_eq!(detail["notification"], *first);
    assert_eq!(detail["body"]["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(detail["body"]["acknowledge_url"], Value::Null, "looking must not let anybody act");
    let alert_id = alert_of(&server, "b")["id"].clone();
    let of_b = server.ask(&format!("/api/v1/notifications?alert_id={}", alert_id.as_str().expect("an id")));
    assert_eq!(of_b["items"].as_array().map(Vec::len), Some(1));
    let none = server.ask("/api/v1/notifications?channel=quiet");
    assert_eq!((none["items"].clone(), &none["counts"]["sent"]), (json!([]), &json!(0)));
    check_wrong(&server.get("/api/v1/notifications?state=happy"), &["state"]);
    check_wrong(&server.get("/api/v1/notifications?cursor=x"), &["cursor"]);
    check_problem(&server.get("/api/v1/notifications/99"), 404, "not_found");
    let retry = |id: &str| post(&server, &format!("/api/v1/notifications/{id}/retry"), &Value::Null);
    check_problem(&retry(id), 409, "not_lost");
    check_problem(&retry("99"), 404, "not_found");
    sink.behave(|_| Reply::Status(400));
    send(&server, &[alert("d", false)]);
    let lost = server.ask_until("/api/v1/notifications?state=dead", |list| !ids(list, "/id").is_empty());
    let lost = ids(&lost, "/id")[0].to_owned();
    sink.behave(|_| Reply::Status(200));
    assert_eq!(retry(&lost).status, 204);
    server.ask_until(&format!("/api/v1/notifications/{lost}"), |it| it["notification"]["state"] == "sent");
}
