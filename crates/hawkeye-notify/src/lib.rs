//! Delivers notifications: what a message says in each channel, how it gets there safely, and what the answer means.
//!
//! Knows neither alerts' states nor the outbox: the caller decides what is sent, when, and what becomes of a failure.

mod address;
mod breaker;
mod channel;
mod channels;
mod chart;
mod check;
mod http;
mod limits;
mod links;
mod message;
mod notification;
mod notifier;
mod outcome;
mod signature;
mod template;
mod text;
mod tls;
mod vault;

pub use address::Lookup;
pub use breaker::{Breaker, BreakerState};
pub use channel::{Channel, ChannelError, ChannelKind, SecretNames, Secrets, SmtpSecurity, WebhookFormat};
pub use ipnet::IpNet;
pub use links::{LinkError, LinkPayload, Links, token_hash};
pub use notification::{ALERTS_MAX, AlertContent, Chart, Labels, Notification, Reason, Severity, Status};
pub use notifier::{Notifier, NotifyConfig, NotifyError};
pub use outcome::{Outcome, RETRY_FOR, retry_delay};
pub use vault::{Vault, VaultError};
