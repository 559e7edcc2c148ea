//! What ingestion remembers between bodies: known services with their routes and roles, known environments,
//! and the series and texts that requests share.
//!
//! Names come from senders, so each kind of name has a limit; names beyond it are filed under one stand-in.
//! The limits count since the start of the process: a name that was admitted stays admitted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{Endpoint, Environment, OTHER_ROUTE, Provider, Series, Timestamp};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::IngestConfig;
use crate::intern::Generations;

/// The service that takes the requests of services beyond the limit.
pub const OTHER_SERVICE: &str = "__other__";

/// The deployment that takes the requests of environments beyond the limit; its provider is `other`.
pub const OTHER_ENVIRONMENT: &str = "__other__";

/// The version of requests whose service has too many versions at a time.
pub const OTHER_VERSION: &str = "__other__";

/// A version that was not heard of for this long makes room for a new one.
const VERSION_FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// How often room is looked for when there is none: a flood of versions must not make each request a search.
const VERSIONS_TIDIED_EVERY: Duration = Duration::from_mins(1);

/// The route of requests that tell none, and of those that were answered 404 without a declared route, so that
/// scanners that try paths do not create routes.
pub(crate) const UNMATCHED_ROUTE: &str = "{unmatched}";

/// The method of requests that name none, or an unknown one, as OpenTelemetry spells it.
pub(crate) const OTHER_METHOD: &str = "_OTHER";

/// A generation of series takes about 20 MB. More active series still work; they are only not shared.
const SERIES_CACHED_MAX: usize = 65_536;

/// Error types, versions, instances and consumers of one generation: a few MB.
const TEXTS_CACHED_MAX: usize = 16_384;

/// The state of ingestion. Callers that share it between threads hold it in a mutex.
#[derive(Debug)]
pub struct Normaliser {
    config: IngestConfig,
    services: Vec<Service>,
    service_index: HashMap<Arc<str>, ServiceIndex>,
    environments: Vec<Environment>,
    environment_index: HashMap<Environment, EnvironmentIndex>,
    series: Generations<Arc<Series>>,
    texts: Generations<Arc<str>>,
    empty: Arc<str>,
}

#[derive(Debug)]
struct Service {
    name: Arc<str>,
    first_seen: Timestamp,
    /// Whether it has sent a server or consumer span.
    answers: bool,
    /// Hashes of method and route. Should two collide, one route more is admitted.
    routes: HashSet<u64>,
    /// Hashes of versions, with when each was last heard of.
    versions: HashMap<u64, Timestamp>,
    versions_tidied: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServiceIndex(usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EnvironmentIndex(usize);

/// The part of a series that all spans of a resource have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) service: ServiceIndex,
    pub(crate) environment: EnvironmentIndex,
}

impl Normaliser {
    #[must_use]
    pub fn new(config: IngestConfig) -> Self {
        Self {
            config,
            services: Vec::new(),
            service_index: HashMap::new(),
            environments: Vec::new(),
            environment_index: HashMap::new(),
            series: Generations::new(SERIES_CACHED_MAX),
            texts: Generations::new(TEXTS_CACHED_MAX),
            empty: Arc::from(""),
        }
    }

    #[must_use]
    pub fn config(&self) -> &IngestConfig {
        &self.config
    }

    pub(crate) fn service(&mut self, name: &str, now: Timestamp) -> ServiceIndex {
        if let Some(&known) = self.service_index.get(name) {
            return known;
        }
        if self.services.len() >= self.config.services_max && name != OTHER_SERVICE {
            return self.service(OTHER_SERVICE, now);
        }
        let name: Arc<str> = name.into();
        let index = ServiceIndex(self.services.len());
        self.service_index.insert(Arc::clone(&name), index);
        self.services.push(Service {
            name,
            first_seen: now,
            answers: false,
            routes: HashSet::new(),
            versions: HashMap::new(),
            versions_tidied: now,
        });
        index
    }

    pub(crate) fn environment(&mut self, environment: Environment) -> EnvironmentIndex {
        if let Some(&known) = self.environment_index.get(&environment) {
            return known;
        }
        let stand_in = Environment::new(Provider::Other, OTHER_ENVIRONMENT, "");
        if self.environments.len() >= self.config.environments_max && environment != stand_in {
            return self.environment(stand_in);
        }
        let index = EnvironmentIndex(self.environments.len());
        self.environment_index.insert(environment.clone(), index);
        self.environments.push(environment);
        index
    }

    /// The service has sent a server or consumer span: from now on its client spans do not count.
    pub(crate) fn mark_answering(&mut self, service: ServiceIndex) {
        self.services[service.0].answers = true;
    }

