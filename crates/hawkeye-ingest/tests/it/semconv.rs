//! Semantic conventions: the same call told in different words is the same request.

use hawkeye_model::{Outcome, Request, RequestKind};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Status;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};

use crate::support::{decode, message, number, request, span, text, with_value};

const FAILED: i32 = 2;

fn server(attributes: Vec<KeyValue>) -> Request {
    request(span(SpanKind::Server, "GET", attributes))
}

fn failed(kind: SpanKind, attributes: Vec<KeyValue>) -> Request {
    let status = Some(Status { code: FAILED, message: "it broke".into() });
    request(opentelemetry_proto::tonic::trace::v1::Span { status, ..span(kind, "GET", attributes) })
}

#[track_caller]
fn check_endpoint(request: &Request, endpoint: &str) {
    assert_eq!(request.series.endpoint().to_string(), format!("shop {endpoint}"));
}

#[test]
fn old_new_and_doubled_names_tell_the_same() {
    let old = vec![
        text("http.method", "GET"),
        text("http.target", "/orders/17?page=2"),
        text("http.route", "/orders/{id}"),
        text("http.scheme", "https"),
        text("net.host.name", "shop.example.org"),
        number("net.host.port", 443),
        text("http.user_agent", "curl/8"),
        text("http.status_code", "503"),
        number("http.request_content_length", 10),
        number("http.response_content_length", 20),
    ];
    let new = vec![
        text("http.request.method", "GET"),
        text("url.path", "/orders/17"),
        text("url.query", "page=2"),
        text("http.route", "/orders/{id}"),
        text("url.scheme", "https"),
        text("server.address", "shop.example.org"),
        number("server.port", 443),
        text("user_agent.original", "curl/8"),
        number("http.response.status_code", 503),
        text("error.type", "503"),
        number("http.request.body.size", 10),
        number("http.response.body.size", 20),
    ];
    let doubled = [old.clone(), new.clone()].concat();
    let turned_around = [new.clone(), old.clone()].concat();

    let expected = server(new);
    check_endpoint(&expected, "GET /orders/{id}");
    assert_eq!((expected.status_code, &*expected.path, &*expected.error_type), (503, "/orders/17", ""));
    assert_eq!((expected.size_bytes_in, expected.size_bytes_out), (10, 20));
    for attributes in [old, doubled, turned_around] {
        assert_eq!(server(attributes), expected);
    }
}

#[test]
fn new_names_win_over_old_ones() {
    let request = server(vec![
        text("http.method", "POST"),
        text("http.request.method", "get"),
        number("http.status_code", 200),
        number("http.response.status_code", 404),
        text("http.url", "http://h/old"),
        text("http.target", "/older"),
        text("url.path", "/new/17"),
        text("http.route", "/new/:id"),
    ]);
    check_endpoint(&request, "GET /new/:id");
    assert_eq!((request.status_code, &*request.path), (404, "/new/17"));
}

#[test]
fn paths_become_routes_where_none_is_declared() {
    for (name, target) in [
        ("url.path", "/orders/17"),
        ("http.target", "/orders/17?x=/y"),
        ("http.url", "https://h:8443/orders/17#top"),
        ("url.full", "https://u:p@h/orders/17?q"),
        // Proxies are asked for whole URLs.
        ("http.target", "http://h/orders/17"),
    ] {
        let request = server(vec![text("http.method", "GET"), text(name, target)]);
        check_endpoint(&request, "GET /orders/{id}");
        assert_eq!(&*request.path, "/orders/17");
    }
    let catch_all = server(vec![text("http.route", "/**"), text("url.path", "/orders/17")]);
    check_endpoint(&catch_all, "_OTHER /orders/{id}");
}

#[test]
fn declared_routes_start_with_a_slash() {
    check_endpoint(&server(vec![text("http.route", "users/<int:pk>/")]), "_OTHER /users/<int:pk>/");
}

#[test]
fn the_name_of_a_span_may_hold_the_route() {
    for (name, endpoint) in [
        ("GET /a/{b}", "GET /a/{b}"),
        ("OrdersController#index", "GET OrdersController#index"),
        ("GET", "GET {unmatched}"),
        ("HTTP GET", "GET {unmatched}"),
        ("", "GET {unmatched}"),
    ] {
        check_endpoint(&request(span(SpanKind::Server, name, vec![text("http.method", "GET")])), endpoint);
    }
    check_endpoint(&request(span(SpanKind::Server, "", vec![])), "_OTHER {unmatched}");
}

#[test]
fn unknown_methods_are_other() {
    for method in ["_OTHER", "PROPFIND", "\u{1b}[31m"] {
        check_endpoint(&server(vec![text("http.request.method", method), text("url.path", "/")]), "_OTHER /");
    }
}

#[test]
fn scanners_create_no_routes() {
    let span_of = |path: &str, status| {
        span(
            SpanKind::Server,
            "GET",
            vec![text("url.path", path), number("http.response.status_code", status)],
        )
    };
    let spans = vec![
        span_of("/.env", 404),
        span_of("/orders/17", 200),
        span_of("/orders/18", 404),
        span_of("/x.php", 404),
    ];
    let decoded = decode(&message(vec![], spans));
    let routes: Vec<_> = decoded.requests.iter().map(|request| &*request.series.endpoint().route).collect();
    assert_eq!(routes, ["{unmatched}", "/orders/{id}", "/orders/{id}", "{unmatched}"]);
    assert_eq!(&*decoded.requests[3].path, "/x.php");
}

