//! Silences: made, changed and ended.

use super::*;

#[test]
fn silences_are_made_changed_and_ended() {
    let folder = folder();
    let server = start(folder.path());
    send(&server, &[alert("a", false), alert("b", false)]);
    let make = |body: &Value| server.tell("/api/v1/silences", body);
    let preview = server.tell("/api/v1/silences/preview", &silence(&server, "instance=a", &[]));
    let first = preview["firing"][0]["id"].clone();
    assert_eq!((&preview["matched_in_last_week"], first), (&json!(1), alert_of(&server, "a")["id"].clone()));
    let made = make(&silence(&server, "instance=a", &[]));
    assert_eq!((&made["state"], &made["matchers"]), (&json!("active"), &json!(["instance=\"a\""])));
    let muted = alert_of(&server, "a");
    assert_eq!(muted["state"], "muted");
    assert_eq!(muted["muted_by"], json!([{ "kind": "silence", "by": made["id"], "name": "known" }]));
    assert_eq!(alert_of(&server, "b")["state"], "firing");
    let id = made["id"].as_str().expect("an id");
    let detail = server.ask(&format!("/api/v1/silences/{id}"));
    assert_eq!((&detail["silence"], &detail["hidden"][0]["alert_id"]), (&made, &muted["id"]));
    assert_eq!(detail["hidden"][0]["to_ms"], Value::Null);
    // Longer: the same. Of something else: another one.
    let end = now_ms(&server) + 2 * HOUR_MS;
    let longer = make(&silence(&server, "instance=a", &[("/id", json!(id)), ("/ends_ms", json!(end))]));
    assert_eq!((&longer["id"], &longer["ends_ms"]), (&json!(id), &json!(end)));
    // What was answered can be sent again, changed.
    assert_eq!(make(&longer)["ends_ms"], json!(end));
    let other = make(&silence(&server, "instance=b", &[("/id", json!(id))]));
    assert_ne!(other["id"], longer["id"]);
    assert_eq!(
        (alert_of(&server, "a")["state"].clone(), alert_of(&server, "b")["state"].clone()),
        (json!("firing"), json!("muted"))
    );
    let later = [("/starts_ms", json!(end)), ("/ends_ms", json!(end + HOUR_MS))];
    let pending = make(&silence(&server, "instance=~\"c|d\"", &later));
    assert_eq!(pending["state"], "pending");
    let listed = |query: &str| {
        let list = server.ask(&format!("/api/v1/silences{query}"));
        ids(&list, "/id").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    assert_eq!(listed(""), [text(&pending["id"]), text(&other["id"]), id.to_owned()]);
    assert_eq!(listed("?state=active,pending"), [text(&pending["id"]), text(&other["id"])]);
    assert_eq!(listed("?state=expired"), [id]);
    assert_eq!(listed("?state=pending"), [text(&pending["id"])]);
    check_wrong(&server.get("/api/v1/silences?state=loud"), &["state"]);
    for (gone, state) in [(&other, "expired"), (&pending, "expired")] {
        let path = format!("/api/v1/silences/{}", text(&gone["id"]));
        assert_eq!((server.delete(&path).status, server.delete(&path).status), (204, 204));
        assert_eq!(server.ask(&path)["silence"]["state"], state);
    }
    assert_eq!(alert_of(&server, "b")["state"], "firing");
    check_problem(&server.get("/api/v1/silences/none"), 404, "not_found");
    check_problem(&server.delete("/api/v1/silences/none"), 404, "not_found");
}

#[test]
fn wrong_silences_name_each_mistake() {
    let folder = folder();
    let server = start(folder.path());
    let check = |fields: &[(&str, Value)], expected: &[&str]| {
        check_wrong(&post(&server, "/api/v1/silences", &silence(&server, "a=b", fields)), expected);
    };
    check(&[("/matchers", json!([]))], &["matchers"]);
    check(&[("/matchers", json!(["a=~\".*\""]))], &["matchers"]);
    check(&[("/matchers", json!(["a=b", "c"]))], &["matchers[1]"]);
    check(&[("/ends_ms", json!(5))], &["ends_ms"]);
    check(&[("/ends_ms", json!("soon"))], &["ends_ms"]);
    check(&[("/created_by", json!("")), ("/comment", json!(" "))], &["created_by", "comment"]);
    let unknown = silence(&server, "a=b", &[("/id", json!("none"))]);
    check_problem(&post(&server, "/api/v1/silences", &unknown), 404, "not_found");
}