    /// Whether nobody but the service's own client spans can tell of its calls.
    pub(crate) fn only_calls(&self, service: ServiceIndex, now: Timestamp) -> bool {
        let service = &self.services[service.0];
        !service.answers && now.since(service.first_seen) >= self.config.client_span_grace
    }

    /// The route itself if it may be learned or the service has it already. Otherwise, and when it is empty,
    /// [`UNMATCHED_ROUTE`].
    pub(crate) fn route_or_unmatched<'a>(
        &self,
        service: ServiceIndex,
        method: &str,
        route: &'a str,
        may_be_learned: bool,
    ) -> &'a str {
        let is_known = || self.services[service.0].routes.contains(&hash_of([method, route]));
        if !route.is_empty() && (may_be_learned || is_known()) { route } else { UNMATCHED_ROUTE }
    }

    /// The series of these names, shared with earlier requests. Beyond the service's limit of routes it is
    /// the series of [`OTHER_ROUTE`].
    pub(crate) fn series(&mut self, place: Place, method: &str, route: &str) -> Arc<Series> {
        let key = series_key(place, method, route);
        if let Some(series) = self.cached_series(key, place, method, route) {
            return series;
        }
        if !self.admits_route(place.service, method, route) {
            return self.series(place, standard_method(method), OTHER_ROUTE);
        }
        let endpoint = Endpoint {
            service: Arc::clone(&self.services[place.service.0].name),
            method: self.text(method),
            route: route.into(),
        };
        let series = Arc::new(Series::new(endpoint, self.environments[place.environment.0].clone()));
        self.series.insert(key, Arc::clone(&series));
        series
    }

    /// The version itself, or [`OTHER_VERSION`] while the service has too many.
    pub(crate) fn version(&mut self, service: ServiceIndex, version: &str, now: Timestamp) -> Arc<str> {
        if version.is_empty() || self.admits_version(service, version, now) {
            self.text(version)
        } else {
            self.text(OTHER_VERSION)
        }
    }

    /// One shared copy of the text.
    pub(crate) fn text(&mut self, text: &str) -> Arc<str> {
        if text.is_empty() {
            return Arc::clone(&self.empty);
        }
        let key = xxh3_64(text.as_bytes());
        if let Some(known) = self.texts.get(key).filter(|known| **known == *text) {
            return known;
        }
        let shared: Arc<str> = text.into();
        self.texts.insert(key, Arc::clone(&shared));
        shared
    }

    /// A text that is rarely seen twice, and would only push others out of the cache.
    pub(crate) fn rare_text(&self, text: &str) -> Arc<str> {
        if text.is_empty() { Arc::clone(&self.empty) } else { text.into() }
    }

    fn cached_series(&mut self, key: u64, place: Place, method: &str, route: &str) -> Option<Arc<Series>> {
        let series = self.series.get(key)?;
        let endpoint = series.endpoint();
        let is_meant = *endpoint.method == *method
            && *endpoint.route == *route
            && endpoint.service == self.services[place.service.0].name
            && *series.environment() == self.environments[place.environment.0];
        is_meant.then_some(series)
    }

    fn admits_version(&mut self, service: ServiceIndex, version: &str, now: Timestamp) -> bool {
        let versions_max = self.config.versions_per_service_max;
        let service = &mut self.services[service.0];
        let hash = xxh3_64(version.as_bytes());
        if let Some(heard) = service.versions.get_mut(&hash) {
            *heard = now;
            return true;
        }
        if service.versions.len() >= versions_max
            && now.since(service.versions_tidied) >= VERSIONS_TIDIED_EVERY
        {
            service.versions_tidied = now;
            service.versions.retain(|_, heard| now.since(*heard) < VERSION_FORGOTTEN_AFTER);
        }
        if service.versions.len() >= versions_max {
            return false;
        }
        service.versions.insert(hash, now);
        true
    }

    fn admits_route(&mut self, service: ServiceIndex, method: &str, route: &str) -> bool {
        let routes_max = self.config.routes_per_service_max;
        let routes = &mut self.services[service.0].routes;
        let hash = hash_of([method, route]);
        // The stand-in exists once per standard method, so it needs no limit of its own.
        let is_stand_in = route == OTHER_ROUTE && standard_method(method) == method;
        if routes.contains(&hash) || is_stand_in {
            return true;
        }
        routes.len() < routes_max && routes.insert(hash)
    }
}

/// The method itself when HTTP has it, `_OTHER` when not. Upper case is expected.
pub(crate) fn standard_method(method: &str) -> &'static str {
    const METHODS: [&str; 10] =
        ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE", "QUERY"];
    METHODS.into_iter().find(|&known| known == method).unwrap_or(OTHER_METHOD)
}

