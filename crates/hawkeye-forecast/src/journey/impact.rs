//! What a failing endpoint costs a journey if it stays as it is: sessions that will reach the step, times the failures
//! beyond what is usual.
//!
//! Sessions come from paths of the forecast, the failure rate from its Jeffreys posterior `Beta(failed + 1/2, ok + 1/2)`.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use super::Estimate;
use crate::forecast::Forecast;
use crate::paths::paths;

/// Draws unless fewer paths are possible.
const DRAWS: usize = 2_000;
/// Kept apart from the paths, which are drawn from the seed itself.
const RATE_STREAM: u64 = 1;

/// An endpoint that fails more than it should.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outage<'a> {
    /// Calls of the endpoint by time step.
    pub traffic: &'a Forecast,
    /// Time steps ahead that count.
    pub steps: usize,
    /// Sessions of the journey that each call stands for: 1 when all calls are the journey's.
    pub sessions_per_call: f64,
    /// Failures and calls lately.
    pub failed: u64,
    pub calls: u64,
    /// Failures a call that are usual.
    pub baseline: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impact {
    /// Sessions that will reach the step.
    pub sessions: Estimate,
    /// Those that will fail beyond what is usual. Its lower end is zero when the failures may be luck.
    pub failed: Estimate,
}

/// `None` when nothing was called lately or nothing is forecast.
#[must_use]
pub fn impact(outage: &Outage<'_>, seed: u64) -> Option<Impact> {
    let steps = outage.steps.min(outage.traffic.steps()).min(outage.traffic.quantiles.len());
    let usable = |value: f64| value.is_finite() && value >= 0.0;
    if outage.calls == 0 || steps == 0 || !usable(outage.sessions_per_call) || !usable(outage.baseline) {
        return None;
    }
    let failures = outage.failed.min(outage.calls) as f64;
    let calls = outage.calls as f64;
    let posterior = Beta::new(failures + 0.5, calls - failures + 0.5).ok()?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(RATE_STREAM);
    let (mut sessions, mut failed) = (Vec::new(), Vec::new());
    for path in paths(outage.traffic, DRAWS, seed).iter() {
        let reaching: f64 =
            path[..steps].iter().map(|&calls| at_least_none(calls) * outage.sessions_per_call).sum();
        let rate: f64 = posterior.sample(&mut rng);
        sessions.push(reaching);
        failed.push(reaching * (rate - outage.baseline).max(0.0));
    }
    let points = outage.traffic.points[..steps].iter();
    let expected: f64 = points.map(|&calls| at_least_none(calls) * outage.sessions_per_call).sum();
    if !expected.is_finite() || sessions.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let excess = (failures / calls - outage.baseline).max(0.0);
    Some(Impact {
        sessions: Estimate::new(expected, &mut sessions),
        failed: Estimate::new(expected * excess, &mut failed),
    })
}

/// Unlike `max`, which would make zero of what is unknown.
fn at_least_none(calls: f64) -> f64 {
    if calls < 0.0 { 0.0 } else { calls }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::normal_forecast;

    #[track_caller]
    fn check(failed: u64, calls: u64, baseline: f64, expected: Option<(f64, f64, f64)>) {
        let traffic = normal_forecast(12, 100.0, 10.0);
        let outage = Outage { traffic: &traffic, steps: 6, sessions_per_call: 0.5, failed, calls, baseline };
        let impact = impact(&outage, 1).map(|it| [it.failed.value, it.failed.low, it.failed.high]);
        match (impact, expected) {
            (None, None) => {}
            (Some(found), Some((value, low, high))) => {
                let near = found.iter().zip([value, low, high]).all(|(a, b)| (a - b).abs() < 2.0);
                assert!(near, "{found:?} is not {expected:?}");
            }
            _ => panic!("{impact:?} is not {expected:?}"),
        }
    }

    #[test]
    fn failures_beyond_the_usual_are_counted_with_their_uncertainty() {
        check(2_000, 10_000, 0.0, Some((60.0, 50.0, 70.0)));
        check(2_000, 10_000, 0.1, Some((30.0, 25.0, 35.5)));
        check(100, 10_000, 0.5, Some((0.0, 0.0, 0.0)));
        check(1, 3, 0.0, Some((100.0, 12.2, 251.6)));
        check(0, 0, 0.0, None);
        check(1, 3, f64::NAN, None);
    }

    #[test]
    fn without_a_forecast_nothing_is_claimed() {
        let nothing = normal_forecast(0, 1.0, 1.0);
        let outage = Outage {
            traffic: &nothing,
            steps: 6,
            sessions_per_call: 1.0,
            failed: 1,
            calls: 2,
            baseline: 0.0,
        };
        assert_eq!(impact(&outage, 1), None);
        let odd = normal_forecast(3, f64::NAN, 1.0);
        assert_eq!(impact(&Outage { traffic: &odd, ..outage }, 1), None);
    }
}
