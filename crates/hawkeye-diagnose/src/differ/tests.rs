//! Laws of the differences: samples of the same requests differ by nothing, and what was planted comes first.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{Endpoint, Environment, Outcome, Provider};
use proptest::prelude::*;

use super::*;

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

fn all_series() -> Vec<Arc<Series>> {
    let environments = [(Provider::Aws, "eu-west-1"), (Provider::Aws, "us-east-1"), (Provider::Gcp, "")];
    let mut all = Vec::new();
    for service in ["orders", "basket", "search"] {
        for (method, route) in [("GET", "/items"), ("POST", "/items"), ("GET", "/items/{id}")] {
            for (provider, region) in environments {
                let endpoint =
                    Endpoint { service: service.into(), method: method.into(), route: route.into() };
                let environment = Environment::new(provider, "production", region);
                all.push(Arc::new(Series::new(endpoint, environment)));
            }
        }
    }
    all
}

/// Requests that differ in everything, by chance alone. Every consumer's name is one of `consumers`.
fn sample(dice: &mut Dice, count: usize, consumers: usize) -> Vec<Request> {
    let series = all_series();
    let names: Vec<Arc<str>> = (0..consumers).map(|at| format!("c{at}").into()).collect();
    let versions: [Arc<str>; 3] = ["1.0".into(), "1.1".into(), "1.2".into()];
    let instances: Vec<Arc<str>> = (0..20).map(|at| format!("i-{at}").into()).collect();
    let errors: [Arc<str>; 3] = ["timeout".into(), "refused".into(), "".into()];
    (0..count)
        .map(|at| {
            let status = [200, 200, 200, 201, 404, 500, 503][dice.below(7)];
            let start = Timestamp::from_millis(at as i64);
            let duration_us = dice.below(100_000) as u64;
            let mut request =
                Request::new(start, duration_us, Arc::clone(&series[dice.below(series.len())]), status);
            request.version = Arc::clone(&versions[dice.below(3)]);
            request.instance = Arc::clone(&instances[dice.below(20)]);
            request.consumer = Arc::clone(&names[dice.below(consumers)]);
            if request.outcome == Outcome::ServerError {
                request.error_type = Arc::clone(&errors[dice.below(3)]);
            }
            request
        })
        .collect()
}

fn refs(requests: &[Request]) -> Vec<&Request> {
    requests.iter().collect()
}

#[test]
fn the_same_requests_differ_by_nothing() {
    let requests = sample(&mut Dice(1), 2_000, 50);
    assert_eq!(differences(&refs(&requests), &refs(&requests)), []);
    assert_eq!(differences(&[], &refs(&requests)), []);
    assert_eq!(differences(&refs(&requests), &[]), []);
}

#[test]
fn two_halves_of_one_sample_are_hardly_ever_told_apart() {
    let mut dice = Dice(2);
    let requests = sample(&mut dice, 600, 40);
    let (splits, mut wrong) = (500, 0);
    for _ in 0..splits {
        let (bad, baseline): (Vec<&Request>, Vec<&Request>) =
            requests.iter().partition(|_| dice.below(4) == 0);
        wrong += usize::from(!differences(&bad, &baseline).is_empty());
    }
    println!("listed something in {wrong} of {splits} splits");
    assert!(wrong * 50 <= splits, "{wrong} of {splits}");
}

#[test]
fn what_was_planted_comes_first() {
    let mut dice = Dice(3);
    let mut requests = sample(&mut dice, 5_000, 40);
    for request in &mut requests[..400] {
        if dice.below(10) < 7 {
            request.instance = "i-7".into();
        }
    }
    let (bad, baseline) = requests.split_at(400);
    let found = differences(&refs(bad), &refs(baseline));
    let first = found.first().expect("it was planted");
    assert_eq!((first.attribute, first.value.as_str()), (Attribute::Instance, "i-7"));
    assert!(first.share_bad > 0.6 && first.share_baseline < 0.1 && first.p_value < 1e-9, "{first:?}");
    assert!((0.0..=1.0).contains(&first.score));
    assert!(found[1..].iter().all(|other| other.attribute == Attribute::Instance), "{found:?}");
}

