//! An alert: something that a rule, or somebody else's Prometheus, says about one thing, from its beginning until it
//! is over.

use std::time::Duration;

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rule::{Labels, Level};

/// The state of one alert with what people did about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Never given twice, so an alert that fires again later is another one.
    pub id: i64,
    /// The same for the same rule and thing: 16 hex digits.
    pub fingerprint: String,
    pub state: State,
    pub source: Source,
    /// The rule's id; none for alerts that were sent in.
    pub rule: Option<String>,
    pub labels: Labels,
    pub annotations: Labels,
    /// One sentence.
    pub summary: String,
    pub runbook_url: Option<String>,
    /// Where the sender of the alert explains it.
    pub generator_url: Option<String>,
    pub value: Option<f64>,
    /// The anomaly's id.
    pub anomaly: Option<String>,
    /// When the condition was first met.
    #[serde(with = "micros")]
    pub started: Timestamp,
    #[serde(with = "micros::optional")]
    pub fired: Option<Timestamp>,
    /// When the condition was last met.
    #[serde(with = "micros")]
    pub met: Timestamp,
    #[serde(with = "micros::optional")]
    pub resolved: Option<Timestamp>,
    #[serde(with = "micros")]
    pub updated: Timestamp,
    /// Alerts that were sent in are over at this time unless they are sent again.
    #[serde(with = "micros::optional")]
    pub expires: Option<Timestamp>,
    /// Counts up with everything worth telling: it fired, became worse, was resolved.
    pub transition: u64,
    pub acknowledged: Option<Acknowledgement>,
    pub assignee: Option<String>,
    #[serde(with = "micros::optional")]
    pub snoozed_until: Option<Timestamp>,
    /// What keeps it from being told now.
    pub mutes: Vec<Mute>,
    /// A maintenance hid it that is told about afterwards.
    pub is_owed: bool,
    /// Notifications that told of it, to whatever channels.
    #[serde(default)]
    pub told: u32,
    #[serde(default, with = "micros::optional")]
    pub told_at: Option<Timestamp>,
    /// A person said it is over. It stays so until the condition has gone once.
    pub is_dismissed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The condition is met, but not for long enough.
    Pending,
    Firing,
    Resolved,
}

impl State {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Rule,
    /// Sent in over Alertmanager's API.
    Alertmanager,
}

impl Source {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Alertmanager => "alertmanager",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub by: String,
    #[serde(with = "micros")]
    pub at: Timestamp,
    /// Afterwards it is as if nobody had.
    #[serde(with = "micros::optional")]
    pub until: Option<Timestamp>,
    pub note: Option<String>,
}

/// What keeps an alert from being told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mute {
    pub kind: MuteKind,
    /// The silence's id, or the name of an inhibition or maintenance.
    pub by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MuteKind {
    Silence,
    Inhibition,
    Maintenance,
}

impl MuteKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Inhibition => "inhibition",
            Self::Maintenance => "maintenance",
        }
    }
}

impl Alert {
    #[must_use]
    pub fn is_firing(&self) -> bool {
        self.state == State::Firing
    }

    #[must_use]
    pub fn is_acknowledged(&self, now: Timestamp) -> bool {
        self.acknowledged.as_ref().is_some_and(|it| it.until.is_none_or(|until| now < until))
    }

    #[must_use]
    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        self.snoozed_until.is_some_and(|until| now < until)
    }

    #[must_use]
    pub fn severity(&self) -> Level {
        self.labels.get("severity").and_then(|it| Level::parse(it)).unwrap_or(Level::Medium)
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }

    /// Of the simulation.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.labels.get("dataset").is_some_and(|it| it == "demo")
    }

    /// Whether the condition has been met, or gone, for so long.
    pub(crate) fn met_for(&self, at: Timestamp, seconds: u32) -> bool {
        at.since(self.started) >= Duration::from_secs(seconds.into())
    }
}

/// Times as microseconds since 1970.
pub(crate) mod micros {
    use hawkeye_model::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        at.micros().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_micros)
    }

    pub(crate) mod optional {
        use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp};

        pub(crate) fn serialize<S: Serializer>(
            at: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            at.map(Timestamp::micros).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            Ok(Option::<i64>::deserialize(deserializer)?.map(Timestamp::from_micros))
        }
    }
}
