//! A mergeable latency histogram: base-2 exponential buckets of scale 5, stored sparsely.
//!
//! Bucket `i` holds values in `(2^(i/32), 2^((i+1)/32)]`; zero has a bucket of its own.
//! That is the shape of OpenTelemetry's exponential histogram and of Prometheus' native one.
//! A quantile answers its bucket's geometric middle, so it is off by at most a factor of
//! `2^(1/64)`: see [`RELATIVE_ERROR_MAX`]. Percentiles are never averaged; histograms are merged.

/// Buckets per power of two: `2^scale` with scale 5.
const BUCKETS_PER_DOUBLING: f64 = 32.0;

/// The largest relative error of a quantile, `2^(1/64) - 1`, rounded up.
pub const RELATIVE_ERROR_MAX: f64 = 0.0109;

/// The first byte of an encoded histogram, so that a later form can tell itself apart.
const FORMAT: u8 = 1;

/// The highest bucket a `u64` can fall into: `2^64` is the end of bucket `64 * 32 - 1`.
const INDEX_MAX: u16 = 64 * 32 - 1;

/// Counts of whole, non-negative values (Hawkeye records microseconds).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
    zeros: u64,
    /// (bucket index, count), sorted by index, counts above zero.
    buckets: Vec<(u16, u64)>,
}

/// One bucket: values above `lower` up to and including `upper`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    pub lower: f64,
    pub upper: f64,
    pub count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("histogram ends in the middle of a number")]
    Truncated,
    #[error("histogram has format {0}, but this version reads only {FORMAT}")]
    Format(u8),
    #[error("histogram is inconsistent: {0}")]
    Inconsistent(&'static str),
}

impl Histogram {
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Records the same value `n` times.
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n == 0 {
            return;
        }
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
        self.count += n;
        self.sum = self.sum.saturating_add(value.saturating_mul(n));
        if value == 0 {
            self.zeros += n;
            return;
        }
        let index = index_of(value);
        match self.buckets.binary_search_by_key(&index, |&(index, _)| index) {
            Ok(at) => self.buckets[at].1 += n,
            Err(at) => self.buckets.insert(at, (index, n)),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.zeros += other.zeros;
        if self.buckets.is_empty() {
            self.buckets.clone_from(&other.buckets);
        } else if other.buckets.len() <= 4 {
            for &(index, n) in &other.buckets {
                match self.buckets.binary_search_by_key(&index, |&(index, _)| index) {
                    Ok(at) => self.buckets[at].1 += n,
                    Err(at) => self.buckets.insert(at, (index, n)),
                }
            }
        } else {
            self.buckets = merge_sorted(&self.buckets, &other.buckets);
        }
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    #[must_use]
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The largest value, or `None` when nothing was recorded.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The smallest value, or `None` when nothing was recorded.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The value at rank `ceil(q * count)`, within [`RELATIVE_ERROR_MAX`]; `None` when empty.
    /// `q` outside 0 to 1 is taken as the nearer end.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = (q.clamp(0.0, 1.0) * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = self.zeros;
        if rank <= seen {
            return Some(0.0);
        }
        for &(index, n) in &self.buckets {
            seen += n;
            if rank <= seen {
                let middle = ((f64::from(index) + 0.5) / BUCKETS_PER_DOUBLING).exp2();
                return Some(middle.clamp(self.min as f64, self.max as f64));
            }
        }
        Some(self.max as f64)
    }

    /// How many values lie above the bucket that contains `value`: those larger than it by more than a bucket's width.
    #[must_use]
    pub fn count_above(&self, value: u64) -> u64 {
        if value == 0 {
            return self.count - self.zeros;
        }
        let from = self.buckets.partition_point(|&(index, _)| index <= index_of(value));
        self.buckets[from..].iter().map(|&(_, n)| n).sum()
    }

