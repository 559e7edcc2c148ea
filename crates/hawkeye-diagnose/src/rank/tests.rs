//! Hand-made shops where the answer is known, and the laws of the ranking.

use hawkeye_model::Signal;
use proptest::prelude::*;

use super::{NodeEvidence, RankReason, Ranked, Readings, Topology, rank};

const SHOP: usize = 0;
const CART: usize = 1;
const SEARCH: usize = 2;
const STOCK: usize = 3;
const TABLE: usize = 4;
const NODES: usize = 5;

/// The shop calls cart and search, both call stock, stock asks a table.
const CALLS: [(usize, usize); 5] =
    [(SHOP, CART), (SHOP, SEARCH), (CART, STOCK), (SEARCH, STOCK), (STOCK, TABLE)];

const REQUESTS: f64 = 200.0;

/// A past that wanders by a few percent, and a present.
fn course(usual: f64, present: &[f64]) -> Readings {
    let past = (0..60).map(|step| Some(usual * (1.0 + 0.02 * (f64::from(step) * 2.4).sin()))).collect();
    Readings { past, present: present.iter().copied().map(Some).collect() }
}

fn healthy(nodes: usize) -> Vec<NodeEvidence> {
    let node = |node: usize| NodeEvidence {
        latency: course(0.1 / (node + 1) as f64, &[0.1 / (node + 1) as f64; 3]),
        errors: course(0.0, &[0.0; 3]),
        traffic: course(REQUESTS, &[REQUESTS; 3]),
    };
    (0..nodes).map(node).collect()
}

/// Everything slower by so many seconds, from the second interval on.
fn slower(changes: &[(usize, f64)]) -> Vec<NodeEvidence> {
    let mut evidence = healthy(NODES);
    for &(node, by) in changes {
        let usual = 0.1 / (node + 1) as f64;
        evidence[node].latency = course(usual, &[usual, usual + by, usual + by]);
    }
    evidence
}

fn failing(changes: &[(usize, f64)]) -> Vec<NodeEvidence> {
    let mut evidence = healthy(NODES);
    for &(node, share) in changes {
        evidence[node].errors = course(0.0, &[0.0, share, share]);
    }
    evidence
}

fn ranked(evidence: &[NodeEvidence], signal: Signal) -> Vec<Ranked> {
    rank(&Topology { nodes: NODES, edges: CALLS.to_vec() }, evidence, SHOP, signal)
}

#[track_caller]
fn check(evidence: &[NodeEvidence], signal: Signal, expected: &[usize]) {
    let nodes: Vec<usize> = ranked(evidence, signal).iter().map(|it| it.node).collect();
    assert!(nodes.starts_with(expected), "expected {expected:?} first, got {nodes:?}");
}

#[test]
fn the_deepest_that_is_slow_wins() {
    check(&slower(&[(SHOP, 0.3), (SEARCH, 0.3), (STOCK, 0.3)]), Signal::Latency, &[STOCK]);
    check(&slower(&[(SHOP, 0.3), (SEARCH, 0.3), (STOCK, 0.3), (TABLE, 0.3)]), Signal::Latency, &[TABLE]);
}

#[test]
fn nothing_beneath_is_slow() {
    check(&slower(&[(SHOP, 0.3)]), Signal::Latency, &[SHOP]);
    check(&slower(&[(SHOP, 0.3), (CART, 0.3)]), Signal::Latency, &[CART]);
}

#[test]
fn a_callee_that_explains_a_little_is_second() {
    check(&slower(&[(SHOP, 0.3), (SEARCH, 0.3), (STOCK, 0.08)]), Signal::Latency, &[SEARCH, STOCK]);
}

#[test]
fn what_is_slow_elsewhere_or_at_another_time_is_not_to_blame() {
    let mut evidence = slower(&[(SHOP, 0.3), (CART, 0.3)]);
    evidence[SEARCH].latency = course(0.033, &[0.9, 0.033, 0.033]);
    check(&evidence, Signal::Latency, &[CART]);
    assert!(ranked(&evidence, Signal::Latency).iter().all(|it| it.node != SEARCH));
}

