//! The one thread that writes. Whatever arrives while a commit runs is committed together in the next one.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvError};

use hawkeye_model::{Dataset, Request, Timestamp};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::StoreError;
use crate::buffer::{self, Buffer, Buffered};
use crate::request_batch;
use crate::schema::Table;
use crate::state::{HeadBatch, Shared};
use crate::store::Appended;

/// Rows in one commit: about 4 MiB of payload.
const GROUP_ROWS_MAX: usize = 65_536;

type Task = Box<dyn FnOnce(&mut Connection, &Shared) + Send>;

pub(crate) enum Job {
    Append(Append),
    /// Anything else that writes: runs alone, between two commit groups.
    Task(Task),
    Stop,
}

pub(crate) struct Append {
    pub(crate) requests: Vec<Request>,
    pub(crate) dataset: Dataset,
    pub(crate) stored_at: Timestamp,
    pub(crate) answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// Owns the buffer; run it on a thread of its own.
pub struct Committer {
    jobs: Receiver<Job>,
    buffer: Buffer,
    shared: Arc<Shared>,
    recent: Recent,
}

impl std::fmt::Debug for Committer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Committer").finish_non_exhaustive()
    }
}

impl Committer {
    pub(crate) fn new(jobs: Receiver<Job>, buffer: Buffer, shared: Arc<Shared>, recent: Recent) -> Self {
        Self { jobs, buffer, shared, recent }
    }

    /// Works until the store is closed.
    pub fn run(mut self) {
        let mut next = self.jobs.recv();
        loop {
            match next {
                Ok(Job::Append(first)) => {
                    let (group, rest) = self.group(first);
                    self.commit(group);
                    next = rest.map_or_else(|| self.jobs.recv(), Ok);
                }
                Ok(Job::Task(task)) => {
                    task(&mut self.buffer.connection, &self.shared);
                    next = self.jobs.recv();
                }
                Ok(Job::Stop) | Err(RecvError) => return,
            }
        }
    }

    /// Takes what waits already, up to the first job that is not an append.
    fn group(&self, first: Append) -> (Vec<Append>, Option<Job>) {
        let mut rows = first.requests.len();
        let mut group = vec![first];
        while rows < GROUP_ROWS_MAX {
            match self.jobs.try_recv() {
                Ok(Job::Append(append)) => {
                    rows += append.requests.len();
                    group.push(append);
                }
                Ok(other) => return (group, Some(other)),
                Err(_) => break,
            }
        }
        (group, None)
    }

    fn commit(&mut self, group: Vec<Append>) {
        let mut added = Vec::new();
        let outcome = self.try_commit(&group, &mut added);
        if let Err(error) = &outcome {
            self.recent.remove(&added);
            tracing::error!(%error, "a commit failed");
            if !matches!(error, StoreError::DiskFull) {
                // After a failed sync nobody knows what reached the disk, so nothing more is promised.
                self.shared.fail();
            }
        }
        for (at, append) in group.into_iter().enumerate() {
            let rows = append.requests.len();
            self.shared.queued.fetch_sub(rows, Ordering::Relaxed);
            let answer = match &outcome {
                Ok(duplicates) => {
                    Ok(Appended { requests: rows as u64 - duplicates[at], duplicates: duplicates[at] })
                }
                Err(StoreError::DiskFull) => Err(StoreError::DiskFull),
                Err(_) => Err(StoreError::Failed),
            };
            // A caller that hung up still has its data stored.
            drop(append.answer.send(answer));
        }
    }

    /// Returns how many requests of each append were already stored. `added` takes the ids that are new.
    fn try_commit(&mut self, group: &[Append], added: &mut Vec<u64>) -> Result<Vec<u64>, StoreError> {
        if self.shared.has_failed() {
            return Err(StoreError::Failed);
        }
        let transaction = self.buffer.connection.transaction()?;
        let mut duplicates = vec![0; group.len()];
        let mut committed: Vec<(HeadBatch, Vec<&Request>)> = Vec::new();
        for dataset in Dataset::ALL {
            let seq = buffer::next_seq(&transaction)?;
            let (mut requests, mut ids) = (Vec::new(), Vec::new());
            for (at, append) in group.iter().enumerate().filter(|(_, append)| append.dataset == dataset) {
                for request in &append.requests {
                    let span = request_batch::id_of_span(request);
                    if let Some(id) = span {
                        if !self.recent.insert(id) {
                            duplicates[at] += 1;
                            continue;
                        }
                        added.push(id);
                    }
                    ids.push(span.unwrap_or_else(|| request_batch::id_of_row(seq, requests.len())));
                    requests.push(request);
                }
            }
            let Some(stored_at) =
                group.last().map(|append| append.stored_at).filter(|_| !requests.is_empty())
            else {
                continue;
            };
            let batch = request_batch::encode(&requests, &ids)?;
            let seq = buffer::insert(&transaction, Table::Requests, dataset, stored_at, &batch)?;
            let buffered = Buffered { seq, table: Table::Requests, dataset, stored_at, batch };
            committed.push((HeadBatch::new(buffered)?, requests));
        }
        transaction.commit()?;
        let mut state = self.shared.write();
        for (head, requests) in committed {
            self.shared.head_requests.fetch_add(requests.len(), Ordering::Relaxed);
            state.summed_seq = head.seq;
            let pending = state.pending_mut(head.dataset);
            for request in requests {
                pending.add(request);
            }
            state.head.push(head);
        }
        Ok(duplicates)
    }
}

/// The ids of the latest spans, in two generations so that the older half can be forgotten at once.
#[derive(Debug)]
pub(crate) struct Recent {
    young: HashSet<u64>,
    old: HashSet<u64>,
    generation_max: usize,
}

impl Recent {
    pub(crate) fn new(window: usize) -> Self {
        Self { young: HashSet::new(), old: HashSet::new(), generation_max: (window / 2).max(1) }
    }

    /// Returns false when the id was there already.
    pub(crate) fn insert(&mut self, id: u64) -> bool {
        if self.young.contains(&id) || self.old.contains(&id) {
            return false;
        }
        if self.young.len() >= self.generation_max {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(id)
    }

    fn remove(&mut self, ids: &[u64]) {
        for id in ids {
            if !self.young.remove(id) {
                self.old.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_remembered_for_at_least_half_the_window() {
        let mut recent = Recent::new(10);
        assert!((0..5).all(|id| recent.insert(id)));
        assert!((5..10).all(|id| recent.insert(id)));
        assert!(!recent.insert(4), "still in the older generation");
        assert!((10..15).all(|id| recent.insert(id)));
        assert!(recent.insert(0), "forgotten");
    }

    #[test]
    fn what_was_not_stored_may_come_again() {
        let mut recent = Recent::new(10);
        assert!(recent.insert(1));
        recent.remove(&[1]);
        assert!(recent.insert(1));
    }
}
