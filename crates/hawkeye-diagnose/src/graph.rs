//! Which endpoint calls which, as observed in traces, kept fresh.
//!
//! Every edge has a number of calls that halves in [`HALF_LIFE`]: `calls(t) = calls(s) · 2^(-(t - s) / HALF_LIFE)`.
//! Edges are told per environment. Whether two endpoints are related is asked across all environments, because the
//! same code runs in all of them and a quiet environment shows few of its calls.

use std::borrow::Borrow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{EndpointId, Request, Series, SeriesId, Timestamp};

use crate::calls::Call;

/// Calls weigh half after this time.
const HALF_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// An edge with fewer calls is forgotten: a single call is remembered for about three days.
const CALLS_MIN: f64 = 0.02;

/// Edges kept; beyond, those with the fewest calls are dropped. At 150 bytes each, 3 MB.
pub const EDGES_MAX: usize = 20_000;

/// A caller and its callee in one environment (or from one to another).
#[derive(Debug, Clone)]
pub struct CallEdge {
    pub caller: Arc<Series>,
    pub callee: Arc<Series>,
    /// Observed calls, older ones weighing less, as of the last observation.
    pub calls: f64,
    seen: Timestamp,
}

/// How one endpoint is related to another by calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    Same,
    /// The first calls the second, over so many hops.
    Calls(usize),
    /// The first is called by the second, over so many hops.
    CalledBy(usize),
}

/// See the module.
#[derive(Debug, Clone)]
pub struct CallGraph {
    edges: BTreeMap<(SeriesId, SeriesId), CallEdge>,
    /// By endpoint, over all environments; a shadow of `edges`.
    down: BTreeMap<EndpointId, BTreeSet<EndpointId>>,
    up: BTreeMap<EndpointId, BTreeSet<EndpointId>>,
    services: BTreeMap<EndpointId, Arc<str>>,
    edges_max: usize,
}

impl Default for CallGraph {
    fn default() -> Self {
        Self::new(EDGES_MAX)
    }
}

impl CallGraph {
    #[must_use]
    pub fn new(edges_max: usize) -> Self {
        let (down, up) = (BTreeMap::new(), BTreeMap::new());
        Self { edges: BTreeMap::new(), down, up, services: BTreeMap::new(), edges_max }
    }

    /// Adds the calls among `requests`, linked by [`crate::link`]. `now` should not go back.
    pub fn observe<R: Borrow<Request>>(&mut self, requests: &[R], calls: &[Call], now: Timestamp) {
        for edge in self.edges.values_mut() {
            let age = now.since(edge.seen).as_secs_f64() / HALF_LIFE.as_secs_f64();
            edge.calls *= (-age).exp2();
            edge.seen = edge.seen.max(now);
        }
        for (callee, call) in requests.iter().zip(calls) {
            let callee = &callee.borrow().series;
            let Some(caller) = call.caller.and_then(|at| requests.get(at)) else { continue };
            let caller = &caller.borrow().series;
            let edge = self.edges.entry((caller.id(), callee.id())).or_insert_with(|| CallEdge {
                caller: Arc::clone(caller),
                callee: Arc::clone(callee),
                calls: 0.0,
                seen: now,
            });
            edge.calls += 1.0;
        }
        self.edges.retain(|_, edge| edge.calls >= CALLS_MIN);
        self.drop_least();
        self.index();
    }

    fn drop_least(&mut self) {
        let Some(excess) = self.edges.len().checked_sub(self.edges_max).filter(|&excess| excess > 0) else {
            return;
        };
        let mut by_use: Vec<(f64, (SeriesId, SeriesId))> =
            self.edges.iter().map(|(key, edge)| (edge.calls, *key)).collect();
        by_use.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        for (_, key) in by_use.iter().take(excess) {
            self.edges.remove(key);
        }
    }

    fn index(&mut self) {
        self.down.clear();
        self.up.clear();
        self.services.clear();
        for edge in self.edges.values() {
            let (caller, callee) = (edge.caller.endpoint_id(), edge.callee.endpoint_id());
            self.down.entry(caller).or_default().insert(callee);
            self.up.entry(callee).or_default().insert(caller);
            for series in [&edge.caller, &edge.callee] {
                let service = &series.endpoint().service;
                self.services.entry(series.endpoint_id()).or_insert_with(|| Arc::clone(service));
            }
        }
    }

    /// All edges, in the order of their ids.
    pub fn edges(&self) -> impl Iterator<Item = &CallEdge> {
        self.edges.values()
    }

    /// Whom an endpoint calls, in any environment.
    pub fn callees(&self, endpoint: EndpointId) -> impl Iterator<Item = EndpointId> {
        self.down.get(&endpoint).into_iter().flatten().copied()
    }

    /// Who calls an endpoint, in any environment.
    pub fn callers(&self, endpoint: EndpointId) -> impl Iterator<Item = EndpointId> {
        self.up.get(&endpoint).into_iter().flatten().copied()
    }

    /// Whether one calls the other over at most so many hops. Two that are only called by the same are not related.
    #[must_use]
    pub fn kinship(&self, first: EndpointId, second: EndpointId, hops: usize) -> Option<Kinship> {
        if first == second {
            return Some(Kinship::Same);
        }
        let below = distance(&self.down, first, second, hops).map(Kinship::Calls);
        below.or_else(|| distance(&self.down, second, first, hops).map(Kinship::CalledBy))
    }

    #[must_use]
    pub fn is_related(&self, first: EndpointId, second: EndpointId, hops: usize) -> bool {
        self.kinship(first, second, hops).is_some()
    }

