//! The past of all scopes out of the store: in lots, then only what is new.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, ForecastKey, StoredAnomaly, Verdict};
use hawkeye_forecast::Correction;
use hawkeye_model::{CloseReason, Dataset, Rollup, Series, SeriesId, Signal, Timestamp};
use hawkeye_store::{Dimension, EnvironmentPattern, Filter, SumQuery, TimeRange};

use super::history::{Cell, History, STEP};
use super::publish::{LEADS, decode_correction};
use super::{Past, Pasts, service_series};
use crate::engine::Engine;
use crate::error::EngineError;

/// Read at once: half a day.
const LOT: Duration = Duration::from_secs(12 * 3_600);

/// Read again each time, because late requests still come in.
const AGAIN: Duration = Duration::from_secs(3_600);

/// Scopes are chosen anew so often, by the traffic of a day.
const CHOICE_INTERVAL: Duration = Duration::from_secs(3_600);
const CHOICE_SPAN: Duration = Duration::from_secs(86_400);

/// At the edge of their retention sums of a minute are being dropped.
const EDGE: Duration = Duration::from_secs(3_600);

/// Incidents that are set aside, the newest ones; longer ones have become ordinary.
pub(super) const INCIDENTS_MAX: usize = 10_000;
const INCIDENT_MAX: Duration = Duration::from_secs(24 * 3_600);

/// Scopes that came late and whose past is read by itself, in one round.
const LATECOMERS_MAX: usize = 20;

impl Engine {
    /// Brings the past of all scopes up to a moment.
    pub(super) async fn read_pasts(
        self: &Arc<Self>,
        dataset: Dataset,
        pasts: &mut Pasts,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        let oldest = self.oldest_step(until);
        let is_first = pasts.until.is_none();
        if is_first {
            let known = self.catalog.read(|read| read.forecast_corrections(dataset))?;
            let decoded = |(key, body): (ForecastKey, Vec<u8>)| Some((key, decode_correction(&body)?));
            pasts.corrections =
                known.into_iter().filter_map(decoded).collect::<HashMap<ForecastKey, Correction>>();
        }
        if pasts.chosen.is_none_or(|chosen| until.since(chosen) >= CHOICE_INTERVAL) {
            let new = self.choose(dataset, pasts, until).await?;
            pasts.latecomers = if is_first { Vec::new() } else { new };
            pasts.chosen = Some(until);
        }
        let mut from = match pasts.until {
            Some(known) => known.minus(AGAIN).max(oldest),
            None => oldest,
        };
        for _ in 0..LATECOMERS_MAX.min(pasts.latecomers.len()) {
            let Some(series) = pasts.latecomers.pop() else { break };
            let history = self.history_of(&filter_of(&series), Some(dataset), oldest, from, STEP).await?;
            pasts.scopes.insert(series.id(), Arc::new(Past { series, history }));
        }
        while from < until {
            let to = from.plus(LOT).min(until);
            self.read_lot(dataset, pasts, TimeRange { from, to }).await?;
            pasts.until = Some(to);
            from = to;
        }
        for past in pasts.scopes.values_mut().filter(|past| past.history.start < oldest) {
            Arc::make_mut(past).history.keep_from(oldest);
        }
        pasts.scopes.retain(|_, past| past.history.len() > 0);
        self.set_incidents_aside(dataset, pasts, oldest, until)?;
        pasts.until = Some(until);
        Ok(())
    }

    /// What recovered incidents made of an endpoint is not what it is like.
    fn set_incidents_aside(
        &self,
        dataset: Dataset,
        pasts: &mut Pasts,
        oldest: Timestamp,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        let query = AnomalyQuery {
            range: Some((oldest, until)),
            datasets: vec![dataset],
            limit: INCIDENTS_MAX,
            ..AnomalyQuery::default()
        };
        for (series, from, to, signal) in self.times_of_incidents(&query)? {
            if let Some(past) = pasts.scopes.get_mut(&series) {
                Arc::make_mut(past).history.set_aside(from, to, signal);
            }
        }
        Ok(())
    }

