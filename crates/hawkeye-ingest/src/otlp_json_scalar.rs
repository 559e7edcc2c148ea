//! The scalars of OTLP's JSON that serde does not read by itself: ids, integers, floats and bytes.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// A trace or span id as hex digits of either case. Text that is no hex becomes [`BAD_ID`], so that only
/// its span is rejected and not the whole body.
#[derive(Default)]
pub(crate) struct Id(pub(crate) Vec<u8>);

/// No id has one byte.
const BAD_ID: [u8; 1] = [0];

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id as a string of hex digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id(hex(text).unwrap_or_else(|| BAD_ID.to_vec())))
            }
        }

        from.deserialize_str(IdVisitor)
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// A number, or a string of one: JavaScript cannot write all 64-bit integers as numbers.
#[derive(Default)]
pub(crate) struct Integer<T>(pub(crate) T);

impl<'de, T: TryFrom<i128>> Deserialize<'de> for Integer<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct IntegerVisitor<T>(PhantomData<T>);

        impl<T: TryFrom<i128>> Visitor<'_> for IntegerVisitor<T> {
            type Value = Integer<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let bits = 8 * size_of::<T>();
                write!(f, "an integer of {bits} bits, as a number or a string")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                let unexpected = || E::invalid_value(Unexpected::Signed(value), &self);
                T::try_from(value.into()).map(Integer).map_err(|_| unexpected())
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                let unexpected = || E::invalid_value(Unexpected::Unsigned(value), &self);
                T::try_from(value.into()).map(Integer).map_err(|_| unexpected())
            }

            #[expect(clippy::cast_possible_truncation, reason = "the value is whole and below 2^64")]
            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                let unexpected = || E::invalid_value(Unexpected::Float(value), &self);
                let is_whole = value.fract() == 0.0 && value.abs() < 18_446_744_073_709_551_616.0;
                let whole = is_whole.then_some(value as i128).and_then(|value| T::try_from(value).ok());
                whole.map(Integer).ok_or_else(unexpected)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let value = text.parse::<i128>().ok().and_then(|value| T::try_from(value).ok());
                value.map(Integer).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        from.deserialize_any(IntegerVisitor(PhantomData))
    }
}

/// A number, a string of one, or `NaN`, `Infinity`, `-Infinity`.
pub(crate) struct Double(pub(crate) f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct DoubleVisitor;

        impl Visitor<'_> for DoubleVisitor {
            type Value = Double;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Double, E> {
                Ok(Double(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Double, E> {
                Ok(Double(value as f64))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Double, E> {
                Ok(Double(value as f64))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Double, E> {
                // Rust reads the three names as well as numbers.
                text.parse().map(Double).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        from.deserialize_any(DoubleVisitor)
    }
}

/// Base64 of the standard or the URL alphabet, with or without padding, as protobuf's JSON allows.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes in base64")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
                let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
                bytes.map(Bytes).map_err(|_| E::invalid_value(Unexpected::Str("no base64"), &self))
            }
        }

        from.deserialize_str(BytesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn ids_are_hex_of_either_case() {
        let id = |json| read::<Id>(json).map(|id| id.0);
        assert_eq!(id("\"eEe19B7e\""), Some(vec![0xee, 0xe1, 0x9b, 0x7e]));
        assert_eq!(id("\"\""), Some(vec![]));
        for bad in ["\"eee\"", "\"0xee\"", "\"zz\"", "\"ü\"", "\"+1\""] {
            assert_eq!(id(bad), Some(BAD_ID.to_vec()), "{bad}");
        }
        assert_eq!(id("17"), None);
    }

    #[test]
    fn integers_are_numbers_or_strings() {
        let signed = |json| read::<Integer<i64>>(json).map(|value| value.0);
        assert_eq!(signed("9007199254740993"), Some(9_007_199_254_740_993));
        assert_eq!(signed("\"-9223372036854775808\""), Some(i64::MIN));
        assert_eq!(signed("1e3"), Some(1_000));
        for bad in ["9223372036854775808", "\"\"", "\"1.5\"", "1.5", "true", "[]", "1e300"] {
            assert_eq!(signed(bad), None, "{bad}");
        }
        let unsigned = |json| read::<Integer<u64>>(json).map(|value| value.0);
        assert_eq!(unsigned("18446744073709551615"), Some(u64::MAX));
        assert_eq!(unsigned("\"18446744073709551615\""), Some(u64::MAX));
        assert_eq!(unsigned("-1"), None);
    }

    #[test]
    fn floats_and_bytes() {
        let double = |json| read::<Double>(json).map(|value| value.0);
        assert_eq!(double("1"), Some(1.0));
        assert_eq!(double("\"-Infinity\""), Some(f64::NEG_INFINITY));
        assert!(double("\"NaN\"").is_some_and(f64::is_nan));
        let bytes = |json| read::<Bytes>(json).map(|value| value.0);
        for same in ["\"+/8=\"", "\"-_8=\"", "\"-_8\""] {
            assert_eq!(bytes(same), Some(vec![0xfb, 0xff]), "{same}");
        }
        assert_eq!(bytes("\"no base64!\""), None);
    }
}
