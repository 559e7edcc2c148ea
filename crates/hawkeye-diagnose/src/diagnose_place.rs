//! Where harm began: services in environments whose own failures or slowness went up beyond chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hawkeye_model::{Anomaly, EndpointId, Environment, Series, Timestamp};

use crate::diagnose_evidence::{Evidence, Harm, MEASURES, Pair, SeriesEvidence, is_worse};
use crate::graph::CallGraph;
use crate::group_relation::HOPS;
use crate::{ComparedMeasure, Subject};

/// Which part of the world an incident may come from: what is odd, what that calls, and the services of both.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Odd by something else than a surge.
    pub(crate) odd: BTreeSet<EndpointId>,
    /// The odd ones and everything that they call.
    pub(crate) endpoints: BTreeSet<EndpointId>,
    pub(crate) services: BTreeSet<Arc<str>>,
    pub(crate) environments: BTreeSet<Environment>,
}

impl Scope {
    pub(crate) fn new(anomalies: &[Anomaly], evidence: &Evidence, graph: &CallGraph) -> Self {
        let mut scope = Self::default();
        for anomaly in anomalies.iter().filter(|anomaly| !crate::diagnose::is_surge(anomaly)) {
            scope.odd.insert(anomaly.series.endpoint_id());
            scope.environments.insert(anomaly.series.environment().clone());
        }
        scope.endpoints = scope.odd.clone();
        for &endpoint in &scope.odd {
            scope.endpoints.extend(graph.reach(endpoint, HOPS));
        }
        // The graph is made of samples; the requests of the incident know calls that it missed.
        for _ in 0..HOPS {
            let below: Vec<EndpointId> = evidence
                .edges
                .keys()
                .filter_map(|(caller, callee)| evidence.series.get(caller).zip(evidence.series.get(callee)))
                .filter(|(caller, _)| scope.endpoints.contains(&caller.series.endpoint_id()))
                .map(|(_, callee)| callee.series.endpoint_id())
                .collect();
            scope.endpoints.extend(below);
        }
        let known = evidence.series.values().filter(|it| scope.endpoints.contains(&it.series.endpoint_id()));
        scope.services = known.map(|it| Arc::clone(&it.endpoint().service)).collect();
        scope
    }
}

/// One endpoint of a place.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) series: Arc<Series>,
    pub(crate) harm: Harm,
    pub(crate) self_ms: f64,
    pub(crate) onset: Option<Timestamp>,
}

/// A service in an environment with harm of its own.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) service: Arc<str>,
    pub(crate) environment: Environment,
    /// The endpoints that are worse, the worst first.
    pub(crate) spots: Vec<Spot>,
    pub(crate) harm: Harm,
    /// Only one endpoint is worse, and the others together are not.
    pub(crate) is_one_endpoint: bool,
    pub(crate) onset: Option<Timestamp>,
}

impl Place {
    pub(crate) fn endpoints(&self) -> BTreeSet<EndpointId> {
        self.spots.iter().map(|spot| spot.series.endpoint_id()).collect()
    }

    pub(crate) fn subject(&self) -> Subject {
        let spot = self.spots.first().filter(|_| self.is_one_endpoint);
        Subject {
            service: Some(self.service.to_string()),
            method: spot.map(|spot| spot.series.endpoint().method.to_string()),
            route: spot.map(|spot| spot.series.endpoint().route.to_string()),
            environment: Some(self.environment.to_string()),
            ..Subject::default()
        }
    }
}

/// The places in the scope with evident harm of their own, the worst first.
pub(crate) fn places(evidence: &Evidence, scope: &Scope, graph: &CallGraph) -> Vec<Place> {
    let victims = if evidence.is_linked { BTreeSet::new() } else { victims(evidence, scope, graph) };
    let mut by_place: BTreeMap<(Environment, Arc<str>), Vec<&SeriesEvidence>> = BTreeMap::new();
    for it in evidence.series.values() {
        let service = &it.endpoint().service;
        let is_asked = scope.environments.contains(it.environment()) && scope.services.contains(service);
        let is_victim = victims.contains(&(it.environment().clone(), it.series.endpoint_id()));
        if is_asked && !is_victim {
            by_place.entry((it.environment().clone(), Arc::clone(service))).or_default().push(it);
        }
    }
    let mut places: Vec<Place> = by_place
        .into_iter()
        .filter(|(_, series)| is_suspect(series, scope))
        .filter_map(|((environment, service), series)| place(service, environment, &series))
        .collect();
    places.sort_by(|left, right| right.harm.weight().total_cmp(&left.harm.weight()));
    places
}

