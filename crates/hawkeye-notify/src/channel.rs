//! Where a notification may go. A channel is a document without secrets; these are kept apart, sealed (see `vault`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Secrets of one channel by name, such as `url` or `password`. Never print it.
pub type Secrets = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// A slug: lower-case letters, digits, `-`, `_` and `.`.
    pub id: String,
    pub name: String,
    #[serde(default = "enabled")]
    pub is_enabled: bool,
    pub kind: ChannelKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChannelKind {
    /// Secret: `password`, when there is a user name.
    Email {
        smtp_host: String,
        smtp_port: u16,
        #[serde(default)]
        security: SmtpSecurity,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<String>,
        from: String,
        to: Vec<String>,
    },
    /// Secret: `url`. Cannot update a message once sent.
    SlackWebhook {},
    /// Secret: `token`. One message per thread, updated in place.
    Slack {
        channel: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api_url: Option<String>,
    },
    /// Secrets, all optional: `signing_secret` (several separated by blanks while rotating), `bearer_token`.
    Webhook {
        url: String,
        #[serde(default)]
        format: WebhookFormat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// Secret: `routing_key`.
    PagerDuty {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api_url: Option<String>,
    },
    /// Secret: `api_key`.
    Opsgenie {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api_url: Option<String>,
    },
    /// Secret: `url`, of a workflow.
    Teams {},
    /// Secret: `url`.
    Discord {},
    /// Secrets, optional: `bearer_token`, or `username` and `password`.
    Alertmanager { url: String },
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// From the first byte, usually port 465.
    Tls,
    /// Required before anything is said, usually port 587.
    #[default]
    Starttls,
    /// Not at all: for a relay on the same machine.
    None,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookFormat {
    /// The notification as it is.
    #[default]
    Json,
    /// The same inside a CloudEvents 1.0 envelope.
    CloudEvents,
    /// The shape of Alertmanager's webhook, version 4.
    Alertmanager,
    /// What the channel's template makes of it.
    Template,
}

/// Names of the secrets a kind of channel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretNames {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// The first thing wrong with a channel's document, and the field it is in (`kind.to[1]`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct ChannelError {
    pub field: String,
    pub message: String,
}

impl ChannelKind {
    /// As in the document's `type`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Email { .. } => "email",
            Self::SlackWebhook {} => "slack_webhook",
            Self::Slack { .. } => "slack",
            Self::Webhook { .. } => "webhook",
            Self::PagerDuty { .. } => "pager_duty",
            Self::Opsgenie { .. } => "opsgenie",
            Self::Teams {} => "teams",
            Self::Discord {} => "discord",
            Self::Alertmanager { .. } => "alertmanager",
        }
    }

    #[must_use]
    pub const fn secret_names(&self) -> SecretNames {
        let (required, optional): (&[&str], &[&str]) = match self {
            Self::Email { username: Some(_), .. } => (&["password"], &[]),
            Self::Email { username: None, .. } => (&[], &[]),
            Self::SlackWebhook {} | Self::Teams {} | Self::Discord {} => (&["url"], &[]),
            Self::Slack { .. } => (&["token"], &[]),
            Self::Webhook { .. } => (&[], &["signing_secret", "bearer_token"]),
            Self::PagerDuty { .. } => (&["routing_key"], &[]),
            Self::Opsgenie { .. } => (&["api_key"], &[]),
            Self::Alertmanager { .. } => (&[], &["username", "password", "bearer_token"]),
        };
        SecretNames { required, optional }
    }

    /// Required secrets that are not there or empty.
    #[must_use]
    pub fn missing_secrets(&self, secrets: &Secrets) -> Vec<&'static str> {
        let names = self.secret_names();
        names
            .required
            .iter()
            .copied()
            .filter(|name| secrets.get(*name).is_none_or(String::is_empty))
            .collect()
    }
}

const fn enabled() -> bool {
    true
}
