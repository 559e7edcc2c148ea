//! A compact memory of the last two weeks, and the usual value for a time of day.
//!
//! A ring holds the median of the values of each slot of 45 minutes. The usual value at a time of day is the median
//! over the remembered days, interpolated between the centres of the neighbouring slots. A median over days ignores
//! the days on which something happened; two weeks hold four days of weekend, one week too few to tell them apart.

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};

const DAY_US: i64 = 86_400_000_000;
/// Finer slots did not score better on service series; coarser ones cut the corners of steep mornings.
const SLOTS_PER_DAY: usize = 32;
const SLOT_US: i64 = DAY_US / SLOTS_PER_DAY as i64;
const DAYS: usize = 14;
/// The ring's limit: 1,792 bytes.
const SLOTS: usize = SLOTS_PER_DAY * DAYS;
/// Fewer days than this say nothing about a usual day.
const DAYS_NEEDED: usize = 3;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Seasonal {
    ring: Vec<f32>,
    /// Number of the slot in progress since 1970; `i64::MIN` before the first value.
    slot: i64,
    sketch: Sketch,
    /// Usual values of the slots before, at and after the one in progress.
    nodes: [f32; 3],
}

impl Default for Seasonal {
    fn default() -> Self {
        Self { ring: vec![f32::NAN; SLOTS], slot: i64::MIN, sketch: Sketch::default(), nodes: [f32::NAN; 3] }
    }
}

impl Seasonal {
    /// Moves to the slot of `at`. Must be called before [`Self::usual_now`] and [`Self::learn`].
    pub(crate) fn advance(&mut self, at: Timestamp) {
        let slot = at.micros().div_euclid(SLOT_US);
        if slot <= self.slot {
            return;
        }
        if self.slot != i64::MIN {
            let finished = self.slot;
            self.ring[index(finished)] = self.sketch.median();
            let skipped = (slot - finished - 1).min(SLOTS as i64);
            for missing in 1..=skipped {
                self.ring[index(finished + missing)] = f32::NAN;
            }
        }
        self.sketch.clear();
        self.slot = slot;
        self.nodes = [self.usual_of_slot(slot - 1), self.usual_of_slot(slot), self.usual_of_slot(slot + 1)];
    }

    /// Adds a value to the slot in progress.
    pub(crate) fn learn(&mut self, value: f32) {
        self.sketch.push(value);
    }

    /// The usual value at a time in the slot in progress.
    pub(crate) fn usual_now(&self, at: Timestamp) -> Option<f32> {
        let offset = (at.micros() - self.slot * SLOT_US) as f32 / SLOT_US as f32 - 0.5;
        let [before, here, after] = self.nodes;
        if offset < 0.0 { blend(here, before, -offset) } else { blend(here, after, offset) }
    }

    /// The usual value around the slot in progress, over more than two hours: smoother and less sharp.
    pub(crate) fn usual_around(&self) -> Option<f32> {
        let known = self.nodes.iter().filter(|node| !node.is_nan());
        let count = known.clone().count();
        (count > 0).then(|| known.sum::<f32>() / count as f32)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        (self.ring.capacity() + self.sketch.values.capacity()) * size_of::<f32>()
    }

    /// The usual value at any time.
    pub(crate) fn usual(&self, at: Timestamp) -> Option<f32> {
        let slot = at.micros().div_euclid(SLOT_US);
        let offset = at.micros().rem_euclid(SLOT_US) as f32 / SLOT_US as f32 - 0.5;
        let here = self.usual_of_slot(slot);
        let other = self.usual_of_slot(if offset < 0.0 { slot - 1 } else { slot + 1 });
        blend(here, other, offset.abs())
    }

    fn usual_of_slot(&self, slot: i64) -> f32 {
        let of_day = slot.rem_euclid(SLOTS_PER_DAY as i64) as usize;
        let mut values = [0.0; DAYS];
        let mut count = 0;
        for day in 0..DAYS {
            let value = self.ring[day * SLOTS_PER_DAY + of_day];
            if !value.is_nan() {
                values[count] = value;
                count += 1;
            }
        }
        if count < DAYS_NEEDED { f32::NAN } else { median(&mut values[..count]) }
    }
}

fn index(slot: i64) -> usize {
    slot.rem_euclid(SLOTS as i64) as usize
}

/// `share` of the way from `here` to `other`; either alone when the other is missing.
fn blend(here: f32, other: f32, share: f32) -> Option<f32> {
    match (here.is_nan(), other.is_nan()) {
        (false, false) => Some(here + (other - here) * share),
        (false, true) => Some(here),
        (true, false) => Some(other),
        (true, true) => None,
    }
}

/// The median of a stream of unknown length from at most [`Sketch::CAPACITY`] evenly spaced values of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Sketch {
    values: Vec<f32>,
    /// Every how many values one is kept.
    stride: u16,
    until_next: u16,
}

impl Sketch {
    /// Enough for a median that is a fifth of the values' spread off, at 128 bytes.
    const CAPACITY: usize = 32;

    fn clear(&mut self) {
        self.values.clear();
        (self.stride, self.until_next) = (1, 0);
    }

    fn push(&mut self, value: f32) {
        if self.until_next > 0 {
            self.until_next -= 1;
            return;
        }
        if self.values.len() == Self::CAPACITY {
            for kept in 0..Self::CAPACITY / 2 {
                self.values[kept] = self.values[2 * kept];
            }
            self.values.truncate(Self::CAPACITY / 2);
            self.stride = self.stride.saturating_mul(2);
        }
        self.values.push(value);
        self.until_next = self.stride.saturating_sub(1);
    }

    fn median(&mut self) -> f32 {
        if self.values.is_empty() { f32::NAN } else { median(&mut self.values) }
    }
}

/// The middle value, or the mean of the middle two. `values` must not be empty; its order changes.
pub(crate) fn median(values: &mut [f32]) -> f32 {
    let middle = values.len() / 2;
    let (low, &mut high, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    if low.len() == middle && values.len().is_multiple_of(2) {
        let below = values[..middle].iter().copied().fold(f32::MIN, f32::max);
        return below / 2.0 + high / 2.0;
    }
    high
}
