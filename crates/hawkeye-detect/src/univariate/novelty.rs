//! Novelty of any series: how far from everything that was seen before, in seven views of it.
//!
//! The views are the value, its distance from the usual value of the time of day and the mean of that, a short mean
//! less a long one, the short-term spread, and recent extremes. In each view the distance to the nearest value already seen is
//! divided by (a power of) the distances that are usual there; the score is the root of the sum of squares.
//!
//! One oddity gives one score: only a new maximum of the last 80 values counts, and less after recent oddities of
//! the same size.

use std::collections::VecDeque;

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::peaks::Peaks;
use super::seasonal::Seasonal;
use super::sketch::{Seen, Top};

const VIEWS: usize = 7;
const LONG: usize = 144;
/// Values before distances mean something, and distances before their top does.
const SEEN_MIN: f32 = 30.0;
const DISTANCES_MIN: u32 = 120;
/// Distances below this are noise in every view.
const DISTANCE_FLOOR: f32 = 0.02;
/// How much usual distances tell: 1 would make all views alike, 0 would let noisy ones rule.
const DISTANCE_POWER: f32 = 0.45;
/// Values in a row that are one oddity.
const BURST: u64 = 80;
/// How long an oddity makes others less odd, in values, and how much each.
const REMEMBERED: u64 = 1_500;
const FATIGUE: f32 = 0.13;
/// The limit of remembered oddities; the oldest go first.
const ODDITIES_MAX: usize = 64;
/// Scores times this have the size of a z, for which the history of peaks is made.
const PEAK_UNIT: f32 = 10.0;
/// Values are clamped to this, so that squares and sums stay finite.
const VALUE_MAX: f64 = 1e15;
/// The year 75,000; arithmetic on later times could overflow.
const LATEST_US: i64 = i64::MAX / 4;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoveltyScore {
    /// 0 for nothing new, and while too little was seen.
    pub score: f32,
    /// How probable it is that an hour of this series begins an alarm at this score: alarms at `N / 168` or less make
    /// about N a week. 1 while too little is known.
    pub tail_probability: f32,
}

/// One series. About 21 KiB.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Novelty {
    seasonal: Seasonal,
    peaks: Peaks,
    recent: VecDeque<f32>,
    /// Recent distances from the usual value of the time of day.
    unusual: VecDeque<f32>,
    long_sum: f64,
    views: Vec<View>,
    rows: u64,
    last_us: i64,
    /// Candidates for the maximum of a burst: falling scores with their rows.
    burst: VecDeque<(u64, f32)>,
    oddities: VecDeque<(u64, f32)>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct View {
    seen: Seen,
    distances: Top,
}

impl Default for Novelty {
    fn default() -> Self {
        Self {
            seasonal: Seasonal::default(),
            peaks: Peaks::default(),
            recent: VecDeque::with_capacity(LONG),
            unusual: VecDeque::with_capacity(24),
            long_sum: 0.0,
            // Not `vec![..; VIEWS]`: clones forget the room that was set aside.
            views: (0..VIEWS).map(|_| View::default()).collect(),
            rows: 0,
            last_us: -LATEST_US,
            burst: VecDeque::new(),
            oddities: VecDeque::new(),
        }
    }
}

impl Novelty {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How new the value is: 0 for nothing, and while too little was seen. Not a number counts as no value.
    pub fn update(&mut self, at: Timestamp, value: f64) -> NoveltyScore {
        if value.is_nan() {
            return NoveltyScore { score: 0.0, tail_probability: 1.0 };
        }
        let at = at.clamp(Timestamp::from_micros(self.last_us), Timestamp::from_micros(LATEST_US));
        self.last_us = at.micros();
        let values = self.look(at, value.clamp(-VALUE_MAX, VALUE_MAX) as f32);
        let mut sum = 0.0;
        for (view, value) in self.views.iter_mut().zip(values) {
            let score = view.update(value);
            sum += score * score;
        }
        self.rows += 1;
        let score = self.rationed(sum.sqrt());
        let tail_probability = if score > 0.0 { self.peaks.probability(PEAK_UNIT * score) } else { 1.0 };
        self.peaks.learn(at, PEAK_UNIT * score);
        NoveltyScore { score, tail_probability }
    }

    /// Memory of this series, heap included.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        let views: usize = self.views.iter().map(View::size_bytes).sum();
        let pairs = (self.burst.capacity() + self.oddities.capacity()) * size_of::<(u64, f32)>();
        let values = (self.recent.capacity() + self.unusual.capacity()) * size_of::<f32>();
        size_of::<Self>() + self.seasonal.heap_bytes() + self.peaks.heap_bytes() + views + pairs + values
    }

    /// The views of the newest value.
    fn look(&mut self, at: Timestamp, value: f32) -> [f32; VIEWS] {
        self.seasonal.advance(at);
        if let Some(gone) = push(&mut self.recent, value, LONG) {
            self.long_sum -= f64::from(gone);
        }
        self.long_sum += f64::from(value);
        let long_mean = (self.long_sum / self.recent.len() as f64) as f32;
        // Until a usual day is known, the long mean stands in for it.
        let unusual = value - self.seasonal.usual_around().unwrap_or(long_mean);
        self.seasonal.learn(value);
        push(&mut self.unusual, unusual, 24);
        let newest = |count: usize| self.recent.iter().rev().take(count).copied();
        [
            value,
            unusual,
            deviation(newest(4)),
            mean(newest(12)) - long_mean,
            mean(self.unusual.iter().copied()),
            newest(12).fold(f32::MIN, f32::max),
            newest(48).fold(f32::MAX, f32::min),
        ]
    }

    /// One score for an oddity, and less after others of its size.
    fn rationed(&mut self, score: f32) -> f32 {
        while self.burst.front().is_some_and(|&(row, _)| row + BURST <= self.rows) {
            self.burst.pop_front();
        }
        let highest = self.burst.front().map_or(0.0, |&(_, score)| score);
        while self.burst.back().is_some_and(|&(_, before)| before <= score) {
            self.burst.pop_back();
        }
        self.burst.push_back((self.rows, score));
        if score <= highest {
            return 0.0;
        }
        while self.oddities.front().is_some_and(|&(row, _)| row + REMEMBERED < self.rows) {
            self.oddities.pop_front();
        }
        let tired: f32 = self.oddities.iter().map(|&(_, before)| (before / score).min(1.0).powi(6)).sum();
        push(&mut self.oddities, (self.rows, score), ODDITIES_MAX);
        score / (1.0 + FATIGUE * tired)
    }
}

impl View {
    fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.seen.heap_bytes() + self.distances.heap_bytes()
    }

    fn update(&mut self, value: f32) -> f32 {
        if self.seen.count() < SEEN_MIN {
            self.seen.add(value);
            return 0.0;
        }
        let distance = self.seen.distance(value);
        self.seen.add(value);
        let usual = self.distances.quantile();
        self.distances.add(distance);
        if self.distances.count() <= DISTANCES_MIN {
            0.0
        } else {
            distance / (DISTANCE_FLOOR + usual).powf(DISTANCE_POWER)
        }
    }
}

/// Appends, and takes the oldest out when there are more than `limit`.
fn push<T>(queue: &mut VecDeque<T>, value: T, limit: usize) -> Option<T> {
    queue.push_back(value);
    if queue.len() > limit { queue.pop_front() } else { None }
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}

fn deviation(values: impl ExactSizeIterator<Item = f32> + Clone) -> f32 {
    let middle = mean(values.clone());
    mean(values.map(|value| (value - middle) * (value - middle))).sqrt()
}
