//! Detectors for one series of numbers: one value at a time, without looking ahead, in constant memory.

#[cfg(test)]
mod laws;
mod novelty;
mod peaks;
mod residual;
pub(crate) mod seasonal;
mod sketch;

pub use novelty::{Novelty, NoveltyScore};
pub use residual::{Expectation, Learn, Residual, ResidualConfig, Score};
