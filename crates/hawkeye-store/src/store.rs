//! The store's front door: open, append, tend, close.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use datafusion::execution::context::SessionContext;
use datafusion::prelude::SessionConfig;
use hawkeye_model::{Dataset, Request, Timestamp};
use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use crate::buffer::Buffer;
use crate::committer::{Append, Committer, Job, Recent};
use crate::config::StoreConfig;
use crate::lock::FolderLock;
use crate::maintain::Tended;
use crate::schema::Table;
use crate::segment::{self, Segment};
use crate::state::{HeadBatch, Shared};
use crate::{StoreError, request_batch};

/// Requests and rollups in one folder. Share it in an `Arc`.
pub struct Store {
    pub(crate) config: StoreConfig,
    pub(crate) shared: Arc<Shared>,
    pub(crate) jobs: Sender<Job>,
    pub(crate) session: SessionContext,
    /// Queries run here, so that a long scan never delays the acceptance of data.
    pub(crate) query_runtime: tokio::runtime::Handle,
    /// Places for queries that run at the same time.
    pub(crate) queries: Arc<Semaphore>,
    pub(crate) tended: Mutex<Tended>,
    pub(crate) segment_names: AtomicU64,
    _lock: FolderLock,
}

/// What became of an append. All of it is on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    pub requests: u64,
    /// Spans that were stored before; they were not stored again.
    pub duplicates: u64,
}

