//! Who is hurt, and how much: requests beyond the usual, each with an interval, and the severity that follows.
//!
//! Of `n` requests, those that would have failed (or been slow) anyway are beta-binomial: with the baseline's `f` of `m`,
//! `K ~ BetaBinomial(n, f + 1/2, m - f + 1/2)`. What failed beyond is `failed - K`; its interval are the quantiles of `K`,
//! so that both the baseline's and the incident's own chance are in it. Parts (endpoints in environments) are independent:
//! their numbers are added, their half widths in squares. Only then is what falls below zero cut off, since cutting each
//! part would turn chance into harm. A part without a baseline is taken to be as the others are: with the share of their
//! baselines together, or with none at all when none has one.
//!
//! Requests that did not come are what the usual rate lets expect, less those that came. Traffic wanders by itself; a
//! fall within that is none.
//!
//! The severity is that of the anomalies, with the harm of them all: `hurt = failed + slow / 2 + missing`, and its share
//! of what came or should have come.
//!
//! ```text
//! critical   at least 20 % and 50 requests hurt, or 2,000 in all with at least 5 %
//! high       at least  5 % and 20 requests hurt, or 500 in all
//! medium     at least 10 requests hurt
//! low        everything else
//! ```

use std::collections::{BTreeSet, HashMap};

use hawkeye_model::{Environment, Outcome, Request, Severity};

use crate::{ConsumerHarm, Estimate, Impact};

/// No baseline counts for more requests than this: a share wanders from hour to hour by itself, and one measured from
/// a million requests still does not tell the next hour's to more than this.
const BASELINE_REQUESTS_MOST: f64 = 2_000.0;

/// What others had before counts for so many requests of a part without a baseline: parts differ.
const BASELINE_REQUESTS_POOLED: u64 = 20;

/// Half a bad and half a good request (Jeffreys), so that a baseline without a failure does not forbid one.
const PRIOR: f64 = 0.5;

/// The relative standard deviation by which traffic differs from the same time before, beyond chance.
const TRAFFIC_WANDER: f64 = 0.1;

/// The standard deviations of a 95 % interval.
const DEVIATIONS: f64 = 1.96;

/// What is left out on each side of the interval.
const TAIL: f64 = 0.025;

/// Terms below this share of the largest are left out of sums.
const NEGLIGIBLE: f64 = 1e-12;

const SLOW_WEIGHT: f64 = 0.5;

const CRITICAL_SHARE: f64 = 0.2;
const CRITICAL_HURT: f64 = 50.0;
const CRITICAL_HURT_MANY: f64 = 2_000.0;
const HIGH_SHARE: f64 = 0.05;
const HIGH_HURT: f64 = 20.0;
const HIGH_HURT_MANY: f64 = 500.0;
const MEDIUM_HURT: f64 = 10.0;

/// How many of the consumers that are hurt most are named.
pub const CONSUMERS_MOST: usize = 10;

/// What came to a part of what is affected during the incident.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seen {
    pub requests: u64,
    pub failed: u64,
    /// Slow, and not failed.
    pub slow: u64,
    pub seconds: f64,
}

/// What is usual there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Expected {
    pub failed_share: f64,
    pub slow_share: f64,
    /// What the shares were measured from.
    pub requests_baseline: u64,
    /// `None` when it is not known; then nothing is missing.
    pub requests_per_second: Option<f64>,
}

/// Failed requests beyond the usual.
#[must_use]
pub fn failed_beyond(seen: &Seen, expected: &Expected) -> Estimate {
    cut(beyond(seen.failed, seen.requests, expected.failed_share, expected.requests_baseline))
}

/// Slow requests beyond the usual.
#[must_use]
pub fn slow_beyond(seen: &Seen, expected: &Expected) -> Estimate {
    cut(beyond(seen.slow, seen.requests, expected.slow_share, expected.requests_baseline))
}

