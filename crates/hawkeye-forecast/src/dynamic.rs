//! The mean of counts that come `exposure` at a time (requests, or one step), as it moves.
//!
//! `mu_(t+k) = e_(t+k) S[phase] (1 + (L_t - 1) phi^k)`: `S` is the mean of a time of day over about two weeks, drawn to
//! the overall mean by two days; `L = (EW y + 2) / (EW e S + 2)` says how much more there is lately, and `phi` how soon
//! that is forgotten. The half-life of `L`, `phi` and the dispersion are those under which the last two weeks were most
//! likely, one step, a quarter of the way and all the way ahead.

const SEASON_DAYS: f64 = 14.0;
const SHRINK_DAYS: f64 = 2.0;
const LEVEL_PRIOR: f64 = 2.0;
const HALF_LIVES_HOURS: [f64; 4] = [2.0, 8.0, 24.0, 96.0];
const PERSISTENCE_HOURLY: [f64; 4] = [0.8, 0.95, 0.99, 1.0];
const LIKELIHOOD_DAYS: usize = 14;
/// Steps that the likelihood looks at, evenly spread: more say nothing new.
const LIKELIHOOD_STEPS: usize = 160;

/// The middle half-life and the soonest oblivion are kept unless another pair is so much more likely: three horizons
/// look at each count, so chance makes a difference of as much.
const NEUTRAL: (usize, usize) = (2, 0);
const NEUTRAL_BONUS: f64 = 3.0;

/// How likely a count is. `dispersion` is one number, the larger the closer to independent events.
pub(crate) trait Family {
    const DISPERSIONS: &'static [f64];
    fn log_likelihood(&self, count: f64, exposure: f64, mean: f64, dispersion: f64) -> f64;
}

/// Counts and what they are out of; an exposure of zero means that nothing is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Events<'a> {
    pub(crate) counts: &'a [f64],
    pub(crate) exposures: &'a [f64],
    pub(crate) per_day: usize,
    /// Counts and exposure that are taken as seen before the first step.
    pub(crate) prior: (f64, f64),
}

#[derive(Debug, Clone)]
pub(crate) struct Dynamic {
    /// The mean of each time of day, of one exposure, after the last step.
    season: Vec<f64>,
    /// What the season said about each step before it was seen.
    seasonal: Vec<f64>,
    /// The level after each step.
    levels: Vec<f64>,
    persistence: f64,
    pub(crate) dispersion: f64,
}

impl Dynamic {
    pub(crate) fn learn(family: &impl Family, events: Events<'_>, steps: usize) -> Self {
        let hours = 24.0 / events.per_day as f64;
        let (season, seasonal) = seasons(events);
        let tracks = HALF_LIVES_HOURS.map(|half_life| levels(events, &seasonal, half_life / hours));
        let persistences = PERSISTENCE_HOURLY.map(|it| it.powf(hours));
        let mut best = Self { season, seasonal, levels: Vec::new(), persistence: 1.0, dispersion: 1.0 };
        let (mut track, mut dispersion) = (2, best.dispersion);
        // The mean first, then the dispersion, then both again: nearly the best of all combinations at a tenth of the
        // cost.
        for round in 0..2 {
            let mut highest = f64::NEG_INFINITY;
            for (candidate, levels) in tracks.iter().enumerate() {
                for (index, &persistence) in persistences.iter().enumerate() {
                    let trial =
                        Trial { family, events, seasonal: &best.seasonal, levels, persistence, steps };
                    let bonus = if (candidate, index) == NEUTRAL { NEUTRAL_BONUS } else { 0.0 };
                    let likelihood = trial.log_likelihood(dispersion) + bonus;
                    if likelihood > highest {
                        highest = likelihood;
                        (track, best.persistence) = (candidate, persistence);
                    }
                }
            }
            let trial = Trial {
                family,
                events,
                seasonal: &best.seasonal,
                levels: &tracks[track],
                persistence: best.persistence,
                steps,
            };
            let wide = trial.log_likelihood(dispersion);
            let mut highest = if round == 0 { f64::NEG_INFINITY } else { wide };
            for &candidate in dispersions(family) {
                let likelihood = trial.log_likelihood(candidate);
                if likelihood > highest {
                    highest = likelihood;
                    dispersion = candidate;
                }
            }
        }
        best.dispersion = dispersion;
        best.levels.clone_from(&tracks[track]);
        best
    }

    /// The mean of one exposure, `ahead` steps after the last one (the next is 0).
    pub(crate) fn mean(&self, ahead: usize) -> f64 {
        let season = self.season[(self.levels.len() + ahead) % self.season.len()];
        season * faded(self.levels.last().copied().unwrap_or(1.0), self.persistence, ahead)
    }

