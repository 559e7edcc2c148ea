//! The engine over a real store and catalog, with a clock that the test moves.

mod alerting;
mod crash;
mod forecasting;
mod harness;
mod incidents;
