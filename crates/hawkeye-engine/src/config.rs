//! The limits of detection. The reasons stand in `config/hawkeye.toml`.

use std::time::Duration;

use hawkeye_catalog::Retention;

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
        }
    }
}
