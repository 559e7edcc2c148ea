//! Parquet files: written under a temporary name, synced, renamed; deleted when the last reader is done with them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, FixedSizeBinaryArray, Int64Array, RecordBatch, UInt64Array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use hawkeye_model::{Dataset, Timestamp};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::StoreError;
use crate::buffer::SegmentRow;
use crate::request_batch::column;
use crate::schema::Table;

/// Small enough that a filter on one endpoint skips most of a segment, large enough to compress well.
const ROW_GROUP_ROWS: usize = 65_536;

/// A file that counts: it is named in the segment table.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) row: SegmentRow,
    pub(crate) path: PathBuf,
    /// Set once the segment no longer counts.
    doomed: AtomicBool,
}

impl Segment {
    pub(crate) fn new(folder: &Path, row: SegmentRow) -> Arc<Self> {
        let path = folder.join(&row.file);
        Arc::new(Self { row, path, doomed: AtomicBool::new(false) })
    }

    /// The file goes when the last query that reads it ends.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Acquire) {
            delete_file(&self.path);
        }
    }
}

/// Sorts rows by endpoint, then time, and writes one file per time partition. Nothing counts until the caller
/// has committed the rows that are returned. `name` must be new.
pub(crate) fn write(
    folder: &Path,
    name: &str,
    table: Table,
    dataset: Dataset,
    batches: &[RecordBatch],
) -> Result<Vec<SegmentRow>, StoreError> {
    let all = concat_batches(&table.schema(), batches)?;
    if all.num_rows() == 0 {
        return Ok(Vec::new());
    }
    let times = column::<Int64Array>(&all, table.time_column())?;
    let partition = |at: i64| table.partition(Timestamp::from_micros(at)).micros();
    let partitions = Int64Array::from_iter_values(times.values().iter().map(|&at| partition(at)));
    let sort = |values: arrow::array::ArrayRef| SortColumn { values, options: None };
    let endpoint = all.column_by_name("endpoint_id").map(Arc::clone);
    let mut columns = vec![sort(Arc::new(partitions.clone()))];
    columns.extend(endpoint.map(sort));
    columns.push(sort(Arc::new(times.clone())));
    let order = lexsort_to_indices(&columns, None)?;
    let partitions = arrow::compute::take(&partitions, &order, None)?;
    let partitions = partitions
        .as_any()
        .downcast_ref::<Int64Array>()
        .cloned()
        .unwrap_or_else(|| Int64Array::from(Vec::<i64>::new()));
    let all = take_record_batch(&all, &order)?;
    let mut written = Vec::new();
    let mut start = 0;
    for run in partitions.values().chunk_by(|left, right| left == right) {
        let file = format!("{}-{}-{name}-{}.parquet", table.name(), dataset.as_str(), written.len());
        let one = write_one(folder, file, table, dataset, &all.slice(start, run.len()));
        // On a full disk every failed try would otherwise leave a file behind and keep the disk full.
        written.push(one.inspect_err(|_| delete(folder, &written))?);
        start += run.len();
    }
    sync_folder(folder).inspect_err(|_| delete(folder, &written))?;
    Ok(written)
}

/// Deletes files that were written and will not count after all.
pub(crate) fn delete(folder: &Path, rows: &[SegmentRow]) {
    rows.iter().for_each(|row| delete_file(&folder.join(&row.file)));
}

fn delete_file(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "could not delete a file; the next start will");
    }
}

fn write_one(
    folder: &Path,
    file: String,
    table: Table,
    dataset: Dataset,
    batch: &RecordBatch,
) -> Result<SegmentRow, StoreError> {
    let path = folder.join(&file);
    let temporary = folder.join(format!("{file}.tmp"));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    let output = File::create(&temporary).map_err(StoreError::io(&temporary))?;
    let size_bytes = fill(output, &temporary, batch, properties)
        .and_then(|size_bytes| {
            fs::rename(&temporary, &path).map_err(StoreError::io(&path))?;
            Ok(size_bytes)
        })
        .inspect_err(|_| delete_file(&temporary))?;
    let times = column::<Int64Array>(batch, table.time_column())?.values();
    let at = |micros: Option<&i64>| Timestamp::from_micros(micros.copied().unwrap_or_default());
    Ok(SegmentRow {
        file,
        table,
        dataset,
        rows: batch.num_rows() as u64,
        size_bytes,
        first: at(times.iter().min()),
        last: at(times.iter().max()),
    })
}

/// Writes and syncs a file, and returns its size.
fn fill(
    output: File,
    path: &Path,
    batch: &RecordBatch,
    properties: WriterProperties,
) -> Result<u64, StoreError> {
    let mut writer = ArrowWriter::try_new(output, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    let output = writer.into_inner()?;
    output.sync_all().map_err(StoreError::io(path))?;
    Ok(output.metadata().map_err(StoreError::io(path))?.len())
}

/// A rename is durable only once its folder is.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io(folder))
}

/// The ids of the spans in a segment.
pub(crate) fn span_ids(segment: &Segment) -> Result<Vec<u64>, StoreError> {
    let file = File::open(&segment.path).map_err(StoreError::io(&segment.path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["request_id", "span_id"]);
    let mut ids = Vec::new();
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let (requests, spans) = (
            column::<UInt64Array>(&batch, "request_id")?,
            column::<FixedSizeBinaryArray>(&batch, "span_id")?,
        );
        let has_span = |row: &usize| spans.value(*row).iter().any(|byte| *byte != 0);
        ids.extend((0..batch.num_rows()).filter(has_span).map(|row| requests.value(row)));
    }
    Ok(ids)
}

/// Deletes what a crash left behind: files that no segment names.
pub(crate) fn delete_orphans(folder: &Path, segments: &[SegmentRow]) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let entry = entry.map_err(StoreError::io(folder))?;
        let counts = segments.iter().any(|segment| entry.file_name() == *segment.file);
        if !counts {
            fs::remove_file(entry.path()).map_err(StoreError::io(entry.path()))?;
        }
    }
    Ok(())
}
