//! A fixed now, and spans that are easy to write down.

use hawkeye_ingest::otlp::{self, ExportTraceServiceRequest};
use hawkeye_ingest::{Decoded, IngestConfig, Normaliser};
use hawkeye_model::{Request, Timestamp};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

/// 2026-11-22T21:30:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_795_383_000);

/// A second before [`NOW`].
pub(crate) const START_NS: u64 = 1_795_382_999_000_000_000;

pub(crate) fn normaliser() -> Normaliser {
    Normaliser::new(IngestConfig::default())
}

pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    with_value(key, Value::StringValue(value.into()))
}

pub(crate) fn number(key: &str, value: i64) -> KeyValue {
    with_value(key, Value::IntValue(value))
}

pub(crate) fn with_value(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// A sound span of 12.5 ms.
pub(crate) fn span(kind: SpanKind, name: &str, attributes: Vec<KeyValue>) -> Span {
    Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: name.into(),
        kind: kind as i32,
        start_time_unix_nano: START_NS,
        end_time_unix_nano: START_NS + 12_500_000,
        attributes,
        ..Span::default()
    }
}

/// All spans of one resource.
pub(crate) fn message(resource: Vec<KeyValue>, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let resource = Resource { attributes: resource, ..Resource::default() };
    let scope = ScopeSpans { spans, ..ScopeSpans::default() };
    let spans =
        ResourceSpans { resource: Some(resource), scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![spans] }
}

pub(crate) fn decode(message: &ExportTraceServiceRequest) -> Decoded {
    otlp::requests(message, &mut normaliser(), NOW)
}

/// The request of one span of the service `shop`.
#[track_caller]
pub(crate) fn request(span: Span) -> Request {
    let mut decoded = decode(&message(vec![text("service.name", "shop")], vec![span]));
    assert_eq!((decoded.requests.len(), &decoded.errors[..]), (1, &[][..]));
    decoded.requests.remove(0)
}
