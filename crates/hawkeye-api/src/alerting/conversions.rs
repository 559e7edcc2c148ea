//! From the engine's values to JSON.

use std::collections::BTreeMap;

use hawkeye_alert as alert;
use hawkeye_catalog::{AlertCounts as Counts, OutboxRow};
use hawkeye_engine::{AlertSide, ChannelState, Engine, RoutePreview as Route};
use hawkeye_model::{Endpoint, Severity, Timestamp};

use crate::dto;
use crate::dto::{Alert, EndpointRef, MutedBy, NotificationRow, RoutePreview, RouteStep, RouteTarget};

/// What names stand for: silences' comments and channels' names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    silences: BTreeMap<String, String>,
    pub(crate) channels: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn of(engine: &Engine) -> Result<Self, hawkeye_engine::EngineError> {
        let silences = engine.silences(Some(Timestamp::MIN))?;
        let channels = engine.channel_names()?;
        Ok(Self { silences: silences.into_iter().map(|it| (it.id, it.comment)).collect(), channels })
    }

    pub(crate) fn muted_by(&self, kind: &str, by: &str) -> MutedBy {
        let name = self.silences.get(by).filter(|_| kind == "silence");
        MutedBy { kind: kind.to_owned(), by: by.to_owned(), name: name.map_or(by, |it| it).to_owned() }
    }
}

impl Alert {
    pub(crate) fn of(alert: &alert::Alert, names: &Names, now: Timestamp) -> Self {
        let label = |name: &str| alert.labels.get(name).cloned();
        let endpoint = match (label("service"), label("method"), label("route")) {
            (Some(service), Some(method), Some(route)) => Some(Endpoint {
                service: service.as_str().into(),
                method: method.as_str().into(),
                route: route.as_str().into(),
            }),
            _ => None,
        };
        Self {
            id: alert.id.to_string(),
            fingerprint: alert.fingerprint.clone(),
            dataset: if alert.is_demo() { "demo" } else { "live" }.to_owned(),
            state: state_of(alert, now).to_owned(),
            severity: Severity::from(alert.severity()).into(),
            rule: alert.rule.clone(),
            source: alert.source.as_str().to_owned(),
            name: alert.name().to_owned(),
            summary: alert.summary.clone(),
            description: alert.annotations.get("description").cloned(),
            labels: alert.labels.clone(),
            annotations: alert.annotations.clone(),
            runbook_url: alert.runbook_url.clone(),
            generator_url: alert.generator_url.clone(),
            value: alert.value,
            started_ms: alert.started.millis(),
            firing_since_ms: alert.fired.map(Timestamp::millis),
            resolved_ms: alert.resolved.map(Timestamp::millis),
            updated_ms: alert.updated.millis(),
            acknowledged: alert.acknowledged.as_ref().map(|it| dto::AlertAcknowledgement {
                by: it.by.clone(),
                at_ms: it.at.millis(),
                until_ms: it.until.map(Timestamp::millis),
                note: it.note.clone(),
            }),
            assignee: alert.assignee.clone(),
            snoozed_until_ms: alert.snoozed_until.map(Timestamp::millis),
            muted_by: alert.mutes.iter().map(|it| names.muted_by(it.kind.as_str(), &it.by)).collect(),
            anomaly_id: alert.anomaly.clone(),
            endpoint: endpoint.as_ref().map(EndpointRef::from),
            environment: label("environment"),
            notified: dto::Notified {
                count: u64::from(alert.told),
                last_ms: alert.told_at.map(Timestamp::millis),
            },
        }
    }
}

fn state_of(alert: &alert::Alert, now: Timestamp) -> &'static str {
    match alert.state {
        alert::State::Firing if alert.is_acknowledged(now) => "acknowledged",
        alert::State::Firing if alert.is_snoozed(now) => "snoozed",
        alert::State::Firing if !alert.mutes.is_empty() => "muted",
        state => state.as_str(),
    }
}

impl From<Counts> for dto::AlertCounts {
    fn from(counts: Counts) -> Self {
        let Counts { pending, firing, acknowledged, snoozed, muted, resolved } = counts;
        Self { pending, firing, acknowledged, snoozed, muted, resolved }
    }
}

