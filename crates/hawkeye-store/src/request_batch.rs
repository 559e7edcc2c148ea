//! Requests as Arrow columns and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBuilder, DictionaryArray, FixedSizeBinaryArray,
    FixedSizeBinaryBuilder, Int64Array, Int64Builder, PrimitiveArray, RecordBatch, StringArray,
    StringBuilder, StringDictionaryBuilder, UInt8Array, UInt8Builder, UInt16Array, UInt16Builder,
    UInt64Array, UInt64Builder,
};
use arrow::datatypes::Int32Type;
use hawkeye_model::{
    Endpoint, Environment, Outcome, Provider, Request, RequestKind, Series, SpanId, Timestamp, TraceId,
};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::StoreError;
use crate::schema::Table;

/// Names a stored request. A span that is sent twice gets the same id both times.
pub(crate) fn id_of_span(request: &Request) -> Option<u64> {
    if request.span_id.is_empty() {
        return None;
    }
    let mut hash = Xxh3Default::new();
    hash.update(&request.trace_id.0);
    hash.update(&request.span_id.0);
    hash.update(&[request.kind as u8]);
    hash.update(request.series.endpoint().service.as_bytes());
    Some(hash.digest())
}

/// The id of a request without a span: where it was stored.
pub(crate) fn id_of_row(batch: i64, row: usize) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&batch.to_le_bytes());
    bytes[8..].copy_from_slice(&(row as u64).to_le_bytes());
    xxh3_64(&bytes)
}

type Labels = StringDictionaryBuilder<Int32Type>;

/// One row a request, in the order given. `ids` runs beside `requests`.
pub(crate) fn encode(requests: &[&Request], ids: &[u64]) -> Result<RecordBatch, StoreError> {
    let rows = requests.len();
    let mut start = Int64Builder::with_capacity(rows);
    let [mut duration, mut endpoint, mut id, mut bytes_in, mut bytes_out] =
        std::array::from_fn(|_| UInt64Builder::with_capacity(rows));
    let mut status = UInt16Builder::with_capacity(rows);
    let [mut outcome, mut kind] = std::array::from_fn(|_| UInt8Builder::with_capacity(rows));
    let mut synthetic = BooleanBuilder::with_capacity(rows);
    let mut trace = FixedSizeBinaryBuilder::with_capacity(rows, 16);
    let [mut span, mut parent] = std::array::from_fn(|_| FixedSizeBinaryBuilder::with_capacity(rows, 8));
    let mut path = StringBuilder::new();
    let mut labels: [Labels; 10] = std::array::from_fn(|_| Labels::new());
    for (request, &request_id) in requests.iter().zip(ids) {
        let (target, environment) = (request.series.endpoint(), request.series.environment());
        start.append_value(request.start.micros());
        duration.append_value(request.duration_us);
        endpoint.append_value(request.series.endpoint_id().0);
        id.append_value(request_id);
        status.append_value(request.status_code);
        outcome.append_value(request.outcome as u8);
        kind.append_value(request.kind as u8);
        synthetic.append_value(request.synthetic);
        bytes_in.append_value(request.size_bytes_in);
        bytes_out.append_value(request.size_bytes_out);
        trace.append_value(request.trace_id.0)?;
        span.append_value(request.span_id.0)?;
        parent.append_value(request.parent_span_id.0)?;
        path.append_value(&request.path);
        let texts: [&str; 10] = [
            &target.service,
            &target.method,
            &target.route,
            environment.provider.as_str(),
            &environment.deployment,
            &environment.region,
            &request.version,
            &request.error_type,
            &request.instance,
            &request.consumer,
        ];
        for (builder, text) in labels.iter_mut().zip(texts) {
            builder.append_value(text);
        }
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(start.finish()),
        Arc::new(duration.finish()),
        Arc::new(endpoint.finish()),
        Arc::new(id.finish()),
        Arc::new(status.finish()),
        Arc::new(outcome.finish()),
        Arc::new(kind.finish()),
        Arc::new(synthetic.finish()),
        Arc::new(bytes_in.finish()),
        Arc::new(bytes_out.finish()),
        Arc::new(trace.finish()),
        Arc::new(span.finish()),
        Arc::new(parent.finish()),
        Arc::new(path.finish()),
    ];
    columns.extend(labels.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
    Ok(RecordBatch::try_new(Table::Requests.schema(), columns)?)
}

/// The rows of a batch that has all columns of the requests table, with their ids.
pub(crate) fn decode(batch: &RecordBatch) -> Result<Vec<(u64, Request)>, StoreError> {
    let numbers = |name| column::<UInt64Array>(batch, name);
    let bytes = |name| column::<FixedSizeBinaryArray>(batch, name);
    let start = column::<Int64Array>(batch, "start_us")?;
    let (duration, id) = (numbers("duration_us")?, numbers("request_id")?);
    let (bytes_in, bytes_out) = (numbers("size_bytes_in")?, numbers("size_bytes_out")?);
    let status = column::<UInt16Array>(batch, "status_code")?;
    let (outcome, kind) = (column::<UInt8Array>(batch, "outcome")?, column::<UInt8Array>(batch, "kind")?);
    let synthetic = column::<BooleanArray>(batch, "synthetic")?;
    let (trace, span, parent) = (bytes("trace_id")?, bytes("span_id")?, bytes("parent_span_id")?);
    let path = column::<StringArray>(batch, "path")?;
    let labels = LabelColumns::new(batch, &crate::schema::LABELS)?;
    let others = LabelColumns::new(batch, &["error_type", "instance", "consumer"])?;
    let empty: Arc<str> = Arc::from("");
    let mut series_seen: HashMap<Vec<i32>, Arc<Series>> = HashMap::new();
    let mut requests = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let codes = labels.codes(row);
        let series =
            series_seen.entry(codes[..6].to_vec()).or_insert_with(|| Arc::new(series_at(&labels, row)));
        let path = path.value(row);
        let request = Request {
            start: Timestamp::from_micros(start.value(row)),
            duration_us: duration.value(row),
            series: Arc::clone(series),
            status_code: status.value(row),
            outcome: Outcome::ALL[usize::from(outcome.value(row)).min(Outcome::ALL.len() - 1)],
            kind: RequestKind::ALL[usize::from(kind.value(row)).min(RequestKind::ALL.len() - 1)],
            error_type: others.text(0, row).into(),
            version: labels.text(6, row).into(),
            instance: others.text(1, row).into(),
            consumer: others.text(2, row).into(),
            path: if path.is_empty() { Arc::clone(&empty) } else { path.into() },
            trace_id: TraceId(fixed(trace.value(row))),
            span_id: SpanId(fixed(span.value(row))),
            parent_span_id: SpanId(fixed(parent.value(row))),
            size_bytes_in: bytes_in.value(row),
            size_bytes_out: bytes_out.value(row),
            synthetic: synthetic.value(row),
        };
        requests.push((id.value(row), request));
    }
    Ok(requests)
}