/// Whether what is odd or called by it is worse, by itself or together. What else its service does counts only then.
fn is_suspect(series: &[&SeriesEvidence], scope: &Scope) -> bool {
    let is_asked = |it: &&&SeriesEvidence| scope.endpoints.contains(&it.series.endpoint_id());
    let asked: Vec<&SeriesEvidence> = series.iter().filter(is_asked).copied().collect();
    asked.iter().any(|it| it.evident().weight() > 0.0) || pooled(&asked).weight() > 0.0
}

fn place(service: Arc<str>, environment: Environment, series: &[&SeriesEvidence]) -> Option<Place> {
    let mut spots: Vec<Spot> = Vec::new();
    let mut rest = Vec::new();
    for it in series {
        let harm = it.evident();
        if harm.weight() > 0.0 {
            spots.push(spot(it, harm));
        } else {
            rest.push(*it);
        }
    }
    let is_one_endpoint = spots.len() == 1 && pooled(&rest).weight() <= 0.0;
    let mut harm = Harm::default();
    spots.iter().for_each(|spot| harm.add(spot.harm));
    // Many endpoints with a little harm each are as good as one with much.
    let together = pooled(&rest);
    if together.weight() > 0.0 {
        harm.add(together);
        spots.extend(rest.iter().map(|it| spot(it, it.apparent())).filter(|spot| spot.harm.weight() > 0.0));
    }
    if spots.is_empty() {
        return None;
    }
    spots.sort_by(|left, right| right.harm.weight().total_cmp(&left.harm.weight()));
    let onset = spots.iter().filter_map(|spot| spot.onset).min();
    Some(Place { service, environment, spots, harm, is_one_endpoint, onset })
}

fn spot(it: &SeriesEvidence, harm: Harm) -> Spot {
    Spot { series: Arc::clone(&it.series), harm, self_ms: it.total.self_ms(), onset: it.onset() }
}

/// The harm of several series together, where it is no chance.
pub(crate) fn pooled(series: &[&SeriesEvidence]) -> Harm {
    let one = |measure: ComparedMeasure| {
        let strata: Vec<_> = series.iter().map(|it| it.total.stratum(measure)).collect();
        let excess: f64 = series.iter().map(|it| it.total.excess(measure)).sum();
        if is_worse(&strata, measure) { excess.max(0.0) } else { 0.0 }
    };
    Harm { failed: one(MEASURES[0]), slow: one(MEASURES[1]) }
}

/// Without traces nobody knows whose a failure is: what calls something that is worse too is taken for its victim.
fn victims(evidence: &Evidence, scope: &Scope, graph: &CallGraph) -> BTreeSet<(Environment, EndpointId)> {
    let worse: BTreeSet<(Environment, EndpointId)> = evidence
        .series
        .values()
        .filter(|it| scope.endpoints.contains(&it.series.endpoint_id()) && it.evident().weight() > 0.0)
        .map(|it| (it.environment().clone(), it.series.endpoint_id()))
        .collect();
    let calls_worse = |(environment, endpoint): &&(Environment, EndpointId)| {
        graph.reach(*endpoint, HOPS).into_iter().any(|below| worse.contains(&(environment.clone(), below)))
    };
    worse.iter().filter(calls_worse).cloned().collect()
}

/// Sums of parts of a place by endpoint, for those parts that `is` holds of.
pub(crate) fn parts<'a>(
    series: impl Iterator<Item = &'a SeriesEvidence>,
    is: impl Fn(&str, &str) -> bool,
) -> BTreeMap<EndpointId, Pair> {
    let mut sums: BTreeMap<EndpointId, Pair> = BTreeMap::new();
    for it in series {
        for ((version, instance), pair) in &it.parts {
            if is(version, instance) {
                sums.entry(it.series.endpoint_id()).or_default().add(*pair);
            }
        }
    }
    sums
}
