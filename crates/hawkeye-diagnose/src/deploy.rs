//! Whether a new version does harm: it is judged 5, 15 and 30 minutes after it came.
//!
//! The new version in its environment is compared, for failures and for slow requests, per endpoint and adjusted to its
//! mix of endpoints (see [`crate::compare_shares`]), with
//!
//! 1. the previous version there, **before**: the effect, as far as nothing else happened;
//! 2. the previous version there, **beside** it while both run (a rolling deployment): what else happens, happens to both;
//! 3. the service **elsewhere**, in environments that do not run the new version.
//!
//! What else happens is told by those that do not run the new version, now against before: the drift. It counts when they
//! got evidently worse, or seem to by at least half as much as the new version. When the previous version drifted beside
//! it, the effect is the difference to that; when the others did, their drift is taken off (difference in differences; the
//! half widths of both intervals are added in squares).
//!
//! A request is slow beyond [`SLOW_MARGIN`] times its endpoint's p95 in the same environment before, plus
//! [`SLOW_MARGIN_US`].
//!
//! ```text
//! degraded            the effect, or the difference to 2, lies wholly beyond the least harm, for failures or slow requests
//! healthy             otherwise, when the effect lies wholly below the least harm, for failures and for slow requests
//! not_enough_traffic  otherwise: time will tell
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hawkeye_model::{Environment, Outcome, Request, SeriesId, Timestamp};

use crate::{ComparedMeasure, DeploymentVerdict, DeploymentVerdictKind, LEAST_ERROR_RATE, LEAST_SLOW_SHARE};

mod measured;
mod sides;
mod words;

use measured::Measured;
use sides::Sides;

/// When a deployment is judged, in minutes after it.
pub const JUDGED_AFTER_MINUTES: [u32; 3] = [5, 15, 30];

/// A p95 wants so many requests: fewer would call the slowest or two of them the limit.
const P95_REQUESTS_LEAST: usize = 40;

/// Slower than p95 by this factor is slow.
const SLOW_MARGIN: f64 = 1.25;

/// And by this much: a quick endpoint's p95 is a matter of microseconds.
const SLOW_MARGIN_US: u64 = 1_000;

/// An error type is new when all its requests would fall to the new version by chance no more often than this.
const NEW_ERROR_CHANCE: f64 = 0.01;

/// How many new error types are named.
const NEW_ERRORS_MOST: usize = 10;

/// A new version of a service in an environment.
#[derive(Debug, Clone, Copy)]
pub struct DeploymentCase<'a> {
    pub service: &'a str,
    pub environment: &'a Environment,
    pub version: &'a str,
    pub at: Timestamp,
    pub judged: Timestamp,
    /// Of the service in all environments, from an hour before the deployment until it is judged.
    pub requests: &'a [Request],
}

/// What is concluded of it.
#[must_use]
pub fn judge_deployment(case: &DeploymentCase) -> DeploymentVerdict {
    let sides = Sides::of(case);
    let limits = slow_limits(&sides);
    let failed =
        Measured::of(&sides, LEAST_ERROR_RATE, |request| Some(request.outcome == Outcome::ServerError));
    let slow = Measured::of(&sides, LEAST_SLOW_SHARE, |request| {
        limits.get(&request.series.id()).map(|limit_us| request.duration_us > *limit_us)
    });
    let kind = if failed.is_degraded() || slow.is_degraded() {
        DeploymentVerdictKind::Degraded
    } else if failed.is_healthy() && slow.is_healthy() {
        DeploymentVerdictKind::Healthy
    } else {
        DeploymentVerdictKind::NotEnoughTraffic
    };
    let new_error_types = new_error_types(&sides);
    let sentence = words::sentence(case, kind, &sides, (&failed, &slow), &new_error_types);
    // The measure that settles it comes first.
    let mut comparisons = failed.comparisons(case, &sides, ComparedMeasure::ErrorRate);
    let at = if slow.is_degraded() && !failed.is_degraded() { 0 } else { comparisons.len() };
    comparisons.splice(at..at, slow.comparisons(case, &sides, ComparedMeasure::SlowShare));
    DeploymentVerdict {
        kind,
        judged_ms: case.judged.millis(),
        after_minutes: after_minutes(case),
        previous_version: sides.previous.map(str::to_owned),
        comparisons,
        new_error_types,
        sentence,
    }
}

/// The latest of the agreed times that has come.
fn after_minutes(case: &DeploymentCase) -> u32 {
    let [first, ..] = JUDGED_AFTER_MINUTES;
    let passed = case.judged.since(case.at).as_secs() / 60;
    JUDGED_AFTER_MINUTES.into_iter().rfind(|after| u64::from(*after) <= passed).unwrap_or(first)
}

/// From which duration on a request of a series is slow.
fn slow_limits(sides: &Sides) -> HashMap<SeriesId, u64> {
    let mut durations: HashMap<SeriesId, Vec<u64>> = HashMap::new();
    for request in sides.before.iter().chain(&sides.elsewhere_before) {
        durations.entry(request.series.id()).or_default().push(request.duration_us);
    }
    durations.retain(|_, durations| durations.len() >= P95_REQUESTS_LEAST);
    let limit = |mut durations: Vec<u64>| {
        let at = (durations.len() * 95).div_ceil(100) - 1;
        let (_, p95, _) = durations.select_nth_unstable(at);
        (*p95 as f64 * SLOW_MARGIN) as u64 + SLOW_MARGIN_US
    };
    durations.into_iter().map(|(series, durations)| (series, limit(durations))).collect()
}

/// Error types that the previous version did not have, most frequent first.
fn new_error_types(sides: &Sides) -> Vec<(String, u64)> {
    let old: Vec<&Request> = sides.before.iter().chain(&sides.beside).copied().collect();
    if old.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<&str> = old.iter().map(|request| &*request.error_type).collect();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for request in &sides.new {
        if !request.error_type.is_empty() && !known.contains(&*request.error_type) {
            *counts.entry(&request.error_type).or_default() += 1;
        }
    }
    let part = sides.new.len() as f64 / (sides.new.len() + old.len()) as f64;
    let mut types: Vec<(String, u64)> = counts
        .into_iter()
        .filter(|(_, count)| part.powf(*count as f64) <= NEW_ERROR_CHANCE)
        .map(|(error_type, count)| (error_type.to_owned(), count))
        .collect();
    types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    types.truncate(NEW_ERRORS_MOST);
    types
}

#[cfg(test)]
mod tests;