#[test]
fn outcomes_follow_status_and_span() {
    let status = |code| vec![number("http.response.status_code", code), text("http.route", "/")];
    for (code, outcome, failed_outcome) in [
        (200, Outcome::Ok, Outcome::ServerError),
        (404, Outcome::ClientError, Outcome::ClientError),
        (500, Outcome::ServerError, Outcome::ServerError),
        (0, Outcome::Ok, Outcome::ServerError),
    ] {
        assert_eq!(server(status(code)).outcome, outcome, "{code}");
        assert_eq!(failed(SpanKind::Server, status(code)).outcome, failed_outcome, "{code}");
    }
    for nonsense in [-1, 42, 70_000, i64::MAX] {
        assert_eq!(server(status(nonsense)).status_code, 0);
    }
}

#[test]
fn error_types_come_from_the_attribute_or_the_exception() {
    let exception = Event {
        name: "exception".into(),
        attributes: vec![text("exception.message", "m"), text("exception.type", "TimeoutError")],
        ..Event::default()
    };
    let with_exception = |attributes| {
        let status = Some(Status { code: FAILED, ..Status::default() });
        let events = vec![Event::default(), exception.clone()];
        let plain = span(SpanKind::Server, "GET", attributes);
        request(opentelemetry_proto::tonic::trace::v1::Span { events, status, ..plain }).error_type
    };
    assert_eq!(&*with_exception(vec![]), "TimeoutError");
    assert_eq!(&*with_exception(vec![text("error.type", "reset")]), "reset");
    let repeated = vec![text("error.type", "500"), number("http.response.status_code", 500)];
    assert_eq!(&*with_exception(repeated), "TimeoutError");
}

#[test]
fn grpc_codes_decide_the_outcome() {
    let call = |code: Value| {
        server(vec![
            text("rpc.system", "grpc"),
            text("rpc.service", "shop.Orders"),
            text("rpc.method", "Place"),
            with_value("rpc.grpc.status_code", code),
            // Frameworks that carry gRPC add what they know of HTTP.
            text("http.request.method", "POST"),
            number("http.response.status_code", 200),
        ])
    };
    let unavailable = call(Value::IntValue(14));
    check_endpoint(&unavailable, "GRPC /shop.Orders/Place");
    assert_eq!((unavailable.status_code, unavailable.outcome), (0, Outcome::ServerError));
    assert_eq!(&*unavailable.error_type, "UNAVAILABLE");
    let missing = call(Value::StringValue("NOT_FOUND".into()));
    assert_eq!((missing.outcome, &*missing.error_type), (Outcome::ClientError, "NOT_FOUND"));
    let fine = call(Value::IntValue(0));
    assert_eq!((fine.outcome, &*fine.error_type), (Outcome::Ok, ""));
}

#[test]
fn newer_rpc_names_tell_the_same() {
    let request = server(vec![
        text("rpc.system.name", "grpc"),
        text("rpc.method", "shop.Orders/Place"),
        text("rpc.response.status_code", "DEADLINE_EXCEEDED"),
    ]);
    check_endpoint(&request, "GRPC /shop.Orders/Place");
    assert_eq!(request.outcome, Outcome::ServerError);
}

#[test]
fn made_up_grpc_methods_create_no_routes() {
    let scan =
        vec![text("rpc.system", "grpc"), text("rpc.method", "a/b"), number("rpc.grpc.status_code", 12)];
    check_endpoint(&server(scan), "GRPC {unmatched}");
}

#[test]
fn consumers_are_requests() {
    let consumer = |attributes| request(span(SpanKind::Consumer, "orders process", attributes));
    let named = consumer(vec![
        text("messaging.operation.type", "process"),
        text("messaging.destination.name", "orders-17"),
        text("messaging.destination.template", "orders-{n}"),
        number("messaging.message.body.size", 99),
    ]);
    check_endpoint(&named, "PROCESS orders-{n}");
    assert_eq!((named.kind, named.size_bytes_in), (RequestKind::Consumer, 99));
    check_endpoint(&consumer(vec![]), "CONSUME orders process");
    let temporary = vec![
        text("messaging.destination.name", "amq.gen-JzTY20BRgKO"),
        with_value("messaging.destination.temporary", Value::BoolValue(true)),
    ];
    check_endpoint(&consumer(temporary), "CONSUME {temporary}");
}

#[test]
fn spans_without_a_protocol_keep_their_name() {
    let request = request(span(SpanKind::Server, "nightly\nreport", vec![]));
    check_endpoint(&request, "_OTHER nightly\u{fffd}report");
}

#[test]
fn consumers_of_the_api_and_probes_are_told() {
    let request = server(vec![
        text("hawkeye.consumer", "key-1"),
        text("session.id", "s-1"),
        text("enduser.id", "ann"),
        text("user_agent.synthetic.type", "bot"),
    ]);
    assert_eq!((&*request.consumer, request.synthetic), ("ann", true));
    assert!(!server(vec![]).synthetic);
}
