//! Questions over HTTP: the same numbers everywhere, and wrong questions named.

use serde_json::{Value, json};

use crate::harness::{Server, folder};

/// 120 requests, half of them in each of two environments; every tenth fails in azure.
fn filled(folder: &std::path::Path) -> Server {
    let server = Server::start(folder);
    let request = |n: u64| {
        let (provider, region) =
            if n.is_multiple_of(2) { ("aws", "eu-west-1") } else { ("azure", "westeurope") };
        json!({
            "service": if n.is_multiple_of(3) { "orders" } else { "catalog" }, "method": "GET", "route": "/items/{id}",
            "duration_ms": if provider == "aws" { 10 } else { 20 }, "status": if n % 10 == 1 { 500 } else { 200 },
            "provider": provider, "environment": "production", "region": region, "version": "v1",
        })
    };
    server.post_requests(&(0..120).map(request).collect());
    server
}

fn sum(values: &Value) -> u64 {
    values.as_array().expect("numbers").iter().map(|value| value.as_u64().expect("a number")).sum()
}

#[test]
fn every_view_counts_the_same_requests() {
    let folder = folder();
    let server = filled(folder.path());
    let overview = server.ask("/api/v1/overview?compare=prev");
    assert_eq!(overview["current"]["requests"], 120);
    assert_eq!(overview["current"]["server_errors"], 12);
    assert_eq!(overview["current"]["error_rate"], 0.1);
    assert_eq!(overview["previous"]["requests"], 0);
    assert_eq!((&overview["environments"], &overview["services"]), (&json!(2), &json!(2)));
    for group_by in ["none", "endpoint", "service", "environment", "provider", "region", "version", "status"]
    {
        let series = server.ask(&format!("/api/v1/series?group_by={group_by}"));
        let groups = series["groups"].as_array().expect("groups");
        assert_eq!(groups.iter().map(|group| sum(&group["requests"])).sum::<u64>(), 120, "{group_by}");
        assert!(groups.iter().all(|group| group["p95_ms"].as_array().map(Vec::len)
            == Some(series["n"].as_u64().expect("n") as usize)));
    }
    let endpoints = server.ask("/api/v1/endpoints?sort=service");
    assert_eq!(endpoints["total"], 2);
    assert_eq!(endpoints["items"][0]["service"], "catalog");
    assert_eq!(sum(&endpoints["items"][0]["spark"]["requests"]), 80);
    let id = endpoints["items"][1]["id"].as_str().expect("an id");
    let detail = server.ask(&format!("/api/v1/endpoints/{id}"));
    assert_eq!(
        (&detail["endpoint"]["service"], &detail["current"]["requests"]),
        (&json!("orders"), &json!(40))
    );
    assert_eq!(detail["environments"].as_array().map(Vec::len), Some(2));
    let heatmap = server.ask("/api/v1/heatmap?rows=8");
    assert_eq!(heatmap["counts"].as_array().expect("rows").iter().map(sum).sum::<u64>(), 120);
    let environments = server.ask("/api/v1/environments");
    assert_eq!(environments["items"][1]["environment"]["id"], "azure/production/westeurope");
    assert_eq!(environments["items"][1]["stats"]["server_errors"], 12);
    let matrix = server.ask("/api/v1/environments/matrix");
    assert_eq!((&matrix["total"], &matrix["rows"][0]["spread"]), (&json!(2), &json!(2.0)));
    let facets = server.ask("/api/v1/facets?fields=status,provider");
    assert_eq!(facets["fields"]["status"][1], json!({ "value": "500", "label": "500", "requests": 12 }));
}

#[test]
fn filters_narrow_every_view() {
    let folder = folder();
    let server = filled(folder.path());
    for (filter, requests) in [
        ("env=aws", 60),
        ("env=aws,azure/production/westeurope", 120),
        ("env=aws/staging", 0),
        ("service=orders", 40),
        ("service=orders&env=azure", 20),
        ("status=5xx", 12),
        ("status=200", 108),
        ("q=ITEMS", 120),
        ("q=orders%20get", 40),
        ("version=v2", 0),
    ] {
        assert_eq!(
            server.ask(&format!("/api/v1/overview?{filter}"))["current"]["requests"],
            requests,
            "{filter}"
        );
        let page = server.ask(&format!("/api/v1/requests?limit=1000&{filter}"));
        assert_eq!(page["items"].as_array().map(Vec::len), Some(requests), "{filter}");
    }
}

#[test]
fn pages_follow_each_other() {
    let folder = folder();
    let server = filled(folder.path());
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = server.ask(&format!("/api/v1/requests?limit=50&sort=-duration{cursor}"));
        seen += page["items"].as_array().map_or(0, Vec::len);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, 120);
}

#[test]
fn an_endpoint_that_went_silent_stays_listed() {
    let folder = folder();
    let server = filled(folder.path());
    let endpoints = server.ask("/api/v1/endpoints?from=now-1s&to=now%2B1s&state=silent");
    let silent = endpoints["total"].as_u64().expect("a number");
    let overview = server.ask("/api/v1/overview?from=now%2B5m&to=now%2B6m");
    assert_eq!((&overview["endpoints_total"], &overview["endpoints_silent"]), (&json!(2), &json!(2)));
    assert!(silent <= 2);
}

