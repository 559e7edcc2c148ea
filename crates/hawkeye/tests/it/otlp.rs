//! OTLP over HTTP and gRPC: every kind of body, and what each is answered with.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value as Any};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::{Value, json};
use tonic::Code;
use tonic::codec::CompressionEncoding;

use crate::harness::{Answer, Server, folder};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Any::StringValue(value.into())) });
    KeyValue { key: key.into(), value, ..KeyValue::default() }
}

/// One minute ago, so that it is in every default range.
fn start_ns() -> u64 {
    let now = std::process::Command::new("date").arg("+%s").output().expect("date exists");
    let now: u64 = String::from_utf8(now.stdout).expect("text").trim().parse().expect("a number");
    (now - 60) * 1_000_000_000
}

/// Server spans of one service, one for each number.
pub(crate) fn message(service: &str, numbers: std::ops::Range<u64>) -> ExportTraceServiceRequest {
    let start = start_ns();
    let span = |number: u64| Span {
        trace_id: [&[7; 8][..], &number.to_be_bytes()].concat(),
        span_id: (number + 1).to_be_bytes().into(),
        name: "GET /orders/{id}".into(),
        kind: 2,
        start_time_unix_nano: start,
        end_time_unix_nano: start + 5_000_000 + number * 1_000,
        attributes: vec![
            text("http.request.method", "GET"),
            text("http.route", "/orders/{id}"),
            text("url.path", "/orders/17"),
            KeyValue {
                key: "http.response.status_code".into(),
                value: Some(AnyValue {
                    value: Some(Any::IntValue(if number.is_multiple_of(10) { 500 } else { 200 })),
                }),
                ..KeyValue::default()
            },
        ],
        ..Span::default()
    };
    let attributes = vec![
        text("service.name", service),
        text("service.version", "v1"),
        text("cloud.provider", "gcp"),
        text("cloud.region", "europe-west1"),
        text("deployment.environment.name", "production"),
    ];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_spans: vec![ScopeSpans { spans: numbers.map(span).collect(), ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    }
}

fn json_message(service: &str) -> Value {
    let start = start_ns();
    json!({ "resourceSpans": [{
        "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": service } }] },
        "scopeSpans": [{ "spans": [
            { "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174", "name": "x", "kind": 2,
              "startTimeUnixNano": start.to_string(), "endTimeUnixNano": start + 1_000_000, "unknownField": 1,
              "attributes": [{ "key": "http.response.status_code", "value": { "intValue": "204" } },
                             { "key": "http.route", "value": { "stringValue": "/x" } }] },
            { "traceId": "short", "spanId": "EEE19B7EC3C1B175", "name": "x", "kind": 2,
              "startTimeUnixNano": start.to_string(), "endTimeUnixNano": start.to_string() },
        ] }],
    }] })
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body).expect("compresses");
    gzip.finish().expect("compresses")
}

fn post(server: &Server, content_type: &str, encoding: &str, body: &[u8]) -> Answer {
    let headers = [("content-type", content_type), ("content-encoding", encoding)];
    server.post_to(&format!("{}/v1/traces", server.otlp_http), &headers, body)
}

fn stored(server: &Server, service: &str) -> u64 {
    server.ask(&format!("/api/v1/overview?service={service}"))["current"]["requests"]
        .as_u64()
        .expect("a number")
}

#[test]
fn protobuf_is_stored_and_answered_in_protobuf() {
    let folder = folder();
    let server = Server::start(folder.path());
    let body = message("plain", 0..30).encode_to_vec();
    for (service, body, encoding) in
        [("plain", body, "identity"), ("packed", gzip(&message("packed", 100..130).encode_to_vec()), "gzip")]
    {
        let answer = post(&server, PROTOBUF, encoding, &body);
        assert_eq!((answer.status, answer.content_type.as_str()), (200, PROTOBUF));
        let response = ExportTraceServiceResponse::decode(&*answer.body).expect("an OTLP answer");
        assert_eq!(response.partial_success, None);
        assert_eq!(stored(&server, service), 30);
    }
    let request = server.ask("/api/v1/requests?service=plain&limit=1")["items"][0].clone();
    assert_eq!(request["environment"]["id"], "gcp/production/europe-west1");
    assert_eq!(
        (&request["endpoint"]["route"], &request["path"]),
        (&json!("/orders/{id}"), &json!("/orders/17"))
    );
    assert_eq!((&request["version"], &request["kind"]), (&json!("v1"), &json!("server")));
}

