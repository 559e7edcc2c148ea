//! What a stream of numbers has been, in bounded memory: weighted representatives, and the top of a distribution.

use serde::{Deserialize, Serialize};

/// The limit of representatives; more score the same within noise.
const REPRESENTATIVES_MAX: usize = 256;
/// Nothing is farther away than this, in ranges.
const FAR: f32 = 1e30;
/// The largest values that are kept for a high quantile.
const TOP_MAX: usize = 64;

/// Values seen, as at most 256 sorted representatives with weights; the closest pair merges.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Seen {
    values: Vec<f32>,
    weights: Vec<f32>,
    total: f32,
}

impl Default for Seen {
    fn default() -> Self {
        let room = || Vec::with_capacity(REPRESENTATIVES_MAX + 1);
        Self { values: room(), weights: room(), total: 0.0 }
    }
}

impl Seen {
    pub(crate) fn count(&self) -> f32 {
        self.total
    }

    /// The distance to the nearest value already seen, where the median is 0, the range from the 5 % to the 95 %
    /// quantile is 1, and far values are compressed by asinh.
    pub(crate) fn distance(&self, value: f32) -> f32 {
        let (low, middle, high) = (self.quantile(0.05), self.quantile(0.5), self.quantile(0.95));
        let range = high - low;
        let range = if range > 0.0 { range } else { 1e-6 + 1e-3 * middle.abs() };
        let place = |x: f32| ((x - middle) / range).clamp(-FAR, FAR).asinh();
        let next = self.values.partition_point(|&seen| seen < value);
        let here = place(value);
        let above = self.values.get(next).map_or(f32::MAX, |&seen| place(seen) - here);
        let below = self.values[..next].last().map_or(f32::MAX, |&seen| here - place(seen));
        above.min(below)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        (self.values.capacity() + self.weights.capacity()) * size_of::<f32>()
    }

    pub(crate) fn add(&mut self, value: f32) {
        self.total += 1.0;
        let next = self.values.partition_point(|&seen| seen < value);
        if self.values.get(next) == Some(&value) {
            self.weights[next] += 1.0;
            return;
        }
        self.values.insert(next, value);
        self.weights.insert(next, 1.0);
        if self.values.len() > REPRESENTATIVES_MAX {
            self.merge_closest();
        }
    }

    fn merge_closest(&mut self) {
        let middle = self.quantile(0.5);
        let range = (self.quantile(0.95) - self.quantile(0.05)).max(f32::MIN_POSITIVE);
        let (mut closest, mut smallest) = (0, f32::MAX);
        for (at, pair) in self.values.windows(2).enumerate() {
            // The slope of asinh turns a gap into a distance.
            let gap = (pair[1] - pair[0]) / (range + (pair[0] - middle).abs());
            if gap < smallest {
                (closest, smallest) = (at, gap);
            }
        }
        // The heavier one stays where it is: representatives are values that were seen.
        let kept = if self.weights[closest] >= self.weights[closest + 1] { closest } else { closest + 1 };
        self.values[closest] = self.values[kept];
        self.weights[closest] += self.weights[closest + 1];
        self.values.remove(closest + 1);
        self.weights.remove(closest + 1);
    }

    fn quantile(&self, share: f32) -> f32 {
        let mut before = self.total * share;
        for (&value, &weight) in self.values.iter().zip(&self.weights) {
            if weight > before {
                return value;
            }
            before -= weight;
        }
        self.values.last().copied().unwrap_or(0.0)
    }
}

/// The quantile at 0.999 of a stream, from its largest values.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Top {
    /// Falling.
    values: Vec<f32>,
    count: u32,
}

impl Top {
    const ABOVE: f32 = 0.001;

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn add(&mut self, value: f32) {
        self.count += 1;
        let place = self.values.partition_point(|&kept| kept >= value);
        if place < TOP_MAX {
            self.values.truncate(TOP_MAX - 1);
            self.values.insert(place, value);
        }
        if self.count as f32 * Self::ABOVE > (TOP_MAX - 4) as f32 {
            // Half of the past is forgotten, evenly.
            self.count /= 2;
            self.values = self.values.iter().copied().step_by(2).collect();
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.values.capacity() * size_of::<f32>()
    }

    pub(crate) fn quantile(&self) -> f32 {
        let place = self.count.saturating_sub(1) as f32 * Self::ABOVE;
        let value = |at: usize| self.values.get(at).or(self.values.last()).copied().unwrap_or(0.0);
        let (low, share) = (place as usize, place.fract());
        value(low) + (value(low + 1) - value(low)) * share
    }
}
