//! Sums of requests by time step and dimension. Every chart, tile and table is one such question.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Int64Array, RecordBatch, UInt8Array, UInt16Array, UInt64Array};
use datafusion::logical_expr::col;
use hawkeye_model::{Dataset, Endpoint, Environment, Outcome, Provider, Resolution, Rollup, Timestamp};

use super::{Filter, TimeRange, for_each_batch};
use crate::StoreError;
use crate::request_batch::{LabelColumns, column};
use crate::rollup_batch::RollupColumns;
use crate::schema::{LABELS, Table};
use crate::store::Store;

/// What requests can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Three values: service, method, route.
    Endpoint,
    /// Three values: provider, deployment, region.
    Environment,
    Service,
    Method,
    Provider,
    Deployment,
    Region,
    Version,
    Status,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SumQuery {
    pub range: TimeRange,
    /// `None` sums over the whole range.
    pub step: Option<Duration>,
    pub filter: Filter,
    pub group_by: Vec<Dimension>,
    /// `None` takes all.
    pub dataset: Option<Dataset>,
}

/// Which rows answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Rollup(Resolution),
    Requests,
}

/// A grid of sums: a row a group, a column a time step.
#[derive(Debug)]
pub struct Cells {
    pub source: Source,
    /// What was summed: without steps the asked range moved to the borders of windows, so that two ranges side by
    /// side share none.
    pub range: TimeRange,
    /// The start of the first step.
    pub start: Timestamp,
    /// A multiple of the source's width, so it can be wider than asked.
    pub step: Duration,
    /// Time steps.
    pub n: usize,
    /// For each group the values of its dimensions, in the order asked.
    pub groups: Vec<Vec<Arc<str>>>,
    cells: Vec<Rollup>,
}

impl Cells {
    /// The sums of a group, one a time step.
    #[must_use]
    pub fn of(&self, group: usize) -> &[Rollup] {
        &self.cells[group * self.n..(group + 1) * self.n]
    }

    /// The sum of a group over all time steps.
    #[must_use]
    pub fn total(&self, group: usize) -> Rollup {
        self.of(group).iter().fold(Rollup::default(), |mut total, rollup| {
            total.merge(rollup);
            total
        })
    }

    /// The time in which the requests came, for rates.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Duration {
        self.range.to.min(now).since(self.range.from)
    }

    /// The endpoint in a group that was asked by [`Dimension::Endpoint`] as the `at`-th value on.
    #[must_use]
    pub fn endpoint(&self, group: usize, at: usize) -> Endpoint {
        let value = |offset: usize| Arc::clone(&self.groups[group][at + offset]);
        Endpoint { service: value(0), method: value(1), route: value(2) }
    }

    /// The environment in a group that was asked by [`Dimension::Environment`] as the `at`-th value on.
    #[must_use]
    pub fn environment(&self, group: usize, at: usize) -> Environment {
        let value = |offset: usize| &self.groups[group][at + offset];
        Environment::new(Provider::parse(value(0)), value(1), value(2))
    }
}

impl Source {
    #[must_use]
    pub fn name(self) -> &'static str {
        self.table().name()
    }

    fn table(self) -> Table {
        match self {
            Self::Rollup(resolution) => Table::Rollup(resolution),
            Self::Requests => Table::Requests,
        }
    }

    fn width(self) -> Duration {
        match self {
            Self::Rollup(resolution) => resolution.width(),
            Self::Requests => Duration::from_micros(1),
        }
    }
}

impl Store {
    /// Answers from the coarsest rows that are fine enough and still kept.
    ///
    /// # Errors
    /// When there would be more groups than the configured limit, or the query takes too long.
    pub async fn sum(&self, query: &SumQuery, now: Timestamp) -> Result<Cells, StoreError> {
        let source = self.source(query, now);
        let step = match query.step {
            Some(step) => next_multiple(step, source.width()),
            None => query.range.width().max(source.width()),
        };
        let start = match query.step {
            Some(_) => query.range.from.floor(step),
            None => query.range.from.floor(source.width()),
        };
        let n = match query.step {
            Some(_) => query.range.to.since(start).as_micros().div_ceil(step.as_micros()).max(1) as usize,
            None => 1,
        };
        let is_past = query.step.is_none() && query.range.to < now;
        let to = match is_past {
            true => query.range.to.floor(source.width()).max(start.plus(source.width())),
            false => query.range.to,
        };
        let range = TimeRange { from: start, to };
        let (mut rows, segments) = self.rows(source.table(), range, query.dataset)?;
        if let Some(filter) = query.filter.expression() {
            rows = rows.filter(filter)?;
        }
        let rows = rows.select(columns(source).iter().map(|name| col(*name)).collect::<Vec<_>>())?;
        let mut summing = Summing {
            cells: Cells { source, range, start, step, n, groups: Vec::new(), cells: Vec::new() },
            whole: query.step.is_none(),
            group_by: query.group_by.clone(),
            known: HashMap::new(),
            cells_max: self.config.query_cells_max,
        };
        self.run(async move {
            for_each_batch(rows, |batch| summing.add(batch)).await?;
            drop(segments);
            if summing.cells.groups.is_empty() && summing.group_by.is_empty() {
                summing.group(Vec::new())?;
            }
            Ok(summing.cells)
        })
        .await
    }

