//! Attribute values of any kind, read as a text or a number, and the choice between an attribute's names.

use std::borrow::Cow;

use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;

/// The best value seen so far for one fact that several attributes can tell.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slot<'a> {
    rank: u8,
    value: Option<&'a Value>,
}

impl<'a> Slot<'a> {
    /// Lower ranks win, and of equal ranks the first. Values that tell nothing do not count.
    pub(crate) fn offer(&mut self, rank: u8, value: Option<&'a AnyValue>) {
        let Some(value) = value.and_then(telling) else { return };
        if self.value.is_none() || rank < self.rank {
            *self = Self { rank, value: Some(value) };
        }
    }

    pub(crate) fn is_some(self) -> bool {
        self.value.is_some()
    }

    /// The value if it was sent as a string, as names are; empty otherwise.
    pub(crate) fn name(self) -> &'a str {
        match self.value {
            Some(Value::StringValue(text)) => text.trim_ascii(),
            _ => "",
        }
    }

    /// The value of any simple kind as a text; empty when there is none.
    pub(crate) fn text(self) -> Cow<'a, str> {
        match self.value {
            Some(Value::StringValue(text)) => Cow::Borrowed(text.trim_ascii()),
            Some(Value::BoolValue(value)) => Cow::Owned(value.to_string()),
            Some(Value::IntValue(value)) => Cow::Owned(value.to_string()),
            Some(Value::DoubleValue(value)) => Cow::Owned(value.to_string()),
            _ => Cow::Borrowed(""),
        }
    }

    /// A whole number, also when it was sent as a text or a float; `None` when it is negative or none at all.
    pub(crate) fn number(self) -> Option<u64> {
        match self.value? {
            Value::IntValue(value) => u64::try_from(*value).ok(),
            Value::StringValue(text) => text.trim_ascii().parse().ok(),
            Value::DoubleValue(value) => whole_number(*value),
            _ => None,
        }
    }

    pub(crate) fn is_true(self) -> bool {
        match self.value {
            Some(Value::BoolValue(value)) => *value,
            Some(Value::StringValue(text)) => text.trim_ascii().eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}

/// The value, or of an array (headers are sent as such) the first value, if it can be read as a text.
fn telling(value: &AnyValue) -> Option<&Value> {
    let value = value.value.as_ref()?;
    match value {
        Value::StringValue(text) => (!text.trim_ascii().is_empty()).then_some(value),
        Value::BoolValue(_) | Value::IntValue(_) | Value::DoubleValue(_) => Some(value),
        Value::ArrayValue(array) => match array.values.first()?.value.as_ref()? {
            // Only one level, so that no nesting can be followed too deep.
            Value::ArrayValue(_) => None,
            _ => telling(array.values.first()?),
        },
        Value::KvlistValue(_) | Value::BytesValue(_) | Value::StringValueStrindex(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
fn whole_number(value: f64) -> Option<u64> {
    let is_whole = value.fract() == 0.0 && (0.0..9e18).contains(&value);
    is_whole.then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};

    use super::*;

    #[track_caller]
    fn check(value: Value, text: &str, number: Option<u64>) {
        let value = AnyValue { value: Some(value) };
        let mut slot = Slot::default();
        slot.offer(0, Some(&value));
        assert_eq!((&*slot.text(), slot.number()), (text, number));
    }

    fn array(values: Vec<Value>) -> Value {
        let values = values.into_iter().map(|value| AnyValue { value: Some(value) }).collect();
        Value::ArrayValue(ArrayValue { values })
    }

    #[test]
    fn every_kind_is_read() {
        check(Value::StringValue(" 200 ".into()), "200", Some(200));
        check(Value::StringValue("abc".into()), "abc", None);
        check(Value::BoolValue(true), "true", None);
        check(Value::IntValue(200), "200", Some(200));
        check(Value::IntValue(-1), "-1", None);
        check(Value::DoubleValue(200.0), "200", Some(200));
        check(Value::DoubleValue(f64::NAN), "NaN", None);
        check(Value::DoubleValue(1e300), &1e300_f64.to_string(), None);
        check(array(vec![Value::StringValue("a".into()), Value::IntValue(1)]), "a", None);
        check(array(vec![]), "", None);
        check(array(vec![array(vec![Value::IntValue(1)])]), "", None);
        check(Value::KvlistValue(KeyValueList { values: vec![] }), "", None);
        check(Value::BytesValue(vec![0xff, 0]), "", None);
        check(Value::StringValueStrindex(1), "", None);
    }

    #[test]
    fn the_lowest_rank_wins_and_blanks_do_not_count() {
        let text = |text: &str| AnyValue { value: Some(Value::StringValue(text.into())) };
        let (old, new, twice, blank) = (text("old"), text("new"), text("twice"), text(" "));
        let mut slot = Slot::default();
        for (rank, value) in
            [(2, Some(&old)), (1, Some(&new)), (1, Some(&twice)), (0, Some(&blank)), (0, None)]
        {
            slot.offer(rank, value);
        }
        assert_eq!(slot.text(), "new");
    }
}
