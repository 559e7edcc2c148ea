//! When traffic will exceed what was ever served.
//!
//! Growth is Theil and Sen's: the median of the slopes between pairs of days, only days of the same weekday once there are
//! three weeks of them; on the level or on the logarithm, whichever leaves smaller errors. The day of the first record is
//! found by survival: each coming day exceeds the record with the share of past deviations that would, under slopes over
//! the whole of their confidence interval.

/// Older days are another business.
const DAYS_MAX: usize = 400;
/// Less than a week cannot tell growth from a weekday.
const DAYS_MIN: usize = 7;
/// From here on only days of the same weekday are compared.
const DAYS_SEASONAL: usize = 21;
const WEEK: usize = 7;
/// Nobody plans further, and no trend lasts longer.
const HORIZON_DAYS: usize = 365;
/// Slopes from the confidence interval, evenly spread by probability.
const SLOPES: usize = 41;
/// Rising pairs of days must outnumber falling ones by so many standard deviations (Mann and Kendall): one chance in
/// twenty of being luck.
const GROWTH_SCORE: f64 = 1.645;
/// A day further from the line than this many standard deviations was an event, which a trend does not repeat.
const DEVIATION_MAX: f64 = 3.0;

/// Standard deviations in a median deviation, for normal values.
const NORMAL_MEDIAN_DEVIATION: f64 = 1.4826;

/// How much room is left below the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// The largest daily peak, and its place among the days; `None` when no day is known.
    pub ever_served: Option<f64>,
    pub ever_served_day: Option<usize>,
    /// In the unit of the peaks, at the level of the last days.
    pub growth_per_day: Option<f64>,
    /// Growth is compound: the logarithm fitted better.
    pub is_exponential: bool,
    /// Days from the last one until a day exceeds the record: the median.
    pub days_until: Option<f64>,
    /// One chance in ten that it comes this early.
    pub days_until_early: Option<f64>,
    /// Nine chances in ten that it has come by then.
    pub days_until_late: Option<f64>,
    /// Why `days_until` is what it is.
    pub reason: CapacityReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CapacityReason {
    /// There is a day.
    Growing,
    /// No growth that is more than luck.
    NotGrowing,
    /// Growing, but the record is safe for a year.
    BeyondAYear,
    /// Less than a week of known days.
    TooShort,
}

/// `daily_peaks` holds the largest rate of each day, oldest first, `NAN` where nothing is known.
#[must_use]
pub fn capacity(daily_peaks: &[f64]) -> Capacity {
    let first = daily_peaks.len().saturating_sub(DAYS_MAX);
    let known = |day: &usize| daily_peaks[*day].is_finite() && daily_peaks[*day] >= 0.0;
    let record = (0..daily_peaks.len())
        .filter(known)
        .max_by(|&one, &other| daily_peaks[one].total_cmp(&daily_peaks[other]));
    let mut capacity = Capacity {
        ever_served: record.map(|day| daily_peaks[day]),
        ever_served_day: record,
        growth_per_day: None,
        is_exponential: false,
        days_until: None,
        days_until_early: None,
        days_until_late: None,
        reason: CapacityReason::TooShort,
    };
    let days: Vec<(usize, f64)> =
        (first..daily_peaks.len()).filter(known).map(|day| (day, daily_peaks[day])).collect();
    let Some(ever_served) = capacity.ever_served.filter(|_| days.len() >= DAYS_MIN) else { return capacity };
    let last = daily_peaks.len() - 1;
    let trend = Trend::best(&days);
    capacity.growth_per_day = Some(trend.growth_at(last));
    capacity.is_exponential = trend.is_log;
    if trend.slope <= 0.0 || trend.kendall <= GROWTH_SCORE {
        capacity.reason = CapacityReason::NotGrowing;
        return capacity;
    }
    let survival = trend.survival(last, ever_served);
    let reached = |probability: f64| {
        let day = survival.iter().position(|&alive| alive <= 1.0 - probability);
        day.map(|day| (day + 1) as f64)
    };
    capacity.days_until_early = reached(0.1);
    capacity.days_until = reached(0.5);
    capacity.days_until_late = reached(0.9);
    capacity.reason =
        if capacity.days_until.is_some() { CapacityReason::Growing } else { CapacityReason::BeyondAYear };
    capacity
}

/// A line through the days, on the level or on the logarithm.
#[derive(Debug)]
struct Trend {
    is_log: bool,
    slope: f64,
    /// Standard error of the slope.
    error: f64,
    /// Rising pairs less falling ones, in standard deviations.
    kendall: f64,
    /// The line at day zero.
    start: f64,
    /// Day and deviation from the line.
    deviations: Vec<(usize, f64)>,
}

