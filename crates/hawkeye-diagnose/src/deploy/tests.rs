//! Laws of a deployment's verdict: what only the new version does is its fault; what happens everywhere is not.

use std::sync::Arc;

use hawkeye_model::{Endpoint, Provider, Series};

use super::*;
use crate::{Against, Comparison};

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

const AT_MINUTE: f64 = 60.0;
const NEW: &str = "2.14.0";
const OLD: &str = "2.13.0";

/// A stretch of traffic in one environment.
#[derive(Clone, Copy)]
struct Stretch {
    region: &'static str,
    version: &'static str,
    minutes: (f64, f64),
    per_minute: f64,
    failed: f64,
    /// The share of requests that take ten times as long.
    dragged: f64,
}

const USUAL: Stretch = Stretch {
    region: "eu-west-1",
    version: OLD,
    minutes: (0.0, AT_MINUTE),
    per_minute: 100.0,
    failed: 0.003,
    dragged: 0.0,
};

fn traffic(seed: u64, stretches: &[Stretch]) -> Vec<Request> {
    let mut dice = Dice(seed);
    let mut requests = Vec::new();
    for stretch in stretches {
        let environment = Environment::new(Provider::Aws, "production", stretch.region);
        let series: Vec<Arc<Series>> = [("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/{id}")]
            .into_iter()
            .map(|(method, route)| {
                let endpoint =
                    Endpoint { service: "orders".into(), method: method.into(), route: route.into() };
                Arc::new(Series::new(endpoint, environment.clone()))
            })
            .collect();
        let (from, to) = stretch.minutes;
        for _ in 0..((to - from) * stretch.per_minute) as usize {
            let minute = from + dice.unit() * (to - from);
            let at = ((dice.unit() * dice.unit()) * 3.0) as usize;
            let usual_us = [20_000.0, 60_000.0, 5_000.0][at] * (0.5 - dice.unit().ln());
            let times = if dice.unit() < stretch.dragged { 10.0 } else { 1.0 };
            let is_failed = dice.unit() < stretch.failed;
            let mut request = Request::new(
                Timestamp::from_micros((minute * 60e6) as i64),
                (usual_us * times) as u64,
                Arc::clone(&series[at]),
                if is_failed { 500 } else { 200 },
            );
            request.version = stretch.version.into();
            if is_failed {
                let fresh = stretch.version == NEW && stretch.failed > 0.05;
                request.error_type = if fresh { "NullPointer" } else { "timeout" }.into();
            }
            requests.push(request);
        }
    }
    requests
}

fn judge(requests: &[Request], minutes: f64) -> DeploymentVerdict {
    let environment = Environment::new(Provider::Aws, "production", "eu-west-1");
    let verdict = judge_deployment(&DeploymentCase {
        service: "orders",
        environment: &environment,
        version: NEW,
        at: Timestamp::from_micros((AT_MINUTE * 60e6) as i64),
        judged: Timestamp::from_micros(((AT_MINUTE + minutes) * 60e6) as i64),
        requests,
    });
    println!("{:?} {}", verdict.kind, verdict.sentence);
    verdict
}

fn new(minutes: f64) -> Stretch {
    Stretch { version: NEW, minutes: (AT_MINUTE, AT_MINUTE + minutes), ..USUAL }
}

fn elsewhere(region: &'static str, minutes: (f64, f64)) -> Stretch {
    Stretch { region, minutes, ..USUAL }
}

#[test]
fn a_version_that_fails_is_degraded_after_five_minutes() {
    let requests = traffic(1, &[USUAL, Stretch { failed: 0.12, ..new(5.0) }]);
    let verdict = judge(&requests, 5.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::Degraded);
    assert_eq!((verdict.after_minutes, verdict.previous_version.as_deref()), (5, Some(OLD)));
    let first = &verdict.comparisons[0];
    assert_eq!((first.measure, first.against), (ComparedMeasure::ErrorRate, Against::Before));
    assert!(first.is_worse() && first.there == OLD, "{first:?}");
    assert!(verdict.sentence.starts_with("orders 2.14.0 on aws/production/eu-west-1 fails 1"));
    assert!(verdict.sentence.contains(" 2.13.0 failed 0."), "{}", verdict.sentence);
    assert_eq!(verdict.new_error_types.len(), 1);
    assert!(verdict.new_error_types[0].1 > 20, "{:?}", verdict.new_error_types);
    assert!(verdict.sentence.contains("NullPointer ("), "{}", verdict.sentence);
}

