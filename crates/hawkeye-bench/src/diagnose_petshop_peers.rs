//! Other ways to rank root causes from metrics and a call graph, as yardsticks, in simple versions of our own.
//!
//! All judge each node by its distance from the median of its past in scaled median absolute deviations, and call it
//! anomalous beyond [`ANOMALOUS`], as the published evaluation of the data set does. All see the same numbers.

use hawkeye_diagnose::{NodeEvidence, Readings, Topology};
use hawkeye_model::Signal;

use crate::diagnose_petshop_data::Issue;

/// Deviations beyond which a value is anomalous.
const ANOMALOUS: f64 = 5.0;

/// Fewer values teach nothing. The published evaluation wants ten, which is more than there are where the past is only
/// what came before the issues.
const PAST_MIN: usize = 5;

/// The interval that is judged, at least: the first after the issue began.
const FIRST_ROW: usize = 2;

/// Makes the median absolute deviation of normal noise its standard deviation.
const SCALE: f64 = 1.4826;

/// A walk's steps, and how likely it goes back to a caller.
const STEPS: usize = 10;
const BACK: f64 = 0.1;

/// Anomalous nodes and their scores in the first interval in which the target is anomalous. Empty when it never is.
fn anomalous(issue: &Issue) -> Vec<Option<f64>> {
    let scores: Vec<Vec<f64>> =
        issue.whole.iter().map(|node| deviations(readings(node, issue.signal))).collect();
    let target = &scores[issue.target];
    let Some(row) = (FIRST_ROW..target.len()).find(|row| target[*row] > ANOMALOUS) else { return Vec::new() };
    let at = |scores: &Vec<f64>| scores.get(row).copied().filter(|score| *score > ANOMALOUS);
    scores.iter().map(at).collect()
}

fn readings(node: &NodeEvidence, signal: Signal) -> &Readings {
    match signal {
        Signal::Latency => &node.latency,
        Signal::ErrorRate | Signal::ClientErrorRate => &node.errors,
        Signal::Traffic => &node.traffic,
    }
}

/// 0 for what is missing. Without any noise in the past, every difference is beyond all bounds.
fn deviations(readings: &Readings) -> Vec<f64> {
    let past: Vec<f64> = readings.past.iter().flatten().copied().collect();
    if past.len() < PAST_MIN {
        return vec![0.0; readings.present.len()];
    }
    let middle = median(past.clone());
    let spread = SCALE * median(past.iter().map(|value| (value - middle).abs()).collect());
    let score = |value: f64| {
        let distance = (value - middle).abs();
        if distance == 0.0 { 0.0 } else { distance / spread }
    };
    readings.present.iter().map(|value| value.map_or(0.0, score)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

fn best_first(mut scores: Vec<(usize, f64)>) -> Vec<usize> {
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores.into_iter().map(|it| it.0).collect()
}

fn callees(graph: &Topology, node: usize) -> impl Iterator<Item = usize> {
    graph.edges.iter().filter(move |edge| edge.0 == node).map(|edge| edge.1)
}

/// The most anomalous first, wherever they are.
pub(crate) fn largest_deviation(_: &Topology, issue: &Issue) -> Vec<usize> {
    let scores = anomalous(issue).into_iter().enumerate();
    best_first(scores.filter_map(|(node, score)| Some((node, score?))).collect())
}

/// Anomalous nodes without an anomalous callee that are connected to the target by anomalous nodes, those with the
/// largest sum of scores along the way first.
pub(crate) fn traversal(graph: &Topology, issue: &Issue) -> Vec<usize> {
    let scores = anomalous(issue);
    let mut best = vec![f64::NEG_INFINITY; scores.len()];
    if !scores.is_empty() {
        walk_down(graph, &scores, &mut Vec::new(), issue.target, &mut best);
    }
    let is_last = |node: usize| callees(graph, node).all(|callee| scores[callee].is_none());
    let found = best.iter().enumerate().filter(|(node, sum)| **sum > f64::NEG_INFINITY && is_last(*node));
    best_first(found.map(|(node, sum)| (node, *sum)).collect())
}

fn walk_down(graph: &Topology, scores: &[Option<f64>], path: &mut Vec<usize>, node: usize, best: &mut [f64]) {
    if scores[node].is_none() || path.contains(&node) {
        return;
    }
    path.push(node);
    best[node] = best[node].max(path.iter().filter_map(|it| scores[*it]).sum());
    for callee in callees(graph, node) {
        walk_down(graph, scores, path, callee, best);
    }
    path.pop();
}

/// Anomalous nodes by how closely they are correlated with the target during the issue.
pub(crate) fn ranked_correlation(_: &Topology, issue: &Issue) -> Vec<usize> {
    let scores = anomalous(issue).into_iter().enumerate();
    let others = scores.filter(|(node, score)| score.is_some() && *node != issue.target);
    best_first(others.filter_map(|(node, _)| Some((node, correlation(issue, node)?))).collect())
}

/// Where a random walk over the calls is found most: to callees as they are correlated with the target, sometimes back.
pub(crate) fn random_walk(graph: &Topology, issue: &Issue) -> Vec<usize> {
    let scores = anomalous(issue);
    if scores.is_empty() {
        return Vec::new();
    }
    let weight: Vec<f64> = (0..graph.nodes).map(|node| correlation(issue, node).unwrap_or(0.0)).collect();
    let mut here = vec![0.0; graph.nodes];
    here[issue.target] = 1.0;
    let mut visits = vec![0.0; graph.nodes];
    for _ in 0..STEPS {
        let mut next = vec![0.0; graph.nodes];
        for node in 0..graph.nodes {
            let forth = callees(graph, node).map(|callee| (callee, weight[callee]));
            let back = graph.edges.iter().filter(|edge| edge.1 == node);
            let mut ways: Vec<(usize, f64)> =
                forth.chain(back.map(|edge| (edge.0, BACK * weight[edge.0]))).collect();
            let most = callees(graph, node).map(|callee| weight[callee]).fold(0.0, f64::max);
            ways.push((node, (weight[node] - most).max(f64::MIN_POSITIVE)));
            let total: f64 = ways.iter().map(|way| way.1).sum();
            for (to, chance) in ways {
                next[to] += here[node] * chance / total;
            }
        }
        here = next;
        visits.iter_mut().zip(&here).for_each(|(visits, here)| *visits += here);
    }
    best_first((0..graph.nodes).filter(|node| scores[*node].is_some()).map(|it| (it, visits[it])).collect())
}

/// Pearson's, without its sign.
fn correlation(issue: &Issue, node: usize) -> Option<f64> {
    let [target, other] = [issue.target, node].map(|it| &readings(&issue.whole[it], issue.signal).present);
    let pairs: Vec<(f64, f64)> = target.iter().zip(other).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
    let n = pairs.len() as f64;
    let (sum_a, sum_b) = pairs.iter().fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (a - sum_a / n, b - sum_b / n);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).abs())
}
