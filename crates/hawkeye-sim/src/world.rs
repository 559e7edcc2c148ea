//! The tables that generation reads: [`crate::topology`] resolved to indexes, in every environment.
//!
//! Everything that a request shares (series, instance names, consumers, paths) is allocated here, once.
//! Owns the expected rates too; knows nothing about incidents.

use std::sync::Arc;

use hawkeye_model::{Endpoint, Series};
use rand::RngExt;

use crate::environments::{self, EnvironmentModel};
use crate::journeys::{self, Journey};
use crate::random::stream;
use crate::topology::{Demand, EndpointSpec, External, GATEWAY, SERVICES};

/// Keys of partners' programs, which send the independent calls.
const PARTNER_KEYS: usize = 150;
/// Accounts of people, who walk through journeys.
const ACCOUNTS: usize = 1_850;
/// Concrete paths that are kept per route.
const PATHS_PER_ROUTE: usize = 16;
/// Index of the consumer that stands for "none"; the next one is the prober.
pub(crate) const NO_CONSUMER: u16 = 0;
pub(crate) const PROBER: u16 = 1;

/// Share of all requests that belongs to journeys.
const JOURNEY_SHARE: f64 = 0.38;
/// One probe of `/healthz` and one of a page per environment and this many seconds.
pub(crate) const PROBE_EVERY_SECS: i64 = 60;
/// The page that probes fetch.
pub(crate) const PROBED_ROUTE: &str = "/api/products";
/// Probes and endpoints with an hourly demand may use up to this share of a small configured rate.
const FIXED_SHARE_MAX: f64 = 0.25;
/// Popularity falls with rank to this power (Zipf's law has 1).
const ZIPF_EXPONENT: f64 = 0.95;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) environments: Vec<EnvironmentModel>,
    pub(crate) services: Vec<ServiceModel>,
    pub(crate) endpoints: Vec<EndpointModel>,
    pub(crate) journeys: Vec<Journey>,
    /// By environment, then endpoint.
    pub(crate) series: Vec<Arc<Series>>,
    pub(crate) consumers: Vec<Arc<str>>,
    /// By endpoint; a single empty path where route and path are equal.
    pub(crate) paths: Vec<Vec<Arc<str>>>,
}

#[derive(Debug)]
pub(crate) struct ServiceModel {
    pub(crate) name: Arc<str>,
    pub(crate) database: &'static str,
    pub(crate) major: u16,
    pub(crate) minor: u16,
    pub(crate) patch: u16,
}

#[derive(Debug)]
pub(crate) struct EndpointModel {
    pub(crate) spec: &'static EndpointSpec,
    pub(crate) name: Endpoint,
    pub(crate) service: usize,
    pub(crate) calls: Vec<CallModel>,
    /// The service that a gateway route stands for; its own service for all others.
    pub(crate) stands_for: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct CallModel {
    pub(crate) target: usize,
    pub(crate) chance: f64,
    pub(crate) needed: bool,
}

impl ServiceModel {
    /// The name of the n-th version since the start, for example `v2.14.0`.
    pub(crate) fn version(&self, ordinal: u16) -> Arc<str> {
        let patch = if ordinal == 0 { self.patch } else { 0 };
        format!("v{}.{}.{patch}", self.major, self.minor + ordinal).into()
    }
}

impl World {
    pub(crate) fn new(seed: u64, requests_per_second: f64) -> Self {
        let (services, endpoints) = resolve(seed);
        let journeys = journeys::resolve(&endpoints);
        let environments = environments::all(seed);
        let series = environments
            .iter()
            .flat_map(|environment| {
                let name = &environment.name;
                endpoints.iter().map(|endpoint| Arc::new(Series::new(endpoint.name.clone(), name.clone())))
            })
            .collect();
        let paths = endpoints.iter().enumerate().map(|(at, endpoint)| paths(seed, at, endpoint)).collect();
        let mut world =
            Self { environments, services, endpoints, journeys, series, consumers: consumers(seed), paths };
        world.spread_demand(requests_per_second);
        world
    }

    pub(crate) fn series(&self, environment: usize, endpoint: usize) -> &Arc<Series> {
        &self.series[environment * self.endpoints.len() + endpoint]
    }

    pub(crate) fn partner(rng: &mut impl RngExt) -> u16 {
        let popular: f64 = rng.random();
        (2.0 + popular * popular * PARTNER_KEYS as f64) as u16
    }

    pub(crate) fn account(rng: &mut impl RngExt) -> u16 {
        (2 + PARTNER_KEYS + rng.random_range(0..ACCOUNTS)) as u16
    }

    /// Bits of the environments that real users feel.
    pub(crate) fn production(&self) -> u8 {
        let is =
            |(_, environment): &(usize, &EnvironmentModel)| &*environment.name.deployment == "production";
        self.environments.iter().enumerate().filter(is).fold(0, |mask, (at, _)| mask | 1 << at)
    }

    pub(crate) fn endpoints_of(&self, service: usize) -> Vec<usize> {
        (0..self.endpoints.len()).filter(|&at| self.endpoints[at].service == service).collect()
    }