impl Trend {
    fn best(days: &[(usize, f64)]) -> Self {
        let level = Self::new(days, false);
        if days.iter().any(|day| day.1 <= 0.0) {
            return level;
        }
        let log = Self::new(days, true);
        if log.misfit(days) < level.misfit(days) { log } else { level }
    }

    fn new(days: &[(usize, f64)], is_log: bool) -> Self {
        let value = |peak: f64| if is_log { peak.ln() } else { peak };
        let days: Vec<(usize, f64)> = days.iter().map(|&(day, peak)| (day, value(peak))).collect();
        let is_seasonal = days.len() >= DAYS_SEASONAL;
        let (mut slopes, mut variance, mut pairs) = (Vec::new(), 0.0, 0.0);
        for class in 0..if is_seasonal { WEEK } else { 1 } {
            let of_class: Vec<&(usize, f64)> =
                days.iter().filter(|day| !is_seasonal || day.0 % WEEK == class).collect();
            for (at, late) in of_class.iter().enumerate() {
                slopes.extend(
                    of_class[..at].iter().map(|early| (late.1 - early.1) / (late.0 - early.0) as f64),
                );
            }
            // Kendall's variance of the number of rising pairs less falling ones.
            let count = of_class.len() as f64;
            variance += count * (count - 1.0) * (2.0 * count + 5.0) / 18.0;
            pairs += count * (count - 1.0) / 2.0;
        }
        slopes.sort_unstable_by(f64::total_cmp);
        let slope = at(&slopes, 0.5);
        let rising: f64 = slopes.iter().map(|&slope| f64::from(slope > 0.0) - f64::from(slope < 0.0)).sum();
        let kendall = (rising - 1.0) / variance.sqrt().max(1.0);
        // Sen's confidence interval of 90 %: so many slopes beyond the median as the pairs may be wrong about.
        let spread = GROWTH_SCORE * variance.sqrt() / (2.0 * f64::max(pairs, 1.0));
        let error = (at(&slopes, 0.5 + spread) - at(&slopes, 0.5 - spread)) / (2.0 * GROWTH_SCORE);
        let mut starts: Vec<f64> = days.iter().map(|&(day, value)| value - slope * day as f64).collect();
        starts.sort_unstable_by(f64::total_cmp);
        let start = at(&starts, 0.5);
        let mut deviations: Vec<(usize, f64)> =
            days.iter().map(|&(day, value)| (day, value - start - slope * day as f64)).collect();
        let mut sizes: Vec<f64> = deviations.iter().map(|it| it.1.abs()).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let limit = DEVIATION_MAX * NORMAL_MEDIAN_DEVIATION * at(&sizes, 0.5);
        deviations.iter_mut().for_each(|it| it.1 = it.1.max(-limit).min(limit));
        Self { is_log, slope, error, kendall, start, deviations }
    }

    fn peak(&self, value: f64) -> f64 {
        if self.is_log { value.exp() } else { value }
    }

    /// Mean deviation in the unit of the peaks, so that both scales can be compared.
    fn misfit(&self, days: &[(usize, f64)]) -> f64 {
        let line = |day: usize| self.peak(self.start + self.slope * day as f64);
        days.iter().map(|&(day, peak)| (peak - line(day)).abs()).sum::<f64>() / days.len().max(1) as f64
    }

    fn growth_at(&self, day: usize) -> f64 {
        let here = self.start + self.slope * day as f64;
        self.peak(here) - self.peak(here - self.slope)
    }

    /// For each coming day the probability that the record still stands after it.
    fn survival(&self, last: usize, record: f64) -> Vec<f64> {
        let record = if self.is_log { record.ln() } else { record };
        let middle = self.deviations.iter().map(|it| it.0 as f64).sum::<f64>() / self.deviations.len() as f64;
        let mut total = vec![0.0; HORIZON_DAYS];
        for at in 0..SLOPES {
            let probability = (at as f64 + 0.5) / SLOPES as f64;
            let slope = self.slope + self.error * logistic_score(probability);
            let mut alive = 1.0;
            for (ahead, total) in total.iter_mut().enumerate() {
                let day = last + 1 + ahead;
                // Lines of other slopes turn about the middle of the days.
                let line = self.start + self.slope * middle + slope * (day as f64 - middle);
                alive *= 1.0 - self.share_above(day, record - line);
                *total += alive / SLOPES as f64;
            }
        }
        total
    }

