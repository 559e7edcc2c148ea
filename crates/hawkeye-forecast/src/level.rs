//! Series too short for anything else: the median of the last day, and the spread of what was seen, half as wide again.

use crate::forecast::{Forecast, LEVELS, Method, Trust};
use crate::stats::{median, sorted_quantile};
use crate::transform::Transform;

const WIDER: f64 = 1.5;

/// `values` have no gaps. Everything is `NAN` when there are none.
pub(crate) fn forecast(values: &[f64], steps: usize, per_day: usize, transform: Transform) -> Forecast {
    let (point, row) = if values.is_empty() {
        (f64::NAN, [f64::NAN; LEVELS.len()])
    } else {
        let z = transform.all(values);
        let point = median(&mut z[z.len().saturating_sub(per_day)..].to_vec());
        let mut sorted = z;
        let middle = median(&mut sorted);
        let row =
            LEVELS.map(|level| transform.back(point + WIDER * (sorted_quantile(&sorted, level) - middle)));
        (transform.back(point), row)
    };
    Forecast {
        points: vec![point; steps],
        quantiles: vec![row; steps],
        method: Method::Level,
        shares: Vec::new(),
        scores: None,
        backtest: None,
        trust: Trust::Untested,
    }
}
