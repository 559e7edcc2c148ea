//! Which endpoint to look at first: a ranking by harm compared with an earlier range. It is not detection; it knows
//! no seasons, keeps no history and pages nobody.
//!
//! Failed: `max(0, e1 - e0 - 2 se) * n`, with the error rates `e0` before and `e1` now, their standard error `se` and
//! `n` requests now. Slow: `n * (1 - 1/ratio)` of the slowest twentieth, when the p95 rose by a quarter or more.

use hawkeye_model::Rollup;

use crate::dto::{p95_ms, ratio};

/// Below this many requests in either range a p95 says too little.
const REQUESTS_MIN: u64 = 30;
const SLOWER_MIN: f64 = 1.25;

/// The rank, and why, in words; 0 and nothing when all is as before.
pub(crate) fn attention(now: &Rollup, before: Option<&Rollup>) -> (f64, String) {
    let Some(before) = before.filter(|before| before.requests() > 0) else {
        return (0.0, String::new());
    };
    let (failed, failed_reason) = failed(now, before);
    let (slow, slow_reason) = slow(now, before);
    let reason = if failed >= slow { failed_reason } else { slow_reason };
    (failed + slow, reason)
}

fn failed(now: &Rollup, before: &Rollup) -> (f64, String) {
    let (n1, n0) = (now.requests() as f64, before.requests() as f64);
    let (Some(e1), Some(e0)) =
        (ratio(now.server_errors, now.requests()), ratio(before.server_errors, before.requests()))
    else {
        return (0.0, String::new());
    };
    // One pseudo failure on each side keeps the error of a perfect record above zero.
    let pooled = (now.server_errors + before.server_errors + 2) as f64 / (n1 + n0 + 2.0);
    let error = (pooled * (1.0 - pooled).max(0.0) * (1.0 / n1 + 1.0 / n0)).sqrt();
    let excess = (e1 - e0 - 2.0 * error).max(0.0) * n1;
    if excess < 1.0 {
        return (0.0, String::new());
    }
    (excess, format!("error rate {:.1} %, was {:.1} %", 100.0 * e1, 100.0 * e0))
}

fn slow(now: &Rollup, before: &Rollup) -> (f64, String) {
    let (Some(p1), Some(p0)) = (p95_ms(now), p95_ms(before)) else { return (0.0, String::new()) };
    let enough = now.requests() >= REQUESTS_MIN && before.requests() >= REQUESTS_MIN;
    if !enough || p1 < p0 * SLOWER_MIN || p1 - p0 < 1.0 {
        return (0.0, String::new());
    }
    let excess = 0.05 * now.requests() as f64 * (1.0 - p0 / p1);
    (excess, format!("p95 {}, was {}", latency(p1), latency(p0)))
}

fn latency(ms: f64) -> String {
    match ms {
        1_000.0.. => format!("{:.2} s", ms / 1_000.0),
        10.0.. => format!("{ms:.0} ms"),
        _ => format!("{ms:.1} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollup(requests: u64, failed: u64, latency_ms: u64) -> Rollup {
        let mut rollup = Rollup { server_errors: failed, ..Rollup::default() };
        rollup.latency.record_n(latency_ms * 1_000, requests);
        rollup
    }

    fn check(now: (u64, u64, u64), before: (u64, u64, u64), reason: &str) {
        let rollup = |(requests, failed, ms)| rollup(requests, failed, ms);
        let (score, found) = attention(&rollup(now), Some(&rollup(before)));
        assert_eq!(found, reason);
        assert_eq!(score > 0.0, !reason.is_empty());
    }

    #[test]
    fn more_failures_than_chance_are_named() {
        check((1_000, 50, 20), (1_000, 3, 20), "error rate 5.0 %, was 0.3 %");
    }

    #[test]
    fn chance_is_not_named() {
        check((1_000, 5, 20), (1_000, 3, 20), "");
        check((3, 1, 20), (3, 0, 20), "");
    }

    #[test]
    fn slower_is_named_when_it_matters() {
        check((1_000, 0, 100), (1_000, 0, 50), "p95 100 ms, was 50 ms");
        check((1_000, 0, 55), (1_000, 0, 50), "");
        check((10, 0, 500), (10, 0, 50), "");
    }

    #[test]
    fn without_a_past_there_is_nothing_to_compare() {
        assert_eq!(attention(&rollup(10, 10, 1), None), (0.0, String::new()));
        assert_eq!(attention(&rollup(0, 0, 1), Some(&rollup(10, 0, 1))).0, 0.0);
    }
}
