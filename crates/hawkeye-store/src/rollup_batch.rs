//! Rollups as Arrow columns and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BinaryBuilder, Int64Array, Int64Builder, RecordBatch, StringDictionaryBuilder,
    UInt64Array, UInt64Builder,
};
use arrow::datatypes::Int32Type;
use hawkeye_model::{Histogram, Resolution, Rollup, Series, Timestamp};

use crate::StoreError;
use crate::pending::{RollupKey, Rollups};
use crate::request_batch::{LabelColumns, column, series_at};
use crate::schema::{LABELS, Table};

/// One row a rollup, sorted by series, version and window.
pub(crate) fn encode(rollups: &Rollups) -> Result<RecordBatch, StoreError> {
    let mut sorted: Vec<_> = rollups.iter().collect();
    sorted.sort_unstable_by(|(left, (left_series, _)), (right, (right_series, _))| {
        (left_series.endpoint_id(), left.series, &left.version, left.window).cmp(&(
            right_series.endpoint_id(),
            right.series,
            &right.version,
            right.window,
        ))
    });
    let rows = sorted.len();
    let [mut window, mut first, mut last] = std::array::from_fn(|_| Int64Builder::with_capacity(rows));
    let [mut endpoint, mut client_errors, mut server_errors, mut bytes_in, mut bytes_out] =
        std::array::from_fn(|_| UInt64Builder::with_capacity(rows));
    let [mut latency, mut statuses] = std::array::from_fn(|_| BinaryBuilder::new());
    let mut labels: [StringDictionaryBuilder<Int32Type>; 7] =
        std::array::from_fn(|_| StringDictionaryBuilder::new());
    let mut bytes = Vec::new();
    for (key, (series, rollup)) in sorted {
        let (target, environment) = (series.endpoint(), series.environment());
        window.append_value(key.window.micros());
        first.append_value(rollup.first.micros());
        last.append_value(rollup.last.micros());
        endpoint.append_value(series.endpoint_id().0);
        client_errors.append_value(rollup.client_errors);
        server_errors.append_value(rollup.server_errors);
        bytes_in.append_value(rollup.size_bytes_in);
        bytes_out.append_value(rollup.size_bytes_out);
        bytes.clear();
        rollup.latency.encode_into(&mut bytes);
        latency.append_value(&bytes);
        bytes.clear();
        for (code, requests) in &rollup.statuses {
            bytes.extend_from_slice(&code.to_le_bytes());
            bytes.extend_from_slice(&requests.to_le_bytes());
        }
        statuses.append_value(&bytes);
        let texts: [&str; 7] = [
            &target.service,
            &target.method,
            &target.route,
            environment.provider.as_str(),
            &environment.deployment,
            &environment.region,
            &key.version,
        ];
        for (builder, text) in labels.iter_mut().zip(texts) {
            builder.append_value(text);
        }
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(window.finish()),
        Arc::new(endpoint.finish()),
        Arc::new(first.finish()),
        Arc::new(last.finish()),
        Arc::new(client_errors.finish()),
        Arc::new(server_errors.finish()),
        Arc::new(bytes_in.finish()),
        Arc::new(bytes_out.finish()),
        Arc::new(latency.finish()),
        Arc::new(statuses.finish()),
    ];
    columns.extend(labels.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
    Ok(RecordBatch::try_new(Table::Rollup(Resolution::TenSeconds).schema(), columns)?)
}

/// Adds every row of a batch that has all columns to `rollups`: equal keys are merged.
pub(crate) fn merge_into(rollups: &mut Rollups, batch: &RecordBatch) -> Result<(), StoreError> {
    let columns = RollupColumns::new(batch)?;
    let labels = LabelColumns::new(batch, &LABELS)?;
    let mut series_seen: HashMap<Vec<i32>, Arc<Series>> = HashMap::new();
    for row in 0..batch.num_rows() {
        let codes = labels.codes(row);
        let series =
            series_seen.entry(codes[..6].to_vec()).or_insert_with(|| Arc::new(series_at(&labels, row)));
        let key = RollupKey {
            window: columns.window(row),
            series: series.id(),
            version: labels.text(6, row).into(),
        };
        crate::pending::merge(rollups, key, series, &columns.rollup(row)?);
    }
    Ok(())
}

/// The numbers of rollup rows; label columns are read apart.
pub(crate) struct RollupColumns<'a> {
    window: &'a Int64Array,
    first: &'a Int64Array,
    last: &'a Int64Array,
    client_errors: &'a UInt64Array,
    server_errors: &'a UInt64Array,
    bytes_in: &'a UInt64Array,
    bytes_out: &'a UInt64Array,
    latency: &'a BinaryArray,
    statuses: &'a BinaryArray,
}

impl<'a> RollupColumns<'a> {
    pub(crate) fn new(batch: &'a RecordBatch) -> Result<Self, StoreError> {
        Ok(Self {
            window: column(batch, "window_us")?,
            first: column(batch, "first_us")?,
            last: column(batch, "last_us")?,
            client_errors: column(batch, "client_errors")?,
            server_errors: column(batch, "server_errors")?,
            bytes_in: column(batch, "size_bytes_in")?,
            bytes_out: column(batch, "size_bytes_out")?,
            latency: column(batch, "latency")?,
            statuses: column(batch, "statuses")?,
        })
    }

    pub(crate) fn window(&self, row: usize) -> Timestamp {
        Timestamp::from_micros(self.window.value(row))
    }

    pub(crate) fn rollup(&self, row: usize) -> Result<Rollup, StoreError> {
        let latency = Histogram::decode(self.latency.value(row)).map_err(|error| {
            StoreError::Columns(arrow::error::ArrowError::ParseError(format!(
                "latency of row {row}: {error}"
            )))
        })?;
        let statuses = self.statuses.value(row).chunks_exact(10).map(|pair| {
            let (code, requests) = pair.split_at(2);
            (
                u16::from_le_bytes(code.try_into().unwrap_or_default()),
                u64::from_le_bytes(requests.try_into().unwrap_or_default()),
            )
        });
        Ok(Rollup {
            first: Timestamp::from_micros(self.first.value(row)),
            last: Timestamp::from_micros(self.last.value(row)),
            client_errors: self.client_errors.value(row),
            server_errors: self.server_errors.value(row),
            size_bytes_in: self.bytes_in.value(row),
            size_bytes_out: self.bytes_out.value(row),
            latency,
            statuses: statuses.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use hawkeye_model::{Endpoint, Environment, Provider, Request};

    use super::*;
    use crate::pending::Pending;

    #[test]
    fn what_was_encoded_is_merged_back() {
        let mut pending = Pending::default();
        for at in 0..50u64 {
            let endpoint =
                Endpoint { service: "s".into(), method: "GET".into(), route: format!("/{}", at % 3).into() };
            let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Azure, "p", "")));
            let status = if at % 7 == 0 { 500 } else { 200 };
            let mut request = Request::new(Timestamp::from_secs(at as i64), at * 1_000, series, status);
            request.version = format!("v{}", at % 2).into();
            pending.add(&request);
        }
        let rollups = pending.rollups(Resolution::Minute, Timestamp::MIN, Timestamp::MAX);
        assert_eq!(rollups.len(), 6);
        let batch = encode(&rollups).expect("encodes");
        let mut back = Rollups::new();
        merge_into(&mut back, &batch).expect("merges");
        assert_eq!(back, rollups);
    }
}
