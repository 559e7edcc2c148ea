//! Randomness that can be asked for out of order: every stream is named by what it is for.
//!
//! A generator is ChaCha8 with the seed as key and a hash of the names as stream, so that any cell of
//! time can be generated alone. ChaCha's output is the same on every machine and in every release.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson, StandardNormal};

/// The generator of one stream.
pub(crate) fn stream(seed: u64, names: &[u64]) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(names.iter().fold(0x5eed, |hash, &name| mix(hash ^ mix(name))));
    rng
}

/// SplitMix64's finaliser: every bit of the input moves about half the bits of the output.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A smooth wave in [-1, 1] that wanders about with the given period: neighbouring points are alike,
/// points a few periods apart are independent. No history is needed to know its value.
pub(crate) fn wander(seed: u64, name: u64, at_us: i64, period_us: i64) -> f64 {
    let knot = at_us.div_euclid(period_us);
    let within = at_us.rem_euclid(period_us) as f64 / period_us as f64;
    let height = |knot: i64| unit(mix(seed ^ mix(name ^ mix(knot as u64)))) * 2.0 - 1.0;
    let blend = within * within * (3.0 - 2.0 * within); // smoothstep: no corners at the knots
    height(knot) * (1.0 - blend) + height(knot + 1) * blend
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

pub(crate) fn poisson(rng: &mut ChaCha8Rng, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    Poisson::new(mean).map_or(0, |poisson| poisson.sample(rng) as u64)
}

/// A factor around 1 whose logarithm is normal with this spread.
pub(crate) fn log_normal(rng: &mut ChaCha8Rng, spread: f64) -> f64 {
    let normal: f64 = StandardNormal.sample(rng);
    (normal * spread).exp()
}

/// A factor of at least 1 with a heavy tail: one in a hundred exceeds 13, none exceeds `max`.
pub(crate) fn pareto(rng: &mut ChaCha8Rng, max: f64) -> f64 {
    let below_one: f64 = rng.random();
    (1.0 - below_one).powf(-1.0 / 1.8).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_does_not_change_between_releases() {
        let mut rng = stream(42, &[1, 2]);
        assert_eq!(rng.random::<u64>(), stream(42, &[1, 2]).random::<u64>());
        assert_ne!(rng.random::<u64>(), stream(42, &[2, 1]).random::<u64>());
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf); // the published first output of SplitMix64 seeded with 0
    }

    #[test]
    fn a_wander_is_smooth_and_bounded() {
        let values: Vec<f64> = (0..1_000).map(|at| wander(7, 1, at, 50)).collect();
        assert!(values.iter().all(|value| value.abs() <= 1.0));
        let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f64::max) < 0.07);
        assert!(values.iter().any(|value| *value > 0.5) && values.iter().any(|value| *value < -0.5));
    }

    #[test]
    fn poisson_has_the_mean_it_was_asked_for() {
        let mut rng = stream(1, &[]);
        for mean in [0.05, 3.0, 40.0] {
            let sum: u64 = (0..20_000).map(|_| poisson(&mut rng, mean)).sum();
            let measured = sum as f64 / 20_000.0;
            assert!((measured / mean - 1.0).abs() < 0.1, "{measured} instead of {mean}");
        }
    }
}
