//! What a thousand series cost: 24 hours at ten-minute steps from four weeks, on one core.

use std::hint::black_box;

use anyhow::Result;

use crate::cpu::cpu_time;

const PER_DAY: usize = 144;
const DAYS: usize = 28;

/// CPU seconds for a thousand series; a hundred are measured, which are enough.
pub(crate) fn thousand_series() -> Result<f64> {
    let measured = 100_u32;
    let all: Vec<Vec<f64>> = (0..measured).map(synthetic).collect();
    let start = cpu_time()?;
    for values in &all {
        black_box(hawkeye_forecast::forecast(values, PER_DAY, PER_DAY));
    }
    Ok(cpu_time()?.saturating_sub(start).as_secs_f64() * 1000.0 / f64::from(measured))
}

/// A day that rises and falls, quieter at weekends, with noise that lasts for some steps.
fn synthetic(seed: u32) -> Vec<f64> {
    let (mut state, mut drift) = (seed, 0.0);
    let step = |t: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        drift = 0.9 * drift + f64::from(state >> 8) / f64::from(1 << 24) - 0.5;
        let angle = std::f64::consts::TAU * (t % PER_DAY) as f64 / PER_DAY as f64;
        let quiet = if t / PER_DAY % 7 > 4 { 0.7 } else { 1.0 };
        (100.0 + 40.0 * angle.sin()) * quiet + 5.0 * drift
    };
    (0..DAYS * PER_DAY).map(step).collect()
}
