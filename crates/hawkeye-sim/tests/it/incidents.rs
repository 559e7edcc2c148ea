//! Every kind of incident can be measured in its time and place, and no decoy harms anybody.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use hawkeye_model::{Endpoint, Environment, Histogram, Outcome, Request, Timestamp};
use hawkeye_sim::{Planted, PlantedKind, Scenario, Simulator};

use crate::{DAY, HOUR, MINUTE, START, simulator};

const SEEDS: std::ops::Range<u64> = 400..406;
const REQUESTS_PER_SECOND: f64 = 40.0;
/// Long enough to count, short enough to be quick.
const LOOK_MAX: Duration = Duration::from_secs(20 * 60);

/// One series, or several, for some minutes.
#[derive(Debug)]
struct Measured {
    requests_per_minute: f64,
    failed: f64,
    p50_ms: f64,
    p95_ms: f64,
}

fn measure(requests: &[Request], length: Duration, counts: impl Fn(&Request) -> bool) -> Measured {
    let (mut latency, mut failed) = (Histogram::default(), 0.0);
    for request in requests.iter().filter(|request| counts(request) && !request.synthetic) {
        latency.record(request.duration_us);
        failed += f64::from(u8::from(request.outcome == Outcome::ServerError));
    }
    let quantile = |q| latency.quantile(q).unwrap_or(0.0) / 1_000.0;
    Measured {
        requests_per_minute: latency.count() as f64 / (length.as_secs_f64() / 60.0),
        failed: failed / latency.count().max(1) as f64,
        p50_ms: quantile(0.5),
        p95_ms: quantile(0.95),
    }
}

fn is_at(request: &Request, environment: Option<&Environment>, endpoint: &Endpoint) -> bool {
    request.series.endpoint() == endpoint
        && environment.map_or(is_production(request), |it| it == request.series.environment())
}

fn is_production(request: &Request) -> bool {
    &*request.series.environment().deployment == "production"
}

/// The first affected endpoint before the incident, and in its last minutes but the final fifth.
fn before_and_inside(simulator: &Simulator, planted: &Planted) -> (Measured, Measured) {
    let length = planted.to.since(planted.from);
    let look = (length * 6 / 10).min(LOOK_MAX);
    let inside_to = planted.to.minus(length / 5);
    let windows = [(planted.from.minus(look), planted.from), (inside_to.minus(look), inside_to)];
    let endpoint = planted.affected.first().expect("an incident affects something");
    let [before, inside] = windows.map(|(from, to)| {
        let requests = simulator.requests(from, to);
        measure(&requests, look, |request| is_at(request, planted.environment.as_ref(), endpoint))
    });
    (before, inside)
}

fn check(scenario: Scenario, kind: PlantedKind, is_visible: impl Fn(&Measured, &Measured) -> bool) {
    for seed in SEEDS {
        let simulator = simulator(seed, scenario, 7 * DAY, REQUESTS_PER_SECOND);
        let planted = simulator.planted().iter().find(|planted| planted.kind == kind).expect("it is planted");
        let (before, inside) = before_and_inside(&simulator, planted);
        assert!(
            is_visible(&before, &inside),
            "seed {seed}: {}\nbefore {before:?}\ninside {inside:?}\n{planted:#?}",
            planted.title
        );
    }
}

#[test]
fn a_latency_spike_is_slow_and_does_not_fail() {
    check(Scenario::LatencySpike, PlantedKind::LatencySpike, |before, inside| {
        inside.p50_ms > 2.3 * before.p50_ms && inside.p50_ms < 8.0 * before.p50_ms && inside.failed < 0.02
    });
}

#[test]
fn a_slow_drift_grows_by_a_third_or_more() {
    check(Scenario::SlowDrift, PlantedKind::SlowDrift, |before, inside| {
        inside.p50_ms > 1.3 * before.p50_ms && inside.p50_ms < 2.8 * before.p50_ms && inside.failed < 0.03
    });
}

#[test]
fn an_error_burst_fails_and_is_not_slow() {
    check(Scenario::ErrorBurst, PlantedKind::ErrorBurst, |before, inside| {
        (0.06..0.4).contains(&inside.failed) && before.failed < 0.03 && inside.p50_ms < 1.3 * before.p50_ms
    });
}

