//! Delivers notifications: what a message says in each channel, how it gets there safely, and what the answer means.
//!
//! Knows neither alerts' states nor the outbox: the caller decides what is sent, when, and what becomes of a failure.

mod channel;
mod notification;
mod notifier;
mod outcome;

pub use channel::{Channel, ChannelError, ChannelKind, SecretNames, Secrets, SmtpSecurity, WebhookFormat};
pub use ipnet::IpNet;
pub use notification::{ALERTS_MAX, AlertContent, Chart, Labels, Notification, Reason, Severity, Status};
pub use notifier::{Notifier, NotifyConfig, NotifyError};
pub use outcome::{Outcome, RETRY_FOR};
