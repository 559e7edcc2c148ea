//! `POST /api/v1/requests`: what a person writes by hand.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::harness::{Server, folder};

#[test]
fn good_records_are_kept_and_bad_ones_named() {
    let folder = folder();
    let server = Server::start(folder.path());
    let body = json!([
        { "service": "orders", "method": "POST", "route": "/orders", "duration_ms": 12.5, "status": 201,
          "provider": "aws", "environment": "production", "region": "eu-west-1", "version": "v1", "consumer": "acme" },
        { "service": "orders", "route": "/orders", "duration_ms": -1 },
        { "service": "orders", "route": "/orders", "duration_ms": 1, "statsu": 200 },
    ]);
    let answer = server.post("/api/v1/requests", "application/json", body.to_string().as_bytes()).json();
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&answer["errors"][0]["index"], &answer["errors"][0]["field"]),
        (&json!(1), &json!("duration_ms"))
    );
    assert_eq!((&answer["errors"][1]["index"], &answer["errors"][1]["field"]), (&json!(2), &json!("statsu")));
    let found = server.ask("/api/v1/requests")["items"].clone();
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let request = &found[0];
    assert_eq!(request["environment"]["id"], "aws/production/eu-west-1");
    assert_eq!(request["endpoint"]["route"], "/orders");
    assert_eq!((&request["duration_ms"], &request["status"]), (&json!(12.5), &json!(201)));
    assert_eq!((&request["version"], &request["consumer"]), (&json!("v1"), &json!("acme")));
}

#[test]
fn lines_are_taken_one_by_one_also_compressed() {
    let folder = folder();
    let server = Server::start(folder.path());
    let lines = "{\"service\":\"s\",\"route\":\"/a\",\"duration_ms\":1}\n{broken\n\n{\"service\":\"s\",\"route\":\"/b\",\"duration_ms\":2}\n";
    let answer = server.post("/api/v1/requests", "application/x-ndjson", lines.as_bytes()).json();
    assert_eq!((&answer["accepted"], &answer["errors"][0]["index"]), (&json!(2), &json!(1)));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(lines.as_bytes()).expect("compresses");
    let headers = [("content-type", "application/x-ndjson"), ("content-encoding", "gzip")];
    let url = format!("{}/api/v1/requests", server.http);
    let answer = server.post_to(&url, &headers, &gzip.finish().expect("compresses")).json();
    assert_eq!(answer["accepted"], 2);
    assert_eq!(server.ask("/api/v1/overview")["current"]["requests"], 4);
}

/// (content type, content encoding, body) → (status, code)
#[track_caller]
fn check_refused(content_type: &str, encoding: &str, body: &[u8], status: u16, code: &str) {
    let folder = folder();
    let server = Server::start_with(folder.path(), &[("HAWKEYE_INGEST__BODY_SIZE_BYTES_MAX", "100000")]);
    let headers = [("content-type", content_type), ("content-encoding", encoding)];
    let answer = server.post_to(&format!("{}/api/v1/requests", server.http), &headers, body);
    assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{}", answer.json());
    assert_eq!(answer.content_type, "application/problem+json");
    server.post_requests(&json!([{ "service": "s", "route": "/", "duration_ms": 5 }]));
}

#[test]
fn broken_json_is_refused() {
    check_refused("application/json", "identity", b"[{\"service\":", 400, "invalid_body");
}

#[test]
fn broken_gzip_is_refused() {
    check_refused("application/json", "gzip", b"not gzip", 400, "invalid_body");
}

#[test]
fn a_large_body_is_refused() {
    check_refused("application/json", "identity", &vec![b' '; 100_001], 413, "body_too_large");
}

#[test]
fn a_small_body_that_inflates_too_far_is_refused() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![b' '; 10_000_000]).expect("compresses");
    let bomb = gzip.finish().expect("compresses");
    assert!(bomb.len() < 100_000);
    check_refused("application/json", "gzip", &bomb, 413, "body_too_large");
}

#[test]
fn other_kinds_are_refused() {
    check_refused("text/html", "identity", b"[]", 415, "unsupported_media_type");
    check_refused("application/json", "zstd", b"[]", 415, "unsupported_media_type");
}

#[test]
fn hostile_names_are_stored_as_text() {
    let folder = folder();
    let server = Server::start(folder.path());
    let name = "<script>alert(1)</script>\u{0}\u{1b}[31m\r\nx: y";
    let long = "x".repeat(1 << 20);
    server.post_requests(&json!([
        { "service": name, "route": "/\"><img src=x onerror=alert(1)>", "duration_ms": 5 },
        { "service": long, "route": "/long", "duration_ms": 5 },
    ]));
    let facets = server.ask("/api/v1/facets?fields=service");
    let services = facets["fields"]["service"].as_array().expect("values");
    assert_eq!(services.len(), 2);
    for service in services {
        let value = service["value"].as_str().expect("text");
        assert!(value.len() <= 512 && !value.chars().any(char::is_control), "{value}");
    }
}