    /// The narrowest step not below `step` that rollups since `from` can answer: old ones are coarser.
    #[must_use]
    pub fn step_kept(&self, step: Duration, from: Timestamp, now: Timestamp) -> Duration {
        let kept = |resolution: &Resolution| self.is_kept(*resolution, from, now);
        let finest = Resolution::ALL.into_iter().find(kept).unwrap_or(Resolution::Hour);
        next_multiple(step, finest.width())
    }

    /// How long sums of a minute are kept.
    #[must_use]
    pub fn minutes_kept(&self) -> Duration {
        self.config.retention(Table::Rollup(Resolution::Minute))
    }

    /// How long single requests are kept.
    #[must_use]
    pub fn requests_kept(&self) -> Duration {
        self.config.retention(Table::Requests)
    }

    fn is_kept(&self, resolution: Resolution, from: Timestamp, now: Timestamp) -> bool {
        from >= now.minus(self.config.retention(Table::Rollup(resolution)))
    }

    fn source(&self, query: &SumQuery, now: Timestamp) -> Source {
        if query.filter.needs_requests() || query.group_by.contains(&Dimension::Status) {
            return Source::Requests;
        }
        let fits = |resolution: Resolution| match query.step {
            Some(step) => step.as_micros().is_multiple_of(resolution.width().as_micros()),
            // Whole sums start at a window's border; the finer the rows, the less they add at the edge.
            None => match resolution {
                Resolution::TenSeconds => true,
                Resolution::Minute => query.range.width() > Duration::from_secs(3 * 3_600),
                Resolution::Hour => query.range.width() > Duration::from_secs(3 * 86_400),
            },
        };
        let kept = |resolution: Resolution| self.is_kept(resolution, query.range.from, now);
        let coarse_first = || Resolution::ALL.into_iter().rev();
        let resolution = coarse_first()
            .find(|&resolution| fits(resolution) && kept(resolution))
            .or_else(|| Resolution::ALL.into_iter().find(|&resolution| kept(resolution)))
            .unwrap_or(Resolution::Hour);
        Source::Rollup(resolution)
    }
}

fn next_multiple(step: Duration, width: Duration) -> Duration {
    let micros = step.as_micros().next_multiple_of(width.as_micros().max(1));
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

fn columns(source: Source) -> Vec<&'static str> {
    let numbers: &[&str] = match source {
        Source::Rollup(_) => &[
            "window_us",
            "first_us",
            "last_us",
            "client_errors",
            "server_errors",
            "size_bytes_in",
            "size_bytes_out",
            "latency",
            "statuses",
        ],
        Source::Requests => {
            &["start_us", "duration_us", "outcome", "status_code", "size_bytes_in", "size_bytes_out"]
        }
    };
    numbers.iter().copied().chain(LABELS).collect()
}

/// Sums in the making.
struct Summing {
    cells: Cells,
    whole: bool,
    group_by: Vec<Dimension>,
    known: HashMap<Vec<Arc<str>>, usize>,
    cells_max: usize,
}

