//! Who forecasts: the core, repeating the last day, and two models of `augurs` as others use them.

use augurs_core::{Fit as _, Forecast as Peer, Predict};
use augurs_ets::AutoETS;
use augurs_mstl::MSTLModel;
use hawkeye_forecast::LEVELS;

/// Points and quantiles at [`LEVELS`], a row a step.
#[derive(Debug, Clone)]
pub(crate) struct Prediction {
    pub(crate) points: Vec<f64>,
    pub(crate) quantiles: Vec<[f64; LEVELS.len()]>,
}

/// Values (`NAN` where unknown), steps, steps a day. `None` when a model gives up.
type Forecaster = fn(&[f64], usize, usize) -> Option<Prediction>;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) forecast: Forecaster,
    /// Whether intervals learn from the forecasts before.
    pub(crate) corrected: bool,
}

pub(crate) const HAWKEYE: Contender = Contender { name: "hawkeye", forecast: hawkeye, corrected: false };
pub(crate) const CORRECTED: Contender =
    Contender { name: "hawkeye, corrected online", corrected: true, ..HAWKEYE };
pub(crate) const NAIVE: Contender =
    Contender { name: "repeat the last day (seasonal naive)", forecast: seasonal_naive, corrected: false };
pub(crate) const ALL: [Contender; 4] = [
    HAWKEYE,
    NAIVE,
    Contender { name: "augurs MSTL (day, week) + AutoETS", forecast: mstl, corrected: false },
    Contender { name: "augurs AutoETS", forecast: ets, corrected: false },
];

fn hawkeye(values: &[f64], steps: usize, per_day: usize) -> Option<Prediction> {
    let forecast = hawkeye_forecast::forecast(values, steps, per_day);
    Some(Prediction { points: forecast.points, quantiles: forecast.quantiles })
}

/// Normal quantiles with the spread of the differences from one day to the next, wider with each day ahead.
fn seasonal_naive(values: &[f64], steps: usize, per_day: usize) -> Option<Prediction> {
    let values = filled(values);
    let differences: Vec<f64> =
        values.iter().zip(values.iter().skip(per_day)).map(|(was, is)| is - was).collect();
    let square = differences.iter().map(|it| it * it).sum::<f64>() / differences.len().max(1) as f64;
    let last = values.len().checked_sub(per_day)?;
    let points: Vec<f64> = (0..steps).map(|step| values[last + step % per_day]).collect();
    let quantiles = points.iter().enumerate().map(|(step, point)| {
        let deviation = (square * (step / per_day + 1) as f64).sqrt();
        NORMAL.map(|z| point + z * deviation)
    });
    let quantiles = quantiles.collect();
    Some(Prediction { points, quantiles })
}

/// Standard normal quantiles at [`LEVELS`].
const NORMAL: [f64; LEVELS.len()] = [
    -1.959_964, -1.644_854, -1.281_552, -0.841_621, -0.674_490, -0.524_401, -0.253_347, 0.0, 0.253_347,
    0.524_401, 0.674_490, 0.841_621, 1.281_552, 1.644_854, 1.959_964,
];

fn mstl(values: &[f64], steps: usize, per_day: usize) -> Option<Prediction> {
    let values = filled(values);
    let periods = [per_day, 7 * per_day].into_iter().filter(|period| values.len() > 2 * period).collect();
    let trend = AutoETS::non_seasonal().into_trend_model();
    let fitted = MSTLModel::new(periods, trend).fit(&values).ok()?;
    levels(|level| fitted.predict(steps, level).ok())
}

fn ets(values: &[f64], steps: usize, _: usize) -> Option<Prediction> {
    let fitted = AutoETS::non_seasonal().fit(&filled(values)).ok()?;
    levels(|level| fitted.predict(steps, level).ok())
}

/// One central interval a call.
fn levels(predict: impl Fn(f64) -> Option<Peer>) -> Option<Prediction> {
    let middle = LEVELS.len() / 2;
    let points = predict(0.5)?.point;
    let mut quantiles: Vec<[f64; LEVELS.len()]> = points.iter().map(|&it| [it; LEVELS.len()]).collect();
    for pair in 0..middle {
        let intervals = predict(1.0 - 2.0 * LEVELS[pair])?.intervals?;
        for ((row, low), high) in quantiles.iter_mut().zip(&intervals.lower).zip(&intervals.upper) {
            row[pair] = *low;
            row[LEVELS.len() - 1 - pair] = *high;
        }
    }
    quantiles.iter().flatten().all(|it| it.is_finite()).then_some(Prediction { points, quantiles })
}

/// Peers know no gaps: the value before is repeated.
fn filled(values: &[f64]) -> Vec<f64> {
    let first = values.iter().copied().find(|it| !it.is_nan()).unwrap_or(0.0);
    let mut last = first;
    let filled = values.iter().map(|&value| {
        if !value.is_nan() {
            last = value;
        }
        last
    });
    filled.collect()
}
