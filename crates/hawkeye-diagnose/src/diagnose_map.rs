//! The affected part of the call graph with numbers of both times.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hawkeye_model::{Environment, SeriesId};

use crate::diagnose_evidence::{Cell, SeriesEvidence, quantile};
use crate::verdict::Scene;
use crate::{CallMap, CallMapEdge, CallMapNode, Cause, Count};

/// More nodes are no picture: the busiest are kept, and the first cause.
const NODES_MAX: usize = 100;

type Key = (Environment, Arc<str>);

/// Services of the scope in the affected environments. `minutes` before and during, as far as they were sampled.
pub(crate) fn call_map(scene: &Scene<'_>, first: Option<&Cause>, minutes: (f64, f64)) -> CallMap {
    let mut services: BTreeMap<Key, Vec<&SeriesEvidence>> = BTreeMap::new();
    for it in scene.evidence.series.values() {
        let service = &it.endpoint().service;
        if scene.scope.environments.contains(it.environment()) && scene.scope.services.contains(service) {
            services.entry((it.environment().clone(), Arc::clone(service))).or_default().push(it);
        }
    }
    let mut nodes: Vec<(Key, CallMapNode)> = services
        .into_iter()
        .map(|(key, series)| {
            let node = node(scene, &key, &series, first, minutes.1);
            (key, node)
        })
        .collect();
    if nodes.len() > NODES_MAX {
        let order = |node: &CallMapNode| (node.is_first_cause, node.anomalies > 0, node.requests_per_minute);
        nodes.sort_by(|(_, left), (_, right)| {
            let (left, right) = (order(left), order(right));
            (right.0, right.1).cmp(&(left.0, left.1)).then(right.2.total_cmp(&left.2))
        });
        nodes.truncate(NODES_MAX);
        nodes.sort_by(|left, right| left.0.cmp(&right.0));
    }
    let places: BTreeMap<&Key, usize> = nodes.iter().enumerate().map(|(at, (key, _))| (key, at)).collect();
    let edges = edges(scene, &places, minutes.1);
    CallMap { nodes: nodes.into_iter().map(|(_, node)| node).collect(), edges }
}

fn node(
    scene: &Scene<'_>,
    (environment, service): &Key,
    series: &[&SeriesEvidence],
    first: Option<&Cause>,
    minutes: f64,
) -> CallMapNode {
    let (mut before, mut during) = (Cell::default(), Cell::default());
    let mut durations_us = [Vec::new(), Vec::new()];
    for it in series {
        before.requests += it.felt.before.requests;
        before.failed += it.felt.before.failed;
        during.requests += it.felt.during.requests;
        during.failed += it.felt.during.failed;
        for (all, some) in durations_us.iter_mut().zip(&it.durations_us) {
            all.extend_from_slice(some);
        }
    }
    let rate = |cell: Cell| cell.failed as f64 / cell.requests.max(1) as f64;
    let [mut usual_us, mut now_us] = durations_us;
    let p95 = |durations_us: &mut Vec<u64>| quantile(durations_us, 0.95).map_or(0.0, |us| us as f64 / 1e3);
    let ids: BTreeSet<SeriesId> = series.iter().map(|it| it.series.id()).collect();
    let anomalies = scene.case.anomalies.iter().filter(|it| ids.contains(&it.series.id())).count();
    let is_named = |name: &Option<String>, is: &str| name.as_deref().is_none_or(|name| name == is);
    CallMapNode {
        service: service.to_string(),
        environment: environment.to_string(),
        requests_per_minute: during.requests as f64 / minutes,
        error_rate: rate(during),
        error_rate_before: rate(before),
        latency_ms_p95: p95(&mut now_us),
        latency_ms_p95_before: p95(&mut usual_us),
        anomalies: anomalies as u64,
        is_first_cause: first.is_some_and(|cause| {
            cause.subject.service.is_some()
                && is_named(&cause.subject.service, service)
                && is_named(&cause.subject.environment, &environment.to_string())
        }),
    }
}

fn edges(scene: &Scene<'_>, places: &BTreeMap<&Key, usize>, minutes: f64) -> Vec<CallMapEdge> {
    let series = &scene.evidence.series;
    let place = |id: &SeriesId| {
        let it = series.get(id)?;
        places.get(&(it.environment().clone(), Arc::clone(&it.endpoint().service))).copied()
    };
    let mut sums: BTreeMap<(usize, usize), Count> = BTreeMap::new();
    for ((caller, callee), count) in &scene.evidence.edges {
        let Some(edge) = place(caller).zip(place(callee)).filter(|(caller, callee)| caller != callee) else {
            continue;
        };
        let sum = sums.entry(edge).or_default();
        sum.requests += count.requests;
        sum.bad += count.bad;
    }
    let edge = |((caller, callee), count): ((usize, usize), Count)| CallMapEdge {
        caller,
        callee,
        requests_per_minute: count.requests as f64 / minutes,
        error_rate: count.bad as f64 / count.requests.max(1) as f64,
    };
    sums.into_iter().map(edge).collect()
}
