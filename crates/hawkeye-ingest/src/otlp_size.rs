//! How many messages (spans, attributes, events, …) a body holds, counted before any of them is decoded.
//!
//! An empty span takes two bytes in protobuf and about 260 in memory, so a limit on the body's size alone would
//! let 64 MiB grow to more than 8 GB.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use crate::BodyError;

/// 64 MiB of ordinary spans with fourteen attributes each hold about 1.7 million messages in either encoding.
/// 2.5 million empty spans, the worst that can be made, take 650 MB, and in JSON twice that for a moment.
pub(crate) const MESSAGES_MAX: usize = 2_500_000;

/// Deeper messages are not counted because prost refuses them: its limit is 100 levels.
const DEPTH_MAX: u32 = 100;

/// Counts opening braces. Those of values and those inside of texts count as well; JSON is wordy enough for that.
pub(crate) fn check_json(body: &[u8], messages_max: usize) -> Result<(), BodyError> {
    let braces = body.iter().filter(|&&byte| byte == b'{').count();
    if braces > messages_max { Err(BodyError::TooManyMessages { limit: messages_max }) } else { Ok(()) }
}

/// Says nothing about malformed bodies: prost will stop at the same byte.
pub(crate) fn check_protobuf(body: &[u8], messages_max: usize) -> Result<(), BodyError> {
    let mut left = messages_max;
    match count(body, Kind::Export, 0, &mut left) {
        Err(Stop::TooMany) => Err(BodyError::TooManyMessages { limit: messages_max }),
        Ok(()) | Err(Stop::Malformed) => Ok(()),
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Export,
    ResourceSpans,
    Resource,
    EntityRef,
    ScopeSpans,
    Scope,
    Span,
    Event,
    Link,
    KeyValue,
    AnyValue,
    ArrayValue,
    KeyValueList,
    Text,
}

impl Kind {
    /// What the field holds, if it can be repeated or leads to something that can.
    fn child(self, field: u32) -> Option<Self> {
        match (self, field) {
            (Self::Export, 1) => Some(Self::ResourceSpans),
            (Self::ResourceSpans, 1) => Some(Self::Resource),
            (Self::ResourceSpans, 2) => Some(Self::ScopeSpans),
            (Self::Resource, 3) => Some(Self::EntityRef),
            (Self::EntityRef, 3 | 4) => Some(Self::Text),
            (Self::ScopeSpans, 1) => Some(Self::Scope),
            (Self::ScopeSpans, 2) => Some(Self::Span),
            (Self::Span, 11) => Some(Self::Event),
            (Self::Span, 13) => Some(Self::Link),
            (Self::Resource, 1) | (Self::Scope | Self::Event, 3) | (Self::Span, 9) | (Self::Link, 4) => {
                Some(Self::KeyValue)
            }
            (Self::KeyValue, 2) | (Self::ArrayValue, 1) => Some(Self::AnyValue),
            (Self::AnyValue, 5) => Some(Self::ArrayValue),
            (Self::AnyValue, 6) => Some(Self::KeyValueList),
            (Self::KeyValueList, 1) => Some(Self::KeyValue),
            _ => None,
        }
    }

    /// The value of an attribute is stored within it.
    fn counts_in(self, parent: Self) -> bool {
        !matches!((parent, self), (Self::KeyValue, Self::AnyValue))
    }
}

enum Stop {
    Malformed,
    TooMany,
}

impl From<prost::DecodeError> for Stop {
    fn from(_: prost::DecodeError) -> Self {
        Self::Malformed
    }
}

fn count(mut body: &[u8], kind: Kind, depth: u32, left: &mut usize) -> Result<(), Stop> {
    while !body.is_empty() {
        let (field, wire_type) = decode_key(&mut body)?;
        match kind.child(field) {
            Some(child) if wire_type == WireType::LengthDelimited => {
                let length = usize::try_from(decode_varint(&mut body)?).map_err(|_| Stop::Malformed)?;
                let (inner, rest) = body.split_at_checked(length).ok_or(Stop::Malformed)?;
                if child.counts_in(kind) {
                    *left = left.checked_sub(1).ok_or(Stop::TooMany)?;
                }
                if depth < DEPTH_MAX {
                    count(inner, child, depth + 1, left)?;
                }
                body = rest;
            }
            _ => skip_field(wire_type, field, &mut body, DecodeContext::default())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};
    use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
    use prost::Message;

    use super::*;

    #[track_caller]
    fn check(span: Span, messages: usize) {
        let scope = ScopeSpans { spans: vec![span], ..ScopeSpans::default() };
        let spans = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        let body = ExportTraceServiceRequest { resource_spans: vec![spans] }.encode_to_vec();
        assert!(check_protobuf(&body, messages).is_ok());
        assert!(check_protobuf(&body, messages - 1).is_err());
    }

    #[test]
    fn every_repeated_message_counts() {
        let attribute = KeyValue { key: "k".into(), value: Some(AnyValue::default()), ..KeyValue::default() };
        // The resource's spans, the scope's spans, and the span itself.
        check(Span::default(), 3);
        check(Span { attributes: vec![attribute.clone(); 10], ..Span::default() }, 13);
        let event = Event { attributes: vec![attribute.clone(); 2], ..Event::default() };
        let link = Link { attributes: vec![attribute.clone(); 2], ..Link::default() };
        check(Span { events: vec![event; 3], links: vec![link; 2], ..Span::default() }, 3 + 9 + 6);
        let array = ArrayValue { values: vec![AnyValue::default(); 5] };
        let value = Some(AnyValue { value: Some(Value::ArrayValue(array)) });
        check(Span { attributes: vec![KeyValue { value, ..attribute }], ..Span::default() }, 3 + 1 + 6);
    }

    #[test]
    fn groups_do_not_hide_what_follows() {
        // An unknown group (field 7), and then three resources.
        let body = [(7 << 3) | 3, (7 << 3) | 4, 10, 0, 10, 0, 10, 0];
        assert_eq!(ExportTraceServiceRequest::decode(&body[..]).expect("valid").resource_spans.len(), 3);
        assert!(check_protobuf(&body, 3).is_ok());
        assert!(check_protobuf(&body, 2).is_err());
    }

    #[test]
    fn empty_objects_count_in_json() {
        assert!(check_json(br#"{"resourceSpans": [{}, {}]}"#, 3).is_ok());
        assert!(check_json(br#"{"resourceSpans": [{}, {}, {}]}"#, 3).is_err());
    }
}
