//! The forecaster: ten cheap models, each weighed by what it got wrong on the series' own past, with conformal
//! intervals from the same past.
//!
//! Past origins lie about half a day apart (so that every time of day is an origin) over at most the last two weeks, and
//! over nearly all of a history of a week: a short backtest says more than none.
//! Bands are made in logarithms and in the unit of the series and averaged: the first alone explode where values are
//! small, the second alone ignore that large values vary more.

use crate::clean::fill;
use crate::combine::{combine, equal, weigh};
use crate::conformal::{Past, Spread};
use crate::forecast::{Forecast, LEVELS, Method, Model, Scores, Share, Trust};
use crate::grid::Grid;
use crate::models::predictions;
use crate::stats::sorted_quantile;
use crate::transform::Transform;
use crate::{backtest, level};

const BACKTEST_DAYS: usize = 14;
/// What a backtest covers as soon as two days lie before it.
const YOUNG_BACKTEST_DAYS: usize = 5;
const STRIDE: f64 = 0.46;
/// Fewer past origins than this weigh nothing.
const FEWEST_ORIGINS: usize = 3;
/// Intervals are wider before three weeks have been seen: by so much for each two weeks that are missing.
const YOUNG_DAYS: f64 = 21.0;
const YOUNG: f64 = 0.25;
/// Without a backtest intervals are so much wider, and so much outside the central 80 %: three days hold no rare day.
const UNTESTED: f64 = 1.4;
const UNTESTED_TAIL: f64 = 2.0;

/// The `steps` that follow `values`. Unknown values are `NAN`; all points are `NAN` when nothing is known.
#[must_use]
pub fn forecast(values: &[f64], steps: usize, per_day: usize) -> Forecast {
    let per_day = per_day.max(1);
    let largest = values.iter().filter(|it| it.is_finite()).fold(0.0_f64, |most, it| most.max(it.abs()));
    // A power of two near the largest value: sums and squares stay finite, and no digit is lost.
    let unit = if largest > 0.0 { largest.log2().floor().clamp(-1000.0, 1000.0).exp2() } else { 1.0 };
    let scaled: Vec<f64> =
        values.iter().map(|it| if it.is_finite() { it / unit } else { f64::NAN }).collect();
    let mut forecast = forecast_scaled(&scaled, steps, per_day);
    rescale(&mut forecast, unit);
    forecast
}

fn forecast_scaled(values: &[f64], steps: usize, m: usize) -> Forecast {
    if values.iter().all(|it| it.is_nan()) {
        return level::forecast(&[], steps, m, Transform::Identity);
    }
    let filled = fill(values, m);
    let n = filled.len();
    let transform = Transform::of(&filled);
    let low = filled.iter().copied().fold(f64::INFINITY, f64::min);
    let high = filled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if n < 3 * m || high - low < 1e-12 {
        return level::forecast(&filled, steps, m, transform);
    }
    let ceiling = high + 2.0 * (high - low);
    let (stride, count) = past_origins(n, m);
    let mut origins: Vec<usize> = (1..=count).rev().map(|back| n - stride * back).collect();
    let mut truth = Grid::new(count, steps, f64::NAN);
    for (row, &origin) in origins.iter().enumerate() {
        let known = steps.min(n - origin);
        truth.row_mut(row)[..known].copy_from_slice(&values[origin..origin + known]);
    }
    origins.push(n);
    let models = predictions(&filled, steps, m, &origins, transform);
    let grids: Vec<&Grid> = models.iter().map(|it| &it.1).collect();
    let known = truth.values().iter().filter(|it| !it.is_nan()).count();
    let tested = count >= FEWEST_ORIGINS && known >= m;
    let weights = if tested { weigh(&grids, &truth) } else { equal(models.len()) };
    let shares = shares(&models, &weights);
    let points = combine(&grids, &weights);
    let mut forecast = Forecast {
        points: points.row(count).to_vec(),
        quantiles: Vec::new(),
        method: Method::Unweighed,
        shares,
        scores: None,
        backtest: None,
        trust: Trust::Untested,
    };
    if !tested {
        let logarithmic = untested(&forecast.points, &filled, m, transform);
        let level = untested(&forecast.points, &filled, m, Transform::Identity);
        let rows = logarithmic.into_iter().zip(level);
        forecast.quantiles = rows.map(|(row, other)| together(row, other, transform, ceiling)).collect();
        return forecast;
    }
    let past = Past { points: &points, truth: &truth, origins: &origins[..count], stride, per_day: m };
    let youth = YOUNG * ((YOUNG_DAYS - n as f64 / m as f64) / 14.0).max(0.0);
    let learn = |rows| {
        let mut spreads = vec![Spread::learn(past, rows, transform, youth)];
        if transform != Transform::Identity {
            spreads.push(Spread::learn(past, rows, Transform::Identity, youth));
        }
        spreads
    };
    let band = |spreads: &[Spread], point, step, origin| band(spreads, point, step, origin, ceiling);
    let spreads = learn(count);
    forecast.quantiles =
        forecast.points.iter().enumerate().map(|(step, &point)| band(&spreads, point, step, n)).collect();
    forecast.method = Method::Ensemble;
    forecast.scores = Some(Scores { steps, stride, values: spreads[0].normal_scores() });
    let backtest = backtest::run(past, &filled, learn, band);
    forecast.trust = backtest::trust(&backtest);
    forecast.backtest = Some(backtest);
    forecast
}

