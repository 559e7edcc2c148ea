//! The latest requests, for those who watch. Bounded: who reads too slowly is told what was missed.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hawkeye_model::{Request, Timestamp};

/// Requests kept for replay: a quarter of a second at 80,000 a second.
const REPLAY_REQUESTS: usize = 20_000;

/// The rate is a mean over this many seconds, so that senders which batch do not make it jump.
const RATE_SECONDS: i64 = 5;

#[derive(Debug, Default)]
pub(crate) struct Live {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The number of the next request.
    next: u64,
    tail: VecDeque<Request>,
    /// (second, requests in it), the newest last.
    seconds: VecDeque<(i64, u64)>,
}

/// What came after a position.
#[derive(Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) requests: Vec<(u64, Request)>,
    /// The position to ask from next.
    pub(crate) next: u64,
    /// Requests that came, but are no longer kept.
    pub(crate) missed: u64,
}

impl Live {
    pub(crate) fn publish(&self, requests: &[Request], now: Timestamp) {
        let mut inner = self.lock();
        inner.next += requests.len() as u64;
        let kept = &requests[requests.len().saturating_sub(REPLAY_REQUESTS)..];
        let excess = (inner.tail.len() + kept.len()).saturating_sub(REPLAY_REQUESTS);
        inner.tail.drain(..excess);
        inner.tail.extend(kept.iter().cloned());
        inner.count(now, requests.len() as u64);
    }

    /// Requests from number `position` on that pass `filter`.
    pub(crate) fn since(&self, position: u64, filter: impl Fn(&Request) -> bool) -> Heard {
        let inner = self.lock();
        let oldest = inner.next - inner.tail.len() as u64;
        let from = position.clamp(oldest, inner.next);
        let numbered = inner.tail.iter().zip(oldest..).skip((from - oldest) as usize);
        let requests = numbered
            .filter(|(request, _)| filter(request))
            .map(|(request, number)| (number, request.clone()));
        Heard { requests: requests.collect(), next: inner.next, missed: from.saturating_sub(position) }
    }

    pub(crate) fn position(&self) -> u64 {
        self.lock().next
    }

    /// Requests that arrived in the last full seconds, on average.
    pub(crate) fn requests_per_second(&self, now: Timestamp) -> f64 {
        let inner = self.lock();
        let current = second_of(now);
        let full = current - RATE_SECONDS..current;
        let requests: u64 = inner.seconds.iter().filter(|(at, _)| full.contains(at)).map(|(_, n)| n).sum();
        requests as f64 / RATE_SECONDS as f64
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn count(&mut self, now: Timestamp, requests: u64) {
        let second = second_of(now);
        match self.seconds.back_mut() {
            Some((last, count)) if *last == second => *count += requests,
            _ => self.seconds.push_back((second, requests)),
        }
        if self.seconds.len() > RATE_SECONDS as usize + 1 {
            self.seconds.pop_front();
        }
    }
}

fn second_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hawkeye_model::{Endpoint, Environment, Provider, Series};

    use super::*;

    fn requests(n: usize, status: u16) -> Vec<Request> {
        let endpoint = Endpoint { service: "s".into(), method: "GET".into(), route: "/".into() };
        let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "p", "r")));
        vec![Request::new(Timestamp::from_secs(1), 1, series, status); n]
    }

    #[test]
    fn a_reader_continues_where_it_stopped() {
        let live = Live::default();
        live.publish(&requests(3, 200), Timestamp::from_secs(1));
        let heard = live.since(1, |_| true);
        assert_eq!(heard.requests.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((heard.next, heard.missed), (3, 0));
        assert_eq!(live.since(heard.next, |_| true).requests, []);
    }

    #[test]
    fn a_slow_reader_is_told_what_it_missed() {
        let live = Live::default();
        live.publish(&requests(REPLAY_REQUESTS + 500, 200), Timestamp::from_secs(1));
        live.publish(&requests(10, 500), Timestamp::from_secs(1));
        let heard = live.since(0, |request| request.status_code == 500);
        assert_eq!((heard.requests.len(), heard.missed), (10, 510));
    }

    #[test]
    fn a_position_from_the_future_is_now() {
        let live = Live::default();
        live.publish(&requests(2, 200), Timestamp::from_secs(1));
        assert_eq!(live.since(99, |_| true), Heard { requests: Vec::new(), next: 2, missed: 0 });
    }

    #[test]
    fn the_rate_is_the_mean_of_the_last_full_seconds() {
        let live = Live::default();
        live.publish(&requests(7, 200), Timestamp::from_millis(10_500));
        live.publish(&requests(3, 200), Timestamp::from_millis(12_500));
        let rate_at = |millis| live.requests_per_second(Timestamp::from_millis(millis));
        assert_eq!(rate_at(10_900), 0.0);
        assert_eq!(rate_at(11_100), 1.4);
        assert_eq!(rate_at(13_100), 2.0);
        assert_eq!(rate_at(17_100), 0.6);
        assert_eq!(rate_at(18_100), 0.0);
    }
}
