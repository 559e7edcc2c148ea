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
        self.0.execute("DELETE FROM alert_progress WHERE name = ?1", [dataset.as_str()])?;
        for table in [
            "anomaly",
            "adjustment",
            "deployment",
            "snapshot",
            "watermark",
            "alert",
            "outbox",
            "incident",
            "incident_progress",
        ] {
            self.0.execute(&format!("DELETE FROM {table} WHERE dataset = ?1"), params![dataset.as_str()])?;
        }
        self.drop_orphans()?;
        self.drop_alert_orphans()
    }

    /// Drops what is too old: resolved alerts, notifications that are settled, silences that ended, used links.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn retain_alerts(
        &self,
        retention: std::time::Duration,
        alerts_max: usize,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let oldest = now.minus(retention).micros();
        let most = i64::try_from(alerts_max).unwrap_or(i64::MAX);
        // What a group still has to tell is named in its body.
        self.0.execute("DELETE FROM alert WHERE resolved_us IS NOT NULL AND resolved_us < ?1", [oldest])?;
        self.0.execute(
            "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE state = 'resolved'
                 ORDER BY started_us DESC, id DESC LIMIT -1 OFFSET ?1)",
            [most],
        )?;
        self.0.execute("DELETE FROM outbox WHERE state <> 'waiting' AND created_us < ?1", [oldest])?;
        self.0.execute(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state <> 'waiting'
                 ORDER BY created_us DESC, id DESC LIMIT -1 OFFSET ?1)",
            [most],
        )?;
        self.0.execute("DELETE FROM silence WHERE ends_us < ?1", [oldest])?;
        self.0.execute("DELETE FROM used_link WHERE used_us < ?1", [oldest])?;
        self.0.execute("DELETE FROM channel_memory WHERE updated_us < ?1", [oldest])?;
        self.drop_alert_orphans()
    }

    fn drop_alert_orphans(&self) -> Result<(), CatalogError> {
        for table in ["alert_event", "alert_mute", "outbox_alert"] {
            self.0
                .execute(&format!("DELETE FROM {table} WHERE alert_id NOT IN (SELECT id FROM alert)"), [])?;
        }
        self.0.execute("DELETE FROM outbox_alert WHERE outbox_id NOT IN (SELECT id FROM outbox)", [])?;
        Ok(())
    }

    fn drop_orphans(&self) -> Result<(), CatalogError> {
        for table in ["anomaly_evidence", "activity"] {
            self.0.execute(
                &format!("DELETE FROM {table} WHERE anomaly_id NOT IN (SELECT id FROM anomaly)"),
                [],
            )?;
        }
        self.drop_incident_orphans()
    }
}
