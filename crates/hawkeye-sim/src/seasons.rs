//! When people call: daily and weekly seasons by local time, and the noise around them.
//!
//! Local time is a fixed offset from UTC; daylight saving is left out on purpose, so that a season is
//! exactly periodic. Incidents do not belong here.

use crate::random::wander;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
const MINUTE_US: i64 = 60_000_000;

/// Relative demand at each full hour of the local day, and for each weekday from Monday.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) hours: [f64; 24],
    pub(crate) weekdays: [f64; 7],
}

/// People at home: quiet nights, lunch, a long evening, busy Sundays.
pub(crate) const SHOPPERS: Shape = Shape {
    hours: [
        0.62, 0.42, 0.31, 0.27, 0.28, 0.35, 0.52, 0.74, 0.93, 1.05, 1.12, 1.18, 1.27, 1.22, 1.14, 1.12, 1.17,
        1.28, 1.42, 1.58, 1.66, 1.55, 1.25, 0.90,
    ],
    weekdays: [0.98, 0.95, 0.94, 0.97, 0.99, 1.05, 1.14],
};

/// People at work: two humps in office hours, little at the weekend.
pub(crate) const OFFICES: Shape = Shape {
    hours: [
        0.24, 0.20, 0.19, 0.20, 0.24, 0.36, 0.62, 1.05, 1.62, 1.95, 2.05, 1.92, 1.55, 1.72, 1.95, 1.90, 1.66,
        1.25, 0.86, 0.62, 0.50, 0.42, 0.34, 0.28,
    ],
    weekdays: [1.14, 1.17, 1.16, 1.15, 1.06, 0.68, 0.62],
};

/// Half of each.
pub(crate) const PARTNERS: Shape = Shape {
    hours: [
        0.42, 0.32, 0.26, 0.25, 0.28, 0.36, 0.58, 0.92, 1.28, 1.48, 1.55, 1.52, 1.40, 1.44, 1.50, 1.48, 1.38,
        1.26, 1.15, 1.10, 1.06, 0.96, 0.78, 0.57,
    ],
    weekdays: [1.08, 1.08, 1.07, 1.06, 1.02, 0.86, 0.83],
};

/// One environment's season, scaled so that its mean over a week is 1.
#[derive(Debug, Clone)]
pub(crate) struct Season {
    shape: Shape,
    offset_us: i64,
    scale: f64,
}

impl Season {
    pub(crate) fn new(shape: Shape, utc_offset_hours: i64) -> Self {
        let unscaled = Self { shape, offset_us: utc_offset_hours * HOUR_US, scale: 1.0 };
        let points = 7 * 24 * 6;
        let sum: f64 = (0..points).map(|at| unscaled.demand(at * 10 * MINUTE_US)).sum();
        Self { scale: points as f64 / sum, ..unscaled }
    }

    /// Expected demand relative to the week's mean.
    pub(crate) fn demand(&self, at_us: i64) -> f64 {
        let hour = self.local_hour(at_us);
        let (before, within) = (hour as usize % 24, hour.fract());
        let of_hour =
            self.shape.hours[before] * (1.0 - within) + self.shape.hours[(before + 1) % 24] * within;
        // A weekday begins at four in the morning, when its change is least seen.
        let day = (at_us + self.offset_us - 4 * HOUR_US).div_euclid(DAY_US);
        let of_day = self.shape.weekdays[(day + 3).rem_euclid(7) as usize]; // 1970-01-01 was a Thursday
        of_hour * of_day * self.scale
    }

    /// In [0, 24).
    pub(crate) fn local_hour(&self, at_us: i64) -> f64 {
        (at_us + self.offset_us).rem_euclid(DAY_US) as f64 / HOUR_US as f64
    }

    /// The first moment from `at_us` on at which the local clock shows this full hour.
    pub(crate) fn next_hour(&self, at_us: i64, hour: i64) -> i64 {
        let wanted = hour * HOUR_US - self.offset_us;
        at_us + (wanted - at_us).rem_euclid(DAY_US)
    }
}

/// Demand's noise: a product of waves of minutes, quarter hours and hours, so that minutes resemble
/// their neighbours. About ±8 %.
pub(crate) fn demand_noise(seed: u64, environment: usize, at_us: i64) -> f64 {
    let name = 100 + environment as u64;
    let fast = 0.05 * wander(seed, name, at_us, 2 * MINUTE_US);
    let middle = 0.06 * wander(seed, name + 100, at_us, 17 * MINUTE_US);
    let slow = 0.07 * wander(seed, name + 200, at_us, 4 * HOUR_US);
    (fast + middle + slow).exp()
}

/// A service's latency noise in one environment. About ±4 %.
pub(crate) fn latency_noise(seed: u64, environment: usize, service: usize, at_us: i64) -> f64 {
    let name = 1_000 + (environment * 64 + service) as u64;
    let fast = 0.03 * wander(seed, name, at_us, 3 * MINUTE_US);
    let slow = 0.04 * wander(seed, name + 1_000, at_us, HOUR_US);
    (fast + slow).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_the_mean_one_and_days_differ_from_nights() {
        for shape in [SHOPPERS, OFFICES, PARTNERS] {
            let season = Season::new(shape, 1);
            let minutes = 7 * 24 * 60;
            let sum: f64 = (0..minutes).map(|minute| season.demand(minute * MINUTE_US)).sum();
            assert!((sum / minutes as f64 - 1.0).abs() < 0.001);
            let (noon, night) = (season.next_hour(0, 11), season.next_hour(0, 3));
            assert!(season.demand(noon) > 2.5 * season.demand(night));
        }
    }

    #[test]
    fn offices_are_empty_on_sunday() {
        let season = Season::new(OFFICES, 0);
        let (thursday_noon, sunday_noon) = (12 * HOUR_US, 3 * DAY_US + 12 * HOUR_US);
        assert!(season.demand(sunday_noon) < 0.6 * season.demand(thursday_noon));
    }

    #[test]
    fn the_next_hour_is_in_local_time() {
        let season = Season::new(SHOPPERS, 1);
        assert_eq!(season.next_hour(0, 2), HOUR_US);
        assert_eq!(season.next_hour(HOUR_US + 1, 2), HOUR_US + DAY_US);
        assert!((season.local_hour(0) - 1.0).abs() < 1e-9);
    }
}
