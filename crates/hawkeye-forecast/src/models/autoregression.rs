//! Seasonal autoregression: `x_t = dummy[t mod m] + sum_j b_j x_(t - lag_j)`, ridge regression with exponential
//! weights, refitted at every origin from running sums.
//!
//! The dummies are eliminated from the normal equations, so each fit solves at most 8 by 8. The path is recursive and
//! stays within a quarter of the range beyond what was seen.

use crate::grid::Grid;

/// Ridge on the dummies, as a share of the total weight.
const DUMMY_RIDGE: f64 = 1e-3;
const BEYOND: f64 = 0.25;
/// Weights grow towards the present; beyond this all sums are scaled down.
const HUGE_WEIGHT: f64 = 1e100;

/// Around one step, one day, and one week when the first origin has seen enough weeks.
pub(crate) fn lags(per_day: usize, first: usize) -> Vec<usize> {
    let (m, week) = (per_day, 7 * per_day);
    let mut lags = vec![1, 2, m - 1, m, m + 1];
    if first > week + 3 * m {
        lags.extend([week - 1, week, week + 1]);
    }
    lags.sort_unstable();
    lags.dedup();
    lags.retain(|&lag| lag > 0);
    lags
}

/// Running sums of the normal equations.
struct Sums {
    lags: usize,
    weight: Vec<f64>,
    /// One row of lagged values a phase.
    lagged: Vec<f64>,
    value: Vec<f64>,
    /// Lower triangle.
    product: Vec<f64>,
    response: Vec<f64>,
    total: f64,
    square: f64,
}

/// `x` is centred.
pub(crate) fn predict(
    x: &[f64],
    m: usize,
    lags: &[usize],
    ridge: f64,
    half_life_days: f64,
    origins: &[usize],
    steps: usize,
) -> Grid {
    let p = lags.len();
    let longest = lags.iter().copied().max().unwrap_or(1);
    let mut sums = Sums::new(m, p);
    let growth = 0.5_f64.powf(1.0 / (half_life_days * m as f64));
    let mut weight = 1.0;
    let mut at = longest;
    let seen = &x[..longest.min(x.len())];
    let mut low = seen.iter().copied().fold(f64::INFINITY, f64::min);
    let mut high = seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut row = vec![0.0; p];
    let mut path = vec![0.0; longest + steps];
    Grid::of(origins, steps, |origin, out| {
        while at < origin {
            weight /= growth;
            if weight > HUGE_WEIGHT {
                sums.scale(1.0 / weight);
                weight = 1.0;
            }
            low = low.min(x[at]);
            high = high.max(x[at]);
            for (value, lag) in row.iter_mut().zip(lags) {
                *value = x[at - lag];
            }
            sums.add(at % m, x[at], &row, weight);
            at += 1;
        }
        let (dummies, slopes) = sums.fit(ridge);
        let (floor, ceiling) = (low - BEYOND * (high - low), high + BEYOND * (high - low));
        path[..longest].copy_from_slice(&x[origin - longest..origin]);
        for (step, out) in out.iter_mut().enumerate() {
            let mut value = dummies[(origin + step) % m];
            for (slope, lag) in slopes.iter().zip(lags) {
                value += slope * path[longest + step - lag];
            }
            *out = value.max(floor).min(ceiling);
            path[longest + step] = *out;
        }
    })
}

impl Sums {
    fn new(m: usize, p: usize) -> Self {
        Self {
            lags: p,
            weight: vec![0.0; m],
            lagged: vec![0.0; m * p],
            value: vec![0.0; m],
            product: vec![0.0; p * p],
            response: vec![0.0; p],
            total: 0.0,
            square: 0.0,
        }
    }

    fn add(&mut self, phase: usize, value: f64, row: &[f64], weight: f64) {
        let p = self.lags;
        self.weight[phase] += weight;
        self.value[phase] += weight * value;
        self.total += weight;
        self.square += weight * value * value;
        let lagged = &mut self.lagged[phase * p..(phase + 1) * p];
        for (j, &x) in row.iter().enumerate() {
            let weighted = weight * x;
            lagged[j] += weighted;
            self.response[j] += weighted * value;
            for (sum, other) in self.product[j * p..=j * p + j].iter_mut().zip(row) {
                *sum += weighted * other;
            }
        }
    }

