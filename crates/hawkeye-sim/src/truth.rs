//! The ground truth: what was planted, where, when and why.

use std::fmt;
use std::sync::Arc;

use hawkeye_model::{Endpoint, Environment, Timestamp};
use serde::Serialize;

/// One incident, or one decoy that only looks like one.
#[derive(Debug, Clone, PartialEq)]
pub struct Planted {
    pub kind: PlantedKind,
    /// Nobody is harmed: whoever raises an alarm is wrong.
    pub decoy: bool,
    /// One plain sentence.
    pub title: String,
    pub from: Timestamp,
    /// May lie beyond the span's end: then it is still going on there.
    pub to: Timestamp,
    /// `None` when several environments are affected alike.
    pub environment: Option<Environment>,
    /// Where the fault sits; `None` when it is no single service.
    pub service: Option<Arc<str>>,
    /// Where the fault sits; `None` when it is no single endpoint.
    pub endpoint: Option<Endpoint>,
    /// The version that a deployment brings.
    pub version: Option<Arc<str>>,
    pub root_cause: RootCause,
    /// Endpoints that change measurably: those with the fault first, then those that call them.
    pub affected: Vec<Endpoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlantedKind {
    LatencySpike,
    SlowDrift,
    ErrorBurst,
    TrafficDrop,
    PatternChange,
    BadDeployment,
    DependencyFailure,
    RegionalOutage,
    /// Decoy: two to three times the traffic, and all is well.
    Surge,
    /// Decoy: a batch job calls one endpoint at a full hour of the night.
    CronBurst,
    /// Decoy: an endpoint that nobody has called before. It stays: `to` only ends its first hours.
    NewEndpoint,
    /// Decoy: a new version that is as good as the old one.
    GoodDeployment,
}

impl PlantedKind {
    pub const ALL: [Self; 12] = [
        Self::LatencySpike,
        Self::SlowDrift,
        Self::ErrorBurst,
        Self::TrafficDrop,
        Self::PatternChange,
        Self::BadDeployment,
        Self::DependencyFailure,
        Self::RegionalOutage,
        Self::Surge,
        Self::CronBurst,
        Self::NewEndpoint,
        Self::GoodDeployment,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LatencySpike => "latency_spike",
            Self::SlowDrift => "slow_drift",
            Self::ErrorBurst => "error_burst",
            Self::TrafficDrop => "traffic_drop",
            Self::PatternChange => "pattern_change",
            Self::BadDeployment => "bad_deployment",
            Self::DependencyFailure => "dependency_failure",
            Self::RegionalOutage => "regional_outage",
            Self::Surge => "surge",
            Self::CronBurst => "cron_burst",
            Self::NewEndpoint => "new_endpoint",
            Self::GoodDeployment => "good_deployment",
        }
    }

    #[must_use]
    pub const fn is_decoy(self) -> bool {
        matches!(self, Self::Surge | Self::CronBurst | Self::NewEndpoint | Self::GoodDeployment)
    }
}

/// The change that explains everything else: what a diagnosis should name. Shown as `kind` or
/// `kind:name`, for example `dependency:card-processor`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RootCause {
    /// A new version of the planted service.
    Version(Arc<str>),
    /// One bad instance.
    Instance(Arc<str>),
    /// A database, a cache or an external service that the affected endpoints use.
    Dependency(Arc<str>),
    /// A resource that runs out, such as memory.
    Resource(Arc<str>),
    /// A changed setting of the planted service.
    Configuration,
    /// Callers changed: they stay away or come in numbers.
    Callers,
    /// The environment as a whole.
    Region,
    /// A batch job.
    Schedule,
    /// A new feature.
    Release,
}

impl RootCause {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Version(_) => "version",
            Self::Instance(_) => "instance",
            Self::Dependency(_) => "dependency",
            Self::Resource(_) => "resource",
            Self::Configuration => "configuration",
            Self::Callers => "callers",
            Self::Region => "region",
            Self::Schedule => "schedule",
            Self::Release => "release",
        }
    }

    /// What exactly, where that has a name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Version(name) | Self::Instance(name) | Self::Dependency(name) | Self::Resource(name) => {
                Some(name)
            }
            _ => None,
        }
    }
}

impl fmt::Display for RootCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{}:{name}", self.kind()),
            None => f.write_str(self.kind()),
        }
    }
}

#[derive(Serialize)]
struct TruthJson<'a> {
    /// Counts up when a reader of the older form would misread the newer one.
    format: u32,
    planted: Vec<PlantedJson<'a>>,
}

#[derive(Serialize)]
struct PlantedJson<'a> {
    kind: &'static str,
    decoy: bool,
    title: &'a str,
    from_us: i64,
    to_us: i64,
    environment: Option<String>,
    service: Option<&'a str>,
    endpoint: Option<EndpointJson<'a>>,
    version: Option<&'a str>,
    root_cause: String,
    affected: Vec<EndpointJson<'a>>,
}

#[derive(Serialize)]
struct EndpointJson<'a> {
    id: String,
    service: &'a str,
    method: &'a str,
    route: &'a str,
}

impl<'a> PlantedJson<'a> {
    fn new(it: &'a Planted) -> Self {
        Self {
            kind: it.kind.as_str(),
            decoy: it.decoy,
            title: &it.title,
            from_us: it.from.micros(),
            to_us: it.to.micros(),
            environment: it.environment.as_ref().map(ToString::to_string),
            service: it.service.as_deref(),
            endpoint: it.endpoint.as_ref().map(EndpointJson::new),
            version: it.version.as_deref(),
            root_cause: it.root_cause.to_string(),
            affected: it.affected.iter().map(EndpointJson::new).collect(),
        }
    }
}

impl<'a> EndpointJson<'a> {
    fn new(endpoint: &'a Endpoint) -> Self {
        let Endpoint { service, method, route } = endpoint;
        Self { id: endpoint.id().to_string(), service, method, route }
    }
}

/// The ground truth as JSON: `{"format": 1, "planted": [...]}`, one object for each [`Planted`] with
/// its fields under the same names. Times are microseconds since 1970 (`from_us`, `to_us`), environments
/// are written as they are shown (`aws/production/eu-west-1`), root causes as `kind` or `kind:name`, and
/// endpoints as `{id, service, method, route}`. What does not apply is `null`. Fields are only ever added.
#[must_use]
pub fn ground_truth_json(planted: &[Planted]) -> String {
    let planted = planted.iter().map(PlantedJson::new).collect();
    let truth = TruthJson { format: 1, planted };
    // Neither maps with odd keys nor failing Serialize impls are in there, so this cannot fail.
    serde_json::to_string_pretty(&truth).unwrap_or_default()
}
