//! When traffic will exceed what was ever served: the busiest hour of each day against the busiest ever.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::Place;
use hawkeye_forecast::{Capacity, capacity};
use hawkeye_model::{Dataset, EndpointId, Series, SeriesId, Timestamp};
use hawkeye_store::{Dimension, Filter, SumQuery, TimeRange};

use super::{lock, passes, service_series};
use crate::engine::Engine;
use crate::error::EngineError;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Read at once.
const LOT_DAYS: u32 = 30;

/// As long as sums of an hour are kept by default.
const LOTS_MAX: u32 = 14;

/// Days of a picture, and of what is recent.
const SHOWN_DAYS: usize = 60;
const RECENT_DAYS: usize = 7;

/// Which scopes; empty lists let everything pass.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityQuery {
    pub places: Vec<Place>,
    pub endpoints: Vec<EndpointId>,
    pub services: Vec<String>,
    /// Whole services instead of endpoints.
    pub per_service: bool,
    pub limit: usize,
}

#[derive(Debug, Clone)]
pub struct CapacityItem {
    pub dataset: Dataset,
    pub series: Arc<Series>,
    pub capacity: Capacity,
    pub ever_at: Timestamp,
    pub recent: f64,
    /// Requests per minute in the busiest hour of the last days, oldest first; `NAN` on days without requests.
    pub daily_peaks: Vec<f64>,
    pub first_day: Timestamp,
    /// The last day that counts: days until something are counted from it.
    pub last_day: Timestamp,
}

/// Busiest hours, kept until the day is over.
#[derive(Debug, Clone)]
pub(super) struct Peaks {
    per_service: bool,
    first_day: Timestamp,
    until: Timestamp,
    of: Arc<ByScope>,
}

/// By data set and series: the busiest hour of each day.
type ByScope = BTreeMap<(u8, SeriesId), (Dataset, Arc<Series>, Vec<f64>)>;

impl Engine {
    /// The soonest to exceed it first, then those that grow, then the busiest. Returns how many there are before the
    /// limit.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn capacity(
        self: &Arc<Self>,
        query: CapacityQuery,
    ) -> Result<(Vec<CapacityItem>, usize), EngineError> {
        let peaks = self.peaks(query.per_service).await?;
        self.ask(move |_| {
            let mut items: Vec<CapacityItem> = peaks
                .of
                .values()
                .filter(|(_, series, _)| query.matches(series))
                .filter_map(|(dataset, series, days)| item(*dataset, series, days, peaks.first_day))
                .collect();
            let rank = |item: &CapacityItem| item.capacity.days_until.unwrap_or(f64::INFINITY);
            items.sort_by(|one, other| {
                rank(one).total_cmp(&rank(other)).then(other.recent.total_cmp(&one.recent))
            });
            let total = items.len();
            items.truncate(query.limit);
            Ok((items, total))
        })
        .await
    }

    async fn peaks(&self, per_service: bool) -> Result<Peaks, EngineError> {
        let now = self.clock.now();
        let until = now.floor(HOUR);
        let known = lock(&self.forecasting.peaks)
            .iter()
            .find(|it| it.per_service == per_service && it.until == until)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut first_day = until.floor(DAY).plus(DAY).minus(LOT_DAYS * LOTS_MAX * DAY);
        let days = (LOT_DAYS * LOTS_MAX) as usize;
        let mut of = ByScope::new();
        for dataset in Dataset::ALL {
            for lot in 0..LOTS_MAX {
                let from = first_day.plus(lot * LOT_DAYS * DAY);
                let to = from.plus(LOT_DAYS * DAY).min(until);
                let group = if per_service { Dimension::Service } else { Dimension::Endpoint };
                let query = SumQuery {
                    range: TimeRange { from, to },
                    step: Some(HOUR),
                    filter: Filter::default(),
                    group_by: vec![group, Dimension::Environment],
                    dataset: Some(dataset),
                };
                let cells = self.store.sum(&query, now).await?;
                for group in 0..cells.groups.len() {
                    let series = match per_service {
                        true => service_series(&cells.groups[group][0], cells.environment(group, 1)),
                        false => Series::new(cells.endpoint(group, 0), cells.environment(group, 3)),
                    };
                    let id = (dataset as u8, series.id());
                    let (_, _, peaks) =
                        of.entry(id).or_insert_with(|| (dataset, Arc::new(series), vec![f64::NAN; days]));
                    for (hour, sum) in cells.of(group).iter().enumerate().filter(|(_, it)| it.requests() > 0)
                    {
                        let day = (lot * LOT_DAYS) as usize + hour * cells.step.as_secs() as usize / 86_400;
                        let rate = sum.requests() as f64 * 60.0 / cells.step.as_secs_f64();
                        if let Some(peak) = peaks.get_mut(day) {
                            *peak = peak.max(rate);
                        }
                    }
                }
            }
        }
        // Days that nobody knows of tell nothing.
        let unknown = of
            .values()
            .filter_map(|(_, _, peaks)| peaks.iter().position(|it| it.is_finite()))
            .min()
            .unwrap_or(days);
        of.values_mut().for_each(|(_, _, peaks)| drop(peaks.drain(..unknown)));
        first_day = first_day.plus(u32::try_from(unknown).unwrap_or(0) * DAY);
        let peaks = Peaks { per_service, first_day, until, of: Arc::new(of) };
        let mut all = lock(&self.forecasting.peaks);
        all.retain(|it| it.per_service != per_service);
        all.push(peaks.clone());
        Ok(peaks)
    }
}

impl CapacityQuery {
    fn matches(&self, series: &Series) -> bool {
        let asked = (&*self.places, &*self.endpoints, &*self.services);
        passes(asked, series.endpoint(), series.environment())
    }
}

fn item(dataset: Dataset, series: &Arc<Series>, days: &[f64], first_day: Timestamp) -> Option<CapacityItem> {
    // Today is not over: its peak may still come, but one that came counts.
    let (today, before) = days.split_last()?;
    let highest = before.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let known = if *today > highest { days } else { before };
    let capacity = capacity(known);
    let ever = capacity.ever_served_day?;
    let shown = days.len().min(SHOWN_DAYS);
    let after = |day: usize| first_day.plus(u32::try_from(day).unwrap_or(u32::MAX) * DAY);
    let recent = days.iter().rev().take(RECENT_DAYS).copied().fold(f64::NAN, f64::max);
    Some(CapacityItem {
        dataset,
        series: Arc::clone(series),
        ever_at: after(ever),
        recent: if recent.is_nan() { 0.0 } else { recent },
        daily_peaks: days[days.len() - shown..].to_vec(),
        first_day: after(days.len() - shown),
        last_day: after(known.len().saturating_sub(1)),
        capacity,
    })
}
