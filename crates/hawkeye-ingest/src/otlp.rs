//! OTLP traces to requests.
//!
//! | span kind | becomes |
//! |---|---|
//! | server | a request of its service |
//! | consumer | a request too: the method is the operation (`PROCESS`, `RECEIVE`, else `CONSUME`), the route is the queue or topic |
//! | client | a request only when its service answers nobody: see below |
//! | internal, producer, unspecified | skipped |
//!
//! A call between two instrumented services is seen by both, and the side that answers knows its route better.
//! Client spans therefore count only for services that have sent neither server nor consumer spans since they
//! were first seen, and that for at least [`client_span_grace`](crate::IngestConfig::client_span_grace):
//! cron jobs, scripts and front ends. Until the grace is over their client spans are skipped.
//! Such a request keeps the caller as its service, and its route starts with the host it called:
//! `api.stripe.com/v1/charges`.
//!
//! Missing `service.name` becomes `unknown_service`; with `service.namespace` the service is `namespace/name`.

use std::sync::Arc;

pub use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use hawkeye_model::{Environment, Provider, RequestKind, Timestamp};
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;

use crate::normaliser::Place;
use crate::otlp_size::MESSAGES_MAX;
use crate::semconv::ResourceFacts;
use crate::text::clean;
use crate::{BodyError, Decoded, Normaliser, otlp_json, otlp_size, span};

/// The service of spans whose resource names none.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Reads `application/x-protobuf`. Nesting deeper than prost's 100 levels is an error, and so are more than 2.5
/// million messages; the caller limits the size of the body.
pub fn decode_protobuf(body: &[u8]) -> Result<ExportTraceServiceRequest, BodyError> {
    otlp_size::check_protobuf(body, MESSAGES_MAX)?;
    ExportTraceServiceRequest::decode(body).map_err(BodyError::Protobuf)
}

/// Reads `application/json` as OTLP defines it. Nesting deeper than serde_json's 128 levels is an error, and the
/// number of messages is limited as in protobuf.
pub fn decode_json(body: &[u8]) -> Result<ExportTraceServiceRequest, BodyError> {
    otlp_size::check_json(body, MESSAGES_MAX)?;
    otlp_json::decode(body)
}

/// Turns every span into a request, or counts why it is none.
pub fn requests(message: &ExportTraceServiceRequest, normaliser: &mut Normaliser, now: Timestamp) -> Decoded {
    let errors_max = normaliser.config().errors_max;
    let sources: Vec<Source> =
        message.resource_spans.iter().map(|spans| Source::of(spans, normaliser, now)).collect();

    // Roles first, so that the order of the spans in a body does not matter.
    for (spans, source) in message.resource_spans.iter().zip(&sources) {
        let answers = |kind| matches!(kind, Some(RequestKind::Server | RequestKind::Consumer));
        if all_spans(spans).any(|span| answers(request_kind(span.kind))) {
            normaliser.mark_answering(source.place.service);
        }
    }

    let mut decoded = Decoded::default();
    for (spans, source) in message.resource_spans.iter().zip(&sources) {
        let only_calls = normaliser.only_calls(source.place.service, now);
        for span in all_spans(spans) {
            let kind = request_kind(span.kind).filter(|&kind| kind != RequestKind::Client || only_calls);
            let Some(kind) = kind else {
                decoded.skip();
                continue;
            };
            match span::request(span, kind, source, normaliser, now) {
                Ok(request) => decoded.accept(request),
                Err(fault) => decoded.reject(decoded.received, fault, errors_max),
            }
        }
    }
    decoded
}

/// What the spans of a resource have in common.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) place: Place,
    pub(crate) version: Arc<str>,
    pub(crate) instance: Arc<str>,
}

impl Source {
    fn of(spans: &ResourceSpans, normaliser: &mut Normaliser, now: Timestamp) -> Self {
        let attributes = spans.resource.as_ref().map(|resource| resource.attributes.as_slice());
        let facts = ResourceFacts::of(attributes.unwrap_or_default());
        let length_max = normaliser.config().attribute_length_bytes_max;

        let (namespace, name) = (facts.namespace.text(), facts.service.text());
        let name = if name.is_empty() { UNKNOWN_SERVICE } else { &*name };
        let service = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
        let environment = Environment::new(
            Provider::parse(&facts.provider.text()),
            &clean(&facts.deployment.text(), length_max),
            &clean(&facts.region.text(), length_max),
        );
        let service = normaliser.service(&clean(&service, length_max), now);
        Self {
            place: Place { service, environment: normaliser.environment(environment) },
            version: normaliser.version(service, &clean(&facts.version.text(), length_max), now),
            instance: normaliser.text(&clean(&facts.instance.text(), length_max)),
        }
    }
}

fn all_spans(spans: &ResourceSpans) -> impl Iterator<Item = &opentelemetry_proto::tonic::trace::v1::Span> {
    spans.scope_spans.iter().flat_map(|scope| &scope.spans)
}

fn request_kind(kind: i32) -> Option<RequestKind> {
    match SpanKind::try_from(kind).ok()? {
        SpanKind::Server => Some(RequestKind::Server),
        SpanKind::Client => Some(RequestKind::Client),
        SpanKind::Consumer => Some(RequestKind::Consumer),
        SpanKind::Internal | SpanKind::Producer | SpanKind::Unspecified => None,
    }
}
