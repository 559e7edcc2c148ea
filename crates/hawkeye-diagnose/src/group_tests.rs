//! Scenarios of grouping by hand: one fault is one incident, two faults are two.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, Band, CloseReason, Endpoint, Environment, Measure, Provider, Request,
    Series, Severity, Timestamp,
};
use proptest::prelude::*;

use crate::{Call, CallGraph, GroupEvent, Grouper, SETTLE};

const MINUTE: Duration = Duration::from_secs(60);

fn series(service: &str, region: &str) -> Arc<Series> {
    let (service, route) = service.split_once('/').unwrap_or((service, ""));
    let endpoint =
        Endpoint { service: service.into(), method: "GET".into(), route: format!("/{route}").into() };
    Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", region)))
}

fn at(minute: u64) -> Timestamp {
    Timestamp::from_secs(1_700_000_000).floor(MINUTE).plus(MINUTE * u32::try_from(minute).unwrap())
}

/// An error burst of `service/route` in a region, from a minute on, detected two minutes later.
fn odd(service: &str, region: &str, minute: u64) -> Anomaly {
    let series = series(service, region);
    let kind = AnomalyKind::ErrorBurst;
    Anomaly {
        id: AnomalyId::new(series.id(), kind.signal(), at(minute)),
        series,
        kind,
        severity: Severity::Medium,
        onset: at(minute),
        detected: at(minute + 2),
        updated: at(minute + 2),
        closed: None,
        measure: Measure::ErrorRate,
        observed: 0.2,
        band: Band { lower: 0.0, expected: 0.0, upper: 0.01 },
        score_peak: 40.0,
        threshold: 20.0,
        requests: 100,
        requests_hurt: 20.0,
        deployment: None,
        sentence: String::new(),
    }
}

fn surge(service: &str, region: &str, minute: u64) -> Anomaly {
    Anomaly { kind: AnomalyKind::Surge, ..odd(service, region, minute) }
}

fn closed(anomaly: &Anomaly, minute: u64) -> Anomaly {
    let over = Some((at(minute), CloseReason::Recovered));
    Anomaly { closed: over, updated: at(minute), ..anomaly.clone() }
}

/// `front/a` calls `orders/a`, which calls `stock/a`; `front/b` calls `search/b`.
fn graph() -> CallGraph {
    let mut graph = CallGraph::default();
    for (caller, callee) in [("front/a", "orders/a"), ("orders/a", "stock/a"), ("front/b", "search/b")] {
        let request = |name| Request::new(at(0), 1, series(name, "eu"), 200);
        let calls = [Call::default(), Call { caller: Some(0), ..Call::default() }];
        graph.observe(&[request(caller), request(callee)], &calls, at(0));
    }
    graph
}

/// Expects so many anomalies in each incident, the smallest first.
fn check(anomalies: &[Anomaly], expected: &[usize]) {
    let (mut grouper, graph) = (Grouper::default(), graph());
    for anomaly in anomalies {
        grouper.take(anomaly, &graph);
    }
    let mut sizes: Vec<usize> = grouper.groups().map(|group| group.members.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, expected);
}

#[test]
fn a_fault_and_those_that_call_it_are_one() {
    check(&[odd("stock/a", "eu", 0), odd("front/a", "eu", 3), odd("orders/a", "eu", 1)], &[3]);
}

#[test]
fn two_faults_in_one_environment_are_two() {
    check(&[odd("stock/a", "eu", 0), odd("search/b", "eu", 12)], &[1, 1]);
    check(&[odd("stock/a", "eu", 0), odd("search/b", "eu", 0)], &[1, 1]);
    // Both show at the front, at different endpoints of it.
    let shown = [
        odd("stock/a", "eu", 0),
        odd("front/a", "eu", 0),
        odd("search/b", "eu", 12),
        odd("front/b", "eu", 12),
    ];
    check(&shown, &[2, 2]);
}

#[test]
fn what_ties_two_together_merges_them() {
    check(&[odd("stock/a", "eu", 0), odd("front/a", "eu", 1)], &[2]);
    let (mut grouper, graph) = (Grouper::default(), graph());
    let first = odd("stock/a", "eu", 0);
    let changes = [first.clone(), odd("payments/x", "eu", 2), odd("mail/y", "eu", 2)]
        .map(|anomaly| grouper.take(&anomaly, &graph));
    assert_eq!(grouper.groups().count(), 1);
    let survivor = grouper.of(first.id).unwrap();
    assert_eq!(survivor.0, first.id.0, "the oldest gives the name");
    let merged = changes[2].iter().filter(|change| matches!(change.event, GroupEvent::Merged { .. })).count();
    assert_eq!(merged, 1);
}

#[test]
fn a_shared_dependency_is_one() {
    check(&[odd("stock/a", "eu", 0), odd("stock/a", "us", 1), odd("stock/a", "asia", 6)], &[3]);
    check(&[odd("stock/a", "eu", 0), odd("stock/a", "us", 40)], &[1, 1]);
    // Two services that do not know each other, in the same two places at the same moment.
    let both =
        [odd("stock/a", "eu", 0), odd("mail/x", "eu", 0), odd("stock/a", "us", 1), odd("mail/x", "us", 1)];
    check(&both, &[4]);
}

#[test]
fn an_outage_takes_surges_elsewhere_with_it() {
    let services = ["a/1", "b/1", "c/1", "d/1", "e/1", "f/1", "g/1"];
    let mut all: Vec<Anomaly> = vec![surge("a/1", "us", 1)];
    all.extend(services.iter().map(|service| odd(service, "eu", 0)));
    all.push(surge("b/1", "us", 3));
    check(&all, &[9]);
}

