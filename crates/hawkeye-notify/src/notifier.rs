//! The one door to the outside: everything Hawkeye sends to others leaves through a `Notifier`.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use reqwest::Url;

use crate::address::{Gate, Lookup, SystemLookup};
use crate::channel::{Channel, ChannelKind, Secrets};
use crate::channels::webhook::Webhook;
use crate::channels::{alertmanager, discord, email, opsgenie, pagerduty, slack, teams, webhook};
use crate::http::{Answer, HttpClient, Outgoing, refused};
use crate::limits;
use crate::notification::Notification;
use crate::outcome::Outcome;
use crate::tls::Trust;

/// Shorter secrets are not looked for in errors: they would blank out ordinary words.
const SECRET_LENGTH_MIN: usize = 6;

#[derive(Debug, Clone)]
pub struct NotifyConfig {
    /// Networks that may be called although they are private or local. From the server's own configuration only, never
    /// from a request.
    pub networks_allowed: Vec<IpNet>,
    /// For one request or one mail, from resolving the name to the last byte of the answer.
    pub timeout: Duration,
    pub user_agent: String,
    /// Where people find this Hawkeye, without a slash at the end. Also names it as a source of events.
    pub public_url: String,
    /// Certificate authorities besides the system's, DER encoded.
    pub authorities_der: Vec<Vec<u8>>,
}

#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
    #[error("a configured certificate authority is no X.509 certificate in DER form")]
    Authority,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Notifier {
    config: Arc<NotifyConfig>,
    gate: Gate,
    http: HttpClient,
    trust: Trust,
}

impl Default for NotifyConfig {
    fn default() -> Self {
        Self {
            networks_allowed: Vec::new(),
            timeout: Duration::from_secs(15),
            user_agent: concat!("hawkeye/", env!("CARGO_PKG_VERSION")).to_owned(),
            public_url: "http://localhost".to_owned(),
            authorities_der: Vec::new(),
        }
    }
}

impl Notifier {
    pub fn new(config: NotifyConfig) -> Result<Self, NotifyError> {
        Self::with_lookup(config, Arc::new(SystemLookup))
    }

    /// With another way of finding addresses.
    pub fn with_lookup(config: NotifyConfig, lookup: Arc<dyn Lookup>) -> Result<Self, NotifyError> {
        let gate = Gate::new(&config.networks_allowed, lookup);
        let trust = Trust::load(&config.authorities_der)?;
        let http = HttpClient::new(&config, gate.clone(), &trust)?;
        Ok(Self { config: Arc::new(config), gate, http, trust })
    }

    /// One attempt. `memory` is what the channel returned for this thread last time. `now_ms` dates signatures and mails.
    /// Asks neither whether the channel is enabled nor whether it is time to try again.
    pub async fn deliver(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        notification: &Notification,
        memory: Option<&str>,
        now_ms: i64,
    ) -> Outcome {
        let checked = channel.check().and_then(|()| channel.kind.check_secrets(secrets));
        if let Err(error) = checked {
            return refused(error.to_string());
        }
        let notification = limits::bounded(notification);
        let outcome = self.dispatch(&channel.kind, secrets, &notification, memory, now_ms).await;
        without_secrets(outcome.unwrap_or_else(|outcome| outcome), secrets)
    }

    /// Posts a sign of life, without a body, to an address that raises an alarm when it hears nothing.
    pub async fn heartbeat(&self, url: &str, now_ms: i64) -> Outcome {
        let request = Outgoing {
            url: url.to_owned(),
            content_type: "text/plain",
            headers: Vec::new(),
            body: Vec::new(),
        };
        match self.http.post(request, now_ms).await {
            Ok(answer) => answer.outcome(None),
            Err(outcome) => outcome,
        }
    }

