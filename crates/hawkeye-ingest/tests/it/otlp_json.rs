//! OTLP's JSON encoding, rule by rule.

use hawkeye_ingest::otlp::{self, decode_json};
use hawkeye_ingest::{BodyError, Decoded};
use hawkeye_model::Outcome;
use serde_json::{Value, json};

use crate::support::{NOW, normaliser};

/// What a JavaScript exporter sends for one checkout, with numbers where it writes numbers.
fn example() -> Value {
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            {"key": "service.name", "value": {"stringValue": "checkout"}},
            {"key": "service.namespace", "value": {"stringValue": "shop"}},
            {"key": "service.version", "value": {"stringValue": "2.4.1"}},
            {"key": "service.instance.id", "value": {"stringValue": "checkout-7f9c"}},
            {"key": "deployment.environment.name", "value": {"stringValue": "production"}},
            {"key": "cloud.provider", "value": {"stringValue": "aws"}},
            {"key": "cloud.region", "value": {"stringValue": "eu-west-1"}}
        ]},
        "scopeSpans": [{
            "scope": {"name": "http", "version": "1.0.0", "attributes": []},
            "spans": [{
                "traceId": "5B8EFFF798038103D269B633813FC60C",
                "spanId": "eEE19B7EC3C1B174",
                "parentSpanId": "eee19b7ec3c1b173",
                "name": "POST /orders/{id}",
                "kind": 2,
                "startTimeUnixNano": "1795382999000000000",
                "endTimeUnixNano": 1_795_382_999_012_500_000_u64,
                "attributes": [
                    {"key": "http.request.method", "value": {"stringValue": "POST"}},
                    {"key": "http.route", "value": {"stringValue": "/orders/{id}"}},
                    {"key": "url.path", "value": {"stringValue": "/orders/17"}},
                    {"key": "http.response.status_code", "value": {"intValue": 503}},
                    {"key": "http.request.body.size", "value": {"intValue": "9007199254740993"}}
                ],
                "events": [{
                    "timeUnixNano": "1795382999001000000",
                    "name": "exception",
                    "attributes": [{"key": "exception.type", "value": {"stringValue": "TimeoutError"}}]
                }],
                "status": {"code": 2, "message": "upstream gave up"}
            }]
        }]
    }]})
}

