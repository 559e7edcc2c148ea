//! The same message in protobuf and in JSON gives the same requests; and no bytes make a decoder panic.

use hawkeye_ingest::otlp::{self, ExportTraceServiceRequest, decode_json, decode_protobuf};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};

use crate::support::{NOW, START_NS, message, normaliser};

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| if at % 2 == 0 { format!("{byte:02x}") } else { format!("{byte:02X}") })
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            text.push(if digit <= chunk.len() { char::from(DIGITS[index as usize]) } else { '=' });
        }
    }
    text
}

fn json_of_any(value: &AnyValue) -> Value {
    match &value.value {
        None => json!({}),
        Some(Any::StringValue(text)) => json!({"stringValue": text}),
        Some(Any::BoolValue(value)) => json!({"boolValue": value}),
        // Some exporters write numbers, others strings.
        Some(Any::IntValue(value)) if value % 2 == 0 => json!({"intValue": value}),
        Some(Any::IntValue(value)) => json!({"intValue": value.to_string()}),
        Some(Any::DoubleValue(value)) if value.is_finite() => json!({"doubleValue": value}),
        Some(Any::DoubleValue(value)) if value.is_nan() => json!({"doubleValue": "NaN"}),
        Some(Any::DoubleValue(value)) => {
            json!({"doubleValue": if *value > 0.0 { "Infinity" } else { "-Infinity" }})
        }
        Some(Any::ArrayValue(array)) => {
            json!({"arrayValue": {"values": array.values.iter().map(json_of_any).collect::<Vec<_>>()}})
        }
        Some(Any::KvlistValue(list)) => json!({"kvlistValue": {"values": json_of_attributes(&list.values)}}),
        Some(Any::BytesValue(bytes)) => json!({"bytesValue": base64(bytes)}),
        Some(Any::StringValueStrindex(index)) => json!({"stringValueStrindex": index}),
    }
}

fn json_of_attributes(attributes: &[KeyValue]) -> Value {
    let entry = |attribute: &KeyValue| match &attribute.value {
        Some(value) => json!({"key": attribute.key, "value": json_of_any(value), "unknown": 1}),
        None => json!({"key": attribute.key}),
    };
    attributes.iter().map(entry).collect()
}

fn json_of_span(span: &Span) -> Value {
    let event = |event: &Event| {
        json!({
            "timeUnixNano": event.time_unix_nano.to_string(), "name": event.name,
            "attributes": json_of_attributes(&event.attributes),
        })
    };
    let link = |link: &Link| json!({"traceId": hex(&link.trace_id), "spanId": hex(&link.span_id), "flags": link.flags});
    json!({
        "traceId": hex(&span.trace_id),
        "spanId": hex(&span.span_id),
        "parentSpanId": hex(&span.parent_span_id),
        "traceState": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": span.start_time_unix_nano.to_string(),
        "endTimeUnixNano": span.end_time_unix_nano,
        "attributes": json_of_attributes(&span.attributes),
        "droppedAttributesCount": span.dropped_attributes_count,
        "events": span.events.iter().map(event).collect::<Vec<_>>(),
        "links": span.links.iter().map(link).collect::<Vec<_>>(),
        "status": span.status.as_ref().map(|status| json!({"code": status.code, "message": status.message})),
    })
}

fn json_of(message: &ExportTraceServiceRequest) -> Value {
    let resource_spans: Vec<_> = (message.resource_spans.iter())
        .map(|spans| {
            let resource = spans.resource.as_ref().map(|resource| json_of_attributes(&resource.attributes));
            let scopes = spans
                .scope_spans
                .iter()
                .map(|scope| json!({"spans": scope.spans.iter().map(json_of_span).collect::<Vec<_>>()}));
            json!({"resource": {"attributes": resource}, "scopeSpans": scopes.collect::<Vec<_>>()})
        })
        .collect();
    json!({"resourceSpans": resource_spans})
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        4 => "[a-z/0-9{}?*: ]{0,12}".prop_map(|text| Some(Any::StringValue(text))),
        1 => any::<String>().prop_map(|text| Some(Any::StringValue(text))),
        1 => any::<bool>().prop_map(|value| Some(Any::BoolValue(value))),
        2 => (0..700_i64).prop_map(|value| Some(Any::IntValue(value))),
        1 => any::<i64>().prop_map(|value| Some(Any::IntValue(value))),
        1 => double().prop_map(|value| Some(Any::DoubleValue(value))),
        1 => vec(any::<u8>(), 0..8).prop_map(|bytes| Some(Any::BytesValue(bytes))),
        1 => Just(None),
    ];
    leaf.prop_map(|value| AnyValue { value }).prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| Any::ArrayValue(ArrayValue { values })),
            vec(("[a-z]{0,3}", inner), 0..4).prop_map(|entries| {
                let entry = |(key, value)| KeyValue { key, value: Some(value), ..KeyValue::default() };
                Any::KvlistValue(KeyValueList { values: entries.into_iter().map(entry).collect() })
            }),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