/// What became of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    pub requests: u64,
    pub size_bytes: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreStatus {
    pub size_bytes: u64,
    pub segments: u64,
    pub requests: u64,
    pub demo_requests: u64,
    pub head_requests: u64,
    pub queued_requests: u64,
    pub oldest_request: Option<Timestamp>,
    pub newest_request: Option<Timestamp>,
    /// Changes with every commit.
    pub version: u64,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.config.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a folder, creating it if needed, and recovers what a crash left behind.
    /// The caller must run the committer on a thread of its own. Queries run on `query_runtime`.
    ///
    /// # Errors
    /// When another process uses the folder, a newer version wrote it, or a row is damaged.
    pub fn open(
        config: StoreConfig,
        query_runtime: tokio::runtime::Handle,
    ) -> Result<(Arc<Self>, Committer), StoreError> {
        let segments_folder = config.path.join("segments");
        fs::create_dir_all(&segments_folder).map_err(StoreError::io(&segments_folder))?;
        let lock = FolderLock::acquire(&config.path)?;
        let buffer = Buffer::open(&config.path)?;
        let segment_rows = buffer.segments()?;
        segment::delete_orphans(&segments_folder, &segment_rows)?;
        let shared = Arc::new(Shared::default());
        let mut recent = Recent::new(config.duplicate_window_requests);
        let highest = segment_rows.iter().filter_map(|row| number_of(&row.file)).max().unwrap_or(0);
        let segments: Vec<_> =
            segment_rows.into_iter().map(|row| Segment::new(&segments_folder, row)).collect();
        remember_spans(&segments, config.duplicate_window_requests, &mut recent)?;
        recover(&buffer, &shared, &mut recent)?;
        shared.write().segments = segments;
        let (jobs, receiver) = channel();
        let session = SessionConfig::new().with_target_partitions(2).with_batch_size(8_192);
        let store = Self {
            queries: Arc::new(Semaphore::new(config.query_concurrency_max.max(1))),
            config,
            shared: Arc::clone(&shared),
            jobs,
            session: SessionContext::new_with_config(session),
            query_runtime,
            tended: Mutex::default(),
            segment_names: AtomicU64::new(highest + 1),
            _lock: lock,
        };
        Ok((Arc::new(store), Committer::new(receiver, buffer, shared, recent)))
    }

    /// Returns once the requests are on disk.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] and [`StoreError::DiskFull`] may pass; the same data can be sent again.
    pub async fn append(
        &self,
        requests: Vec<Request>,
        dataset: Dataset,
        now: Timestamp,
    ) -> Result<Appended, StoreError> {
        if requests.is_empty() {
            return Ok(Appended::default());
        }
        self.make_room(requests.len())?;
        let (answer, answered) = oneshot::channel();
        let append = Append { requests, dataset, stored_at: now, answer };
        self.jobs.send(Job::Append(append)).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Takes a data set away as one: rows, rollups and files.
    ///
    /// # Errors
    /// When the removal could not be committed; then nothing is removed.
    pub async fn remove(&self, dataset: Dataset) -> Result<(), StoreError> {
        let remove = move |connection: &mut Connection, shared: &Shared| {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM buffer WHERE dataset = ?1", [dataset.as_str()])?;
            transaction.execute("DELETE FROM segment WHERE dataset = ?1", [dataset.as_str()])?;
            transaction.commit()?;
            let mut state = shared.write();
            state.pending_mut(dataset).clear();
            let gone = |head: &HeadBatch| head.dataset == dataset && head.table == Table::Requests;
            let rows: usize =
                state.head.iter().filter(|head| gone(head)).map(|head| head.batch.num_rows()).sum();
            shared.head_requests.fetch_sub(rows, Ordering::Relaxed);
            state.head.retain(|head| head.dataset != dataset);
            state.segments.retain(|segment| {
                let stays = segment.row.dataset != dataset;
                if !stays {
                    segment.doom();
                }
                stays
            });
            Ok(())
        };
        let (answer, answered) = oneshot::channel();
        let task = move |connection: &mut Connection, shared: &Shared| {
            drop(answer.send(remove(connection, shared)));
        };
        self.jobs.send(Job::Task(Box::new(task))).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    #[must_use]
    pub fn status(&self) -> StoreStatus {
        let state = self.shared.read();
        let head = state.head.iter().filter(|head| head.table == Table::Requests);
        let mut status = StoreStatus {
            segments: state.segments.len() as u64,
            head_requests: self.shared.head_requests.load(Ordering::Relaxed) as u64,
            queued_requests: self.shared.queued.load(Ordering::Relaxed) as u64,
            version: self.version(),
            ..StoreStatus::default()
        };
        for head in head {
            status.count(head.dataset, head.batch.num_rows() as u64, head.times());
        }
        for segment in &state.segments {
            status.size_bytes += segment.row.size_bytes;
            if segment.row.table == Table::Requests {
                status.count(segment.row.dataset, segment.row.rows, (segment.row.first, segment.row.last));
            }
        }
        status
    }

    /// The start of a data set's newest request.
    #[must_use]
    pub fn newest(&self, dataset: Dataset) -> Option<Timestamp> {
        let state = self.shared.read();
        let head = state.head.iter().filter(|head| head.table == Table::Requests && head.dataset == dataset);
        let segments = state.segments.iter().map(|segment| &segment.row);
        let segments = segments.filter(|row| row.table == Table::Requests && row.dataset == dataset);
        head.map(|head| head.times().1).chain(segments.map(|row| row.last)).max()
    }

    /// A number that changes whenever stored data does.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.shared.version.load(Ordering::Acquire)
    }

    /// False once a write failed in a way that only a restart can mend.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.shared.has_failed()
    }

    /// Stores pending rollups and stops the committer. What was acknowledged is safe without this, too.
    ///
    /// # Errors
    /// When the last rollups could not be stored; the next start sums them again.
    pub fn close(&self, now: Timestamp) -> Result<(), StoreError> {
        let flushed = self.flush_rollups(now);
        self.jobs.send(Job::Stop).map_err(|_| StoreError::Closed)?;
        flushed
    }

    /// Runs a write on the committer's thread and waits for it. Must not be called from async code.
    pub(crate) fn on_committer<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Connection, &Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        let task = move |connection: &mut Connection, shared: &Shared| {
            drop(answer.send(task(connection, shared)));
        };
        self.jobs.send(Job::Task(Box::new(task))).map_err(|_| StoreError::Closed)?;
        answered.recv().map_err(|_| StoreError::Closed)?
    }

    pub(crate) fn segments_folder(&self) -> PathBuf {
        self.config.path.join("segments")
    }

    /// A name that no segment of this folder has.
    pub(crate) fn segment_name(&self) -> String {
        format!("{:08}", self.segment_names.fetch_add(1, Ordering::Relaxed))
    }

    fn make_room(&self, rows: usize) -> Result<(), StoreError> {
        if self.shared.has_failed() {
            return Err(StoreError::Failed);
        }
        let head = self.shared.head_requests.load(Ordering::Relaxed);
        let queued = self.shared.queued.fetch_add(rows, Ordering::Relaxed);
        // A batch above the limit is taken when nothing else waits; otherwise it could never be stored.
        if (queued > 0 && queued + rows > self.config.queue_requests_max)
            || head > self.config.head_requests_max
        {
            self.shared.queued.fetch_sub(rows, Ordering::Relaxed);
            return Err(StoreError::Overloaded {
                queued: queued + head,
                limit: self.config.queue_requests_max,
            });
        }
        Ok(())
    }
}

