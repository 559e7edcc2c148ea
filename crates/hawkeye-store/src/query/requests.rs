//! Single requests, newest or slowest first, page by page.

use arrow::array::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, col, lit};
use hawkeye_model::{Outcome, Request, TraceId};

use super::filter::{all, any, one_of};
use super::{Filter, TimeRange, for_each_batch};
use crate::StoreError;
use crate::request_batch;
use crate::schema::Table;
use crate::store::Store;

#[derive(Debug, Clone)]
pub struct RequestQuery {
    pub range: TimeRange,
    pub filter: Filter,
    pub outcomes: Vec<Outcome>,
    pub consumers: Vec<String>,
    pub instances: Vec<String>,
    pub trace_id: Option<TraceId>,
    pub duration_us_min: u64,
    pub sort: RequestSort,
    /// Where the previous page ended.
    pub after: Option<Cursor>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestSort {
    Newest,
    Slowest,
}

/// The sort value and the id of a page's last request: pages stay stable while new requests arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub value: i64,
    pub id: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StoredRequest {
    pub id: u64,
    pub request: Request,
}

#[derive(Debug)]
pub struct RequestPage {
    pub requests: Vec<StoredRequest>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

impl RequestSort {
    fn column(self) -> &'static str {
        match self {
            Self::Newest => "start_us",
            Self::Slowest => "duration_us",
        }
    }

    fn value(self, request: &Request) -> i64 {
        match self {
            Self::Newest => request.start.micros(),
            Self::Slowest => i64::try_from(request.duration_us).unwrap_or(i64::MAX),
        }
    }

    fn literal(self, value: i64) -> Expr {
        match self {
            Self::Newest => lit(value),
            Self::Slowest => lit(value.unsigned_abs()),
        }
    }
}

impl Store {
    /// # Errors
    /// When the query takes too long or a segment cannot be read.
    pub async fn requests(&self, query: &RequestQuery) -> Result<RequestPage, StoreError> {
        let (mut rows, segments) = self.rows(Table::Requests, query.range, None)?;
        if let Some(filter) = query.expression() {
            rows = rows.filter(filter)?;
        }
        let sort = query.sort;
        // One more than asked tells whether there is another page.
        let rows = rows
            .sort(vec![col(sort.column()).sort(false, false), col("request_id").sort(false, false)])?
            .limit(0, Some(query.limit + 1))?;
        let mut found = self
            .run(async move {
                let mut found = Vec::new();
                for_each_batch(rows, |batch: &RecordBatch| {
                    found.extend(request_batch::decode(batch)?);
                    Ok(())
                })
                .await?;
                drop(segments);
                Ok(found)
            })
            .await?;
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let next =
            found.last().filter(|_| more).map(|(id, last)| Cursor { value: sort.value(last), id: *id });
        let requests = found.into_iter().map(|(id, request)| StoredRequest { id, request }).collect();
        Ok(RequestPage { requests, next })
    }
}

impl RequestQuery {
    /// The newest requests of a range, unfiltered.
    #[must_use]
    pub fn newest(range: TimeRange, limit: usize) -> Self {
        Self {
            range,
            filter: Filter::default(),
            outcomes: Vec::new(),
            consumers: Vec::new(),
            instances: Vec::new(),
            trace_id: None,
            duration_us_min: 0,
            sort: RequestSort::Newest,
            after: None,
            limit,
        }
    }

    fn expression(&self) -> Option<Expr> {
        let trace =
            |id: TraceId| col("trace_id").eq(lit(ScalarValue::FixedSizeBinary(16, Some(id.0.to_vec()))));
        let after = |cursor: Cursor| {
            let (value, id) = (self.sort.literal(cursor.value), lit(cursor.id));
            let column = || col(self.sort.column());
            column().lt(value.clone()).or(column().eq(value).and(col("request_id").lt(id)))
        };
        all([
            self.filter.expression(),
            any(self.outcomes.iter().map(|&outcome| col("outcome").eq(lit(outcome as u8)))),
            one_of("consumer", &self.consumers),
            one_of("instance", &self.instances),
            self.trace_id.map(trace),
            (self.duration_us_min > 0).then(|| col("duration_us").gt_eq(lit(self.duration_us_min))),
            self.after.map(after),
        ]
        .into_iter()
        .flatten())
    }
}