fn span_of(message: &mut Value) -> &mut Value {
    &mut message["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
}

#[track_caller]
fn requests(message: &Value) -> Decoded {
    let message = decode_json(message.to_string().as_bytes()).expect("readable");
    otlp::requests(&message, &mut normaliser(), NOW)
}

/// The example with one key of its span set to another value.
fn example_with(key: &str, value: Value) -> Value {
    let mut message = example();
    span_of(&mut message)[key] = value;
    message
}

#[test]
fn the_example_becomes_a_request() {
    let decoded = requests(&example());
    let [request] = &decoded.requests[..] else { panic!("{decoded:?}") };
    assert_eq!(request.series.to_string(), "shop/checkout POST /orders/{id} on aws/production/eu-west-1");
    assert_eq!(request.start.millis(), 1_795_382_999_000);
    assert_eq!((request.duration_us, request.status_code), (12_500, 503));
    assert_eq!((request.outcome, &*request.error_type), (Outcome::ServerError, "TimeoutError"));
    assert_eq!(
        (&*request.version, &*request.instance, &*request.path),
        ("2.4.1", "checkout-7f9c", "/orders/17")
    );
    assert_eq!(request.trace_id.to_string(), "5b8efff798038103d269b633813fc60c");
    assert_eq!(request.span_id.to_string(), "eee19b7ec3c1b174");
    assert_eq!(request.parent_span_id.to_string(), "eee19b7ec3c1b173");
    assert_eq!(request.size_bytes_in, 9_007_199_254_740_993);
}

#[test]
fn unknown_keys_are_ignored() {
    let mut message = example_with("someday", json!({"deep": [1, {"er": null}]}));
    message["alsoUnknown"] = json!("x");
    assert_eq!(requests(&message), requests(&example()));
}

#[test]
fn snake_case_keys_are_unknown() {
    let decoded = requests(&json!({"resource_spans": example()["resourceSpans"]}));
    assert_eq!(decoded, Decoded::default());
    let mut message = example_with("trace_id", json!("00000000000000000000000000000001"));
    assert_eq!(requests(&message), requests(&example()));
    span_of(&mut message)["traceId"].take();
    assert_eq!(requests(&message).errors[0].field, "traceId");
}

#[test]
fn null_is_the_default() {
    let mut message = example();
    let span = span_of(&mut message);
    for key in ["parentSpanId", "traceState", "flags", "links", "events", "status", "droppedLinksCount"] {
        span[key] = Value::Null;
    }
    span["attributes"][0]["value"] = Value::Null;
    assert_eq!(requests(&message).requests.len(), 1);
    assert_eq!(requests(&json!({"resourceSpans": null})), Decoded::default());
    assert_eq!(requests(&json!({})), Decoded::default());
}

#[test]
fn a_bad_id_rejects_only_its_span() {
    for (key, id) in [
        ("traceId", "5b8efff798038103d269b633813fc60"),
        ("traceId", ""),
        ("traceId", "00000000000000000000000000000000"),
        ("traceId", "5b8efff798038103"),
        ("spanId", "xyz19b7ec3c1b174"),
        ("parentSpanId", "e"),
    ] {
        let mut message = example_with(key, json!(id));
        let sound = span_of(&mut example()).clone();
        message["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().expect("an array").push(sound);
        let decoded = requests(&message);
        assert_eq!((decoded.received, decoded.rejected, decoded.requests.len()), (2, 1, 1), "{key} {id}");
        assert_eq!((decoded.errors[0].index, &*decoded.errors[0].field), (0, key));
    }
}

#[test]
fn every_kind_of_value_is_read() {
    let any = json!([
        {"key": "empty", "value": {}},
        {"key": "none"},
        {"key": "bool", "value": {"boolValue": true}},
        {"key": "double", "value": {"doubleValue": 1}},
        {"key": "nan", "value": {"doubleValue": "NaN"}},
        {"key": "bytes", "value": {"bytesValue": "AP8="}},
        {"key": "array", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "x"}, {}]}}},
        {"key": "list", "value": {"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": false}}]}}},
        {"key": "later", "value": {"complexValue": {"re": 1}}}
    ]);
    assert_eq!(requests(&example_with("attributes", any)).requests.len(), 1);
}

#[test]
fn enums_are_integers_only() {
    let body = example_with("kind", json!("SPAN_KIND_SERVER")).to_string();
    assert!(matches!(decode_json(body.as_bytes()), Err(BodyError::Json { .. })));
    assert_eq!(requests(&example_with("kind", json!(99))).skipped, 1);
}

#[test]
fn a_syntax_error_has_a_place() {
    let error = decode_json(b"{\n  \"resourceSpans\": [}\n").expect_err("not JSON");
    assert_eq!(error.to_string(), "body is not valid JSON at line 2, column 21: expected value");
    assert!(decode_json(b"").is_err());
    assert!(decode_json(b"{} {}").is_err());
    assert!(decode_json(b"{\"resourceSpans\": [{\"schemaUrl\": \"\xff\"}]}").is_err());
}

#[test]
fn an_error_does_not_quote_at_length() {
    let body = example_with("kind", json!("x".repeat(1 << 20))).to_string();
    let error = decode_json(body.as_bytes()).expect_err("no integer").to_string();
    assert!(error.contains("invalid value: string \"xxx") && error.len() < 400, "{error}");
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"arrayValue\":{\"values\":[".repeat(depth), "]}}".repeat(depth));
        format!("{{\"resourceSpans\":[{{\"resource\":{{\"attributes\":[{{\"value\":{open}{close}}}]}}}}]}}")
    };
    assert!(decode_json(nested(10).as_bytes()).is_ok());
    for depth in [200, 100_000] {
        assert!(matches!(decode_json(nested(depth).as_bytes()), Err(BodyError::Json { .. })), "{depth}");
    }
    // Unknown keys are skipped without recursion.
    let unknown = format!("{{\"unknown\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(decode_json(unknown.as_bytes()).is_ok());
}
