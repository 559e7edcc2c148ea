//! One file a command.

pub(crate) mod backtest;
pub(crate) mod bench;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod detect;
pub(crate) mod forecast;
mod numbers;
pub(crate) mod rules;
pub(crate) mod serve;
