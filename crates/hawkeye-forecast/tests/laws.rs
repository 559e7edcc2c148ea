//! What holds for every series: no panic, sorted quantiles, nothing negative from nothing negative, the same in another
//! unit.

use hawkeye_forecast::{
    Correction, Forecast, Method, Trust, forecast, forecast_counts, forecast_rate, seasons,
};
use proptest::prelude::*;

/// Anything a slice of numbers can hold.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..100.0_f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::MAX), Just(f64::MIN), Just(1e-310), Just(-1.0)],
    ]
}

fn sound(forecast: &Forecast, steps: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(forecast.points.len(), steps);
    prop_assert_eq!(forecast.quantiles.len(), steps);
    for row in &forecast.quantiles {
        prop_assert!(row.is_sorted() || row.iter().all(|it| it.is_nan()), "{row:?}");
    }
    if !forecast.shares.is_empty() {
        prop_assert!((forecast.shares.iter().map(|it| it.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    }
    if let Some(scores) = &forecast.scores {
        prop_assert_eq!(scores.steps, steps);
        prop_assert!(scores.values.iter().all(|it| !it.is_infinite()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_panics(
        values in prop::collection::vec(any_value(), 0..200), steps in 0_usize..30, per_day in 0_usize..15,
    ) {
        let forecast = forecast(&values, steps, per_day);
        sound(&forecast, steps)?;
        let known = values.iter().any(|it| it.is_finite());
        prop_assert!(forecast.points.iter().all(|it| it.is_finite() == known));
    }

    #[test]
    fn nothing_negative_comes_from_nothing_negative(
        values in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1e6_f64, Just(f64::NAN)], 1..300),
    ) {
        let forecast = forecast(&values, 12, 6);
        sound(&forecast, 12)?;
        prop_assert!(forecast.points.iter().all(|it| it.is_nan() || *it >= 0.0));
        prop_assert!(forecast.quantiles.iter().flatten().all(|it| it.is_nan() || *it >= 0.0));
    }

    #[test]
    fn counts_are_never_negative(
        values in prop::collection::vec(any_value(), 0..200), steps in 0_usize..30, per_day in 0_usize..15,
    ) {
        let forecast = forecast_counts(&values, steps, per_day);
        sound(&forecast, steps)?;
        prop_assert!(forecast.quantiles.iter().flatten().all(|it| it.is_nan() || *it >= 0.0));
    }

    #[test]
    fn rates_stay_within_zero_and_one(
        failed in prop::collection::vec(any_value(), 0..200), total in prop::collection::vec(any_value(), 0..200),
        steps in 0_usize..30, per_day in 0_usize..15,
    ) {
        let forecast = forecast_rate(&failed, &total, steps, per_day);
        sound(&forecast, steps)?;
        let mut all = forecast.points.iter().chain(forecast.quantiles.iter().flatten());
        prop_assert!(all.all(|it| it.is_nan() || (0.0..=1.0).contains(it)));
    }

    #[test]
    fn a_correction_keeps_rows_in_order(
        values in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1e6_f64], 1..150),
        actual in prop::collection::vec(any_value(), 0..60),
    ) {
        let mut forecast = forecast(&values, 6, 6);
        let mut correction = Correction::new(6);
        for actual in actual {
            correction.observe(&forecast.quantiles[0], forecast.points[0], actual);
        }
        correction.apply(&mut forecast);
        sound(&forecast, 6)?;
        prop_assert!(forecast.quantiles.iter().flatten().all(|it| *it >= 0.0));
    }

    #[test]
    fn seasons_are_shares(values in prop::collection::vec(any_value(), 0..300), per_day in 0_usize..8) {
        let seasons = seasons(&values, per_day);
        prop_assert!((0.0..=1.0).contains(&seasons.daily) && (0.0..=1.0).contains(&seasons.weekly), "{seasons:?}");
    }

    #[test]
    fn the_unit_does_not_matter(
        values in prop::collection::vec(1.0..100.0_f64, 60..200), factor in 0.001..1000.0_f64,
    ) {
        let scaled: Vec<f64> = values.iter().map(|it| it * factor).collect();
        let (one, other) = (forecast(&values, 8, 6), forecast(&scaled, 8, 6));
        for (a, b) in one.quantiles.iter().flatten().zip(other.quantiles.iter().flatten()) {
            prop_assert!((a * factor - b).abs() <= 1e-6 * b.abs(), "{a} {b}");
        }
    }
}

/// A day that rises and falls, with noise of its own.
fn daily(days: usize, per_day: usize) -> Vec<f64> {
    (0..days * per_day)
        .map(|t| {
            let angle = std::f64::consts::TAU * (t % per_day) as f64 / per_day as f64;
            100.0 + 40.0 * angle.sin() + ((t * 7919) % 101) as f64 / 10.0
        })
        .collect()
}

#[track_caller]
fn check_method(values: &[f64], expected: (Method, Trust)) {
    let forecast = forecast(values, 24, 24);
    assert_eq!((forecast.method, forecast.trust), expected);
}

#[test]
fn the_method_follows_from_the_history() {
    check_method(&[], (Method::Level, Trust::Untested));
    check_method(&[f64::NAN; 100], (Method::Level, Trust::Untested));
    check_method(&[5.0; 1000], (Method::Level, Trust::Untested));
    check_method(&daily(2, 24), (Method::Level, Trust::Untested));
    check_method(&daily(3, 24), (Method::Unweighed, Trust::Untested));
    check_method(&daily(4, 24), (Method::Ensemble, Trust::Untested));
    check_method(&daily(28, 24), (Method::Ensemble, Trust::Good));
}

#[test]
fn a_daily_season_is_followed() {
    let values = daily(29, 24);
    let forecast = forecast(&values[..28 * 24], 24, 24);
    let error: f64 = forecast.points.iter().zip(&values[28 * 24..]).map(|(a, b)| (a - b).abs()).sum();
    assert!(error / 24.0 < 4.0, "{error}");
    let backtest = forecast.backtest.unwrap();
    assert!(backtest.error < backtest.error_naive && backtest.coverage[2] > 0.85, "{backtest:?}");
}

#[test]
fn a_constant_stays() {
    let forecast = forecast(&[5.0; 200], 3, 24);
    assert!(forecast.quantiles.iter().flatten().all(|it| (it - 5.0).abs() < 1e-9));
}

#[track_caller]
fn check_counts(each: usize, expected: Method) {
    // One event in `each` steps.
    let values: Vec<f64> = (0..28 * 24).map(|t| if t * 7919 % each == 0 { 1.0 } else { 0.0 }).collect();
    let forecast = forecast_counts(&values, 24, 24);
    assert_eq!(forecast.method, expected);
    let mean = forecast.points.iter().sum::<f64>() / 24.0;
    assert!((mean * each as f64 - 1.0).abs() < 0.4, "{mean}");
    let coverage = forecast.backtest.expect("a long history").coverage;
    assert!(coverage[2] >= 0.9, "{coverage:?}");
}

#[test]
fn rare_events_are_counted() {
    check_counts(3, Method::Counts);
    check_counts(11, Method::Counts);
}

#[test]
fn three_of_three_are_not_three_of_a_thousand() {
    let quantile = |total: f64, failed: f64| {
        let (failed, total) = (vec![failed; 24 * 14], vec![total; 24 * 14]);
        let forecast = forecast_rate(&failed, &total, 24, 24);
        assert_eq!(forecast.method, Method::Rate);
        forecast.quantile(0, 0.975)
    };
    assert!(quantile(3.0, 0.0) < 0.4);
    assert_eq!(quantile(100_000.0, 0.0), 0.0);
    assert!(quantile(10.0, 0.5) > quantile(1000.0, 0.5));
}

#[test]
fn a_clock_is_no_rare_event() {
    // Four an hour, now and then five.
    let values: Vec<f64> = (0..14 * 24).map(|t| if t % 50 == 7 { 5.0 } else { 4.0 }).collect();
    let forecast = forecast_counts(&values, 24, 24);
    assert_eq!(forecast.method, Method::Ensemble);
    assert!(forecast.quantiles.iter().all(|row| (row[0] - 4.0).abs() < 1.0 && (row[14] - 4.0).abs() < 2.0));
}
