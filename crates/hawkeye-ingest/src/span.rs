//! One span to one request: when it happened, who took part, and whether the span is sound.
//!
//! What was called and how it ended is told by [`Call`].

use std::sync::Arc;

use hawkeye_model::{Request, RequestKind, SpanId, Timestamp, TraceId};
use opentelemetry_proto::tonic::trace::v1::Span;

use crate::Normaliser;
use crate::call::Call;
use crate::decoded::Fault;
use crate::otlp::Source;
use crate::semconv::SpanFacts;
use crate::text::clean;
use crate::timing::{check_duration, check_start};

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