#[test]
fn a_version_that_is_slow_is_degraded() {
    let requests = traffic(2, &[USUAL, Stretch { dragged: 0.3, ..new(5.0) }]);
    let verdict = judge(&requests, 5.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::Degraded);
    assert_eq!(verdict.comparisons[0].measure, ComparedMeasure::SlowShare);
    assert!(verdict.sentence.contains("is slow for"), "{}", verdict.sentence);
    assert_eq!(verdict.new_error_types, []);
}

#[test]
fn a_good_version_is_healthy_and_never_degraded() {
    for seed in 0..40 {
        let requests = traffic(100 + seed, &[USUAL, new(30.0), elsewhere("us-east-1", (0.0, 90.0))]);
        for minutes in [5.0, 15.0, 30.0] {
            let verdict = judge(&requests, minutes);
            assert_ne!(verdict.kind, DeploymentVerdictKind::Degraded, "{}", verdict.sentence);
            if minutes > 20.0 {
                assert_eq!(verdict.kind, DeploymentVerdictKind::Healthy, "{}", verdict.sentence);
            }
        }
    }
}

#[test]
fn little_traffic_settles_nothing() {
    let little = Stretch { per_minute: 3.0, ..USUAL };
    let requests = traffic(3, &[little, Stretch { per_minute: 3.0, ..new(5.0) }]);
    let verdict = judge(&requests, 5.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::NotEnoughTraffic);
    assert!(verdict.sentence.contains("had 15 requests"), "{}", verdict.sentence);
    let verdict = judge(&traffic(3, &[little]), 5.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::NotEnoughTraffic);
    assert!(verdict.sentence.contains("no requests yet"), "{}", verdict.sentence);
    let verdict = judge(&traffic(3, &[new(5.0)]), 5.0);
    assert_eq!((verdict.kind, verdict.previous_version), (DeploymentVerdictKind::NotEnoughTraffic, None));
    assert_eq!(verdict.new_error_types, []);
}

#[test]
fn what_happens_everywhere_is_not_the_new_version() {
    let bad = 0.12;
    let requests = traffic(
        4,
        &[
            USUAL,
            Stretch { failed: bad, ..new(15.0) },
            elsewhere("us-east-1", (0.0, AT_MINUTE)),
            Stretch { failed: bad, ..elsewhere("us-east-1", (AT_MINUTE, 75.0)) },
            elsewhere("ap-south-1", (0.0, AT_MINUTE)),
            Stretch { failed: bad, ..elsewhere("ap-south-1", (AT_MINUTE, 75.0)) },
        ],
    );
    let verdict = judge(&requests, 15.0);
    assert_ne!(verdict.kind, DeploymentVerdictKind::Degraded, "{}", verdict.sentence);
    let drift = verdict.comparisons.iter().find(|other| other.there == "the same before");
    assert!(drift.is_some_and(Comparison::is_worse), "{:?}", verdict.comparisons);
}

#[test]
fn a_fault_of_the_new_version_shows_through_a_bad_day() {
    let requests = traffic(
        5,
        &[
            USUAL,
            Stretch { failed: 0.25, ..new(15.0) },
            elsewhere("us-east-1", (0.0, AT_MINUTE)),
            Stretch { failed: 0.03, ..elsewhere("us-east-1", (AT_MINUTE, 75.0)) },
        ],
    );
    let verdict = judge(&requests, 15.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::Degraded);
    assert!(verdict.sentence.contains("1 other environment without it got worse by"), "{}", verdict.sentence);
}

