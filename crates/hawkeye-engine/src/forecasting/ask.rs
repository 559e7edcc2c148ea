//! A forecast that somebody asks for: any scope, from a quarter of an hour to fourteen days ahead.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, Place};
use hawkeye_forecast::{Forecast, ForecastMeasure, Seasons, seasons};
use hawkeye_model::{Dataset, Series, Timestamp};
use hawkeye_store::{EnvironmentPattern, Filter};

use super::history::{History, STEP};
use super::limit::{Limit, limits_of};
use super::read::INCIDENTS_MAX;
use super::reliability::Record;
use super::{HORIZON_STEPS, is_service, key, lock, passes};
use crate::engine::Engine;
use crate::error::EngineError;

/// Finer than a round's steps, for the next two hours.
const FINE_STEP: Duration = Duration::from_secs(300);
const FINE_HORIZON: Duration = Duration::from_secs(2 * 3_600);
const FINE_HISTORY: Duration = Duration::from_secs(14 * 86_400);

const COARSE_STEP: Duration = Duration::from_secs(3_600);
const COARSE_HORIZON: Duration = Duration::from_secs(86_400);
const COARSE_HISTORY: Duration = Duration::from_secs(120 * 86_400);

/// Pasts that were read for somebody, each about fifty kilobytes.
const ASKED_MAX: usize = 64;

/// A past that is shown beside a forecast is twice as long.
const SHOWN_HORIZONS: usize = 2;
const SHOWN_STEPS_MIN: usize = 72;

#[derive(Debug, Clone, PartialEq)]
pub struct ForecastQuery {
    pub filter: Filter,
    pub measure: ForecastMeasure,
    pub horizon: Duration,
}

/// Whether there is a forecast, and whether it deserves belief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    Known(hawkeye_forecast::Trust),
    /// Nothing was ever seen.
    Nothing,
}

#[derive(Debug, Clone)]
pub struct ForecastAnswer {
    pub step: Duration,
    pub history_start: Timestamp,
    /// The newest past, `NAN` where nothing is known.
    pub history: Vec<f64>,
    /// The end of the past.
    pub start: Timestamp,
    pub forecast: Forecast,
    pub seasons: Seasons,
    pub trust: Trust,
    /// All past that it was made from.
    pub past: Duration,
    pub record: Option<Record>,
    pub limit: Option<Limit>,
}

/// Pasts that were asked for lately.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<((Filter, Duration, Timestamp), Arc<History>)>);

impl Asked {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Engine {
    /// # Errors
    /// When the store or the catalog cannot answer.
    pub async fn forecast(self: &Arc<Self>, query: ForecastQuery) -> Result<ForecastAnswer, EngineError> {
        let step = match query.horizon {
            horizon if horizon <= FINE_HORIZON => FINE_STEP,
            horizon if horizon <= COARSE_HORIZON => STEP,
            _ => COARSE_STEP,
        };
        let until = self.clock.now().minus(self.config.grace).floor(step);
        let scope = self.scope_of(&query.filter);
        let history = match self.known_past(scope.as_ref(), step, until) {
            Some(history) => Arc::new(history),
            None => self.asked(&query.filter, step, until).await?,
        };
        self.ask(move |engine| engine.answer(&query, scope, &history)).await
    }

    /// The scope of a round that a filter lets pass, if it is exactly one: an endpoint, or a service when the filter
    /// names no endpoint.
    fn scope_of(&self, filter: &Filter) -> Option<(Dataset, Arc<Series>)> {
        let Filter { environments, endpoints, services, methods, versions, statuses, text } = filter;
        let is_part = !(methods.is_empty() && versions.is_empty() && statuses.is_empty() && text.is_empty());
        if is_part || (endpoints.is_empty() && services.len() != 1) {
            return None;
        }
        let places: Vec<Place> = environments.iter().map(place).collect();
        let is_asked = |series: &Series| {
            is_service(series) == endpoints.is_empty()
                && passes((&places, endpoints, services), series.endpoint(), series.environment())
        };
        let mut found = None;
        for dataset in Dataset::ALL {
            let state = self.forecasting.state(dataset);
            for past in state.pasts.scopes.values().filter(|past| is_asked(&past.series)) {
                if found.is_some() {
                    return None;
                }
                found = Some((dataset, Arc::clone(&past.series)));
            }
        }
        found
    }

