//! Detectors for one series of numbers: one value at a time, without looking ahead, in constant memory.

mod peaks;
mod residual;
pub(crate) mod seasonal;

pub use residual::{Expectation, Learn, Residual, ResidualConfig, Score};
