//! What tells bad requests from a baseline: values that are more, or less, frequent among them than by chance.
//!
//! Each value of each [`Attribute`] is a table of two by two: requests with and without it, bad and baseline. Its p-value
//! is Fisher's exact one (the tail of the hypergeometric distribution, doubled). All values that were compared are
//! corrected together by Holm's step-down method ("A simple sequentially rejective multiple test procedure", 1979), which
//! holds however the attributes depend on one another: the chance that anything is listed of two samples of the same
//! requests is at most [`LISTED_CHANCE`].
//!
//! A value's score is the difference of its shares, halved when it is less frequent among bad requests: where a fault
//! sits says more than where it does not.
//!
//! What cannot be compared is left out: empty values, values that are rare on both sides, and attributes whose values are
//! like ids, that is, nearly as many as requests.

use std::collections::HashMap;
use std::hash::Hash;

use hawkeye_model::{Request, Series, SeriesId, Timestamp};
use statrs::function::gamma::ln_gamma;

use crate::{Attribute, Difference};

/// Only what chance alone would list this seldom is listed.
pub const LISTED_CHANCE: f64 = 0.01;

/// With a million requests even a tiny difference is no chance; below one point nobody looks into it.
const LEAST_DIFFERENCE: f64 = 0.01;

/// Values with fewer requests on both sides are not compared.
const LEAST_REQUESTS: u64 = 5;

/// The most frequent values of an attribute that are compared.
const VALUES_MOST: usize = 1_000;

/// How many differences are listed.
pub const DIFFERENCES_MOST: usize = 50;

/// An attribute with more distinct values than this share of the requests that name one is like an id.
const ID_SHARE: f64 = 0.8;

/// Less frequent values weigh half.
const LESS_WEIGHT: f64 = 0.5;

/// Terms of a tail below this share of its sum no longer count.
const NEGLIGIBLE: f64 = 1e-12;

/// A box on a picture of time and latency. Both ranges hold their start and not their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    pub from: Timestamp,
    pub to: Timestamp,
    pub duration_us_from: u64,
    pub duration_us_to: u64,
}

impl Selection {
    #[must_use]
    pub fn contains(&self, request: &Request) -> bool {
        (self.from..self.to).contains(&request.start)
            && (self.duration_us_from..self.duration_us_to).contains(&request.duration_us)
    }
}

/// The requests in the box, and all others.
#[must_use]
pub fn select(requests: &[Request], selection: Selection) -> (Vec<&Request>, Vec<&Request>) {
    requests.iter().partition(|request| selection.contains(request))
}

/// What differs, strongest first; at most [`DIFFERENCES_MOST`].
#[must_use]
pub fn differences(bad: &[&Request], baseline: &[&Request]) -> Vec<Difference> {
    let totals = [bad.len() as u64, baseline.len() as u64];
    if totals.contains(&0) {
        return Vec::new();
    }
    let mut compared = Vec::new();
    for (attribute, values) in values(bad, baseline) {
        compared.extend(comparable(values).into_iter().map(|(value, counts)| Difference {
            attribute,
            value,
            share_bad: counts[0] as f64 / totals[0] as f64,
            share_baseline: counts[1] as f64 / totals[1] as f64,
            requests_bad: counts[0],
            requests_baseline: counts[1],
            p_value: fisher(counts, totals),
            score: 0.0,
        }));
    }
    correct(&mut compared);
    compared.retain(|difference| {
        difference.p_value <= LISTED_CHANCE
            && (difference.share_bad - difference.share_baseline).abs() >= LEAST_DIFFERENCE
    });
    for difference in &mut compared {
        let more = difference.share_bad - difference.share_baseline;
        difference.score = if more > 0.0 { more } else { -more * LESS_WEIGHT };
    }
    compared.sort_by(|left, right| {
        let by_score = right.score.total_cmp(&left.score).then(left.p_value.total_cmp(&right.p_value));
        by_score.then_with(|| (left.attribute, &left.value).cmp(&(right.attribute, &right.value)))
    });
    compared.truncate(DIFFERENCES_MOST);
    compared
}

/// Requests with a value: bad ones, and those of the baseline.
type Counts = [u64; 2];