    /// Recovered incidents that nobody called a false positive: of which series, from when to when, and what was odd.
    pub(super) fn times_of_incidents(
        &self,
        query: &AnomalyQuery,
    ) -> Result<Vec<(SeriesId, Timestamp, Timestamp, Signal)>, EngineError> {
        let found = self.catalog.read(|read| read.anomalies(query))?.items;
        let incident = |stored: StoredAnomaly| {
            let anomaly = stored.anomaly;
            let (closed, CloseReason::Recovered) = anomaly.closed? else { return None };
            let is_one =
                stored.verdict != Some(Verdict::FalsePositive) && closed.since(anomaly.onset) <= INCIDENT_MAX;
            is_one.then(|| (anomaly.series.id(), anomaly.onset, closed, anomaly.kind.signal()))
        };
        Ok(found.into_iter().filter_map(incident).collect())
    }

    pub(super) fn oldest_step(&self, until: Timestamp) -> Timestamp {
        let kept = self.store.minutes_kept().saturating_sub(EDGE);
        until.minus(self.forecasting.config.history.min(kept)).floor(STEP).plus(STEP)
    }

    /// Chooses the scopes with the most traffic, whole services first. Returns those that are new.
    async fn choose(
        &self,
        dataset: Dataset,
        pasts: &mut Pasts,
        until: Timestamp,
    ) -> Result<Vec<Arc<Series>>, EngineError> {
        let query = SumQuery {
            range: TimeRange { from: until.minus(CHOICE_SPAN), to: until },
            step: None,
            filter: Filter::default(),
            group_by: vec![Dimension::Endpoint, Dimension::Environment],
            dataset: Some(dataset),
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        let mut traffic: HashMap<SeriesId, (Arc<Series>, u64)> = HashMap::new();
        for group in 0..cells.groups.len() {
            let series = Series::new(cells.endpoint(group, 0), cells.environment(group, 3));
            let requests = cells.total(group).requests();
            let service = service_series(&series.endpoint().service, series.environment().clone());
            for scope in [service, series] {
                let id = scope.id();
                traffic.entry(id).or_insert_with(|| (Arc::new(scope), 0)).1 += requests;
            }
        }
        let mut all: Vec<(Arc<Series>, u64)> = traffic.into_values().collect();
        all.sort_by_key(|(series, requests)| {
            (!super::is_service(series), std::cmp::Reverse(*requests), series.id().0)
        });
        let chosen: Vec<Arc<Series>> = all
            .iter()
            .take(self.forecasting.config.scopes_max)
            .map(|(series, _)| Arc::clone(series))
            .collect();
        pasts.left_out = all.len() - chosen.len();
        pasts.wanted = chosen.iter().map(|series| series.id()).collect();
        let ids = &pasts.wanted;
        // What was silent for a day stays while there is room: it may come back.
        let mut room = self.forecasting.config.scopes_max - chosen.len();
        pasts.scopes.retain(|id, _| {
            let stays = ids.contains(id) || room > 0;
            room -= usize::from(stays && !ids.contains(id));
            stays
        });
        Ok(chosen.into_iter().filter(|series| !pasts.scopes.contains_key(&series.id())).collect())
    }

    async fn read_lot(
        &self,
        dataset: Dataset,
        pasts: &mut Pasts,
        range: TimeRange,
    ) -> Result<(), EngineError> {
        let query = SumQuery {
            range,
            step: Some(STEP),
            filter: Filter::default(),
            group_by: vec![Dimension::Endpoint, Dimension::Environment],
            dataset: Some(dataset),
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        if cells.step != STEP || cells.start != range.from {
            return Err(EngineError::NotKept);
        }
        let mut sums: BTreeMap<SeriesId, (Arc<Series>, Vec<Rollup>)> = BTreeMap::new();
        let mut heard = vec![false; cells.n];
        for group in 0..cells.groups.len() {
            let series = Series::new(cells.endpoint(group, 0), cells.environment(group, 3));
            let of_group = cells.of(group);
            for (heard, sum) in heard.iter_mut().zip(of_group) {
                *heard |= sum.requests() > 0;
            }
            let service = service_series(&series.endpoint().service, series.environment().clone());
            for scope in [service, series] {
                let empty = || vec![Rollup::default(); cells.n];
                let (_, all) = sums.entry(scope.id()).or_insert_with(|| (Arc::new(scope), empty()));
                all.iter_mut().zip(of_group).for_each(|(sum, more)| sum.merge(more));
            }
        }
        let at = |step: usize| range.from.plus(STEP * u32::try_from(step).unwrap_or(u32::MAX));
        for (id, (series, sums)) in &sums {
            let waits = pasts.latecomers.iter().any(|series| series.id() == *id);
            if pasts.scopes.contains_key(id) || !pasts.wanted.contains(id) || waits {
                continue;
            }
            let Some(first) = sums.iter().position(|sum| sum.requests() > 0) else { continue };
            let history = History::new(at(first), STEP);
            pasts.scopes.insert(*id, Arc::new(Past { series: Arc::clone(series), history }));
        }
        for (id, past) in &mut pasts.scopes {
            let past = Arc::make_mut(past);
            let of_scope = sums.get(id).map(|(_, sums)| sums.as_slice());
            for (step, heard) in heard.iter().enumerate() {
                let cell = match (heard, of_scope) {
                    (false, _) => Cell::UNKNOWN,
                    (true, Some(sums)) => Cell::of(&sums[step]),
                    (true, None) => Cell::of(&Rollup::default()),
                };
                past.history.set(at(step), cell);
            }
        }
        Ok(())
    }

    /// The starts of steps in which no request came from anywhere: nobody listened.
    fn unheard(&self, dataset: Option<Dataset>) -> HashSet<Timestamp> {
        let datasets = Dataset::ALL.into_iter().filter(|it| dataset.is_none_or(|asked| asked == *it));
        let mut heard: BTreeMap<Timestamp, bool> = BTreeMap::new();
        for dataset in datasets {
            // A step that nobody heard is unknown in every past, so the longest one tells.
            let state = self.forecasting.state(dataset);
            let longest = state.pasts.scopes.values().min_by_key(|past| past.history.start);
            for (at, is_known) in longest.into_iter().flat_map(|past| past.history.known()) {
                *heard.entry(at).or_default() |= is_known;
            }
        }
        heard.into_iter().filter(|(_, heard)| !heard).map(|(at, _)| at).collect()
    }

    /// The past of whatever passes a filter, as one scope.
    pub(super) async fn history_of(
        &self,
        filter: &Filter,
        dataset: Option<Dataset>,
        from: Timestamp,
        until: Timestamp,
        step: Duration,
    ) -> Result<History, EngineError> {
        let query = SumQuery {
            range: TimeRange { from, to: until },
            step: Some(step),
            filter: filter.clone(),
            group_by: Vec::new(),
            dataset,
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        if cells.step != step {
            return Err(EngineError::NotKept);
        }
        let mut history = History::new(cells.start, step);
        let unheard = self.unheard(dataset);
        let of_all = if cells.groups.is_empty() { &[] } else { cells.of(0) };
        let first = of_all.iter().position(|sum| sum.requests() > 0).unwrap_or(of_all.len());
        for (at, sum) in of_all.iter().enumerate() {
            let start = cells.start.plus(step * u32::try_from(at).unwrap_or(u32::MAX));
            let is_unheard = sum.requests() == 0 && unheard.contains(&start.floor(STEP));
            history.set(start, if is_unheard { Cell::UNKNOWN } else { Cell::of(sum) });
        }
        history.keep_from(history.at(first));
        Ok(history)
    }
}

/// Lets exactly one scope pass.
pub(super) fn filter_of(series: &Series) -> Filter {
    let environment = series.environment();
    let environments = vec![EnvironmentPattern {
        provider: environment.provider,
        deployment: Some(environment.deployment.to_string()),
        region: Some(environment.region.to_string()),
    }];
    match super::is_service(series) {
        true => Filter {
            environments,
            services: vec![series.endpoint().service.to_string()],
            ..Filter::default()
        },
        false => Filter { environments, endpoints: vec![series.endpoint_id()], ..Filter::default() },
    }
}

// A correction learns from whole forecasts of as many steps as are kept.
pub(super) const CORRECTION_WINDOW: usize = LEADS.len();
