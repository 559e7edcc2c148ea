//! Alertmanager: its webhook's shape (version 4) for receivers that know it, and its API (version 2) to push alerts to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::channel::Secrets;
use crate::http::Outgoing;
use crate::notification::{AlertContent, Labels, Notification, Status};
use crate::text;

/// A firing alert is withdrawn by Alertmanager after this unless it is told again: a little more than a day, the longest
/// usual time between two reminders. A wrong "it is over" is worse than one that comes late.
const FIRING_FOR_MS: i64 = 26 * 3_600_000;

/// How long a message that is about no alert is shown there: long enough to be grouped and told.
const MESSAGE_FOR_MS: i64 = 15 * 60_000;

const MESSAGE_CHARS_MAX: usize = 500;

/// The end that programs written in Go read as "not yet".
const NO_END: &str = "0001-01-01T00:00:00Z";

/// The body of Alertmanager's webhook, version 4.
pub(crate) fn webhook_body(notification: &Notification, source: &str) -> Value {
    let listed = notification.alerts.len() as u64;
    let total = notification.firing_total.saturating_add(notification.resolved_total);
    let alerts: Vec<Value> = notification
        .alerts
        .iter()
        .map(|alert| {
            json!({
                "status": old_status(alert.status),
                "labels": alert.labels,
                "annotations": annotations(alert),
                "startsAt": text::rfc3339(alert.starts_ms),
                "endsAt": alert.ends_ms.map_or_else(|| NO_END.to_owned(), text::rfc3339),
                "generatorURL": alert.url,
                "fingerprint": alert.fingerprint,
            })
        })
        .collect();
    json!({
        "version": "4",
        "groupKey": notification.thread,
        "truncatedAlerts": total.saturating_sub(listed),
        "status": old_status(notification.status),
        "receiver": notification.receiver,
        "groupLabels": notification.group_labels,
        "commonLabels": notification.common_labels,
        "commonAnnotations": notification.common_annotations,
        "externalURL": source,
        "notification_reason": notification.reason.as_str(),
        "alerts": alerts,
    })
}

/// Pushes the alerts to `{url}/api/v2/alerts`.
pub(crate) fn push_request(
    url: &str,
    secrets: &Secrets,
    notification: &Notification,
    now_ms: i64,
) -> Outgoing {
    let mut alerts: Vec<Value> = notification
        .alerts
        .iter()
        .map(|alert| {
            json!({
                "labels": labels(alert),
                "annotations": annotations(alert),
                "startsAt": text::rfc3339(alert.starts_ms),
                "endsAt": text::rfc3339(push_end_ms(alert, now_ms)),
                "generatorURL": text::link(&alert.url).unwrap_or_default(),
            })
        })
        .collect();
    if alerts.is_empty() {
        alerts.push(message(notification, now_ms));
    }
    let outgoing =
        Outgoing::json(format!("{}/api/v2/alerts", url.trim_end_matches('/')), &Value::Array(alerts));
    let secret = |name: &str| secrets.get(name).filter(|value| !value.is_empty());
    match (secret("bearer_token"), secret("username")) {
        (Some(token), _) => outgoing.header("authorization", format!("Bearer {token}")),
        (None, Some(username)) => {
            let password = secret("password").map_or("", String::as_str);
            let credentials = STANDARD.encode(format!("{username}:{password}"));
            outgoing.header("authorization", format!("Basic {credentials}"))
        }
        (None, None) => outgoing,
    }
}

/// A test, and what another channel did not take, are about no alert. Nothing would be told by an empty list, so they
/// become one that ends by itself.
fn message(notification: &Notification, now_ms: i64) -> Value {
    json!({
        "labels": {
            "alertname": "Hawkeye",
            "severity": notification.severity.as_str(),
            "reason": notification.reason.as_str(),
        },
        "annotations": { "summary": text::line(&notification.title, MESSAGE_CHARS_MAX) },
        "startsAt": text::rfc3339(notification.created_ms),
        "endsAt": text::rfc3339(now_ms.max(notification.created_ms).saturating_add(MESSAGE_FOR_MS)),
        "generatorURL": text::link(&notification.open_url).unwrap_or_default(),
    })
}

/// An end in the past resolves the alert; one in the future keeps it until told again.
fn push_end_ms(alert: &AlertContent, now_ms: i64) -> i64 {
    if alert.status == Status::Resolved {
        let end_ms = alert.ends_ms.unwrap_or(now_ms).min(now_ms.saturating_sub(1));
        return end_ms.max(alert.starts_ms);
    }
    now_ms.saturating_add(FIRING_FOR_MS)
}

/// Alertmanager refuses a whole push for one empty name or value.
fn labels(alert: &AlertContent) -> Labels {
    let mut labels: Labels = alert
        .labels
        .iter()
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    labels.entry("alertname".to_owned()).or_insert_with(|| alert.name.clone());
    labels
}

fn annotations(alert: &AlertContent) -> Labels {
    let mut annotations = alert.annotations.clone();
    annotations.entry("summary".to_owned()).or_insert_with(|| alert.summary.clone());
    if let Some(description) = &alert.description {
        annotations.entry("description".to_owned()).or_insert_with(|| description.clone());
    }
    if let Some(runbook) = &alert.runbook_url {
        annotations.entry("runbook_url".to_owned()).or_insert_with(|| runbook.clone());
    }
    annotations
}

/// Alertmanager knows no acknowledgement.
const fn old_status(status: Status) -> &'static str {
    match status {
        Status::Firing | Status::Acknowledged => "firing",
        Status::Resolved => "resolved",
    }
}