/// The series that the seven label columns name in a row.
pub(crate) fn series_at(labels: &LabelColumns<'_>, row: usize) -> Series {
    let endpoint = Endpoint {
        service: labels.text(0, row).into(),
        method: labels.text(1, row).into(),
        route: labels.text(2, row).into(),
    };
    let provider = Provider::parse(labels.text(3, row));
    Series::new(endpoint, Environment::new(provider, labels.text(4, row), labels.text(5, row)))
}

/// Some dictionary columns of one batch, read by position.
pub(crate) struct LabelColumns<'a> {
    columns: Vec<(&'a PrimitiveArray<Int32Type>, &'a StringArray)>,
}

impl<'a> LabelColumns<'a> {
    pub(crate) fn new(batch: &'a RecordBatch, names: &[&str]) -> Result<Self, StoreError> {
        let columns = names.iter().map(|name| {
            let column = column::<DictionaryArray<Int32Type>>(batch, name)?;
            let values = column.values().as_any().downcast_ref::<StringArray>();
            Ok((column.keys(), values.ok_or_else(|| missing(name))?))
        });
        Ok(Self { columns: columns.collect::<Result<_, StoreError>>()? })
    }

    pub(crate) fn text(&self, column: usize, row: usize) -> &'a str {
        let (keys, values) = self.columns[column];
        values.value(keys.value(row) as usize)
    }

    /// Equal codes mean equal texts, within this batch only.
    pub(crate) fn codes(&self, row: usize) -> [i32; 7] {
        let mut codes = [0; 7];
        for (code, (keys, _)) in codes.iter_mut().zip(&self.columns) {
            *code = keys.value(row);
        }
        codes
    }
}

pub(crate) fn column<'a, A: Array + 'static>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a A, StoreError> {
    batch
        .column_by_name(name)
        .and_then(|column| column.as_any().downcast_ref::<A>())
        .ok_or_else(|| missing(name))
}

fn missing(name: &str) -> StoreError {
    StoreError::Columns(arrow::error::ArrowError::SchemaError(format!("column {name} has another type")))
}

pub(crate) fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        let endpoint =
            Endpoint { service: "orders".into(), method: "POST".into(), route: "/orders/{id}".into() };
        let environment = Environment::new(Provider::Gcp, "production", "europe-west1");
        let series = Arc::new(Series::new(endpoint, environment));
        let mut full = Request::new(Timestamp::from_micros(-5), 1_234, Arc::clone(&series), 503);
        full.kind = RequestKind::Consumer;
        full.error_type = "timeout".into();
        full.version = "v2.14".into();
        full.instance = "pod-1".into();
        full.consumer = "acme".into();
        full.path = "/orders/17".into();
        full.trace_id = TraceId([7; 16]);
        full.span_id = SpanId([8; 8]);
        full.parent_span_id = SpanId([9; 8]);
        (full.size_bytes_in, full.size_bytes_out, full.synthetic) = (10, u64::MAX, true);
        let plain = Request::new(Timestamp::from_secs(1), 0, series, 200);
        let batch = encode(&[&full, &plain], &[1, 2]).expect("encodes");
        assert_eq!(decode(&batch).expect("decodes"), [(1, full), (2, plain)]);
    }

    #[test]
    fn a_span_keeps_its_id_and_a_row_gets_its_own() {
        let endpoint = Endpoint { service: "s".into(), method: "GET".into(), route: "/".into() };
        let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "p", "r")));
        let mut request = Request::new(Timestamp::from_secs(1), 1, series, 200);
        assert_eq!(id_of_span(&request), None);
        request.span_id = SpanId([1; 8]);
        let first = id_of_span(&request);
        request.duration_us = 2;
        assert_eq!(id_of_span(&request), first);
        request.kind = RequestKind::Client;
        assert_ne!(id_of_span(&request), first);
        assert_ne!(id_of_row(1, 2), id_of_row(2, 1));
    }
}
