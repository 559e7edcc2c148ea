//! What an update costs, on one core, and how large the state of a series is.

use std::hint::black_box;

use anyhow::Result;
use hawkeye_detect::univariate::{Learn, Novelty, Residual, ResidualConfig};
use hawkeye_model::Timestamp;

use crate::cpu::cpu_time;

const SERIES: usize = 100;
/// Four weeks of minutes.
const MINUTES: i64 = 40_320;

pub(crate) fn run() -> Result<String> {
    let mut residuals = vec![Residual::new(ResidualConfig::default()); SERIES];
    let residual = nanoseconds(&mut residuals, MINUTES, |detector, at, value| {
        detector.update(at, value, Learn::Yes).score
    })?;
    let mut novelties = (0..SERIES / 10).map(|_| Novelty::new()).collect::<Vec<_>>();
    let novelty =
        nanoseconds(&mut novelties, MINUTES / 4, |detector, at, value| detector.update(at, value).score)?;
    let line = |name: &str, nanoseconds: f64, bytes: usize| {
        format!("| {name} | {nanoseconds:.0} | {:.1} | {bytes} |\n", 1e3 / nanoseconds)
    };
    Ok(format!(
        "| detector | ns per update | million updates per second and core | bytes per series |\n|---|---|---|---|\n{}{}",
        line("residual", residual, residuals[0].size_bytes()),
        line("novelty", novelty, novelties[0].size_bytes()),
    ))
}

/// All series take a minute before any takes the next one, as in a server.
fn nanoseconds<D>(
    detectors: &mut [D],
    minutes: i64,
    update: impl Fn(&mut D, Timestamp, f64) -> f32,
) -> Result<f64> {
    let start = cpu_time()?;
    for minute in 0..minutes {
        let at = Timestamp::from_secs(minute * 60);
        for (number, detector) in detectors.iter_mut().enumerate() {
            black_box(update(detector, at, value(minute, number)));
        }
    }
    let spent = cpu_time()?.saturating_sub(start);
    Ok(spent.as_nanos() as f64 / (minutes as f64 * detectors.len() as f64))
}

/// A day's saw with some noise: cheap beside an update.
fn value(minute: i64, number: usize) -> f64 {
    let noise =
        (minute.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(number as i64)).rem_euclid(1_009);
    (minute % 1_440) as f64 + noise as f64 * 0.05
}
