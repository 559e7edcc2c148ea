//! What people decide about detection: how many false alarms they bear, which changes are too small to matter, what is
//! left alone, and when.

use std::sync::Arc;

use hawkeye_model::{Endpoint, EndpointId, Environment, Series, Signal, Timestamp};
use serde::{Deserialize, Serialize};

/// More overrides would slow every window down; a thousand are beyond what a person maintains.
pub const OVERRIDES_MAX: usize = 1_000;

/// As [`OVERRIDES_MAX`].
pub const MAINTENANCE_MAX: usize = 1_000;

/// The presets of sensitivity, in false alarms a week for everything together.
pub const LOW: f64 = 0.2;
pub const MEDIUM: f64 = 1.0;
pub const HIGH: f64 = 5.0;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// All series and signals together.
    pub false_alarms_per_week: f64,
    pub min_change: MinChange,
    /// The last one that applies counts.
    pub overrides: Vec<Override>,
    pub maintenance: Vec<Maintenance>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            false_alarms_per_week: MEDIUM,
            min_change: MinChange::default(),
            overrides: Vec::new(),
            maintenance: Vec::new(),
        }
    }
}

/// Changes below any of these are nobody's business, however certain they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MinChange {
    /// Slower by at least this.
    pub latency_ms: f64,
    /// Slower by at least this factor.
    pub latency_ratio: f64,
    /// Failed requests beyond the usual.
    pub error_requests: f64,
    /// Failed share beyond the usual, 0 to 1.
    pub error_share: f64,
    /// Traffic below this share of the expected is a drop; above its inverse it is a surge.
    pub traffic_ratio: f64,
}

impl Default for MinChange {
    fn default() -> Self {
        Self {
            latency_ms: 5.0,
            latency_ratio: 1.25,
            error_requests: 5.0,
            error_share: 0.01,
            traffic_ratio: 0.6,
        }
    }
}

/// Which series and signals something is about; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    pub service: Option<Arc<str>>,
    /// [`EndpointId`] as a number.
    pub endpoint: Option<u64>,
    /// `aws`, `aws/production` or `aws/production/eu-west-1`.
    pub environment: Option<String>,
    /// [`Signal::as_str`].
    pub signal: Option<String>,
}

impl Scope {
    #[must_use]
    pub fn covers(&self, series: &Series, signal: Signal) -> bool {
        let Endpoint { service, .. } = series.endpoint();
        self.service.as_ref().is_none_or(|wanted| wanted == service)
            && self.endpoint.is_none_or(|wanted| EndpointId(wanted) == series.endpoint_id())
            && self.environment.as_ref().is_none_or(|wanted| is_within(series.environment(), wanted))
            && self.signal.as_ref().is_none_or(|wanted| wanted == signal.as_str())
    }
}

fn is_within(environment: &Environment, wanted: &str) -> bool {
    let name = environment.to_string();
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Another budget for a part of what is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    pub id: u64,
    pub scope: Scope,
    /// For everything in the scope together; `None` leaves it alone.
    pub false_alarms_per_week: Option<f64>,
    pub note: String,
}

/// A time in which things are expected to be odd.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    pub id: u64,
    pub scope: Scope,
    /// Microseconds since 1970.
    pub from_us: i64,
    pub to_us: i64,
    pub mode: MaintenanceMode,
    pub note: String,
}

impl Maintenance {
    #[must_use]
    pub fn is_on(&self, at: Timestamp) -> bool {
        (self.from_us..self.to_us).contains(&at.micros())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceMode {
    /// Nothing is judged and nothing is learnt.
    Pause,
    /// Changes must be twice as large to count.
    Widen,
}

/// What the settings say about a signal of a series at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Paused,
    Judged {
        /// A budget of its own for the matching override, by its position.
        budget: Option<(usize, f64)>,
        is_wide: bool,
    },
}

impl Settings {
    pub(crate) fn rule(&self, series: &Series, signal: Signal, at: Timestamp) -> Rule {
        let mut is_wide = false;
        for maintenance in self.maintenance.iter().filter(|it| it.is_on(at)) {
            if maintenance.scope.covers(series, signal) {
                match maintenance.mode {
                    MaintenanceMode::Pause => return Rule::Paused,
                    MaintenanceMode::Widen => is_wide = true,
                }
            }
        }
        match self.overrides.iter().enumerate().rfind(|(_, it)| it.scope.covers(series, signal)) {
            Some((_, Override { false_alarms_per_week: None, .. })) => Rule::Paused,
            Some((at, Override { false_alarms_per_week: Some(budget), .. })) => {
                Rule::Judged { budget: Some((at, *budget)), is_wide }
            }
            None => Rule::Judged { budget: None, is_wide },
        }
    }
}
