//! OTLP's JSON encoding of traces, into the same types that protobuf gives.
//!
//! OTLP deviates from the usual JSON of protobuf: ids are hex of either case, enums are integers only, keys are
//! lowerCamelCase only, and unknown keys are ignored. 64-bit integers may be strings or numbers, bytes are
//! base64, and `null` means the default. The types here are our own because the derived ones of
//! `opentelemetry-proto` fail the whole body over one bad id and refuse `null`.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1 as common;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1 as resource;
use opentelemetry_proto::tonic::trace::v1 as trace;
use serde::{Deserialize, Deserializer};

use crate::BodyError;
use crate::otlp_json_scalar::{Bytes, Double, Id, Integer};

pub(crate) fn decode(body: &[u8]) -> Result<ExportTraceServiceRequest, BodyError> {
    let export: Export = serde_json::from_slice(body)?;
    Ok(ExportTraceServiceRequest { resource_spans: all(export.resource_spans) })
}

/// `null` is the same as leaving the key out.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn all<T: Into<U>, U>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(Into::into).collect()
}

/// Declares how a message looks in JSON, and how it becomes the generated type. Every field is optional.
macro_rules! message {
    ($name:ident { $($field:ident: $type:ty,)* } $json:ident => $target:ty $value:block) => {
        #[derive(Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        struct $name {
            $(#[serde(deserialize_with = "nullable")] $field: $type,)*
        }

        impl From<$name> for $target {
            fn from($json: $name) -> Self $value
        }
    };
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Export {
    #[serde(deserialize_with = "nullable")]
    resource_spans: Vec<ResourceSpans>,
}

message! {
    ResourceSpans { resource: Option<Resource>, scope_spans: Vec<ScopeSpans>, schema_url: String, }
    json => trace::ResourceSpans {
        Self {
            resource: json.resource.map(Into::into),
            scope_spans: all(json.scope_spans),
            schema_url: json.schema_url,
        }
    }
}

message! {
    Resource { attributes: Vec<KeyValue>, dropped_attributes_count: Integer<u32>, entity_refs: Vec<EntityRef>, }
    json => resource::Resource {
        Self {
            attributes: all(json.attributes),
            dropped_attributes_count: json.dropped_attributes_count.0,
            entity_refs: all(json.entity_refs),
        }
    }
}

message! {
    EntityRef { schema_url: String, r#type: String, id_keys: Vec<String>, description_keys: Vec<String>, }
    json => common::EntityRef {
        Self {
            schema_url: json.schema_url,
            r#type: json.r#type,
            id_keys: json.id_keys,
            description_keys: json.description_keys,
        }
    }
}

message! {
    ScopeSpans { scope: Option<Scope>, spans: Vec<Span>, schema_url: String, }
    json => trace::ScopeSpans {
        Self { scope: json.scope.map(Into::into), spans: all(json.spans), schema_url: json.schema_url }
    }
}

message! {
    Scope { name: String, version: String, attributes: Vec<KeyValue>, dropped_attributes_count: Integer<u32>, }
    json => common::InstrumentationScope {
        Self {
            name: json.name,
            version: json.version,
            attributes: all(json.attributes),
            dropped_attributes_count: json.dropped_attributes_count.0,
        }
    }
}

message! {
    Span {
        trace_id: Id,
        span_id: Id,
        trace_state: String,
        parent_span_id: Id,
        flags: Integer<u32>,
        name: String,
        kind: Integer<i32>,
        start_time_unix_nano: Integer<u64>,
        end_time_unix_nano: Integer<u64>,
        attributes: Vec<KeyValue>,
        dropped_attributes_count: Integer<u32>,
        events: Vec<Event>,
        dropped_events_count: Integer<u32>,
        links: Vec<Link>,
        dropped_links_count: Integer<u32>,
        status: Option<Status>,
    }
    json => trace::Span {
        Self {
            trace_id: json.trace_id.0,
            span_id: json.span_id.0,
            trace_state: json.trace_state,
            parent_span_id: json.parent_span_id.0,
            flags: json.flags.0,
            name: json.name,
            kind: json.kind.0,
            start_time_unix_nano: json.start_time_unix_nano.0,
            end_time_unix_nano: json.end_time_unix_nano.0,
            attributes: all(json.attributes),
            dropped_attributes_count: json.dropped_attributes_count.0,
            events: all(json.events),
            dropped_events_count: json.dropped_events_count.0,
            links: all(json.links),
            dropped_links_count: json.dropped_links_count.0,
            status: json.status.map(Into::into),
        }
    }
}

message! {
    Event {
        time_unix_nano: Integer<u64>,
        name: String,
        attributes: Vec<KeyValue>,
        dropped_attributes_count: Integer<u32>,
    }
    json => trace::span::Event {
        Self {
            time_unix_nano: json.time_unix_nano.0,
            name: json.name,
            attributes: all(json.attributes),
            dropped_attributes_count: json.dropped_attributes_count.0,
        }
    }
}

message! {
    Link {
        trace_id: Id,
        span_id: Id,
        trace_state: String,
        attributes: Vec<KeyValue>,
        dropped_attributes_count: Integer<u32>,
        flags: Integer<u32>,
    }
    json => trace::span::Link {
        Self {
            trace_id: json.trace_id.0,
            span_id: json.span_id.0,
            trace_state: json.trace_state,
            attributes: all(json.attributes),
            dropped_attributes_count: json.dropped_attributes_count.0,
            flags: json.flags.0,
        }
    }
}

message! {
    Status { message: String, code: Integer<i32>, }
    json => trace::Status { Self { message: json.message, code: json.code.0 } }
}

message! {
    KeyValue { key: String, value: Option<AnyValue>, key_strindex: Integer<i32>, }
    json => common::KeyValue {
        Self { key: json.key, value: json.value.map(Into::into), key_strindex: json.key_strindex.0 }
    }
}

message! {
    AnyValue {
        string_value: Option<String>,
        bool_value: Option<bool>,
        int_value: Option<Integer<i64>>,
        double_value: Option<Double>,
        array_value: Option<ArrayValue>,
        kvlist_value: Option<KeyValueList>,
        bytes_value: Option<Bytes>,
        string_value_strindex: Option<Integer<i32>>,
    }
    json => common::AnyValue {
        // Senders set one at most; of several the first in this order counts.
        let value = (json.string_value.map(Value::StringValue))
            .or(json.bool_value.map(Value::BoolValue))
            .or(json.int_value.map(|value| Value::IntValue(value.0)))
            .or(json.double_value.map(|value| Value::DoubleValue(value.0)))
            .or(json.array_value.map(|value| Value::ArrayValue(value.into())))
            .or(json.kvlist_value.map(|value| Value::KvlistValue(value.into())))
            .or(json.bytes_value.map(|value| Value::BytesValue(value.0)))
            .or(json.string_value_strindex.map(|value| Value::StringValueStrindex(value.0)));
        Self { value }
    }
}

message! {
    ArrayValue { values: Vec<AnyValue>, }
    json => common::ArrayValue { Self { values: all(json.values) } }
}

message! {
    KeyValueList { values: Vec<KeyValue>, }
    json => common::KeyValueList { Self { values: all(json.values) } }
}
