//! Which node of a call graph a problem began at, from measurements alone: no traces, no names.
//!
//! Problems are told in amounts that add up along calls: seconds lost, requests failed or requests too many in an
//! interval. With `x` the measured value, `m` its usual one and `n` the requests,
//!
//! * the excess of node `i` is `E_i = Σ_t w_t (x_it - m_i) n_it`, where the weights `w_t` follow the target's own
//!   excess, so that what is odd at other times counts for nothing;
//! * it is evident as far as it stands out of the node's noise `s_i`: `z_i² / (z_i² + K²)` with `z_i = E_i / s_i`;
//! * what reaches the target through a chain of calls is no more than the least excess along it, `F_i`;
//! * callees explain `Σ_j E_j · E_i / Σ_callers E` of it, and the rest is the node's own.
//!
//! The score is the share of the target's excess that is passed on, not explained by callees, and evident:
//! `F_i / F_target · own_i · evident_i`. Slowness and failures spread from callee to caller; traffic spreads from caller
//! to callee, so for it the same is done with all calls turned around.
//!
//! Hardt et al.: The PetShop Dataset, 2024, describes the task.

mod excess;
mod spread;
#[cfg(test)]
mod tests;

use hawkeye_model::Signal;

use self::excess::{Excess, Measure, evident, rows, traffic_sign, weighted, weights};
use self::spread::Web;

/// A node that is not measured, or is odd in another way, gets this share of what its caller cannot explain.
const HINT_SHARE: f64 = 0.3;

/// Deviations at which oddness of another kind counts half as a hint. More than for the signal itself: many things are
/// a little odd during an incident.
const HINT_DEVIATIONS: f64 = 10.0;

/// Deviations at which an excess counts half.
const EVIDENT_DEVIATIONS: f64 = 3.0;

/// Scores below are of no use to anybody.
const SCORE_MIN: f64 = 1e-6;

/// Who calls whom: pairs of a caller and a callee, both below `nodes`. Others are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topology {
    pub nodes: usize,
    pub edges: Vec<(usize, usize)>,
}

/// One measurement in equal intervals; what is missing is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readings {
    /// When all was well. Need not be next to the present.
    pub past: Vec<Option<f64>>,
    /// Since the problem began, the same intervals at all nodes.
    pub present: Vec<Option<f64>>,
}

/// What is measured at a node. The past of one node's measurements covers the same intervals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeEvidence {
    /// Mean time per request, in one unit for all nodes.
    pub latency: Readings,
    /// Failed requests per request, from 0 to 1.
    pub errors: Readings,
    /// Requests in an interval.
    pub traffic: Readings,
}

/// Why a node is in the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankReason {
    /// Its excess is not explained by what it calls.
    Own,
    /// The same, and it got more requests than usual.
    Load,
    /// It is odd in another signal, and a caller has an excess that nothing explains.
    OtherSignal,
    /// It is not measured, and a caller has an excess that nothing explains.
    NotMeasured,
}

/// A candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    pub node: usize,
    /// The share of the target's excess that began here, from 0 to 1; shares need not add up to 1.
    pub score: f64,
    /// The share of the node's own excess that its callees do not explain.
    pub own: f64,
    /// Its excess in multiples of its noise.
    pub deviations: f64,
    /// The value before, and now.
    pub usual: Option<f64>,
    pub now: Option<f64>,
    pub reason: RankReason,
}

/// Candidates for the root cause of what is odd in one signal of a target, the likeliest first. `evidence` is by node.
/// Empty when the target is not measured or nothing stands out.
#[must_use]
pub fn rank(topology: &Topology, evidence: &[NodeEvidence], target: usize, signal: Signal) -> Vec<Ranked> {
    let nodes = topology.nodes.min(evidence.len());
    if target >= nodes {
        return Vec::new();
    }
    let edges = topology.edges.iter().filter(|(caller, callee)| *caller.max(callee) < nodes);
    let edges: Vec<(usize, usize)> = match signal {
        Signal::Traffic => edges.map(|&(caller, callee)| (callee, caller)).collect(),
        _ => edges.copied().collect(),
    };
    let Some((excesses, weights)) = excesses(&edges, &evidence[..nodes], target, signal) else {
        return Vec::new();
    };
    let amounts: Vec<f64> = excesses.iter().map(|it| it.as_ref().map_or(0.0, |it| it.amount)).collect();
    let sure: Vec<f64> =
        excesses.iter().map(|it| it.as_ref().map_or(0.0, |it| evident(it, EVIDENT_DEVIATIONS))).collect();
    let measured: Vec<bool> = excesses.iter().map(Option::is_some).collect();
    let web = Web::new(&edges, &measured, target);
    let flow = web.flow(&amounts);
    let own = web.own(&amounts.iter().zip(&sure).map(|(amount, sure)| amount * sure).collect::<Vec<_>>());
    let mut ranked: Vec<Ranked> = (0..nodes)
        .filter_map(|node| {
            let excess = excesses[node].as_ref()?;
            let score = (flow[node] / flow[target]).min(1.0) * own[node] * sure[node];
            let busier =
                Measure::Traffic { sign: 1.0 }.excess(&evidence[node], &evidence[node].traffic, &weights);
            let is_load = busier.is_some_and(|it| evident(&it, EVIDENT_DEVIATIONS) >= 0.5);
            let reason =
                if is_load && signal != Signal::Traffic { RankReason::Load } else { RankReason::Own };
            Some(candidate(node, score, own[node], excess, reason))
        })
        .collect();
    let hints = hints(&edges, evidence, &weights, &ranked, &measured, signal);
    ranked.extend(hints);
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.node.cmp(&b.node)));
    let mut seen = vec![false; nodes];
    ranked.retain(|it| it.score >= SCORE_MIN && !std::mem::replace(&mut seen[it.node], true));
    ranked
}

