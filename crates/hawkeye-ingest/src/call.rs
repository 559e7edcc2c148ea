//! What a span called, and how that ended, in the terms of its protocol: HTTP, RPC, messaging, or none of them.
//!
//! The order matters: frameworks that carry gRPC over HTTP tell both, and then the RPC is the better name.

use std::borrow::Cow;

use hawkeye_model::{Outcome, RequestKind};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use crate::attributes::Slot;
use crate::grpc;
use crate::normaliser::{OTHER_METHOD, standard_method};
use crate::route::declared_route;
use crate::semconv::SpanFacts;
use crate::templating::template;
use crate::text::{clean, host_of, path_of};

/// All texts are clean.
pub(crate) struct Call<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) route: Cow<'a, str>,
    /// Empty when unknown.
    pub(crate) path: Cow<'a, str>,
    /// Whether the route may be a new one.
    pub(crate) may_be_learned: bool,
    pub(crate) status_code: u16,
    rpc_status: Option<(&'static str, Outcome)>,
}

impl<'a> Call<'a> {
    pub(crate) fn of(span: &'a Span, kind: RequestKind, facts: &SpanFacts<'a>, length_max: usize) -> Self {
        let is_http = [facts.method, facts.status, facts.route, facts.target, facts.url]
            .iter()
            .any(|slot| slot.is_some());
        if kind == RequestKind::Consumer {
            Self::messaging(span, facts, length_max)
        } else if facts.rpc_system.is_some() {
            Self::rpc(span, kind, facts, length_max)
        } else if is_http {
            Self::http(span, kind, facts, length_max)
        } else {
            Self::new(OTHER_METHOD, clean(&span.name, length_max))
        }
    }

    fn new(method: impl Into<Cow<'a, str>>, route: Cow<'a, str>) -> Self {
        Self {
            method: method.into(),
            route,
            path: Cow::Borrowed(""),
            may_be_learned: true,
            status_code: 0,
            rpc_status: None,
        }
    }

    fn messaging(span: &'a Span, facts: &SpanFacts<'a>, length_max: usize) -> Self {
        let method = match facts.operation.name() {
            "" => Cow::Borrowed("CONSUME"),
            operation => upper_case(operation, length_max),
        };
        let route = match facts.destination.name() {
            // Temporary queues have a new name each time.
            _ if facts.destination_is_temporary.is_true() => "{temporary}",
            "" => &span.name,
            destination => destination,
        };
        Self::new(method, clean(route, length_max))
    }

    fn rpc(span: &'a Span, kind: RequestKind, facts: &SpanFacts<'a>, length_max: usize) -> Self {
        let route = match (facts.rpc_service.name(), facts.rpc_method.name()) {
            ("", "") => span.name.clone(),
            // Newer conventions put both into the method.
            ("", method) => method.to_owned(),
            (_, method) if method.contains('/') => method.to_owned(),
            (service, method) => format!("{service}/{method}"),
        };
        let route = format!("{}/{}", host(kind, facts), route.trim_start_matches('/'));
        let is_client = kind == RequestKind::Client;
        let rpc_status = grpc::status(&facts.rpc_status.text());
        Self {
            // Scanners may try method names, too.
            may_be_learned: is_client || rpc_status.is_none_or(|(name, _)| name != "UNIMPLEMENTED"),
            status_code: if rpc_status.is_some() { 0 } else { status_code(facts) },
            rpc_status,
            ..Self::new(
                upper_case(facts.rpc_system.name(), length_max),
                Cow::Owned(clean(&route, length_max).into_owned()),
            )
        }
    }