    /// Endpoints that may call this one, by need or beside.
    pub(crate) fn direct_callers(&self, endpoint: usize) -> Vec<usize> {
        let calls = |&at: &usize| self.endpoints[at].calls.iter().any(|call| call.target == endpoint);
        (0..self.endpoints.len()).filter(calls).collect()
    }

    /// All endpoints of the environment whose requests contain a call of `endpoint` by need, itself first.
    pub(crate) fn callers(&self, endpoint: usize) -> Vec<usize> {
        let mut found = vec![endpoint];
        let mut next = 0;
        while next < found.len() {
            let target = found[next];
            for (at, candidate) in self.endpoints.iter().enumerate() {
                let needs = |call: &CallModel| call.needed && call.target == target && call.chance >= 0.5;
                if !found.contains(&at) && candidate.calls.iter().any(needs) {
                    found.push(at);
                }
            }
            next += 1;
        }
        found
    }

    /// Divides the configured rate among probes, fixed hourly demands, journeys and independent calls.
    fn spread_demand(&mut self, requests_per_second: f64) {
        let endpoints = self.endpoints.len();
        let visits: Vec<Vec<f64>> = (0..endpoints).map(|entry| self.visits(entry)).collect();
        let size = |entry: usize| visits[entry].iter().sum::<f64>();
        let journey_rates = journeys::rates(&self.journeys, size);
        let page = self.endpoints.iter().position(|it| it.spec.route == PROBED_ROUTE);
        for environment in &mut self.environments {
            let budget = requests_per_second * environment.share;
            let mut rates = vec![0.0; endpoints];
            let (mut fixed, mut probes) = (0.0, 0.0);
            for (at, endpoint) in self.endpoints.iter().enumerate() {
                rates[at] = match endpoint.spec.demand {
                    Demand::Hourly(times) => times / 3_600.0,
                    Demand::Probe => 1.0 / PROBE_EVERY_SECS as f64,
                    _ => 0.0,
                };
                fixed += rates[at] * size(at);
                if endpoint.spec.demand == Demand::Probe {
                    fixed += rates[at] * page.map_or(0.0, size);
                    probes = rates[at];
                }
            }
            let shrink = (budget * FIXED_SHARE_MAX / fixed).min(1.0);
            rates.iter_mut().for_each(|rate| *rate *= shrink);
            let ranked = |demand: Demand| match demand {
                Demand::Rank(rank) => f64::from(rank).powf(-ZIPF_EXPONENT),
                _ => 0.0,
            };
            let weights: Vec<f64> = self.endpoints.iter().map(|it| ranked(it.spec.demand)).collect();
            let weighted: f64 = weights.iter().enumerate().map(|(at, weight)| weight * size(at)).sum();
            let independent = (budget * (1.0 - JOURNEY_SHARE) - fixed * shrink) / weighted;
            for (rate, weight) in rates.iter_mut().zip(&weights) {
                *rate += weight * independent;
            }
            environment.sessions_per_second =
                journey_rates.iter().map(|rate| rate * budget * JOURNEY_SHARE).collect();

            let mut requests = vec![0.0; endpoints];
            let mut visit = |entry: usize, rate: f64| {
                for (sum, visits) in requests.iter_mut().zip(&visits[entry]) {
                    *sum += rate * visits;
                }
            };
            rates.iter().enumerate().for_each(|(entry, &rate)| visit(entry, rate));
            page.iter().for_each(|&page| visit(page, probes * shrink));
            for (journey, &rate) in self.journeys.iter().zip(&environment.sessions_per_second) {
                journey.expected_steps().for_each(|(step, reach)| visit(step, rate * reach));
            }
            environment.calls_per_second = rates;
            environment.requests_per_second = requests;
        }
    }

    /// Rate that an unreleased endpoint will have, as independent calls a second.
    pub(crate) fn released_rate(&self, environment: usize, endpoint: usize) -> f64 {
        let Demand::Unreleased(rank) = self.endpoints[endpoint].spec.demand else { return 0.0 };
        let peer = |spec: &EndpointSpec| spec.demand == Demand::Rank(1);
        let first = self.endpoints.iter().position(|it| peer(it.spec));
        let rate = first.map_or(0.0, |at| self.environments[environment].calls_per_second[at]);
        rate * f64::from(rank).powf(-ZIPF_EXPONENT)
    }

    /// Expected requests of each endpoint that one healthy call of `entry` causes.
    fn visits(&self, entry: usize) -> Vec<f64> {
        let mut visits = vec![0.0; self.endpoints.len()];
        self.add_visits(entry, 1.0, &mut visits);
        visits
    }

