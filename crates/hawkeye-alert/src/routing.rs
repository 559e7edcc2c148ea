//! Who is told about what, and when: the document behind the routing page. Matching stands in `route`, time in
//! `calendar`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::matcher::Matcher;

/// Everything between an alert and a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Routing {
    /// The root: what matches no child is told to its receiver.
    pub route: Route,
    pub receivers: Vec<Receiver>,
    pub inhibitions: Vec<Inhibition>,
    pub intervals: Vec<Interval>,
    pub maintenances: Vec<Maintenance>,
    pub schedules: Vec<Schedule>,
    pub people: Vec<Person>,
    /// Alerts of the demo are told to nobody unless this says so.
    pub tell_demo: bool,
}

/// A node of the tree. What is null is taken from the parent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    /// All must match. The root has none.
    pub matchers: Vec<Matcher>,
    pub receiver: Option<String>,
    /// Also look at the siblings after this one.
    #[serde(rename = "continue")]
    pub is_continued: bool,
    /// Alerts with the same values of these labels are told together. `...` alone: each for itself.
    pub group_by: Option<Vec<String>>,
    /// How long a new group waits for more, in seconds.
    pub group_wait_s: Option<u32>,
    /// How long after a notification the next one may tell of changes, in seconds.
    pub group_interval_s: Option<u32>,
    /// How long until a group that goes on is told again, in seconds.
    pub repeat_interval_s: Option<u32>,
    /// Quiet hours: nothing is told during these intervals; at their end what still fires is.
    pub mute_during: Vec<String>,
    /// Outside of all of these nothing is told.
    pub active_during: Vec<String>,
    #[schema(no_recursion)]
    pub routes: Vec<Route>,
}

/// Whom to tell: at once, and while nobody has acknowledged, further steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    pub name: String,
    /// In order of `after_s`. The first one should be 0.
    pub steps: Vec<Step>,
    #[serde(default = "yes")]
    pub send_resolved: bool,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Seconds after the first step without an acknowledgement.
    pub after_s: u32,
    /// Ids of channels.
    pub channels: Vec<String>,
    /// Names of schedules: whoever is on call.
    pub schedules: Vec<String>,
}

/// While a source fires, targets with equal labels are not told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inhibition {
    pub name: String,
    pub source: Vec<Matcher>,
    pub target: Vec<Matcher>,
    /// A missing label counts as empty.
    #[serde(default)]
    pub equal: Vec<String>,
}

/// A recurring time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    pub name: String,
    /// An IANA name: `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// One of them is enough.
    pub spans: Vec<Span>,
}

/// Local wall-clock time, so it moves with daylight saving.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Span {
    /// On which a span begins: `mon` … `sun`. Empty: every day.
    pub weekdays: Vec<String>,
    /// `22:00`. Empty: midnight.
    pub from: String,
    /// `06:00`; not later than `from` means on the next day. Empty: midnight at the end of the day.
    pub to: String,
    /// 1 to 31; negative ones count from the month's end. Empty: every day.
    pub days_of_month: Vec<i8>,
    /// 1 to 12. Empty: every month.
    pub months: Vec<i8>,
}

/// A planned time in which matching alerts are not told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedMaintenance)]
pub struct Maintenance {
    pub name: String,
    pub matchers: Vec<Matcher>,
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Empty: all the time between the two ends.
    #[serde(default)]
    pub spans: Vec<Span>,
    #[serde(default)]
    pub from_ms: Option<i64>,
    #[serde(default)]
    pub to_ms: Option<i64>,
    /// Tell once afterwards what it hid.
    #[serde(default)]
    pub is_summarised: bool,
    #[serde(default)]
    pub note: String,
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub name: String,
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The local date and time at which the first one's turn began: `2026-01-05T09:00`.
    pub starts: String,
    /// Days of a turn.
    pub shift_days: u32,
    /// Names of people.
    pub people: Vec<String>,
    #[serde(default)]
    pub overrides: Vec<Cover>,
}

/// Somebody else's turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    pub person: String,
    pub from_ms: i64,
    pub to_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub name: String,
    /// Ids of channels.
    pub channels: Vec<String>,
}

impl Default for Routing {
    /// Everything to a receiver without channels, grouped by incident; what belongs to none by service and environment.
    fn default() -> Self {
        Self {
            route: Route {
                receiver: Some("default".into()),
                group_by: Some(vec!["incident".into(), "service".into(), "environment".into()]),
                // All alerts of a window arrive together, so there is nothing to wait for.
                group_wait_s: Some(0),
                group_interval_s: Some(300),
                repeat_interval_s: Some(4 * 3_600),
                ..Route::default()
            },
            receivers: vec![Receiver {
                name: "default".into(),
                steps: vec![Step::default()],
                send_resolved: true,
            }],
            inhibitions: vec![Inhibition {
                name: "worse anomaly of the same endpoint".into(),
                source: vec!["severity=critical".parse().unwrap_or_default()],
                target: vec!["severity=~low|medium".parse().unwrap_or_default()],
                equal: vec!["service".into(), "endpoint".into(), "environment".into(), "dataset".into()],
            }],
            intervals: Vec::new(),
            maintenances: Vec::new(),
            schedules: Vec::new(),
            people: Vec::new(),
            tell_demo: false,
        }
    }
}

fn yes() -> bool {
    true
}

fn utc() -> String {
    "UTC".into()
}