#[test]
fn long_lists_of_filters_are_answered_or_refused_but_never_fatal() {
    let folder = folder();
    let server = filled(folder.path());
    let list = |n: u64, entry: fn(u64) -> String| (0..n).map(entry).collect::<Vec<_>>().join(",");
    let environments = list(200, |n| format!("aws/e{n}"));
    assert_eq!(server.ask(&format!("/api/v1/overview?env={environments}"))["current"]["requests"], 0);
    let statuses = list(200, |n| (400 + n).to_string());
    assert_eq!(server.ask(&format!("/api/v1/overview?status={statuses}"))["current"]["requests"], 12);
    let words = list(16, |_| "items".into()).replace(',', "%20");
    assert_eq!(server.ask(&format!("/api/v1/overview?q={words}"))["current"]["requests"], 120);
    for wrong in [format!("env={}", list(1_000, |n| format!("aws/e{n}"))), format!("q={words}%20x")] {
        assert_eq!(server.get(&format!("/api/v1/overview?{wrong}")).status, 400);
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_past_range_counts_whole_windows_only_and_neighbours_share_none() {
    let folder = folder();
    let server = Server::start(folder.path());
    let start_ms =
        1_000 * 10 * (server.ask("/api/v1/status")["now_ms"].as_i64().expect("a number") / 10_000 - 60);
    let request =
        |n: i64| json!({ "service": "s", "route": "/", "duration_ms": 1, "timestamp": start_ms + n * 1_000 });
    server.post_requests(&(0..300).map(request).collect());
    let (from, to) = (start_ms + 103_000, start_ms + 203_000);
    let overview = server.ask(&format!("/api/v1/overview?from={from}&to={to}&compare=prev"));
    assert_eq!(
        (&overview["current"]["requests"], &overview["previous"]["requests"]),
        (&json!(100), &json!(100))
    );
    assert_eq!(overview["current"]["requests_per_second"], 1.0);
    assert_eq!(overview["previous"]["requests_per_second"], 1.0);
}

#[test]
fn an_endpoint_is_not_silent_before_its_first_request() {
    let folder = folder();
    let server = filled(folder.path());
    let overview = server.ask("/api/v1/overview?from=now-4h&to=now-2h");
    assert_eq!(overview["endpoints_total"], 0);
    assert_eq!(server.ask("/api/v1/endpoints?from=now-4h&to=now-2h")["total"], 0);
}

#[test]
fn only_pages_are_answered_with_a_page() {
    let folder = folder();
    let server = Server::start(folder.path());
    for (answer, status) in [
        (server.post("/v1/traces", "application/x-protobuf", b""), 404),
        (server.post("/nowhere", "application/json", b"{}"), 405),
        (server.delete("/api/v1/overview"), 405),
        (server.get("/api"), 404),
    ] {
        assert_eq!((answer.status, answer.content_type.as_str()), (status, "application/problem+json"));
    }
}

#[test]
fn a_status_that_did_not_occur_makes_nothing_silent() {
    let folder = folder();
    let server = filled(folder.path());
    let overview = server.ask("/api/v1/overview?status=5xx&env=aws");
    assert_eq!((&overview["endpoints_total"], &overview["endpoints_silent"]), (&json!(0), &json!(0)));
    assert_eq!(server.ask("/api/v1/endpoints?status=5xx")["items"][0]["state"], "active");
    let id = server.ask("/api/v1/endpoints")["items"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.ask(&format!("/api/v1/endpoints/{id}?status=418"))["current"]["requests"], 0);
}

#[track_caller]
fn check_named(path: &str, status: u16, code: &str, field: Option<&str>) {
    let folder = folder();
    let server = Server::start(folder.path());
    let answer = server.get(path);
    let problem = answer.json();
    assert_eq!((answer.status, &problem["code"]), (status, &json!(code)), "{problem}");
    assert_eq!(problem["errors"][0]["field"].as_str(), field, "{problem}");
}

#[test]
fn wrong_questions_are_named() {
    check_named("/api/v1/overview?from=yesterday", 400, "invalid_parameter", Some("from"));
    check_named("/api/v1/series?step=7s", 400, "invalid_parameter", Some("step"));
    check_named("/api/v1/series?group_by=colour", 400, "invalid_parameter", Some("group_by"));
    check_named("/api/v1/endpoints?sort=beauty", 400, "invalid_parameter", Some("sort"));
    check_named("/api/v1/requests?cursor=zz", 400, "invalid_parameter", Some("cursor"));
    check_named("/api/v1/requests?limit=many", 400, "invalid_parameter", Some("query"));
    check_named("/api/v1/facets?fields=shoe", 400, "invalid_parameter", Some("fields"));
    check_named("/api/v1/endpoints/0123456789abcdef", 404, "not_found", None);
    check_named("/api/v1/stream?step=7s", 400, "invalid_parameter", Some("step"));
}
