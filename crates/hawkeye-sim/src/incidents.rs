//! What each kind of incident and decoy consists of: its target, its effects and its label.
//!
//! When it happens is decided in [`crate::plan`], where in [`crate::targets`]. Sizes are those of real incidents, none is absurd:
//! three to six times slower, eight to thirty percent failing, sixty to ninety-five percent missing.

use std::sync::Arc;

use hawkeye_model::Timestamp;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::effects::{EVERYWHERE, Effect, What};
use crate::topology::{Demand, External};
use crate::truth::{Planted, PlantedKind, RootCause};
use crate::world::{World, users_of};

const MINUTE_US: i64 = 60_000_000;
/// A rolling deployment takes this long when there is time.
const ROLL_US_MAX: i64 = 10 * MINUTE_US;
/// Endpoints with fewer expected requests in an incident's time are not listed as affected.
const AFFECTED_REQUESTS_MIN: f64 = 20.0;
/// Services whose bad versions somebody feels.
const DEPLOYED_BADLY: [&str; 9] =
    ["accounts", "catalog", "search", "carts", "orders", "payments", "inventory", "reviews", "shipping"];
/// Requests that a nightly batch sends, for each request a second in the environment.
const BATCH_REQUESTS: f64 = 40.0;

/// An incident or decoy with everything that it does.
#[derive(Debug)]
pub(crate) struct Plant {
    pub(crate) planted: Planted,
    pub(crate) effects: Vec<Effect>,
    pub(crate) changes: Vec<Change>,
}

/// A service's version in one environment from a time on, instance by instance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) environment: usize,
    pub(crate) service: usize,
    pub(crate) from_us: i64,
    pub(crate) roll_us: i64,
    pub(crate) version: u16,
}

/// Makes one plant in the given time.
#[derive(Debug)]
pub(crate) struct Planter<'a> {
    pub(crate) world: &'a World,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) from_us: i64,
    pub(crate) to_us: i64,
    /// By service: the ordinal of the next version that is deployed.
    pub(crate) versions: &'a mut [u16],
}

/// Who is hit: an environment or all of them, a service, an endpoint.
#[derive(Default)]
struct Target {
    environment: Option<usize>,
    service: Option<usize>,
    endpoint: Option<usize>,
    version: Option<u16>,
    affected: Vec<usize>,
}