impl StoreStatus {
    fn count(&mut self, dataset: Dataset, rows: u64, (first, last): (Timestamp, Timestamp)) {
        self.requests += rows;
        if dataset == Dataset::Demo {
            self.demo_requests += rows;
        }
        self.oldest_request = Some(self.oldest_request.map_or(first, |oldest| oldest.min(first)));
        self.newest_request = Some(self.newest_request.map_or(last, |newest| newest.max(last)));
    }
}

/// A span may be sent again right after a restart, when its first copy is in a segment already.
fn remember_spans(segments: &[Arc<Segment>], window: usize, recent: &mut Recent) -> Result<(), StoreError> {
    let live = |segment: &&Arc<Segment>| {
        segment.row.table == Table::Requests && segment.row.dataset == Dataset::Live
    };
    let mut newest_first: Vec<_> = segments.iter().filter(live).collect();
    newest_first.sort_by_key(|segment| std::cmp::Reverse(segment.row.last));
    let mut rows = 0;
    newest_first.retain(|segment| {
        let is_within = rows < window as u64;
        rows += segment.row.rows;
        is_within
    });
    for segment in newest_first.into_iter().rev() {
        for id in segment::span_ids(segment)? {
            recent.insert(id);
        }
    }
    Ok(())
}

/// Brings the head back into memory and sums what no stored rollup contains yet.
fn recover(buffer: &Buffer, shared: &Shared, recent: &mut Recent) -> Result<(), StoreError> {
    let consumed_seq = buffer.consumed_seq()?;
    let mut state = shared.write();
    (state.consumed_seq, state.summed_seq) = (consumed_seq, consumed_seq);
    let mut summed_again = 0;
    for buffered in buffer.load()? {
        if buffered.table == Table::Requests {
            shared.head_requests.fetch_add(buffered.batch.num_rows(), Ordering::Relaxed);
            let requests = request_batch::decode(&buffered.batch)?;
            for (id, _) in requests.iter().filter(|(_, request)| !request.span_id.is_empty()) {
                recent.insert(*id);
            }
            if buffered.seq > consumed_seq {
                summed_again += requests.len();
                let pending = state.pending_mut(buffered.dataset);
                requests.iter().for_each(|(_, request)| pending.add(request));
                state.summed_seq = buffered.seq;
            }
        }
        state.head.push(HeadBatch::new(buffered)?);
    }
    tracing::info!(batches = state.head.len(), summed_again, "buffer recovered");
    Ok(())
}

/// The running number in a segment's file name.
fn number_of(file: &str) -> Option<u64> {
    file.split('-').nth(2)?.parse().ok()
}
