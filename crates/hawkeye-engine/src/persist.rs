//! Bytes that the catalog keeps for the engine: snapshots in chunks, and evidence.
//!
//! Each begins with a format byte of its own. What cannot be read is learnt again, or left out.

use std::time::Duration;

use hawkeye_catalog::Spark;
use hawkeye_detect::{Evidence, Snapshot};
use hawkeye_model::{SeriesId, Timestamp};

/// Counts up when the arrangement of chunks or the evidence changes.
const FORMAT: u8 = 1;

/// Series in a chunk: a few MB.
const CHUNK_SERIES: usize = 256;

/// Points of a score's course in a list.
const SPARK_POINTS_MAX: usize = 60;

/// The shared part, then series in lots.
pub(crate) fn encode_snapshot(snapshot: &Snapshot) -> Vec<Vec<u8>> {
    let mut chunks = vec![encode(&snapshot.shared)];
    for lot in snapshot.series.chunks(CHUNK_SERIES) {
        let lot: Vec<(u64, &[u8])> = lot.iter().map(|(id, bytes)| (id.0, bytes.as_slice())).collect();
        chunks.push(encode(&lot));
    }
    chunks
}

/// `None` when another version wrote it.
pub(crate) fn decode_snapshot(chunks: &[Vec<u8>]) -> Option<Snapshot> {
    let (shared, lots) = chunks.split_first()?;
    let mut series = Vec::new();
    for lot in lots {
        let lot: Vec<(u64, Vec<u8>)> = decode(lot)?;
        series.extend(lot.into_iter().map(|(id, bytes)| (SeriesId(id), bytes)));
    }
    Some(Snapshot { shared: decode(shared)?, series })
}

pub(crate) fn encode_evidence(evidence: &Evidence) -> Vec<u8> {
    encode(evidence)
}

/// `None` when another version wrote it.
pub(crate) fn decode_evidence(bytes: &[u8]) -> Option<Evidence> {
    decode(bytes)
}

/// The course of the score in fewer points: of each step the largest.
pub(crate) fn spark(evidence: &Evidence) -> Spark {
    let width = evidence.scores.len().div_ceil(SPARK_POINTS_MAX).max(1);
    let step_us = u64::try_from(evidence.step_us).unwrap_or(0).saturating_mul(width as u64);
    let largest = |points: &[f32]| points.iter().copied().fold(0.0, f32::max);
    Spark {
        t0: Timestamp::from_micros(evidence.start_us),
        step: Duration::from_micros(step_us),
        scores: evidence.scores.chunks(width).map(largest).collect(),
    }
}

fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    // Writing plain data into memory does not fail; if it did, nothing could read the empty bytes.
    postcard::to_extend(value, vec![FORMAT]).unwrap_or_default()
}

fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (&FORMAT, rest) = bytes.split_first()? else { return None };
    postcard::from_bytes(rest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_comes_back_whole() {
        for series in [0, 1, 256, 600] {
            let series = (0..series).map(|id| (SeriesId(id), vec![id as u8; 3])).collect();
            let snapshot = Snapshot { shared: vec![1, 2, 3], series };
            assert_eq!(decode_snapshot(&encode_snapshot(&snapshot)), Some(snapshot));
        }
    }

    #[test]
    fn other_formats_are_refused() {
        assert_eq!(decode_snapshot(&[]), None);
        assert_eq!(decode_snapshot(&[vec![9, 0]]), None);
        assert_eq!(decode_snapshot(&[vec![FORMAT, 200]]), None);
        assert_eq!(decode_evidence(&[]), None);
    }

    #[test]
    fn a_spark_is_short_and_keeps_the_peak() {
        let mut evidence = Evidence {
            start_us: 0,
            step_us: 60_000_000,
            scores: vec![1.0; 700],
            thresholds: vec![5.0; 700],
            tests: Vec::new(),
            is_seasonal: false,
            windows_learnt: 0,
            is_learning: false,
        };
        evidence.scores[333] = 40.0;
        let spark = spark(&evidence);
        assert!(spark.scores.len() <= SPARK_POINTS_MAX);
        assert_eq!(spark.step, Duration::from_secs(12 * 60));
        assert_eq!(spark.scores[333 / 12], 40.0);
    }
}
