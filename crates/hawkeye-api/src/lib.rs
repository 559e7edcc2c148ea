//! The outside of Hawkeye: HTTP, server-sent events and gRPC. It turns bytes into calls of the store and answers
//! into JSON, and decides nothing about what the numbers mean.
//!
//! * [`router`] serves the UI, `/api/v1`, the OpenAPI document, health and metrics.
//! * [`otlp_router`] and [`otlp_grpc`] take traces; `POST /api/v1/requests` takes hand-written requests.
//! * Every JSON shape is a type in [`dto`]; the UI's client is generated from the document they give.
//! * Errors are RFC 9457 problems with a stable `code`.
//!
//! The binary binds the sockets and owns the tasks.

mod alerting;
mod alertmanager;
mod app;
pub mod demo;
mod detection;
pub mod dto;
mod error;
mod forecasting;
mod incidents;
mod ingest;
mod journeys;
mod live;
mod origin;
mod params;
mod probes;
mod read;
mod stream;
mod web;

pub use app::{App, AppInfo, router};
pub use error::Problem;
pub use ingest::{otlp_grpc, otlp_router};
pub use params::parse_time;
pub use web::openapi_json;
