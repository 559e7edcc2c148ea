//! From what is to be told to rows of the outbox.

use std::collections::BTreeMap;

use hawkeye_alert::{Alert, Book, Labels, Level, Routing, Status, Target, Told};
use hawkeye_catalog::NewOutbox;
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_notify as notify;

use super::batch::{Batch, json};
use super::link::LINK_MAX;
use crate::engine::Engine;

/// Alerts that a message lists; the rest is counted.
const LISTED_MAX: usize = 100;

/// Alerts of one notification whose timelines mention it.
const EVENTS_MAX: usize = 100;

impl Engine {
    pub(crate) fn put_in_outbox(
        &self,
        told: &Told,
        book: &Book,
        routing: &Routing,
        batch: &mut Batch,
        now: Timestamp,
    ) {
        let alerts: Vec<(&Alert, Status)> =
            told.alerts.iter().filter_map(|(id, _, status)| Some((book.get(*id)?, *status))).collect();
        let is_demo = alerts.first().is_some_and(|(alert, _)| alert.is_demo());
        let is_withheld = is_demo && !routing.tell_demo;
        let whom = match told.targets.as_slice() {
            [] => format!("nobody: receiver {} has no channels", told.receiver),
            _ if is_withheld => "nobody: alerts of the demo are not told".to_owned(),
            targets => targets.iter().map(|it| it.channel.as_str()).collect::<Vec<_>>().join(", "),
        };
        // Of a large group that only changes a little, only what changed is noted.
        let listed: Vec<i64> = match told.news.as_slice() {
            [] => told.alerts.iter().map(|(id, ..)| *id).take(LISTED_MAX).collect(),
            news => news.to_vec(),
        };
        for id in listed.iter().take(EVENTS_MAX) {
            batch.event(*id, now, "told", format!("{}: {whom}", told.reason.as_str()));
        }
        let notification = self.notification_of(told, &alerts, now);
        for target in &told.targets {
            let notification = for_target(&notification, told, target);
            let Ok(body) = json(&notification) else { continue };
            batch.outbox.push(NewOutbox {
                key: notification.key.clone(),
                channel: target.channel.clone(),
                thread: told.thread.clone(),
                state: if is_withheld { "withheld" } else { "waiting" }.to_owned(),
                reason: told.reason.as_str().to_owned(),
                receiver: told.receiver.clone(),
                title: notification.title.clone(),
                dataset: if is_demo { Dataset::Demo } else { Dataset::Live },
                created: now,
                next: now,
                body,
                alerts: listed.clone(),
            });
        }
    }

    fn notification_of(
        &self,
        told: &Told,
        alerts: &[(&Alert, Status)],
        now: Timestamp,
    ) -> notify::Notification {
        let count = |wanted: Status| alerts.iter().filter(|(_, status)| *status == wanted).count() as u64;
        let base = self.alerting.config.public_url.trim_end_matches('/');
        let transitions: BTreeMap<i64, u64> = told.alerts.iter().map(|(id, it, _)| (*id, *it)).collect();
        let contents = alerts.iter().take(LISTED_MAX).map(|(alert, status)| {
            let transition = transitions.get(&alert.id).copied().unwrap_or(alert.transition);
            content(alert, *status, transition, base, now)
        });
        let open_url = match alerts {
            [(only, _)] => format!("{base}/alerts/{}", only.id),
            _ => format!("{base}/alerts"),
        };
        let link = notify::LinkPayload {
            thread: told.thread.clone(),
            key: format!("{}-{}", told.thread, told.sequence),
            expires_ms: now.plus(LINK_MAX).millis(),
        };
        let is_firing = told.status == Status::Firing;
        notify::Notification {
            key: String::new(),
            thread: told.thread.clone(),
            status: status_of(told.status),
            reason: reason_of(told.reason),
            severity: severity_of(told.severity),
            title: title(told, alerts),
            receiver: told.receiver.clone(),
            step: u32::try_from(told.step).unwrap_or(u32::MAX),
            why: told.why.clone(),
            group_labels: told.labels.clone(),
            common_labels: common(alerts.iter().map(|(alert, _)| &alert.labels)),
            common_annotations: common(alerts.iter().map(|(alert, _)| &alert.annotations)),
            alerts: contents.collect(),
            firing_total: count(Status::Firing),
            resolved_total: count(Status::Resolved),
            created_ms: now.millis(),
            open_url,
            acknowledge_url: is_firing.then(|| format!("{base}/ack/{}", self.alerting.links.sign(&link))),
            silence_url: is_firing.then(|| format!("{base}/alerts?tab=silences&new={}", query(&told.labels))),
            dataset: alerts
                .first()
                .filter(|(alert, _)| alert.is_demo())
                .map_or("live", |_| "demo")
                .to_owned(),
        }
    }