#[test]
fn nested_values_both_stay() {
    let mut dice = Dice(4);
    let mut requests = sample(&mut dice, 3_000, 40);
    for request in &mut requests[..300] {
        (request.version, request.instance) = ("2.0".into(), "i-new".into());
    }
    let (bad, baseline) = requests.split_at(300);
    let found = differences(&refs(bad), &refs(baseline));
    let first: Vec<&str> = found.iter().take(2).map(|found| found.value.as_str()).collect();
    assert_eq!(first, ["2.0", "i-new"]);
    assert!(found.len() <= DIFFERENCES_MOST);
}

#[test]
fn ids_are_left_out() {
    let mut dice = Dice(5);
    let mut requests = sample(&mut dice, 2_000, 40);
    for (at, request) in requests.iter_mut().enumerate() {
        request.consumer = format!("session-{at}").into();
    }
    for request in &mut requests[..100] {
        request.consumer = "one".into();
    }
    let (bad, baseline) = requests.split_at(100);
    let found = differences(&refs(bad), &refs(baseline));
    assert!(found.iter().all(|found| found.attribute != Attribute::Consumer), "{found:?}");
}

#[test]
fn rare_values_are_not_compared() {
    let mut requests = sample(&mut Dice(6), 40, 4);
    for request in &mut requests[..4] {
        request.version = "rare".into();
    }
    let (bad, baseline) = requests.split_at(4);
    let found = differences(&refs(bad), &refs(baseline));
    assert!(found.iter().all(|found| found.value != "rare"), "{found:?}");
}

#[test]
fn the_box_splits_by_time_and_latency() {
    let requests = sample(&mut Dice(7), 1_000, 4);
    let selection = Selection {
        from: Timestamp::from_millis(100),
        to: Timestamp::from_millis(200),
        duration_us_from: 50_000,
        duration_us_to: u64::MAX,
    };
    let (inside, outside) = select(&requests, selection);
    assert_eq!(inside.len() + outside.len(), 1_000);
    assert!(!inside.is_empty() && inside.len() < 100);
    assert!(inside.iter().all(|request| request.duration_us >= 50_000));
    assert!(inside.iter().all(|request| (100..200).contains(&request.start.millis())));
}

#[test]
fn the_exact_p_value_is_that_of_the_textbook() {
    // Fisher's tea: three of four cups, one-sided 17/70; here both sides.
    assert!((fisher([3, 1], [4, 4]) - 34.0 / 70.0).abs() < 1e-9);
    assert!((fisher([4, 0], [4, 4]) - 2.0 / 70.0).abs() < 1e-9);
    assert!((fisher([0, 4], [4, 4]) - 2.0 / 70.0).abs() < 1e-9);
    assert!((fisher([5, 50], [10, 100]) - 1.0).abs() < 1e-9);
    assert!(fisher([50_000, 0], [50_000, 50_000]) < 1e-300);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures time")]
fn a_hundred_thousand_requests_take_no_time() {
    let requests = sample(&mut Dice(8), 100_000, 20_000);
    let (bad, baseline) = requests.split_at(20_000);
    let (bad, baseline) = (refs(bad), refs(baseline));
    let began = std::time::Instant::now();
    let found = differences(&bad, &baseline);
    let took = began.elapsed();
    println!("{took:?}");
    assert_eq!(found, []);
    // Far above what it takes, so that a busy machine does not fail it.
    assert!(took < Duration::from_secs(2), "{took:?}");
}

proptest! {
    #[test]
    fn the_order_of_requests_does_not_matter(seed in any::<u64>(), by in 0usize..200) {
        let mut dice = Dice(seed);
        let mut requests = sample(&mut dice, 400, 10);
        for request in &mut requests[..100] {
            if dice.below(2) == 0 {
                request.version = "2.0".into();
            }
        }
        let (bad, baseline) = requests.split_at(100);
        let (mut turned_bad, mut turned) = (refs(bad), refs(baseline));
        turned_bad.reverse();
        turned.rotate_left(by);
        prop_assert_eq!(differences(&refs(bad), &refs(baseline)), differences(&turned_bad, &turned));
    }
}