    /// Everything that an endpoint calls over at most so many hops, without itself.
    #[must_use]
    pub fn reach(&self, from: EndpointId, hops: usize) -> BTreeSet<EndpointId> {
        let (mut found, mut edge) = (BTreeSet::from([from]), vec![from]);
        for _ in 0..hops {
            let next: Vec<EndpointId> =
                edge.iter().flat_map(|&at| self.callees(at)).filter(|it| !found.contains(it)).collect();
            found.extend(next.iter().copied());
            edge = next;
        }
        found.remove(&from);
        found
    }
}

impl CallGraph {
    /// [`Self::reach`], and over how many hops each.
    pub(crate) fn distances(&self, from: EndpointId, hops: usize) -> BTreeMap<EndpointId, usize> {
        let (mut found, mut edge) = (BTreeMap::from([(from, 0)]), vec![from]);
        for hop in 1..=hops {
            let mut further = Vec::new();
            for endpoint in edge.iter().flat_map(|&at| self.callees(at)) {
                if let Entry::Vacant(new) = found.entry(endpoint) {
                    new.insert(hop);
                    further.push(endpoint);
                }
            }
            edge = further;
        }
        found.remove(&from);
        found
    }

    pub(crate) fn services_of<'a>(
        &self,
        endpoints: impl Iterator<Item = &'a EndpointId>,
    ) -> BTreeSet<Arc<str>> {
        endpoints.filter_map(|endpoint| self.services.get(endpoint)).cloned().collect()
    }
}

fn distance(
    next: &BTreeMap<EndpointId, BTreeSet<EndpointId>>,
    from: EndpointId,
    to: EndpointId,
    hops: usize,
) -> Option<usize> {
    let (mut seen, mut edge) = (BTreeSet::from([from]), vec![from]);
    for hop in 1..=hops {
        let mut further = Vec::new();
        for endpoint in edge.iter().filter_map(|at| next.get(at)).flatten() {
            if *endpoint == to {
                return Some(hop);
            }
            if seen.insert(*endpoint) {
                further.push(*endpoint);
            }
        }
        edge = further;
    }
    None
}

#[cfg(test)]
mod tests {
    use hawkeye_model::{Endpoint, Environment, Provider};

    use super::*;

    fn request(service: &str, region: &str) -> Request {
        let endpoint = Endpoint { service: service.into(), method: "GET".into(), route: "/".into() };
        let environment = Environment::new(Provider::Aws, "production", region);
        Request::new(Timestamp::default(), 1, Arc::new(Series::new(endpoint, environment)), 200)
    }

    /// Each first service calls its second one.
    fn observed(graph: &mut CallGraph, pairs: &[(&str, &str)], hour: i64) {
        for (caller, callee) in pairs {
            let calls = [Call::default(), Call { caller: Some(0), ..Call::default() }];
            let requests = [request(caller, "eu"), request(callee, "eu")];
            graph.observe(&requests, &calls, Timestamp::from_secs(hour * 3_600));
        }
    }

    fn id(service: &str) -> EndpointId {
        request(service, "us").series.endpoint_id()
    }

    #[test]
    fn callers_and_callees_are_related_and_siblings_are_not() {
        let mut graph = CallGraph::default();
        observed(&mut graph, &[("front", "orders"), ("orders", "stock"), ("front", "search")], 0);
        assert_eq!(graph.kinship(id("front"), id("stock"), 3), Some(Kinship::Calls(2)));
        assert_eq!(graph.kinship(id("stock"), id("front"), 3), Some(Kinship::CalledBy(2)));
        assert_eq!(graph.kinship(id("stock"), id("front"), 1), None);
        assert_eq!(graph.kinship(id("search"), id("orders"), 9), None);
        assert_eq!(graph.kinship(id("search"), id("search"), 0), Some(Kinship::Same));
        assert_eq!(graph.reach(id("front"), 3), BTreeSet::from([id("orders"), id("stock"), id("search")]));
    }

    #[test]
    fn distances_are_those_of_kinship() {
        let mut graph = CallGraph::default();
        let pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("d", "a"), ("d", "e"), ("e", "f")];
        observed(&mut graph, &pairs, 0);
        for (from, hops) in ["a", "b", "c", "d", "e", "f"].into_iter().flat_map(|it| [(it, 1), (it, 3)]) {
            let found = graph.distances(id(from), hops);
            assert!(found.keys().copied().eq(graph.reach(id(from), hops)));
            let kin = found.iter().map(|(to, hop)| (graph.kinship(id(from), *to, hops), *hop));
            assert!(kin.into_iter().all(|(kinship, hop)| kinship == Some(Kinship::Calls(hop))));
        }
    }

    #[test]
    fn the_least_used_edges_are_dropped_first() {
        let mut graph = CallGraph::new(2);
        observed(&mut graph, &[("a", "b"), ("a", "b"), ("b", "c"), ("b", "c"), ("c", "d")], 0);
        assert_eq!(graph.edges().count(), 2);
        assert!(!graph.is_related(id("c"), id("d"), 1));
    }

    #[test]
    fn what_is_no_longer_called_is_forgotten() {
        let mut graph = CallGraph::default();
        observed(&mut graph, &[("a", "b")], 0);
        observed(&mut graph, &[("c", "d")], 60);
        assert!(graph.is_related(id("a"), id("b"), 1));
        observed(&mut graph, &[("c", "d")], 80);
        assert!(!graph.is_related(id("a"), id("b"), 1));
    }
}