    fn scale(&mut self, factor: f64) {
        let sums =
            [&mut self.weight, &mut self.lagged, &mut self.value, &mut self.product, &mut self.response];
        for sum in sums.into_iter().flatten() {
            *sum *= factor;
        }
        self.total *= factor;
        self.square *= factor;
    }

    /// The dummies and the slopes.
    fn fit(&self, ridge: f64) -> (Vec<f64>, Vec<f64>) {
        let p = self.lags;
        let dummy_ridge = DUMMY_RIDGE * self.total;
        let (mut matrix, mut right) = (self.product.clone(), self.response.clone());
        let inverse: Vec<f64> =
            self.weight.iter().map(|it| 1.0 / (it + dummy_ridge).max(f64::MIN_POSITIVE)).collect();
        for ((lagged, value), inverse) in self.lagged.chunks_exact(p).zip(&self.value).zip(&inverse) {
            for j in 0..p {
                let scaled = lagged[j] * inverse;
                right[j] -= scaled * value;
                for (entry, other) in matrix[j * p..=j * p + j].iter_mut().zip(lagged) {
                    *entry -= scaled * other;
                }
            }
        }
        let penalty = ridge * self.square + 1e-12 * self.total + 1e-300;
        for j in 0..p {
            matrix[j * p + j] += penalty;
        }
        // Without a solution the dummies alone predict.
        let slopes = solve(&mut matrix, &right).unwrap_or_else(|| vec![0.0; p]);
        let dummies = self.lagged.chunks_exact(p).zip(&self.value).zip(&inverse);
        let dummies = dummies.map(|((lagged, value), inverse)| {
            (value - lagged.iter().zip(&slopes).map(|(x, slope)| x * slope).sum::<f64>()) * inverse
        });
        (dummies.collect(), slopes)
    }
}

/// Cholesky: the lower triangle of a positive definite matrix is overwritten by its factor.
fn solve(matrix: &mut [f64], right: &[f64]) -> Option<Vec<f64>> {
    let p = right.len();
    for j in 0..p {
        for i in j..p {
            let known: f64 = (0..j).map(|k| matrix[i * p + k] * matrix[j * p + k]).sum();
            let rest = matrix[i * p + j] - known;
            if i > j {
                matrix[i * p + j] = rest / matrix[j * p + j];
            } else if rest > 0.0 && rest.is_finite() {
                matrix[j * p + j] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut x = right.to_vec();
    for i in 0..p {
        let known: f64 = (0..i).map(|k| matrix[i * p + k] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * p + i];
    }
    for i in (0..p).rev() {
        let known: f64 = (i + 1..p).map(|k| matrix[k * p + i] * x[k]).sum();
        x[i] = (x[i] - known) / matrix[i * p + i];
    }
    x.iter().all(|it| it.is_finite()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_are_distinct_and_positive() {
        assert_eq!(lags(24, 100), [1, 2, 23, 24, 25]);
        assert_eq!(lags(24, 400), [1, 2, 23, 24, 25, 167, 168, 169]);
        assert_eq!(lags(1, 5), [1, 2]);
        assert_eq!(lags(2, 5), [1, 2, 3]);
    }

    #[test]
    fn a_linear_system_is_solved() {
        let mut matrix = [4.0, 0.0, 2.0, 3.0];
        let x = solve(&mut matrix, &[10.0, 8.0]).unwrap();
        assert!((x[0] - 1.75).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12, "{x:?}");
        assert_eq!(solve(&mut [-1.0], &[1.0]), None);
    }

    #[test]
    fn an_alternating_series_goes_on() {
        let x: Vec<f64> = (0..120).map(|t| if t % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let grid = predict(&x, 4, &lags(4, 120), 1e-6, 7.0, &[120], 4);
        for (step, value) in grid.row(0).iter().enumerate() {
            assert!((value - x[step]).abs() < 0.05, "{value}");
        }
    }
}
