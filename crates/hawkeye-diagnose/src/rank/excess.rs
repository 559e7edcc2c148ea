//! How much more than usual a node's measurements show, as an amount per interval, and how much of it may be noise.

use super::{NodeEvidence, Readings, adjacent};

/// A relative change below this is never evident: levels wander by that much between days.
const CHANGE_MIN: f64 = 0.05;

/// A single failed request an interval proves nothing.
const FAILURES_MIN: f64 = 1.0;

/// Deviations of the past beyond this quantile count as that quantile: an incident in the past is not noise.
const NOISE_QUANTILE: f64 = 0.95;

/// Where nobody counts requests, every node is assumed to have so many an interval.
const REQUESTS_ASSUMED: f64 = 100.0;

static NOT_COUNTED: Readings = Readings { past: Vec::new(), present: Vec::new() };

/// What is measured in which amounts: time lost, requests failed, requests too many (or, with a sign of -1, too few).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    Latency,
    Errors,
    Traffic { sign: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Excess {
    /// Per interval, never negative.
    pub(super) amount: f64,
    /// One standard deviation of the same amount when all is well; positive.
    pub(super) noise: f64,
    pub(super) usual: f64,
    pub(super) now: Option<f64>,
}

impl Measure {
    fn of(self, evidence: &NodeEvidence) -> &Readings {
        match self {
            Self::Latency => &evidence.latency,
            Self::Errors => &evidence.errors,
            Self::Traffic { .. } => &evidence.traffic,
        }
    }

    /// `None` when it is not measured, before or now. Who got no request has no excess.
    pub(super) fn excess(self, node: &NodeEvidence, traffic: &Readings, weights: &[f64]) -> Option<Excess> {
        let readings = self.of(node);
        let usual = median(readings.past.iter().flatten().copied())?;
        let course = rows(self, node, traffic)?;
        let (mut sum, mut weight) = (0.0, 0.0);
        for (value, w) in readings.present.iter().zip(weights) {
            if let Some(value) = value {
                sum += w * value;
                weight += w;
            }
        }
        Some(Excess {
            amount: weighted(&course, weights).max(0.0),
            noise: self.noise(readings, traffic, usual),
            usual,
            now: (weight > 0.0).then(|| sum / weight),
        })
    }

    /// What `value` is beyond `usual`, with so many requests.
    fn amount(self, value: f64, usual: f64, requests: f64) -> f64 {
        match self {
            Self::Latency | Self::Errors => (value - usual) * requests,
            Self::Traffic { sign } => (value - usual) * sign,
        }
    }

    /// What the past shows, and at least what must be expected of so many requests and of levels that wander.
    fn noise(self, readings: &Readings, traffic: &Readings, usual: f64) -> f64 {
        let usual_requests = usual_requests(traffic);
        let past = || {
            let counted = traffic.past.iter().copied().chain(std::iter::repeat(None));
            let pairs = readings.past.iter().zip(counted);
            pairs.filter_map(|(value, n)| Some(((*value)?, n.unwrap_or(usual_requests))))
        };
        let shown = clipped_deviation(past().map(|(value, n)| self.amount(value, usual, n)).collect());
        let requests = mean(traffic.present.iter().flatten().copied()).unwrap_or(0.0).max(usual_requests);
        let expected = match self {
            Self::Latency => CHANGE_MIN * usual * requests,
            Self::Errors => {
                let (failed, all) =
                    past().fold((0.5, 1.0), |(failed, all), (value, n)| (failed + value * n, all + n));
                let share = (failed / all).clamp(0.0, 1.0);
                (requests * share * (1.0 - share)).sqrt().max(FAILURES_MIN)
            }
            Self::Traffic { .. } => usual.max(1.0).sqrt().max(CHANGE_MIN * usual),
        };
        shown.max(expected).max(f64::MIN_POSITIVE)
    }
}

/// How far an excess stands out of its noise: 0 not at all, 0.5 at so many deviations, 1 beyond doubt.
pub(super) fn evident(excess: &Excess, deviations: f64) -> f64 {
    let z = excess.amount / excess.noise;
    1.0 / (1.0 + (deviations / z).powi(2))
}

/// The amounts beyond the usual, interval by interval; 0 where nothing was measured.
/// `None` when it is measured nowhere although there were requests.
pub(super) fn rows(measure: Measure, node: &NodeEvidence, traffic: &Readings) -> Option<Vec<f64>> {
    let readings = measure.of(node);
    let usual = median(readings.past.iter().flatten().copied())?;
    let is_idle = !traffic.present.is_empty() && traffic.present.iter().all(|it| *it == Some(0.0));
    if readings.present.iter().all(Option::is_none) && !is_idle {
        return None;
    }
    let usual_requests = usual_requests(traffic);
    let counted = traffic.present.iter().copied().chain(std::iter::repeat(None));
    let amounts = readings.present.iter().zip(counted).map(|(value, n)| {
        value.map_or(0.0, |value| measure.amount(value, usual, n.unwrap_or(usual_requests)))
    });
    Some(amounts.collect())
}

/// How much each interval counts: by the excess of the target. `None` when it never has one.
pub(super) fn weights(course: &[f64]) -> Option<Vec<f64>> {
    let total: f64 = course.iter().map(|it| it.max(0.0)).sum();
    (total > 0.0).then(|| course.iter().map(|it| it.max(0.0) / total).collect())
}

pub(super) fn weighted(course: &[f64], weights: &[f64]) -> f64 {
    course.iter().zip(weights).map(|(amount, weight)| amount * weight).sum()
}

/// Requests of every node. One that does not count its own is assumed to get those of its busiest caller, or of its
/// busiest callee when no caller counts.
pub(super) fn traffic<'a>(edges: &[(usize, usize)], evidence: &'a [NodeEvidence]) -> Vec<&'a Readings> {
    let callees = adjacent(edges, evidence.len());
    let turned: Vec<(usize, usize)> = edges.iter().map(|&(caller, callee)| (callee, caller)).collect();
    let callers = adjacent(&turned, evidence.len());
    let busy = |readings: &Readings| mean(readings.present.iter().flatten().copied());
    let counted = evidence.iter().map(|node| busy(&node.traffic).map(|requests| (requests, &node.traffic)));
    let mut found: Vec<Option<(f64, &Readings)>> = counted.collect();
    // Each round reaches one call further from those that count.
    loop {
        let busiest =
            |near: &[usize]| near.iter().filter_map(|it| found[*it]).max_by(|a, b| a.0.total_cmp(&b.0));
        let next: Vec<Option<(f64, &Readings)>> = (0..evidence.len())
            .map(|node| found[node].or_else(|| busiest(&callers[node])).or_else(|| busiest(&callees[node])))
            .collect();
        if next.iter().flatten().count() == found.iter().flatten().count() {
            break;
        }
        found = next;
    }
    found.into_iter().map(|it| it.map_or(&NOT_COUNTED, |it| it.1)).collect()
}

/// Whether there are too many requests, or too few.
pub(super) fn traffic_sign(traffic: &Readings) -> f64 {
    let usual = median(traffic.past.iter().flatten().copied());
    let now = mean(traffic.present.iter().flatten().copied());
    if usual.zip(now).is_some_and(|(usual, now)| now < usual) { -1.0 } else { 1.0 }
}

fn usual_requests(traffic: &Readings) -> f64 {
    median(traffic.past.iter().flatten().copied())
        .or_else(|| mean(traffic.present.iter().flatten().copied()))
        .unwrap_or(REQUESTS_ASSUMED)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[middle - 1], upper) })
}

/// The root mean square of deviations, each no larger than a quantile of them.
fn clipped_deviation(mut deviations: Vec<f64>) -> f64 {
    for it in &mut deviations {
        *it = it.abs();
    }
    deviations.sort_unstable_by(f64::total_cmp);
    let Some(last) = deviations.len().checked_sub(1) else { return 0.0 };
    let most = deviations[(last as f64 * NOISE_QUANTILE).round() as usize];
    mean(deviations.into_iter().map(|it| it.min(most).powi(2))).unwrap_or(0.0).sqrt()
}
