//! How a journey fares now, from what was counted at its steps.
//!
//! Success is the product of the steps' conditional completion, `completed / reached`. Its interval comes from draws of
//! Jeffreys' posteriors `Beta(completed + 1/2, failed + 1/2)`. The time of the whole journey is the sum of the steps'
//! times, drawn with a Gaussian copula with one common correlation. What is unknown is not called 0 %.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Estimate, quantile};

/// How strongly the steps' times hang together unless something else is known: a slow session tends to stay slow.
pub const LATENCY_CORRELATION: f64 = 0.3;
/// Draws of posteriors and of times: a quantile is off by less than a percent.
const DRAWS: usize = 4_000;
/// Points of one step's quantile function that are used.
const POINTS_MAX: usize = 256;
/// Normal scores beyond which the tail is not followed.
const SCORE_MAX: f64 = 3.3;

/// What was counted at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepCount<'a> {
    pub reached: u64,
    /// Of those that reached it.
    pub completed: u64,
    /// How much a failure here counts against one elsewhere.
    pub weight: f64,
    /// The journey succeeds and goes on without it.
    pub is_optional: bool,
    /// Usual completion, 0 to 1: losses are counted from there. Without one every failure is a loss.
    pub baseline: Option<f64>,
    /// Quantile function of the time that the step takes: probability and milliseconds, both rising. Two points are
    /// enough. Empty when nothing is known.
    pub latency: &'a [(f64, f64)],
}

#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// Probability that somebody who begins the journey completes it; `None` when a step was never seen.
    pub success: Option<Estimate>,
    /// Of the steps that are needed, without the time that people think; `None` when one's time is unknown.
    pub latency_ms_p50: Option<f64>,
    pub latency_ms_p95: Option<f64>,
    /// In the order of the journey.
    pub steps: Vec<StepHealth>,
    /// The step with the largest contribution, or with the lowest completion when none is worse than usual. `None` when
    /// nothing fails.
    pub weakest: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepHealth {
    /// `None` when nobody reached the step.
    pub completion: Option<Estimate>,
    /// Share of the journey's loss against the baselines, by weight; all shares sum to one, or are zero without a loss.
    pub contribution: f64,
}

