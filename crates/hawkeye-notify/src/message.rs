//! The words of a notification, for a person at three in the morning: what is wrong, where, since when, and what to do.
//!
//! Channels arrange these words and escape them; they do not invent others. All texts here are clean and bounded.

use crate::notification::{AlertContent, Labels, Notification, Reason, Severity, Status};
use crate::text;

pub(crate) const TITLE_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 150;
const SUMMARY_CHARS_MAX: usize = 600;
const DESCRIPTION_CHARS_MAX: usize = 1_000;
const PLACE_CHARS_MAX: usize = 200;
const WHY_CHARS_MAX: usize = 300;
const WHY_LINES_MAX: usize = 10;

/// A notification in words.
#[derive(Debug)]
pub(crate) struct Message {
    /// `[critical] Checkout is slow`.
    pub title: String,
    /// `2 firing, 1 resolved · 2026-11-24 10:21:04 UTC · told again because ...`.
    pub state: String,
    pub items: Vec<Item>,
    /// Alerts that are not among the items.
    pub more: u64,
    /// What to press: label and address.
    pub links: Vec<(&'static str, String)>,
    /// Why this receiver was told.
    pub why: Vec<String>,
}

/// One alert in words.
#[derive(Debug)]
pub(crate) struct Item {
    pub status: Status,
    pub severity: Severity,
    pub summary: String,
    pub description: Option<String>,
    /// `POST /orders in aws/production/eu-west-1`, or empty.
    pub place: String,
    /// `since ...`, or `from ... to ... (12 min)`.
    pub since: String,
    pub runbook_url: Option<String>,
    pub url: Option<String>,
}

impl Message {
    /// With at most `items_max` alerts, the rest counted.
    pub(crate) fn new(notification: &Notification, items_max: usize) -> Self {
        let items: Vec<Item> = notification.alerts.iter().take(items_max).map(Item::new).collect();
        let total = notification.firing_total.saturating_add(notification.resolved_total);
        let known = total.max(notification.alerts.len() as u64);
        Self {
            title: title(notification),
            state: state(notification),
            more: known.saturating_sub(items.len() as u64),
            items,
            links: links(notification),
            why: notification
                .why
                .iter()
                .take(WHY_LINES_MAX)
                .map(|why| text::line(why, WHY_CHARS_MAX))
                .collect(),
        }
    }

    /// `and 7 more`, when the list is not complete.
    pub(crate) fn more_line(&self) -> Option<String> {
        more_line(self.more)
    }
}

pub(crate) fn more_line(more: u64) -> Option<String> {
    (more > 0).then(|| format!("and {more} more"))
}

impl Item {
    fn new(alert: &AlertContent) -> Self {
        let name = text::line(&alert.name, NAME_CHARS_MAX);
        let summary = text::line(&alert.summary, SUMMARY_CHARS_MAX);
        Self {
            status: alert.status,
            severity: alert.severity,
            summary: if summary.is_empty() { name } else { summary },
            description: alert
                .description
                .as_deref()
                .map(|description| text::block(description, DESCRIPTION_CHARS_MAX))
                .filter(|description| !description.is_empty()),
            place: place(&alert.labels),
            since: since(alert),
            runbook_url: alert.runbook_url.as_deref().and_then(text::link),
            url: text::link(&alert.url),
        }
    }

    /// `[high] The share of errors is 12 %`, or `[resolved] ...`.
    pub(crate) fn headline(&self) -> String {
        let mark = if self.status == Status::Firing { self.severity.as_str() } else { self.status.as_str() };
        format!("[{mark}] {}", self.summary)
    }

    /// `POST /orders in production, since 2026-11-24 10:21:04 UTC`.
    pub(crate) fn whereabouts(&self) -> String {
        if self.place.is_empty() { self.since.clone() } else { format!("{}, {}", self.place, self.since) }
    }
}

/// `[critical] ...` while it burns, `[resolved] ...` after.
pub(crate) fn title(notification: &Notification) -> String {
    let mark = match (notification.reason, notification.status) {
        (Reason::Test, _) => "test",
        (_, Status::Firing) => notification.severity.as_str(),
        (_, status) => status.as_str(),
    };
    let title = text::line(&notification.title, TITLE_CHARS_MAX - mark.len() - 3);
    format!("[{mark}] {title}")
}

fn state(notification: &Notification) -> String {
    let mut counts = Vec::new();
    if notification.firing_total > 0 {
        counts.push(format!("{} firing", notification.firing_total));
    }
    if notification.resolved_total > 0 {
        counts.push(format!("{} resolved", notification.resolved_total));
    }
    if counts.is_empty() {
        counts.push(notification.status.as_str().to_owned());
    }
    let reason = match notification.reason {
        Reason::First => "new",
        Reason::NewAlerts => "more alerts have joined",
        Reason::Resolved => "over",
        Reason::Acknowledged => "somebody has taken it",
        Reason::Repeat => "a reminder, it still goes on",
        Reason::Escalation => "nobody has acknowledged it yet",
        Reason::AfterMute => "it went on while muted",
        Reason::Test => "a test, nothing is wrong",
        Reason::DeadLetter => "another channel could not be reached",
    };
    let demo = if notification.dataset == "demo" { " · demo data" } else { "" };
    format!("{} · {reason} · {}{demo}", counts.join(", "), text::utc(notification.created_ms))
}

fn links(notification: &Notification) -> Vec<(&'static str, String)> {
    let wanted = [
        ("Acknowledge", notification.acknowledge_url.as_deref()),
        ("Silence", notification.silence_url.as_deref()),
        ("Open in Hawkeye", Some(notification.open_url.as_str())),
    ];
    wanted.into_iter().filter_map(|(label, url)| Some((label, text::link(url?)?))).collect()
}

fn place(labels: &Labels) -> String {
    let label = |name: &str| {
        labels.get(name).map(|value| text::line(value, PLACE_CHARS_MAX)).filter(|v| !v.is_empty())
    };
    let what = label("endpoint").or_else(|| label("service"));
    match (what, label("environment")) {
        (Some(what), Some(environment)) => format!("{what} in {environment}"),
        (Some(what), None) => what,
        (None, Some(environment)) => environment,
        (None, None) => String::new(),
    }
}

fn since(alert: &AlertContent) -> String {
    match alert.ends_ms.filter(|_| alert.status == Status::Resolved) {
        Some(ends_ms) => {
            let length = text::span(ends_ms.saturating_sub(alert.starts_ms));
            format!("from {} to {} ({length})", text::utc(alert.starts_ms), text::utc(ends_ms))
        }
        None => format!("since {}", text::utc(alert.starts_ms)),
    }
}
