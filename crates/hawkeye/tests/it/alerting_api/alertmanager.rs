//! Alertmanager's clients find what they know, on the same alerts and silences.

use super::*;

/// What one API makes, the other one shows.
#[test]
fn silences_are_the_same_in_both_apis() {
    let folder = folder();
    let server = start(folder.path());
    send(&server, &[alert("a", false)]);
    let made = server.tell("/api/v1/silences", &silence(&server, "instance=a", &[]));
    let shown = server.ask("/api/v2/silences");
    let only = &shown[0];
    assert_eq!((&only["id"], &only["status"]["state"]), (&made["id"], &json!("active")));
    let matcher = json!({ "name": "instance", "value": "a", "isRegex": false, "isEqual": true });
    assert_eq!((&only["matchers"], &only["createdBy"]), (&json!([matcher]), &json!("ann")));
    let id = made["id"].as_str().expect("an id");
    assert_eq!(server.ask(&format!("/api/v2/silence/{id}")), *only);
    assert_eq!(server.delete(&format!("/api/v2/silence/{id}")).status, 200);
    assert_eq!(server.ask(&format!("/api/v1/silences/{id}"))["silence"]["state"], "expired");

    let body = json!({ "matchers": [{ "name": "instance", "value": "a|b", "isRegex": true }],
                       "startsAt": "2020-01-01T00:00:00.000Z", "endsAt": "2099-01-01T00:00:00Z",
                       "createdBy": "amtool", "comment": "until the end of time" });
    check_string(&post(&server, "/api/v2/silences", &body), 400, "within a year");
    let ends = in_an_hour(&server);
    let made = server.tell("/api/v2/silences", &with(body, &[("/endsAt", json!(ends))]));
    let id = made["silenceID"].as_str().expect("an id");
    let silence = &server.ask(&format!("/api/v1/silences/{id}"))["silence"];
    assert_eq!(
        (&silence["matchers"], &silence["created_by"]),
        (&json!(["instance=~\"a|b\""]), &json!("amtool"))
    );
    assert!(silence["starts_ms"].as_i64() > Some(1_700_000_000_000), "not in the past: {silence}");
    let shown = &server.ask("/api/v2/alerts")[0]["status"];
    assert_eq!((&shown["state"], &shown["silencedBy"]), (&json!("suppressed"), &json!([id])));
}

/// Through the list of silences, which has times in the form that is needed.
fn in_an_hour(server: &Server) -> String {
    let draft = silence(server, "nothing=here", &[]);
    server.tell("/api/v1/silences", &draft);
    let list = server.ask("/api/v2/silences?filter=nothing%3Dhere");
    list[0]["endsAt"].as_str().expect("a time").to_owned()
}

/// Alertmanager's errors are a JSON string.
#[track_caller]
fn check_string(answer: &Answer, status: u16, expected: &str) {
    let said = answer.json();
    assert_eq!((answer.status, &*answer.content_type), (status, "application/json"), "{said}");
    assert!(said.as_str().is_some_and(|it| it.contains(expected)), "{said}");
}