/// Models that count, those of one name together.
fn shares(models: &[(Model, Grid)], weights: &[f64]) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for ((model, _), &weight) in models.iter().zip(weights).filter(|it| *it.1 > 0.0) {
        match shares.iter_mut().find(|share| share.model == *model) {
            Some(share) => share.weight += weight,
            None => shares.push(Share { model: *model, weight }),
        }
    }
    shares
}

/// The distance between past origins, and how many there are.
fn past_origins(n: usize, m: usize) -> (usize, usize) {
    let stride = if m > 4 { (STRIDE * m as f64) as usize | 1 } else { 1 };
    let young = (YOUNG_BACKTEST_DAYS * m).min(n.saturating_sub(2 * m));
    let reach = (BACKTEST_DAYS * m).min(n.saturating_sub(4 * m) / 2).max(young);
    (stride, if reach >= m { reach / stride } else { 0 })
}

/// Sorted quantiles of one step: both bands on average, the logarithmic one no higher than the ceiling.
fn band(spreads: &[Spread], point: f64, step: usize, origin: usize, ceiling: f64) -> [f64; LEVELS.len()] {
    let row = spreads[0].around(point, step, origin);
    let other = spreads.get(1).map_or(row, |second| second.around(point, step, origin));
    together(row, other, spreads[0].transform(), ceiling)
}

fn together(
    mut row: [f64; LEVELS.len()],
    other: [f64; LEVELS.len()],
    transform: Transform,
    ceiling: f64,
) -> [f64; LEVELS.len()] {
    if transform != Transform::Identity {
        for (value, other) in row.iter_mut().zip(other) {
            *value = f64::midpoint(value.min(ceiling), other.max(0.0));
        }
    }
    row.sort_unstable_by(f64::total_cmp);
    row
}

/// Without a backtest: the differences from one day to the next, wider.
fn untested(points: &[f64], filled: &[f64], m: usize, transform: Transform) -> Vec<[f64; LEVELS.len()]> {
    let z = transform.all(filled);
    let mut differences: Vec<f64> = z.iter().zip(&z[m..]).map(|(was, is)| is - was).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let spread = LEVELS.map(|level| {
        let wider = if level.min(1.0 - level) < 0.09 { UNTESTED_TAIL } else { UNTESTED };
        wider * sorted_quantile(&differences, level)
    });
    points.iter().map(|&it| spread.map(|more| transform.back(transform.there(it) + more))).collect()
}

/// Back to the unit of the series. What would not be a number any more becomes the largest there is.
fn rescale(forecast: &mut Forecast, unit: f64) {
    let scale = |value: &mut f64| *value = (*value * unit).clamp(f64::MIN, f64::MAX);
    forecast.points.iter_mut().for_each(scale);
    forecast.quantiles.iter_mut().flatten().for_each(scale);
    if let Some(it) = &mut forecast.backtest {
        [&mut it.error, &mut it.error_naive, &mut it.loss, &mut it.loss_naive].into_iter().for_each(scale);
    }
}
