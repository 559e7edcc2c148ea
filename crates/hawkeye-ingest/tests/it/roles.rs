//! Resources, span kinds, and which side of a call counts.

use std::time::Duration;

use hawkeye_ingest::otlp;
use hawkeye_model::RequestKind;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use crate::support::{NOW, decode, message, normaliser, span, text};

#[track_caller]
fn check_resource(attributes: Vec<KeyValue>, series: &str, version: &str, instance: &str) {
    let decoded = decode(&message(attributes, vec![span(SpanKind::Server, "job", vec![])]));
    let request = &decoded.requests[0];
    assert_eq!(request.series.to_string(), series);
    assert_eq!((&*request.version, &*request.instance), (version, instance));
}

#[test]
fn a_resource_tells_service_and_environment() {
    let new = vec![
        text("service.name", "orders"),
        text("service.namespace", "shop"),
        text("service.version", "1.2"),
        text("service.instance.id", "i-1"),
        text("host.name", "h"),
        text("deployment.environment", "old"),
        text("deployment.environment.name", "staging"),
        text("cloud.provider", "gcp"),
        text("cloud.region", "europe-west1"),
    ];
    check_resource(new, "shop/orders _OTHER job on gcp/staging/europe-west1", "1.2", "i-1");
}

#[test]
fn a_resource_may_tell_little() {
    check_resource(vec![], "unknown_service _OTHER job on on_premises/default", "", "");
    let old =
        vec![text("deployment.environment", "qa"), text("host.name", "h"), text("k8s.pod.name", "pod-1")];
    check_resource(old, "unknown_service _OTHER job on on_premises/qa", "", "pod-1");
}

#[test]
fn other_kinds_are_skipped() {
    let kinds = [SpanKind::Internal, SpanKind::Producer, SpanKind::Unspecified];
    let mut spans: Vec<Span> = kinds.into_iter().map(|kind| span(kind, "x", vec![])).collect();
    // What is skipped is not checked either.
    spans[0].trace_id.clear();
    let decoded = decode(&message(vec![], spans));
    assert_eq!((decoded.received, decoded.skipped, decoded.rejected), (3, 3, 0));
}

fn client() -> Span {
    let attributes = vec![
        text("http.request.method", "POST"),
        text("url.full", "https://api.stripe.com/v1/charges/17"),
        text("server.address", "api.stripe.com"),
    ];
    span(SpanKind::Client, "POST", attributes)
}

#[test]
fn client_spans_count_for_services_that_answer_nobody() {
    let mut normaliser = normaliser();
    let message = message(vec![text("service.name", "billing-job")], vec![client()]);
    let early = otlp::requests(&message, &mut normaliser, NOW);
    assert_eq!((early.skipped, early.requests.len()), (1, 0));

    let later = NOW.plus(Duration::from_secs(60));
    let late = otlp::requests(&message, &mut normaliser, later);
    let request = &late.requests[0];
    assert_eq!(request.series.endpoint().to_string(), "billing-job POST api.stripe.com/v1/charges/{id}");
    assert_eq!((request.kind, &*request.path), (RequestKind::Client, "/v1/charges/17"));
}

#[test]
fn client_spans_never_count_for_services_that_answer() {
    let mut normaliser = normaliser();
    let shop = |spans| message(vec![text("service.name", "shop")], spans);
    let both = shop(vec![client(), span(SpanKind::Consumer, "take", vec![])]);
    let later = NOW.plus(Duration::from_secs(3_000));
    assert_eq!(otlp::requests(&shop(vec![client()]), &mut normaliser, NOW).skipped, 1);
    // The client span comes first, but the body as a whole tells the role.
    assert_eq!(otlp::requests(&both, &mut normaliser, later).skipped, 1);
    assert_eq!(otlp::requests(&shop(vec![client()]), &mut normaliser, later).skipped, 1);
}

#[test]
fn a_client_route_has_its_host() {
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("http.url", "http://10.0.0.7:8080/users/17?x")], "_OTHER 10.0.0.7/users/{id}"),
        (&[("url.template", "/users/{name}"), ("url.full", "https://h/users/ann")], "_OTHER h/users/{name}"),
        (&[("http.method", "GET"), ("net.peer.name", "h"), ("http.target", "/a?b")], "GET h/a"),
        (&[("url.template", "https://h/users/{name}"), ("server.address", "h")], "_OTHER h/users/{name}"),
        (&[("http.method", "GET"), ("net.peer.name", "h")], "GET h/SELECT orders"),
        (&[("http.url", "https://h/gone"), ("http.status_code", "404")], "_OTHER h/gone"),
        (&[("rpc.system", "grpc"), ("server.address", "h"), ("rpc.method", "a.B/C")], "GRPC h/a.B/C"),
        (&[("db.system", "postgresql"), ("server.address", "h")], "_OTHER SELECT orders"),
    ];
    for (attributes, endpoint) in cases {
        let attributes = attributes.iter().map(|(key, value)| text(key, value)).collect();
        let mut normaliser = normaliser();
        let message = message(
            vec![text("service.name", "job")],
            vec![span(SpanKind::Client, "SELECT orders", attributes)],
        );
        otlp::requests(&message, &mut normaliser, NOW);
        let decoded = otlp::requests(&message, &mut normaliser, NOW.plus(Duration::from_secs(60)));
        assert_eq!(decoded.requests[0].series.endpoint().to_string(), format!("job {endpoint}"));
    }
}