    fn http(span: &'a Span, kind: RequestKind, facts: &SpanFacts<'a>, length_max: usize) -> Self {
        let method = standard_method(&facts.method.name().to_ascii_uppercase());
        let target = if facts.target.is_some() { facts.target } else { facts.url };
        let path =
            if target.is_some() { clean(path_of(target.name()), length_max) } else { Cow::Borrowed("") };
        let declared = match declared_route(facts.route.name()) {
            // Templates of clients may be whole URLs.
            url if url.contains("://") => path_of(url),
            route => route,
        };

        let (route, is_declared) = if !declared.is_empty() {
            (with_slash(declared), true)
        } else if !path.is_empty() {
            (Cow::Owned(template(&path).into_owned()), false)
        } else {
            route_of_name(&span.name)
        };
        let route = match host(kind, facts) {
            "" => route,
            host if route.is_empty() => host.into(),
            host => format!("{host}{}", with_slash(&route)).into(),
        };
        let route = match route {
            Cow::Borrowed(route) => clean(route, length_max),
            Cow::Owned(route) => Cow::Owned(clean(&route, length_max).into_owned()),
        };
        let status_code = status_code(facts);
        Self {
            path,
            // The paths that a client asks for are its own, and no scanner's.
            may_be_learned: is_declared || status_code != 404 || kind == RequestKind::Client,
            status_code,
            ..Self::new(method, route)
        }
    }

    pub(crate) fn outcome(&self, span: &Span) -> Outcome {
        let by_protocol = match self.rpc_status {
            Some((_, outcome)) => outcome,
            None => Outcome::of_status(self.status_code),
        };
        let has_failed = span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32);
        if by_protocol == Outcome::Ok && has_failed { Outcome::ServerError } else { by_protocol }
    }

    pub(crate) fn error_type<'s>(
        &self,
        span: &'s Span,
        facts: &SpanFacts<'s>,
        outcome: Outcome,
    ) -> Cow<'s, str> {
        if let Some((name, _)) = self.rpc_status.filter(|(_, outcome)| *outcome != Outcome::Ok) {
            return Cow::Borrowed(name);
        }
        let declared = facts.error_type.text();
        // Newer conventions repeat the status here, which tells nothing new.
        let repeats_status = declared.parse() == Ok(self.status_code);
        if !declared.is_empty() && !repeats_status {
            return declared;
        }
        if outcome == Outcome::Ok { Cow::Borrowed("") } else { exception_type(span) }
    }
}

/// By convention a span is named by its method and route, or by its method alone when no route is known.
/// Older libraries name it by the function that answers.
fn route_of_name(name: &str) -> (Cow<'_, str>, bool) {
    let (method, route) = name.split_once(' ').unwrap_or((name, ""));
    if route.starts_with('/') {
        (Cow::Borrowed(route), true)
    } else if method == "HTTP" || standard_method(method) == method {
        (Cow::Borrowed(""), false)
    } else {
        (Cow::Borrowed(name), false)
    }
}

fn with_slash(route: &str) -> Cow<'_, str> {
    if route.starts_with('/') { Cow::Borrowed(route) } else { Cow::Owned(format!("/{route}")) }
}

/// Whom a client span called; empty for other kinds, whose own host may be any `Host` header a scanner sends.
fn host<'a>(kind: RequestKind, facts: &SpanFacts<'a>) -> &'a str {
    if kind != RequestKind::Client {
        return "";
    }
    match facts.peer.name() {
        "" if facts.url.name().contains("://") => host_of(facts.url.name()),
        peer => host_of(peer),
    }
}

/// 0 when the span tells none, or nonsense.
fn status_code(facts: &SpanFacts<'_>) -> u16 {
    facts
        .status
        .number()
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (100..=999).contains(code))
        .unwrap_or(0)
}

fn exception_type(span: &Span) -> Cow<'_, str> {
    let exceptions = span.events.iter().filter(|event| event.name == "exception");
    for attribute in exceptions.flat_map(|event| &event.attributes) {
        if attribute.key == "exception.type" {
            let mut slot = Slot::default();
            slot.offer(0, attribute.value.as_ref());
            return slot.text();
        }
    }
    Cow::Borrowed("")
}

fn upper_case(name: &str, length_max: usize) -> Cow<'static, str> {
    Cow::Owned(clean(name, length_max).to_ascii_uppercase())
}