    fn add_visits(&self, endpoint: usize, chance: f64, visits: &mut [f64]) {
        visits[endpoint] += chance;
        let model = &self.endpoints[endpoint];
        let goes_on = chance * (1.0 - model.spec.rejection.1 - model.spec.failures - model.spec.unmodified);
        for call in &model.calls {
            self.add_visits(call.target, goes_on * call.chance, visits);
        }
    }
}

fn resolve(seed: u64) -> (Vec<ServiceModel>, Vec<EndpointModel>) {
    let mut rng = stream(seed, &[1]);
    let services = SERVICES
        .iter()
        .map(|spec| ServiceModel {
            name: spec.name.into(),
            database: spec.database,
            major: spec.version.0,
            minor: spec.version.1,
            patch: rng.random_range(0..6),
        })
        .collect::<Vec<_>>();
    let specs = || {
        SERVICES
            .iter()
            .enumerate()
            .flat_map(|(at, service)| service.endpoints.iter().map(move |spec| (at, spec)))
    };
    let index_of = |target: &str| {
        let found = specs().position(|(at, spec)| {
            let name = [SERVICES[at].name, spec.method, spec.route];
            target.split(' ').eq(name)
        });
        debug_assert!(found.is_some(), "a call names an endpoint that does not exist: {target}");
        found
    };
    let endpoints = specs()
        .map(|(service, spec)| {
            let calls: Vec<CallModel> = spec
                .calls
                .iter()
                .filter_map(|call| {
                    let target = index_of(call.target)?;
                    Some(CallModel { target, chance: call.chance, needed: call.needed })
                })
                .collect();
            let first = calls.first().and_then(|call| specs().nth(call.target)).map_or(service, |(at, _)| at);
            let stands_for = if SERVICES[service].name == GATEWAY { first } else { service };
            let name = Endpoint {
                service: Arc::clone(&services[service].name),
                method: spec.method.into(),
                route: spec.route.into(),
            };
            EndpointModel { spec, name, service, calls, stands_for }
        })
        .collect();
    (services, endpoints)
}

/// The endpoints that use an external service themselves.
pub(crate) fn users_of(world: &World, external: External) -> impl Iterator<Item = usize> + '_ {
    let uses = move |(_, endpoint): &(usize, &EndpointModel)| endpoint.spec.uses == Some(external);
    world.endpoints.iter().enumerate().filter(uses).map(|(at, _)| at)
}

fn consumers(seed: u64) -> Vec<Arc<str>> {
    let mut rng = stream(seed, &[3]);
    let mut names: Vec<Arc<str>> = vec!["".into(), "uptime-probe".into()];
    names.extend((0..PARTNER_KEYS).map(|_| format!("key-{:08x}", rng.random::<u32>()).into()));
    names.extend((0..ACCOUNTS).map(|_| format!("acct-{:08x}", rng.random::<u32>()).into()));
    names
}

fn paths(seed: u64, at: usize, endpoint: &EndpointModel) -> Vec<Arc<str>> {
    let route = endpoint.spec.route;
    if !route.contains('{') {
        return vec!["".into()];
    }
    let mut rng = stream(seed, &[4, at as u64]);
    let mut path = || {
        let mut segment = |segment: &str| match segment {
            "{sku}" => format!("SKU-{}", rng.random_range(10_000..99_999)),
            _ if segment.starts_with('{') => rng.random_range(100_000..9_999_999).to_string(),
            _ => segment.to_owned(),
        };
        route.split('/').map(&mut segment).collect::<Vec<_>>().join("/").into()
    };
    (0..PATHS_PER_ROUTE).map(|_| path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_is_as_large_as_it_is_said_to_be() {
        let world = World::new(1, 10.0);
        assert_eq!(world.services.len(), 13);
        assert!((60..=75).contains(&world.endpoints.len()), "{}", world.endpoints.len());
        assert!(world.endpoints.len() <= 128, "effects keep endpoints in 128 bits");
        assert_eq!(world.consumers.len(), 2_002);
        let share: f64 = world.environments.iter().map(|it| it.share).sum();
        assert!((share - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_call_in_the_topology_leads_somewhere() {
        let world = World::new(1, 10.0);
        for endpoint in &world.endpoints {
            assert_eq!(endpoint.calls.len(), endpoint.spec.calls.len(), "{}", endpoint.name);
        }
    }

    #[test]
    fn the_expected_rates_add_up_to_the_configured_one() {
        for rate in [0.1, 10.0, 2_000.0] {
            let world = World::new(1, rate);
            let sum: f64 = world.environments.iter().flat_map(|it| &it.requests_per_second).sum();
            assert!((sum / rate - 1.0).abs() < 0.02, "{sum} instead of {rate}");
            assert!(world.environments.iter().flat_map(|it| &it.calls_per_second).all(|rate| *rate >= 0.0));
        }
    }

    #[test]
    fn callers_are_found_through_the_graph() {
        let world = World::new(1, 10.0);
        let index = |name: &str| world.endpoints.iter().position(|it| it.name.to_string() == name);
        let quotes = index("shipping POST /quotes").expect("it exists");
        let callers: Vec<String> =
            world.callers(quotes).into_iter().map(|at| world.endpoints[at].name.to_string()).collect();
        assert_eq!(callers, ["shipping POST /quotes", "orders POST /orders", "gateway POST /api/checkout"]);
    }
}
