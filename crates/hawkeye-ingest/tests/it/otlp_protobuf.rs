//! OTLP's protobuf encoding: broken bodies, torture values, and spans that are rejected one by one.

use hawkeye_ingest::otlp::{ExportTraceServiceRequest, decode_json, decode_protobuf};
use hawkeye_ingest::{BodyError, Decoded};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;

use crate::support::{START_NS, decode, message, number, request, span, text, with_value};

const SECOND_NS: u64 = 1_000_000_000;
const DAY_NS: u64 = 86_400 * SECOND_NS;

fn sound() -> Span {
    span(SpanKind::Server, "job", vec![])
}

#[track_caller]
fn check_fault(wrong: Span, field: &str, message_text: &str) {
    let decoded = decode(&message(vec![], vec![sound(), wrong, sound()]));
    assert_eq!((decoded.received, decoded.requests.len(), decoded.rejected), (3, 2, 1));
    let error = &decoded.errors[0];
    assert_eq!((error.index, &*error.field, &*error.message), (1, field, message_text));
}

#[test]
fn an_empty_body_is_an_empty_message() {
    let message = decode_protobuf(b"").expect("valid");
    assert_eq!(decode(&message), Decoded::default());
}

#[test]
fn ids_have_their_length() {
    let trace_id = "must be 16 bytes, which are 32 hex digits in JSON";
    let missing = "must be set, and not all zeros";
    check_fault(Span { trace_id: vec![1; 15], ..sound() }, "traceId", trace_id);
    check_fault(Span { trace_id: vec![0; 17], ..sound() }, "traceId", trace_id);
    check_fault(Span { trace_id: vec![], ..sound() }, "traceId", missing);
    check_fault(Span { trace_id: vec![0; 16], ..sound() }, "traceId", missing);
    check_fault(Span { span_id: vec![0; 8], ..sound() }, "spanId", missing);
    let parent = "must be 8 bytes, which are 16 hex digits in JSON";
    check_fault(Span { parent_span_id: vec![1], ..sound() }, "parentSpanId", parent);
    assert!(request(Span { parent_span_id: vec![0; 8], ..sound() }).parent_span_id.is_empty());
}

#[test]
fn times_must_be_believable() {
    let at = |start_time_unix_nano, end_time_unix_nano| Span {
        start_time_unix_nano,
        end_time_unix_nano,
        ..sound()
    };
    let past = "is more than 7 days in the past; raise past_max to import it";
    let future = "is more than 10 minutes in the future; check the sender's clock";
    check_fault(at(0, START_NS), "startTimeUnixNano", "must be set");
    check_fault(at(1, 2), "startTimeUnixNano", past);
    check_fault(at(START_NS - 8 * DAY_NS, START_NS), "startTimeUnixNano", past);
    check_fault(at(START_NS + DAY_NS, START_NS + DAY_NS), "startTimeUnixNano", future);
    check_fault(at(u64::MAX, u64::MAX), "startTimeUnixNano", future);
    let order = "lies before startTimeUnixNano; check the sender's clock";
    check_fault(at(START_NS, START_NS - 1), "endTimeUnixNano", order);
    check_fault(at(START_NS, 0), "endTimeUnixNano", order);
    let long = "the duration is longer than 7 days; check its unit";
    check_fault(at(START_NS, u64::MAX), "endTimeUnixNano", long);
    assert_eq!(request(at(START_NS, START_NS)).duration_us, 0);
    assert_eq!(request(at(START_NS - 6 * DAY_NS, START_NS)).duration_us, 6 * DAY_NS / 1_000);
}

fn nested(depth: usize) -> Value {
    let mut value = Value::StringValue("core".into());
    for level in 0..depth {
        let inner = AnyValue { value: Some(value) };
        value = if level % 2 == 0 {
            Value::ArrayValue(ArrayValue { values: vec![inner] })
        } else {
            let entry = KeyValue { key: "k".into(), value: Some(inner), ..KeyValue::default() };
            Value::KvlistValue(KeyValueList { values: vec![entry] })
        };
    }
    value
}