    /// The buckets that hold something, lowest first. Zeros come as a bucket from 0 to 0.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let zeros = (self.zeros > 0).then_some(Bucket { lower: 0.0, upper: 0.0, count: self.zeros });
        let others = self.buckets.iter().map(|&(index, count)| Bucket {
            lower: (f64::from(index) / BUCKETS_PER_DOUBLING).exp2(),
            upper: ((f64::from(index) + 1.0) / BUCKETS_PER_DOUBLING).exp2(),
            count,
        });
        zeros.into_iter().chain(others)
    }

    /// A compact form for storage: one format byte, then LEB128 numbers
    /// (zeros, sum, min, max, number of buckets, and per bucket its index's step and its count).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(12 + 3 * self.buckets.len());
        self.encode_into(&mut bytes);
        bytes
    }

    /// Appends what [`Histogram::encode`] returns.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.push(FORMAT);
        for number in [self.zeros, self.sum, self.min, self.max, self.buckets.len() as u64] {
            push_leb128(bytes, number);
        }
        let mut previous = 0;
        for &(index, n) in &self.buckets {
            push_leb128(bytes, u64::from(index - previous));
            push_leb128(bytes, n);
            previous = index;
        }
    }

    /// Reads what [`Histogram::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are cut off, of another format, or contradict themselves.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (&format, mut rest) = bytes.split_first().ok_or(DecodeError::Truncated)?;
        if format != FORMAT {
            return Err(DecodeError::Format(format));
        }
        let mut next = || take_leb128(&mut rest);
        let (zeros, sum, min, max, len) = (next()?, next()?, next()?, next()?, next()?);
        if len > u64::from(INDEX_MAX) + 1 {
            return Err(DecodeError::Inconsistent("more buckets than exist"));
        }
        let mut buckets = Vec::with_capacity(len as usize);
        let (mut index, mut count) = (0u64, zeros);
        for at in 0..len {
            let step = next()?;
            let n = next()?;
            if at > 0 && step == 0 {
                return Err(DecodeError::Inconsistent("the same bucket twice"));
            }
            index = index.saturating_add(step);
            let index = u16::try_from(index)
                .ok()
                .filter(|&index| index <= INDEX_MAX)
                .ok_or(DecodeError::Inconsistent("a bucket beyond the last"))?;
            if n == 0 {
                return Err(DecodeError::Inconsistent("an empty bucket"));
            }
            count = count.checked_add(n).ok_or(DecodeError::Inconsistent("too many values"))?;
            buckets.push((index, n));
        }
        if !rest.is_empty() {
            return Err(DecodeError::Inconsistent("bytes after the end"));
        }
        if min > max {
            return Err(DecodeError::Inconsistent("the minimum is above the maximum"));
        }
        Ok(Self { count, sum, min, max, zeros, buckets })
    }
}

/// The bucket of a value above zero.
fn index_of(value: u64) -> u16 {
    if value <= 1 {
        // 1 = 2^0 is the inclusive end of the bucket below; it shares bucket 0 so that indexes stay unsigned.
        return 0;
    }
    // Powers of two sit exactly on a border and log2 is exact for them; no other whole number is on one.
    let position = (value as f64).log2() * BUCKETS_PER_DOUBLING;
    (position.ceil() as u16).saturating_sub(1).min(INDEX_MAX)
}

fn merge_sorted(left: &[(u16, u64)], right: &[(u16, u64)]) -> Vec<(u16, u64)> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        match left[l].0.cmp(&right[r].0) {
            std::cmp::Ordering::Less => {
                merged.push(left[l]);
                l += 1;
            }
            std::cmp::Ordering::Greater => {
                merged.push(right[r]);
                r += 1;
            }
            std::cmp::Ordering::Equal => {
                merged.push((left[l].0, left[l].1 + right[r].1));
                l += 1;
                r += 1;
            }
        }
    }
    merged.extend_from_slice(&left[l..]);
    merged.extend_from_slice(&right[r..]);
    merged
}

