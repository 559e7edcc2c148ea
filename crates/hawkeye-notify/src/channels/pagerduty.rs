//! PagerDuty's Events API, version 2: one incident a thread, triggered, acknowledged and resolved by the same key.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::http::Outgoing;
use crate::message::{Item, Message};
use crate::notification::{Notification, Severity, Status};
use crate::text;

pub(crate) const API_URL: &str = "https://events.pagerduty.com";

/// PagerDuty's own limits.
pub(crate) const DEDUP_KEY_CHARS_MAX: usize = 255;
pub(crate) const SUMMARY_CHARS_MAX: usize = 1_024;
#[cfg(test)]
pub(crate) const EVENT_BYTES_MAX: usize = 512 * 1_024;

/// More are counted. Fifty of the longest stay far below the event's limit.
const ALERTS_MAX: usize = 50;
const VALUE_CHARS_MAX: usize = 500;

pub(crate) fn request(
    api_url: &str,
    routing_key: &str,
    notification: &Notification,
    source: &str,
) -> Outgoing {
    let url = format!("{}/v2/enqueue", api_url.trim_end_matches('/'));
    Outgoing::json(url, &event(routing_key, notification, source))
}

fn event(routing_key: &str, notification: &Notification, source: &str) -> Value {
    let mut event = json!({
        "routing_key": routing_key,
        "event_action": action(notification.status),
        "dedup_key": dedup_key(&notification.thread),
        "client": "Hawkeye",
    });
    let message = Message::new(notification, ALERTS_MAX);
    if let Some(url) = text::link(&notification.open_url) {
        event["client_url"] = Value::from(url);
    }
    if notification.status != Status::Firing {
        return event;
    }
    let label =
        |name: &str| notification.common_labels.get(name).map(|value| text::line(value, VALUE_CHARS_MAX));
    let host = label("environment").unwrap_or_else(|| source.to_owned());
    event["payload"] = json!({
        "summary": text::cut(&message.title, SUMMARY_CHARS_MAX),
        "source": host,
        "severity": severity(notification.severity),
        "timestamp": text::rfc3339(earliest_ms(notification)),
        "component": label("service").or_else(|| label("endpoint")),
        "group": label("environment"),
        "class": label("alertname"),
        "custom_details": details(&message),
    });
    let runbook = message.items.iter().find_map(|item| item.runbook_url.clone()).map(|url| ("Runbook", url));
    let links: Vec<Value> = runbook
        .into_iter()
        .chain(message.links)
        .map(|(label, url)| json!({"href": url, "text": label}))
        .collect();
    event["links"] = Value::Array(links);
    event
}

/// Long threads keep their start and differ by a hash.
pub(crate) fn dedup_key(thread: &str) -> String {
    let clean = text::line(thread, usize::MAX / 8);
    if clean == thread && thread.chars().count() <= DEDUP_KEY_CHARS_MAX {
        return clean;
    }
    let hash = Sha256::digest(thread.as_bytes());
    let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", clean.chars().take(200).collect::<String>())
}

fn details(message: &Message) -> Value {
    let alerts: Vec<Value> = message.items.iter().map(detail).collect();
    json!({
        "state": message.state,
        "alerts": alerts,
        "more": message.more_line(),
        "why": message.why,
    })
}

fn detail(item: &Item) -> Value {
    json!({
        "alert": item.headline(),
        "where": item.place,
        "since": item.since,
        "description": item.description,
        "runbook": item.runbook_url,
        "details": item.url,
    })
}

fn earliest_ms(notification: &Notification) -> i64 {
    notification.alerts.iter().map(|alert| alert.starts_ms).min().unwrap_or(notification.created_ms)
}

const fn action(status: Status) -> &'static str {
    match status {
        Status::Firing => "trigger",
        Status::Acknowledged => "acknowledge",
        Status::Resolved => "resolve",
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "info",
    }
}
