//! The real binary, driven over its real sockets. One executable, so that it links once.

mod alerting;
mod alerting_api;
mod crash;
mod demo;
mod detect;
mod detection;
mod forecast;
mod forecasting;
mod harness;
mod lifecycle;
mod native;
mod otlp;
mod read;
mod sink;
mod stream;
mod tidy;
