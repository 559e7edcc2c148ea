//! How wide a chart's steps are.

use std::time::Duration;

use hawkeye_store::TimeRange;

use crate::error::Problem;
use crate::params::parse_duration;

/// Widths that people read easily, in seconds.
const NICE: [u64; 15] =
    [10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800];

/// The finest width that rollups have.
const STEP_MIN_S: u64 = 10;

/// Steps in one answer.
const POINTS_MAX: u64 = 5_000;

/// Reads `auto` or a width such as `30s`; `auto` picks a readable width with at most `max_points` steps.
pub(crate) fn step(
    text: Option<&str>,
    max_points: Option<u64>,
    default: u64,
    range: TimeRange,
) -> Result<Duration, Problem> {
    let max_points = max_points.unwrap_or(default);
    if !(1..=POINTS_MAX).contains(&max_points) {
        return Err(Problem::parameter("max_points", format!("must be 1 to {POINTS_MAX}")));
    }
    let width_s = range.width().as_secs().max(1);
    let step_s = match text.unwrap_or("auto") {
        "auto" => {
            let nice = NICE.into_iter().find(|step| width_s.div_ceil(*step) <= max_points);
            nice.unwrap_or_else(|| width_s.div_ceil(max_points).next_multiple_of(86_400))
        }
        text => {
            let step = parse_duration(text).map(|step| step.as_secs());
            step.filter(|step| *step >= STEP_MIN_S && step.is_multiple_of(STEP_MIN_S)).ok_or_else(|| {
                Problem::parameter(
                    "step",
                    format!("`{text}` is no step; write auto or a multiple of 10s such as 30s or 5m"),
                )
            })?
        }
    };
    if width_s / step_s > POINTS_MAX {
        return Err(Problem::parameter("step", format!("gives more than {POINTS_MAX} steps; widen it")));
    }
    Ok(Duration::from_secs(step_s))
}

#[cfg(test)]
mod tests {
    use hawkeye_model::Timestamp;

    use super::*;

    fn check(width_s: i64, text: &str, expected_s: Option<u64>) {
        let range = TimeRange { from: Timestamp::from_secs(0), to: Timestamp::from_secs(width_s) };
        assert_eq!(
            step(Some(text), None, 300, range).ok().map(|step| step.as_secs()),
            expected_s,
            "{width_s} {text}"
        );
    }

    #[test]
    fn auto_keeps_the_chart_readable() {
        check(900, "auto", Some(10));
        check(3_600, "auto", Some(30));
        check(86_400, "auto", Some(300));
        check(7 * 86_400, "auto", Some(3_600));
        check(3_650 * 86_400, "auto", Some(13 * 86_400));
    }

    #[test]
    fn wrong_or_too_fine_steps_are_refused() {
        check(3_600, "1m", Some(60));
        check(3_600, "15s", None);
        check(3_600, "0s", None);
        check(3_600, "fast", None);
        check(365 * 86_400, "10s", None);
    }
}
