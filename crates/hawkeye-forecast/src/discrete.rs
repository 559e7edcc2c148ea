//! Forecasts from a distribution of counts: quantiles, and how past counts lay within theirs.
//!
//! Past counts are scored half-way through their own probability, `Phi^-1(F(y - 1) + P(y) / 2)`. The two parameters of
//! the mean and the dispersion were chosen on the same past; everything else about it was not.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

use crate::backtest::{CENTRAL, trust};
use crate::dynamic::{Dynamic, Events};
use crate::forecast::{Backtest, Forecast, LEVELS, Method, Scores, Trust};
use crate::score::quantile_loss;

/// Quantiles beyond so many events are read off a normal tail.
const TERMS: usize = 3_000;
const PAST_DAYS: usize = 14;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Distribution {
    NegativeBinomial { mean: f64, r: f64 },
    BetaBinomial { n: f64, p: f64, s: f64 },
}

impl Distribution {
    /// `P(0)`.
    fn first(self) -> f64 {
        match self {
            Self::NegativeBinomial { mean, r } => (r * (r / (r + mean)).ln()).exp(),
            Self::BetaBinomial { n, p, s } => {
                let b = (1.0 - p) * s;
                (ln_gamma(n + b) - ln_gamma(b) + ln_gamma(s) - ln_gamma(n + s)).exp()
            }
        }
    }

    /// `P(k + 1) / P(k)`.
    fn ratio(self, k: f64) -> f64 {
        match self {
            Self::NegativeBinomial { mean, r } => (k + r) / (k + 1.0) * (mean / (r + mean)),
            Self::BetaBinomial { n, p, s } => {
                (n - k) / (k + 1.0) * (k + p * s) / (n - k - 1.0 + (1.0 - p) * s).max(1e-300)
            }
        }
    }

    fn mean(self) -> f64 {
        match self {
            Self::NegativeBinomial { mean, .. } => mean,
            Self::BetaBinomial { n, p, .. } => n * p,
        }
    }

    fn deviation(self) -> f64 {
        match self {
            Self::NegativeBinomial { mean, r } => (mean + mean * mean / r).sqrt(),
            Self::BetaBinomial { n, p, s } => (n * p * (1.0 - p) * (n + s) / (1.0 + s)).sqrt(),
        }
    }

    pub(crate) fn quantiles(self) -> [f64; LEVELS.len()] {
        let (mut probability, mut below, mut k) = (self.first(), 0.0, 0);
        let normal = Normal::standard();
        LEVELS.map(|level| {
            while below + probability < level && k < TERMS && probability > 0.0 {
                below += probability;
                probability *= self.ratio(k as f64);
                k += 1;
            }
            if below + probability >= level {
                return k as f64;
            }
            // Too many terms, or the first one is too small to be a number: large counts are nearly normal.
            (self.mean() + self.deviation() * normal.inverse_cdf(level)).max(k as f64).round()
        })
    }

    /// The normal score of a count.
    fn score(self, count: f64) -> f64 {
        let (mut probability, mut below) = (self.first(), 0.0);
        let normal = Normal::standard();
        if probability <= 0.0 || count > TERMS as f64 {
            return ((count - self.mean()) / self.deviation().max(1e-300)).clamp(-4.0, 4.0);
        }
        for k in 0..count.round().max(0.0) as usize {
            below += probability;
            probability *= self.ratio(k as f64);
        }
        normal.inverse_cdf((below + 0.5 * probability).clamp(1e-5, 1.0 - 1e-5))
    }
}

/// `exposures` are those of the steps ahead; a count is told as a share of its exposure.
pub(crate) fn forecast(
    dynamic: &Dynamic,
    events: Events<'_>,
    exposures: &[f64],
    method: Method,
    distribution: &impl Fn(f64, f64) -> Distribution,
) -> Forecast {
    let ahead = exposures.iter().enumerate();
    let rows = ahead.map(|(step, &exposure)| {
        let mean = dynamic.mean(step);
        let share = |count: f64| count / if method == Method::Rate { exposure.round().max(1.0) } else { 1.0 };
        (mean, distribution(mean, exposure).quantiles().map(share))
    });
    let (points, quantiles) = rows.unzip();
    let tested = past(dynamic, events, exposures.len(), method, distribution);
    let (scores, backtest) = tested.map_or((None, None), |(scores, backtest)| (Some(scores), Some(backtest)));
    let trust = backtest.as_ref().map_or(Trust::Untested, trust);
    Forecast { points, quantiles, method, shares: Vec::new(), scores, backtest, trust }
}

/// From two weeks of past origins, when there are three days of history before them.
fn past(
    dynamic: &Dynamic,
    events: Events<'_>,
    steps: usize,
    method: Method,
    distribution: &impl Fn(f64, f64) -> Distribution,
) -> Option<(Scores, Backtest)> {
    let (n, m) = (events.counts.len(), events.per_day);
    let stride = (m * 46 / 100).max(1) | 1;
    let rows = (PAST_DAYS * m).min(n.saturating_sub(3 * m)) / stride;
    if rows < 3 || steps == 0 {
        return None;
    }
    let mut scores = Scores { steps, stride, values: vec![f64::NAN; rows * steps] };
    let mut result = Backtest {
        origins: rows,
        values: 0,
        coverage: [0.0; 3],
        error: 0.0,
        error_naive: 0.0,
        loss: 0.0,
        loss_naive: 0.0,
    };
    let naive_spread = naive_spread(events, method);
    for row in 0..rows {
        let origin = n - stride * (rows - row);
        // What the season said about a step is known a day before it.
        for step in 0..steps.min(m).min(n - origin) {
            let (count, exposure) = (events.counts[origin + step], events.exposures[origin + step]);
            if exposure <= 0.0 {
                continue;
            }
            let mean = dynamic.past_mean(origin, step);
            let distribution = distribution(mean, exposure);
            let unit = if method == Method::Rate { exposure } else { 1.0 };
            let (actual, quantiles) = (count / unit, distribution.quantiles().map(|it| it / unit));
            scores.values[row * steps + step] = distribution.score(count);
            let naive = share(events, origin + step - m, method).unwrap_or(mean);
            result.values += 1;
            result.error += (actual - mean).abs();
            result.error_naive += (actual - naive).abs();
            result.loss += quantile_loss(&quantiles, actual);
            result.loss_naive += quantile_loss(&naive_spread.map(|it| (naive + it).max(0.0)), actual);
            for (coverage, (low, high)) in result.coverage.iter_mut().zip(CENTRAL) {
                *coverage += f64::from(u8::from(quantiles[low] <= actual && actual <= quantiles[high]));
            }
        }
    }
    let values = (result.values as f64).max(1.0);
    for sum in [&mut result.error, &mut result.error_naive, &mut result.loss, &mut result.loss_naive] {
        *sum /= values;
    }
    result.coverage = result.coverage.map(|it| it / values);
    Some((scores, result))
}

fn share(events: Events<'_>, t: usize, method: Method) -> Option<f64> {
    let unit = if method == Method::Rate { events.exposures[t] } else { 1.0 };
    (events.exposures[t] > 0.0).then(|| events.counts[t] / unit)
}

fn naive_spread(events: Events<'_>, method: Method) -> [f64; LEVELS.len()] {
    let m = events.per_day;
    let differences = (m..events.counts.len())
        .filter_map(|t| Some(share(events, t, method)? - share(events, t - m, method)?));
    let mut differences: Vec<f64> = differences.collect();
    differences.sort_unstable_by(f64::total_cmp);
    LEVELS.map(|level| crate::stats::sorted_quantile(&differences, level))
}
