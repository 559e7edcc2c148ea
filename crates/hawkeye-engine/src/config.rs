//! The limits of detection. The reasons stand in `config/hawkeye.toml`.

use std::time::Duration;

use hawkeye_catalog::Retention;
use hawkeye_notify::NotifyConfig;

use crate::diagnosing::DiagnosisConfig;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineConfig {
    /// A window is looked at so long after its end.
    pub grace: Duration,
    /// How much of what is stored is learnt from at the first start; no longer than sums of a minute are kept.
    pub history: Duration,
    /// Series of a data set that are watched; later ones are not.
    pub series_max: usize,
    pub snapshot_interval: Duration,
    pub retention: Retention,
    pub diagnosis: DiagnosisConfig,
}

const DAY: Duration = Duration::from_secs(86_400);

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(10),
            history: 28 * DAY,
            series_max: 10_000,
            snapshot_interval: Duration::from_secs(300),
            retention: Retention { anomaly: 400 * DAY, anomalies_max: 100_000 },
            diagnosis: DiagnosisConfig::default(),
        }
    }
}

/// The limits of alerting, and what only the server's own configuration may say.
#[derive(Debug, Clone)]
pub struct AlertingConfig {
    /// Where people reach this server; links in notifications begin with it.
    pub public_url: String,
    pub notify: NotifyConfig,
    /// Told once a minute that everything moves.
    pub heartbeat_url: Option<String>,
    /// No heartbeat when no request came for so long.
    pub heartbeat_ingest_silence_max: Duration,
    /// How long resolved alerts, with their timelines and notifications, are kept.
    pub alert_retention: Duration,
    pub alerts_max: usize,
    /// Alerts that were sent in without an end are over so long after they were last sent.
    pub resolve_timeout: Duration,
}

impl Default for AlertingConfig {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:4295".into(),
            notify: NotifyConfig::default(),
            heartbeat_url: None,
            heartbeat_ingest_silence_max: Duration::from_secs(300),
            alert_retention: 400 * DAY,
            alerts_max: 100_000,
            resolve_timeout: Duration::from_secs(300),
        }
    }
}
