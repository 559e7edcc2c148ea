//! Alerting as a whole: rules to alerts, alerts to what is told.

mod evaluating;
mod laws;
mod telling;
mod world;
