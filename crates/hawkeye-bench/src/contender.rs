//! What a benchmark runs: a detector by name, fresh for each series, one value at a time.

use hawkeye_detect::univariate::{Learn, Novelty, Residual, ResidualConfig};
use hawkeye_model::Timestamp;

use crate::data::LabelledSeries;
use crate::peers;

/// Takes the next value and gives its score; higher is odder.
pub(crate) type Detector = Box<dyn FnMut(Timestamp, f64) -> f32>;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) new: fn() -> Detector,
    /// Slow peers are measured on every n-th series only.
    pub(crate) every: usize,
}

pub(crate) const RESIDUAL: Contender = Contender { name: "hawkeye residual", new: residual, every: 1 };

pub(crate) const SERVICE: &[Contender] = &[
    RESIDUAL,
    Contender { name: "EWMA z-score", new: peers::ewma, every: 1 },
    Contender { name: "windowed Gaussian", new: peers::windowed_gaussian, every: 1 },
];

pub(crate) const NOVELTY: Contender = Contender { name: "hawkeye novelty", new: novelty, every: 1 };

pub(crate) const NAB: &[Contender] = &[
    NOVELTY,
    RESIDUAL,
    Contender { name: "EWMA z-score", new: peers::ewma, every: 1 },
    Contender { name: "windowed Gaussian", new: peers::windowed_gaussian, every: 1 },
];

fn novelty() -> Detector {
    let mut detector = Novelty::new();
    Box::new(move |at, value| detector.update(at, value))
}

fn residual() -> Detector {
    let mut detector = Residual::new(ResidualConfig::default());
    Box::new(move |at, value| detector.update(at, value, Learn::Yes).score)
}

impl Contender {
    pub(crate) fn score(&self, series: &LabelledSeries) -> Vec<f32> {
        let mut detector = (self.new)();
        series.times.iter().zip(&series.values).map(|(&at, &value)| detector(at, value)).collect()
    }
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