impl Planter<'_> {
    pub(crate) fn plant(mut self, kind: PlantedKind) -> Plant {
        match kind {
            PlantedKind::LatencySpike => self.latency_spike(),
            PlantedKind::SlowDrift => self.slow_drift(),
            PlantedKind::ErrorBurst => self.error_burst(),
            PlantedKind::TrafficDrop => self.traffic_drop(),
            PlantedKind::PatternChange => self.pattern_change(),
            PlantedKind::BadDeployment => self.bad_deployment(),
            PlantedKind::DependencyFailure => self.dependency_failure(),
            PlantedKind::RegionalOutage => self.regional_outage(),
            PlantedKind::Surge => self.surge(),
            PlantedKind::CronBurst => self.cron_burst(),
            PlantedKind::NewEndpoint => self.new_endpoint(),
            PlantedKind::GoodDeployment => self.good_deployment(),
        }
    }

    fn latency_spike(&mut self) -> Plant {
        let environment = self.production();
        let endpoint = self.leaf(environment, 4.0);
        let factor = self.rng.random_range(3.0..6.0);
        let ramp_us = (self.length_us() / 10).min(2 * MINUTE_US);
        let title = format!(
            "{} becomes {factor:.1} times slower on {}",
            self.endpoint_name(endpoint),
            self.environment_name(environment)
        );
        let cause = RootCause::Dependency(self.database_of(endpoint));
        let what = What::Slower { factor, ramp_us };
        self.at_endpoint(PlantedKind::LatencySpike, title, cause, environment, endpoint, what)
    }

    fn slow_drift(&mut self) -> Plant {
        let environment = self.production();
        let endpoint = self.leaf(environment, 8.0);
        let factor: f64 = self.rng.random_range(1.6..2.2);
        let ramp_us = self.length_us() * 9 / 10;
        let title = format!(
            "{} grows {:.0} % slower within {} on {}",
            self.endpoint_name(endpoint),
            (factor - 1.0) * 100.0,
            span_name(self.length_us()),
            self.environment_name(environment)
        );
        let cause = RootCause::Resource("memory".into());
        let what = What::Slower { factor, ramp_us };
        self.at_endpoint(PlantedKind::SlowDrift, title, cause, environment, endpoint, what)
    }

    fn error_burst(&mut self) -> Plant {
        let environment = self.production();
        let endpoint = self.leaf(environment, 0.0);
        let wanted: f64 = self.rng.random_range(0.12..0.30);
        let instances = &self.world.environments[environment].instances[self.service_of(endpoint)];
        let blames_instance = instances.len() >= 3 && self.rng.random_bool(0.5);
        let (what, share, cause) = if blames_instance {
            let instance = self.rng.random_range(0..instances.len());
            let share = (wanted * instances.len() as f64).min(0.92);
            let name = Arc::clone(&instances[instance]);
            let what = What::Failing { share, instance: Some(instance) };
            (what, share / instances.len() as f64, RootCause::Instance(name))
        } else {
            (What::Failing { share: wanted, instance: None }, wanted, RootCause::Configuration)
        };
        let title = format!(
            "{} fails for {:.0} % of its calls on {}",
            self.endpoint_name(endpoint),
            share * 100.0,
            self.environment_name(environment)
        );
        self.at_endpoint(PlantedKind::ErrorBurst, title, cause, environment, endpoint, what)
    }

    fn pattern_change(&mut self) -> Plant {
        let environment = self.production();
        let endpoint = self.leaf(environment, 5.0);
        let factor = self.rng.random_range(6.0..9.0);
        let title = format!(
            "a quarter of the calls of {} miss the cache on {} and take a slow path",
            self.endpoint_name(endpoint),
            self.environment_name(environment)
        );
        let service = self.service_of(endpoint);
        let cause = RootCause::Dependency(format!("cache-{}", self.world.services[service].name).into());
        let what = What::SlowPath { share: 0.25, factor };
        self.at_endpoint(PlantedKind::PatternChange, title, cause, environment, endpoint, what)
    }

    fn traffic_drop(&mut self) -> Plant {
        let environment = self.production();
        let service = self.busy_service(environment, &["search", "carts", "reviews", "shipping", "orders"]);
        let factor: f64 = self.rng.random_range(0.05..0.35);
        let entries = self.entries_of(service);
        let endpoints = mask(&entries);
        let ramp_us = (self.length_us() / 20).min(MINUTE_US);
        let effect = self.effect(1 << environment, endpoints, What::Traffic { factor, ramp_us });
        // Endpoints that nobody else calls lose as much as the entries do.
        let mut affected = self.world.endpoints_of(service);
        affected.retain(|&endpoint| {
            let callers = self.world.direct_callers(endpoint);
            !callers.is_empty() && callers.iter().all(|caller| entries.contains(caller))
        });
        affected.extend(entries);
        let affected = self.busiest_first(Some(environment), affected);
        let title = format!(
            "{:.0} % of the traffic for {} stops arriving on {}",
            (1.0 - factor) * 100.0,
            self.world.services[service].name,
            self.environment_name(environment)
        );
        let target =
            Target { environment: Some(environment), service: Some(service), affected, ..Target::default() };
        self.label(PlantedKind::TrafficDrop, title, RootCause::Callers, target, vec![effect])
    }

    fn bad_deployment(&mut self) -> Plant {
        let environment = self.production();
        let service = self.busy_service(environment, &DEPLOYED_BADLY);
        let version = self.next_version(service);
        let endpoints = self.world.endpoints_of(service);
        let what = What::Deployment {
            version,
            roll_us: (self.length_us() / 6).min(ROLL_US_MAX),
            failing: self.rng.random_range(0.09..0.2),
            slower: self.rng.random_range(1.5..2.2),
        };
        let effect = self.effect(1 << environment, mask(&endpoints), what);
        let title = format!(
            "{} {} fails and is slow on {} until it is rolled back",
            self.world.services[service].name,
            self.version_name(service, version),
            self.environment_name(environment)
        );
        let affected = self.with_callers(self.busiest_first(Some(environment), endpoints));
        let cause = RootCause::Version(self.version_name(service, version));
        let target = Target {
            environment: Some(environment),
            service: Some(service),
            version: Some(version),
            affected,
            ..Target::default()
        };
        self.label(PlantedKind::BadDeployment, title, cause, target, vec![effect])
    }

    fn dependency_failure(&mut self) -> Plant {
        let external = *External::ALL.choose(&mut self.rng).unwrap_or(&External::CardProcessor);
        let share = self.rng.random_range(0.35..0.6);
        let what = What::Dependency { external, share };
        let effect = self.effect(self.world.production(), EVERYWHERE, what);
        let users: Vec<usize> = users_of(self.world, external).collect();
        let affected = self.with_callers(self.busiest_first(None, users));
        let title = format!(
            "the {} that all environments share times out for {:.0} % of its calls",
            external.as_str().replace('-', " "),
            share * 100.0
        );
        let cause = RootCause::Dependency(external.as_str().into());
        let target = Target { affected, ..Target::default() };
        self.label(PlantedKind::DependencyFailure, title, cause, target, vec![effect])
    }

    fn regional_outage(&mut self) -> Plant {
        let environment = self.production();
        let what = What::Outage { share: self.rng.random_range(0.26..0.42), slower: 2.4 };
        let (left, ramp_us) = (self.rng.random_range(0.25..0.4), (self.length_us() / 8).min(3 * MINUTE_US));
        let lost = self.world.environments[environment].share * (1.0 - left);
        let others = self.world.production() & !(1 << environment);
        let share_of =
            |at: usize| if others >> at & 1 == 1 { self.world.environments[at].share } else { 0.0 };
        let rest: f64 = (0..self.world.environments.len()).map(share_of).sum();
        let effects = vec![
            self.effect(1 << environment, EVERYWHERE, what),
            self.effect(1 << environment, EVERYWHERE, What::Traffic { factor: left, ramp_us }),
            self.effect(others, EVERYWHERE, What::Traffic { factor: 1.0 + lost / rest, ramp_us }),
        ];
        let title = format!(
            "{} fails as a whole and its traffic moves to the other environments",
            self.environment_name(environment)
        );
        let affected = (0..self.world.endpoints.len()).collect();
        let target = Target { environment: Some(environment), affected, ..Target::default() };
        self.label(PlantedKind::RegionalOutage, title, RootCause::Region, target, effects)
    }

    fn surge(&mut self) -> Plant {
        let environment = self.production();
        let factor = self.rng.random_range(2.0..3.0);
        let what = What::Traffic { factor, ramp_us: self.length_us() / 6 };
        let effect = self.effect(1 << environment, EVERYWHERE, what);
        let title = format!(
            "a campaign brings {factor:.1} times the traffic to {} and nothing suffers",
            self.environment_name(environment)
        );
        let affected = (0..self.world.endpoints.len()).collect();
        let target = Target { environment: Some(environment), affected, ..Target::default() };
        self.label(PlantedKind::Surge, title, RootCause::Callers, target, vec![effect])
    }

    fn cron_burst(&mut self) -> Plant {
        let environment = 0; // the batch lives where the batches live: on-premises
        let endpoint = self.entry("/api/exports");
        let seconds = self.length_us() as f64 / 1e6;
        let world = self.world;
        let usual: f64 = world.environments[environment].requests_per_second.iter().sum();
        let per_second = (usual * BATCH_REQUESTS).max(10.0) / seconds;
        let title = format!("a batch job calls {} on the hour", self.endpoint_name(endpoint));
        let effect = self.effect(1 << environment, 1 << endpoint, What::Burst { per_second });
        let target = Target {
            environment: Some(environment),
            service: Some(self.service_of(endpoint)),
            endpoint: Some(endpoint),
            affected: self.with_calls(endpoint),
            ..Target::default()
        };
        self.label(PlantedKind::CronBurst, title, RootCause::Schedule, target, vec![effect])
    }

    fn new_endpoint(&mut self) -> Plant {
        let unreleased = |at: &usize| matches!(self.world.endpoints[*at].spec.demand, Demand::Unreleased(_));
        let candidates: Vec<usize> = (0..self.world.endpoints.len()).filter(unreleased).collect();
        let endpoint = self.pick(&candidates);
        let release =
            Effect { to_us: i64::MAX, ..self.effect(self.world.production(), 1 << endpoint, What::Release) };
        let title = format!("{} is new and gets its first callers", self.endpoint_name(endpoint));
        let target = Target {
            service: Some(self.service_of(endpoint)),
            endpoint: Some(endpoint),
            affected: self.with_calls(endpoint),
            ..Target::default()
        };
        self.label(PlantedKind::NewEndpoint, title, RootCause::Release, target, vec![release])
    }

    /// Staging first, then one production environment after the other.
    fn good_deployment(&mut self) -> Plant {
        let service = self.rng.random_range(0..self.world.services.len());
        let version = self.next_version(service);
        let count = self.world.environments.len();
        let step_us = self.length_us() / count as i64;
        let roll_us = (step_us / 2).min(ROLL_US_MAX);
        let first = self.rng.random_range(0..count);
        let mut order: Vec<usize> = (0..count).map(|at| (first + at) % count).collect();
        order.sort_by_key(|&at| self.world.production() >> at & 1); // stable: staging comes to the front
        let from_us = self.from_us;
        let change = |(at, environment): (usize, usize)| Change {
            environment,
            service,
            from_us: from_us + at as i64 * step_us,
            roll_us,
            version,
        };
        let changes = order.into_iter().enumerate().map(change).collect();
        let name = self.version_name(service, version);
        let title =
            format!("{} {name} is rolled out everywhere and is fine", self.world.services[service].name);
        let target = Target { service: Some(service), version: Some(version), ..Target::default() };
        let plant =
            self.label(PlantedKind::GoodDeployment, title, RootCause::Version(name), target, Vec::new());
        Plant { changes, ..plant }
    }

    fn at_endpoint(
        &self,
        kind: PlantedKind,
        title: String,
        cause: RootCause,
        environment: usize,
        endpoint: usize,
        what: What,
    ) -> Plant {
        let effect = self.effect(1 << environment, 1 << endpoint, what);
        let target = Target {
            environment: Some(environment),
            service: Some(self.service_of(endpoint)),
            endpoint: Some(endpoint),
            affected: self.world.callers(endpoint),
            ..Target::default()
        };
        self.label(kind, title, cause, target, vec![effect])
    }

    fn label(
        &self,
        kind: PlantedKind,
        title: String,
        root_cause: RootCause,
        target: Target,
        effects: Vec<Effect>,
    ) -> Plant {
        let world = self.world;
        // Nothing was expected of what is new.
        let is_new = matches!(kind, PlantedKind::NewEndpoint | PlantedKind::CronBurst);
        let expected = |at: usize| self.expected(target.environment, at);
        let busiest = target.affected.iter().map(|&at| expected(at)).fold(0.0, f64::max);
        let counts = |&at: &usize| {
            is_new || target.endpoint == Some(at) || expected(at) >= AFFECTED_REQUESTS_MIN.min(busiest)
        };
        let affected = target.affected.iter().copied().filter(counts);
        let planted = Planted {
            kind,
            decoy: kind.is_decoy(),
            title: capitalised(&title),
            from: Timestamp::from_micros(self.from_us),
            to: Timestamp::from_micros(self.to_us),
            environment: target.environment.map(|at| world.environments[at].name.clone()),
            service: target.service.map(|at| Arc::clone(&world.services[at].name)),
            endpoint: target.endpoint.map(|at| world.endpoints[at].name.clone()),
            version: target.service.zip(target.version).map(|(at, version)| self.version_name(at, version)),
            root_cause,
            affected: affected.map(|at| world.endpoints[at].name.clone()).collect(),
        };
        Plant { planted, effects, changes: Vec::new() }
    }

    fn effect(&self, environments: u8, endpoints: u128, what: What) -> Effect {
        Effect { from_us: self.from_us, to_us: self.to_us, environments, endpoints, what }
    }
}

fn mask(endpoints: &[usize]) -> u128 {
    endpoints.iter().fold(0, |mask, at| mask | 1 << at)
}

fn capitalised(title: &str) -> String {
    // A service's or an environment's name keeps its case.
    let mut letters = title.chars();
    match (title.starts_with("a ") || title.starts_with("the "), letters.next()) {
        (true, Some(first)) => first.to_uppercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

fn span_name(span_us: i64) -> String {
    let minutes = span_us / MINUTE_US;
    if minutes >= 120 { format!("{} hours", minutes / 60) } else { format!("{minutes} minutes") }
}
