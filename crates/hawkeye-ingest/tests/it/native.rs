//! Hawkeye's own JSON: defaults, mistakes, and what one mistake does to the rest of the body.

use std::time::Duration;

use hawkeye_ingest::native::{self, Format};
use hawkeye_ingest::{BodyError, Decoded, IngestConfig, Normaliser};
use hawkeye_model::{Outcome, Request};
use proptest::prelude::*;

use crate::support::{NOW, normaliser};

fn decode(format: Format, body: &str) -> Result<Decoded, BodyError> {
    native::requests(format, body.as_bytes(), &mut normaliser(), NOW)
}

#[track_caller]
fn request(record: &str) -> Request {
    let decoded = decode(Format::Json, record).expect("readable");
    let [request] = &decoded.requests[..] else { panic!("{decoded:?}") };
    request.clone()
}

/// A request of the essential fields and the given ones.
#[track_caller]
fn request_with(fields: &str) -> Request {
    request(&format!(r#"{{"service": "orders", "duration_ms": 12.5, {fields}}}"#))
}

#[track_caller]
fn check_fault(fields: &str, field: &str, message: &str) {
    let record = format!(r#"{{"service": "orders", "duration_ms": 12.5, "route": "/", {fields}}}"#);
    check_fault_of(&record, field, message);
}

#[track_caller]
fn check_fault_of(record: &str, field: &str, message: &str) {
    let decoded = decode(Format::Json, record).expect("readable");
    let faults: Vec<_> = decoded.errors.iter().map(|error| (&*error.field, &*error.message)).collect();
    assert_eq!(faults, [(field, message)], "{record}");
}

#[test]
fn the_least_is_enough() {
    let request = request_with(r#""route": "/orders/{id}""#);
    assert_eq!(request.series.to_string(), "orders GET /orders/{id} on on_premises/default");
    assert_eq!((request.start, request.duration_us, request.status_code), (NOW, 12_500, 200));
    assert_eq!((request.outcome, request.synthetic, &*request.path), (Outcome::Ok, false, ""));
}

#[test]
fn everything_is_read() {
    let request = request(
        r#"{"timestamp": "2026-11-22T22:29:59.5+01:00", "duration_ms": 3, "service": "orders", "method": "post",
            "route": "/orders/{id}", "path": "/orders/17?x=1", "status": 503, "provider": "AWS",
            "environment": "production", "region": "eu-west-1", "version": 2.4, "instance": "i-1", "consumer": 17,
            "trace_id": "5B8EFFF798038103D269B633813FC60C", "span_id": "eee19b7ec3c1b174",
            "parent_span_id": "", "error_type": "timeout", "outcome": null, "size_bytes_in": 10,
            "size_bytes_out": 1e3, "synthetic": true}"#,
    );
    assert_eq!(request.series.to_string(), "orders POST /orders/{id} on aws/production/eu-west-1");
    assert_eq!(request.start, NOW.minus(Duration::from_millis(500)));
    assert_eq!((request.outcome, &*request.error_type), (Outcome::ServerError, "timeout"));
    assert_eq!((&*request.version, &*request.instance, &*request.consumer), ("2.4", "i-1", "17"));
    assert_eq!(request.trace_id.to_string(), "5b8efff798038103d269b633813fc60c");
    assert!(request.parent_span_id.is_empty());
    assert_eq!((request.size_bytes_in, request.size_bytes_out, &*request.path), (10, 1_000, "/orders/17"));
    assert!(request.synthetic);
}

#[test]
fn a_path_becomes_a_route() {
    let request = request_with(r#""path": "/orders/17/lines?page=2""#);
    assert_eq!(
        (&*request.series.endpoint().route, &*request.path),
        ("/orders/{id}/lines", "/orders/17/lines")
    );
    let request = request_with(r#""path": "/orders/17", "route": "/**""#);
    assert_eq!(&*request.series.endpoint().route, "/orders/{id}");
}

#[test]
fn scanners_create_no_routes() {
    let body = r#"
        {"service": "s", "duration_ms": 1, "status": 404, "path": "/wp-login.php"}
        {"service": "s", "duration_ms": 1, "status": 200, "path": "/orders/17"}
        {"service": "s", "duration_ms": 1, "status": 404, "path": "/orders/22"}
        {"service": "s", "duration_ms": 1, "status": 404, "path": "/orders.php"}
        {"service": "s", "duration_ms": 1, "status": 404, "route": "/known/{id}"}"#;
    let decoded = decode(Format::NdJson, body).expect("readable");
    let routes: Vec<_> = decoded.requests.iter().map(|request| &*request.series.endpoint().route).collect();
    assert_eq!(routes, ["{unmatched}", "/orders/{id}", "/orders/{id}", "{unmatched}", "/known/{id}"]);
    assert_eq!(&*decoded.requests[0].path, "/wp-login.php");
}

#[test]
fn numbers_as_timestamps_tell_their_unit() {
    for timestamp in [
        "1795383000",
        "1795383000.0",
        "1795383000000",
        "1795383000000000",
        "1795383000000000000",
        "1.795383e9",
        r#""2026-11-22T21:30:00Z""#,
        r#"" 2026-11-22T21:30:00.000000001Z""#,
    ] {
        assert_eq!(
            request_with(&format!(r#""route": "/", "timestamp": {timestamp}"#)).start,
            NOW,
            "{timestamp}"
        );
    }
    let request = request_with(r#""route": "/", "timestamp": 1795382999.25"#);
    assert_eq!(request.start, NOW.minus(Duration::from_millis(750)));
}

#[test]
fn the_outcome_can_be_given() {
    let outcome = |fields: &str| request_with(&format!(r#""route": "/", {fields}"#)).outcome;
    assert_eq!(outcome(r#""status": 429"#), Outcome::ClientError);
    assert_eq!(outcome(r#""status": 200, "outcome": "server_error""#), Outcome::ServerError);
    assert_eq!(outcome(r#""status": 0"#), Outcome::Ok);
}

#[test]
fn mistakes_are_named() {
    check_fault_of(r#"{"duration_ms": 1, "route": "/"}"#, "service", "must be set");
    check_fault_of(r#"{"service": "s", "route": "/"}"#, "duration_ms", "must be set");
    check_fault_of(r#"{"service": "s", "duration_ms": 1}"#, "route", "must be set, or else path");
    check_fault_of(r#"{"service": "s", "duration_ms": "1"}"#, "duration_ms", "must be a number");
    check_fault_of(r#"{"service": "s", "duration_ms": -0.1}"#, "duration_ms", "must be zero or more");
    check_fault_of(
        r#"{"service": "s", "duration_ms": 1e300}"#,
        "duration_ms",
        "is longer than 7 days; check its unit",
    );
    check_fault_of(r#"{"service": true, "duration_ms": 1, "route": "/"}"#, "service", "must be a text");
    check_fault(r#""status": 99"#, "status", "must be from 100 to 999, or 0 when the protocol has none");
    check_fault(r#""status": 200.5"#, "status", "must be a whole number, zero or more");
    check_fault(r#""outcome": "fine""#, "outcome", "must be ok, client_error or server_error");
    check_fault(r#""trace_id": "5b8e""#, "trace_id", "must be 32 hex digits in quotes");
    check_fault(r#""span_id": 17"#, "span_id", "must be 16 hex digits in quotes");
    check_fault(r#""size_bytes_in": -1"#, "size_bytes_in", "must be a whole number, zero or more");
    check_fault(r#""synthetic": "yes""#, "synthetic", "must be true or false");
    check_fault(r#""route": "/again""#, "route", "is given twice");
    check_fault(
        r#""timestamp": "yesterday""#,
        "timestamp",
        "must look like 2026-11-22T21:30:00Z, or be a number",
    );
    check_fault(r#""timestamp": []"#, "timestamp", "must be a text or a number");
}

#[test]
fn times_far_from_now_are_rejected() {
    let past = "is more than 7 days in the past; raise past_max to import it";
    check_fault(r#""timestamp": "2026-11-15T21:29:59Z""#, "timestamp", past);
    check_fault(r#""timestamp": 0"#, "timestamp", past);
    check_fault(r#""timestamp": -1e300"#, "timestamp", past);
    let future = "is more than 10 minutes in the future; check the sender's clock";
    check_fault(r#""timestamp": "2026-11-22T21:40:01Z""#, "timestamp", future);
    check_fault(r#""timestamp": 18446744073709551615"#, "timestamp", future);
}

#[test]
fn an_unknown_field_names_its_nearest() {
    check_fault(r#""durationMs": 1"#, "durationMs", "is not a known field; did you mean duration_ms?");
    check_fault(r#""status_code": 200"#, "status_code", "is not a known field; did you mean status?");
    check_fault(r#""latency_ms": {"a": [1]}"#, "latency_ms", &nothing_near());
    check_fault(r#""x\u001b[31m": 1"#, "x\u{fffd}[31m", &nothing_near());
}

fn nothing_near() -> String {
    "is not a known field; the fields are service, route, path, duration_ms, timestamp, method, status, outcome, \
     error_type, provider, environment, region, version, instance, consumer, trace_id, span_id, parent_span_id, \
     size_bytes_in, size_bytes_out, synthetic"
        .into()
}

#[test]
fn a_bad_element_leaves_the_others() {
    let good = r#"{"service": "s", "duration_ms": 1, "route": "/"}"#;
    let decoded =
        decode(Format::Json, &format!(r#"[{good}, 7, [[]], "x", null, {{}}, {good}]"#)).expect("readable");
    assert_eq!((decoded.received, decoded.requests.len(), decoded.rejected), (7, 2, 5));
    let faults: Vec<_> = decoded.errors.iter().map(|error| (error.index, &*error.message)).collect();
    let no_object = "must be an object";
    assert_eq!(faults, [(1, no_object), (2, no_object), (3, no_object), (4, no_object), (5, "must be set")]);
}

#[test]
fn a_bad_line_leaves_the_others() {
    let good = r#"{"service": "s", "duration_ms": 1, "route": "/"}"#;
    let body = format!("{good}\r\n\n{{\"service\": }}\n   \n[1]\n{good}");
    let decoded = decode(Format::NdJson, &body).expect("readable");
    assert_eq!((decoded.received, decoded.requests.len(), decoded.rejected), (4, 2, 2));
    let faults: Vec<_> = decoded.errors.iter().map(|error| (error.index, &*error.message)).collect();
    assert_eq!(faults, [(2, "is not valid JSON at column 13: expected value"), (4, "must be an object")]);
}

#[test]
fn a_broken_array_is_an_error_with_its_place() {
    let error = decode(Format::Json, "[\n{\"service\": \"s\",}]").expect_err("broken");
    assert_eq!(error.to_string(), "body is not valid JSON at line 2, column 17: trailing comma");
    assert!(decode(Format::Json, "[] []").is_err());
    assert!(decode(Format::Json, "7").is_err());
    assert!(decode(Format::Json, "").is_err());
    assert_eq!(decode(Format::Json, "\u{feff}[]").expect("readable"), Decoded::default());
    assert_eq!(decode(Format::NdJson, "\n \n").expect("readable"), Decoded::default());
}

#[test]
fn only_the_first_errors_are_listed() {
    let decoded = decode(Format::Json, &format!("[{}1]", "1,".repeat(999))).expect("readable");
    assert_eq!((decoded.rejected, decoded.errors.len()), (1_000, 20));
}

#[test]
fn large_bodies_are_refused() {
    let config = IngestConfig { body_size_bytes_max: 10, ..IngestConfig::default() };
    let answer = native::requests(Format::Json, b"[          ]", &mut Normaliser::new(config), NOW);
    assert!(matches!(answer, Err(BodyError::TooLarge { limit: 10 })));
}

#[test]
fn deep_nesting_is_no_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let record = format!(r#"{{"service": {deep}, "x": {{"y": {deep}}}}}"#);
    for format in [Format::Json, Format::NdJson] {
        assert_eq!(decode(format, &record).expect("readable").rejected, 1);
        assert_eq!(decode(format, &deep).expect("readable").rejected, 1);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        words in proptest::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\n", "\"service\"", "\"duration_ms\"", "\"timestamp\"", "\"path\"",
            "\"x\"", "1", "-1e308", "null", "true", "\"2026-11-22T21:30:00Z\"", "\"\\ud800\"",
        ]), 0..40),
    ) {
        for body in [bytes, words.concat().into_bytes()] {
            for format in [Format::Json, Format::NdJson] {
                if let Ok(decoded) = native::requests(format, &body, &mut normaliser(), NOW) {
                    prop_assert_eq!(decoded.received, decoded.requests.len() as u64 + decoded.rejected);
                }
            }
        }
    }

    #[test]
    fn every_record_of_sound_fields_is_taken(
        service in "[a-z]{1,20}",
        duration_us in 0..604_800_000_000_u64,
        status in 100..1_000_u16,
        ago_us in 0..604_800_000_000_u64,
    ) {
        let start = NOW.minus(Duration::from_micros(ago_us));
        let request = request(&format!(
            r#"{{"service": "{service}", "duration_ms": {}, "status": {status}, "timestamp": {}, "route": "/r"}}"#,
            duration_us as f64 / 1e3, start.micros(),
        ));
        prop_assert_eq!(&*request.series.endpoint().service, service);
        prop_assert_eq!((request.start, request.duration_us, request.status_code), (start, duration_us, status));
    }
}
