//! All requests of a range, or, when there are too many, those of some of the traces: whole traces, so that who called
//! whom stays to be seen.
//!
//! A trace stays while the leading bits of its hash are zero. When what stays outgrows the limit, one more bit must be:
//! one pass, bounded memory, and the same traces in whatever order the rows come. Requests without a trace are chosen
//! by their own id.

use arrow::array::{Array, BooleanArray, FixedSizeBinaryArray, RecordBatch, UInt64Array};
use arrow::compute::filter_record_batch;
use hawkeye_model::{Dataset, Request, TraceId};
use xxhash_rust::xxh3::xxh3_64;

use super::{Filter, TimeRange, for_each_batch};
use crate::StoreError;
use crate::request_batch::{self, column};
use crate::schema::Table;
use crate::store::Store;

#[derive(Debug, Clone)]
pub struct SampleQuery {
    pub range: TimeRange,
    pub filter: Filter,
    /// `None` takes all.
    pub dataset: Option<Dataset>,
    pub requests_max: usize,
    /// At most this share of the traces, so that two samples can be of the same; 1 for all that fit.
    pub share_max: f64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// By start.
    pub requests: Vec<Request>,
    /// The share of traces that was kept: 1 is all, otherwise a power of one half.
    pub share: f64,
}

impl Store {
    /// # Errors
    /// When the query takes too long or a segment cannot be read.
    pub async fn sample(&self, query: &SampleQuery) -> Result<Sample, StoreError> {
        let (mut rows, segments) = self.rows(Table::Requests, query.range, query.dataset)?;
        if let Some(filter) = query.filter.expression() {
            rows = rows.filter(filter)?;
        }
        let mut sieve =
            Sieve { bits: bits_of(query.share_max), requests_max: query.requests_max, kept: Vec::new() };
        self.run(async move {
            for_each_batch(rows, |batch| sieve.add(batch)).await?;
            drop(segments);
            Ok(sieve.finish())
        })
        .await
    }
}

/// How many leading zeros leave no more than a share.
fn bits_of(share: f64) -> u32 {
    (0..u64::BITS).find(|bits| 0.5_f64.powi(bits.cast_signed()) <= share).unwrap_or(0)
}

struct Sieve {
    /// Leading zeros that a hash must have.
    bits: u32,
    requests_max: usize,
    kept: Vec<(u64, Request)>,
}

impl Sieve {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        let traces = column::<FixedSizeBinaryArray>(batch, "trace_id")?;
        let ids = column::<UInt64Array>(batch, "request_id")?;
        if self.bits == 0 {
            self.kept.extend(request_batch::decode(batch)?);
        } else {
            let stays = |row: usize| Some(self.keeps(traces.value(row), ids.value(row)));
            let mask: BooleanArray = (0..traces.len()).map(stays).collect();
            self.kept.extend(request_batch::decode(&filter_record_batch(batch, &mask)?)?);
        }
        while self.kept.len() > self.requests_max && self.bits < u64::BITS {
            self.bits += 1;
            let mut kept = std::mem::take(&mut self.kept);
            kept.retain(|(id, request)| self.keeps(&request.trace_id.0, *id));
            self.kept = kept;
        }
        Ok(())
    }

    fn keeps(&self, trace: &[u8], id: u64) -> bool {
        let is_alone = trace == TraceId::default().0;
        let hash = if is_alone { xxh3_64(&id.to_le_bytes()) } else { xxh3_64(trace) };
        hash.leading_zeros() >= self.bits
    }

    fn finish(mut self) -> Sample {
        self.kept.sort_by_key(|(id, request)| (request.start, *id));
        let requests = self.kept.into_iter().map(|(_, request)| request).collect();
        Sample { requests, share: 0.5_f64.powi(self.bits.cast_signed()) }
    }
}
