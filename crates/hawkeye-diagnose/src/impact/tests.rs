//! Laws of the harm: chance is no harm, intervals hold what they promise, and the table is the table.

use std::sync::Arc;

use hawkeye_model::{Endpoint, Provider, Series, Timestamp};
use proptest::prelude::*;

use super::*;

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

    fn hits(&mut self, n: u64, share: f64) -> u64 {
        (0..n).filter(|_| self.unit() < share).count() as u64
    }
}

fn usual(failed_share: f64, requests_baseline: u64) -> Expected {
    Expected { failed_share, slow_share: 0.05, requests_baseline, requests_per_second: None }
}

#[test]
fn what_failed_beyond_the_usual_is_counted() {
    let seen = Seen { requests: 1_000, failed: 120, slow: 0, seconds: 600.0 };
    let failed = failed_beyond(&seen, &usual(0.01, 5_000));
    assert!((failed.value - 110.0).abs() < 1e-9, "{failed:?}");
    assert!(failed.lower > 100.0 && failed.upper < 120.0, "{failed:?}");
    let slow = slow_beyond(&seen, &usual(0.01, 5_000));
    assert_eq!((slow.value, slow.lower, slow.upper), (0.0, 0.0, 0.0));
}

#[test]
fn the_quantiles_are_those_of_the_distribution() {
    // Beta(1, 1): each of 0..=99 has the probability 1 / 100.
    assert_eq!(anyway(99, 1.0, 1.0), (2.0, 97.0));
    assert_eq!(anyway(0, 0.5, 0.5), (0.0, 0.0));
    // All of the baseline failed: hardly any would have worked.
    let (few, many) = anyway(1_000, 2_000.5, 0.5);
    assert!(few > 990.0 && many == 1_000.0, "{few} {many}");
    // Nearly a binomial of 1,000 with 1 %: 10 +- 6.
    let (few, many) = anyway(1_000, 1e7, 99e7);
    assert_eq!((few, many), (4.0, 17.0));
}

#[test]
fn a_small_baseline_widens_the_interval() {
    let seen = Seen { requests: 1_000, failed: 120, slow: 0, seconds: 600.0 };
    let width = |baseline| {
        let failed = failed_beyond(&seen, &usual(0.02, baseline));
        failed.upper - failed.lower
    };
    assert!(width(50) > 2.0 * width(2_000));
    let unknown = failed_beyond(&seen, &usual(0.0, 0));
    assert!(unknown.lower < 1.0 && unknown.upper >= 119.0, "{unknown:?}");
}

#[test]
fn intervals_hold_the_truth() {
    let mut dice = Dice(11);
    let (rounds, mut held) = (1_000, 0);
    for _ in 0..rounds {
        let baseline = 300;
        let failed_before = dice.hits(baseline, 0.03);
        let (anyway, harm) = (dice.hits(400, 0.03), 30);
        let seen = Seen { requests: 400, failed: anyway + harm, slow: 0, seconds: 60.0 };
        let expected = usual(failed_before as f64 / baseline as f64, baseline);
        let failed = failed_beyond(&seen, &expected);
        held += usize::from(failed.lower <= harm as f64 && harm as f64 <= failed.upper);
    }
    println!("held in {held} of {rounds}");
    assert!(held * 100 >= rounds * 95, "{held} of {rounds}");
}

#[test]
fn chance_in_many_parts_does_not_add_up_to_harm() {
    let mut dice = Dice(12);
    let parts: Vec<(Seen, Expected)> = (0..500)
        .map(|_| {
            let failed = dice.hits(100, 0.05);
            (Seen { requests: 100, failed, slow: 0, seconds: 60.0 }, usual(0.05, 2_000))
        })
        .collect();
    let impact = impact(&parts, &[], |_| false, 50_000);
    assert_eq!(impact.failed.lower, 0.0, "{impact:?}");
    assert!(impact.failed.value < 150.0, "{impact:?}");
    assert_eq!((impact.requests, impact.consumers), (50_000, None));
}

#[test]
fn a_part_without_a_baseline_is_taken_to_be_as_the_others_are() {
    let seen = |failed| Seen { requests: 1_000, failed, slow: failed, seconds: 60.0 };
    let known = (seen(110), Expected { slow_share: 0.01, ..usual(0.01, 2_000) });
    let unknown = (seen(30), Expected::default());
    let both = impact(&[known, unknown], &[], |_| false, 2_000);
    for found in [both.failed, both.slow] {
        assert!((found.value - 120.0).abs() < 1e-9, "{found:?}");
    }
    let alone = impact(&[unknown], &[], |_| false, 1_000);
    assert_eq!((alone.failed.value, alone.failed.lower, alone.failed.upper), (30.0, 0.0, 30.0));
}