#[test]
fn the_new_version_elsewhere_is_no_witness() {
    // It was deployed everywhere at once and fails everywhere.
    let requests = traffic(
        6,
        &[
            USUAL,
            Stretch { failed: 0.12, ..new(15.0) },
            elsewhere("us-east-1", (0.0, AT_MINUTE)),
            Stretch { region: "us-east-1", failed: 0.12, ..new(15.0) },
        ],
    );
    assert_eq!(judge(&requests, 15.0).kind, DeploymentVerdictKind::Degraded);
}

#[test]
fn a_rolling_deployment_is_compared_at_the_same_time() {
    let still_old = Stretch { minutes: (AT_MINUTE, 75.0), ..USUAL };
    // Both fail since then: something else broke.
    let requests = traffic(
        7,
        &[
            USUAL,
            Stretch { failed: 0.12, ..new(15.0) },
            Stretch { failed: 0.12, per_minute: 200.0, ..still_old },
        ],
    );
    let verdict = judge(&requests, 15.0);
    assert_ne!(
        verdict.kind,
        DeploymentVerdictKind::Healthy,
        "3 points of doubt remain: {}",
        verdict.sentence
    );
    let beside =
        verdict.comparisons.iter().find(|other| other.against == Against::OtherVersions).expect("both ran");
    assert!(!beside.is_evident, "{beside:?}");
    // Only the new one fails.
    let requests = traffic(8, &[USUAL, Stretch { failed: 0.12, ..new(15.0) }, still_old]);
    let verdict = judge(&requests, 15.0);
    assert_eq!(verdict.kind, DeploymentVerdictKind::Degraded);
    assert!(verdict.sentence.contains("2.13.0 at the same time 0."), "{}", verdict.sentence);
}

#[test]
fn a_failure_after_the_old_version_left_is_not_compared_with_it() {
    // The old version leaves after two minutes; five minutes later everything breaks, everywhere.
    let requests = traffic(
        9,
        &[
            USUAL,
            Stretch { minutes: (AT_MINUTE, 62.0), ..USUAL },
            new(7.0),
            Stretch { minutes: (67.0, 75.0), failed: 0.2, ..new(15.0) },
            elsewhere("us-east-1", (0.0, 67.0)),
            Stretch { failed: 0.2, ..elsewhere("us-east-1", (67.0, 75.0)) },
        ],
    );
    assert_ne!(judge(&requests, 15.0).kind, DeploymentVerdictKind::Degraded);
}

#[test]
fn a_fault_that_needs_time_is_seen_after_the_old_version_left() {
    let requests = traffic(
        11,
        &[
            USUAL,
            Stretch { minutes: (AT_MINUTE, 65.0), per_minute: 1_000.0, ..USUAL },
            Stretch { per_minute: 1_000.0, ..new(5.0) },
            Stretch { minutes: (67.0, 75.0), failed: 0.2, ..new(15.0) },
            elsewhere("us-east-1", (0.0, 75.0)),
        ],
    );
    assert_eq!(judge(&requests, 5.0).kind, DeploymentVerdictKind::Healthy);
    assert_eq!(judge(&requests, 15.0).kind, DeploymentVerdictKind::Degraded);
}

#[test]
fn failures_of_a_leaving_version_excuse_nothing() {
    let leaving = Stretch { minutes: (AT_MINUTE, 60.2), failed: 0.3, ..USUAL };
    let requests = traffic(12, &[USUAL, leaving, Stretch { failed: 0.12, ..new(15.0) }]);
    assert_eq!(judge(&requests, 15.0).kind, DeploymentVerdictKind::Degraded);
}

#[test]
fn the_latest_agreed_time_is_named() {
    let requests = traffic(10, &[USUAL]);
    for (minutes, after) in [(1.0, 5), (5.0, 5), (14.0, 5), (15.5, 15), (30.0, 30), (90.0, 30)] {
        assert_eq!(judge(&requests, minutes).after_minutes, after, "{minutes}");
    }
}
