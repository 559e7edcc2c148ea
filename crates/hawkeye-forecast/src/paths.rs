//! Possible futures: draws of all steps together, so that one can ask about runs, maxima and sums.
//!
//! A path is a normal score for each step, `z = sqrt(a) shared + sqrt(1 - a) AR(1)`, looked up in the step's own
//! quantiles: linear between them in `z`, on a log scale where nothing is negative, and with the outermost slope beyond
//! them. Several forecasts are drawn together with the correlation that their past errors had. What is asked of paths
//! belongs to [`crate::breach`] and [`crate::journey`].

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::dependence::{Serial, factor};
use crate::forecast::{Forecast, LEVELS, Method};

/// More paths change a probability by less than half a percentage point.
pub const PATHS_MAX: usize = 10_000;
/// Forecasts that are drawn together: two for each of the twenty steps of a journey. Those beyond it are drawn alone.
pub const FORECASTS_MAX: usize = 40;
/// Values of one forecast's paths, 32 MiB: fewer paths are drawn of very long forecasts.
const VALUES_MAX: usize = 4 << 20;
/// Tails are followed so far, one value in 2,000: the slope is that of the last two quantiles and no wiser.
const SCORE_MAX: f64 = 3.3;

/// Standard normal quantiles of [`LEVELS`].
pub(crate) const LEVEL_SCORES: [f64; LEVELS.len()] = [
    -1.959_963_984_540_054,
    -1.644_853_626_951_472_6,
    -1.281_551_565_544_600_5,
    -0.841_621_233_572_914_2,
    -0.674_489_750_196_081_7,
    -0.524_400_512_708_041,
    -0.253_347_103_135_799_7,
    0.0,
    0.253_347_103_135_799_7,
    0.524_400_512_708_041,
    0.674_489_750_196_081_7,
    0.841_621_233_572_914_2,
    1.281_551_565_544_600_5,
    1.644_853_626_951_472_6,
    1.959_963_984_540_054,
];

/// Draws of a forecast's steps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paths {
    pub steps: usize,
    pub count: usize,
    /// One path after the other.
    pub values: Vec<f64>,
}

impl Paths {
    /// One path after the other.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> + '_ {
        self.values.chunks_exact(self.steps.max(1))
    }

    /// The values of one step in all paths, in their order.
    pub fn at(&self, step: usize) -> impl Iterator<Item = f64> + '_ {
        self.iter().filter_map(move |path| path.get(step).copied())
    }
}

/// Draws `count` paths, at most [`PATHS_MAX`]. The same arguments give the same paths.
#[must_use]
pub fn paths(forecast: &Forecast, count: usize, seed: u64) -> Paths {
    joint_paths(&[forecast], count, seed).pop().unwrap_or_default()
}

/// Draws paths of several forecasts of the same time: path `i` of each belongs to path `i` of the others. At most
/// [`FORECASTS_MAX`] are correlated.
#[must_use]
pub fn joint_paths(forecasts: &[&Forecast], count: usize, seed: u64) -> Vec<Paths> {
    let steps_max = forecasts.iter().map(|forecast| forecast.quantiles.len()).max().unwrap_or(0);
    let count = count.min(PATHS_MAX).min(VALUES_MAX / steps_max.max(1));
    let mut all: Vec<Drawn> = forecasts.iter().map(|forecast| Drawn::new(forecast, count)).collect();
    let correlated = forecasts.len().min(FORECASTS_MAX);
    let root = factor(&forecasts[..correlated]);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = vec![0.0; forecasts.len()];
    let mut mixed = vec![0.0; forecasts.len()];
    let mut draw = |mixed: &mut Vec<f64>| {
        normal.iter_mut().for_each(|value| *value = StandardNormal.sample(&mut rng));
        mixed.copy_from_slice(&normal);
        for (mixed, row) in mixed.iter_mut().zip(root.chunks_exact(correlated.max(1))) {
            *mixed = row.iter().zip(&normal).map(|(weight, value)| weight * value).sum();
        }
    };
    for _ in 0..count {
        draw(&mut mixed);
        all.iter_mut().zip(&mixed).for_each(|(drawn, &value)| drawn.shared = value);
        for step in 0..steps_max {
            draw(&mut mixed);
            all.iter_mut().zip(&mixed).for_each(|(drawn, &value)| drawn.push(step, value));
        }
    }
    all.into_iter().map(|drawn| drawn.paths).collect()
}