#[test]
fn json_is_stored_and_names_the_span_it_rejects() {
    let folder = folder();
    let server = Server::start(folder.path());
    let answer = post(
        &server,
        "application/json; charset=utf-8",
        "identity",
        json_message("js").to_string().as_bytes(),
    );
    assert_eq!((answer.status, answer.content_type.as_str()), (200, JSON));
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "1");
    assert!(partial["errorMessage"].as_str().expect("a message").starts_with("span 1:"), "{partial}");
    assert_eq!(stored(&server, "js"), 1);
}

#[test]
fn an_empty_message_is_a_success() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert_eq!(post(&server, PROTOBUF, "identity", b"").status, 200);
    let answer = post(&server, JSON, "identity", b"{}");
    assert_eq!((answer.status, answer.json()), (200, json!({})));
}

#[test]
fn the_same_spans_sent_again_count_once() {
    let folder = folder();
    let server = Server::start(folder.path());
    let body = message("again", 0..20).encode_to_vec();
    for _ in 0..3 {
        assert_eq!(post(&server, PROTOBUF, "identity", &body).status, 200);
    }
    assert_eq!(stored(&server, "again"), 20);
}

/// (content type, encoding, body) → status; and the server goes on.
#[track_caller]
fn check_refused(content_type: &str, encoding: &str, body: &[u8], status: u16) {
    let folder = folder();
    let server = Server::start_with(folder.path(), &[("HAWKEYE_INGEST__BODY_SIZE_BYTES_MAX", "20000")]);
    let answer = post(&server, content_type, encoding, body);
    assert_eq!(answer.status, status);
    if content_type == PROTOBUF {
        assert_eq!(answer.content_type, PROTOBUF);
        tonic_status(&answer.body);
    } else if content_type == JSON {
        assert_eq!(answer.content_type, JSON);
        assert!(answer.json()["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    assert_eq!(post(&server, PROTOBUF, "identity", &message("after", 0..3).encode_to_vec()).status, 200);
    assert_eq!(stored(&server, "after"), 3);
}

/// The body of an error is a google.rpc.Status: its second field is the message.
fn tonic_status(body: &[u8]) {
    #[derive(Clone, PartialEq, Message)]
    struct Status {
        #[prost(int32, tag = "1")]
        code: i32,
        #[prost(string, tag = "2")]
        message: String,
    }
    let status = Status::decode(body).expect("a status");
    assert!(status.code > 0 && !status.message.is_empty());
}

#[test]
fn broken_protobuf_is_refused() {
    check_refused(PROTOBUF, "identity", b"\xff\xff\xff", 400);
}

#[test]
fn broken_json_is_refused() {
    check_refused(JSON, "identity", b"{\"resourceSpans\": [", 400);
}

#[test]
fn a_body_that_is_not_what_it_says_is_refused() {
    check_refused(PROTOBUF, "gzip", &message("x", 0..3).encode_to_vec(), 400);
    check_refused(JSON, "identity", &message("x", 0..3).encode_to_vec(), 400);
}

#[test]
fn bodies_over_the_limit_are_refused_before_and_after_inflating() {
    check_refused(PROTOBUF, "identity", &[0; 20_001], 413);
    check_refused(PROTOBUF, "gzip", &gzip(&[0; 2_000_000]), 413);
    check_refused(JSON, "gzip", &gzip(&[b' '; 2_000_000]), 413);
}

#[test]
fn other_content_types_are_refused() {
    check_refused("text/plain", "identity", b"x", 415);
}

#[test]
fn overload_is_503_with_retry_after_and_passes() {
    let folder = folder();
    let full = [
        ("HAWKEYE_STORAGE__HEAD_REQUESTS_MAX", "10"),
        ("HAWKEYE_STORAGE__SEGMENT_ROWS", "1"),
        ("HAWKEYE_STORAGE__ROLLUP_FLUSH_INTERVAL", "1s"),
    ];
    let server = Server::start_with(folder.path(), &full);
    let mut refused = None;
    for lot in 0..20u64 {
        let answer =
            post(&server, PROTOBUF, "identity", &message("full", lot * 20..lot * 20 + 20).encode_to_vec());
        if answer.status != 200 {
            refused = Some((lot, answer));
            break;
        }
    }
    let (lot, answer) = refused.expect("it fills up faster than a second passes");
    assert_eq!((answer.status, answer.retry_after.as_deref()), (503, Some("2")));
    // Upkeep makes room by itself, without a restart.
    let again = message("full", lot * 20..lot * 20 + 20).encode_to_vec();
    while post(&server, PROTOBUF, "identity", &again).status != 200 {
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    assert_eq!(stored(&server, "full"), (lot + 1) * 20);
}

fn grpc<T>(server: &Server, call: impl AsyncFnOnce(TraceServiceClient<tonic::transport::Channel>) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = TraceServiceClient::connect(server.otlp_grpc.clone()).await.expect("connects");
        call(client).await
    })
}

#[test]
fn grpc_is_stored_plain_and_compressed() {
    let folder = folder();
    let server = Server::start(folder.path());
    grpc(&server, async |mut client| {
        let response = client.export(message("grpc", 0..25)).await.expect("taken").into_inner();
        assert_eq!(response.partial_success, None);
        let mut client =
            client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
        client.export(message("grpc", 25..50)).await.expect("taken");
    });
    assert_eq!(stored(&server, "grpc"), 50);
}

#[test]
fn grpc_names_rejected_spans() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut half_bad = message("half", 0..4);
    half_bad.resource_spans[0].scope_spans[0].spans[2].span_id = vec![1, 2, 3];
    let partial =
        grpc(&server, async |mut client| client.export(half_bad).await.expect("taken").into_inner())
            .partial_success
            .expect("partial");
    assert_eq!(partial.rejected_spans, 1);
    assert!(partial.error_message.contains("span 2"), "{}", partial.error_message);
    assert_eq!(stored(&server, "half"), 3);
}

#[test]
fn grpc_that_cannot_be_decoded_is_an_invalid_argument() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut broken = message("broken", 0..1);
    // A name that is no UTF-8 makes the whole message undecodable.
    let span = &mut broken.resource_spans[0].scope_spans[0].spans[0];
    span.name = "NOT-UTF8".into();
    let mut bytes = broken.encode_to_vec();
    let at = bytes.windows(8).position(|window| window == b"NOT-UTF8").expect("the name");
    bytes[at] = 0xff;
    let url = format!("{}/opentelemetry.proto.collector.trace.v1.TraceService/Export", server.otlp_grpc);
    let mut framed = vec![0];
    framed.extend(u32::try_from(bytes.len()).expect("small").to_be_bytes());
    framed.extend(bytes);
    let headers = [("content-type", "application/grpc"), ("te", "trailers")];
    assert_eq!(server.post_for_header(&url, &headers, &framed, "grpc-status").as_deref(), Some("3"));
}

#[test]
fn grpc_over_the_limit_is_resource_exhausted_also_when_compressed() {
    let folder = folder();
    let server = Server::start_with(folder.path(), &[("HAWKEYE_INGEST__BODY_SIZE_BYTES_MAX", "20000")]);
    grpc(&server, async |mut client| {
        let large = client.export(message("large", 0..2_000)).await.expect_err("too large");
        assert_eq!(large.code(), Code::ResourceExhausted, "{large:?}");
        let mut packed = client.send_compressed(CompressionEncoding::Gzip);
        let large = packed.export(message("large", 0..2_000)).await.expect_err("too large");
        assert_eq!(large.code(), Code::ResourceExhausted, "{large:?}");
        packed.export(message("small", 0..2)).await.expect("taken");
    });
    assert_eq!(stored(&server, "small"), 2);
}
