//! What an anomaly is: one series, one cause, from its onset until it is over.
//!
//! The vocabulary only. Who decides that something is odd is `hawkeye-detect`.

use std::fmt;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3Default;

use crate::{Series, SeriesId, Timestamp};

/// What is watched of a series. One signal has at most one open anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    Traffic,
    /// Server errors per request.
    ErrorRate,
    /// Client errors per request.
    ClientErrorRate,
    Latency,
}

impl Signal {
    pub const ALL: [Self; 4] = [Self::Traffic, Self::ErrorRate, Self::ClientErrorRate, Self::Latency];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::ErrorRate => "error_rate",
            Self::ClientErrorRate => "client_error_rate",
            Self::Latency => "latency",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.as_str() == text)
    }
}

/// How a signal is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnomalyKind {
    /// Suddenly slower.
    LatencySpike,
    /// Slower for an hour or longer, at a steady level.
    LatencyShift,
    /// Slower by a little more every hour.
    LatencyDrift,
    /// The median stays, but the shape of the distribution is another.
    PatternChange,
    /// Many failures at once.
    ErrorBurst,
    /// More failures than usual, for long.
    ErrorRise,
    /// Failures with a status code that the series did not have.
    NewErrorCode,
    ClientErrorRise,
    TrafficDrop,
    /// No requests where some were certain.
    Silence,
    /// More requests than usual: information, no harm by itself.
    Surge,
}

impl AnomalyKind {
    pub const ALL: [Self; 11] = [
        Self::LatencySpike,
        Self::LatencyShift,
        Self::LatencyDrift,
        Self::PatternChange,
        Self::ErrorBurst,
        Self::ErrorRise,
        Self::NewErrorCode,
        Self::ClientErrorRise,
        Self::TrafficDrop,
        Self::Silence,
        Self::Surge,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LatencySpike => "latency_spike",
            Self::LatencyShift => "latency_shift",
            Self::LatencyDrift => "latency_drift",
            Self::PatternChange => "pattern_change",
            Self::ErrorBurst => "error_burst",
            Self::ErrorRise => "error_rise",
            Self::NewErrorCode => "new_error_code",
            Self::ClientErrorRise => "client_error_rise",
            Self::TrafficDrop => "traffic_drop",
            Self::Silence => "silence",
            Self::Surge => "surge",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    #[must_use]
    pub const fn signal(self) -> Signal {
        match self {
            Self::LatencySpike | Self::LatencyShift | Self::LatencyDrift | Self::PatternChange => {
                Signal::Latency
            }
            Self::ErrorBurst | Self::ErrorRise | Self::NewErrorCode => Signal::ErrorRate,
            Self::ClientErrorRise => Signal::ClientErrorRate,
            Self::TrafficDrop | Self::Silence | Self::Surge => Signal::Traffic,
        }
    }
}

/// How much harm is done, from the number of failed, slow or missing requests; not how odd it is.
/// Low is worth knowing; from medium on somebody may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

/// What is expected at a moment, and the range in which values are nothing special.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
}

/// The number that an anomaly's observed value and band are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    LatencyMsP50,
    LatencyMsP95,
    LatencyMsP99,
    /// Requests slower than the limit of the usual, per request.
    SlowShare,
    /// Server errors per request.
    ErrorRate,
    ClientErrorRate,
    RequestsPerMinute,
}

impl Measure {
    pub const ALL: [Self; 7] = [
        Self::LatencyMsP50,
        Self::LatencyMsP95,
        Self::LatencyMsP99,
        Self::SlowShare,
        Self::ErrorRate,
        Self::ClientErrorRate,
        Self::RequestsPerMinute,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LatencyMsP50 => "latency_ms_p50",
            Self::LatencyMsP95 => "latency_ms_p95",
            Self::LatencyMsP99 => "latency_ms_p99",
            Self::SlowShare => "slow_share",
            Self::ErrorRate => "error_rate",
            Self::ClientErrorRate => "client_error_rate",
            Self::RequestsPerMinute => "requests_per_minute",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == text)
    }
}

/// Names an anomaly in links: 16 lower-case hex digits. The same history gives the same ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnomalyId(pub u64);

impl AnomalyId {
    #[must_use]
    pub fn new(series: SeriesId, signal: Signal, detected: Timestamp) -> Self {
        let mut hash = Xxh3Default::new();
        hash.update(&series.0.to_le_bytes());
        hash.update(signal.as_str().as_bytes());
        hash.update(&detected.micros().to_le_bytes());
        Self(hash.digest())
    }

    /// `None` unless the text is exactly 16 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        crate::EndpointId::parse(text).map(|id| Self(id.0))
    }
}

impl fmt::Display for AnomalyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Why an anomaly is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// Back to normal.
    Recovered,
    /// It went on so long and so steadily that it is the new normal.
    NewNormal,
    /// A person said so.
    ByHand,
    /// Its series is no longer watched: removed, or in maintenance.
    Unwatched,
}

impl CloseReason {
    pub const ALL: [Self; 4] = [Self::Recovered, Self::NewNormal, Self::ByHand, Self::Unwatched];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::NewNormal => "new_normal",
            Self::ByHand => "by_hand",
            Self::Unwatched => "unwatched",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// One signal of one series that is not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    pub id: AnomalyId,
    pub series: Arc<Series>,
    pub kind: AnomalyKind,
    pub severity: Severity,
    /// The start of the first odd window.
    pub onset: Timestamp,
    /// The end of the window that settled it.
    pub detected: Timestamp,
    /// The end of the last window that was looked at.
    pub updated: Timestamp,
    pub closed: Option<(Timestamp, CloseReason)>,
    pub measure: Measure,
    /// The measure over the worst of the anomaly so far, and what was expected there.
    pub observed: f64,
    pub band: Band,
    /// How surprising the worst moment was: `-ln` of its calibrated tail probability.
    pub score_peak: f64,
    /// What the score had to reach at that moment.
    pub threshold: f64,
    /// Requests since the onset.
    pub requests: u64,
    /// Failed, slow or missing requests since the onset beyond what is usual.
    pub requests_hurt: f64,
    /// The version that was first seen here shortly before the onset.
    pub deployment: Option<Arc<str>>,
    /// One sentence: what, observed, expected, ratio, since when, sample size, harm.
    pub sentence: String,
}

impl Anomaly {
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}
