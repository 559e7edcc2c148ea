//! Forecasts that were published, until their time has come; how good they were; what their intervals learnt from it.
//!
//! What a forecast says is bytes here; the sums are columns, because they are read by day and by scope.

use std::sync::Arc;

use hawkeye_model::{Dataset, Endpoint, Environment, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{CatalogError, Read, Write, places};

/// What forecasts are about: an endpoint, or a whole service; in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastScopeRow {
    pub id: Arc<str>,
    pub dataset: Dataset,
    /// Method and route are empty for a whole service.
    pub endpoint: Endpoint,
    pub environment: Environment,
}

/// One measure of one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForecastKey {
    pub scope: Arc<str>,
    pub measure: Arc<str>,
}

/// What was forecast against what came, summed over a day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ForecastScore {
    pub compared: u64,
    /// A value on the edge of an interval counts in part.
    pub within_50: f64,
    pub within_80: f64,
    pub within_95: f64,
    /// Absolute errors, and those of repeating the day before.
    pub error: f64,
    pub error_naive: f64,
    pub loss: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ForecastScoreRow {
    pub day: Timestamp,
    pub key: ForecastKey,
    /// So far ahead.
    pub lead_s: u32,
    pub score: ForecastScore,
}

/// Predicted breaches against breaches, summed over a day and a tenth of the probability.
#[derive(Debug, Clone, PartialEq)]
pub struct BreachScoreRow {
    pub day: Timestamp,
    pub key: ForecastKey,
    pub horizon_s: u32,
    /// 0 to 9.
    pub tenth: u8,
    pub predictions: u64,
    pub breaches: u64,
    /// Summed.
    pub probability: f64,
    /// Squared differences of probability and outcome.
    pub squared: f64,
}

