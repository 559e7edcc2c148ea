//! Bulk loading: many past requests become segments and rollups directly, without passing through the buffer.
//!
//! The requests count all at once, when the transaction that names their segments is committed.

use hawkeye_model::{Dataset, Request, Resolution, Timestamp};

use crate::buffer::{self, SegmentRow};
use crate::pending::Pending;
use crate::schema::Table;
use crate::segment::{self, Segment};
use crate::store::{Imported, Store};
use crate::{StoreError, request_batch, rollup_batch};

impl Store {
    /// Stores past requests. Blocks; call it from a thread that may. Memory grows with the requests given, so hand
    /// over a day at a time. Fine rollups that retention would drop at once are not made.
    ///
    /// # Errors
    /// When a file or the transaction could not be written; then nothing is stored.
    pub fn import(
        &self,
        requests: &[Request],
        dataset: Dataset,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let name = self.segment_name();
        let folder = self.segments_folder();
        let nonce = name.parse::<i64>().map_or(i64::MIN, |number| -number);
        let mut rows = Vec::new();
        if let Some(oldest_kept) = requests.first().map(|_| now.minus(self.config.request_retention)) {
            let kept: Vec<&Request> =
                requests.iter().filter(|request| request.start >= oldest_kept).collect();
            let id = |(row, request): (usize, &&Request)| {
                request_batch::id_of_span(request).unwrap_or_else(|| request_batch::id_of_row(nonce, row))
            };
            let ids: Vec<u64> = kept.iter().enumerate().map(id).collect();
            let batch = request_batch::encode(&kept, &ids)?;
            rows.extend(segment::write(&folder, &name, Table::Requests, dataset, &[batch])?);
        }
        rows.extend(self.import_rollups(requests, dataset, now, &name)?);
        let imported = Imported {
            requests: requests.len() as u64,
            size_bytes: rows.iter().map(|row| row.size_bytes).sum(),
        };
        self.on_committer(move |connection, shared| {
            let transaction = connection.transaction()?;
            rows.iter().try_for_each(|row| buffer::insert_segment(&transaction, row))?;
            transaction.commit()?;
            shared.write().segments.extend(rows.into_iter().map(|row| Segment::new(&folder, row)));
            Ok(())
        })?;
        Ok(imported)
    }

    fn import_rollups(
        &self,
        requests: &[Request],
        dataset: Dataset,
        now: Timestamp,
        name: &str,
    ) -> Result<Vec<SegmentRow>, StoreError> {
        let mut pending = Pending::default();
        requests.iter().for_each(|request| pending.add(request));
        let mut rows = Vec::new();
        for resolution in Resolution::ALL {
            let table = Table::Rollup(resolution);
            let oldest_kept = now.minus(self.config.retention(table));
            let rollups = pending.rollups(resolution, oldest_kept, Timestamp::MAX);
            if !rollups.is_empty() {
                let batch = rollup_batch::encode(&rollups)?;
                rows.extend(segment::write(&self.segments_folder(), name, table, dataset, &[batch])?);
            }
        }
        Ok(rows)
    }
}
