//! Reads the labelled service series (`wsd.parquet`, `kpi.parquet`) into memory. Knows no detector.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Int32Type, Int64Type};
use hawkeye_model::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// One series with a label for each point: true where a person saw an anomaly.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelledSeries {
    pub(crate) name: String,
    pub(crate) times: Vec<Timestamp>,
    pub(crate) values: Vec<f64>,
    pub(crate) labels: Vec<bool>,
}

impl LabelledSeries {
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}

/// The series in the order in which they first appear; the rows of one series must follow each other.
pub(crate) fn read_parquet(path: &Path) -> Result<Vec<LabelledSeries>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(65_536).build()?;
    let mut all: Vec<LabelledSeries> = Vec::new();
    for batch in reader {
        append(&mut all, &batch?).with_context(|| format!("in {}", path.display()))?;
    }
    Ok(all)
}

fn append(all: &mut Vec<LabelledSeries>, batch: &RecordBatch) -> Result<()> {
    let column = |name: &str| batch.column_by_name(name).with_context(|| format!("no column `{name}`"));
    let series = column("series")?.as_primitive_opt::<Int32Type>().context("`series` is not int32")?;
    let times = column("timestamp")?.as_primitive_opt::<Int64Type>().context("`timestamp` is not int64")?;
    let values = column("value")?.as_primitive_opt::<Float32Type>().context("`value` is not float32")?;
    let labels = column("label")?.as_boolean_opt().context("`label` is not boolean")?;
    for row in 0..batch.num_rows() {
        let name = series.value(row).to_string();
        if all.last().is_none_or(|last| last.name != name) {
            all.push(LabelledSeries { name, ..LabelledSeries::default() });
        }
        if let Some(last) = all.last_mut() {
            last.times.push(Timestamp::from_secs(times.value(row)));
            last.values.push(f64::from(values.value(row)));
            last.labels.push(labels.value(row));
        }
    }
    Ok(())
}
