//! The sum of a series' requests in one window. Sums can be added up, so late requests and restarts
//! only ever add another delta.

use std::time::Duration;

use crate::{Histogram, Outcome, Request, Timestamp};

/// How wide a rollup's window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    TenSeconds,
    Minute,
    Hour,
}

impl Resolution {
    pub const ALL: [Self; 3] = [Self::TenSeconds, Self::Minute, Self::Hour];

    #[must_use]
    pub const fn width(self) -> Duration {
        match self {
            Self::TenSeconds => Duration::from_secs(10),
            Self::Minute => Duration::from_secs(60),
            Self::Hour => Duration::from_secs(3_600),
        }
    }

    /// The start of the window that contains `at`.
    #[must_use]
    pub fn window(self, at: Timestamp) -> Timestamp {
        at.floor(self.width())
    }
}

/// Counts and latencies of requests. Merging is associative and commutative; the empty rollup changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollup {
    /// The earliest and the latest start of a request; [`Timestamp::MAX`] and [`Timestamp::MIN`] when there is none.
    pub first: Timestamp,
    pub last: Timestamp,
    pub client_errors: u64,
    pub server_errors: u64,
    pub size_bytes_in: u64,
    pub size_bytes_out: u64,
    /// In microseconds. Its count is the number of requests.
    pub latency: Histogram,
    /// (status code, requests), sorted by code. At most 1,000 codes exist.
    pub statuses: Vec<(u16, u64)>,
}

impl Default for Rollup {
    fn default() -> Self {
        Self {
            first: Timestamp::MAX,
            last: Timestamp::MIN,
            client_errors: 0,
            server_errors: 0,
            size_bytes_in: 0,
            size_bytes_out: 0,
            latency: Histogram::default(),
            statuses: Vec::new(),
        }
    }
}

impl Rollup {
    /// The number of requests.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.latency.count()
    }

    pub fn add(&mut self, request: &Request) {
        self.first = self.first.min(request.start);
        self.last = self.last.max(request.start);
        match request.outcome {
            Outcome::Ok => {}
            Outcome::ClientError => self.client_errors += 1,
            Outcome::ServerError => self.server_errors += 1,
        }
        self.size_bytes_in = self.size_bytes_in.saturating_add(request.size_bytes_in);
        self.size_bytes_out = self.size_bytes_out.saturating_add(request.size_bytes_out);
        self.latency.record(request.duration_us);
        self.add_status(request.status_code, 1);
    }

    pub fn merge(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
        self.size_bytes_in = self.size_bytes_in.saturating_add(other.size_bytes_in);
        self.size_bytes_out = self.size_bytes_out.saturating_add(other.size_bytes_out);
        self.latency.merge(&other.latency);
        for &(code, requests) in &other.statuses {
            self.add_status(code, requests);
        }
    }

    pub fn add_status(&mut self, code: u16, requests: u64) {
        match self.statuses.binary_search_by_key(&code, |&(code, _)| code) {
            Ok(at) => self.statuses[at].1 += requests,
            Err(at) => self.statuses.insert(at, (code, requests)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Endpoint, Environment, Provider, Series};

    fn rollup_of(statuses: &[u16]) -> Rollup {
        let endpoint = Endpoint { service: "s".into(), method: "GET".into(), route: "/".into() };
        let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "p", "r")));
        let mut rollup = Rollup::default();
        for (at, &status) in statuses.iter().enumerate() {
            let duration_us = 1_000 * (at as u64 + 1);
            rollup.add(&Request::new(Timestamp::from_secs(1), duration_us, Arc::clone(&series), status));
        }
        rollup
    }

    #[test]
    fn a_merge_equals_adding_every_request() {
        let mut merged = rollup_of(&[200, 500]);
        merged.merge(&rollup_of(&[404, 200]));
        assert_eq!(merged.requests(), 4);
        assert_eq!((merged.client_errors, merged.server_errors), (1, 1));
        assert_eq!(merged.statuses, [(200, 2), (404, 1), (500, 1)]);
    }

    #[test]
    fn the_empty_rollup_changes_nothing() {
        let mut merged = rollup_of(&[200, 503]);
        merged.merge(&Rollup::default());
        assert_eq!(merged, rollup_of(&[200, 503]));
    }

    #[test]
    fn windows_start_at_multiples_of_their_width() {
        let at = Timestamp::from_secs(3_725);
        assert_eq!(Resolution::TenSeconds.window(at), Timestamp::from_secs(3_720));
        assert_eq!(Resolution::Minute.window(at), Timestamp::from_secs(3_720));
        assert_eq!(Resolution::Hour.window(at), Timestamp::from_secs(3_600));
    }
}
