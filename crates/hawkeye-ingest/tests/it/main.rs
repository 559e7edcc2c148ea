//! Whole bodies in, requests out.

mod otlp_json;
mod support;