    fn known_past(
        &self,
        scope: Option<&(Dataset, Arc<Series>)>,
        step: Duration,
        until: Timestamp,
    ) -> Option<History> {
        let (dataset, series) = scope.filter(|_| step == STEP)?;
        let state = self.forecasting.state(*dataset);
        let past = state.pasts.scopes.get(&series.id())?;
        // A round that is late is no reason to show an old forecast.
        (past.history.end() >= until.minus(STEP)).then(|| past.history.clone())
    }

    async fn asked(
        &self,
        filter: &Filter,
        step: Duration,
        until: Timestamp,
    ) -> Result<Arc<History>, EngineError> {
        let asked = (filter.clone(), step, until);
        let found =
            lock(&self.forecasting.asked).0.iter().find(|(it, _)| *it == asked).map(|(_, it)| Arc::clone(it));
        if let Some(found) = found {
            return Ok(found);
        }
        let oldest = match step {
            FINE_STEP => self.oldest_step(until).max(until.minus(FINE_HISTORY)),
            COARSE_STEP => until.minus(COARSE_HISTORY),
            _ => self.oldest_step(until),
        };
        let mut history = self.history_of(filter, None, oldest.floor(step), until, step).await?;
        // A whole service does not become odd by one of its endpoints.
        if !filter.endpoints.is_empty() {
            let query = AnomalyQuery {
                range: Some((history.start, until)),
                places: filter.environments.iter().map(place).collect(),
                endpoints: filter.endpoints.clone(),
                limit: INCIDENTS_MAX,
                ..AnomalyQuery::default()
            };
            for (_, from, to, signal) in self.times_of_incidents(&query)? {
                history.set_aside(from, to, signal);
            }
        }
        let history = Arc::new(history);
        let mut all = lock(&self.forecasting.asked);
        if all.0.len() >= ASKED_MAX {
            all.0.remove(0);
        }
        all.0.push((asked, Arc::clone(&history)));
        Ok(history)
    }

    fn answer(
        &self,
        query: &ForecastQuery,
        scope: Option<(Dataset, Arc<Series>)>,
        history: &History,
    ) -> Result<ForecastAnswer, EngineError> {
        let steps = query.horizon.as_micros().div_ceil(history.step.as_micros().max(1)) as usize;
        let values = history.values(query.measure, history.len());
        let mut forecast = history.forecast(query.measure, history.len(), steps);
        let mut record = None;
        let mut limit = None;
        if let Some((dataset, series)) = &scope {
            if history.step == STEP && steps <= HORIZON_STEPS {
                self.forecasting.state(*dataset).pasts.correct(
                    *dataset,
                    series,
                    query.measure,
                    &mut forecast,
                );
            }
            record = self.records_of(&[key(*dataset, series, query.measure)])?.pop().flatten();
            let objectives = self.forecasting.documents().objectives();
            let until = history.len();
            limit = limits_of(&objectives, series, query.measure, history, until)
                .into_iter()
                .find(|it| it.objective.is_some() || history.step == STEP);
        }
        let known = values.iter().any(|it| it.is_finite());
        let shown = values.len().min((SHOWN_HORIZONS * steps).max(SHOWN_STEPS_MIN));
        Ok(ForecastAnswer {
            step: history.step,
            history_start: history.at(history.len() - shown),
            history: values[values.len() - shown..].to_vec(),
            start: history.end(),
            trust: if known { Trust::Known(forecast.trust) } else { Trust::Nothing },
            forecast,
            seasons: seasons(&values, history.per_day()),
            past: history.end().since(history.start),
            record,
            limit,
        })
    }
}

/// A filter's environment as the catalog names it.
#[must_use]
pub fn place(pattern: &EnvironmentPattern) -> Place {
    Place {
        provider: pattern.provider,
        deployment: pattern.deployment.clone(),
        region: pattern.region.clone(),
    }
}
