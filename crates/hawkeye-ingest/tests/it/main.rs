//! Whole bodies in, requests out.

mod differential;
mod native;
mod otlp_json;
mod otlp_protobuf;
mod roles;
mod semconv;
mod support;
