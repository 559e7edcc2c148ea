//! One span to one request: what was called, how it ended, when, and who took part.

use std::borrow::Cow;
use std::sync::Arc;

use hawkeye_model::{Outcome, Request, RequestKind, SpanId, Timestamp, TraceId};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use crate::decoded::Fault;
use crate::normaliser::{OTHER_METHOD, standard_method};
use crate::otlp::Source;
use crate::route::declared_route;
use crate::semconv::SpanFacts;
use crate::templating::template;
use crate::text::{clean, host_of, path_of};
use crate::timing::{check_duration, check_start};
use crate::{Normaliser, grpc};

pub(crate) fn request(
    span: &Span,
    kind: RequestKind,
    source: &Source,
    normaliser: &mut Normaliser,
    now: Timestamp,
) -> Result<Request, Fault> {
    let trace_id = TraceId(required_id("traceId", &span.trace_id)?);
    let span_id = SpanId(required_id("spanId", &span.span_id)?);
    let parent_span_id = SpanId(id("parentSpanId", &span.parent_span_id)?.unwrap_or_default());
    let (start, duration_us) = timing(span, normaliser, now)?;

    let length_max = normaliser.config().attribute_length_bytes_max;
    let facts = SpanFacts::of(&span.attributes);
    let call = Call::of(span, kind, &facts, length_max);
    let route =
        normaliser.route_or_unmatched(source.place.service, &call.method, &call.route, call.may_be_learned);
    // A client's route is a host and a path.
    let tells_path = route == call.path || (kind == RequestKind::Client && route.ends_with(&*call.path));
    let path = if tells_path { "" } else { &*call.path };
    let outcome = call.outcome(span);
    let error_type = call.error_type(span, &facts, outcome);

    Ok(Request {
        start,
        duration_us,
        series: normaliser.series(source.place, &call.method, route),
        status_code: call.status_code,
        outcome,
        kind,
        error_type: normaliser.text(&clean(&error_type, length_max)),
        version: Arc::clone(&source.version),
        instance: Arc::clone(&source.instance),
        consumer: normaliser.text(&clean(&facts.consumer.text(), length_max)),
        path: normaliser.rare_text(path),
        trace_id,
        span_id,
        parent_span_id,
        size_bytes_in: facts.size_in.number().unwrap_or(0),
        size_bytes_out: facts.size_out.number().unwrap_or(0),
        synthetic: facts.synthetic.is_some(),
    })
}

/// What was called, and what the protocol says about the end of it. All texts are clean.
struct Call<'a> {
    method: Cow<'a, str>,
    route: Cow<'a, str>,
    /// Empty when unknown.
    path: Cow<'a, str>,
    /// Whether the route may be a new one.
    may_be_learned: bool,
    status_code: u16,
    rpc_status: Option<(&'static str, Outcome)>,
}

impl<'a> Call<'a> {
    fn of(span: &'a Span, kind: RequestKind, facts: &SpanFacts<'a>, length_max: usize) -> Self {
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
        let rpc_status = grpc::status(&facts.rpc_status.text());
        Self {
            // Scanners may try method names, too.
            may_be_learned: rpc_status.is_none_or(|(name, _)| name != "UNIMPLEMENTED"),
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
        let declared = declared_route(facts.route.name());

        // The name of a span is its method and route, when the library knew the route.
        let spans_route = span.name.split_once(' ').map_or("", |(_, route)| route);
        let (route, is_declared) = if !declared.is_empty() {
            (Cow::Borrowed(declared), true)
        } else if !path.is_empty() {
            (Cow::Owned(template(&path).into_owned()), false)
        } else if spans_route.starts_with('/') {
            (Cow::Borrowed(spans_route), true)
        } else {
            (Cow::Borrowed(&*span.name), false)
        };
        let (host, slash) = (host(kind, facts), if route.starts_with('/') { "" } else { "/" });
        let route =
            if host.is_empty() && slash.is_empty() { route } else { format!("{host}{slash}{route}").into() };
        let route = match route {
            Cow::Borrowed(route) => clean(route, length_max),
            Cow::Owned(route) => Cow::Owned(clean(&route, length_max).into_owned()),
        };
        let status_code = status_code(facts);
        Self {
            path,
            may_be_learned: is_declared || status_code != 404,
            status_code,
            ..Self::new(method, route)
        }
    }

    fn outcome(&self, span: &Span) -> Outcome {
        let by_protocol = match self.rpc_status {
            Some((_, outcome)) => outcome,
            None => Outcome::of_status(self.status_code),
        };
        let has_failed = span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32);
        if by_protocol == Outcome::Ok && has_failed { Outcome::ServerError } else { by_protocol }
    }

    fn error_type<'s>(&self, span: &'s Span, facts: &SpanFacts<'s>, outcome: Outcome) -> Cow<'s, str> {
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
            let mut slot = crate::attributes::Slot::default();
            slot.offer(0, attribute.value.as_ref());
            return slot.text();
        }
    }
    Cow::Borrowed("")
}

fn timing(span: &Span, normaliser: &Normaliser, now: Timestamp) -> Result<(Timestamp, u64), Fault> {
    const START: &str = "startTimeUnixNano";
    const END: &str = "endTimeUnixNano";
    if span.start_time_unix_nano == 0 {
        return Err(Fault::new(START, "must be set"));
    }
    let start_us = i64::try_from(span.start_time_unix_nano / 1_000).unwrap_or(i64::MAX);
    let start = Timestamp::from_micros(start_us);
    check_start(start, normaliser.config(), now).map_err(|message| Fault::new(START, message))?;

    let Some(duration_ns) = span.end_time_unix_nano.checked_sub(span.start_time_unix_nano) else {
        return Err(Fault::new(END, "lies before startTimeUnixNano; check the sender's clock"));
    };
    let duration_us = duration_ns / 1_000;
    check_duration(duration_us).map_err(|message| Fault::new(END, format!("the duration {message}")))?;
    Ok((start, duration_us))
}

fn required_id<const LENGTH: usize>(field: &str, bytes: &[u8]) -> Result<[u8; LENGTH], Fault> {
    id(field, bytes)?.ok_or_else(|| Fault::new(field, "must be set, and not all zeros"))
}

/// `None` when it is empty or all zeros.
fn id<const LENGTH: usize>(field: &str, bytes: &[u8]) -> Result<Option<[u8; LENGTH]>, Fault> {
    if bytes.iter().all(|&byte| byte == 0) && (bytes.is_empty() || bytes.len() == LENGTH) {
        return Ok(None);
    }
    let id = bytes.try_into().map_err(|_| {
        Fault::new(field, format!("must be {LENGTH} bytes, which are {} hex digits in JSON", 2 * LENGTH))
    })?;
    Ok(Some(id))
}

fn upper_case(name: &str, length_max: usize) -> Cow<'static, str> {
    Cow::Owned(clean(name, length_max).to_uppercase())
}
