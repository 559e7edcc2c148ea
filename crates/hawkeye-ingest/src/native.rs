//! Hawkeye's own JSON: one object per request, short enough to write by hand.
//!
//! ```json
//! {"service": "orders", "route": "/orders/{id}", "duration_ms": 12.5}
//! ```
//!
//! A body is an array of such objects, a single one, or in NDJSON one per line. The fields:
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `service` | who answered | required |
//! | `duration_ms` | how long it took; fractions are kept to the microsecond | required |
//! | `route` | the template of the path, `/orders/{id}` | made from `path`; one of the two is required |
//! | `path` | the concrete path, `/orders/17` | none |
//! | `timestamp` | the start: RFC 3339 text, or the time since 1970 as a number | now |
//! | `method` | `GET`, `POST`, … | `GET` |
//! | `status` | the HTTP status, 0 when the protocol has none | 200 |
//! | `outcome` | `ok`, `client_error` or `server_error` | follows from `status` |
//! | `error_type` | what failed, for example `timeout` | none |
//! | `provider` | `aws`, `azure`, `gcp`, `on_premises`; anything else is `other` | `on_premises` |
//! | `environment` | the deployment, for example `production` | `default` |
//! | `region` | the provider's region | none |
//! | `version`, `instance`, `consumer` | the service's version, the process, and who called | none |
//! | `trace_id`, `span_id`, `parent_span_id` | 32, 16 and 16 hex digits | none |
//! | `size_bytes_in`, `size_bytes_out` | sizes of the two bodies | 0 |
//! | `synthetic` | `true` for probes and tests | `false` |
//!
//! A number as `timestamp` is taken for seconds below 10¹¹, for milliseconds below 10¹⁴, for microseconds below
//! 10¹⁷ and for nanoseconds above: no two readings are both within a lifetime of now.
//! `null` is the same as leaving a field out. An unknown field is a mistake, so its record is rejected.

use hawkeye_model::{Environment, Outcome, Provider, Request, RequestKind, SpanId, Timestamp, TraceId};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::body::json_message;
use crate::decoded::Fault;
use crate::native_record::{Element, Record};
use crate::normaliser::Place;
use crate::route::declared_route;
use crate::templating::template;
use crate::text::{clean, path_of};
use crate::timing::{check_duration, check_start};
use crate::{BodyError, Decoded, Normaliser};

/// How the objects follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An array, or a single object.
    Json,
    /// One object per line; blank lines are ignored.
    NdJson,
}

/// Takes the sound records and rejects the others. In an array a syntax error spoils the whole body,
/// in NDJSON only its line.
pub fn requests(
    format: Format,
    body: &[u8],
    normaliser: &mut Normaliser,
    now: Timestamp,
) -> Result<Decoded, BodyError> {
    let limit = normaliser.config().body_size_bytes_max;
    if body.len() > limit {
        return Err(BodyError::TooLarge { limit });
    }
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let mut sink = Sink { normaliser, now, decoded: Decoded::default() };
    match format {
        Format::Json => {
            let mut json = serde_json::Deserializer::from_slice(body);
            Records(&mut sink).deserialize(&mut json)?;
            json.end()?;
        }
        Format::NdJson => {
            for (index, line) in (0..).zip(body.split(|&byte| byte == b'\n')) {
                let line = line.trim_ascii();
                if !line.is_empty() {
                    sink.take(index, element_of_line(line));
                }
            }
        }
    }
    Ok(sink.decoded)
}

fn element_of_line(line: &[u8]) -> Element<'_> {
    serde_json::from_slice(line).unwrap_or_else(|error| {
        let message = format!("is not valid JSON at column {}: {}", error.column(), json_message(&error));
        Element(Err(Fault::new("", message)))
    })
}

/// Where records go one by one, so that a body is never held a second time.
struct Sink<'a> {
    normaliser: &'a mut Normaliser,
    now: Timestamp,
    decoded: Decoded,
}

