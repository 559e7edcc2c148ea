//! Whose the requests are, and when: of the new version, of the previous one before and beside it, and elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hawkeye_model::{Environment, Request, Timestamp};

use super::DeploymentCase;

/// The previous version is the one with most requests in this time before the deployment.
const PREVIOUS_WITHIN: Duration = Duration::from_secs(10 * 60);

/// The requests, by whose they are and when.
pub(super) struct Sides<'a> {
    pub(super) previous: Option<&'a str>,
    pub(super) new: Vec<&'a Request>,
    pub(super) before: Vec<&'a Request>,
    /// Of both versions, while both run.
    pub(super) new_beside: Vec<&'a Request>,
    pub(super) beside: Vec<&'a Request>,
    pub(super) elsewhere: Vec<&'a Request>,
    pub(super) elsewhere_before: Vec<&'a Request>,
    pub(super) environments_elsewhere: usize,
}

impl<'a> Sides<'a> {
    pub(super) fn of(case: &DeploymentCase<'a>) -> Self {
        let (mut new, mut old, mut old_now) = (Vec::new(), Vec::new(), Vec::new());
        let (mut elsewhere, mut elsewhere_before) = (Vec::new(), Vec::new());
        let witnesses = case.requests.iter().filter(|request| {
            !request.synthetic
                && request.start <= case.judged
                && &*request.series.endpoint().service == case.service
        });
        for request in witnesses {
            let is_new = &*request.version == case.version;
            let is_here = request.series.environment() == case.environment;
            match (is_here, request.start >= case.at) {
                (true, true) if is_new => new.push(request),
                // The new version elsewhere is no witness of the world without it.
                _ if is_new => {}
                (true, true) => old_now.push(request),
                (true, false) => old.push(request),
                (false, true) => elsewhere.push(request),
                (false, false) => elsewhere_before.push(request),
            }
        }
        let previous = previous_version(case, &old);
        if let Some(previous) = previous {
            old.retain(|request| &*request.version == previous);
            old_now.retain(|request| &*request.version == previous);
        }
        // Beside one another only while both run: later, the world may be another.
        let first = new.iter().map(|request| request.start).min().unwrap_or(Timestamp::MAX);
        let last = old_now.iter().map(|request| request.start).max().unwrap_or(Timestamp::MIN);
        let new_beside = new.iter().copied().filter(|request| request.start <= last).collect();
        old_now.retain(|request| request.start >= first);
        let places: BTreeSet<&Environment> =
            elsewhere.iter().map(|request| request.series.environment()).collect();
        Self {
            previous,
            new,
            before: old,
            new_beside,
            beside: old_now,
            environments_elsewhere: places.len(),
            elsewhere,
            elsewhere_before,
        }
    }
}

/// The version that was there just before; `None` when requests name none.
fn previous_version<'a>(case: &DeploymentCase, old: &[&'a Request]) -> Option<&'a str> {
    let since = case.at.minus(PREVIOUS_WITHIN);
    let most = |from: Timestamp| {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for request in old.iter().filter(|request| request.start >= from && !request.version.is_empty()) {
            *counts.entry(&request.version).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(version, _)| version)
    };
    most(since).or_else(|| most(Timestamp::MIN))
}