    /// Share of past deviations above this, of the same weekday once there are enough of them.
    fn share_above(&self, day: usize, room: f64) -> f64 {
        let is_seasonal = self.deviations.len() >= DAYS_SEASONAL;
        let alike = self.deviations.iter().filter(|it| !is_seasonal || it.0 % WEEK == day % WEEK);
        let (mut count, mut above) = (0.0, 0.0);
        for (_, deviation) in alike {
            count += 1.0;
            above += f64::from(*deviation > room);
        }
        above / f64::max(count, 1.0)
    }
}

/// Close to the normal score, and simple.
fn logistic_score(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln() / 1.702
}

/// A quantile of sorted values.
fn at(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    sorted[(probability.clamp(0.0, 1.0) * last as f64).round() as usize]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Deviations that look random and are the same everywhere.
    fn noise(day: usize) -> f64 {
        ((day as f64 * 12.9898).sin() * 43_758.545_3).fract()
    }

    fn peaks(days: usize, peak: impl Fn(usize) -> f64) -> Vec<f64> {
        (0..days).map(peak).collect()
    }

    #[track_caller]
    fn check(peaks: &[f64], reason: CapacityReason, within: std::ops::RangeInclusive<f64>) -> Capacity {
        let found = capacity(peaks);
        assert_eq!(found.reason, reason, "{found:?}");
        assert!(found.days_until.is_none_or(|days| within.contains(&days)), "{found:?} is not in {within:?}");
        found
    }

    #[test]
    fn growth_meets_the_record_where_the_line_does() {
        use CapacityReason::Growing;
        let steady = check(&peaks(30, |day| 100.0 + day as f64), Growing, 1.0..=1.0);
        assert!(steady.growth_per_day.is_some_and(|it| (it - 1.0).abs() < 0.05));
        // A record 40 days above the line.
        let mut with_record = peaks(60, |day| 100.0 + day as f64 + noise(day));
        with_record[10] = 200.0;
        let found = check(&with_record, Growing, 36.0..=42.0);
        assert_eq!((found.ever_served, found.ever_served_day), (Some(200.0), Some(10)));
        assert!(found.days_until_early < found.days_until && found.days_until < found.days_until_late);
        // Doubles in 70 days; the record is twice the last day.
        let mut compound = peaks(70, |day| 100.0 * 1.01_f64.powi(day as i32) * (1.0 + 0.01 * noise(day)));
        compound[3] = 400.0;
        assert!(check(&compound, Growing, 62.0..=74.0).is_exponential);
        // Weekends are half as busy: Saturday the 41st is followed by five busy days.
        let weekly = peaks(42, |day| (100.0 + day as f64) * if day % 7 >= 5 { 0.5 } else { 1.0 });
        check(&weekly, Growing, 1.0..=1.0);
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        use CapacityReason::{BeyondAYear, NotGrowing, TooShort};
        check(&[], TooShort, 0.0..=0.0);
        check(&peaks(6, |day| day as f64), TooShort, 0.0..=0.0);
        check(&[f64::NAN; 30], TooShort, 0.0..=0.0);
        check(&peaks(60, |day| 100.0 + 20.0 * noise(day)), NotGrowing, 0.0..=0.0);
        check(&peaks(60, |day| 100.0 - day as f64), NotGrowing, 0.0..=0.0);
        check(&peaks(30, |_| 0.0), NotGrowing, 0.0..=0.0);
        let mut far = peaks(60, |day| 100.0 + day as f64);
        far[0] = 10_000.0;
        let far = check(&far, BeyondAYear, 0.0..=0.0);
        assert_eq!(far.days_until_early, None);
    }

    #[test]
    fn noise_alone_seldom_grows() {
        let grows = (0..200)
            .filter(|seed| {
                let of_seed = peaks(28, |day| 100.0 + 20.0 * noise(day + 1_000 * seed));
                capacity(&of_seed).reason != CapacityReason::NotGrowing
            })
            .count();
        assert!(grows <= 24, "{grows} of 200");
    }

    proptest! {
        #[test]
        fn any_days_are_survived(peaks in prop::collection::vec(prop::num::f64::ANY, 0..60)) {
            let found = capacity(&peaks);
            prop_assert!(found.days_until.is_none_or(|days| (1.0..=365.0).contains(&days)));
            if let (Some(early), Some(median)) = (found.days_until_early, found.days_until) {
                prop_assert!(early <= median);
            }
        }
    }
}