/// Every attribute with its values.
fn values(bad: &[&Request], baseline: &[&Request]) -> Vec<(Attribute, Vec<(String, Counts)>)> {
    let mut series: HashMap<SeriesId, (&Series, Counts)> = HashMap::new();
    let mut texts: [HashMap<&str, Counts>; 4] = Default::default();
    let mut statuses: HashMap<u16, Counts> = HashMap::new();
    let mut kinds: HashMap<&str, Counts> = HashMap::new();
    for (side, requests) in [bad, baseline].into_iter().enumerate() {
        for request in requests {
            series.entry(request.series.id()).or_insert((&request.series, [0; 2])).1[side] += 1;
            let named: [&str; 4] =
                [&request.version, &request.instance, &request.consumer, &request.error_type];
            for (counts, value) in texts.iter_mut().zip(named) {
                if !value.is_empty() {
                    counts.entry(value).or_default()[side] += 1;
                }
            }
            if request.status_code != 0 {
                statuses.entry(request.status_code).or_default()[side] += 1;
            }
            kinds.entry(request.kind.as_str()).or_default()[side] += 1;
        }
    }
    let of_series = |value: fn(&Series) -> String| {
        let mut counts: HashMap<String, Counts> = HashMap::new();
        for (series, seen) in series.values() {
            let sum = counts.entry(value(series)).or_default();
            *sum = [sum[0] + seen[0], sum[1] + seen[1]];
        }
        counts.remove("");
        counts.into_iter().collect()
    };
    let [versions, instances, consumers, error_types] = texts;
    vec![
        (Attribute::Service, of_series(|series| series.endpoint().service.to_string())),
        (Attribute::Endpoint, of_series(|series| series.endpoint().to_string())),
        (Attribute::Environment, of_series(|series| series.environment().to_string())),
        (Attribute::Region, of_series(|series| series.environment().region.to_string())),
        (Attribute::Version, named(versions)),
        (Attribute::Instance, named(instances)),
        (Attribute::Consumer, named(consumers)),
        (Attribute::StatusCode, named(statuses)),
        (Attribute::ErrorType, named(error_types)),
        (Attribute::Method, of_series(|series| series.endpoint().method.to_string())),
        (Attribute::Kind, named(kinds)),
    ]
}

fn named<K: ToString + Eq + Hash>(counts: HashMap<K, Counts>) -> Vec<(String, Counts)> {
    counts.into_iter().map(|(value, counts)| (value.to_string(), counts)).collect()
}

/// The values that are worth a comparison; none when they are like ids.
fn comparable(mut values: Vec<(String, Counts)>) -> Vec<(String, Counts)> {
    let requests: u64 = values.iter().map(|(_, counts)| counts[0] + counts[1]).sum();
    if values.len() as f64 > ID_SHARE * requests as f64 {
        return Vec::new();
    }
    values.retain(|(_, counts)| counts[0].max(counts[1]) >= LEAST_REQUESTS);
    if values.len() > VALUES_MOST {
        values.sort_by(|(left, left_counts), (right, right_counts)| {
            let (left_sum, right_sum) = (left_counts[0] + left_counts[1], right_counts[0] + right_counts[1]);
            right_sum.cmp(&left_sum).then_with(|| left.cmp(right))
        });
        values.truncate(VALUES_MOST);
    }
    values
}

/// Fisher's exact p-value, two-sided by doubling. It sums the tail from the count that was seen outwards, where terms
/// only shrink.
fn fisher(counts: Counts, totals: Counts) -> f64 {
    let (total, with) = (totals[0] + totals[1], counts[0] + counts[1]);
    // The tail above the expectation, of whichever side has more than its part.
    let is_more = u128::from(counts[0]) * u128::from(total) > u128::from(with) * u128::from(totals[0]);
    let side = usize::from(!is_more);
    let (seen, drawn) = (counts[side], totals[side]);
    let choose =
        |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let first = choose(with, seen) + choose(total - with, drawn - seen) - choose(total, drawn);
    let (mut term, mut sum) = (1.0, 1.0);
    for k in seen..with.min(drawn) {
        let without_left = (total - with + k + 1 - drawn) as f64;
        term *= (with - k) as f64 * (drawn - k) as f64 / ((k + 1) as f64 * without_left);
        sum += term;
        if term < NEGLIGIBLE * sum {
            break;
        }
    }
    (2.0 * sum * first.exp()).min(1.0)
}

/// Holm's correction for all that were compared.
fn correct(compared: &mut [Difference]) {
    compared.sort_by(|left, right| left.p_value.total_cmp(&right.p_value));
    let (count, mut least) = (compared.len(), 0.0_f64);
    for (at, difference) in compared.iter_mut().enumerate() {
        least = least.max((difference.p_value * (count - at) as f64).min(1.0));
        difference.p_value = least;
    }
}

#[cfg(test)]
mod tests;