#[test]
fn only_a_fall_of_traffic_is_missing_traffic() {
    let expected = Expected { requests_per_second: Some(10.0), ..usual(0.0, 36_000) };
    let seen = |requests| Seen { requests, failed: 0, slow: 0, seconds: 600.0 };
    for requests in [5_200, 6_000, 9_000] {
        assert_eq!(missing_requests(&seen(requests), &expected), Estimate::default(), "{requests}");
    }
    let silent = missing_requests(&seen(0), &expected);
    assert_eq!(silent.value, 6_000.0);
    assert!(silent.lower > 4_500.0 && silent.upper < 7_500.0, "{silent:?}");
    assert_eq!(missing_requests(&seen(0), &usual(0.0, 36_000)), Estimate::default());
}

#[test]
fn consumers_are_counted_and_the_worst_are_named() {
    let environment = Environment::new(Provider::Aws, "production", "eu-west-1");
    let endpoint = Endpoint { service: "orders".into(), method: "GET".into(), route: "/orders".into() };
    let series = Arc::new(Series::new(endpoint, environment));
    let mut requests = Vec::new();
    for consumer in 0..30_u64 {
        for call in 0..20 {
            let status = if consumer < 15 && call <= consumer { 500 } else { 200 };
            let mut request = Request::new(Timestamp::default(), 1_000, Arc::clone(&series), status);
            request.consumer = format!("c{consumer:02}").into();
            requests.push(request);
        }
    }
    requests[20 * 29].duration_us = 9_000_000;
    requests[0].consumer = "".into();
    let requests: Vec<&Request> = requests.iter().collect();
    let seen = Seen { requests: 600, failed: 120, slow: 1, seconds: 60.0 };
    let impact =
        impact(&[(seen, usual(0.0, 2_000))], &requests, |request| request.duration_us > 1_000_000, 1_200);
    // c00's one failure lost its name.
    assert_eq!(impact.consumers, Some(15));
    assert_eq!(impact.consumers_most.len(), CONSUMERS_MOST);
    let first = &impact.consumers_most[0];
    assert_eq!((first.consumer.as_str(), first.requests, first.requests_hurt), ("c14", 20, 15));
    assert!((impact.share_of_traffic - 0.1).abs() < 1e-9, "{impact:?}");
    assert_eq!(
        (impact.services, impact.environments),
        (vec!["orders".to_owned()], vec!["aws/production/eu-west-1".to_owned()])
    );
}

#[test]
fn the_table_is_the_table() {
    let exactly = |value| Estimate { value, lower: value, upper: value };
    for (requests, failed, slow, missing, severity_expected) in [
        (100, 9.0, 0.0, 0.0, Severity::Low),
        (100, 0.0, 19.0, 0.0, Severity::Low),
        (100, 10.0, 0.0, 0.0, Severity::Medium),
        (100, 0.0, 20.0, 0.0, Severity::Medium),
        (400, 20.0, 0.0, 0.0, Severity::High),
        (401, 20.0, 0.0, 0.0, Severity::Medium),
        (1_000_000, 500.0, 0.0, 0.0, Severity::High),
        (100, 49.0, 0.0, 0.0, Severity::High),
        (100, 50.0, 0.0, 0.0, Severity::Critical),
        (251, 50.0, 0.0, 0.0, Severity::High),
        (40_000, 2_000.0, 0.0, 0.0, Severity::Critical),
        (40_001, 2_000.0, 0.0, 0.0, Severity::High),
        (0, 0.0, 0.0, 50.0, Severity::Critical),
        (0, 0.0, 0.0, 0.0, Severity::Low),
    ] {
        let (failed, slow, missing) = (exactly(failed), exactly(slow), exactly(missing));
        let impact = Impact { failed, slow, missing, requests, ..Impact::default() };
        assert_eq!(severity(&impact), severity_expected, "{impact:?}");
    }
}

proptest! {
    #[test]
    fn estimates_are_in_order_and_possible(
        requests in 0u64..5_000, failed in 0.0..=1.0f64, share in 0.0..=1.0f64, baseline in 0u64..10_000,
    ) {
        let failed = (requests as f64 * failed) as u64;
        let seen = Seen { requests, failed, slow: 0, seconds: 60.0 };
        let estimate = failed_beyond(&seen, &usual(share, baseline));
        prop_assert!(0.0 <= estimate.lower && estimate.lower <= estimate.value, "{estimate:?}");
        prop_assert!(estimate.value <= estimate.upper && estimate.upper <= failed as f64, "{estimate:?}");
    }
}
