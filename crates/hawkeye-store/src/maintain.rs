//! Housekeeping: store rollups, turn the head into segments, merge small segments, forget what is too old.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arrow::array::RecordBatch;
use hawkeye_model::{Dataset, Resolution, Timestamp};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::buffer::{self, Buffered, SegmentRow};
use crate::config::StoreConfig;
use crate::pending::Rollups;
use crate::schema::Table;
use crate::segment::{self, Segment};
use crate::state::{HeadBatch, Shared};
use crate::store::Store;
use crate::{StoreError, rollup_batch};

/// Segments of one partition that may exist before they are merged.
const SEGMENTS_PER_PARTITION_MAX: usize = 8;

/// A segment this large is not rewritten again. Merging holds all its rows in memory: about 300 MB.
const COMPACTED_ROWS_MAX: u64 = 500_000;

const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// When something was last done.
#[derive(Debug, Default)]
pub(crate) struct Tended {
    rollups: Timestamp,
    retention: Timestamp,
}

impl StoreConfig {
    pub(crate) fn retention(&self, table: Table) -> Duration {
        match table {
            Table::Requests => self.request_retention,
            Table::Rollup(Resolution::TenSeconds) => self.rollup_10s_retention,
            Table::Rollup(Resolution::Minute) => self.rollup_1m_retention,
            Table::Rollup(Resolution::Hour) => self.rollup_1h_retention,
        }
    }
}

impl Store {
    /// Does whatever is due. Call it about once a second from a thread that may block.
    ///
    /// # Errors
    /// The first failure; the other work was done all the same, and what failed is tried again.
    pub fn maintain(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut tended = self.tended.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not stop the work until it has caught up.
        let is_due = |last: Timestamp, interval| now < last || now.since(last) >= interval;
        let mut outcomes = Vec::new();
        let retention_is_due = is_due(tended.retention, RETENTION_INTERVAL);
        if retention_is_due {
            tended.retention = now;
            // First, since on a full disk only this makes room for the rest.
            outcomes.push(self.retain(now));
        }
        if is_due(tended.rollups, self.config.rollup_flush_interval) {
            tended.rollups = now;
            outcomes.push(self.flush_rollups(now));
        }
        for dataset in Dataset::ALL {
            for table in Table::ALL {
                outcomes.push(self.flush_head(table, dataset, now));
            }
        }
        if retention_is_due {
            outcomes.push(self.compact());
        }
        outcomes.into_iter().collect()
    }

    /// Stores the pending sums and how far they reach, in one transaction.
    pub(crate) fn flush_rollups(&self, now: Timestamp) -> Result<(), StoreError> {
        self.on_committer(move |connection, shared| {
            let (stored, summed_seq) = {
                let state = shared.read();
                if Dataset::ALL.iter().all(|&dataset| state.pending(dataset).is_empty()) {
                    return Ok(());
                }
                let mut batches = Vec::new();
                for dataset in Dataset::ALL {
                    for resolution in Resolution::ALL {
                        let rollups =
                            state.pending(dataset).rollups(resolution, Timestamp::MIN, Timestamp::MAX);
                        if !rollups.is_empty() {
                            batches.push((
                                Table::Rollup(resolution),
                                dataset,
                                rollup_batch::encode(&rollups)?,
                            ));
                        }
                    }
                }
                (batches, state.summed_seq)
            };
            let transaction = connection.transaction()?;
            let mut heads = Vec::new();
            for (table, dataset, batch) in stored {
                let seq = buffer::insert(&transaction, table, dataset, now, &batch)?;
                heads.push(HeadBatch::new(Buffered { seq, table, dataset, stored_at: now, batch })?);
            }
            buffer::set_consumed_seq(&transaction, summed_seq)?;
            transaction.commit()?;
            let mut state = shared.write();
            Dataset::ALL.iter().for_each(|&dataset| state.pending_mut(dataset).clear());
            state.consumed_seq = summed_seq;
            state.head.extend(heads);
            Ok(())
        })
    }

    /// Turns the head of a table into segments when it is large or old enough.
    fn flush_head(&self, table: Table, dataset: Dataset, now: Timestamp) -> Result<(), StoreError> {
        let heads: Vec<HeadBatch> = {
            let state = self.shared.read();
            // Requests that no stored rollup contains must stay in the buffer: a restart sums them from there.
            let done = |head: &HeadBatch| table != Table::Requests || head.seq <= state.consumed_seq;
            let mine = |head: &&HeadBatch| head.table == table && head.dataset == dataset && done(head);
            state.head.iter().filter(mine).cloned().collect()
        };
        let rows: usize = heads.iter().map(|head| head.batch.num_rows()).sum();
        let Some(oldest) = heads.iter().map(|head| head.stored_at).min() else { return Ok(()) };
        let is_young = now >= oldest && now.since(oldest) < self.config.segment_interval;
        if rows < self.config.segment_rows && is_young {
            return Ok(());
        }
        let batches: Vec<RecordBatch> = heads.iter().map(|head| head.batch.clone()).collect();
        let written = self.write_segment(table, dataset, batches)?;
        let seqs: Vec<i64> = heads.iter().map(|head| head.seq).collect();
        self.replace(seqs, Vec::new(), written)?;
        tracing::debug!(table = table.name(), rows, "head written to a segment");
        Ok(())
    }

