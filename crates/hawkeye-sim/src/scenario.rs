//! What to simulate: the scenario, the span, the rate and the seed.

use std::time::Duration;

use hawkeye_model::Timestamp;

/// Shorter spans leave no room for normal history before an incident.
pub const SPAN_MIN: Duration = Duration::from_secs(3_600);

/// Beyond this one call for a minute of traffic would need gigabytes.
pub const REQUESTS_PER_SECOND_MAX: f64 = 100_000.0;

/// Everything that the traffic depends on: equal configurations give equal requests.
#[derive(Clone, Debug)]
pub struct SimConfig {
    pub seed: u64,
    pub scenario: Scenario,
    /// With `end`, the span in which incidents are planted. Traffic exists before and after it.
    pub start: Timestamp,
    pub end: Timestamp,
    /// The mean over a healthy week, all environments and all services together.
    pub requests_per_second: f64,
}

impl SimConfig {
    pub(crate) fn check(&self) -> Result<(), SimError> {
        if !(self.requests_per_second > 0.0 && self.requests_per_second <= REQUESTS_PER_SECOND_MAX) {
            return Err(SimError::Rate(self.requests_per_second));
        }
        if self.end.since(self.start) < SPAN_MIN {
            return Err(SimError::Span);
        }
        Ok(())
    }
}

/// Why a configuration cannot be simulated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SimError {
    #[error("requests_per_second must be above 0 and at most {REQUESTS_PER_SECOND_MAX}, not {0}")]
    Rate(f64),
    #[error("the span from start to end must be at least {} minutes", SPAN_MIN.as_secs() / 60)]
    Span,
}

/// Which incidents are planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    Healthy,
    LatencySpike,
    SlowDrift,
    ErrorBurst,
    TrafficDrop,
    PatternChange,
    BadDeployment,
    DependencyFailure,
    RegionalOutage,
    All,
}

impl Scenario {
    pub const ALL: [Self; 10] = [
        Self::Healthy,
        Self::LatencySpike,
        Self::SlowDrift,
        Self::ErrorBurst,
        Self::TrafficDrop,
        Self::PatternChange,
        Self::BadDeployment,
        Self::DependencyFailure,
        Self::RegionalOutage,
        Self::All,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::LatencySpike => "latency_spike",
            Self::SlowDrift => "slow_drift",
            Self::ErrorBurst => "error_burst",
            Self::TrafficDrop => "traffic_drop",
            Self::PatternChange => "pattern_change",
            Self::BadDeployment => "bad_deployment",
            Self::DependencyFailure => "dependency_failure",
            Self::RegionalOutage => "regional_outage",
            Self::All => "all",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.as_str() == text)
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::LatencySpike => "Latency spike",
            Self::SlowDrift => "Slow drift",
            Self::ErrorBurst => "Error burst",
            Self::TrafficDrop => "Traffic drop",
            Self::PatternChange => "Pattern change",
            Self::BadDeployment => "Bad deployment",
            Self::DependencyFailure => "Dependency failure",
            Self::RegionalOutage => "Regional outage",
            Self::All => "Everything",
        }
    }

    /// One sentence for the person who chooses.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Healthy => {
                "Nothing breaks, but a surge, a nightly batch, a new endpoint and good deployments look odd."
            }
            Self::LatencySpike => "One endpoint becomes three to six times slower in one environment.",
            Self::SlowDrift => {
                "One endpoint grows slower over hours, by too little to see from minute to minute."
            }
            Self::ErrorBurst => "One endpoint fails for some of its callers in one environment.",
            Self::TrafficDrop => "Most requests for one service stop arriving in one environment.",
            Self::PatternChange => {
                "A quarter of one endpoint's requests take a slow path while the median hardly moves."
            }
            Self::BadDeployment => {
                "A new version of one service fails and is slow in one environment until it is rolled back."
            }
            Self::DependencyFailure => {
                "A service that all environments share times out and pulls its callers down."
            }
            Self::RegionalOutage => "One environment fails as a whole and its traffic moves to the others.",
            Self::All => {
                "Every kind of incident and every decoy, one after the other, the last one still going on."
            }
        }
    }
}
