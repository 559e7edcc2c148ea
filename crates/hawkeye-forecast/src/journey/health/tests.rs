//! Health of journeys from counts, and that its interval holds.

use proptest::prelude::*;
use rand::RngExt;

use super::*;

fn step(reached: u64, completed: u64) -> StepCount<'static> {
    StepCount { reached, completed, weight: 1.0, is_optional: false, baseline: None, latency: &[] }
}

fn of(steps: &[StepCount<'_>]) -> Health {
    health(steps, LATENCY_CORRELATION, 1)
}

#[track_caller]
fn check_success(steps: &[StepCount<'_>], expected: Option<(f64, f64, f64)>) {
    let success = of(steps).success.map(|it| [it.value, it.low, it.high]);
    match (success, expected) {
        (None, None) => {}
        (Some(found), Some((value, low, high))) => {
            let near = found.iter().zip([value, low, high]).all(|(a, b)| (a - b).abs() < 0.01);
            assert!(near, "{found:?} is not {expected:?}");
        }
        _ => panic!("{success:?} is not {expected:?}"),
    }
}

#[test]
fn success_is_the_product_of_conditional_completion() {
    check_success(&[step(10_000, 9_000)], Some((0.9, 0.894, 0.906)));
    check_success(&[step(10_000, 9_000), step(8_000, 4_000)], Some((0.45, 0.439, 0.461)));
    check_success(
        &[step(10_000, 9_000), StepCount { is_optional: true, ..step(100, 1) }],
        Some((0.9, 0.894, 0.906)),
    );
    check_success(&[step(3, 3)], Some((1.0, 0.476, 1.0)));
    check_success(&[step(3, 0)], Some((0.0, 0.0, 0.53)));
    check_success(&[step(5, 9)], Some((1.0, 0.632, 1.0)));
}

#[test]
fn what_nobody_reached_is_unknown_unless_nobody_could() {
    check_success(&[], None);
    check_success(&[step(0, 0)], None);
    check_success(&[step(100, 90), step(0, 0)], None);
    check_success(&[step(1_000, 0), step(0, 0)], Some((0.0, 0.0, 0.003)));
    check_success(&[step(0, 0), step(1_000, 0)], Some((0.0, 0.0, 0.003)));
    assert_eq!(of(&[step(0, 0)]).steps[0].completion, None);
}

#[track_caller]
fn check_contributions(steps: &[StepCount<'_>], expected: &[f64], weakest: Option<usize>) {
    let health = of(steps);
    for (step, expected) in health.steps.iter().zip(expected) {
        assert!((step.contribution - expected).abs() < 0.01, "{health:?} is not {expected:?}");
    }
    assert_eq!(health.weakest, weakest);
}

#[test]
fn losses_are_told_apart_by_step() {
    let with = |baseline, step| StepCount { baseline: Some(baseline), ..step };
    check_contributions(&[step(100, 100), step(100, 50)], &[0.0, 1.0], Some(1));
    check_contributions(&[step(100, 50), step(100, 50)], &[0.5, 0.5], Some(0));
    check_contributions(&[with(0.5, step(100, 50)), with(0.95, step(100, 90))], &[0.0, 1.0], Some(1));
    check_contributions(&[with(0.5, step(100, 50)), with(0.8, step(100, 90))], &[0.0, 0.0], Some(0));
    check_contributions(&[StepCount { weight: 3.0, ..step(100, 50) }, step(100, 50)], &[0.75, 0.25], Some(0));
    check_contributions(&[step(100, 100), step(0, 0)], &[0.0, 0.0], None);
    check_contributions(&[StepCount { is_optional: true, ..step(9, 1) }, step(9, 9)], &[0.0, 0.0], None);
    check_contributions(&[StepCount { weight: f64::NAN, ..step(9, 1) }], &[0.0], Some(0));
}

const QUICK: &[(f64, f64)] = &[(0.05, 10.0), (0.5, 20.0), (0.95, 40.0)];

#[test]
fn the_time_of_the_whole_is_the_sum_of_dependent_times() {
    let quick = StepCount { latency: QUICK, ..step(9, 9) };
    let one = of(&[quick]);
    let close = |value: Option<f64>, expected: f64| value.is_some_and(|it| (it - expected).abs() < 1e-6);
    assert!(close(one.latency_ms_p50, 20.0) && close(one.latency_ms_p95, 40.0), "{one:?}");
    let together = health(&[quick, quick], 1.0, 1);
    assert!(together.latency_ms_p95.is_some_and(|it| (it - 80.0).abs() < 3.0), "{together:?}");
    let apart = health(&[quick, quick], 0.0, 1);
    assert!(apart.latency_ms_p95 < of(&[quick, quick]).latency_ms_p95, "{apart:?}");
    assert!(of(&[quick, quick]).latency_ms_p95 < together.latency_ms_p95);
    assert_eq!(of(&[quick, step(9, 9)]).latency_ms_p95, None);
    let optional = StepCount { is_optional: true, ..step(9, 9) };
    assert!(close(of(&[quick, optional]).latency_ms_p50, 20.0));
}

#[test]
fn odd_quantile_functions_are_survived() {
    for latency in [
        &[(0.5, 20.0)] as &[(f64, f64)],
        &[(0.5, f64::NAN)],
        &[(0.0, 1.0), (1.0, 2.0)],
        &[(0.9, 5.0), (0.1, 1.0), (0.9, 5.0)],
        &[(0.5, 0.0), (0.9, f64::INFINITY)],
    ] {
        let odd = StepCount { latency, ..step(9, 9) };
        let health = health(&[odd, odd], f64::NAN, 1);
        assert!(health.latency_ms_p95.is_none_or(|ms| ms.is_finite()), "{latency:?}: {health:?}");
    }
}

proptest! {
    #[test]
    fn a_step_more_never_makes_a_journey_safer(reached in 1_u64..500, failed in 0_u64..500, more in 0_u64..500) {
        let base = step(reached + failed, reached);
        let longer = [base, step(500, 500 - more)];
        let (one, two) = (of(&[base]).success.expect("seen"), of(&longer).success.expect("seen"));
        prop_assert!(two.value <= one.value && two.low <= one.low + 0.02);
        prop_assert!(0.0 <= two.low && two.low <= two.value && two.value <= two.high && two.high <= 1.0);
    }
}

#[test]
fn the_interval_holds_the_truth_as_often_as_it_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let truth = [0.97, 0.9, 0.99];
    let held = (0..150)
        .filter(|seed| {
            let steps = truth.map(|chance| {
                let completed = (0..60).filter(|_| rng.random_bool(chance)).count() as u64;
                step(60, completed)
            });
            let success = health(&steps, LATENCY_CORRELATION, *seed).success.expect("seen");
            (success.low..=success.high).contains(&truth.iter().product())
        })
        .count();
    assert!((138..=149).contains(&held), "{held} of 150");
}