#[test]
fn failures_count_by_requests() {
    let mut evidence = failing(&[(SHOP, 0.2), (CART, 0.2), (SEARCH, 1.0)]);
    evidence[SEARCH].traffic = course(4.0, &[4.0; 3]);
    check(&evidence, Signal::ErrorRate, &[CART]);
}

#[test]
fn a_node_without_measurements_passes_on() {
    let mut evidence = slower(&[(SHOP, 0.3), (TABLE, 0.3)]);
    evidence[SEARCH] = NodeEvidence::default();
    evidence[STOCK] = NodeEvidence::default();
    check(&evidence, Signal::Latency, &[TABLE]);
}

#[test]
fn a_leaf_without_measurements_is_suspected_beneath_who_explains_nothing() {
    let mut evidence = slower(&[(SHOP, 0.3), (SEARCH, 0.3), (STOCK, 0.3)]);
    evidence[TABLE] = NodeEvidence::default();
    check(&evidence, Signal::Latency, &[STOCK, TABLE]);
    let reasons: Vec<RankReason> = ranked(&evidence, Signal::Latency).iter().map(|it| it.reason).collect();
    assert_eq!(reasons[..2], [RankReason::Own, RankReason::NotMeasured]);
}

#[test]
fn failures_over_a_slow_callee_name_it_too() {
    let mut evidence = failing(&[(SHOP, 0.3), (CART, 0.3)]);
    evidence[STOCK].latency = course(0.025, &[0.025, 2.0, 2.0]);
    check(&evidence, Signal::ErrorRate, &[CART, STOCK]);
    assert_eq!(ranked(&evidence, Signal::ErrorRate)[1].reason, RankReason::OtherSignal);
}

#[test]
fn a_slow_node_with_more_requests_is_under_load() {
    let mut evidence = slower(&[(SHOP, 0.3), (SEARCH, 0.3)]);
    evidence[SEARCH].traffic = course(REQUESTS, &[REQUESTS, 3.0 * REQUESTS, 3.0 * REQUESTS]);
    check(&evidence, Signal::Latency, &[SEARCH]);
    assert_eq!(ranked(&evidence, Signal::Latency)[0].reason, RankReason::Load);
}

#[test]
fn traffic_comes_from_callers() {
    let mut evidence = healthy(NODES);
    for node in [CART, STOCK, TABLE] {
        evidence[node].traffic = course(REQUESTS, &[REQUESTS, 600.0, 600.0]);
    }
    let graph = Topology { nodes: NODES, edges: CALLS.to_vec() };
    assert_eq!(rank(&graph, &evidence, TABLE, Signal::Traffic)[0].node, CART);
    for node in [SHOP, CART, SEARCH, STOCK, TABLE] {
        evidence[node].traffic = course(REQUESTS, &[REQUESTS, 20.0, 20.0]);
    }
    assert_eq!(rank(&graph, &evidence, TABLE, Signal::Traffic)[0].node, SHOP);
}

#[test]
fn nodes_that_call_each_other_do_not_explain_each_other_away() {
    let evidence = slower(&[(SHOP, 0.3), (CART, 0.3), (STOCK, 0.3)]);
    let edges = vec![(SHOP, CART), (CART, STOCK), (STOCK, CART)];
    assert_eq!(rank(&Topology { nodes: NODES, edges }, &evidence, SHOP, Signal::Latency)[0].node, STOCK);
}

#[test]
fn nothing_to_say() {
    let nobody = Topology::default();
    assert_eq!(rank(&nobody, &[], 0, Signal::Latency), []);
    check(&healthy(NODES), Signal::ErrorRate, &[]);
    assert_eq!(ranked(&healthy(NODES), Signal::ErrorRate), []);
    let mut unseen = slower(&[(STOCK, 0.3)]);
    unseen[SHOP] = NodeEvidence::default();
    assert_eq!(ranked(&unseen, Signal::Latency), []);
    let edges = vec![(SHOP, 77), (77, SHOP), (SHOP, SHOP)];
    let slow = slower(&[(SHOP, 0.3)]);
    assert_eq!(rank(&Topology { nodes: NODES, edges }, &slow, SHOP, Signal::Latency)[0].node, SHOP);
}

