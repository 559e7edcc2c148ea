//! The fields of one native record, read without believing their kinds.
//!
//! A value of the wrong kind is a fault of its field, not of the body, so that the other records are kept.

use std::borrow::Cow;
use std::fmt;

use hawkeye_model::{Outcome, Timestamp};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::decoded::Fault;
use crate::native_value::Scalar;
use crate::text::clean;

/// Longer unknown names are cut in the answer.
const SHOWN_LENGTH_BYTES_MAX: usize = 64;

/// An unknown name this similar (Jaro-Winkler, 1 is equal) is taken for a slip of the pen.
const SIMILARITY_MIN: f64 = 0.75;

macro_rules! record {
    ($($field:ident,)*) => {
        #[derive(Debug, Default)]
        pub(crate) struct Record<'de> {
            $(pub(crate) $field: Scalar<'de>,)*
        }

        const FIELDS: &[&str] = &[$(stringify!($field),)*];

        impl<'de> Record<'de> {
            fn field(&mut self, name: &str) -> Option<&mut Scalar<'de>> {
                match name {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

record! {
    service, route, path, duration_ms, timestamp, method, status, outcome, error_type,
    provider, environment, region, version, instance, consumer,
    trace_id, span_id, parent_span_id, size_bytes_in, size_bytes_out, synthetic,
}

impl Record<'_> {
    pub(crate) fn timestamp(&self) -> Result<Option<Timestamp>, Fault> {
        match &self.timestamp {
            Scalar::Missing => Ok(None),
            Scalar::Integer(number) => Ok(Some(timestamp_of_integer(*number))),
            Scalar::Float(number) => Ok(Some(timestamp_of_float(*number))),
            Scalar::Text(text) => match text.trim_ascii().parse::<jiff::Timestamp>() {
                Ok(timestamp) => Ok(Some(Timestamp::from_micros(timestamp.as_microsecond()))),
                Err(_) => Err(Fault::new("timestamp", "must look like 2026-11-22T21:30:00Z, or be a number")),
            },
            _ => Err(Fault::new("timestamp", "must be a text or a number")),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and saturates"
    )]
    pub(crate) fn duration_us(&self) -> Result<u64, Fault> {
        let fault = |message| Fault::new("duration_ms", message);
        let duration_ms = match self.duration_ms {
            Scalar::Missing => return Err(fault("must be set")),
            Scalar::Integer(number) => number as f64,
            Scalar::Float(number) => number,
            _ => return Err(fault("must be a number")),
        };
        if duration_ms.is_nan() || duration_ms < 0.0 {
            return Err(fault("must be zero or more"));
        }
        Ok((duration_ms * 1_000.0).round() as u64)
    }

    pub(crate) fn status_code(&self) -> Result<u16, Fault> {
        let Some(code) = self.status.whole_number("status")? else { return Ok(200) };
        let code = u16::try_from(code).ok().filter(|code| matches!(code, 0 | 100..=999));
        code.ok_or_else(|| Fault::new("status", "must be from 100 to 999, or 0 when the protocol has none"))
    }

    pub(crate) fn outcome(&self) -> Result<Option<Outcome>, Fault> {
        let text = self.outcome.text("outcome")?;
        if text.is_empty() {
            return Ok(None);
        }
        let outcome = Outcome::parse(&text);
        outcome.map(Some).ok_or_else(|| Fault::new("outcome", "must be ok, client_error or server_error"))
    }
}

/// The unit follows from the magnitude, as the module documentation of `native` says.
fn timestamp_of_integer(number: i128) -> Timestamp {
    let micros = match number.unsigned_abs() {
        size if size < 100_000_000_000 => number * 1_000_000,
        size if size < 100_000_000_000_000 => number * 1_000,
        size if size < 100_000_000_000_000_000 => number,
        _ => number.div_euclid(1_000),
    };
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates, and such times are rejected")]
fn timestamp_of_float(number: f64) -> Timestamp {
    let micros = match number.abs() {
        size if size < 1e11 => number * 1e6,
        size if size < 1e14 => number * 1e3,
        size if size < 1e17 => number,
        _ => number / 1e3,
    };
    Timestamp::from_micros(micros.round() as i64)
}

/// One object, or why it is none.
#[derive(Debug)]
pub(crate) struct Element<'de>(pub(crate) Result<Record<'de>, Fault>);

impl<'de> Element<'de> {
    pub(crate) fn of_fields<A: MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
        let mut record = Record::default();
        let mut fault = None;
        while let Some(Scalar::Text(name)) = fields.next_key()? {
            let value: Scalar<'de> = fields.next_value()?;
            match record.field(&name) {
                Some(field @ Scalar::Missing) => *field = value,
                Some(_) => fault = fault.or_else(|| Some(Fault::new(&*name, "is given twice"))),
                None => fault = fault.or_else(|| Some(unknown_field(&name))),
            }
        }
        Ok(Self(fault.map_or(Ok(record), Err)))
    }
}

fn unknown_field(name: &str) -> Fault {
    let similarity = |known: &&&str| strsim::jaro_winkler(known, &shortened(name).to_ascii_lowercase());
    let nearest = FIELDS.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    let message = match nearest.filter(|known| similarity(known) >= SIMILARITY_MIN) {
        Some(known) => format!("is not a known field; did you mean {known}?"),
        None => format!("is not a known field; the fields are {}", FIELDS.join(", ")),
    };
    Fault::new(shortened(name), message)
}

fn shortened(name: &str) -> Cow<'_, str> {
    clean(name, SHOWN_LENGTH_BYTES_MAX)
}

impl<'de> Deserialize<'de> for Element<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ElementVisitor;

        fn no_object<'de, E>() -> Result<Element<'de>, E> {
            Ok(Element(Err(Fault::new("", "must be an object"))))
        }

        impl<'de> Visitor<'de> for ElementVisitor {
            type Value = Element<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                Element::of_fields(fields)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
                while values.next_element::<IgnoredAny>()?.is_some() {}
                no_object()
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
                no_object()
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
                no_object()
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
                no_object()
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
                no_object()
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
                no_object()
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                no_object()
            }
        }

        from.deserialize_any(ElementVisitor)
    }
}