/// Quarters, because serde_json may miss the nearest double by one step, and what no number in JSON can say.
fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<i32>().prop_map(|quarters| f64::from(quarters) / 4.0),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

fn attributes(keys: &'static [&'static str]) -> impl Strategy<Value = Vec<KeyValue>> {
    let entry = (prop::sample::select(keys), prop::option::weighted(0.95, any_value()));
    let entry = entry.prop_map(|(key, value)| KeyValue { key: key.into(), value, ..KeyValue::default() });
    vec(entry, 0..8)
}

const SPAN_KEYS: &[&str] = &[
    "http.request.method",
    "http.method",
    "http.response.status_code",
    "http.status_code",
    "http.route",
    "url.path",
    "http.target",
    "url.full",
    "server.address",
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "rpc.grpc.status_code",
    "messaging.operation",
    "messaging.destination.name",
    "error.type",
    "enduser.id",
    "http.request.body.size",
    "user_agent.synthetic.type",
    "something.else",
];
const RESOURCE_KEYS: &[&str] = &[
    "service.name",
    "service.namespace",
    "service.version",
    "host.name",
    "deployment.environment",
    "cloud.provider",
    "cloud.region",
];

/// Mostly sound, sometimes of a wrong length.
fn id(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![9 => vec(any::<u8>(), length), 1 => vec(any::<u8>(), 0..20)]
}

fn any_span() -> impl Strategy<Value = Span> {
    let ids = (id(16), id(8), prop_oneof![Just(Vec::new()), id(8)]);
    let times = (0..1_000_000_000_u64, prop_oneof![9 => 0..10_000_000_000_i64, 1 => any::<i64>()]);
    let exception = attributes(&["exception.type", "exception.message"]);
    let status = prop::option::of((0..3_i32, "[a-z]{0,5}"));
    (ids, times, 0..7_i32, "[A-Za-z /]{0,12}", attributes(SPAN_KEYS), exception, status, any::<u32>())
        .prop_map(
            |(
                (trace_id, span_id, parent_span_id),
                (offset, duration),
                kind,
                name,
                attributes,
                exception,
                status,
                flags,
            )| {
                let start_time_unix_nano = START_NS + offset;
                Span {
                    links: vec![Link {
                        trace_id: trace_id.clone(),
                        span_id: span_id.clone(),
                        flags,
                        ..Link::default()
                    }],
                    trace_id,
                    span_id,
                    parent_span_id,
                    name,
                    kind,
                    flags,
                    start_time_unix_nano,
                    end_time_unix_nano: start_time_unix_nano.wrapping_add_signed(duration),
                    events: vec![Event {
                        time_unix_nano: start_time_unix_nano,
                        name: "exception".into(),
                        attributes: exception,
                        ..Event::default()
                    }],
                    attributes,
                    status: status.map(|(code, message)| Status { code, message }),
                    ..Span::default()
                }
            },
        )
}

fn any_message() -> impl Strategy<Value = ExportTraceServiceRequest> {
    let resource_spans = (attributes(RESOURCE_KEYS), vec(any_span(), 0..4));
    vec(resource_spans, 1..3).prop_map(|all| ExportTraceServiceRequest {
        resource_spans: all
            .into_iter()
            .flat_map(|(resource, spans)| message(resource, spans).resource_spans)
            .collect(),
    })
}

/// `NaN` differs from itself, so messages are compared as text.
fn shown(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

proptest! {
    #[test]
    fn both_encodings_give_the_same_requests(message in any_message()) {
        let from_protobuf = decode_protobuf(&message.encode_to_vec()).expect("valid protobuf");
        let from_json = decode_json(json_of(&message).to_string().as_bytes()).expect("valid JSON");
        prop_assert_eq!(shown(&from_protobuf), shown(&from_json));

        let decoded = otlp::requests(&from_protobuf, &mut normaliser(), NOW);
        prop_assert_eq!(&decoded, &otlp::requests(&from_json, &mut normaliser(), NOW));
        let spans: usize = message.resource_spans.iter().map(|spans| spans.scope_spans[0].spans.len()).sum();
        prop_assert_eq!(decoded.received, spans as u64);
        prop_assert_eq!(decoded.received, decoded.requests.len() as u64 + decoded.skipped + decoded.rejected);
    }

    #[test]
    fn no_bytes_panic(
        bytes in vec(any::<u8>(), 0..200),
        message in any_message(),
        flips in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let damage = |mut body: Vec<u8>| {
            for (at, byte) in &flips {
                if !body.is_empty() {
                    let at = at.index(body.len());
                    body[at] = *byte;
                }
            }
            body
        };
        let bodies = [damage(message.encode_to_vec()), damage(json_of(&message).to_string().into_bytes()), bytes];
        for body in bodies {
            for message in [decode_protobuf(&body), decode_json(&body)].into_iter().flatten() {
                otlp::requests(&message, &mut normaliser(), NOW);
            }
        }
    }
}
