//! Wire formats in, [`Request`](hawkeye_model::Request)s out.
//!
//! [`otlp`] reads traces as OpenTelemetry exporters send them, [`native`] reads JSON that a person can write
//! by hand, and [`inflate`] opens gzip. Both formats go through one [`Normaliser`], which remembers the
//! services, environments and routes it has seen, so that no sender can make up names without end.
//!
//! The crate is pure: it owns no sockets and reads no clock (`now` is an argument). No bytes make it panic,
//! and everything that can grow has a limit with a name, in [`IngestConfig`] or beside the code.

mod attributes;
mod body;
mod call;
mod config;
mod decoded;
mod grpc;
mod intern;
pub mod native;
mod native_record;
mod native_value;
mod normaliser;
pub mod otlp;
mod otlp_json;
mod otlp_json_scalar;
mod otlp_size;
mod route;
mod semconv;
mod span;
pub mod templating;
mod text;
mod timing;

pub use body::{BodyError, inflate};
pub use config::{DURATION_MAX, IngestConfig};
pub use decoded::{Decoded, Rejection};
pub use normaliser::{Normaliser, OTHER_ENVIRONMENT, OTHER_SERVICE, OTHER_VERSION};