#[test]
fn every_kind_of_value_is_accepted_anywhere() {
    let values = [
        Value::BytesValue(vec![0xff; 9]),
        Value::StringValue(String::new()),
        Value::StringValue("x".repeat(1 << 20)),
        Value::DoubleValue(f64::NAN),
        Value::IntValue(i64::MIN),
        Value::BoolValue(false),
        Value::ArrayValue(ArrayValue { values: vec![] }),
        Value::StringValueStrindex(7),
        nested(200),
    ];
    let keys = [
        "http.route",
        "http.request.method",
        "http.response.status_code",
        "url.path",
        "url.full",
        "error.type",
        "enduser.id",
        "rpc.system",
        "rpc.method",
        "rpc.grpc.status_code",
        "http.request.body.size",
        "service.name",
        "service.namespace",
        "service.version",
        "cloud.provider",
        "cloud.region",
        "deployment.environment.name",
    ];
    for value in values {
        let attributes: Vec<_> = keys.iter().map(|key| with_value(key, value.clone())).collect();
        let span = span(SpanKind::Server, "job", attributes.clone());
        let decoded = decode(&message(attributes, vec![span]));
        let request = &decoded.requests[0];
        let endpoint = request.series.endpoint();
        for text in [&endpoint.service, &endpoint.route, &endpoint.method, &request.path, &request.error_type]
        {
            assert!(text.len() <= 512, "{text}");
        }
    }
}

#[test]
fn many_attributes_are_read() {
    let mut attributes: Vec<_> = (0..10_000).map(|at| number(&format!("key.{at}"), at)).collect();
    attributes.push(text("http.route", "/last"));
    assert_eq!(&*request(span(SpanKind::Server, "job", attributes)).series.endpoint().route, "/last");
}

#[test]
fn an_empty_value_is_no_value() {
    let empty =
        KeyValue { key: "http.route".into(), value: Some(AnyValue { value: None }), ..KeyValue::default() };
    assert_eq!(&*request(span(SpanKind::Server, "job", vec![empty])).series.endpoint().route, "job");
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let body = |depth| message(vec![with_value("deep", nested(depth))], vec![sound()]).encode_to_vec();
    assert!(decode_protobuf(&body(20)).is_ok());
    for depth in [200, 1_000] {
        assert!(matches!(decode_protobuf(&body(depth)), Err(BodyError::Protobuf(_))), "{depth}");
    }
}

#[test]
fn a_body_of_empty_messages_is_refused() {
    // 2 bytes each in the body, hundreds in memory.
    let body = [10, 0].repeat(2_500_001);
    assert!(matches!(decode_protobuf(&body), Err(BodyError::TooManyMessages { limit: 2_500_000 })));
    let body = format!("{{\"resourceSpans\":[{}{{}}]}}", "{},".repeat(2_500_001));
    assert!(matches!(decode_json(body.as_bytes()), Err(BodyError::TooManyMessages { limit: 2_500_000 })));
}

#[test]
fn invalid_utf8_spoils_the_body() {
    let body = message(vec![text("service.name", "aXb")], vec![sound()]).encode_to_vec();
    let at = body.windows(3).position(|bytes| bytes == b"aXb").expect("the name is in there") + 1;
    let mut broken = body;
    broken[at] = 0xff;
    let error = decode_protobuf(&broken).expect_err("not UTF-8");
    assert!(error.to_string().starts_with("body is not a valid OTLP protobuf message"), "{error}");
}

#[test]
fn cut_off_bodies_are_errors() {
    let whole = message(vec![], vec![sound()]).encode_to_vec();
    assert_eq!(
        decode_protobuf(&whole).expect("valid"),
        ExportTraceServiceRequest::decode(&*whole).expect("valid")
    );
    for length in 1..whole.len() {
        assert!(decode_protobuf(&whole[..length]).is_err(), "{length}");
    }
}
