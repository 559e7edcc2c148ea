//! What one notification says, whatever channel carries it. Written once by the engine, kept as the body of an outbox row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub type Labels = BTreeMap<String, String>;

/// More alerts in one notification are counted, not listed.
pub const ALERTS_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationBody)]
pub struct Notification {
    /// Unique per group, sequence, channel and person: what a receiver can tell a repetition by.
    pub key: String,
    /// The same from a group's first firing to all resolved: what a receiver updates, threads or deduplicates by.
    pub thread: String,
    pub status: Status,
    pub reason: Reason,
    pub severity: Severity,
    /// One line, plain text.
    pub title: String,
    pub receiver: String,
    /// Which step of an escalation this is, from 0.
    pub step: u32,
    /// Why this channel was told, in sentences.
    #[serde(default)]
    pub why: Vec<String>,
    #[serde(default)]
    pub group_labels: Labels,
    #[serde(default)]
    pub common_labels: Labels,
    #[serde(default)]
    pub common_annotations: Labels,
    /// At most [`ALERTS_MAX`].
    #[serde(default)]
    pub alerts: Vec<AlertContent>,
    pub firing_total: u64,
    pub resolved_total: u64,
    pub created_ms: i64,
    pub open_url: String,
    #[serde(default)]
    pub acknowledge_url: Option<String>,
    #[serde(default)]
    pub silence_url: Option<String>,
    /// `live` or `demo`.
    pub dataset: String,
}

/// One alert as it was when the notification was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertContent {
    pub id: String,
    pub fingerprint: String,
    /// How many times this alert changed state.
    pub transition: u64,
    pub status: Status,
    pub severity: Severity,
    pub name: String,
    pub summary: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default)]
    pub annotations: Labels,
    pub starts_ms: i64,
    #[serde(default)]
    pub ends_ms: Option<i64>,
    #[serde(default)]
    pub runbook_url: Option<String>,
    pub url: String,
    #[serde(default)]
    pub chart: Option<Chart>,
}

/// What the alert saw: values, what was expected of them, and when they left it. The lists are equally long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    pub title: String,
    /// `ms`, `%`, `/min`.
    pub unit: String,
    pub t_ms: Vec<i64>,
    pub values: Vec<Option<f64>>,
    pub lower: Vec<Option<f64>>,
    pub upper: Vec<Option<f64>>,
    #[serde(default)]
    pub onset_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationStatus)]
pub enum Status {
    Firing,
    Acknowledged,
    Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationReason)]
pub enum Reason {
    First,
    NewAlerts,
    Resolved,
    Repeat,
    Escalation,
    AfterMute,
    /// Somebody takes care of it.
    Acknowledged,
    Test,
    DeadLetter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationSeverity)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

impl Reason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::NewAlerts => "new_alerts",
            Self::Resolved => "resolved",
            Self::Repeat => "repeat",
            Self::Escalation => "escalation",
            Self::AfterMute => "after_mute",
            Self::Acknowledged => "acknowledged",
            Self::Test => "test",
            Self::DeadLetter => "dead_letter",
        }
    }
}

impl Severity {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