    pub(crate) fn test_notification(
        &self,
        channel: &notify::Channel,
        now: Timestamp,
    ) -> notify::Notification {
        let base = self.alerting.config.public_url.trim_end_matches('/').to_owned();
        let thread = format!("hawkeye-test-{}", now.micros());
        notify::Notification {
            key: format!("{thread}-{}", channel.id),
            thread,
            status: notify::Status::Firing,
            reason: notify::Reason::Test,
            severity: notify::Severity::Low,
            title: format!("Test from Hawkeye: {} works", channel.name),
            receiver: "test".into(),
            step: 0,
            why: vec!["somebody pressed the test button of this channel".into()],
            group_labels: Labels::new(),
            common_labels: Labels::new(),
            common_annotations: Labels::new(),
            alerts: Vec::new(),
            firing_total: 0,
            resolved_total: 0,
            created_ms: now.millis(),
            open_url: format!("{base}/alerts"),
            acknowledge_url: None,
            silence_url: None,
            dataset: "live".into(),
        }
    }
}

fn for_target(notification: &notify::Notification, told: &Told, target: &Target) -> notify::Notification {
    notify::Notification {
        key: format!("{}-{}-{}", told.thread, told.sequence, target.channel),
        ..notification.clone()
    }
}

fn content(
    alert: &Alert,
    status: Status,
    transition: u64,
    base: &str,
    now: Timestamp,
) -> notify::AlertContent {
    let status = match status {
        Status::Firing if alert.is_acknowledged(now) => Status::Acknowledged,
        status => status,
    };
    notify::AlertContent {
        id: alert.id.to_string(),
        fingerprint: alert.fingerprint.clone(),
        transition,
        status: status_of(status),
        severity: severity_of(alert.severity()),
        name: alert.name().to_owned(),
        summary: alert.summary.clone(),
        description: alert.annotations.get("description").cloned(),
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        starts_ms: alert.started.millis(),
        ends_ms: alert.resolved.map(Timestamp::millis),
        runbook_url: alert.runbook_url.clone(),
        url: format!("{base}/alerts/{}", alert.id),
        chart: None,
    }
}

fn title(told: &Told, alerts: &[(&Alert, Status)]) -> String {
    let word = match told.status {
        Status::Resolved => "Resolved",
        Status::Acknowledged => "Acknowledged",
        Status::Firing => match told.severity {
            Level::Critical => "Critical",
            Level::High => "High",
            Level::Medium => "Medium",
            Level::Low => "Low",
        },
    };
    match alerts {
        [] => word.to_owned(),
        [(only, _)] => format!("{word}: {}", only.summary),
        [(first, _), rest @ ..] => {
            let place: Vec<&str> = ["service", "environment"]
                .iter()
                .filter_map(|name| told.labels.get(*name).map(String::as_str))
                .filter(|value| !value.is_empty())
                .collect();
            match place.as_slice() {
                [] => format!("{word}: {} and {} more", first.summary, rest.len()),
                place => format!("{word}: {} alerts, {}", alerts.len(), place.join(" in ")),
            }
        }
    }
}

/// The pairs that all have.
fn common<'a>(mut all: impl Iterator<Item = &'a Labels>) -> Labels {
    let Some(first) = all.next() else { return Labels::new() };
    let mut common = first.clone();
    for labels in all {
        common.retain(|name, value| labels.get(name) == Some(value));
    }
    common
}

/// The labels of a group as the matchers of a new silence, in a form that stands in a URL.
fn query(labels: &Labels) -> String {
    let matchers: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    let mut encoded = String::new();
    for byte in matchers.join(",").bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn status_of(status: Status) -> notify::Status {
    match status {
        Status::Firing => notify::Status::Firing,
        Status::Acknowledged => notify::Status::Acknowledged,
        Status::Resolved => notify::Status::Resolved,
    }
}

fn reason_of(reason: hawkeye_alert::Reason) -> notify::Reason {
    use hawkeye_alert::Reason;
    match reason {
        Reason::First => notify::Reason::First,
        Reason::NewAlerts => notify::Reason::NewAlerts,
        Reason::Resolved => notify::Reason::Resolved,
        Reason::Repeat => notify::Reason::Repeat,
        Reason::Escalation => notify::Reason::Escalation,
        Reason::AfterMute => notify::Reason::AfterMute,
        Reason::Acknowledged => notify::Reason::Acknowledged,
    }
}

/// The two crates do not know each other's severities.
fn severity_of(level: Level) -> notify::Severity {
    match level {
        Level::Low => notify::Severity::Low,
        Level::Medium => notify::Severity::Medium,
        Level::High => notify::Severity::High,
        Level::Critical => notify::Severity::Critical,
    }
}