/// One forecast while its paths are drawn.
#[derive(Debug)]
struct Drawn {
    marginals: Vec<Marginal>,
    scale: Scale,
    /// Counts have no values in between.
    is_whole: bool,
    serial: Serial,
    shared: f64,
    fading: f64,
    paths: Paths,
}

impl Drawn {
    fn new(forecast: &Forecast, count: usize) -> Self {
        let scale = Scale::new(forecast);
        let marginals: Vec<Marginal> =
            forecast.quantiles.iter().map(|quantiles| Marginal::new(quantiles, scale)).collect();
        let steps = marginals.len();
        let paths = Paths { steps, count, values: Vec::with_capacity(steps * count) };
        let serial = Serial::new(forecast.scores.as_ref());
        let is_whole = forecast.method == Method::Counts;
        Self { marginals, scale, is_whole, serial, shared: 0.0, fading: 0.0, paths }
    }

    fn push(&mut self, step: usize, normal: f64) {
        let Some(marginal) = self.marginals.get(step) else { return };
        let Serial { shared, rho } = self.serial;
        // The first step starts from the distribution that the later ones keep.
        self.fading = if step == 0 { normal } else { rho * self.fading + (1.0 - rho * rho).sqrt() * normal };
        let score = shared.sqrt() * self.shared + (1.0 - shared).sqrt() * self.fading;
        let value = marginal.value(score, self.scale);
        self.paths.values.push(if self.is_whole { value.round() } else { value });
    }
}

/// On which scale quantiles are joined: what cannot be negative has its long tail above.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    Level,
    /// The logarithm of the value plus this.
    Log(f64),
}

impl Scale {
    fn new(forecast: &Forecast) -> Self {
        let all = || forecast.quantiles.iter().flatten().copied();
        if all().any(|value| value < 0.0) {
            return Self::Level;
        }
        let mut positive: Vec<f64> = all().filter(|&value| value > 0.0 && value.is_finite()).collect();
        if positive.is_empty() {
            return Self::Level;
        }
        if all().all(|value| value > 0.0) {
            return Self::Log(0.0);
        }
        positive.sort_unstable_by(f64::total_cmp);
        // The same offset that the forecaster takes for series with zeros.
        Self::Log(0.1 * positive[positive.len() / 2])
    }

    fn to(self, value: f64) -> f64 {
        match self {
            Self::Level => value,
            Self::Log(offset) => (value + offset).ln(),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Self::Level => value,
            Self::Log(offset) => (value.exp() - offset).max(0.0),
        }
    }
}

/// One step's quantile function of a normal score.
#[derive(Debug, Clone)]
struct Marginal {
    quantiles: [f64; LEVELS.len()],
    /// The same on the scale on which they are joined.
    scaled: [f64; LEVELS.len()],
    slope_below: f64,
    slope_above: f64,
}

impl Marginal {
    fn new(quantiles: &[f64; LEVELS.len()], scale: Scale) -> Self {
        const LAST: usize = LEVELS.len() - 1;
        let scaled = quantiles.map(|value| scale.to(value));
        // From the outermost to the third last, because two neighbours may be as good as equal.
        let slope =
            |from: usize, to: usize| (scaled[to] - scaled[from]) / (LEVEL_SCORES[to] - LEVEL_SCORES[from]);
        let (slope_below, slope_above) = (slope(0, 2), slope(LAST - 2, LAST));
        Self { quantiles: *quantiles, scaled, slope_below, slope_above }
    }

    fn value(&self, score: f64, scale: Scale) -> f64 {
        let score = score.clamp(-SCORE_MAX, SCORE_MAX);
        let above = LEVEL_SCORES.partition_point(|&level| level < score);
        let near = above.saturating_sub(1);
        let (from, level) = (self.scaled[near], LEVEL_SCORES[near]);
        let slope = match above {
            0 => self.slope_below,
            above if above == LEVELS.len() => self.slope_above,
            above => (self.scaled[above] - from) / (LEVEL_SCORES[above] - level),
        };
        // There and back again would make something of nothing.
        if slope == 0.0 { self.quantiles[near] } else { scale.back(from + slope * (score - level)) }
    }
}

#[cfg(test)]
mod tests;
