//! One module a kind of channel: how a message looks there, and what the service's answers mean.
//!
//! Each writes its request as a pure function, so that it can be tested without a network.

pub(crate) mod alertmanager;
pub(crate) mod discord;
pub(crate) mod email;
pub(crate) mod opsgenie;
pub(crate) mod pagerduty;
pub(crate) mod slack;
pub(crate) mod teams;
pub(crate) mod webhook;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
