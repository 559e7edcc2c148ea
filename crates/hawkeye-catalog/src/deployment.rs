//! When a version was first seen in an environment.

use std::sync::Arc;

use hawkeye_model::{Dataset, Environment, Timestamp};
use rusqlite::params;

use crate::{CatalogError, Place, Read, Write, places};

/// Older ones go. At ten a day these are 27 years.
pub const DEPLOYMENTS_MAX: i64 = 100_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub service: Arc<str>,
    pub environment: Environment,
    pub version: Arc<str>,
    pub at: Timestamp,
}

impl Read<'_> {
    /// From a moment on and before another, newest first. Empty lists let everything pass.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn deployments(
        &self,
        from: Timestamp,
        to: Timestamp,
        services: &[String],
        within: &[Place],
        limit: usize,
    ) -> Result<Vec<Deployment>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT service, version, at_us, provider, deployment, region FROM deployment
             WHERE at_us >= ?1 AND at_us < ?2 ORDER BY at_us DESC",
        )?;
        let mut rows = statement.query([from.micros(), to.micros()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| found.len() < limit) {
            let service: Arc<str> = row.get(0)?;
            let environment = places::environment(row, 3)?;
            let is_asked = services.is_empty() || services.iter().any(|asked| **asked == *service);
            if is_asked && (within.is_empty() || within.iter().any(|place| place.contains(&environment))) {
                let (version, at) = (row.get(1)?, Timestamp::from_micros(row.get(2)?));
                found.push(Deployment { service, environment, version, at });
            }
        }
        Ok(found)
    }
}

impl Write<'_> {
    /// The first time counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_deployment(&self, dataset: Dataset, deployment: &Deployment) -> Result<(), CatalogError> {
        let environment = &deployment.environment;
        self.0
            .prepare_cached(
                "INSERT INTO deployment (dataset, service, provider, deployment, region, version, at_us)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET at_us = MIN(at_us, excluded.at_us)",
            )?
            .execute(params![
                dataset.as_str(),
                deployment.service,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
                deployment.version,
                deployment.at.micros(),
            ])?;
        Ok(())
    }
}

impl Place {
    /// Whether an environment lies in it.
    #[must_use]
    pub fn contains(&self, environment: &Environment) -> bool {
        let is = |part: &Option<String>, value: &str| part.as_deref().is_none_or(|part| part == value);
        self.provider == environment.provider
            && is(&self.deployment, &environment.deployment)
            && is(&self.region, &environment.region)
    }
}
