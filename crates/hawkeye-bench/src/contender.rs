//! What a benchmark runs: a detector by name, and how it scores a series.

use hawkeye_detect::univariate::{Learn, Novelty, Residual, ResidualConfig};
use hawkeye_model::Timestamp;

use crate::data::LabelledSeries;
use crate::peers;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// One score for each point; higher is odder.
    pub(crate) score: fn(&LabelledSeries) -> Vec<f32>,
    /// Slow peers are measured on every n-th service series only.
    pub(crate) every: usize,
}

pub(crate) const ALL: &[Contender] = &[
    Contender { name: "hawkeye residual", score: residual, every: 1 },
    Contender { name: "hawkeye novelty", score: novelty, every: 1 },
    Contender { name: "EWMA z-score, clipped updates", score: peers::ewma, every: 1 },
    Contender { name: "windowed Gaussian", score: peers::windowed_gaussian, every: 1 },
    // The same detector on the sample of the slow ones.
    Contender { name: "hawkeye residual", score: residual, every: 10 },
    Contender { name: "random cut forest (krcf), shingles of 8", score: peers::random_cut_forest, every: 10 },
    Contender { name: "Bayesian change points (augurs)", score: peers::change_points, every: 10 },
];

/// Runs a detector along a series, one value at a time.
pub(crate) fn along(series: &LabelledSeries, mut detector: impl FnMut(Timestamp, f64) -> f32) -> Vec<f32> {
    series.times.iter().zip(&series.values).map(|(&at, &value)| detector(at, value)).collect()
}

fn residual(series: &LabelledSeries) -> Vec<f32> {
    let mut detector = Residual::new(ResidualConfig::default());
    along(series, |at, value| detector.update(at, value, Learn::Yes).score)
}

fn novelty(series: &LabelledSeries) -> Vec<f32> {
    let mut detector = Novelty::new();
    along(series, |at, value| detector.update(at, value).score)
}

/// Maps every item on two threads: the machines that run this have at least as many cores.
pub(crate) fn parallel<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (first, second) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| second.iter().map(&each).collect::<Vec<R>>());
        let mut results: Vec<R> = first.iter().map(&each).collect();
        results.extend(worker.join().unwrap_or_default());
        results
    })
}