/// Requests that did not come; zero unless traffic fell by more than it wanders.
#[must_use]
pub fn missing_requests(seen: &Seen, expected: &Expected) -> Estimate {
    let Some(rate) = expected.requests_per_second else { return Estimate::default() };
    let usual = (rate * seen.seconds).max(0.0);
    let baseline = (expected.requests_baseline as f64).max(1.0);
    let variance = usual + usual * usual * (1.0 / baseline + TRAFFIC_WANDER * TRAFFIC_WANDER);
    let (value, half) = (usual - seen.requests as f64, DEVIATIONS * variance.sqrt());
    if value <= half {
        return Estimate::default();
    }
    Estimate { value, lower: value - half, upper: value + half }
}

/// What happened to all parts together, with who, which services and where; journeys are the caller's to add.
///
/// `requests` are those of the parts, as users feel them: a failure that a call handed up is in once. `is_slow` tells a
/// request slower than its limit. `requests_all` are all of the data set at that time.
#[must_use]
pub fn impact(
    parts: &[(Seen, Expected)],
    requests: &[&Request],
    is_slow: impl Fn(&Request) -> bool,
    requests_all: u64,
) -> Impact {
    let sum_of = |bad: fn(&Seen) -> u64, share: fn(&Expected) -> f64| {
        let (pooled, baseline) = pooled(parts, share);
        let parts = parts.iter().map(|(seen, expected)| {
            let (share, baseline) = match expected.requests_baseline {
                0 => (pooled, baseline.min(BASELINE_REQUESTS_POOLED)),
                requests => (share(expected), requests),
            };
            beyond(bad(seen), seen.requests, share, baseline)
        });
        cut(sum(parts))
    };
    let failed = sum_of(|seen| seen.failed, |expected| expected.failed_share);
    let slow = sum_of(|seen| seen.slow, |expected| expected.slow_share);
    let missing = sum(parts.iter().map(|(seen, expected)| missing_requests(seen, expected)));
    let hurt = failed.value + slow.value + missing.value;
    let of = requests_all as f64 + missing.value;
    let (consumers, consumers_most) = consumers_hurt(requests, is_slow);
    let services: BTreeSet<&str> =
        requests.iter().map(|request| &*request.series.endpoint().service).collect();
    let environments: BTreeSet<&Environment> =
        requests.iter().map(|request| request.series.environment()).collect();
    Impact {
        failed,
        slow,
        missing,
        requests: parts.iter().map(|(seen, _)| seen.requests).sum(),
        share_of_traffic: if of > 0.0 { (hurt / of).clamp(0.0, 1.0) } else { 0.0 },
        consumers,
        consumers_most,
        environments: environments.into_iter().map(ToString::to_string).collect(),
        services: services.into_iter().map(str::to_owned).collect(),
        journeys: Vec::new(),
    }
}

/// How many consumers had a failed or slow request, and those that had most; `None` when requests name none.
#[must_use]
pub fn consumers_hurt(
    requests: &[&Request],
    is_slow: impl Fn(&Request) -> bool,
) -> (Option<u64>, Vec<ConsumerHarm>) {
    let mut counts: HashMap<&str, (u64, u64)> = HashMap::new();
    for request in requests.iter().filter(|request| !request.consumer.is_empty()) {
        let is_hurt = request.outcome == Outcome::ServerError || is_slow(request);
        let (all, hurt) = counts.entry(&request.consumer).or_default();
        *all += 1;
        *hurt += u64::from(is_hurt);
    }
    if counts.is_empty() {
        return (None, Vec::new());
    }
    let mut hurt: Vec<(&str, (u64, u64))> =
        counts.into_iter().filter(|(_, (_, requests_hurt))| *requests_hurt > 0).collect();
    hurt.sort_unstable_by(|(left, (_, left_hurt)), (right, (_, right_hurt))| {
        right_hurt.cmp(left_hurt).then_with(|| left.cmp(right))
    });
    let most = hurt.iter().take(CONSUMERS_MOST).map(|&(consumer, (requests, requests_hurt))| ConsumerHarm {
        consumer: consumer.to_owned(),
        requests,
        requests_hurt,
    });
    (Some(hurt.len() as u64), most.collect())
}