fn series_key(place: Place, method: &str, route: &str) -> u64 {
    let place_hash = (place.service.0 as u64) << 32 | place.environment.0 as u64;
    hash_of([method, route]) ^ xxh3_64(&place_hash.to_le_bytes())
}

fn hash_of(texts: [&str; 2]) -> u64 {
    let mut hash = Xxh3Default::new();
    for text in texts {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000);

    fn normaliser(limit: usize) -> Normaliser {
        Normaliser::new(IngestConfig {
            routes_per_service_max: limit,
            services_max: limit,
            environments_max: limit,
            ..IngestConfig::default()
        })
    }

    fn place(normaliser: &mut Normaliser, service: &str) -> Place {
        let environment = normaliser.environment(Environment::new(Provider::Aws, "production", ""));
        Place { service: normaliser.service(service, NOW), environment }
    }

    #[test]
    fn threads_can_share_it() {
        fn is_send<T: Send>() {}
        is_send::<Normaliser>();
    }

    #[test]
    fn requests_of_one_series_share_it() {
        let mut normaliser = normaliser(10);
        let orders = place(&mut normaliser, "orders");
        let first = normaliser.series(orders, "GET", "/orders");
        assert!(Arc::ptr_eq(&first, &normaliser.series(orders, "GET", "/orders")));
        assert_ne!(first, normaliser.series(orders, "POST", "/orders"));
        let other = place(&mut normaliser, "basket");
        assert_ne!(first, normaliser.series(other, "GET", "/orders"));
    }

    #[test]
    fn routes_beyond_the_limit_are_filed_together() {
        let mut normaliser = normaliser(3);
        let orders = place(&mut normaliser, "orders");
        let series: Vec<_> =
            (0..10).map(|at| normaliser.series(orders, "GET", &format!("/{at}")).to_string()).collect();
        assert_eq!(series[2], "orders GET /2 on aws/production");
        assert!(series[3..].iter().all(|name| name == "orders GET __other__ on aws/production"));
        assert_eq!(
            normaliser.series(orders, "SCAN1", "/x").to_string(),
            "orders _OTHER __other__ on aws/production"
        );
        assert_eq!(normaliser.series(orders, "GET", "/0").to_string(), series[0]);
    }

    #[test]
    fn services_and_environments_beyond_the_limit_are_filed_together() {
        let mut normaliser = normaliser(2);
        for at in 0..10 {
            let environment = normaliser.environment(Environment::new(Provider::Gcp, &format!("e{at}"), ""));
            let service = normaliser.service(&format!("s{at}"), NOW);
            let name = normaliser.series(Place { service, environment }, "GET", "/").to_string();
            let expected = if at < 2 {
                format!("s{at} GET / on gcp/e{at}")
            } else {
                "__other__ GET / on other/__other__".into()
            };
            assert_eq!(name, expected);
        }
        assert_eq!((normaliser.services.len(), normaliser.environments.len()), (3, 3));
    }

    #[test]
    fn versions_beyond_the_limit_are_filed_together_until_old_ones_are_forgotten() {
        let config = IngestConfig { versions_per_service_max: 2, ..IngestConfig::default() };
        let mut normaliser = Normaliser::new(config);
        let orders = normaliser.service("orders", NOW);
        let mut versions =
            |names: [&str; 3], at: Timestamp| names.map(|it| normaliser.version(orders, it, at).to_string());
        assert_eq!(versions(["v1", "v2", "v3"], NOW), ["v1", "v2", OTHER_VERSION]);
        let later = NOW.plus(Duration::from_hours(25));
        assert_eq!(versions(["v3", "", "v4"], later), ["v3", "", "v4"]);
        assert_eq!(versions(["v3", "v1", "v4"], later), ["v3", OTHER_VERSION, "v4"]);
    }

    #[test]
    fn forged_stand_ins_do_not_pass_the_limit() {
        let mut normaliser = normaliser(2);
        for at in 0..10 {
            normaliser.environment(Environment::new(Provider::Other, OTHER_ENVIRONMENT, &format!("r{at}")));
        }
        assert_eq!(normaliser.environments.len(), 3);
    }

    #[test]
    fn a_caller_is_believed_after_the_grace() {
        let mut normaliser = normaliser(10);
        let shop = normaliser.service("shop", NOW);
        let later = NOW.plus(Duration::from_secs(60));
        assert!(!normaliser.only_calls(shop, NOW));
        assert!(normaliser.only_calls(shop, later));
        normaliser.mark_answering(shop);
        assert!(!normaliser.only_calls(shop, later));
    }
}
