//! The one door to the outside: everything Hawkeye sends to others leaves through a `Notifier`.

use std::time::Duration;

use ipnet::IpNet;

use crate::channel::{Channel, Secrets};
use crate::notification::Notification;
use crate::outcome::Outcome;

#[derive(Debug, Clone)]
pub struct NotifyConfig {
    /// Networks that may be called although they are private or local. From the server's own configuration only, never from a request.
    pub networks_allowed: Vec<IpNet>,
    /// For one attempt, from resolving the name to the last byte of the answer.
    pub timeout: Duration,
    pub user_agent: String,
    /// Where people find this Hawkeye, without a slash at the end. Also names it as a source of events.
    pub public_url: String,
}

#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

#[derive(Debug)]
pub struct Notifier {
    config: NotifyConfig,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            networks_allowed: Vec::new(),
            timeout: Duration::from_secs(15),
            user_agent: concat!("hawkeye/", env!("CARGO_PKG_VERSION")).to_owned(),
            public_url: "http://localhost".to_owned(),
        }
    }
}

impl Notifier {
    pub fn new(config: NotifyConfig) -> Result<Self, NotifyError> {
        Ok(Self { config })
    }

    /// One attempt. `memory` is what the channel returned for this thread last time.
    pub async fn deliver(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        notification: &Notification,
        memory: Option<&str>,
        now_ms: i64,
    ) -> Outcome {
        let _ = (&self.config, channel, secrets, notification, memory, now_ms);
        Outcome::Refused { error: "this kind of channel cannot be delivered to yet".to_owned(), status: None }
    }
}
