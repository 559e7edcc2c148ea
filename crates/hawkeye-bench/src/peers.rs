//! Detectors that others use, as yardsticks.
//!
//! `augurs-outlier` finds odd series among many of the same kind and does not apply to one series.

use std::collections::VecDeque;

use augurs_changepoint::{Detector, NormalGammaDetector};
use krcf::{RandomCutForest, RandomCutForestOptions};

use crate::contender::along;
use crate::data::LabelledSeries;

/// Distance from the running mean in running standard deviations; both learn clipped values, so that an incident
/// does not become normal. Mean over about an hour, spread over about a day and a half.
pub(crate) fn ewma(series: &LabelledSeries) -> Vec<f32> {
    const YOUNG: f64 = 30.0;
    let (mut count, mut mean, mut deviation) = (0.0_f64, 0.0_f64, 0.0_f64);
    along(series, |_, value| {
        count += 1.0;
        if count == 1.0 {
            mean = value;
        }
        let e = value - mean;
        let z = e.abs() / (1.25 * deviation + 1e-3 * mean.abs() + 1e-9);
        let clip = if count < YOUNG { f64::MAX } else { deviation };
        mean += (1.0 / count).max(0.02) * e.clamp(-3.0 * clip, 3.0 * clip);
        deviation += (1.0 / count).max(1.0 / 2_000.0) * (e.abs().min(6.0 * clip) - deviation);
        if count < YOUNG { 0.0 } else { z as f32 }
    })
}

/// Distance from the mean of a window in standard deviations of that window, as in the Numenta benchmark.
pub(crate) fn windowed_gaussian(series: &LabelledSeries) -> Vec<f32> {
    const WINDOW: usize = 6_400;
    /// A full window is renewed after this many values.
    const STEP: usize = 100;
    let (mut window, mut fresh) = (VecDeque::with_capacity(WINDOW), Vec::new());
    let (mut mean, mut deviation) = (0.0_f64, 1.0_f64);
    along(series, |_, value| {
        let score = if window.is_empty() { 0.0 } else { (value - mean).abs() / deviation };
        fresh.push(value);
        if window.len() < WINDOW || fresh.len() == STEP {
            window.extend(fresh.drain(..));
            while window.len() > WINDOW {
                window.pop_front();
            }
            if window.len().is_power_of_two() || window.len().is_multiple_of(STEP) {
                let n = window.len() as f64;
                mean = window.iter().sum::<f64>() / n;
                deviation = (window.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-6);
            }
        }
        score as f32
    })
}

/// A forest of 30 trees with 256 samples each over eight values in a row.
pub(crate) fn random_cut_forest(series: &LabelledSeries) -> Vec<f32> {
    const SHINGLE: usize = 8;
    let options = RandomCutForestOptions {
        dimensions: SHINGLE,
        shingle_size: 1,
        num_trees: Some(30),
        sample_size: Some(256),
        random_seed: Some(1),
        internal_shingling: Some(false),
        parallel_execution_enabled: Some(false),
        ..Default::default()
    };
    let Ok(mut forest) = RandomCutForest::new(options) else { return vec![0.0; series.len()] };
    let mut shingle = VecDeque::with_capacity(SHINGLE);
    along(series, |_, value| {
        shingle.push_back(value as f32);
        if shingle.len() > SHINGLE {
            shingle.pop_front();
        }
        if shingle.len() < SHINGLE {
            return 0.0;
        }
        let point = shingle.make_contiguous();
        let score = forest.score(point).unwrap_or(0.0);
        if forest.update(point).is_err() { 0.0 } else { score as f32 }
    })
}

/// 1 where a change point is found, 0 elsewhere. Not causal: the whole series is looked at. It expects standard
/// normal data, so the first 15 % of the series set mean and deviation.
pub(crate) fn change_points(series: &LabelledSeries) -> Vec<f32> {
    let known = &series.values[..series.len() * 15 / 100];
    let n = known.len().max(1) as f64;
    let mean = known.iter().sum::<f64>() / n;
    let deviation = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-6);
    let standard: Vec<f64> = series.values.iter().map(|value| (value - mean) / deviation).collect();
    let mut scores = vec![0.0; series.len()];
    // In days of minutes: the detector keeps a row of probabilities for every value.
    for (start, part) in standard.chunks(1_440).enumerate() {
        for at in NormalGammaDetector::default().detect_changepoints(part) {
            if at > 0 {
                scores[start * 1_440 + at] = 1.0;
            }
        }
    }
    scores
}
