//! The calendar: what is planted when, for every scenario and span, and after the span's end.

use std::collections::BTreeSet;
use std::time::Duration;

use hawkeye_model::Timestamp;
use hawkeye_sim::{Planted, PlantedKind, RootCause, Scenario, ground_truth_json};

use crate::{DAY, HOUR, MINUTE, START, simulator};

const SPANS: [Duration; 5] = [
    HOUR,
    Duration::from_secs(6 * 3_600),
    DAY,
    Duration::from_secs(7 * 86_400),
    Duration::from_secs(30 * 86_400),
];

fn kinds(planted: &[Planted]) -> BTreeSet<PlantedKind> {
    planted.iter().map(|it| it.kind).collect()
}

#[test]
fn every_scenario_fits_into_every_span() {
    for span in SPANS {
        for scenario in Scenario::ALL {
            for seed in 0..8 {
                let simulator = simulator(seed, scenario, span, 10.0);
                let (planted, end) = (simulator.planted(), START.plus(span));
                let context = format!("{} for {span:?}, seed {seed}: {planted:#?}", scenario.as_str());
                assert!(planted.is_sorted_by_key(|it| it.from), "{context}");
                assert!(planted.iter().all(|it| it.from >= START.plus(span * 3 / 10)), "{context}");
                assert!(planted.iter().all(|it| it.to.since(it.from) >= MINUTE), "{context}");
                assert!(planted.iter().all(|it| it.decoy == it.kind.is_decoy()), "{context}");
                let goes_on = planted.iter().filter(|it| it.to > end && !it.decoy).count();
                assert_eq!(goes_on, usize::from(scenario != Scenario::Healthy), "{context}");
                assert!(planted.iter().filter(|it| !it.decoy).all(|it| !it.affected.is_empty()), "{context}");
                let wanted = match scenario {
                    Scenario::All => PlantedKind::ALL.into_iter().collect(),
                    Scenario::Healthy => PlantedKind::ALL.into_iter().filter(|it| it.is_decoy()).collect(),
                    _ => kinds(planted),
                };
                assert_eq!(kinds(planted), wanted, "{context}");
                if span >= DAY {
                    let mut apart: Vec<_> =
                        planted.iter().filter(|it| it.kind != PlantedKind::CronBurst).collect();
                    apart.sort_by_key(|it| it.from);
                    assert!(apart.windows(2).all(|pair| pair[0].to < pair[1].from), "{context}");
                }
            }
        }
    }
}

#[test]
fn a_single_scenario_plants_its_kind() {
    for scenario in Scenario::ALL {
        let simulator = simulator(1, scenario, 7 * DAY, 10.0);
        let incidents: Vec<_> = simulator.planted().iter().filter(|it| !it.decoy).collect();
        if !matches!(scenario, Scenario::All | Scenario::Healthy) {
            assert_eq!(incidents.len(), 2);
            assert!(incidents.iter().all(|it| it.kind.as_str() == scenario.as_str()));
        }
        assert!(simulator.planted().iter().any(|it| it.decoy), "{}", scenario.as_str());
        assert_eq!(Scenario::parse(scenario.as_str()), Some(scenario));
    }
}

#[test]
fn a_week_of_everything_starts_with_three_normal_days_and_ends_with_something_wrong_now() {
    for seed in 0..20 {
        let simulator = simulator(seed, Scenario::All, 7 * DAY, 10.0);
        let (planted, end) = (simulator.planted(), START.plus(7 * DAY));
        assert!(planted[0].from >= START.plus(3 * DAY));
        let last = planted.iter().find(|it| it.to > end).expect("one goes on");
        assert!(matches!(last.kind, PlantedKind::ErrorBurst | PlantedKind::BadDeployment));
        let age = end.since(last.from);
        assert!((20 * MINUTE..=31 * MINUTE).contains(&age), "{age:?}");
    }
}

#[test]
fn incidents_go_on_after_the_span() {
    let simulator = simulator(2, Scenario::All, DAY, 10.0);
    let end = START.plus(DAY);
    let later = simulator.planted_until(end.plus(6 * HOUR));
    let live: Vec<_> =
        later.iter().filter(|it| it.from >= end && it.kind != PlantedKind::CronBurst).collect();
    assert!((11..=15).contains(&live.len()), "{}", live.len());
    assert!(live.windows(2).all(|pair| pair[0].to < pair[1].from));
    let kinds: BTreeSet<_> = live.iter().map(|it| it.kind).collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    assert_eq!(simulator.planted_until(end), simulator.planted());
    let shorter = simulator.planted_until(end.plus(3 * HOUR));
    assert_eq!(shorter[..], later[..shorter.len()]);
    assert!(later[shorter.len()..].iter().all(|it| it.from >= end.plus(3 * HOUR)));
}

#[test]
fn the_ground_truth_has_a_stable_form() {
    let endpoint = |route: &str| hawkeye_model::Endpoint {
        service: "orders".into(),
        method: "GET".into(),
        route: route.into(),
    };
    let planted = Planted {
        kind: PlantedKind::LatencySpike,
        decoy: false,
        title: "Slow".to_owned(),
        from: Timestamp::from_secs(1),
        to: Timestamp::from_secs(2),
        environment: Some(hawkeye_model::Environment::new(hawkeye_model::Provider::Aws, "production", "r1")),
        service: Some("orders".into()),
        endpoint: Some(endpoint("/orders")),
        version: None,
        root_cause: RootCause::Dependency("postgres-orders".into()),
        affected: vec![endpoint("/orders")],
    };
    let json: serde_json::Value = serde_json::from_str(&ground_truth_json(&[planted])).expect("it is JSON");
    let endpoint = serde_json::json!({"id": endpoint("/orders").id().to_string(), "service": "orders", "method": "GET", "route": "/orders"});
    let expected = serde_json::json!({"format": 1, "planted": [{
        "kind": "latency_spike", "decoy": false, "title": "Slow", "from_us": 1_000_000, "to_us": 2_000_000,
        "environment": "aws/production/r1", "service": "orders", "endpoint": endpoint, "version": null,
        "root_cause": "dependency:postgres-orders", "affected": [endpoint],
    }]});
    assert_eq!(json, expected);
}
