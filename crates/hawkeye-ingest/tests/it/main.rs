//! Whole bodies in, requests out.

mod native;
mod otlp_json;
mod support;
