//! The vocabulary of Hawkeye: what a request is, where it ran, how requests are summed up, and what time it is.
//!
//! Everything else is built from these types, so they own no IO, no JSON and no async code.
//! Wire formats belong to `hawkeye-ingest`, bytes on disk to `hawkeye-store`, JSON answers to `hawkeye-api`.

mod anomaly;
mod dataset;
mod endpoint;
mod environment;
mod histogram;
mod request;
mod rollup;
mod time;

pub use anomaly::{Anomaly, AnomalyId, AnomalyKind, Band, CloseReason, Measure, Severity, Signal};
pub use dataset::Dataset;
pub use endpoint::{Endpoint, EndpointId, OTHER_ROUTE, Series, SeriesId};
pub use environment::{DEFAULT_DEPLOYMENT, Environment, Provider};
pub use histogram::{Bucket, DecodeError, Histogram, RELATIVE_ERROR_MAX};
pub use request::{Outcome, Request, RequestKind, SpanId, TraceId};
pub use rollup::{Resolution, Rollup};
pub use time::{Clock, ManualClock, SystemClock, Timestamp};