#[test]
fn surges_alone_are_no_incident() {
    check(&[surge("stock/a", "eu", 0), surge("orders/a", "eu", 0)], &[]);
    check(&[surge("stock/a", "eu", 0), odd("search/b", "eu", 0)], &[1]);
    check(&[surge("stock/a", "eu", 0), Anomaly { id: AnomalyId(7), ..odd("stock/a", "eu", 4) }], &[2]);
}

#[test]
fn an_incident_closes_and_comes_back() {
    let (mut grouper, graph) = (Grouper::default(), graph());
    let first = odd("stock/a", "eu", 0);
    grouper.take(&first, &graph);
    grouper.take(&closed(&first, 20), &graph);
    assert!(grouper.settle(at(20)).is_empty());
    let over = grouper.settle(at(20).plus(SETTLE));
    assert_eq!(over.iter().map(|change| change.event).collect::<Vec<_>>(), [GroupEvent::Closed]);
    let again = grouper.take(&odd("stock/a", "eu", 50), &graph);
    assert_eq!(again.first().map(|change| change.event), Some(GroupEvent::Reopened));
    assert_eq!(grouper.groups().count(), 1);
}

#[test]
fn a_surge_does_not_reopen_an_incident() {
    let (mut grouper, graph) = (Grouper::default(), graph());
    let (first, during) = (odd("stock/a", "eu", 0), surge("stock/a", "eu", 4));
    let during = Anomaly { id: AnomalyId(7), ..during };
    grouper.take(&first, &graph);
    grouper.take(&during, &graph);
    grouper.take(&closed(&first, 20), &graph);
    assert_eq!(grouper.settle(at(40)).len(), 1);
    assert!(grouper.take(&Anomaly { updated: at(41), ..during }, &graph).is_empty());
    let late = Anomaly { id: AnomalyId(8), ..surge("stock/a", "eu", 41) };
    let joined = grouper.take(&late, &graph);
    let event = GroupEvent::Joined { anomaly: late.id };
    assert_eq!(joined.iter().map(|change| change.event).collect::<Vec<_>>(), [event]);
    assert!(grouper.groups().all(|group| group.closed.is_some()));
}

#[test]
fn a_wide_incident_takes_no_time() {
    let names: Vec<(String, String)> =
        (0..600).map(|at| (format!("shop/{at}"), format!("stock/{at}"))).collect();
    let (mut requests, mut calls) = (Vec::new(), Vec::new());
    for (name, below) in &names {
        let caller = Some(requests.len());
        requests.extend([name, below].map(|name| Request::new(at(0), 1, series(name, "eu"), 200)));
        calls.extend([Call::default(), Call { caller, ..Call::default() }]);
    }
    let mut graph = CallGraph::default();
    graph.observe(&requests, &calls, at(0));
    let mut grouper = Grouper::default();
    for (name, _) in &names {
        grouper.take(&odd(name, "eu", 0), &graph);
    }
    assert_eq!(grouper.groups().map(|group| group.members.len()).collect::<Vec<_>>(), [600]);
}

#[test]
fn it_gets_worse_but_not_better() {
    let (mut grouper, graph) = (Grouper::default(), graph());
    let first = odd("stock/a", "eu", 0);
    grouper.take(&first, &graph);
    let worse = grouper.take(&Anomaly { severity: Severity::Critical, ..first.clone() }, &graph);
    let event = GroupEvent::Severity { from: Severity::Medium, to: Severity::Critical };
    assert_eq!(worse.iter().map(|change| change.event).collect::<Vec<_>>(), [event]);
    assert!(grouper.take(&first, &graph).is_empty());
}

proptest! {
    #[test]
    fn every_anomaly_has_one_place_and_a_restored_grouper_goes_on_alike(
        picks in proptest::collection::vec((0_usize..5, 0_usize..3, 0_u64..60, any::<bool>()), 1..30),
        cut in 0_usize..30,
    ) {
        let names = ["stock/a", "orders/a", "front/a", "front/b", "search/b"];
        let mut anomalies: Vec<Anomaly> = Vec::new();
        for (name, region, minute, ends) in picks {
            let anomaly = odd(names[name], ["eu", "us", "asia"][region], minute);
            if anomalies.iter().all(|known| known.id != anomaly.id) {
                anomalies.push(if ends { closed(&anomaly, minute + 9) } else { anomaly });
            }
        }
        anomalies.sort_by_key(|anomaly| (anomaly.detected, anomaly.id));
        let graph = graph();
        let mut grouper = Grouper::default();
        let mut restored = Grouper::default();
        for (number, anomaly) in anomalies.iter().enumerate() {
            if number == cut {
                restored = Grouper::restore(restored.groups().cloned().collect());
            }
            prop_assert_eq!(grouper.take(anomaly, &graph), restored.take(anomaly, &graph));
        }
        let members: usize = grouper.groups().map(|group| group.members.len()).sum();
        prop_assert_eq!(members, anomalies.len());
        let has_place = |anomaly: &Anomaly| {
            let group = grouper.of(anomaly.id).and_then(|id| grouper.get(id));
            group.is_some_and(|group| group.members.iter().any(|member| member.anomaly == anomaly.id))
        };
        prop_assert!(anomalies.iter().all(has_place));
    }
}
