//! A web address of the user's own: the notification as JSON, as a CloudEvent, in Alertmanager's shape or by a template.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::channel::{Secrets, WebhookFormat};
use crate::channels::alertmanager;
use crate::http::{Outgoing, refused};
use crate::notification::Notification;
use crate::outcome::Outcome;
use crate::{signature, template, text};

/// Type of the CloudEvents; the status follows.
const EVENT_TYPE: &str = "dev.hawkeye.notification";

pub(crate) struct Webhook<'a> {
    pub url: &'a str,
    pub format: WebhookFormat,
    pub template: Option<&'a str>,
    pub headers: &'a BTreeMap<String, String>,
}

pub(crate) fn request(
    webhook: &Webhook<'_>,
    secrets: &Secrets,
    notification: &Notification,
    source: &str,
    now_ms: i64,
) -> Result<Outgoing, Outcome> {
    let (content_type, body) = match webhook.format {
        WebhookFormat::Json => ("application/json", as_json(notification).to_string()),
        WebhookFormat::CloudEvents => {
            ("application/cloudevents+json", cloud_event(notification, source).to_string())
        }
        WebhookFormat::Alertmanager => {
            ("application/json", alertmanager::webhook_body(notification, source).to_string())
        }
        WebhookFormat::Template => {
            let rendered = template::render(webhook.template.unwrap_or_default(), notification);
            ("application/json", rendered.map_err(|error| refused(format!("the template fails: {error}")))?)
        }
    };
    let mut outgoing = Outgoing {
        url: webhook.url.to_owned(),
        content_type,
        headers: webhook.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        body: body.into_bytes(),
    };
    if let Some(token) = secrets.get("bearer_token").filter(|token| !token.is_empty()) {
        outgoing = outgoing.header("authorization", format!("Bearer {token}"));
    }
    let id = webhook_id(&notification.key);
    let timestamp_s = now_ms.div_euclid(1_000);
    if let Some(secret) = secrets.get("signing_secret").filter(|secret| !secret.is_empty()) {
        let signature = signature::sign(secret, &id, timestamp_s, &outgoing.body)
            .map_err(|problem| refused(format!("the signing secret {problem}")))?;
        outgoing = outgoing.header("webhook-signature", signature);
    }
    Ok(outgoing.header("webhook-id", id).header("webhook-timestamp", timestamp_s.to_string()))
}

/// Receivers know a repetition by it. A full stop would make the signed text ambiguous, other characters no header.
fn webhook_id(key: &str) -> String {
    let id: String = key.chars().map(|c| if c.is_ascii_graphic() && c != '.' { c } else { '_' }).collect();
    text::cut(&id, 255).replace('…', "_")
}

fn as_json(notification: &Notification) -> Value {
    serde_json::to_value(notification).unwrap_or(Value::Null)
}

/// Structured mode of CloudEvents 1.0.
fn cloud_event(notification: &Notification, source: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": notification.key,
        "source": source,
        "type": format!("{EVENT_TYPE}.{}", notification.status.as_str()),
        "subject": notification.thread,
        "time": text::rfc3339(notification.created_ms),
        "datacontenttype": "application/json",
        "data": as_json(notification),
    })
}