#[test]
fn requests_that_nobody_counts_are_assumed() {
    let mut evidence = slower(&[(SHOP, 0.3), (SEARCH, 0.3), (STOCK, 0.3)]);
    evidence[STOCK].traffic = Readings::default();
    check(&evidence, Signal::Latency, &[STOCK]);
    for node in &mut evidence {
        node.traffic = Readings::default();
    }
    check(&evidence, Signal::Latency, &[STOCK]);
}

fn reading() -> impl Strategy<Value = Readings> {
    let values = |most| proptest::collection::vec(proptest::option::weighted(0.8, 0.0..1.0), 0..most);
    (values(20), values(4)).prop_map(|(past, present)| Readings { past, present })
}

fn node() -> impl Strategy<Value = NodeEvidence> {
    (reading(), reading(), reading()).prop_map(|(latency, errors, traffic)| NodeEvidence {
        latency,
        errors,
        traffic,
    })
}

fn cases() -> impl Strategy<Value = (Vec<NodeEvidence>, Vec<(usize, usize)>, Vec<usize>)> {
    const MOST: usize = 12;
    (1..MOST).prop_flat_map(|nodes| {
        let order = Just((0..nodes).collect::<Vec<usize>>()).prop_shuffle();
        let evidence = proptest::collection::vec(node(), nodes);
        (evidence, proptest::collection::vec((0..nodes, 0..nodes), 0..3 * nodes), order)
    })
}

/// By node; 0 for who is not listed.
fn scores(nodes: usize, ranked: &[Ranked]) -> Vec<f64> {
    let mut scores = vec![0.0; nodes];
    ranked.iter().for_each(|it| scores[it.node] = it.score);
    scores
}

proptest! {
    /// Whatever the graph and the numbers: scores are shares in order, and each node is listed once.
    #[test]
    fn scores_are_shares((evidence, edges, _) in cases(), pick in 0..4_usize) {
        let graph = Topology { nodes: evidence.len(), edges };
        let ranked = rank(&graph, &evidence, 0, Signal::ALL[pick]);
        prop_assert!(ranked.iter().all(|it| it.score > 0.0 && it.score <= 1.0));
        prop_assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
        let mut nodes: Vec<usize> = ranked.iter().map(|it| it.node).collect();
        nodes.sort_unstable();
        prop_assert!(nodes.is_sorted_by(|a, b| a < b));
    }

    /// The numbers that nodes go by do not matter.
    #[test]
    fn the_order_of_nodes_does_not_matter((evidence, edges, order) in cases()) {
        let nodes = evidence.len();
        let renamed_edges: Vec<(usize, usize)> = edges.iter().rev().map(|&(a, b)| (order[a], order[b])).collect();
        let mut renamed = evidence.clone();
        for (node, it) in evidence.iter().enumerate() {
            renamed[order[node]] = it.clone();
        }
        let graph = Topology { nodes, edges };
        let there = Topology { nodes, edges: renamed_edges };
        let here = scores(nodes, &rank(&graph, &evidence, 0, Signal::Latency));
        let there = scores(nodes, &rank(&there, &renamed, order[0], Signal::Latency));
        for (node, score) in here.iter().enumerate() {
            prop_assert!((score - there[order[node]]).abs() < 1e-5, "{here:?} {there:?}");
        }
    }

    /// Another unit of time changes nothing.
    #[test]
    fn the_unit_of_latency_does_not_matter((evidence, edges, _) in cases()) {
        let graph = Topology { nodes: evidence.len(), edges };
        let mut milliseconds = evidence.clone();
        for value in milliseconds.iter_mut().flat_map(|it| it.latency.past.iter_mut().chain(&mut it.latency.present)) {
            *value = value.map(|value| value * 1_000.0);
        }
        let here = scores(evidence.len(), &rank(&graph, &evidence, 0, Signal::Latency));
        let there = scores(evidence.len(), &rank(&graph, &milliseconds, 0, Signal::Latency));
        for (a, b) in here.iter().zip(&there) {
            prop_assert!((a - b).abs() < 1e-5);
        }
    }
}