fn push_leb128(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_leb128(bytes: &mut &[u8]) -> Result<u64, DecodeError> {
    let mut number = 0u64;
    for shift in (0..70).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(DecodeError::Truncated)?;
        *bytes = rest;
        if shift == 63 && byte > 1 {
            return Err(DecodeError::Inconsistent("a number above 64 bits"));
        }
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(DecodeError::Inconsistent("a number above 64 bits"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram_of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|&value| histogram.record(value));
        histogram
    }

    fn merged(left: &Histogram, right: &Histogram) -> Histogram {
        let mut merged = left.clone();
        merged.merge(right);
        merged
    }

    /// Latencies as they come: mostly up to a minute, sometimes anything.
    fn values() -> impl Strategy<Value = Vec<u64>> {
        let value = prop_oneof![6 => 0u64..60_000_000, 1 => 0u64..4, 1 => any::<u64>().prop_map(|v| v >> 8)];
        prop::collection::vec(value, 0..300)
    }

    proptest! {
        #[test]
        fn merge_is_commutative_and_associative(a in values(), b in values(), c in values()) {
            let (a, b, c) = (histogram_of(&a), histogram_of(&b), histogram_of(&c));
            prop_assert_eq!(merged(&a, &b), merged(&b, &a));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        }

        #[test]
        fn merge_equals_recording_everything_in_one(a in values(), b in values()) {
            let together: Vec<u64> = a.iter().chain(&b).copied().collect();
            prop_assert_eq!(merged(&histogram_of(&a), &histogram_of(&b)), histogram_of(&together));
        }

        #[test]
        fn quantiles_are_within_the_stated_error(mut values in values(), q in 0.0f64..=1.0) {
            prop_assume!(!values.is_empty());
            let answer = histogram_of(&values).quantile(q).expect("not empty");
            values.sort_unstable();
            let rank = (q * values.len() as f64).ceil().max(1.0) as usize;
            let exact = values[rank - 1] as f64;
            prop_assert!(
                (answer - exact).abs() <= exact * RELATIVE_ERROR_MAX,
                "q {} gave {}, exactly {}", q, answer, exact
            );
        }

        #[test]
        fn values_above_are_those_in_later_buckets(values in values(), limit in 0u64..60_000_000) {
            let above = values.iter().filter(|&&value| value > 0 && (limit == 0 || index_of(value) > index_of(limit)));
            prop_assert_eq!(histogram_of(&values).count_above(limit), above.count() as u64);
        }

        #[test]
        fn what_was_encoded_is_decoded(values in values()) {
            let histogram = histogram_of(&values);
            prop_assert_eq!(Histogram::decode(&histogram.encode()), Ok(histogram));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(histogram) = Histogram::decode(&bytes) {
                prop_assert_eq!(histogram.quantile(0.5).is_some(), histogram.count() > 0);
            }
        }

        #[test]
        fn a_cut_histogram_is_refused(values in values(), cut in any::<prop::sample::Index>()) {
            let bytes = histogram_of(&values).encode();
            prop_assert!(Histogram::decode(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }

    #[test]
    fn powers_of_two_end_their_bucket() {
        for power in 1..=63u32 {
            let index = index_of(1 << power);
            assert_eq!(u32::from(index), power * 32 - 1, "2^{power}");
        }
    }

    #[test]
    fn the_extremes_have_a_place() {
        let histogram = histogram_of(&[0, 1, u64::MAX]);
        assert_eq!(histogram.quantile(0.0), Some(0.0));
        assert!(histogram.quantile(0.5).is_some_and(|middle| (middle - 1.0).abs() <= RELATIVE_ERROR_MAX));
        assert_eq!(histogram.max(), Some(u64::MAX));
        assert_eq!(histogram.buckets().map(|bucket| bucket.count).sum::<u64>(), 3);
    }

    #[test]
    fn an_empty_histogram_has_no_quantile() {
        assert_eq!(Histogram::default().quantile(0.95), None);
        assert_eq!(Histogram::default().max(), None);
    }

    #[test]
    fn another_format_is_named() {
        assert_eq!(Histogram::decode(&[9]), Err(DecodeError::Format(9)));
    }
}
