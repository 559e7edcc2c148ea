//! Paths keep the marginals and the dependence that they are drawn from.

use super::*;
use crate::fixtures::{normal_forecast, scores_of};
use crate::forecast::{Method, Scores, Trust};

fn quantile(values: impl Iterator<Item = f64>, probability: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * probability) as usize]
}

fn correlation(one: impl Iterator<Item = f64>, other: impl Iterator<Item = f64>) -> f64 {
    let pairs: Vec<(f64, f64)> = one.zip(other).collect();
    let count = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (first, second) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        pairs.iter().map(|pair| of(pair.0 - first, pair.1 - second)).sum::<f64>()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn every_step_keeps_its_own_quantiles() {
    for (mean, spread) in [(0.0, 1.0), (100.0, 10.0), (50.0, 0.0)] {
        let forecast = normal_forecast(6, mean, spread);
        let drawn = paths(&forecast, 8_000, 1);
        for step in [0, 5] {
            for (level, probability) in [(0.1, 0.1), (0.5, 0.5), (0.95, 0.95)] {
                let value = quantile(drawn.at(step), probability);
                let expected = forecast.quantile(step, level);
                assert!(
                    (value - expected).abs() <= 0.06 * spread + 1e-9,
                    "{value} at {level} is not {expected}"
                );
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_paths_and_another_does_not() {
    let forecast = normal_forecast(3, 5.0, 1.0);
    assert_eq!(paths(&forecast, 10, 7), paths(&forecast, 10, 7));
    assert_ne!(paths(&forecast, 10, 7), paths(&forecast, 10, 8));
}

#[test]
fn steps_hang_together_as_the_scores_did() {
    let steps = 24;
    let mut forecast = normal_forecast(steps, 0.0, 1.0);
    forecast.scores = Some(scores_of(steps, 80, |rng, _| StandardNormal.sample(rng)));
    let drawn = paths(&forecast, 8_000, 3);
    let far = correlation(drawn.at(0), drawn.at(20));
    assert!((far - 0.5).abs() < 0.05, "{far}");
    let mut shared = 0.0;
    forecast.scores = Some(scores_of(steps, 80, move |rng, step| {
        if step == 0 {
            shared = StandardNormal.sample(rng);
        }
        shared
    }));
    let drawn = paths(&forecast, 8_000, 3);
    assert!(correlation(drawn.at(0), drawn.at(20)) > 0.95);
}

#[test]
fn forecasts_that_erred_together_are_drawn_together() {
    let steps = 12;
    let with = |scores| Forecast { scores: Some(scores), ..normal_forecast(steps, 10.0, 1.0) };
    let normal = |rng: &mut ChaCha8Rng, _| StandardNormal.sample(rng);
    let one = with(scores_of(steps, 60, normal));
    let same = with(scores_of(steps, 60, normal));
    let mut other = with(scores_of(steps, 60, normal));
    if let Some(scores) = &mut other.scores {
        scores.values.rotate_left(5 * steps + 3);
    }
    let drawn = joint_paths(&[&one, &same, &other], 4_000, 5);
    let together = correlation(drawn[0].at(4), drawn[1].at(4));
    let apart = correlation(drawn[0].at(4), drawn[2].at(4));
    assert!(together > 0.95 && apart.abs() < 0.12, "{together} {apart}");
    assert_eq!(joint_paths(&[&one], 50, 9)[0], paths(&one, 50, 9));
}

#[test]
fn counts_stay_counts_and_odd_input_is_survived() {
    let mut forecast = normal_forecast(2, 0.0, 1.0);
    forecast.quantiles = vec![[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 7.0, 9.0]; 2];
    assert!(paths(&forecast, 500, 1).values.iter().all(|value| *value >= 0.0 && *value < 100.0));
    assert!(paths(&forecast, 500, 1).values.iter().any(|value| value.fract() != 0.0));
    forecast.method = Method::Counts;
    assert!(paths(&forecast, 500, 1).values.iter().all(|value| value.fract() == 0.0));
    let zeros = paths(&forecast, 4_000, 1).at(1).filter(|value| *value == 0.0).count();
    assert!((1_600..2_000).contains(&zeros), "{zeros}");
    forecast.quantiles = vec![[0.0; LEVELS.len()]; 2];
    assert!(paths(&forecast, 20, 1).values.iter().all(|value| *value == 0.0));
    forecast.quantiles = vec![[f64::NAN; LEVELS.len()]; 2];
    assert_eq!(paths(&forecast, 20, 1).values.len(), 40);
    forecast.quantiles = Vec::new();
    assert_eq!(paths(&forecast, 20, 1).values.len(), 0);
    assert!(joint_paths(&[], 20, 1).is_empty());
    let many = vec![normal_forecast(2, 1.0, 0.1); FORECASTS_MAX + 3];
    let many: Vec<&Forecast> = many.iter().collect();
    assert_eq!(joint_paths(&many, 3, 1).len(), FORECASTS_MAX + 3);
    assert_eq!(paths(many[0], usize::MAX, 1).count, PATHS_MAX);
    let scores = Scores { steps: 5, stride: 0, values: vec![f64::INFINITY; 7] };
    let odd = Forecast { scores: Some(scores), method: Method::Rate, trust: Trust::Poor, ..many[0].clone() };
    assert_eq!(paths(&odd, 5, 1).values.len(), 10);
}
