//! Bands for charts: what is expected of one series, or of an endpoint in several environments together.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::Place;
use hawkeye_detect::Expectations;
use hawkeye_model::{Band, Dataset, EndpointId, Measure, Series, Timestamp};

use crate::engine::Engine;

/// Which series, and at which steps.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectationQuery {
    pub endpoint: EndpointId,
    /// Empty lets everything pass.
    pub places: Vec<Place>,
    pub start: Timestamp,
    pub step: Duration,
    pub n: usize,
}

/// Bands of a scope. Those of several series together are only made where they can be added up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeExpectations {
    pub is_seasonal: bool,
    pub is_learning: bool,
    pub measures: Vec<(Measure, Vec<Option<Band>>)>,
}

impl Engine {
    #[must_use]
    pub fn expectations(&self, query: &ExpectationQuery) -> ScopeExpectations {
        let mut all: Vec<Expectations> = Vec::new();
        for dataset in Dataset::ALL {
            let state = self.watching(dataset).state();
            let asked = state.names.values().filter(|series| is_asked(series, query));
            all.extend(
                asked
                    .filter_map(|series| state.watcher.expect(series.id(), query.start, query.step, query.n)),
            );
        }
        match all.len() {
            1 => all.pop().map_or_else(ScopeExpectations::default, |only| ScopeExpectations {
                is_seasonal: only.is_seasonal,
                is_learning: only.is_learning,
                measures: only.measures,
            }),
            _ => together(&all),
        }
    }

    /// A series that is watched, of an endpoint in an environment.
    pub(crate) fn series(&self, endpoint: EndpointId, environment: &str) -> Option<(Dataset, Arc<Series>)> {
        Dataset::ALL.into_iter().find_map(|dataset| {
            let state = self.watching(dataset).state();
            let is_it = |series: &&Arc<Series>| {
                series.endpoint_id() == endpoint && series.environment().to_string() == environment
            };
            state.names.values().find(is_it).map(|series| (dataset, Arc::clone(series)))
        })
    }
}

fn is_asked(series: &Series, query: &ExpectationQuery) -> bool {
    series.endpoint_id() == query.endpoint
        && (query.places.is_empty() || query.places.iter().any(|place| place.contains(series.environment())))
}

/// Traffic adds up, and shares do by their traffic; latencies of several series do not.
fn together(all: &[Expectations]) -> ScopeExpectations {
    let bands = |expectations: &Expectations, measure| {
        let found = expectations.measures.iter().find(|(found, _)| *found == measure);
        found.map_or_else(Vec::new, |(_, bands)| bands.clone())
    };
    let traffic: Vec<_> = all.iter().map(|it| bands(it, Measure::RequestsPerMinute)).collect();
    let errors: Vec<_> = all.iter().map(|it| bands(it, Measure::ErrorRate)).collect();
    let n = traffic.first().map_or(0, Vec::len);
    let at = |bands: &[Vec<Option<Band>>], step: usize| -> Option<Vec<Band>> {
        bands.iter().map(|it| it.get(step).copied().flatten()).collect()
    };
    let mut measures = Vec::new();
    if n > 0 {
        let sums = (0..n).map(|step| at(&traffic, step).map(|it| sum(&it)));
        measures.push((Measure::RequestsPerMinute, sums.collect()));
        let means = (0..n).map(|step| Some(mean(&at(&errors, step)?, &at(&traffic, step)?)));
        measures.push((Measure::ErrorRate, means.collect()));
    }
    ScopeExpectations {
        is_seasonal: !all.is_empty() && all.iter().all(|it| it.is_seasonal),
        is_learning: all.iter().any(|it| it.is_learning),
        measures,
    }
}

/// Independent series stray together by the root of the sum of squares.
fn sum(bands: &[Band]) -> Band {
    let expected: f64 = bands.iter().map(|band| band.expected).sum();
    let reach = |side: fn(&Band) -> f64| bands.iter().map(|band| side(band).powi(2)).sum::<f64>().sqrt();
    Band {
        lower: (expected - reach(|band| band.expected - band.lower)).max(0.0),
        expected,
        upper: expected + reach(|band| band.upper - band.expected),
    }
}

fn mean(shares: &[Band], traffic: &[Band]) -> Band {
    let whole: f64 = traffic.iter().map(|band| band.expected).sum();
    let weighted: Vec<Band> = shares
        .iter()
        .zip(traffic)
        .map(|(share, traffic)| {
            let weight = if whole > 0.0 { traffic.expected / whole } else { 1.0 / shares.len() as f64 };
            Band {
                lower: share.lower * weight,
                expected: share.expected * weight,
                upper: share.upper * weight,
            }
        })
        .collect();
    let band = sum(&weighted);
    Band { upper: band.upper.min(1.0), ..band }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(lower: f64, expected: f64, upper: f64) -> Band {
        Band { lower, expected, upper }
    }

    #[test]
    fn traffic_adds_up_and_strays_less_than_its_parts() {
        assert_eq!(sum(&[band(7.0, 10.0, 13.0), band(16.0, 20.0, 24.0)]), band(25.0, 30.0, 35.0));
    }

    #[test]
    fn shares_count_by_their_traffic() {
        let shares = [band(0.0, 0.1, 0.1), band(0.0, 0.5, 0.5)];
        let mean = mean(&shares, &[band(0.0, 30.0, 0.0), band(0.0, 10.0, 0.0)]);
        assert!((mean.expected - 0.2).abs() < 1e-12 && (mean.upper - 0.2).abs() < 1e-12, "{mean:?}");
    }
}