impl Summing {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        let labels = LabelColumns::new(batch, &LABELS)?;
        let mut groups: HashMap<([i32; 7], u16), usize> = HashMap::new();
        let mask = self.mask();
        let statuses = match self.cells.source {
            Source::Requests => Some(column::<UInt16Array>(batch, "status_code")?),
            Source::Rollup(_) => None,
        };
        let by_status = self.group_by.contains(&Dimension::Status);
        let mut group_of = |summing: &mut Self, row: usize| {
            let mut codes = labels.codes(row);
            codes.iter_mut().zip(mask).for_each(|(code, counts)| *code *= i32::from(counts));
            let status = statuses.filter(|_| by_status).map_or(0, |statuses| statuses.value(row));
            if let Some(&group) = groups.get(&(codes, status)) {
                return Ok(group);
            }
            let group = summing.group(values(&summing.group_by, &labels, row, status))?;
            groups.insert((codes, status), group);
            Ok::<_, StoreError>(group)
        };
        match self.cells.source {
            Source::Rollup(_) => {
                let rollups = RollupColumns::new(batch)?;
                for row in 0..batch.num_rows() {
                    let group = group_of(self, row)?;
                    self.cell(group, rollups.window(row)).merge(&rollups.rollup(row)?);
                }
            }
            Source::Requests => {
                let requests = RequestColumns::new(batch)?;
                for row in 0..batch.num_rows() {
                    let group = group_of(self, row)?;
                    let start = Timestamp::from_micros(requests.start.value(row));
                    requests.add_to(self.cell(group, start), row);
                }
            }
        }
        Ok(())
    }

    /// Which label columns tell groups apart.
    fn mask(&self) -> [bool; 7] {
        let mut mask = [false; 7];
        for dimension in &self.group_by {
            dimension.labels().iter().for_each(|&label| mask[label] = true);
        }
        mask
    }

    fn group(&mut self, values: Vec<Arc<str>>) -> Result<usize, StoreError> {
        if let Some(&group) = self.known.get(&values) {
            return Ok(group);
        }
        let group = self.cells.groups.len();
        if (group + 1) * self.cells.n > self.cells_max {
            return Err(StoreError::TooManyGroups { limit: self.cells_max / self.cells.n });
        }
        self.cells.groups.push(values.clone());
        self.cells.cells.resize_with((group + 1) * self.cells.n, Rollup::default);
        self.known.insert(values, group);
        Ok(group)
    }

    fn cell(&mut self, group: usize, at: Timestamp) -> &mut Rollup {
        let step = if self.whole {
            0
        } else {
            let passed = at.since(self.cells.start).as_micros() / self.cells.step.as_micros().max(1);
            (passed as usize).min(self.cells.n - 1)
        };
        &mut self.cells.cells[group * self.cells.n + step]
    }
}

impl Dimension {
    /// Positions in [`LABELS`].
    fn labels(self) -> &'static [usize] {
        match self {
            Self::Endpoint => &[0, 1, 2],
            Self::Environment => &[3, 4, 5],
            Self::Service => &[0],
            Self::Method => &[1],
            Self::Provider => &[3],
            Self::Deployment => &[4],
            Self::Region => &[5],
            Self::Version => &[6],
            Self::Status => &[],
        }
    }
}

fn values(group_by: &[Dimension], labels: &LabelColumns<'_>, row: usize, status: u16) -> Vec<Arc<str>> {
    let mut values = Vec::new();
    for dimension in group_by {
        if *dimension == Dimension::Status {
            values.push(status.to_string().into());
        }
        values.extend(dimension.labels().iter().map(|&label| Arc::from(labels.text(label, row))));
    }
    values
}

struct RequestColumns<'a> {
    start: &'a Int64Array,
    duration: &'a UInt64Array,
    outcome: &'a UInt8Array,
    status: &'a UInt16Array,
    bytes_in: &'a UInt64Array,
    bytes_out: &'a UInt64Array,
}

impl<'a> RequestColumns<'a> {
    fn new(batch: &'a RecordBatch) -> Result<Self, StoreError> {
        Ok(Self {
            start: column(batch, "start_us")?,
            duration: column(batch, "duration_us")?,
            outcome: column(batch, "outcome")?,
            status: column(batch, "status_code")?,
            bytes_in: column(batch, "size_bytes_in")?,
            bytes_out: column(batch, "size_bytes_out")?,
        })
    }

    fn add_to(&self, rollup: &mut Rollup, row: usize) {
        let start = Timestamp::from_micros(self.start.value(row));
        rollup.first = rollup.first.min(start);
        rollup.last = rollup.last.max(start);
        rollup.client_errors += u64::from(self.outcome.value(row) == Outcome::ClientError as u8);
        rollup.server_errors += u64::from(self.outcome.value(row) == Outcome::ServerError as u8);
        rollup.size_bytes_in = rollup.size_bytes_in.saturating_add(self.bytes_in.value(row));
        rollup.size_bytes_out = rollup.size_bytes_out.saturating_add(self.bytes_out.value(row));
        rollup.latency.record(self.duration.value(row));
        rollup.add_status(self.status.value(row), 1);
    }
}