#[test]
fn a_traffic_drop_loses_most_requests() {
    check(Scenario::TrafficDrop, PlantedKind::TrafficDrop, |before, inside| {
        inside.requests_per_minute < 0.6 * before.requests_per_minute && inside.failed < 0.1
    });
}

#[test]
fn a_pattern_change_moves_the_tail_and_hardly_the_median() {
    check(Scenario::PatternChange, PlantedKind::PatternChange, |before, inside| {
        inside.p50_ms < 1.6 * before.p50_ms && inside.p95_ms > 2.0 * before.p95_ms
    });
}

#[test]
fn a_bad_deployment_fails_and_is_slow() {
    check(Scenario::BadDeployment, PlantedKind::BadDeployment, |before, inside| {
        inside.failed > 0.04 && before.failed < 0.03 && inside.p50_ms > 1.15 * before.p50_ms
    });
}

#[test]
fn a_bad_deployment_is_only_in_its_own_version_and_environment() {
    let simulator = simulator(7, Scenario::BadDeployment, 7 * DAY, REQUESTS_PER_SECOND);
    let planted =
        simulator.planted().iter().find(|it| it.kind == PlantedKind::BadDeployment).expect("it is planted");
    let version = planted.version.as_ref().expect("a deployment has a version");
    let middle = planted.from.plus(planted.to.since(planted.from) / 2);
    let carries = |requests: Vec<Request>| {
        let with = requests.into_iter().filter(|it| it.version == *version);
        with.filter(|it| Some(&it.series.endpoint().service) == planted.service.as_ref()).collect::<Vec<_>>()
    };
    let inside = carries(simulator.requests(middle, middle.plus(5 * MINUTE)));
    assert!(!inside.is_empty());
    assert!(inside.iter().all(|it| Some(it.series.environment()) == planted.environment.as_ref()));
    assert!(carries(simulator.requests(planted.from.minus(5 * MINUTE), planted.from)).is_empty());
    assert!(carries(simulator.requests(planted.to, planted.to.plus(5 * MINUTE))).is_empty());
}

#[test]
fn a_failing_dependency_hurts_every_production_environment_and_its_callers() {
    check(Scenario::DependencyFailure, PlantedKind::DependencyFailure, |before, inside| {
        inside.failed > 0.2 && before.failed < 0.03 && inside.p95_ms > 2_000.0
    });
    let simulator = simulator(9, Scenario::DependencyFailure, 7 * DAY, REQUESTS_PER_SECOND);
    let planted = simulator
        .planted()
        .iter()
        .find(|it| it.kind == PlantedKind::DependencyFailure)
        .expect("it is planted");
    let requests = simulator.requests(planted.from, planted.to);
    let environments: BTreeSet<_> = requests
        .iter()
        .filter(|it| planted.affected.contains(it.series.endpoint()) && it.status_code == 504)
        .map(|it| it.series.environment().to_string())
        .collect();
    assert_eq!(environments.len(), 4, "{environments:?}");
    let services: BTreeSet<_> = planted.affected.iter().map(|endpoint| &*endpoint.service).collect();
    assert!(services.len() >= 2 && services.contains("gateway"), "{services:?}");
}

#[test]
fn a_regional_outage_fails_and_traffic_moves_away() {
    check(Scenario::RegionalOutage, PlantedKind::RegionalOutage, |before, inside| {
        inside.failed > 0.15
            && before.failed < 0.02
            && inside.requests_per_minute < 0.8 * before.requests_per_minute
    });
    for seed in SEEDS {
        let [outage, healthy] = [Scenario::RegionalOutage, Scenario::Healthy]
            .map(|scenario| simulator(seed, scenario, 7 * DAY, REQUESTS_PER_SECOND));
        let is_outage = |it: &&Planted| it.kind == PlantedKind::RegionalOutage;
        let planted = outage.planted().iter().find(is_outage).expect("it is planted");
        let quarter = planted.to.since(planted.from) / 4;
        let (from, to) = (planted.from.plus(quarter), planted.to.minus(quarter));
        let elsewhere = |simulator: &Simulator| {
            let is_elsewhere = |it: &Request| {
                is_production(it) && Some(it.series.environment()) != planted.environment.as_ref()
            };
            measure(&simulator.requests(from, to), to.since(from), is_elsewhere)
        };
        let is_surging = |it: &Planted| it.kind == PlantedKind::Surge && it.from < to && from < it.to;
        if healthy.planted().iter().any(is_surging) {
            continue;
        }
        let (moved, usual) = (elsewhere(&outage), elsewhere(&healthy));
        assert!(moved.failed < 0.01, "{moved:?}");
        assert!(moved.requests_per_minute > 1.02 * usual.requests_per_minute, "{moved:?} {usual:?}");
    }
}

