//! The limits of the embedded store. The reasons stand in `config/hawkeye.toml`.

use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub path: PathBuf,
    /// Requests waiting for the committer; beyond that an append is refused.
    pub queue_requests_max: usize,
    /// Requests in memory that are not in a segment yet; beyond that an append is refused.
    pub head_requests_max: usize,
    /// The head becomes a segment when it holds this many rows …
    pub segment_rows: usize,
    /// … or when its oldest row has been there this long.
    pub segment_interval: Duration,
    pub rollup_flush_interval: Duration,
    pub request_retention: Duration,
    pub rollup_10s_retention: Duration,
    pub rollup_1m_retention: Duration,
    pub rollup_1h_retention: Duration,
    /// When the segments grow beyond this, the oldest requests go first.
    pub disk_size_bytes_max: u64,
    /// Ids remembered to recognise a span that is sent again.
    pub duplicate_window_requests: usize,
    /// Includes the wait for a place among the queries that run.
    pub query_timeout: Duration,
    pub query_concurrency_max: usize,
    /// Groups times time steps that one query may return.
    pub query_cells_max: usize,
}

const DAY: Duration = Duration::from_secs(86_400);

impl StoreConfig {
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            queue_requests_max: 500_000,
            head_requests_max: 4_000_000,
            segment_rows: 500_000,
            segment_interval: Duration::from_secs(300),
            rollup_flush_interval: Duration::from_secs(10),
            request_retention: 7 * DAY,
            rollup_10s_retention: 2 * DAY,
            rollup_1m_retention: 30 * DAY,
            rollup_1h_retention: 400 * DAY,
            disk_size_bytes_max: 50 << 30,
            duplicate_window_requests: 500_000,
            query_timeout: Duration::from_secs(30),
            query_concurrency_max: 8,
            query_cells_max: 2_000_000,
        }
    }
}
