//! The models that are weighed against each other. Each predicts the same steps from every origin and looks at nothing
//! after it.

mod analog;
mod autoregression;
mod profile;
mod theta;

use crate::clean::clean;
use crate::forecast::Model;
use crate::grid::Grid;
use crate::stats::mean;
use crate::transform::Transform;

/// Half-life in days and ridge of the three autoregressions.
const AUTOREGRESSIONS: [(Model, f64, f64); 3] = [
    (Model::Autoregression, 7.0, 1e-3),
    (Model::RobustAutoregression, 7.0, 1e-3),
    (Model::SlowAutoregression, 14.0, 3e-2),
];

/// Days that are compared, and how much less each earlier step of them counts.
const ANALOGS: [(Model, usize, f64); 3] =
    [(Model::AnalogDay, 1, 0.95), (Model::AnalogTwoDays, 2, 0.98), (Model::AnalogWeek, 7, 0.99)];

/// Two weeks and a day must lie before the first origin for medians of weeks.
const WEEKS_FROM_DAY: usize = 15;

/// What each model predicts in the unit of the series, a row an origin; `values` have no gaps.
pub(crate) fn predictions(
    values: &[f64],
    steps: usize,
    per_day: usize,
    origins: &[usize],
    transform: Transform,
) -> Vec<(Model, Grid)> {
    let m = per_day;
    let seen = transform.all(values);
    let cleaned = clean(&seen, m);
    let first = origins.first().copied().unwrap_or(values.len());
    let mut all = Vec::with_capacity(10);
    if first > 2 * m + 1 {
        let lags = autoregression::lags(m, first);
        for (model, half_life, ridge) in AUTOREGRESSIONS {
            let source = if model == Model::Autoregression { &seen } else { &cleaned };
            // Only what the first origin knows may set the centre.
            let centre = mean(&source[..first]);
            let centred: Vec<f64> = source.iter().map(|it| it - centre).collect();
            let grid = autoregression::predict(&centred, m, &lags, ridge, half_life, origins, steps);
            all.push((model, grid.map(|it| it + centre)));
        }
        for (model, days, decay) in ANALOGS {
            let row = |origin, out: &mut [f64]| analog::predict(&seen[..origin], m, days, decay, out);
            all.push((model, Grid::of(origins, steps, row)));
        }
    }
    let row = |origin, out: &mut [f64]| theta::predict(&cleaned[..origin], m, out);
    all.push((Model::Theta, Grid::of(origins, steps, row)));
    let row = |origin, out: &mut [f64]| profile::median_day(&cleaned[..origin], m, out);
    all.push((Model::MedianDay, Grid::of(origins, steps, row)));
    if first >= WEEKS_FROM_DAY * m {
        let row = |origin, out: &mut [f64]| profile::median_week(&seen[..origin], m, out);
        all.push((Model::AnalogWeek, Grid::of(origins, steps, row)));
    }
    let row = |origin, out: &mut [f64]| profile::level(&cleaned[..origin], m, out);
    all.push((Model::Level, Grid::of(origins, steps, row)));
    all.into_iter().map(|(model, grid)| (model, grid.map(|it| transform.back(it)))).collect()
}
