//! Opsgenie's alert API, version 2: one alert a thread, known by its alias.

use reqwest::Url;
use serde_json::{Value, json};

use crate::http::Outgoing;
use crate::message::Message;
use crate::notification::{Notification, Severity, Status};
use crate::{channels::pagerduty, text};

pub(crate) const API_URL: &str = "https://api.opsgenie.com";

/// Opsgenie's own limits.
pub(crate) const MESSAGE_CHARS_MAX: usize = 130;
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 15_000;
pub(crate) const DETAILS_CHARS_MAX: usize = 8_000;
pub(crate) const SOURCE_CHARS_MAX: usize = 100;
const ENTITY_CHARS_MAX: usize = 512;

const ALERTS_MAX: usize = 30;

/// Of the labels all alerts share, so many become details.
const DETAILS_MAX: usize = 20;
const DETAIL_NAME_CHARS_MAX: usize = 50;
const DETAIL_CHARS_MAX: usize = 300;

pub(crate) fn request(
    api_url: &str,
    api_key: &str,
    notification: &Notification,
    source: &str,
) -> Option<Outgoing> {
    let alias = pagerduty::dedup_key(&notification.thread);
    let mut url = Url::parse(api_url).ok()?;
    let mut body = json!({"source": text::cut(source, SOURCE_CHARS_MAX), "user": "Hawkeye"});
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty().extend(["v2", "alerts"]);
        match notification.status {
            Status::Firing => body = create(notification, source, &alias),
            Status::Acknowledged => drop(path.extend([alias.as_str(), "acknowledge"])),
            Status::Resolved => drop(path.extend([alias.as_str(), "close"])),
        }
    }
    if notification.status != Status::Firing {
        url.set_query(Some("identifierType=alias"));
    }
    Some(Outgoing::json(url.into(), &body).header("authorization", format!("GenieKey {api_key}")))
}

fn create(notification: &Notification, source: &str, alias: &str) -> Value {
    let message = Message::new(notification, ALERTS_MAX);
    let mut details = serde_json::Map::new();
    for (label, url) in &message.links {
        details.insert((*label).to_owned(), Value::from(url.clone()));
    }
    if let Some(url) = message.items.iter().find_map(|item| item.runbook_url.clone()) {
        details.insert("Runbook".to_owned(), Value::from(url));
    }
    let mut left = DETAILS_CHARS_MAX
        - details.iter().map(|(name, value)| size(name, value)).sum::<usize>().min(DETAILS_CHARS_MAX);
    for (name, value) in notification.common_labels.iter().take(DETAILS_MAX) {
        let (name, value) =
            (text::line(name, DETAIL_NAME_CHARS_MAX), Value::from(text::line(value, DETAIL_CHARS_MAX)));
        let Some(rest) = left.checked_sub(size(&name, &value)) else { break };
        left = rest;
        details.insert(name, value);
    }
    json!({
        "message": text::cut(&message.title, MESSAGE_CHARS_MAX),
        "alias": alias,
        "description": description(&message),
        "details": details,
        "entity": notification.common_labels.get("endpoint").map(|value| text::line(value, ENTITY_CHARS_MAX)),
        "source": text::cut(source, SOURCE_CHARS_MAX),
        "tags": ["hawkeye", notification.severity.as_str()],
        "priority": priority(notification.severity),
    })
}

fn size(name: &str, value: &Value) -> usize {
    name.chars().count() + value.as_str().map_or(0, |value| value.chars().count())
}

/// Opsgenie shows descriptions as HTML in places, so they are escaped.
fn description(message: &Message) -> String {
    let mut lines = vec![message.state.clone()];
    for item in &message.items {
        lines.push(format!("{}\n{}", item.headline(), item.whereabouts()));
    }
    lines.extend(message.more_line());
    lines.push(format!("Why you are told:\n{}", message.why.join("\n")));
    text::escape(&lines.join("\n\n"), DESCRIPTION_CHARS_MAX, |character| match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

const fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "P1",
        Severity::High => "P2",
        Severity::Medium => "P3",
        Severity::Low => "P4",
    }
}