    /// The same as seen from a past origin; `origin + ahead` is a step that was seen, less than a day ahead.
    pub(crate) fn past_mean(&self, origin: usize, ahead: usize) -> f64 {
        self.seasonal[origin + ahead] * faded(self.levels[origin - 1], self.persistence, ahead)
    }
}

fn dispersions<F: Family>(_: &F) -> &'static [f64] {
    F::DISPERSIONS
}

fn faded(level: f64, persistence: f64, ahead: usize) -> f64 {
    1.0 + (level - 1.0) * persistence.powf(ahead as f64 + 1.0)
}

/// The season after the last step, and what it said about each step.
fn seasons(events: Events<'_>) -> (Vec<f64>, Vec<f64>) {
    let m = events.per_day;
    let daily = 0.5_f64.powf(1.0 / SEASON_DAYS);
    let each = daily.powf(1.0 / m as f64);
    let (mut counts, mut exposures) = (vec![0.0; m], vec![0.0; m]);
    let (mut all_counts, mut all_exposures) = (0.0, 0.0);
    // Exposure that was seen on average decides how much two days weigh.
    let (mut seen, mut steps) = (0.0, 0.0);
    let shrunk = |count: f64, exposure: f64, all: (f64, f64), usual: f64| {
        let overall = (all.0 + events.prior.0) / (all.1 + events.prior.1);
        (count + SHRINK_DAYS * usual * overall) / f64::max(exposure + SHRINK_DAYS * usual, 1e-300)
    };
    let mut seasonal = Vec::with_capacity(events.counts.len());
    for (t, (&count, &exposure)) in events.counts.iter().zip(events.exposures).enumerate() {
        let usual = if steps > 0.0 && seen > 0.0 { seen / steps } else { 1.0 };
        seasonal.push(shrunk(counts[t % m], exposures[t % m], (all_counts, all_exposures), usual));
        let known = f64::from(u8::from(exposure > 0.0));
        seen = seen * each + exposure;
        steps = steps * each + known;
        all_counts = all_counts * each + known * count;
        all_exposures = all_exposures * each + exposure;
        counts[t % m] = counts[t % m] * daily + known * count;
        exposures[t % m] = exposures[t % m] * daily + exposure;
    }
    let usual = if steps > 0.0 && seen > 0.0 { seen / steps } else { 1.0 };
    let season = counts.iter().zip(&exposures);
    let season =
        season.map(|(&count, &exposure)| shrunk(count, exposure, (all_counts, all_exposures), usual));
    (season.collect(), seasonal)
}

fn levels(events: Events<'_>, seasonal: &[f64], half_life: f64) -> Vec<f64> {
    let keep = 0.5_f64.powf(1.0 / half_life);
    let (mut seen, mut expected) = (0.0, 0.0);
    let steps = events.counts.iter().zip(events.exposures).zip(seasonal);
    let levels = steps.map(|((&count, &exposure), &season)| {
        seen = seen * keep + if exposure > 0.0 { count } else { 0.0 };
        expected = expected * keep + exposure * season;
        (seen + LEVEL_PRIOR) / (expected + LEVEL_PRIOR)
    });
    levels.collect()
}

struct Trial<'a, F> {
    family: &'a F,
    events: Events<'a>,
    seasonal: &'a [f64],
    levels: &'a [f64],
    persistence: f64,
    steps: usize,
}

impl<F: Family> Trial<'_, F> {
    fn log_likelihood(&self, dispersion: f64) -> f64 {
        let n = self.levels.len();
        let far = self.steps.clamp(1, self.events.per_day);
        let horizons = [1, far.div_ceil(4), far];
        let start = n.saturating_sub(LIKELIHOOD_DAYS * self.events.per_day).max(1);
        let stride = (n - start.min(n)).div_ceil(LIKELIHOOD_STEPS).max(1);
        // An odd stride meets every time of day.
        let stride = stride | 1;
        let mut sum = 0.0;
        for t in (start..n).step_by(stride).filter(|&t| self.events.exposures[t] > 0.0) {
            for horizon in horizons.into_iter().filter(|&it| it <= t) {
                let level = faded(self.levels[t - horizon], self.persistence, horizon - 1);
                let mean = self.seasonal[t] * level;
                let (count, exposure) = (self.events.counts[t], self.events.exposures[t]);
                sum += self.family.log_likelihood(count, exposure, mean, dispersion);
            }
        }
        sum
    }
}