    async fn dispatch(
        &self,
        kind: &ChannelKind,
        secrets: &Secrets,
        notification: &Notification,
        memory: Option<&str>,
        now_ms: i64,
    ) -> Result<Outcome, Outcome> {
        let source = self.config.public_url.as_str();
        let secret = |name: &str| secrets.get(name).map_or("", String::as_str);
        let answer = match kind {
            ChannelKind::Email { .. } => return self.mail(kind, secrets, notification, now_ms).await,
            ChannelKind::Slack { channel, api_url } => {
                let api_url = api_url.as_deref().unwrap_or(slack::API_URL);
                return slack::deliver(
                    &self.http,
                    api_url,
                    channel,
                    secret("token"),
                    notification,
                    memory,
                    now_ms,
                )
                .await;
            }
            ChannelKind::SlackWebhook {} => {
                let answer =
                    self.http.post(slack::webhook_request(secret("url"), notification), now_ms).await?;
                return Ok(slack::webhook_outcome(&answer));
            }
            ChannelKind::Webhook { url, format, template, headers } => {
                let webhook = Webhook { url, format: *format, template: template.as_deref(), headers };
                let request = webhook::request(&webhook, secrets, notification, source, now_ms)?;
                self.http.post(request, now_ms).await?
            }
            ChannelKind::PagerDuty { api_url } => {
                let api_url = api_url.as_deref().unwrap_or(pagerduty::API_URL);
                let request = pagerduty::request(api_url, secret("routing_key"), notification, source);
                return self.http.post(request, now_ms).await.map(|answer| with_reason(&answer));
            }
            ChannelKind::Opsgenie { api_url } => {
                let api_url = api_url.as_deref().unwrap_or(opsgenie::API_URL);
                let request = opsgenie::request(api_url, secret("api_key"), notification, source)
                    .ok_or_else(|| refused("kind.api_url: cannot be extended by a path".to_owned()))?;
                return self.http.post(request, now_ms).await.map(|answer| with_reason(&answer));
            }
            ChannelKind::Teams {} => {
                self.http.post(teams::request(secret("url"), notification), now_ms).await?
            }
            ChannelKind::Discord {} => {
                let answer = self.http.post(discord::request(secret("url"), notification), now_ms).await?;
                return Ok(discord::outcome(&answer));
            }
            ChannelKind::Alertmanager { url } => {
                self.http.post(alertmanager::push_request(url, secrets, notification, now_ms), now_ms).await?
            }
        };
        Ok(answer.outcome(None))
    }

    async fn mail(
        &self,
        kind: &ChannelKind,
        secrets: &Secrets,
        notification: &Notification,
        now_ms: i64,
    ) -> Result<Outcome, Outcome> {
        let ChannelKind::Email { smtp_host, smtp_port, security, username, from, to } = kind else {
            return Err(refused("not a mail channel".to_owned()));
        };
        let mailbox =
            |text: &str| email::mailbox(text).map_err(|problem| refused(format!("an address {problem}")));
        let from = mailbox(from)?;
        let to: Vec<Mailbox> = to.iter().map(|address| mailbox(address)).collect::<Result<_, _>>()?;
        let password = secrets.get("password").map_or("", String::as_str);
        let server = email::Server {
            host: smtp_host,
            port: *smtp_port,
            security: *security,
            credentials: username.as_deref().map(|username| (username, password)),
            hello: hello(&self.config.public_url),
            timeout: self.config.timeout,
        };
        Ok(email::send(&self.gate, &self.trust, &server, from, &to, notification, now_ms).await)
    }
}

/// Services that are known to say why in `message`.
fn with_reason(answer: &Answer) -> Outcome {
    answer.outcome_because(answer.reason("message"), None)
}

/// Mail servers want a full name; our own if we have one.
fn hello(public_url: &str) -> ClientId {
    let host = Url::parse(public_url).ok().and_then(|url| url.domain().map(str::to_owned));
    host.filter(|host| host.contains('.')).map_or_else(ClientId::default, ClientId::Domain)
}

/// A receiver may answer with what it was sent.
fn without_secrets(mut outcome: Outcome, secrets: &Secrets) -> Outcome {
    if let Outcome::Retry { error, .. } | Outcome::Refused { error, .. } | Outcome::Gone { error, .. } =
        &mut outcome
    {
        for secret in secrets.values().filter(|secret| secret.len() >= SECRET_LENGTH_MIN) {
            *error = error.replace(secret.as_str(), "[secret]");
        }
    }
    outcome
}