/// How much slower the same endpoints became; a change of their mix does not count.
fn slowdown(before: &[Request], inside: &[Request]) -> f64 {
    let latencies = |requests: &[Request]| {
        let mut latencies: HashMap<_, Histogram> = HashMap::new();
        for request in requests {
            latencies.entry(request.series.id()).or_default().record(request.duration_us);
        }
        latencies
    };
    let (before, inside) = (latencies(before), latencies(inside));
    let (mut sum, mut weights) = (0.0, 0.0);
    for (series, before) in &before {
        let Some(inside) = inside.get(series) else { continue };
        let medians = before.quantile(0.5).zip(inside.quantile(0.5));
        let weight = before.count().min(inside.count()) as f64;
        sum += weight * medians.map_or(0.0, |(before, inside)| (inside / before).ln());
        weights += weight;
    }
    (sum / weights).exp()
}

#[test]
fn no_decoy_changes_failures_or_latency() {
    for seed in SEEDS {
        let simulator = simulator(seed, Scenario::Healthy, 7 * DAY, REQUESTS_PER_SECOND);
        for planted in simulator.planted() {
            assert!(planted.decoy);
            let length = planted.to.since(planted.from);
            let look = length.min(LOOK_MAX);
            let middle = planted.from.plus(length / 2);
            let windows =
                [(planted.from.minus(look), planted.from), (middle.minus(look / 2), middle.plus(look / 2))];
            let [before, inside] = windows.map(|(from, to)| {
                let mut requests = simulator.requests(from, to);
                requests.retain(|request| {
                    let environment = planted.environment.as_ref();
                    let service = &request.series.endpoint().service;
                    environment.map_or(is_production(request), |it| it == request.series.environment())
                        && planted.service.as_ref().is_none_or(|it| it == service)
                });
                requests
            });
            let slowdown = slowdown(&before, &inside);
            let [before, inside] = [before, inside].map(|requests| measure(&requests, look, |_| true));
            let context = format!("seed {seed}: {} {slowdown}\n{before:?}\n{inside:?}", planted.title);
            assert!(inside.failed < before.failed + 0.01, "{context}");
            assert!((0.85..1.2).contains(&slowdown), "{context}");
            if planted.kind == PlantedKind::Surge {
                assert!(inside.requests_per_minute > 1.5 * before.requests_per_minute, "{context}");
            }
        }
    }
}

#[test]
fn decoys_are_seen() {
    let simulator = simulator(11, Scenario::Healthy, 7 * DAY, REQUESTS_PER_SECOND / 4.0);
    let of = |kind| simulator.planted().iter().find(move |it| it.kind == kind).expect("it is planted");
    let calls = |planted: &Planted, from: Timestamp, to: Timestamp| {
        let endpoint = planted.endpoint.as_ref().expect("it has an endpoint");
        let requests = simulator.requests(from, to);
        requests.iter().filter(|it| is_at(it, planted.environment.as_ref(), endpoint)).count()
    };
    let batch = of(PlantedKind::CronBurst);
    assert!(calls(batch, batch.from, batch.to) > 40);
    assert!(calls(batch, batch.from.minus(HOUR), batch.from) < 15);
    let new = of(PlantedKind::NewEndpoint);
    assert!(calls(new, new.from, new.from.plus(HOUR)) > 15);
    assert_eq!(calls(new, new.from.minus(HOUR), new.from), 0);
    let good = of(PlantedKind::GoodDeployment);
    let environments: BTreeSet<_> = simulator
        .requests(good.to, good.to.plus(HOUR))
        .iter()
        .filter(|it| Some(&it.version) == good.version.as_ref())
        .filter(|it| Some(&it.series.endpoint().service) == good.service.as_ref())
        .map(|it| it.series.environment().to_string())
        .collect();
    assert!(environments.len() >= 4, "{environments:?}");
    assert!(START < good.from);
}
