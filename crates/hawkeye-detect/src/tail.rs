//! How surprising a count is: exact tails of the beta-binomial and the negative binomial distribution.
//!
//! A surprise is `-ln P` of the tail, so surprises of 0 mean "nothing special" and 16 means one in nine million.
//! Both distributions carry over-dispersion: a share (or a rate) that wanders by itself makes large counts less odd.
//! Sums run from the observed count outwards with the ratio of neighbouring terms; far terms are bounded by a
//! geometric series, so the work is bounded too.
//!
//! Johnson, Kemp, Kotz: Univariate Discrete Distributions, chapters 5 and 6.

use statrs::function::beta::ln_beta;
use statrs::function::gamma::ln_gamma;

/// Terms that are added one by one before the rest is bounded.
const TERMS_MAX: usize = 400;

/// No surprise is larger, so that sums and differences stay finite.
pub(crate) const SURPRISE_MAX: f64 = 700.0;

/// `-ln P(K >= hits)` for `hits` of `n` trials whose probability is drawn from a Beta distribution with this mean
/// and this concentration (`a + b`; large means that the share hardly wanders). 0 at or below the mean.
pub(crate) fn share_surprise(hits: u64, n: u64, mean: f64, concentration: f64) -> f64 {
    let (k, total) = (hits as f64, n as f64);
    if hits == 0 || hits > n || k <= total * mean {
        return 0.0;
    }
    let a = (mean * concentration).max(1e-9);
    let b = ((1.0 - mean) * concentration).max(1e-9);
    let choose = -ln_beta(k + 1.0, total - k + 1.0) - (total + 1.0).ln();
    let first = choose + ln_beta(k + a, total - k + b) - ln_beta(a, b);
    let ratio = |k: f64| (total - k) / (k + 1.0) * (k + a) / (total - k - 1.0 + b);
    surprise(first, k, total, ratio)
}

/// `-ln P(K <= count)` for counts with this mean and the variance `mean + dispersion * mean^2`. 0 above the mean.
pub(crate) fn shortfall_surprise(count: u64, mean: f64, dispersion: f64) -> f64 {
    let k = count as f64;
    if k >= mean {
        return 0.0;
    }
    if count == 0 {
        return ln_pmf(0.0, mean, dispersion).abs().min(SURPRISE_MAX);
    }
    // Downwards: the term before k is term(k) divided by the ratio of its neighbours.
    let ratio = |below: f64| 1.0 / growth(k - below - 1.0, mean, dispersion);
    surprise(ln_pmf(k, mean, dispersion), 0.0, k, ratio)
}

/// `-ln P(K >= count)` of the same distribution. 0 below the mean.
pub(crate) fn excess_surprise(count: u64, mean: f64, dispersion: f64) -> f64 {
    let k = count as f64;
    if k <= mean {
        return 0.0;
    }
    surprise(ln_pmf(k, mean, dispersion), k, f64::INFINITY, |k| growth(k, mean, dispersion))
}

/// `-ln` of the sum of a term, given by its logarithm, and those after it, up to the position `end`.
fn surprise(first: f64, start: f64, end: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut at) = (1.0, 1.0, start);
    for _ in 0..TERMS_MAX {
        if at >= end {
            break;
        }
        let step = ratio(at);
        term *= step;
        sum += term;
        at += 1.0;
        if term < 1e-9 * sum {
            break;
        }
    }
    if at < end && term >= 1e-9 * sum {
        let step = ratio(at).clamp(0.0, 0.999_9);
        sum += term * step / (1.0 - step);
    }
    (-(first + sum.ln())).clamp(0.0, SURPRISE_MAX)
}

/// `P(k + 1) / P(k)`.
fn growth(k: f64, mean: f64, dispersion: f64) -> f64 {
    mean * (1.0 + dispersion * k) / ((k + 1.0) * (1.0 + dispersion * mean))
}

/// The negative binomial probability of `k`; Poisson when the dispersion vanishes.
fn ln_pmf(k: f64, mean: f64, dispersion: f64) -> f64 {
    let mean = mean.max(1e-9);
    if dispersion < 1e-6 {
        return k * mean.ln() - mean - ln_gamma(k + 1.0);
    }
    let r = 1.0 / dispersion;
    let spread = (1.0 + dispersion * mean).ln();
    let shape = if k == 0.0 { 0.0 } else { ln_gamma(k + r) - ln_gamma(r) - ln_gamma(k + 1.0) };
    shape - r * spread + k * ((dispersion * mean).ln() - spread)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(actual: f64, probability: f64) {
        assert!((actual + probability.ln()).abs() < 1e-3, "{actual} is not {}", -probability.ln());
    }

    #[test]
    fn without_dispersion_the_shares_are_binomial() {
        // 1 - 0.9^10, and 0.1^2 * 0.9^0.
        check(share_surprise(2, 2, 0.1, 1e9), 0.01);
        // P(K >= 3 | 10, 0.1) = 1 - 0.9298092 = 0.0701908
        check(share_surprise(3, 10, 0.1, 1e9), 0.070_190_8);
    }

    #[test]
    fn a_uniform_share_makes_every_count_alike() {
        // Beta(1, 1): each of 0..=10 has the probability 1/11.
        check(share_surprise(8, 10, 0.5, 2.0), 3.0 / 11.0);
    }

    #[test]
    fn without_dispersion_the_counts_are_poisson() {
        check(shortfall_surprise(0, 20.0, 0.0), (-20.0f64).exp());
        // P(K <= 1 | 5) = e^-5 * 6, P(K >= 2 | 1) = 1 - 2/e.
        check(shortfall_surprise(1, 5.0, 0.0), 6.0 * (-5.0f64).exp());
        check(excess_surprise(2, 1.0, 0.0), 1.0 - 2.0 / std::f64::consts::E);
    }

    #[test]
    fn with_dispersion_one_the_counts_are_geometric() {
        // Mean 1: P(K >= k) = 2^-k.
        check(excess_surprise(5, 1.0, 1.0), 1.0 / 32.0);
        check(shortfall_surprise(0, 3.0, 1.0), 0.25);
        check(shortfall_surprise(2, 3.0, 1.0), 1.0 - 27.0 / 64.0);
    }

    proptest! {
        #[test]
        fn more_hits_surprise_more(n in 1u64..2_000, k in 0u64..2_000, mean in 0.0001f64..0.9, m in 2.0f64..1e6) {
            prop_assume!(k < n);
            let (less, more) = (share_surprise(k, n, mean, m), share_surprise(k + 1, n, mean, m));
            prop_assert!(more + 1e-6 >= less, "{less} {more}");
            prop_assert!(more.is_finite());
        }

        #[test]
        fn counts_further_from_the_mean_surprise_more(k in 0u64..5_000, mean in 0.01f64..5_000.0, d in 0.0f64..2.0) {
            // The bound of the far terms is not exact, and it is needed only where little is surprising.
            prop_assert!(excess_surprise(k + 1, mean, d) + 0.02 >= excess_surprise(k, mean, d));
            prop_assert!(shortfall_surprise(k, mean, d) + 0.02 >= shortfall_surprise(k + 1, mean, d));
        }

        #[test]
        fn dispersion_takes_surprise_away(k in 200u64..2_000, d in 0.001f64..1.0) {
            prop_assert!(excess_surprise(k, 100.0, d) <= excess_surprise(k, 100.0, 0.0) + 1e-6);
        }
    }
}