    /// Merges the small segments of partitions that have many.
    fn compact(&self) -> Result<(), StoreError> {
        let mut partitions: BTreeMap<_, Vec<Arc<Segment>>> = BTreeMap::new();
        for segment in &self.shared.read().segments {
            let row = &segment.row;
            if row.rows < COMPACTED_ROWS_MAX {
                let partition = (row.table, row.dataset, row.table.partition(row.first));
                partitions.entry(partition).or_default().push(Arc::clone(segment));
            }
        }
        for ((table, dataset, _), mut segments) in partitions {
            if segments.len() <= SEGMENTS_PER_PARTITION_MAX {
                continue;
            }
            segments.sort_by_key(|segment| segment.row.rows);
            let mut rows = 0;
            segments.retain(|segment| {
                rows += segment.row.rows;
                rows <= COMPACTED_ROWS_MAX
            });
            if segments.len() < 2 {
                continue;
            }
            let mut batches = Vec::new();
            for segment in &segments {
                batches.extend(read_segment(segment)?);
            }
            let written = self.write_segment(table, dataset, batches)?;
            tracing::debug!(table = table.name(), merged = segments.len(), "segments merged");
            self.replace(Vec::new(), segments, written)?;
        }
        Ok(())
    }

    /// Drops segments that are past their retention, and the oldest requests when the disk budget is used up.
    fn retain(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut segments: Vec<Arc<Segment>> = self.shared.read().segments.iter().map(Arc::clone).collect();
        let is_old = |row: &SegmentRow| row.last < now.minus(self.config.retention(row.table));
        let (mut gone, mut kept): (Vec<_>, Vec<_>) =
            segments.drain(..).partition(|segment| is_old(&segment.row));
        let mut size_bytes: u64 = kept.iter().map(|segment| segment.row.size_bytes).sum();
        kept.sort_by_key(|segment| segment.row.first);
        for segment in kept.into_iter().filter(|segment| segment.row.table == Table::Requests) {
            if size_bytes <= self.config.disk_size_bytes_max {
                break;
            }
            size_bytes -= segment.row.size_bytes;
            gone.push(segment);
        }
        if gone.is_empty() {
            return Ok(());
        }
        tracing::info!(segments = gone.len(), "segments past their retention dropped");
        self.replace(Vec::new(), gone, Vec::new())
    }

    fn write_segment(
        &self,
        table: Table,
        dataset: Dataset,
        mut batches: Vec<RecordBatch>,
    ) -> Result<Vec<SegmentRow>, StoreError> {
        if matches!(table, Table::Rollup(_)) {
            let mut rollups = Rollups::new();
            batches.iter().try_for_each(|batch| rollup_batch::merge_into(&mut rollups, batch))?;
            batches = vec![rollup_batch::encode(&rollups)?];
        }
        segment::write(&self.segments_folder(), &self.segment_name(), table, dataset, &batches)
    }

    /// In one transaction: new segments count, the rows and segments they stand for no longer do.
    fn replace(
        &self,
        seqs: Vec<i64>,
        old: Vec<Arc<Segment>>,
        new: Vec<SegmentRow>,
    ) -> Result<(), StoreError> {
        let folder = self.segments_folder();
        let (files, files_folder) = (new.clone(), folder.clone());
        let replaced = self.on_committer(move |connection, shared| {
            if is_gone(shared, &seqs, &old) {
                // The data set was removed while its rows were being rewritten.
                segment::delete(&folder, &new);
                return Ok(());
            }
            let transaction = connection.transaction()?;
            new.iter().try_for_each(|row| buffer::insert_segment(&transaction, row))?;
            old.iter().try_for_each(|segment| buffer::delete_segment(&transaction, &segment.row.file))?;
            buffer::delete(&transaction, &seqs)?;
            transaction.commit()?;
            let mut state = shared.write();
            let seqs: HashSet<i64> = seqs.into_iter().collect();
            state.head.retain(|head| {
                let stays = !seqs.contains(&head.seq);
                if !stays && head.table == Table::Requests {
                    shared.head_requests.fetch_sub(head.batch.num_rows(), Ordering::Relaxed);
                }
                stays
            });
            state.segments.retain(|segment| !old.iter().any(|gone| Arc::ptr_eq(gone, segment)));
            old.iter().for_each(|segment| segment.doom());
            state.segments.extend(new.into_iter().map(|row| Segment::new(&folder, row)));
            Ok(())
        });
        // After any other error the transaction may be on disk, and then the files count.
        replaced.inspect_err(|error| {
            if matches!(error, StoreError::DiskFull) {
                segment::delete(&files_folder, &files);
            }
        })
    }
}

fn is_gone(shared: &Shared, seqs: &[i64], old: &[Arc<Segment>]) -> bool {
    let state = shared.read();
    let head: HashSet<i64> = state.head.iter().map(|head| head.seq).collect();
    seqs.iter().any(|seq| !head.contains(seq))
        || old.iter().any(|gone| !state.segments.iter().any(|segment| Arc::ptr_eq(gone, segment)))
}

fn read_segment(segment: &Segment) -> Result<Vec<RecordBatch>, StoreError> {
    let file = std::fs::File::open(&segment.path).map_err(StoreError::io(&segment.path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(65_536).build()?;
    Ok(reader.collect::<Result<_, _>>()?)
}
