//! Where an incident strikes: it prefers places that are busy at its time, so that it hurts somebody.

use std::sync::Arc;

use hawkeye_model::{Endpoint, Environment};
use rand::seq::IndexedRandom;

use crate::incidents::Planter;
use crate::topology::GATEWAY;

/// An incident on a target with fewer requests than this would pass unnoticed, so another is chosen.
const TARGET_REQUESTS_MIN: f64 = 200.0;
/// The same for long incidents: each of their minutes should show something.
const TARGET_REQUESTS_PER_MINUTE_MIN: f64 = 4.0;

impl Planter<'_> {
    pub(crate) fn length_us(&self) -> i64 {
        self.to_us - self.from_us
    }

    pub(crate) fn service_of(&self, endpoint: usize) -> usize {
        self.world.endpoints[endpoint].service
    }

    pub(crate) fn database_of(&self, endpoint: usize) -> Arc<str> {
        self.world.services[self.service_of(endpoint)].database.into()
    }

    pub(crate) fn endpoint_name(&self, endpoint: usize) -> &Endpoint {
        &self.world.endpoints[endpoint].name
    }

    pub(crate) fn environment_name(&self, environment: usize) -> &Environment {
        &self.world.environments[environment].name
    }

    pub(crate) fn version_name(&self, service: usize, version: u16) -> Arc<str> {
        self.world.services[service].version(version)
    }

    pub(crate) fn next_version(&mut self, service: usize) -> u16 {
        let version = self.versions[service];
        self.versions[service] += 1;
        version
    }

    /// Requests that would arrive at an endpoint in the incident's time if nothing happened.
    pub(crate) fn expected(&self, environment: Option<usize>, endpoint: usize) -> f64 {
        let middle_us = self.from_us + self.length_us() / 2;
        let one = |at: usize| {
            let model = &self.world.environments[at];
            model.requests_per_second[endpoint] * model.season.demand(middle_us)
        };
        let all = || (0..self.world.environments.len()).map(one).sum();
        environment.map_or_else(all, one) * self.length_us() as f64 / 1e6
    }

    pub(crate) fn busiest_first(&self, environment: Option<usize>, mut endpoints: Vec<usize>) -> Vec<usize> {
        let expected = |at: usize| self.expected(environment, at);
        endpoints.sort_by(|&left, &right| expected(right).total_cmp(&expected(left)));
        endpoints
    }

    /// A production environment, the busier at that time the likelier.
    pub(crate) fn production(&mut self) -> usize {
        let world = self.world;
        let middle_us = self.from_us + self.length_us() / 2;
        let is_production = |&at: &usize| world.production() >> at & 1 == 1;
        let candidates: Vec<usize> = (0..world.environments.len()).filter(is_production).collect();
        let weight = |&at: &usize| {
            let environment = &world.environments[at];
            environment.share * environment.season.demand(middle_us)
        };
        candidates.choose_weighted(&mut self.rng, weight).copied().unwrap_or(0)
    }

    /// A busy endpoint behind the gateway that needs nobody else, so that its time is its own.
    pub(crate) fn leaf(&mut self, environment: usize, median_ms_min: f64) -> usize {
        let suits = |&at: &usize| {
            let endpoint = &self.world.endpoints[at];
            endpoint.calls.is_empty()
                && &*endpoint.name.service != GATEWAY
                && endpoint.spec.median_ms >= median_ms_min
        };
        let candidates = (0..self.world.endpoints.len()).filter(suits);
        let weighed = candidates.map(|at| (at, self.expected(Some(environment), at))).collect();
        self.pick_busy(weighed)
    }

    /// One of the named services.
    pub(crate) fn busy_service(&mut self, environment: usize, names: &[&str]) -> usize {
        let world = self.world;
        let named = |&at: &usize| names.contains(&&*world.services[at].name);
        let expected = |service: usize| -> f64 {
            world.endpoints_of(service).iter().map(|&at| self.expected(Some(environment), at)).sum()
        };
        let weighed = (0..world.services.len()).filter(named).map(|at| (at, expected(at))).collect();
        self.pick_busy(weighed)
    }

    /// Any candidate with enough expected requests to hurt somebody; the busiest one if none has.
    fn pick_busy(&mut self, mut candidates: Vec<(usize, f64)>) -> usize {
        candidates.sort_by(|left, right| right.1.total_cmp(&left.1));
        let minutes = self.length_us() as f64 / 6e7;
        let least = TARGET_REQUESTS_MIN.max(minutes * TARGET_REQUESTS_PER_MINUTE_MIN);
        let enough = candidates.iter().take_while(|(_, expected)| *expected >= least).count();
        let candidates: Vec<usize> = candidates.iter().take(enough.max(1)).map(|(at, _)| *at).collect();
        self.pick(&candidates)
    }

    pub(crate) fn pick(&mut self, candidates: &[usize]) -> usize {
        candidates.choose(&mut self.rng).copied().unwrap_or(0)
    }

    pub(crate) fn entry(&self, route: &str) -> usize {
        self.world.endpoints.iter().position(|it| it.spec.route == route).unwrap_or(0)
    }

    /// Gateway routes that stand for a service.
    pub(crate) fn entries_of(&self, service: usize) -> Vec<usize> {
        let is = |&at: &usize| {
            let endpoint = &self.world.endpoints[at];
            endpoint.stands_for == service && endpoint.service != service
        };
        (0..self.world.endpoints.len()).filter(is).collect()
    }

    pub(crate) fn with_callers(&self, endpoints: Vec<usize>) -> Vec<usize> {
        let mut all = endpoints.clone();
        for endpoint in endpoints {
            for caller in self.world.callers(endpoint) {
                if !all.contains(&caller) {
                    all.push(caller);
                }
            }
        }
        all
    }

    pub(crate) fn with_calls(&self, endpoint: usize) -> Vec<usize> {
        let calls = self.world.endpoints[endpoint].calls.iter().map(|call| call.target);
        std::iter::once(endpoint).chain(calls).collect()
    }
}
