//! How errors hang together: from step to step within one forecast, and between forecasts of the same time.
//!
//! Within: `corr(lag) = a + (1 - a) rho^lag` of the normal scores of past errors. `a` is what is left at long lags, a
//! whole horizon that is too high or too low; `rho` is what fades. Between: the correlation of scores at the same origin
//! and step, shrunk by how much of it may be luck, and made a correlation matrix again by dropping its negative eigenvalues.

use crate::forecast::{Forecast, Scores};

/// Lags that are looked at for the part that does not fade, evenly spread: more of them say the same again.
const LONG_LAGS_MAX: usize = 48;
/// Pairs of scores below which a correlation is mostly luck.
const PAIRS_MIN: usize = 24;
/// A shared part of one would leave nothing to fade.
const SHARED_MAX: f64 = 0.98;
const RHO_MAX: f64 = 0.995;
/// Independent errors that one origin is worth: neighbouring steps err alike.
const ERRORS_PER_ORIGIN: f64 = 2.0;
/// Turns of the Jacobi method; small matrices need about six.
const SWEEPS_MAX: usize = 30;

/// Dependence of one series' errors from step to step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Serial {
    /// Share of the variance that all steps have in common.
    pub(crate) shared: f64,
    /// Correlation of the rest from one step to the next.
    pub(crate) rho: f64,
}

impl Serial {
    /// Without a backtest: most of a new series' error is its level, and the rest fades within a few steps.
    pub(crate) const PRIOR: Self = Self { shared: 0.65, rho: 0.8 };

    pub(crate) fn new(scores: Option<&Scores>) -> Self {
        let Some(scores) = scores.filter(|scores| scores.steps >= 2) else { return Self::PRIOR };
        let Some(next) = lagged(scores, 1) else { return Self::PRIOR };
        let first = (scores.steps / 3).max(2);
        let stride = ((scores.steps - first.min(scores.steps)) / LONG_LAGS_MAX).max(1);
        let (mut sum, mut count) = (0.0, 0.0);
        for lag in (first..scores.steps).step_by(stride) {
            if let Some(correlation) = lagged(scores, lag) {
                // A long lag is seen by few pairs, a short one by many.
                let weight = (scores.steps - lag) as f64;
                sum += weight * correlation;
                count += weight;
            }
        }
        let shared = if count > 0.0 { (sum / count).clamp(0.0, SHARED_MAX) } else { 0.0 };
        let rho = ((next - shared) / (1.0 - shared)).clamp(0.0, RHO_MAX);
        // Errors of the past are those of the backtest's own models, which were fitted to many of the same values; half
        // of the variance in common is what breaches of real services showed.
        Self { shared: (0.5 + 0.5 * shared).min(SHARED_MAX), rho }
    }
}

/// Correlation of scores that lie `lag` steps apart in the same forecast.
fn lagged(scores: &Scores, lag: usize) -> Option<f64> {
    let mut pairs = Pairs::default();
    for row in scores.values.chunks_exact(scores.steps) {
        for (&early, &late) in row.iter().zip(row.iter().skip(lag)) {
            pairs.add(early, late);
        }
    }
    pairs.correlation()
}

/// Sums of products of scores. Their mean is zero by construction, so nothing is centred.
#[derive(Debug, Default)]
struct Pairs {
    count: usize,
    product: f64,
    first: f64,
    second: f64,
}

impl Pairs {
    fn add(&mut self, first: f64, second: f64) {
        if first.is_finite() && second.is_finite() {
            self.count += 1;
            self.product += first * second;
            self.first += first * first;
            self.second += second * second;
        }
    }

    fn correlation(&self) -> Option<f64> {
        let scale = (self.first * self.second).sqrt();
        (self.count >= PAIRS_MIN && scale > 0.0).then(|| (self.product / scale).clamp(-1.0, 1.0))
    }
}

/// Correlation of two forecasts' errors at the same origin and step, aligned by the newest origin. Zero when nothing is
/// known: what is not seen together is not claimed to fail together.
fn between(one: &Forecast, other: &Forecast) -> f64 {
    let (Some(one), Some(other)) = (&one.scores, &other.scores) else { return 0.0 };
    if one.stride != other.stride || one.steps == 0 || other.steps == 0 {
        return 0.0;
    }
    let mut pairs = Pairs::default();
    let mut origins = 0.0;
    let rows = one.values.chunks_exact(one.steps).rev().zip(other.values.chunks_exact(other.steps).rev());
    for (row, other_row) in rows {
        origins += 1.0;
        for (&score, &other_score) in row.iter().zip(other_row) {
            pairs.add(score, other_score);
        }
    }
    pairs.correlation().map_or(0.0, |correlation| shrunk(correlation, ERRORS_PER_ORIGIN * origins))
}

/// What is left of a correlation that so many independent errors show: all of a strong one, little of one that may be
/// luck (`r^2 / (r^2 + error^2)` of it).
fn shrunk(correlation: f64, errors: f64) -> f64 {
    let square = correlation * correlation;
    let luck = (1.0 - square) * (1.0 - square) / errors.max(1.0);
    if square > 0.0 { correlation * square / (square + luck) } else { 0.0 }
}

/// A square root of the forecasts' correlation matrix, row after row: independent normal values times it are correlated.
pub(crate) fn factor(forecasts: &[&Forecast]) -> Vec<f64> {
    let size = forecasts.len();
    let mut matrix = vec![0.0; size * size];
    for row in 0..size {
        matrix[row * size + row] = 1.0;
        for column in 0..row {
            let correlation = between(forecasts[row], forecasts[column]);
            matrix[row * size + column] = correlation;
            matrix[column * size + row] = correlation;
        }
    }
    root(matrix, size)
}

