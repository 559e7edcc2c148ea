//! Who called what, in order: the few columns of requests that journeys are read from.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    BooleanArray, FixedSizeBinaryArray, Int64Array, RecordBatch, UInt8Array, UInt16Array, UInt64Array,
};
use datafusion::logical_expr::{col, lit};
use hawkeye_model::{Dataset, Outcome, Series, SeriesId, SpanId, Timestamp, TraceId};

use super::{Filter, TimeRange, for_each_batch};
use crate::StoreError;
use crate::request_batch::{LabelColumns, column, fixed, series_at};
use crate::schema::{LABELS, Table};
use crate::store::Store;

#[derive(Debug, Clone)]
pub struct VisitQuery {
    pub range: TimeRange,
    pub filter: Filter,
    /// `None` takes all.
    pub dataset: Option<Dataset>,
    /// The newest ones count.
    pub limit: usize,
}

/// Requests of real users that name a consumer or a trace, newest first.
#[derive(Debug, Default)]
pub struct Visits {
    pub series: Vec<Arc<Series>>,
    pub consumers: Vec<Arc<str>>,
    pub visits: Vec<Visit>,
    /// There were more.
    pub is_cut: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub start: Timestamp,
    pub duration_us: u64,
    /// Index into [`Visits::series`].
    pub series: u32,
    /// Index into [`Visits::consumers`]; `None` when the request names none.
    pub consumer: Option<u32>,
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub parent_span_id: SpanId,
    pub outcome: Outcome,
    pub status_code: u16,
}

impl Store {
    /// # Errors
    /// When the query takes too long or a segment cannot be read.
    pub async fn visits(&self, query: &VisitQuery) -> Result<Visits, StoreError> {
        let (mut rows, segments) = self.rows(Table::Requests, query.range, query.dataset)?;
        if let Some(filter) = query.filter.expression() {
            rows = rows.filter(filter)?;
        }
        let names = [
            "start_us",
            "duration_us",
            "trace_id",
            "span_id",
            "parent_span_id",
            "outcome",
            "status_code",
            "synthetic",
            "consumer",
        ];
        let columns = names.iter().chain(&LABELS).map(|name| col(*name));
        let rows = rows.filter(col("synthetic").eq(lit(false)))?.select(columns.collect::<Vec<_>>())?;
        let limit = query.limit;
        let rows = rows.sort(vec![col("start_us").sort(false, false)])?.limit(0, Some(limit + 1))?;
        self.run(async move {
            let mut reading = Reading::default();
            for_each_batch(rows, |batch| reading.add(batch)).await?;
            drop(segments);
            let mut found = reading.found;
            found.is_cut = reading.rows > limit;
            found.visits.truncate(limit);
            Ok(found)
        })
        .await
    }
}

#[derive(Default)]
struct Reading {
    found: Visits,
    rows: usize,
    series: HashMap<SeriesId, u32>,
    consumers: HashMap<Arc<str>, u32>,
}

impl Reading {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        let start = column::<Int64Array>(batch, "start_us")?;
        let duration = column::<UInt64Array>(batch, "duration_us")?;
        let bytes = |name| column::<FixedSizeBinaryArray>(batch, name);
        let (trace, span, parent) = (bytes("trace_id")?, bytes("span_id")?, bytes("parent_span_id")?);
        let outcome = column::<UInt8Array>(batch, "outcome")?;
        let status = column::<UInt16Array>(batch, "status_code")?;
        let synthetic = column::<BooleanArray>(batch, "synthetic")?;
        let labels = LabelColumns::new(batch, &LABELS)?;
        let consumers = LabelColumns::new(batch, &["consumer"])?;
        // Codes are the same within a batch only.
        let mut series_of: HashMap<Vec<i32>, u32> = HashMap::new();
        for row in 0..batch.num_rows() {
            self.rows += 1;
            let consumer = consumers.text(0, row);
            let trace_id = TraceId(fixed(trace.value(row)));
            if synthetic.value(row) || (consumer.is_empty() && trace_id == TraceId::default()) {
                continue;
            }
            let codes = labels.codes(row)[..6].to_vec();
            let series = match series_of.get(&codes) {
                Some(&known) => known,
                None => {
                    let index = self.series_index(series_at(&labels, row));
                    series_of.insert(codes, index);
                    index
                }
            };
            let consumer = (!consumer.is_empty()).then(|| self.consumer_index(consumer));
            self.found.visits.push(Visit {
                start: Timestamp::from_micros(start.value(row)),
                duration_us: duration.value(row),
                series,
                consumer,
                trace_id,
                span_id: SpanId(fixed(span.value(row))),
                parent_span_id: SpanId(fixed(parent.value(row))),
                outcome: Outcome::ALL[usize::from(outcome.value(row)).min(Outcome::ALL.len() - 1)],
                status_code: status.value(row),
            });
        }
        Ok(())
    }

    fn series_index(&mut self, series: Series) -> u32 {
        let next = index(self.found.series.len());
        let known = *self.series.entry(series.id()).or_insert(next);
        if known == next {
            self.found.series.push(Arc::new(series));
        }
        known
    }

    fn consumer_index(&mut self, consumer: &str) -> u32 {
        if let Some(&known) = self.consumers.get(consumer) {
            return known;
        }
        let (next, consumer) = (index(self.found.consumers.len()), Arc::<str>::from(consumer));
        self.found.consumers.push(Arc::clone(&consumer));
        self.consumers.insert(consumer, next);
        next
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
