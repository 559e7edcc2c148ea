//! One value of a native record, of whatever kind it was sent.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::decoded::Fault;

#[derive(Debug, Default, PartialEq)]
pub(crate) enum Scalar<'de> {
    /// Left out, or `null`.
    #[default]
    Missing,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(Cow<'de, str>),
    /// An array or an object: no field has such a value.
    Nested,
}

impl Scalar<'_> {
    /// Numbers are written out, as versions and account numbers are often sent as such. Empty when missing.
    pub(crate) fn text(&self, field: &str) -> Result<Cow<'_, str>, Fault> {
        match self {
            Self::Missing => Ok(Cow::Borrowed("")),
            Self::Text(text) => Ok(Cow::Borrowed(text.trim_ascii())),
            Self::Integer(number) => Ok(Cow::Owned(number.to_string())),
            Self::Float(number) => Ok(Cow::Owned(number.to_string())),
            Self::Bool(_) | Self::Nested => Err(Fault::new(field, "must be a text")),
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    pub(crate) fn whole_number(&self, field: &str) -> Result<Option<u64>, Fault> {
        let number = match self {
            Self::Missing => return Ok(None),
            Self::Integer(number) => u64::try_from(*number).ok(),
            // Above 2^53 a float no longer tells whole numbers apart.
            Self::Float(number) if number.fract() == 0.0 && (0.0..9.1e15).contains(number) => {
                Some(*number as u64)
            }
            _ => None,
        };
        number.map(Some).ok_or_else(|| Fault::new(field, "must be a whole number, zero or more"))
    }

    pub(crate) fn is_true(&self, field: &str) -> Result<bool, Fault> {
        match self {
            Self::Missing => Ok(false),
            Self::Bool(value) => Ok(*value),
            _ => Err(Fault::new(field, "must be true or false")),
        }
    }

    pub(crate) fn id<T: Default>(&self, field: &str, parse: fn(&str) -> Option<T>) -> Result<T, Fault> {
        let digits = 2 * size_of::<T>();
        let fault = || Fault::new(field, format!("must be {digits} hex digits in quotes"));
        match self {
            Self::Missing => Ok(T::default()),
            Self::Text(text) if text.is_empty() => Ok(T::default()),
            Self::Text(text) => parse(text).ok_or_else(fault),
            _ => Err(fault()),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Missing)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Integer(value.into()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Scalar::Integer(value.into()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Float(value))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
                while values.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Nested)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Nested)
            }
        }

        from.deserialize_any(ScalarVisitor)
    }
}