impl Read<'_> {
    /// Up to when forecasts were scored.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forecast_progress(&self, dataset: Dataset) -> Result<Option<Timestamp>, CatalogError> {
        let mut statement =
            self.0.prepare_cached("SELECT scored_us FROM forecast_progress WHERE dataset = ?1")?;
        let found = statement.query_row([dataset.as_str()], |row| row.get(0)).optional()?;
        Ok(found.map(Timestamp::from_micros))
    }

    /// What was published at a moment about a data set.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forecasts_made(
        &self,
        dataset: Dataset,
        made: Timestamp,
    ) -> Result<Vec<(ForecastKey, Vec<u8>)>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT f.scope, f.measure, f.body FROM forecast f JOIN forecast_scope s ON s.id = f.scope
             WHERE f.made_us = ?1 AND s.dataset = ?2 ORDER BY f.scope, f.measure",
        )?;
        let rows = statement.query_map(params![made.micros(), dataset.as_str()], |row| {
            Ok((ForecastKey { scope: row.get(0)?, measure: row.get(1)? }, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When the database refuses.
    pub fn forecast_corrections(
        &self,
        dataset: Dataset,
    ) -> Result<Vec<(ForecastKey, Vec<u8>)>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT c.scope, c.measure, c.body FROM forecast_correction c
             JOIN forecast_scope s ON s.id = c.scope WHERE s.dataset = ?1",
        )?;
        let rows = statement.query_map([dataset.as_str()], |row| {
            Ok((ForecastKey { scope: row.get(0)?, measure: row.get(1)? }, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When a row cannot be read.
    pub fn forecast_scopes(&self) -> Result<Vec<ForecastScopeRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT id, dataset, service, method, route, provider, deployment, region FROM forecast_scope",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let dataset: String = row.get(1)?;
            found.push(ForecastScopeRow {
                id: row.get(0)?,
                dataset: Dataset::ALL
                    .into_iter()
                    .find(|it| it.as_str() == dataset)
                    .ok_or_else(|| CatalogError::damaged("dataset"))?,
                endpoint: Endpoint { service: row.get(2)?, method: row.get(3)?, route: row.get(4)? },
                environment: places::environment(row, 5)?,
            });
        }
        Ok(found)
    }

    /// The sums of one measure of one scope over a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forecast_score(&self, day: Timestamp, key: &ForecastKey) -> Result<ForecastScore, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT TOTAL(compared), TOTAL(within_50), TOTAL(within_80), TOTAL(within_95), TOTAL(error),
             TOTAL(error_naive), TOTAL(loss)
             FROM forecast_score WHERE day_us = ?1 AND scope = ?2 AND measure = ?3",
        )?;
        Ok(statement.query_row(params![day.micros(), key.scope, key.measure], |row| {
            Ok(ForecastScore {
                compared: row.get::<_, f64>(0)? as u64,
                within_50: row.get(1)?,
                within_80: row.get(2)?,
                within_95: row.get(3)?,
                error: row.get(4)?,
                error_naive: row.get(5)?,
                loss: row.get(6)?,
            })
        })?)
    }

    /// Sums over days from a moment on and before another: by how far ahead, or by day. What they are not summed by is
    /// the first day or zero.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forecast_scores(
        &self,
        from: Timestamp,
        to: Timestamp,
        by_day: bool,
    ) -> Result<Vec<ForecastScoreRow>, CatalogError> {
        let (day, lead, group) =
            if by_day { ("day_us", "0", "day_us") } else { ("MIN(day_us)", "lead_s", "lead_s") };
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT {day}, scope, measure, {lead}, SUM(compared), TOTAL(within_50), TOTAL(within_80),
             TOTAL(within_95), TOTAL(error), TOTAL(error_naive), TOTAL(loss)
             FROM forecast_score WHERE day_us >= ?1 AND day_us < ?2 GROUP BY {group}, scope, measure",
        ))?;
        let rows = statement.query_map([from.micros(), to.micros()], |row| {
            Ok(ForecastScoreRow {
                day: Timestamp::from_micros(row.get(0)?),
                key: ForecastKey { scope: row.get(1)?, measure: row.get(2)? },
                lead_s: row.get(3)?,
                score: ForecastScore {
                    compared: count(row, 4)?,
                    within_50: row.get(5)?,
                    within_80: row.get(6)?,
                    within_95: row.get(7)?,
                    error: row.get(8)?,
                    error_naive: row.get(9)?,
                    loss: row.get(10)?,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Summed over days from a moment on and before another, under the first of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn breach_scores(&self, from: Timestamp, to: Timestamp) -> Result<Vec<BreachScoreRow>, CatalogError> {
        let mut statement = self.0.prepare_cached(
            "SELECT MIN(day_us), scope, measure, horizon_s, tenth, SUM(predictions), SUM(breaches), TOTAL(probability),
             TOTAL(squared)
             FROM breach_score WHERE day_us >= ?1 AND day_us < ?2 GROUP BY scope, measure, horizon_s, tenth",
        )?;
        let rows = statement.query_map([from.micros(), to.micros()], |row| {
            Ok(BreachScoreRow {
                day: Timestamp::from_micros(row.get(0)?),
                key: ForecastKey { scope: row.get(1)?, measure: row.get(2)? },
                horizon_s: row.get(3)?,
                tenth: row.get(4)?,
                predictions: count(row, 5)?,
                breaches: count(row, 6)?,
                probability: row.get(7)?,
                squared: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// # Errors
    /// When the database refuses.
    pub fn put_forecast_scope(&self, scope: &ForecastScopeRow) -> Result<(), CatalogError> {
        let (endpoint, environment) = (&scope.endpoint, &scope.environment);
        self.0
            .prepare_cached(
                "INSERT OR IGNORE INTO forecast_scope
                 (id, dataset, service, method, route, provider, deployment, region)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                scope.id,
                scope.dataset.as_str(),
                endpoint.service,
                endpoint.method,
                endpoint.route,
                environment.provider.as_str(),
                environment.deployment,
                environment.region,
            ])?;
        Ok(())
    }

    /// Publishes a forecast; the first one of a moment counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_forecast(&self, made: Timestamp, key: &ForecastKey, body: &[u8]) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT OR IGNORE INTO forecast (made_us, scope, measure, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![made.micros(), key.scope, key.measure, body])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_forecast_correction(&self, key: &ForecastKey, body: &[u8]) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO forecast_correction (scope, measure, body) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![key.scope, key.measure, body])?;
        Ok(())
    }

    /// # Errors
    /// When the database refuses.
    pub fn put_forecast_progress(&self, dataset: Dataset, scored: Timestamp) -> Result<(), CatalogError> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO forecast_progress (dataset, scored_us) VALUES (?1, ?2)")?
            .execute(params![dataset.as_str(), scored.micros()])?;
        Ok(())
    }

    /// Adds to the sums of a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_forecast_score(&self, row: &ForecastScoreRow) -> Result<(), CatalogError> {
        let score = &row.score;
        self.0
            .prepare_cached(
                "INSERT INTO forecast_score VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT DO UPDATE SET
                 compared = compared + excluded.compared, within_50 = within_50 + excluded.within_50,
                 within_80 = within_80 + excluded.within_80, within_95 = within_95 + excluded.within_95,
                 error = error + excluded.error, error_naive = error_naive + excluded.error_naive,
                 loss = loss + excluded.loss",
            )?
            .execute(params![
                row.day.micros(),
                row.key.scope,
                row.key.measure,
                row.lead_s,
                whole(score.compared),
                score.within_50,
                score.within_80,
                score.within_95,
                score.error,
                score.error_naive,
                score.loss,
            ])?;
        Ok(())
    }

    /// Adds to the sums of a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_breach_score(&self, row: &BreachScoreRow) -> Result<(), CatalogError> {
        self.0
            .prepare_cached(
                "INSERT INTO breach_score VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT DO UPDATE SET
                 predictions = predictions + excluded.predictions, breaches = breaches + excluded.breaches,
                 probability = probability + excluded.probability, squared = squared + excluded.squared",
            )?
            .execute(params![
                row.day.micros(),
                row.key.scope,
                row.key.measure,
                row.horizon_s,
                row.tenth,
                whole(row.predictions),
                whole(row.breaches),
                row.probability,
                row.squared,
            ])?;
        Ok(())
    }

    /// Drops forecasts of a data set that were made before a moment, and scores of days before another.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn retain_forecasts(
        &self,
        dataset: Dataset,
        made: Timestamp,
        day: Timestamp,
    ) -> Result<(), CatalogError> {
        let of = "scope IN (SELECT id FROM forecast_scope WHERE dataset = ?1)";
        for (table, column, before) in [
            ("forecast", "made_us", made),
            ("forecast_score", "day_us", day),
            ("breach_score", "day_us", day),
        ] {
            self.0
                .prepare_cached(&format!("DELETE FROM {table} WHERE {column} < ?2 AND {of}"))?
                .execute(params![dataset.as_str(), before.micros()])?;
        }
        Ok(())
    }

    /// Forgets scopes of which nothing is kept any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn prune_forecast_scopes(&self, dataset: Dataset) -> Result<(), CatalogError> {
        self.0.execute(
            "DELETE FROM forecast_scope WHERE dataset = ?1
             AND id NOT IN (SELECT scope FROM forecast) AND id NOT IN (SELECT scope FROM forecast_score)",
            [dataset.as_str()],
        )?;
        self.0.execute(
            "DELETE FROM forecast_correction WHERE scope NOT IN (SELECT id FROM forecast_scope)",
            [],
        )?;
        Ok(())
    }

    /// Forgets all forecasts of a data set.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget_forecasts(&self, dataset: Dataset) -> Result<(), CatalogError> {
        let of = "scope IN (SELECT id FROM forecast_scope WHERE dataset = ?1)";
        for table in ["forecast", "forecast_score", "breach_score", "forecast_correction"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE {of}"), [dataset.as_str()])?;
        }
        for table in ["forecast_scope", "forecast_progress"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE dataset = ?1"), [dataset.as_str()])?;
        }
        Ok(())
    }
}

fn count(row: &rusqlite::Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(column).map(|it| u64::try_from(it).unwrap_or(0))
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