/// `V sqrt(D)` of a symmetric matrix with the negative eigenvalues left out and rows scaled to length one.
fn root(mut matrix: Vec<f64>, size: usize) -> Vec<f64> {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|at| vectors[at * size + at] = 1.0);
    for _ in 0..SWEEPS_MAX {
        let mut rest = 0.0;
        for row in 0..size {
            for column in 0..row {
                rest += matrix[row * size + column].abs();
                rotate(&mut matrix, &mut vectors, size, row, column);
            }
        }
        if rest < 1e-12 {
            break;
        }
    }
    for row in vectors.chunks_exact_mut(size.max(1)) {
        for (at, value) in row.iter_mut().enumerate() {
            *value *= matrix[at * size + at].max(0.0).sqrt();
        }
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.iter_mut().for_each(|value| *value /= length.max(f64::MIN_POSITIVE));
    }
    vectors
}

/// One Jacobi rotation, which makes the element at (`row`, `column`) zero.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, row: usize, column: usize) {
    let off = matrix[row * size + column];
    if off.abs() < 1e-15 {
        return;
    }
    let theta = (matrix[column * size + column] - matrix[row * size + row]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for at in 0..size {
        let (one, other) = (matrix[at * size + row], matrix[at * size + column]);
        matrix[at * size + row] = cosine * one - sine * other;
        matrix[at * size + column] = sine * one + cosine * other;
    }
    for at in 0..size {
        let (one, other) = (matrix[row * size + at], matrix[column * size + at]);
        matrix[row * size + at] = cosine * one - sine * other;
        matrix[column * size + at] = sine * one + cosine * other;
        let (one, other) = (vectors[at * size + row], vectors[at * size + column]);
        vectors[at * size + row] = cosine * one - sine * other;
        vectors[at * size + column] = sine * one + cosine * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix that a root stands for.
    fn product(root: &[f64], size: usize) -> Vec<f64> {
        let rows: Vec<&[f64]> = root.chunks_exact(size).collect();
        let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum();
        rows.iter().flat_map(|one| rows.iter().map(move |other| dot(one, other))).collect()
    }

    #[track_caller]
    fn check_root(matrix: &[f64], size: usize, expected: &[f64]) {
        let product = product(&root(matrix.to_vec(), size), size);
        for (value, expected) in product.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-3, "{product:?} is not {expected:?}");
        }
    }

    #[test]
    fn a_correlation_matrix_stays_and_an_impossible_one_becomes_the_next_possible() {
        check_root(&[1.0], 1, &[1.0]);
        check_root(&[1.0, 0.6, 0.6, 1.0], 2, &[1.0, 0.6, 0.6, 1.0]);
        let possible = [1.0, 0.5, 0.2, 0.5, 1.0, -0.3, 0.2, -0.3, 1.0];
        check_root(&possible, 3, &possible);
        let impossible = [1.0, 0.9, -0.9, 0.9, 1.0, 0.9, -0.9, 0.9, 1.0];
        check_root(&impossible, 3, &[1.0, 0.5, -0.5, 0.5, 1.0, 0.5, -0.5, 0.5, 1.0]);
    }

    #[track_caller]
    fn check_serial(row: impl Fn(usize, usize) -> f64, shared: f64, rho: f64) {
        let (steps, origins) = (24, 40);
        let values = (0..origins).flat_map(|origin| (0..steps).map(move |step| (origin, step)));
        let values = values.map(|(origin, step)| row(origin, step)).collect();
        let serial = Serial::new(Some(&Scores { steps, stride: 11, values }));
        assert!((serial.shared - shared).abs() < 0.06 && (serial.rho - rho).abs() < 0.12, "{serial:?}");
    }

    /// Values that look random and are the same everywhere.
    fn hashed(seed: usize) -> f64 {
        let bits = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((bits ^ (bits >> 32)) >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0
    }

    #[test]
    fn what_all_steps_share_and_what_fades_are_told_apart() {
        check_serial(|origin, step| hashed(origin * 24 + step), 0.5, 0.0);
        check_serial(|origin, _| hashed(origin), 0.98, 0.995);
        check_serial(|origin, step| hashed(origin) + hashed(7_777 + origin * 24 + step), 0.75, 0.0);
        check_serial(|origin, step| hashed(origin * 24 + step / 4), 0.5, 0.75);
    }

    #[test]
    fn strong_correlations_stay_and_weak_ones_may_be_luck() {
        for (correlation, errors, expected) in
            [(1.0, 50.0, 1.0), (0.7, 50.0, 0.692), (0.1, 50.0, 0.034), (-0.7, 50.0, -0.692), (0.0, 0.0, 0.0)]
        {
            let value = shrunk(correlation, errors);
            assert!((value - expected).abs() < 2e-3, "{value} is not {expected}");
        }
    }

    #[test]
    fn too_few_scores_give_the_prior() {
        assert_eq!(Serial::new(None), Serial::PRIOR);
        let scores = Scores { steps: 4, stride: 1, values: vec![f64::NAN; 12] };
        assert_eq!(Serial::new(Some(&scores)), Serial::PRIOR);
        assert_eq!(Serial::new(Some(&Scores { steps: 0, stride: 1, values: vec![] })), Serial::PRIOR);
    }
}
