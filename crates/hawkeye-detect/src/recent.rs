//! The counts of the last hour, and their sums over the last 1, 5, 15 and 60 windows.

use hawkeye_model::Signal;
use serde::{Deserialize, Serialize};

/// Windows over which counts are summed: sudden changes show in the first, small ones in the last.
pub(crate) const SPANS: [usize; 4] = [1, 5, 15, 60];

const WINDOWS: usize = SPANS[SPANS.len() - 1];

/// The numbers of one window, or of several together. 32 bits hold an hour of a million requests a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) requests: u32,
    pub(crate) server_errors: u32,
    pub(crate) client_errors: u32,
    /// With a server error code that the series did not have before.
    pub(crate) new_codes: u32,
    /// Slower than the usual p50, p95 and p99 by more than the least change that counts.
    pub(crate) slow: [u32; 3],
    /// Faster than half of the usual p50.
    pub(crate) fast: u32,
    /// Requests that came in windows for which latencies were expected.
    pub(crate) timed: u32,
    /// Requests that are expected, that are due at least, and at most, in thousandths.
    pub(crate) expected_milli: u32,
    pub(crate) due_milli: u32,
    pub(crate) due_most_milli: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recent {
    ring: Vec<Counts>,
    next: usize,
    sums: [Counts; 4],
}

impl Recent {
    pub(crate) fn new() -> Self {
        Self { ring: Vec::new(), next: 0, sums: [Counts::default(); 4] }
    }

    pub(crate) fn push(&mut self, counts: Counts) {
        for (sum, span) in self.sums.iter_mut().zip(SPANS) {
            if self.ring.len() >= span {
                let oldest = (self.next + WINDOWS - span) % WINDOWS;
                sum.subtract(&self.ring[oldest]);
            }
            sum.add(&counts);
        }
        if self.ring.len() < WINDOWS {
            self.ring.push(counts);
        } else {
            self.ring[self.next] = counts;
        }
        self.next = (self.next + 1) % WINDOWS;
    }

    /// Takes what a signal did in the last `windows` windows out of all sums: it is dealt with, or nobody's business.
    pub(crate) fn settle(&mut self, signal: Signal, windows: usize) {
        for back in 0..windows.min(self.ring.len()) {
            let at = (self.next + 2 * WINDOWS - 1 - back) % WINDOWS;
            let before = self.ring[at];
            self.ring[at].settle(signal);
            let after = self.ring[at];
            for (sum, span) in self.sums.iter_mut().zip(SPANS) {
                if back < span {
                    sum.add(&after);
                    sum.subtract(&before);
                }
            }
        }
    }

    /// The sums over the last [`SPANS`] windows, shortest first.
    pub(crate) fn sums(&self) -> impl Iterator<Item = (usize, &Counts)> {
        SPANS.into_iter().zip(&self.sums)
    }

    /// The counts of the window so many before the newest.
    pub(crate) fn back(&self, windows: usize) -> Option<&Counts> {
        (windows < self.ring.len()).then(|| &self.ring[(self.next + 2 * WINDOWS - 1 - windows) % WINDOWS])
    }

    /// The sum of the last windows, as many as are kept of those asked for, and their number.
    pub(crate) fn last(&self, windows: usize) -> (usize, Counts) {
        let mut sum = Counts::default();
        let kept = (0..windows).map_while(|back| self.back(back)).inspect(|counts| sum.add(counts)).count();
        (kept, sum)
    }

    pub(crate) fn over(&self, span: usize) -> &Counts {
        let at = SPANS.iter().position(|known| *known >= span).unwrap_or(SPANS.len() - 1);
        &self.sums[at]
    }
}

impl Counts {
    /// Requests that are due at least.
    pub(crate) fn due(&self) -> f64 {
        f64::from(self.due_milli) / 1_000.0
    }

    /// Requests that are due at most.
    pub(crate) fn due_most(&self) -> f64 {
        f64::from(self.due_most_milli) / 1_000.0
    }

    fn settle(&mut self, signal: Signal) {
        match signal {
            Signal::ErrorRate => (self.server_errors, self.new_codes) = (0, 0),
            Signal::ClientErrorRate => self.client_errors = 0,
            Signal::Latency => (self.slow, self.fast, self.timed) = ([0; 3], 0, 0),
            Signal::Traffic => {
                let milli = self.requests.min(u32::MAX / 64_000) * 1_000;
                (self.expected_milli, self.due_milli, self.due_most_milli) = (milli, milli, milli);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.combine(other, |sum, part| sum + part);
    }

    fn subtract(&mut self, other: &Self) {
        self.combine(other, |sum, part| sum - part);
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u32, u32) -> u32) {
        self.requests = with(self.requests, other.requests);
        self.server_errors = with(self.server_errors, other.server_errors);
        self.client_errors = with(self.client_errors, other.client_errors);
        self.new_codes = with(self.new_codes, other.new_codes);
        self.fast = with(self.fast, other.fast);
        self.timed = with(self.timed, other.timed);
        self.expected_milli = with(self.expected_milli, other.expected_milli);
        self.due_milli = with(self.due_milli, other.due_milli);
        self.due_most_milli = with(self.due_most_milli, other.due_most_milli);
        for (sum, part) in self.slow.iter_mut().zip(other.slow) {
            *sum = with(*sum, part);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_those_of_the_last_windows(numbers in prop::collection::vec(0u32..1_000, 1..200)) {
            let mut recent = Recent::new();
            for number in &numbers {
                recent.push(Counts { requests: *number, slow: [0, *number, 0], ..Counts::default() });
            }
            for (span, sum) in recent.sums() {
                let last: u32 = numbers.iter().rev().take(span).sum();
                prop_assert_eq!((sum.requests, sum.slow[1]), (last, last));
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_settled_is_in_no_sum(numbers in prop::collection::vec(0u32..1_000, 1..150), windows in 0usize..70) {
            let mut recent = Recent::new();
            for number in &numbers {
                recent.push(Counts { requests: 1_000, server_errors: *number, ..Counts::default() });
            }
            recent.settle(Signal::ErrorRate, windows);
            for (span, sum) in recent.sums() {
                let left: u32 = numbers.iter().rev().take(span).skip(windows).sum();
                prop_assert_eq!(sum.server_errors, left);
            }
        }
    }
}
