//! Alerts, silences, channels and notifications in JSON. Rules, routing and channels are documents whose JSON their
//! own crates define.

use std::collections::BTreeMap;

use hawkeye_alert::{Labels, Matcher, Observation, Routing, Rule, Target};
use hawkeye_notify::Channel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EndpointRef;
use super::detection::DetectionSettings;
use super::words::Severity;

/// Something that a rule, or somebody else's Prometheus, says about one thing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Alert {
    pub id: String,
    /// The same for the same rule and thing.
    pub fingerprint: String,
    /// `live` or `demo`.
    pub dataset: String,
    /// `pending`, `firing`, `acknowledged`, `snoozed`, `muted` or `resolved`; of a firing one the first that applies.
    pub state: String,
    pub severity: Severity,
    /// Null for alerts that were sent in.
    pub rule: Option<String>,
    /// `rule` or `alertmanager`.
    pub source: String,
    pub name: String,
    pub summary: String,
    pub description: Option<String>,
    pub labels: Labels,
    pub annotations: Labels,
    pub runbook_url: Option<String>,
    pub generator_url: Option<String>,
    pub value: Option<f64>,
    pub started_ms: i64,
    pub firing_since_ms: Option<i64>,
    pub resolved_ms: Option<i64>,
    pub updated_ms: i64,
    pub acknowledged: Option<AlertAcknowledgement>,
    pub assignee: Option<String>,
    pub snoozed_until_ms: Option<i64>,
    pub muted_by: Vec<MutedBy>,
    pub anomaly_id: Option<String>,
    /// Null when it is about a whole service, or was sent in.
    pub endpoint: Option<EndpointRef>,
    pub environment: Option<String>,
    pub notified: Notified,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertAcknowledgement {
    pub by: String,
    pub at_ms: i64,
    pub until_ms: Option<i64>,
    pub note: Option<String>,
}