/// `correlation` is that of the steps' times: [`LATENCY_CORRELATION`] unless it was measured.
#[must_use]
pub fn health(steps: &[StepCount<'_>], correlation: f64, seed: u64) -> Health {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut whole = vec![1.0; DRAWS];
    let mut value = Some(1.0);
    let mut healths = Vec::with_capacity(steps.len());
    for step in steps {
        let (completion, draws) = completion(step, &mut rng);
        if !step.is_optional {
            whole.iter_mut().zip(&draws).for_each(|(whole, draw)| *whole *= draw);
            value = match (value, completion) {
                // Nobody comes through, whatever lies behind.
                (Some(0.0), _) => Some(0.0),
                (_, Some(completion)) if completion.value == 0.0 => Some(0.0),
                (Some(value), Some(completion)) => Some(value * completion.value),
                _ => None,
            };
        }
        healths.push(StepHealth { completion, contribution: 0.0 });
    }
    let has_steps = steps.iter().any(|step| !step.is_optional);
    let success = value.filter(|_| has_steps).map(|value| Estimate::new(value, &mut whole));
    contribute(steps, &mut healths);
    let weakest = weakest(steps, &healths);
    let times = total_times(steps, correlation, &mut rng);
    let [latency_ms_p50, latency_ms_p95] =
        [0.5, 0.95].map(|at| times.as_ref().and_then(|times| times.at(at)));
    Health { success, latency_ms_p50, latency_ms_p95, steps: healths, weakest }
}

/// A step's completion with draws of its posterior; an unknown step could be anything.
fn completion(step: &StepCount<'_>, rng: &mut ChaCha8Rng) -> (Option<Estimate>, Vec<f64>) {
    let completed = step.completed.min(step.reached) as f64;
    let reached = step.reached as f64;
    let Ok(posterior) = Beta::new(completed + 0.5, reached - completed + 0.5) else {
        return (None, vec![0.5; DRAWS]);
    };
    let mut draws: Vec<f64> = (0..DRAWS).map(|_| posterior.sample(rng)).collect();
    if step.reached == 0 {
        return (None, draws);
    }
    // The order of the draws is what joins them to the other steps' draws.
    let estimate = Estimate::new(completed / reached, &mut draws.clone());
    draws.iter_mut().for_each(|draw| *draw = draw.clamp(0.0, 1.0));
    (Some(estimate), draws)
}

/// Splits the loss of success, which is a product, by its logarithm, which is a sum.
fn contribute(steps: &[StepCount<'_>], healths: &mut [StepHealth]) {
    for (step, health) in steps.iter().zip(healths.iter_mut()) {
        if step.is_optional || step.reached == 0 {
            continue;
        }
        // Half a success is added, so that a step where all fail has a finite share.
        let completed = step.completed.min(step.reached) as f64;
        let completion = if completed > 0.0 { completed } else { 0.5 } / step.reached as f64;
        let baseline = step.baseline.filter(|it| *it > 0.0 && *it <= 1.0).unwrap_or(1.0);
        let loss = step.weight * (baseline / completion).ln();
        health.contribution = if loss.is_finite() { loss.max(0.0) } else { 0.0 };
    }
    let total: f64 = healths.iter().map(|health| health.contribution).sum();
    if total > 0.0 {
        healths.iter_mut().for_each(|health| health.contribution /= total);
    }
}

fn weakest(steps: &[StepCount<'_>], healths: &[StepHealth]) -> Option<usize> {
    let most = (0..steps.len()).max_by(|&one, &other| {
        // Of equals the first counts: those behind it are reached through it.
        healths[one].contribution.total_cmp(&healths[other].contribution).then(other.cmp(&one))
    })?;
    if healths[most].contribution > 0.0 {
        return Some(most);
    }
    let failing = |&at: &usize| healths[at].completion.is_some_and(|it| it.value < 1.0);
    let value = |at: usize| healths[at].completion.map_or(1.0, |it| it.value);
    let needed = (0..steps.len()).filter(|&at| !steps[at].is_optional).filter(failing);
    needed.min_by(|&one, &other| value(one).total_cmp(&value(other)))
}

/// The time of the whole journey.
enum Total {
    One(Times),
    /// Sorted.
    Sums(Vec<f64>),
}

impl Total {
    fn at(&self, probability: f64) -> Option<f64> {
        match self {
            Self::One(times) => Some(times.at(normal_score(probability))),
            Self::Sums(sums) => quantile(sums, probability),
        }
    }
}

fn total_times(steps: &[StepCount<'_>], correlation: f64, rng: &mut ChaCha8Rng) -> Option<Total> {
    let needed = steps.iter().filter(|step| !step.is_optional);
    let mut times: Vec<Times> = needed.map(|step| Times::new(step.latency)).collect::<Option<_>>()?;
    if times.len() <= 1 {
        return times.pop().map(Total::One);
    }
    let correlation = if correlation.is_finite() { correlation.clamp(0.0, 1.0) } else { LATENCY_CORRELATION };
    let (together, alone) = (correlation.sqrt(), (1.0 - correlation).sqrt());
    let mut sums: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let shared: f64 = StandardNormal.sample(rng);
            let mut time = |times: &Times| {
                let own: f64 = StandardNormal.sample(rng);
                times.at(together * shared + alone * own)
            };
            times.iter().map(&mut time).sum()
        })
        .collect();
    sums.sort_unstable_by(f64::total_cmp);
    Some(Total::Sums(sums))
}

/// A quantile function over normal scores, on a log scale; two points make it log-normal.
#[derive(Debug)]
struct Times(Vec<(f64, f64)>);

impl Times {
    fn new(points: &[(f64, f64)]) -> Option<Self> {
        let is_known =
            |&&(probability, ms): &&(f64, f64)| probability > 0.0 && probability < 1.0 && ms >= 0.0;
        let known = points.iter().filter(is_known).take(POINTS_MAX);
        // A thousandth of a millisecond stands for none at all.
        let mut points: Vec<(f64, f64)> =
            known.map(|&(probability, ms)| (normal_score(probability), ms.max(1e-3).ln())).collect();
        points.retain(|point| point.1.is_finite());
        points.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        points.dedup_by(|one, other| one.0 == other.0);
        (!points.is_empty()).then_some(Self(points))
    }

    fn at(&self, score: f64) -> f64 {
        let points = &self.0;
        let score = score.clamp(-SCORE_MAX, SCORE_MAX);
        let above = points.partition_point(|point| point.0 < score).clamp(1, points.len().max(2) - 1);
        let (Some(&(from, low)), Some(&(to, high))) = (points.get(above - 1), points.get(above)) else {
            return points.first().map_or(0.0, |point| point.1.exp());
        };
        (low + (high - low) * (score - from) / (to - from)).exp()
    }
}

fn normal_score(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

#[cfg(test)]
mod tests;
