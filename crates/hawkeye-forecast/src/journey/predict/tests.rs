//! Futures of journeys: one step, independent steps, shared shocks, monotone.

use rand_distr::{Distribution, StandardNormal};

use super::*;
use crate::fixtures::{normal_forecast, scores_of};
use crate::forecast::Scores;

const COUNT: usize = 4_000;

fn never() -> Forecast {
    normal_forecast(4, 0.0, 0.0)
}

fn step<'a>(error_rate: &'a Forecast, latency_ms: &'a Forecast, limit: f64) -> StepForecast<'a> {
    StepForecast {
        error_rate,
        latency_ms,
        error_rate_limit: None,
        latency_limit_ms: Some(limit),
        is_optional: false,
        weight: 1.0,
    }
}

#[track_caller]
fn check_near(value: f64, expected: f64, by: f64) {
    assert!((value - expected).abs() <= by, "{value} is not {expected}");
}

#[test]
fn one_step_has_its_endpoints_own_quantiles() {
    let (errors, times) = (normal_forecast(4, 0.1, 0.01), normal_forecast(4, 100.0, 10.0));
    let forecast = predict(&[step(&errors, &times, 100.0)], COUNT, 1);
    assert_eq!(forecast.latency_ms, times.quantiles);
    check_near(forecast.success[0][14], 1.0 - errors.quantiles[0][0], 1e-12);
    check_near(forecast.all_ok[2], 0.5, 0.03);
    check_near(forecast.success_in_time[2], 0.45, 0.03);
}

#[test]
fn independent_steps_are_the_product() {
    let (errors, times) = (never(), normal_forecast(4, 100.0, 10.0));
    let of = |limit| step(&errors, &times, limit);
    let (one, other) = (predict(&[of(100.0)], COUNT, 1).all_ok[1], predict(&[of(108.0)], COUNT, 2).all_ok[1]);
    let both = predict(&[of(100.0), of(108.0)], COUNT, 3);
    check_near(both.all_ok[1], one * other, 0.03);
    check_near(both.latency_ms[1][13], 200.0 + 14.142 * 1.645, 1.5);
}

fn shaken(seed: usize) -> Scores {
    let mut scores = scores_of(4, 60, |rng, _| StandardNormal.sample(rng));
    scores.values.rotate_left(seed);
    scores
}

#[test]
fn shared_shocks_make_all_well_more_likely_and_sums_less_sure() {
    let errors = never();
    let one = Forecast { scores: Some(shaken(0)), ..normal_forecast(4, 100.0, 10.0) };
    let far = Forecast { scores: Some(shaken(77)), ..one.clone() };
    let together = predict(&[step(&errors, &one, 100.0), step(&errors, &one, 100.0)], COUNT, 1);
    let apart = predict(&[step(&errors, &one, 100.0), step(&errors, &far, 100.0)], COUNT, 1);
    check_near(together.all_ok[3], 0.5, 0.03);
    assert!(together.all_ok[3] > apart.all_ok[3] + 0.08);
    assert!(together.latency_ms[3][13] > apart.latency_ms[3][13] + 4.0);
}

#[test]
fn a_tighter_limit_and_a_step_more_are_never_better() {
    let (errors, times) = (normal_forecast(4, 0.05, 0.01), normal_forecast(4, 100.0, 10.0));
    let mut previous = 1.0;
    for limit in [130.0, 110.0, 100.0, 90.0] {
        let forecast = predict(&[step(&errors, &times, limit)], COUNT, 1);
        assert!(forecast.all_ok_throughout <= previous && forecast.all_ok_throughout <= forecast.all_ok[0]);
        previous = forecast.all_ok_throughout;
    }
    let mut steps = vec![step(&errors, &times, 105.0)];
    let mut previous = predict(&steps, COUNT, 1);
    for _ in 0..3 {
        steps.push(step(&errors, &times, 105.0));
        let longer = predict(&steps, COUNT, 1);
        assert!(longer.all_ok[0] < previous.all_ok[0] && longer.success[0][7] < previous.success[0][7]);
        previous = longer;
    }
}

#[test]
fn blame_goes_to_the_step_that_breaks_its_limit() {
    let (errors, times) = (normal_forecast(4, 0.05, 0.01), normal_forecast(4, 100.0, 10.0));
    let tight = step(&errors, &times, 95.0);
    let wide = step(&errors, &times, 1_000.0);
    let forecast = predict(&[wide, tight], COUNT, 1);
    assert_eq!((forecast.weakest, forecast.blame), (Some(1), vec![0.0, 1.0]));
    let failing = StepForecast { error_rate_limit: Some(0.01), ..wide };
    assert_eq!(predict(&[failing, wide], COUNT, 1).weakest, Some(0));
    assert_eq!(predict(&[wide, wide], COUNT, 1).weakest, None);
    let optional = StepForecast { is_optional: true, ..tight };
    let forecast = predict(&[wide, optional], COUNT, 1);
    assert_eq!((forecast.weakest, forecast.all_ok_throughout), (None, 1.0));
}

#[test]
fn nothing_to_forecast_is_no_forecast() {
    assert!(predict(&[], COUNT, 1).success.is_empty());
    let empty = normal_forecast(0, 1.0, 1.0);
    let forecast = predict(&[step(&empty, &empty, 1.0)], COUNT, 1);
    assert_eq!((forecast.success.len(), forecast.blame), (0, vec![0.0]));
    let odd = normal_forecast(3, f64::NAN, 1.0);
    assert_eq!(predict(&[step(&odd, &odd, f64::NAN), step(&odd, &odd, 1.0)], 10, 1).all_ok.len(), 3);
    assert!(predict(&[step(&odd, &odd, 1.0)], 0, 1).success.is_empty());
}