impl From<&OutboxRow> for NotificationRow {
    fn from(row: &OutboxRow) -> Self {
        // One that a newer version wrote is listed without its reasons.
        let body: Option<hawkeye_notify::Notification> = serde_json::from_str(&row.body).ok();
        Self {
            id: row.id.to_string(),
            key: row.key.clone(),
            channel: row.channel.clone(),
            thread: row.thread.clone(),
            state: row.state.clone(),
            reason: row.reason.clone(),
            receiver: row.receiver.clone(),
            title: row.title.clone(),
            dataset: row.dataset.as_str().to_owned(),
            created_ms: row.created.millis(),
            next_ms: (row.state == "waiting").then(|| row.next.millis()),
            attempts: row.attempts,
            last_error: row.last_error.clone(),
            last_status: row.last_status,
            sent_ms: row.sent.map(Timestamp::millis),
            why: body.map(|it| it.why).unwrap_or_default(),
        }
    }
}

impl RoutePreview {
    pub(crate) fn of(route: &Route, names: &Names) -> Self {
        Self {
            path: route.place.split(" / ").map(str::to_owned).collect(),
            receiver: route.receiver.clone(),
            group_labels: route.group_labels.clone(),
            group_wait_s: route.group_wait_s,
            group_interval_s: route.group_interval_s,
            repeat_interval_s: route.repeat_interval_s,
            muted_by: route.quiet.iter().map(|it| names.muted_by("interval", it)).collect(),
            steps: route
                .steps
                .iter()
                .map(|(after_s, targets)| RouteStep {
                    after_s: *after_s,
                    targets: targets.iter().map(|it| RouteTarget::of(it, &names.channels)).collect(),
                })
                .collect(),
            sentence: route.sentence.clone(),
        }
    }
}

impl From<&ChannelState> for dto::ChannelRow {
    fn from(state: &ChannelState) -> Self {
        Self {
            channel: state.channel.clone(),
            secrets_set: state.secrets_set.clone(),
            disabled_reason: state.disabled_reason.clone(),
            breaker: state.breaker.to_owned(),
            last_sent_ms: state.last_sent.map(Timestamp::millis),
            waiting: state.waiting,
            dead: state.dead,
        }
    }
}

impl dto::Silence {
    pub(crate) fn of(silence: &alert::Silence, now: Timestamp) -> Self {
        let state = match silence {
            it if it.ends <= now => "expired",
            it if it.starts > now => "pending",
            _ => "active",
        };
        Self {
            id: silence.id.clone(),
            state: state.to_owned(),
            matchers: silence.matchers.clone(),
            starts_ms: silence.starts.millis(),
            ends_ms: silence.ends.millis(),
            created_by: silence.created_by.clone(),
            comment: silence.comment.clone(),
            updated_ms: silence.updated.millis(),
        }
    }
}

impl dto::AlertBacktestSide {
    pub(crate) fn of(side: &AlertSide, weeks: f64) -> Self {
        let names = Names::default();
        let listed = side.listed.iter().map(|it| dto::BacktestAlert {
            alertname: it.labels.get("alertname").cloned().unwrap_or_default(),
            summary: it.summary.clone(),
            labels: it.labels.clone(),
            started_ms: it.started.millis(),
            resolved_ms: it.resolved.map(Timestamp::millis),
            notified_ms: it.told.map(Timestamp::millis),
            muted_by: it.muted_by.iter().map(|(kind, by)| names.muted_by(kind, by)).collect(),
            receiver: it.receivers.first().cloned(),
        });
        Self {
            alerts: side.alerts,
            notifications: side.notifications,
            per_receiver: side
                .per_receiver
                .iter()
                .map(|(receiver, n)| dto::ReceiverCount {
                    receiver: receiver.clone(),
                    notifications: *n,
                    per_week: *n as f64 / weeks,
                })
                .collect(),
            per_rule: side
                .per_rule
                .iter()
                .map(|(rule, n)| dto::RuleCount { rule: rule.clone(), alerts: *n })
                .collect(),
            incidents_caught: side.incidents_caught,
            incidents_missed: side.incidents_missed,
            delay_s_median: side.delay_median.map(|it| it.as_secs_f64()),
            listed: listed.collect(),
        }
    }
}