/// What keeps an alert from being told.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MutedBy {
    /// `silence`, `inhibition`, `maintenance` or `interval`.
    pub kind: String,
    /// An id or a name.
    pub by: String,
    /// For people: a silence's comment, or the name.
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Notified {
    pub count: u64,
    pub last_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct AlertCounts {
    pub pending: u64,
    pub firing: u64,
    pub acknowledged: u64,
    pub snoozed: u64,
    pub muted: u64,
    pub resolved: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertList {
    pub items: Vec<Alert>,
    pub next_cursor: Option<String>,
    /// Whatever states were asked for.
    pub counts: AlertCounts,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertDetail {
    pub alert: Alert,
    /// Oldest first.
    pub timeline: Vec<AlertTimelineEntry>,
    /// Newest first.
    pub notifications: Vec<NotificationRow>,
    pub mutes: Vec<AlertMute>,
    pub route: Vec<RoutePreview>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertTimelineEntry {
    pub at_ms: i64,
    pub actor: String,
    pub kind: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertMute {
    pub kind: String,
    pub by: String,
    pub name: String,
    pub from_ms: i64,
    pub to_ms: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertAction {
    /// 1 to 500.
    pub ids: Vec<String>,
    pub action: AlertActionName,
    #[serde(default)]
    pub actor: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// The end of an acknowledgement, or of a snooze, which needs one.
    #[serde(default)]
    pub until_ms: Option<i64>,
    #[serde(default)]
    pub assignee: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertActionName {
    Acknowledge,
    Unacknowledge,
    Assign,
    Comment,
    Snooze,
    Unsnooze,
    Resolve,
    FalsePositive,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertActionResult {
    pub changed: u64,
    pub alerts: Vec<Alert>,
}

/// An event of the stream.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertEvent {
    /// `opened`, `updated`, `resolved` or `acted`.
    pub change: &'static str,
    pub alert: Alert,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRules {
    pub items: Vec<AlertRuleRow>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRuleRow {
    pub rule: Rule,
    /// What it says, in plain words.
    pub sentence: String,
    /// `default`, `ui` or `file`.
    pub source: String,
    pub updated_ms: Option<i64>,
    pub updated_by: Option<String>,
    pub firing: u64,
    pub pending: u64,
}

/// The rules of files.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertRuleSet {
    pub rules: Vec<Rule>,
    /// Also remove rules of files that are not in the list.
    #[serde(default)]
    pub prune: bool,
    #[serde(default)]
    pub actor: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRulesApplied {
    pub created: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRulePreview {
    pub sentence: String,
    pub matches_now: Vec<AlertRuleMatch>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRuleMatch {
    pub labels: Labels,
    pub summary: String,
    pub value: Option<f64>,
    pub is_met: bool,
}

/// Whom an alert would reach: one that exists, or one with these labels.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingQuestion {
    #[serde(default)]
    pub alert_id: Option<String>,
    #[serde(default)]
    pub labels: Option<Labels>,
    /// Now when left out.
    #[serde(default)]
    pub at_ms: Option<i64>,
    /// Today's when left out.
    #[serde(default)]
    pub routing: Option<Routing>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoutingPreview {
    pub routes: Vec<RoutePreview>,
    pub muted_by: Vec<MutedBy>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoutePreview {
    /// Where in the tree, the root first.
    pub path: Vec<String>,
    pub receiver: String,
    pub group_labels: Labels,
    pub group_wait_s: u32,
    pub group_interval_s: u32,
    pub repeat_interval_s: u32,
    /// Quiet hours at that time.
    pub muted_by: Vec<MutedBy>,
    pub steps: Vec<RouteStep>,
    pub sentence: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RouteStep {
    /// Seconds without an acknowledgement.
    pub after_s: u32,
    pub targets: Vec<RouteTarget>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RouteTarget {
    pub channel: String,
    pub channel_name: String,
    /// `schedule: person`.
    pub via: Option<String>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertBacktestStart {
    pub from_ms: i64,
    pub to_ms: i64,
    /// Today's when left out; the same for the others.
    #[serde(default)]
    pub rules: Option<Vec<Rule>>,
    #[serde(default)]
    pub routing: Option<Routing>,
    #[serde(default)]
    pub settings: Option<DetectionSettings>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertBacktest {
    pub from_ms: i64,
    pub to_ms: i64,
    pub elapsed_s: f64,
    pub current: AlertBacktestSide,
    pub changed: AlertBacktestSide,
    /// What counts as a known incident.
    pub incidents_note: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertBacktestSide {
    pub alerts: u64,
    pub notifications: u64,
    pub per_receiver: Vec<ReceiverCount>,
    pub per_rule: Vec<RuleCount>,
    pub incidents_caught: u64,
    pub incidents_missed: u64,
    pub delay_s_median: Option<f64>,
    /// The newest 200.
    pub listed: Vec<BacktestAlert>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiverCount {
    pub receiver: String,
    pub notifications: u64,
    pub per_week: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleCount {
    pub rule: String,
    pub alerts: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BacktestAlert {
    pub alertname: String,
    pub summary: String,
    pub labels: Labels,
    pub started_ms: i64,
    pub resolved_ms: Option<i64>,
    /// Null when nobody would have been told.
    pub notified_ms: Option<i64>,
    pub muted_by: Vec<MutedBy>,
    /// Of several the first.
    pub receiver: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Silences {
    pub items: Vec<Silence>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Silence {
    pub id: String,
    /// `active`, `pending` or `expired`.
    pub state: String,
    #[schema(value_type = Vec<String>)]
    pub matchers: Vec<Matcher>,
    pub starts_ms: i64,
    pub ends_ms: i64,
    pub created_by: String,
    /// Why.
    pub comment: String,
    pub updated_ms: i64,
}

/// A new silence, or a [`Silence`] with other values; its further fields are left alone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SilenceDraft {
    /// Left out for a new one.
    #[serde(default)]
    pub id: Option<String>,
    #[schema(value_type = Vec<String>)]
    pub matchers: Vec<Matcher>,
    pub starts_ms: i64,
    pub ends_ms: i64,
    #[serde(default)]
    pub created_by: String,
    #[serde(default)]
    pub comment: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SilenceDetail {
    pub silence: Silence,
    /// Newest first.
    pub hidden: Vec<HiddenAlert>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HiddenAlert {
    pub alert_id: String,
    pub name: String,
    pub from_ms: i64,
    pub to_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SilencePreview {
    pub firing: Vec<Alert>,
    pub matched_in_last_week: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Channels {
    pub items: Vec<ChannelRow>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelRow {
    pub channel: Channel,
    /// Names only: a secret never comes back.
    pub secrets_set: Vec<String>,
    pub disabled_reason: Option<String>,
    /// `closed`, `open` or `half_open`: open while it is left alone after failures.
    pub breaker: String,
    pub last_sent_ms: Option<i64>,
    pub waiting: u64,
    pub dead: u64,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelDraft {
    pub channel: Channel,
    /// Those that change; an empty value removes one.
    #[serde(default)]
    pub secrets: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub actor: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelTest {
    /// `delivered`, `retry`, `refused` or `gone`.
    pub outcome: String,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub elapsed_ms: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationList {
    /// Newest first.
    pub items: Vec<NotificationRow>,
    pub next_cursor: Option<String>,
    pub counts: NotificationCounts,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationCounts {
    pub waiting: u64,
    pub sent: u64,
    pub dead: u64,
    pub collapsed: u64,
    pub withheld: u64,
}

/// What one channel was told, or is to be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationRow {
    pub id: String,
    /// Sent with it, so that one that comes twice is known.
    pub key: String,
    pub channel: String,
    pub thread: String,
    /// `waiting`, `sent`, `dead`, `collapsed` or `withheld`.
    pub state: String,
    pub reason: String,
    pub receiver: String,
    pub title: String,
    pub dataset: String,
    pub created_ms: i64,
    pub next_ms: Option<i64>,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub last_status: Option<u16>,
    pub sent_ms: Option<i64>,
    pub why: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationDetail {
    pub notification: NotificationRow,
    pub body: hawkeye_notify::Notification,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OnCallList {
    pub items: Vec<OnCallNow>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OnCallNow {
    pub schedule: String,
    /// Null before the first turn.
    pub person: Option<String>,
    pub until_ms: Option<i64>,
    pub next_person: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertingStatus {
    pub firing: u64,
    pub waiting: u64,
    pub dead: u64,
    pub oldest_waiting_ms: Option<i64>,
    pub heartbeat: HeartbeatStatus,
    pub evaluated_until_ms: Option<i64>,
    pub alerts_max: u64,
    pub alerts_dropped: u64,
    pub breakers_open: Vec<String>,
    pub channels: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeartbeatStatus {
    pub url_set: bool,
    pub last_sent_ms: Option<i64>,
    pub error: Option<String>,
    /// What does not make progress.
    pub blocked_by: Option<String>,
}

impl From<&Observation> for AlertRuleMatch {
    fn from(observation: &Observation) -> Self {
        Self {
            labels: observation.labels.clone(),
            summary: observation.summary.clone(),
            value: observation.value,
            is_met: true,
        }
    }
}

impl RouteTarget {
    pub(crate) fn of(target: &Target, names: &BTreeMap<String, String>) -> Self {
        Self {
            channel: target.channel.clone(),
            channel_name: names.get(&target.channel).unwrap_or(&target.channel).clone(),
            via: target.via.as_ref().map(|(schedule, person)| format!("{schedule}: {person}")),
        }
    }
}
