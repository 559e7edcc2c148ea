//! Forgetting: what is too old, what is too much, and a data set as one.

use std::time::Duration;

use hawkeye_model::{Dataset, Timestamp};
use rusqlite::params;

use crate::deployment::DEPLOYMENTS_MAX;
use crate::{CatalogError, Write};

/// How many anomalies are kept, and how long. Open ones always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub anomaly: Duration,
    pub anomalies_max: usize,
}

impl Write<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn retain(&self, retention: Retention, now: Timestamp) -> Result<usize, CatalogError> {
        let oldest = now.minus(retention.anomaly).micros();
        let old =
            self.0.execute("DELETE FROM anomaly WHERE closed_us IS NOT NULL AND closed_us < ?1", [oldest])?;
        let excess = self.0.execute(
            "DELETE FROM anomaly WHERE id IN (SELECT id FROM anomaly WHERE closed_us IS NOT NULL
                 ORDER BY onset_us DESC LIMIT -1 OFFSET ?1)",
            [i64::try_from(retention.anomalies_max).unwrap_or(i64::MAX)],
        )?;
        if old + excess > 0 {
            self.drop_orphans()?;
        }
        self.0.execute("DELETE FROM deployment WHERE at_us < ?1", [oldest])?;
        self.0.execute(
            "DELETE FROM deployment WHERE at_us < (SELECT at_us FROM deployment ORDER BY at_us DESC LIMIT 1 OFFSET ?1)",
            [DEPLOYMENTS_MAX],
        )?;
        Ok(old + excess)
    }

    /// Takes a data set away as one: its anomalies, what they changed, its deployments and snapshots.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn remove(&self, dataset: Dataset) -> Result<(), CatalogError> {
        for table in ["anomaly", "adjustment", "deployment", "snapshot", "watermark"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE dataset = ?1"), params![dataset.as_str()])?;
        }
        self.drop_orphans()
    }

    fn drop_orphans(&self) -> Result<(), CatalogError> {
        for table in ["anomaly_evidence", "activity"] {
            self.0.execute(
                &format!("DELETE FROM {table} WHERE anomaly_id NOT IN (SELECT id FROM anomaly)"),
                [],
            )?;
        }
        Ok(())
    }
}
