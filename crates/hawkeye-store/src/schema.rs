//! The tables, their Arrow columns and their time partitions.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use hawkeye_model::{Resolution, Timestamp};

/// What kind of rows, which are stored, retained and removed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Table {
    Requests,
    Rollup(Resolution),
}

impl Table {
    pub(crate) const ALL: [Self; 4] = [
        Self::Requests,
        Self::Rollup(Resolution::TenSeconds),
        Self::Rollup(Resolution::Minute),
        Self::Rollup(Resolution::Hour),
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Rollup(Resolution::TenSeconds) => "rollup_10s",
            Self::Rollup(Resolution::Minute) => "rollup_1m",
            Self::Rollup(Resolution::Hour) => "rollup_1h",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    pub(crate) fn schema(self) -> SchemaRef {
        match self {
            Self::Requests => Arc::clone(&REQUESTS),
            Self::Rollup(_) => Arc::clone(&ROLLUPS),
        }
    }

    /// The column that holds a row's time, in microseconds.
    pub(crate) const fn time_column(self) -> &'static str {
        match self {
            Self::Requests => "start_us",
            Self::Rollup(_) => "window_us",
        }
    }

    /// A segment holds rows of one partition only, so that retention can drop it whole.
    pub(crate) fn partition(self, at: Timestamp) -> Timestamp {
        const DAY: u64 = 86_400;
        at.floor(Duration::from_secs(match self {
            Self::Requests | Self::Rollup(Resolution::TenSeconds | Resolution::Minute) => DAY,
            Self::Rollup(Resolution::Hour) => 30 * DAY,
        }))
    }
}

static REQUESTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields = vec![
        Field::new("start_us", DataType::Int64, false),
        Field::new("duration_us", DataType::UInt64, false),
        Field::new("endpoint_id", DataType::UInt64, false),
        Field::new("request_id", DataType::UInt64, false),
        Field::new("status_code", DataType::UInt16, false),
        Field::new("outcome", DataType::UInt8, false),
        Field::new("kind", DataType::UInt8, false),
        Field::new("synthetic", DataType::Boolean, false),
        Field::new("size_bytes_in", DataType::UInt64, false),
        Field::new("size_bytes_out", DataType::UInt64, false),
        Field::new("trace_id", DataType::FixedSizeBinary(16), false),
        Field::new("span_id", DataType::FixedSizeBinary(8), false),
        Field::new("parent_span_id", DataType::FixedSizeBinary(8), false),
        Field::new("path", DataType::Utf8, false),
    ];
    fields.extend(LABELS.map(label));
    fields.extend(["error_type", "instance", "consumer"].map(label));
    Arc::new(Schema::new(fields))
});

static ROLLUPS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields = vec![
        Field::new("window_us", DataType::Int64, false),
        Field::new("endpoint_id", DataType::UInt64, false),
        Field::new("first_us", DataType::Int64, false),
        Field::new("last_us", DataType::Int64, false),
        Field::new("client_errors", DataType::UInt64, false),
        Field::new("server_errors", DataType::UInt64, false),
        Field::new("size_bytes_in", DataType::UInt64, false),
        Field::new("size_bytes_out", DataType::UInt64, false),
        Field::new("latency", DataType::Binary, false),
        Field::new("statuses", DataType::Binary, false),
    ];
    fields.extend(LABELS.map(label));
    Arc::new(Schema::new(fields))
});

/// The columns by which both requests and rollups are filtered and grouped.
pub(crate) const LABELS: [&str; 7] =
    ["service", "method", "route", "provider", "deployment", "region", "version"];

fn label(name: &str) -> Field {
    Field::new(name, DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), false)
}
