//! Forecasts made by hand, for tests.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::forecast::{Forecast, Method, Scores, Trust};
use crate::paths::LEVEL_SCORES;

/// Normal at every step.
pub(crate) fn normal_forecast(steps: usize, mean: f64, spread: f64) -> Forecast {
    Forecast {
        points: vec![mean; steps],
        quantiles: vec![LEVEL_SCORES.map(|score| mean + spread * score); steps],
        method: Method::Level,
        shares: Vec::new(),
        scores: None,
        backtest: None,
        trust: Trust::Untested,
    }
}

/// Scores of `origins` forecasts, drawn origin after origin and step after step by `draw`.
pub(crate) fn scores_of(
    steps: usize,
    origins: usize,
    mut draw: impl FnMut(&mut ChaCha8Rng, usize) -> f64,
) -> Scores {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let values = (0..origins * steps).map(|at| draw(&mut rng, at % steps)).collect();
    Scores { steps, stride: steps / 2 + 1, values }
}