/// How bad it is: see the table above.
#[must_use]
pub fn severity(impact: &Impact) -> Severity {
    let hurt = impact.failed.value + impact.slow.value * SLOW_WEIGHT + impact.missing.value;
    let share = hurt / (impact.requests as f64 + impact.missing.value).max(1.0);
    if (share >= CRITICAL_SHARE && hurt >= CRITICAL_HURT)
        || (share >= HIGH_SHARE && hurt >= CRITICAL_HURT_MANY)
    {
        Severity::Critical
    } else if (share >= HIGH_SHARE && hurt >= HIGH_HURT) || hurt >= HIGH_HURT_MANY {
        Severity::High
    } else if hurt >= MEDIUM_HURT {
        Severity::Medium
    } else {
        Severity::Low
    }
}

/// The share of all baselines together, and their requests.
fn pooled(parts: &[(Seen, Expected)], share: impl Fn(&Expected) -> f64) -> (f64, u64) {
    let requests: u64 = parts.iter().map(|(_, expected)| expected.requests_baseline).sum();
    let bad: f64 = parts.iter().map(|(_, it)| share(it).clamp(0.0, 1.0) * it.requests_baseline as f64).sum();
    (bad / requests.max(1) as f64, requests)
}

/// Bad requests beyond the usual; below zero when fewer than usual were bad. Without a baseline none are usual, and the
/// interval says that nobody knows.
fn beyond(bad: u64, requests: u64, share: f64, requests_baseline: u64) -> Estimate {
    let baseline = (requests_baseline as f64).min(BASELINE_REQUESTS_MOST);
    let share = share.clamp(0.0, 1.0);
    let (a, b) = (share * baseline + PRIOR, (1.0 - share) * baseline + PRIOR);
    let (few, many) = anyway(requests, a, b);
    let bad = bad as f64;
    let usual = if requests_baseline == 0 { 0.0 } else { share };
    let value = bad - requests as f64 * usual;
    Estimate { value, lower: (bad - many).min(value), upper: (bad - few).max(value) }
}

/// The quantiles of a beta-binomial that leave [`TAIL`] on either side. Terms are summed from about the largest outwards,
/// as long as they matter.
fn anyway(requests: u64, a: f64, b: f64) -> (f64, f64) {
    let n = requests as f64;
    let largest = match (a > 1.0, b > 1.0) {
        (true, true) => (n * (a - 1.0) / (a + b - 2.0)).round().clamp(0.0, n),
        (true, false) => n,
        _ => 0.0,
    };
    // Only the ratios of neighbours matter: the first term may be anything.
    let (mut k, mut term, mut down) = (largest, 1.0, Vec::new());
    while k > 0.0 && term > NEGLIGIBLE {
        term *= k * (n - k + b) / ((n - k + 1.0) * (k - 1.0 + a));
        k -= 1.0;
        down.push(term);
    }
    let lowest = k;
    let mut terms = vec![1.0];
    (k, term) = (largest, 1.0);
    while k < n && term > NEGLIGIBLE {
        term *= (n - k) * (k + a) / ((k + 1.0) * (n - k - 1.0 + b));
        k += 1.0;
        terms.push(term);
    }
    let all: Vec<f64> = down.into_iter().rev().chain(terms).collect();
    let total: f64 = all.iter().sum();
    let (mut below, mut few, mut many) = (0.0, None, lowest);
    for (at, term) in all.iter().enumerate() {
        many = lowest + at as f64;
        below += term / total;
        if below >= TAIL && few.is_none() {
            few = Some(many);
        }
        if below >= 1.0 - TAIL {
            break;
        }
    }
    (few.unwrap_or(lowest), many)
}

/// Sums independent estimates.
fn sum(parts: impl Iterator<Item = Estimate>) -> Estimate {
    let (mut value, mut down, mut up) = (0.0, 0.0, 0.0);
    for part in parts {
        value += part.value;
        down += (part.value - part.lower).powi(2);
        up += (part.upper - part.value).powi(2);
    }
    Estimate { value, lower: value - f64::sqrt(down), upper: value + f64::sqrt(up) }
}

/// Harm is never below zero.
fn cut(estimate: Estimate) -> Estimate {
    let Estimate { value, lower, upper } = estimate;
    Estimate { value: value.max(0.0), lower: lower.max(0.0), upper: upper.max(0.0) }
}

#[cfg(test)]
mod tests;
