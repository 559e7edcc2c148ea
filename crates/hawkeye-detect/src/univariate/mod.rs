//! Detectors for one series of numbers: one value at a time, without looking ahead, in constant memory.

mod novelty;
mod peaks;
mod residual;
pub(crate) mod seasonal;
mod sketch;

pub use novelty::Novelty;
pub use residual::{Expectation, Learn, Residual, ResidualConfig, Score};
