//! Simple detectors that others use, as yardsticks.

use std::collections::VecDeque;

use crate::contender::Detector;

/// Distance from the running mean in running standard deviations; both learn clipped values, so that an incident
/// does not become normal. Mean over about an hour, spread over about a day and a half.
pub(crate) fn ewma() -> Detector {
    let (mut count, mut mean, mut deviation) = (0.0_f64, 0.0_f64, 0.0_f64);
    Box::new(move |_, value| {
        count += 1.0;
        if count == 1.0 {
            mean = value;
        }
        let e = value - mean;
        let z = e.abs() / (1.25 * deviation + 1e-3 * mean.abs() + 1e-9);
        let clip = if count < 30.0 { f64::MAX } else { deviation };
        mean += (1.0 / count).max(0.02) * e.clamp(-3.0 * clip, 3.0 * clip);
        deviation += (1.0 / count).max(1.0 / 2_000.0) * (e.abs().min(6.0 * clip) - deviation);
        if count < 30.0 { 0.0 } else { z as f32 }
    })
}

/// Distance from the mean of a window in standard deviations of that window, as in the Numenta benchmark.
pub(crate) fn windowed_gaussian() -> Detector {
    const WINDOW: usize = 6_400;
    /// The window is renewed after this many values.
    const STEP: usize = 100;
    let (mut window, mut fresh) = (VecDeque::with_capacity(WINDOW), Vec::new());
    let (mut mean, mut deviation) = (0.0_f64, 1.0_f64);
    Box::new(move |_, value| {
        let score = if window.is_empty() { 0.0 } else { (value - mean).abs() / deviation };
        fresh.push(value);
        if window.len() < WINDOW || fresh.len() == STEP {
            window.extend(fresh.drain(..));
            while window.len() > WINDOW {
                window.pop_front();
            }
            if window.len() == WINDOW || window.len().is_power_of_two() || window.len().is_multiple_of(STEP) {
                let n = window.len() as f64;
                mean = window.iter().sum::<f64>() / n;
                deviation = (window.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-6);
            }
        }
        score as f32
    })
}