#[test]
fn alertmanagers_clients_see_alerts_as_they_know_them() {
    let folder = folder();
    let server = start(folder.path());
    let mut known = alert("a", false);
    known["startsAt"] = json!("2026-01-05T09:00:00.123456789Z");
    known["generatorURL"] = json!("http://prometheus/graph");
    send(&server, &[known, alert("b", false), alert("c", false), alert("c", true)]);
    let list = |query: &str| {
        let list = server.ask(&format!("/api/v2/alerts{query}"));
        let mut found: Vec<Value> = list.as_array().expect("a list").clone();
        found.sort_by_key(|it| it["labels"]["instance"].to_string());
        found
    };
    let instances = |query: &str| {
        let found = list(query);
        found.iter().map(|it| it["labels"]["instance"].as_str().unwrap_or("?").to_owned()).collect::<String>()
    };
    let first = &list("")[0];
    for (field, expected) in [
        ("/labels/alertname", json!("Test")),
        ("/annotations/summary", json!("a is down")),
        ("/startsAt", json!("2026-01-05T09:00:00.123Z")),
        ("/generatorURL", json!("http://prometheus/graph")),
        ("/receivers", json!([{ "name": "default" }])),
        ("/status/state", json!("active")),
        ("/status/silencedBy", json!([])),
        ("/status/inhibitedBy", json!([])),
    ] {
        assert_eq!(first.pointer(field), Some(&expected), "{field}: {first}");
    }
    assert_eq!(first["fingerprint"].as_str().map(str::len), Some(16));
    assert!(first["endsAt"].as_str() > Some("2026"), "{first}");
    assert_eq!(instances(""), "ab", "what is over is not listed");
    server.tell("/api/v1/silences", &silence(&server, "instance=b", &[]));
    for (query, expected) in [
        ("?filter=instance%3Da", "a"),
        ("?filter=instance%3D~%22a%7Cb%22&filter=alertname%3DTest", "ab"),
        ("?filter=instance!%3Da", "b"),
        ("?filter=other%3D%22%22", "ab"),
        ("?silenced=false", "a"),
        ("?active=false", "b"),
        ("?active=true&silenced=true&inhibited=true&unprocessed=true", "ab"),
        ("?inhibited=false", "ab"),
        ("?receiver=def.*", "ab"),
        ("?receiver=def", ""),
    ] {
        assert_eq!(instances(query), expected, "{query}");
    }
    check_string(&server.get("/api/v2/alerts?filter=nonsense"), 400, "bad matcher format");
    check_string(&server.get("/api/v2/alerts?receiver=("), 400, "pattern");
    let groups = server.ask("/api/v2/alerts/groups?silenced=false");
    assert_eq!(
        (&groups[0]["receiver"]["name"], groups[0]["alerts"].as_array().map(Vec::len)),
        (&json!("default"), Some(1))
    );
    assert_eq!(server.ask("/api/v2/receivers"), json!([{ "name": "default" }]));
    let status = server.ask("/api/v2/status");
    assert_eq!((&status["cluster"]["status"], &status["cluster"]["peers"]), (&json!("ready"), &json!([])));
    let config: Value =
        serde_json::from_str(status["config"]["original"].as_str().expect("text")).expect("JSON");
    assert_eq!(config["receivers"], json!([{ "name": "default" }]));
    for field in
        ["/cluster/name", "/versionInfo/version", "/versionInfo/goVersion", "/config/original", "/uptime"]
    {
        assert!(status.pointer(field).is_some_and(Value::is_string), "{field}: {status}");
    }
}

#[test]
fn alertmanagers_clients_are_told_what_is_wrong() {
    let folder = folder();
    let server = start(folder.path());
    let check = |body: Value, expected: &str| {
        check_string(&post(&server, "/api/v2/alerts", &body), 400, expected);
    };
    check(json!({}), "");
    check(json!([{ "annotations": {} }]), "labels");
    check(json!([{ "labels": {} }]), "at least one label");
    check(json!([{ "labels": { "a": "b" }, "endsAt": "tomorrow" }]), "tomorrow");
    check(
        json!([{ "labels": { "a": "b" }, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z" }]),
        "start",
    );
    let long = "x".repeat(15_000);
    let annotated = json!({ "labels": { "alertname": "Long" }, "annotations": { "a": long } });
    assert_eq!(post(&server, "/api/v2/alerts", &json!(vec![annotated; 400])).status, 200, "6 MB");
    // The good ones of a batch count.
    check(json!([alert("good", false), { "labels": {} }]), "alert 1");
    assert_eq!(alert_of(&server, "good")["state"], "firing");
    // A time that Go writes for none, and fields of a newer version.
    let more = json!([{ "labels": { "alertname": "Zero", "instance": "Zero" }, "endsAt": "0001-01-01T00:00:00Z", "moon": 1 }]);
    assert_eq!(post(&server, "/api/v2/alerts", &more).status, 200);
    assert_eq!(alert_of(&server, "Zero")["state"], "firing");
    assert_eq!(post(&server, "/api/v2/alerts", &json!([])).status, 200);
    check_string(&server.get("/api/v2/silence/none"), 404, "none");
    check_string(&server.delete("/api/v2/silence/none"), 404, "none");
    let unknown = json!({ "id": "none", "matchers": [{ "name": "a", "value": "b", "isRegex": false }],
                          "startsAt": "2020-01-01T00:00:00Z", "endsAt": in_an_hour(&server),
                          "createdBy": "ann", "comment": "why" });
    check_string(&post(&server, "/api/v2/silences", &unknown), 404, "none");
    let no_comment = with(unknown, &[("/id", json!("")), ("/comment", json!(""))]);
    check_string(&post(&server, "/api/v2/silences", &no_comment), 400, "comment");
    let no_name = with(no_comment, &[("/matchers/0/name", json!("")), ("/comment", json!("why"))]);
    check_string(&post(&server, "/api/v2/silences", &no_name), 400, "label name");
}