impl Sink<'_> {
    fn take(&mut self, index: u64, element: Element<'_>) {
        match element.0.and_then(|record| request(&record, self.normaliser, self.now)) {
            Ok(request) => self.decoded.accept(request),
            Err(fault) => self.decoded.reject(index, fault, self.normaliser.config().errors_max),
        }
    }
}

struct Records<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of objects, or one object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        for index in 0.. {
            let Some(element) = elements.next_element()? else { break };
            self.0.take(index, element);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<(), A::Error> {
        let element = Element::of_fields(fields).map_err(A::Error::custom)?;
        self.0.take(0, element);
        Ok(())
    }
}

fn request(record: &Record<'_>, normaliser: &mut Normaliser, now: Timestamp) -> Result<Request, Fault> {
    let config = normaliser.config();
    let length_max = config.attribute_length_bytes_max;
    let start = record.timestamp()?.unwrap_or(now);
    check_start(start, config, now).map_err(|message| Fault::new("timestamp", message))?;
    let duration_us = record.duration_us()?;
    check_duration(duration_us).map_err(|message| Fault::new("duration_ms", message))?;

    let service = record.service.text("service")?;
    if service.is_empty() {
        return Err(Fault::new("service", "must be set"));
    }
    let method = match &*record.method.text("method")? {
        "" => "GET".into(),
        method => clean(method, length_max).to_ascii_uppercase(),
    };
    let status_code = record.status_code()?;
    let outcome = record.outcome()?.unwrap_or(Outcome::of_status(status_code));

    let (route, path) = (record.route.text("route")?, record.path.text("path")?);
    let (route, path) = (clean(&route, length_max), clean(&path, length_max));
    let path = if path.is_empty() { "" } else { path_of(&path) };
    let is_declared = !declared_route(&route).is_empty();
    let route = match (&*route, path) {
        ("", "") => return Err(Fault::new("route", "must be set, or else path")),
        (route, _) if is_declared => declared_route(route).into(),
        // A wildcard is better than nothing.
        (route, "") => route.into(),
        (_, path) => template(path),
    };

    let environment = Environment::new(
        Provider::parse(&record.provider.text("provider")?),
        &clean(&record.environment.text("environment")?, length_max),
        &clean(&record.region.text("region")?, length_max),
    );
    let error_type = record.error_type.text("error_type")?;
    let version = record.version.text("version")?;
    let instance = record.instance.text("instance")?;
    let consumer = record.consumer.text("consumer")?;
    let trace_id = record.trace_id.id("trace_id", TraceId::parse)?;
    let span_id = record.span_id.id("span_id", SpanId::parse)?;
    let parent_span_id = record.parent_span_id.id("parent_span_id", SpanId::parse)?;
    let size_bytes_in = record.size_bytes_in.whole_number("size_bytes_in")?.unwrap_or(0);
    let size_bytes_out = record.size_bytes_out.whole_number("size_bytes_out")?.unwrap_or(0);
    let synthetic = record.synthetic.is_true("synthetic")?;

    // Nothing can fail from here on, so that only sound records make themselves known.
    let place = Place {
        service: normaliser.service(&clean(&service, length_max), now),
        environment: normaliser.environment(environment),
    };
    let may_be_learned = is_declared || status_code != 404;
    let route = normaliser.route_or_unmatched(place.service, &method, &route, may_be_learned);
    Ok(Request {
        start,
        duration_us,
        series: normaliser.series(place, &method, route),
        status_code,
        outcome,
        kind: RequestKind::Server,
        error_type: normaliser.text(&clean(&error_type, length_max)),
        version: normaliser.version(place.service, &clean(&version, length_max), now),
        instance: normaliser.text(&clean(&instance, length_max)),
        consumer: normaliser.text(&clean(&consumer, length_max)),
        path: normaliser.rare_text(if path == route { "" } else { path }),
        trace_id,
        span_id,
        parent_span_id,
        size_bytes_in,
        size_bytes_out,
        synthetic,
    })
}