fn candidate(node: usize, score: f64, own: f64, excess: &Excess, reason: RankReason) -> Ranked {
    let deviations = excess.amount / excess.noise;
    Ranked { node, score, own, deviations, usual: Some(excess.usual), now: excess.now, reason }
}

/// The excess of every measured node, and how much each interval counts. `None` when the target has none.
fn excesses(
    edges: &[(usize, usize)],
    evidence: &[NodeEvidence],
    target: usize,
    signal: Signal,
) -> Option<(Vec<Option<Excess>>, Vec<f64>)> {
    let measure = match signal {
        Signal::Latency => Measure::Latency,
        Signal::ErrorRate | Signal::ClientErrorRate => Measure::Errors,
        Signal::Traffic => Measure::Traffic { sign: traffic_sign(&evidence[target].traffic) },
    };
    let traffic = excess::traffic(edges, evidence);
    let course = rows(measure, &evidence[target], traffic[target])?;
    let weights = weights(&course)?;
    let all = evidence.iter().zip(traffic).map(|(node, traffic)| measure.excess(node, traffic, &weights));
    let all: Vec<Option<Excess>> = all.collect();
    all[target].as_ref().filter(|it| weighted(&course, &weights) > 0.0 && it.amount > 0.0)?;
    Some((all, weights))
}

/// Callees without measurements, or odd in another signal, beneath those whose excess nothing explains.
fn hints(
    edges: &[(usize, usize)],
    evidence: &[NodeEvidence],
    weights: &[f64],
    ranked: &[Ranked],
    measured: &[bool],
    signal: Signal,
) -> Vec<Ranked> {
    let other = match signal {
        Signal::Latency => Measure::Errors,
        Signal::ErrorRate | Signal::ClientErrorRate => Measure::Latency,
        // Who is slow or failing does not call more for it.
        Signal::Traffic => return Vec::new(),
    };
    let odd = |node: usize| other.excess(&evidence[node], &evidence[node].traffic, weights);
    let callees = adjacent(edges, evidence.len());
    let mut hints = Vec::new();
    for above in ranked.iter().filter(|it| it.score >= SCORE_MIN) {
        let strengths: Vec<(Ranked, f64)> = callees[above.node]
            .iter()
            .filter_map(|&node| {
                if measured[node] {
                    let excess = odd(node)?;
                    let strength = evident(&excess, HINT_DEVIATIONS);
                    return Some((candidate(node, 0.0, 0.0, &excess, RankReason::OtherSignal), strength));
                }
                let (usual, now, reason) = (None, None, RankReason::NotMeasured);
                Some((Ranked { node, score: 0.0, own: 0.0, deviations: 0.0, usual, now, reason }, 1.0))
            })
            .collect();
        let total: f64 = strengths.iter().map(|it| it.1).sum();
        let part = |strength: f64| above.score * HINT_SHARE * strength / total.max(1.0);
        hints.extend(strengths.iter().map(|(it, strength)| Ranked { score: part(*strength), ..*it }));
    }
    hints
}

/// Who is called by each node, each once, and not by itself.
fn adjacent(edges: &[(usize, usize)], nodes: usize) -> Vec<Vec<usize>> {
    let mut next = vec![Vec::new(); nodes];
    for &(caller, callee) in edges.iter().filter(|(caller, callee)| caller != callee) {
        next[caller].push(callee);
    }
    for callees in &mut next {
        callees.sort_unstable();
        callees.dedup();
    }
    next
}
