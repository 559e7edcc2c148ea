//! When a version was first seen in an environment, who told of it, and how it was judged.

use std::sync::Arc;

use hawkeye_model::{Dataset, Environment, Timestamp};
use rusqlite::{Row, params};

use crate::words::known;
use crate::{CatalogError, Place, Read, Write, places};

/// Older ones go. At ten a day these are 27 years.
pub const DEPLOYMENTS_MAX: i64 = 100_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub service: Arc<str>,
    pub environment: Environment,
    pub version: Arc<str>,
    pub at: Timestamp,
    pub details: DeploymentDetails,
}

/// What is known beyond the fact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentDetails {
    /// A pipeline told of it.
    pub is_reported: bool,
    pub note: Option<String>,
    pub link: Option<String>,
    /// Minutes after which it was last judged.
    pub judged_minutes: u32,
    /// The newest verdict's kind.
    pub verdict: Option<String>,
    /// All verdicts, as JSON.
    pub verdicts: Option<String>,
}

/// Empty lists let everything pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentQuery {
    pub from: Timestamp,
    /// Before.
    pub to: Timestamp,
    /// `None` takes all.
    pub dataset: Option<Dataset>,
    pub services: Vec<String>,
    pub within: Vec<Place>,
    /// `None` in the list is: not judged.
    pub verdicts: Vec<Option<String>>,
    pub limit: usize,
}

impl Read<'_> {
    /// Newest first, with their data sets.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn deployments(&self, query: &DeploymentQuery) -> Result<Vec<(Dataset, Deployment)>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT dataset, service, version, at_us, provider, deployment, region, is_reported, note, link,
                 judged_minutes, verdict, verdicts
             FROM deployment WHERE at_us >= ?1 AND at_us < ?2 ORDER BY at_us DESC, service, region",
        )?;
        let mut rows = statement.query([query.from.micros(), query.to.micros()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| found.len() < query.limit) {
            let (dataset, deployment) = from_row(row)?;
            if query.takes(dataset, &deployment) {
                found.push((dataset, deployment));
            }
        }
        Ok(found)
    }
}

impl DeploymentQuery {
    fn takes(&self, dataset: Dataset, deployment: &Deployment) -> bool {
        self.dataset.is_none_or(|asked| asked == dataset)
            && (self.services.is_empty() || self.services.iter().any(|asked| **asked == *deployment.service))
            && (self.within.is_empty() || self.within.iter().any(|it| it.contains(&deployment.environment)))
            && (self.verdicts.is_empty() || self.verdicts.contains(&deployment.details.verdict))
    }
}

impl Write<'_> {
    /// The first time counts; what a pipeline told is added.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_deployment(&self, dataset: Dataset, deployment: &Deployment) -> Result<(), CatalogError> {
        let (environment, details) = (&deployment.environment, &deployment.details);
        self.0
            .prepare_cached(
                "INSERT INTO deployment (dataset, service, provider, deployment, region, version, at_us, is_reported,
                     note, link)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT DO UPDATE SET
                     -- Verdicts are about times after it: with another time they are made again.
                     judged_minutes = IIF(excluded.at_us < at_us - 60000000, 0, judged_minutes),
                     verdict = IIF(excluded.at_us < at_us - 60000000, NULL, verdict),
                     verdicts = IIF(excluded.at_us < at_us - 60000000, NULL, verdicts),
                     at_us = MIN(at_us, excluded.at_us),
                     is_reported = MAX(is_reported, excluded.is_reported),
                     note = COALESCE(excluded.note, note), link = COALESCE(excluded.link, link)",
            )?
            .execute(params![
                dataset.as_str(),
                deployment.service,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
                deployment.version,
                deployment.at.micros(),
                details.is_reported,
                details.note,
                details.link,
            ])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn judge_deployment(&self, dataset: Dataset, judged: &Deployment) -> Result<(), CatalogError> {
        let (environment, details) = (&judged.environment, &judged.details);
        self.0
            .prepare_cached(
                "UPDATE deployment SET judged_minutes = ?7, verdict = ?8, verdicts = ?9
                 WHERE dataset = ?1 AND service = ?2 AND provider = ?3 AND deployment = ?4 AND region = ?5
                     AND version = ?6",
            )?
            .execute(params![
                dataset.as_str(),
                judged.service,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
                judged.version,
                details.judged_minutes,
                details.verdict,
                details.verdicts,
            ])?;
        Ok(())
    }
}

fn from_row(row: &Row<'_>) -> Result<(Dataset, Deployment), CatalogError> {
    let deployment = Deployment {
        service: row.get(1)?,
        environment: places::environment(row, 4)?,
        version: row.get(2)?,
        at: Timestamp::from_micros(row.get(3)?),
        details: DeploymentDetails {
            is_reported: row.get(7)?,
            note: row.get(8)?,
            link: row.get(9)?,
            judged_minutes: row.get(10)?,
            verdict: row.get(11)?,
            verdicts: row.get(12)?,
        },
    };
    Ok((known("data set", &row.get::<_, String>(0)?, Dataset::parse)?, deployment))
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
