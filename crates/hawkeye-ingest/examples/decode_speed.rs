//! How many requests per second one core decodes, per format:
//! `cargo run --release -p hawkeye-ingest --example decode_speed`.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::time::{Duration, Instant};

use hawkeye_ingest::native::{self, Format};
use hawkeye_ingest::{Decoded, IngestConfig, Normaliser, otlp};
use hawkeye_model::Timestamp;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use otlp::ExportTraceServiceRequest;
use prost::Message;

const NOW_SECS: u64 = 1_795_383_000;
const NOW: Timestamp = Timestamp::from_secs(NOW_SECS as i64);

/// Exporters send 512 spans at once by default.
const SPANS: u64 = 512;

const MEASURED_FOR: Duration = Duration::from_secs(2);

fn main() {
    let message = message();
    let (protobuf, json, lines) = (message.encode_to_vec(), otlp_json(), native_lines());
    measure("OTLP protobuf", protobuf.len(), |normaliser| {
        let message = otlp::decode_protobuf(&protobuf).expect("valid");
        otlp::requests(&message, normaliser, NOW)
    });
    measure("OTLP protobuf, only requests()", protobuf.len(), |normaliser| {
        otlp::requests(&message, normaliser, NOW)
    });
    measure("OTLP JSON", json.len(), |normaliser| {
        let message = otlp::decode_json(json.as_bytes()).expect("valid");
        otlp::requests(&message, normaliser, NOW)
    });
    measure("native NDJSON", lines.len(), |normaliser| {
        native::requests(Format::NdJson, lines.as_bytes(), normaliser, NOW).expect("valid")
    });
}

fn measure(name: &str, size_bytes: usize, decode: impl Fn(&mut Normaliser) -> Decoded) {
    let mut normaliser = Normaliser::new(IngestConfig::default());
    let started = Instant::now();
    let mut requests = 0;
    while started.elapsed() < MEASURED_FOR {
        let decoded = decode(&mut normaliser);
        assert_eq!(decoded.requests.len() as u64, SPANS);
        requests += SPANS;
    }
    let per_second = requests as f64 / started.elapsed().as_secs_f64();
    println!("{name}: {per_second:.0} requests/s, {} bytes each", size_bytes as u64 / SPANS);
}

fn text(key: &str, value: impl Into<String>) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.into())) };
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

fn number(key: &str, value: i64) -> KeyValue {
    let value = AnyValue { value: Some(Value::IntValue(value)) };
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

/// What a web framework's instrumentation sends: fourteen attributes, fifty routes.
fn message() -> ExportTraceServiceRequest {
    let span = |at: u64| Span {
        trace_id: u128::from(at + 1).to_be_bytes().to_vec(),
        span_id: (at + 1).to_be_bytes().to_vec(),
        name: format!("GET /api/v1/things{}/{{id}}", at % 50),
        kind: 2,
        start_time_unix_nano: NOW_SECS * 1_000_000_000,
        end_time_unix_nano: NOW_SECS * 1_000_000_000 + at * 1_000_000,
        attributes: vec![
            text("http.request.method", "GET"),
            text("url.scheme", "https"),
            text("server.address", "shop.example.org"),
            number("server.port", 443),
            text("network.protocol.version", "1.1"),
            text("network.peer.address", "10.1.2.3"),
            number("network.peer.port", 51_234),
            text("client.address", "203.0.113.9"),
            text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0"),
            text("http.route", format!("/api/v1/things{}/{{id}}", at % 50)),
            text("url.path", format!("/api/v1/things{}/{at}", at % 50)),
            number("http.response.status_code", 200),
            number("http.response.body.size", 2_345),
            text("session.id", format!("session-{}", at % 200)),
        ],
        ..Span::default()
    };
    let resource = Resource {
        attributes: vec![text("service.name", "shop"), text("cloud.provider", "aws")],
        ..Resource::default()
    };
    let scope = ScopeSpans { spans: (0..SPANS).map(span).collect(), ..ScopeSpans::default() };
    let spans =
        ResourceSpans { resource: Some(resource), scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![spans] }
}

/// The same spans.
fn otlp_json() -> String {
    let attribute =
        |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(Value::StringValue(text)) => {
                serde_json::json!({"key": attribute.key, "value": {"stringValue": text}})
            }
            Some(Value::IntValue(value)) => {
                serde_json::json!({"key": attribute.key, "value": {"intValue": value.to_string()}})
            }
            _ => serde_json::Value::Null,
        };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let message = message();
    let span = |span: &Span| {
        serde_json::json!({
            "traceId": hex(&span.trace_id),
            "spanId": hex(&span.span_id),
            "name": span.name,
            "kind": span.kind,
            "startTimeUnixNano": span.start_time_unix_nano.to_string(),
            "endTimeUnixNano": span.end_time_unix_nano.to_string(),
            "attributes": span.attributes.iter().map(attribute).collect::<Vec<_>>(),
        })
    };
    let spans: Vec<_> = message.resource_spans[0].scope_spans[0].spans.iter().map(span).collect();
    serde_json::json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string()
}

fn native_lines() -> String {
    let line = |at: u64| {
        format!(
            "{{\"timestamp\": \"2026-11-22T21:30:00Z\", \"service\": \"shop\", \"method\": \"GET\", \
             \"route\": \"/api/v1/things{}/{{id}}\", \"path\": \"/api/v1/things{}/{at}\", \"duration_ms\": {at}.5, \
             \"status\": 200, \"provider\": \"aws\", \"consumer\": \"session-{}\"}}\n",
            at % 50,
            at % 50,
            at % 200,
        )
    };
    (0..SPANS).map(line).collect()
}
