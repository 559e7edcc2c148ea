//! Environments side by side: the same endpoints at the same time, each environment against all others.
//!
//! Slow is what takes longer than nineteen of twenty requests of the endpoint in all environments together, with a
//! quarter to spare; so a slower environment has more slow requests than its share.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hawkeye_diagnose::{
    Against, ComparedMeasure, Comparison, Count, LEAST_ERROR_RATE, LEAST_SLOW_SHARE, Stratum, Subject,
    compare_shares, comparison,
};
use hawkeye_model::{Endpoint, EndpointId, Rollup};
use hawkeye_store::{Dimension, Filter, SumQuery, TimeRange};

use crate::engine::Engine;
use crate::error::EngineError;

/// Slower than this many times the common p95.
const SLOW_FACTOR: f64 = 1.25;

/// Endpoints that are listed: those that differ most.
const ENDPOINTS_MAX: usize = 200;

/// Versions of an environment that are listed.
const VERSIONS_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentComparison {
    /// What stands out, in one sentence.
    pub statement: String,
    pub environments: Vec<ComparedEnvironment>,
    /// Those that differ most first.
    pub endpoints: Vec<ComparedEndpoint>,
    /// Endpoints with requests in at least two environments.
    pub endpoints_shared: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ComparedEnvironment {
    pub name: String,
    pub total: Rollup,
    /// Service, version and requests, the largest first.
    pub versions: Vec<(Arc<str>, Arc<str>, u64)>,
    pub error_rate: Option<Comparison>,
    pub slow_share: Option<Comparison>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ComparedEndpoint {
    pub endpoint: Endpoint,
    /// In the order of the environments; `None` where it has no requests.
    pub cells: Vec<Option<ComparedCell>>,
    /// The largest p95 over the smallest.
    pub spread: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ComparedCell {
    pub total: Rollup,
    pub error_rate_difference: f64,
    pub slow_share_difference: f64,
    /// One of the two is beyond chance and worth mentioning: worse here.
    pub is_worse: bool,
}

/// One endpoint by environment, each with its slow requests.
struct Row {
    endpoint: Endpoint,
    by_environment: Vec<(Rollup, u64)>,
}

impl Engine {
    /// # Errors
    /// When the store cannot answer.
    pub async fn compare_environments(
        self: &Arc<Self>,
        range: TimeRange,
        filter: Filter,
    ) -> Result<EnvironmentComparison, EngineError> {
        let query = SumQuery {
            range,
            step: None,
            filter,
            group_by: vec![Dimension::Endpoint, Dimension::Environment, Dimension::Version],
            dataset: None,
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        self.ask(move |_| {
            let mut sums: BTreeMap<(Endpoint, String), Rollup> = BTreeMap::new();
            let mut versions: HashMap<(String, Arc<str>, Arc<str>), u64> = HashMap::new();
            for group in 0..cells.groups.len() {
                let (endpoint, environment) =
                    (cells.endpoint(group, 0), cells.environment(group, 3).to_string());
                let total = cells.total(group);
                let version = Arc::clone(&cells.groups[group][6]);
                if !version.is_empty() {
                    let key = (environment.clone(), Arc::clone(&endpoint.service), version);
                    *versions.entry(key).or_default() += total.requests();
                }
                sums.entry((endpoint, environment)).or_default().merge(&total);
            }
            Ok(compared(sums, versions))
        })
        .await
    }
}

fn compared(
    sums: BTreeMap<(Endpoint, String), Rollup>,
    versions: HashMap<(String, Arc<str>, Arc<str>), u64>,
) -> EnvironmentComparison {
    let mut names: Vec<String> = sums.keys().map(|(_, environment)| environment.clone()).collect();
    names.sort();
    names.dedup();
    let mut rows: BTreeMap<EndpointId, Row> = BTreeMap::new();
    let mut totals = vec![Rollup::default(); names.len()];
    for ((endpoint, environment), sum) in sums {
        let Ok(at) = names.binary_search(&environment) else { continue };
        totals[at].merge(&sum);
        let row = rows
            .entry(endpoint.id())
            .or_insert_with(|| Row { endpoint, by_environment: vec![(Rollup::default(), 0); names.len()] });
        row.by_environment[at].0.merge(&sum);
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.iter_mut().for_each(Row::count_slow);
    let endpoints_shared = rows.iter().filter(|row| row.present() > 1).count();
    let environments: Vec<ComparedEnvironment> = names
        .iter()
        .zip(totals)
        .enumerate()
        .map(|(at, (name, total))| ComparedEnvironment {
            name: name.clone(),
            total,
            versions: versions_of(name, &versions),
            error_rate: against_others(&rows, at, name, ComparedMeasure::ErrorRate),
            slow_share: against_others(&rows, at, name, ComparedMeasure::SlowShare),
        })
        .collect();
    let mut endpoints: Vec<ComparedEndpoint> =
        rows.iter().filter(|row| row.present() > 1).map(|row| row.compared(&names)).collect();
    endpoints.sort_by(|left, right| {
        let worse = |it: &ComparedEndpoint| it.cells.iter().flatten().any(|cell| cell.is_worse);
        (worse(right).cmp(&worse(left))).then(right.spread.total_cmp(&left.spread))
    });
    let statement = statement(&names, &environments, &endpoints);
    endpoints.truncate(ENDPOINTS_MAX);
    EnvironmentComparison { statement, environments, endpoints, endpoints_shared }
}

fn versions_of(
    name: &str,
    versions: &HashMap<(String, Arc<str>, Arc<str>), u64>,
) -> Vec<(Arc<str>, Arc<str>, u64)> {
    let of = |((environment, service, version), requests): (&(String, Arc<str>, Arc<str>), &u64)| {
        (environment == name).then(|| (Arc::clone(service), Arc::clone(version), *requests))
    };
    let mut found: Vec<_> = versions.iter().filter_map(of).collect();
    found.sort_by(|left, right| {
        right.2.cmp(&left.2).then_with(|| (&left.0, &left.1).cmp(&(&right.0, &right.1)))
    });
    found.truncate(VERSIONS_MAX);
    found
}

fn against_others(rows: &[Row], at: usize, name: &str, measure: ComparedMeasure) -> Option<Comparison> {
    let strata: Vec<Stratum> = rows.iter().map(|row| row.stratum(at, measure)).collect();
    let shares = compare_shares(&strata)?;
    let here = Subject { environment: Some(name.to_owned()), ..Subject::default() };
    let others = rows.iter().map(|row| row.by_environment.len()).max().unwrap_or(1).saturating_sub(1);
    let there =
        if others == 1 { "the other environment".into() } else { format!("{others} other environments") };
    Some(comparison(measure, here, Against::OtherEnvironments, there, &shares, least(measure)))
}

const fn least(measure: ComparedMeasure) -> f64 {
    match measure {
        ComparedMeasure::ErrorRate => LEAST_ERROR_RATE,
        ComparedMeasure::SlowShare => LEAST_SLOW_SHARE,
    }
}

impl Row {
    fn count_slow(&mut self) {
        let mut all = Rollup::default();
        self.by_environment.iter().for_each(|(sum, _)| all.merge(sum));
        let limit_us = all.latency.quantile(0.95).unwrap_or(f64::INFINITY) * SLOW_FACTOR;
        for (sum, slow) in &mut self.by_environment {
            *slow = sum.latency.count_above(limit_us as u64);
        }
    }

    fn present(&self) -> usize {
        self.by_environment.iter().filter(|(sum, _)| sum.requests() > 0).count()
    }

    /// One environment against all others together.
    fn stratum(&self, at: usize, measure: ComparedMeasure) -> Stratum {
        let count = |(sum, slow): &(Rollup, u64)| match measure {
            ComparedMeasure::ErrorRate => Count::new(sum.requests(), sum.server_errors),
            ComparedMeasure::SlowShare => Count::new(sum.requests(), *slow),
        };
        let mut there = Count::new(0, 0);
        for (_, other) in self.by_environment.iter().enumerate().filter(|(other, _)| *other != at) {
            let other = count(other);
            there = Count::new(there.requests + other.requests, there.bad + other.bad);
        }
        Stratum { here: count(&self.by_environment[at]), there }
    }

    /// Between the shares here and elsewhere; 0 where there is nothing elsewhere.
    fn difference(&self, at: usize, measure: ComparedMeasure) -> f64 {
        let Stratum { here, there } = self.stratum(at, measure);
        let share = |count: Count| count.bad as f64 / count.requests.max(1) as f64;
        if there.requests == 0 { 0.0 } else { share(here) - share(there) }
    }

    fn compared(&self, names: &[String]) -> ComparedEndpoint {
        let one = std::slice::from_ref(self);
        let cells: Vec<Option<ComparedCell>> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let total = self.by_environment[at].0.clone();
                if total.requests() == 0 {
                    return None;
                }
                let (errors, slow) = (ComparedMeasure::ErrorRate, ComparedMeasure::SlowShare);
                let [by_errors, by_slow] = [errors, slow].map(|measure| self.difference(at, measure));
                // An interval costs time, and cannot lie beyond what the difference itself does not reach.
                let is_worse = |measure, difference: f64| {
                    difference > least(measure)
                        && against_others(one, at, name, measure).is_some_and(|it| it.is_worse())
                };
                Some(ComparedCell {
                    total,
                    error_rate_difference: by_errors,
                    slow_share_difference: by_slow,
                    is_worse: is_worse(errors, by_errors) || is_worse(slow, by_slow),
                })
            })
            .collect();
        let p95 = cells.iter().flatten().filter_map(|cell| cell.total.latency.quantile(0.95));
        let (least, most) =
            p95.fold((f64::INFINITY, 0.0_f64), |(least, most), p95| (least.min(p95), most.max(p95)));
        let spread = if least > 0.0 && least.is_finite() { most / least } else { 1.0 };
        ComparedEndpoint { endpoint: self.endpoint.clone(), cells, spread }
    }
}

/// The environment that is worse on most endpoints.
fn statement(
    names: &[String],
    environments: &[ComparedEnvironment],
    endpoints: &[ComparedEndpoint],
) -> String {
    if names.len() < 2 {
        return "There is only one environment, so there is nothing to compare it with.".into();
    }
    if endpoints.is_empty() {
        return "No endpoint has requests in two environments, so there is nothing to compare.".into();
    }
    let worse = |at: usize| {
        let here = endpoints.iter().filter_map(|it| it.cells[at].as_ref());
        here.filter(|cell| cell.is_worse).count()
    };
    let counted = (0..names.len()).map(|at| (worse(at), std::cmp::Reverse(at)));
    let Some((worst, std::cmp::Reverse(at))) = counted.max().filter(|(worst, _)| *worst > 0) else {
        return format!(
            "No environment is worse than the others on any of {} shared endpoints.",
            endpoints.len()
        );
    };
    let numbers = |what: &str, it: &Option<Comparison>| {
        let it = it.as_ref().filter(|it| it.is_worse())?;
        Some(format!(
            "{:.1} % {what} against {:.1} % elsewhere",
            100.0 * it.share_here,
            100.0 * it.share_there
        ))
    };
    let environment = &environments[at];
    let said: Vec<String> =
        [numbers("of requests fail", &environment.error_rate), numbers("are slow", &environment.slow_share)]
            .into_iter()
            .flatten()
            .collect();
    let shared = endpoints.len();
    let tail = if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) };
    format!("{} is worse than the others on {worst} of {shared} shared endpoints{tail}.", names[at])
}

#[cfg(test)]
mod tests {
    use hawkeye_model::{Environment, Provider, Request, Series, Timestamp};

    use super::*;

    fn sum(route: &str, requests: u64, failed: u64, duration_us: u64) -> (Endpoint, Rollup) {
        let endpoint = Endpoint { service: "orders".into(), method: "GET".into(), route: route.into() };
        let environment = Environment::new(Provider::Aws, "p", "");
        let series = Arc::new(Series::new(endpoint.clone(), environment));
        let mut rollup = Rollup::default();
        for n in 0..requests {
            let status = if n < failed { 500 } else { 200 };
            rollup.add(&Request::new(Timestamp::from_secs(1), duration_us, Arc::clone(&series), status));
        }
        (endpoint, rollup)
    }

    fn check(cells: &[(&str, &str, u64, u64, u64)]) -> EnvironmentComparison {
        let sums = cells.iter().map(|(environment, route, requests, failed, duration_us)| {
            let (endpoint, rollup) = sum(route, *requests, *failed, *duration_us);
            ((endpoint, (*environment).to_owned()), rollup)
        });
        compared(sums.collect(), HashMap::new())
    }

    #[test]
    fn an_environment_that_fails_more_is_named() {
        let found = check(&[
            ("aws/p", "/a", 2_000, 4, 20_000),
            ("gcp/p", "/a", 2_000, 200, 20_000),
            ("azure/p", "/a", 2_000, 3, 20_000),
        ]);
        assert_eq!(
            found.statement,
            "gcp/p is worse than the others on 1 of 1 shared endpoints: 10.0 % of requests fail against 0.2 % elsewhere."
        );
        let cells: Vec<bool> = found.endpoints[0].cells.iter().flatten().map(|cell| cell.is_worse).collect();
        assert_eq!(cells, [false, false, true]);
    }

    #[test]
    fn another_mix_alone_makes_no_difference() {
        // Each endpoint is the same everywhere; one environment has more of the slow, failing one.
        let found = check(&[
            ("aws/p", "/fast", 4_000, 4, 5_000),
            ("aws/p", "/slow", 400, 20, 900_000),
            ("gcp/p", "/fast", 400, 0, 5_000),
            ("gcp/p", "/slow", 4_000, 200, 900_000),
        ]);
        assert!(found.statement.starts_with("No environment is worse"), "{}", found.statement);
        let errors = found.environments[1].error_rate.as_ref().expect("compared");
        assert!(errors.difference_raw > 0.03 && !errors.is_evident, "{errors:?}");
    }

    #[test]
    fn alone_there_is_nothing_to_compare() {
        assert!(check(&[("aws/p", "/a", 10, 0, 1_000)]).statement.contains("only one environment"));
        let apart = check(&[("aws/p", "/a", 10, 0, 1_000), ("gcp/p", "/b", 10, 0, 1_000)]);
        assert_eq!((apart.endpoints.len(), apart.endpoints_shared), (0, 0));
    }

    #[test]
    fn the_slower_one_has_more_slow_requests() {
        let found = check(&[("aws/p", "/a", 5_000, 0, 20_000), ("gcp/p", "/a", 200, 0, 90_000)]);
        let slow = found.environments[1].slow_share.as_ref().expect("compared");
        assert!(slow.is_worse(), "{slow:?}");
        assert!((found.endpoints[0].spread - 4.5).abs() < 0.2);
    }
}
