//! The future: forecasts, predicted breaches, how good past forecasts were, capacity, objectives. The engine does the
//! work.

pub(crate) mod capacity;
pub(crate) mod forecast;
pub(crate) mod objectives;
pub(crate) mod predictions;
pub(crate) mod reliability;
