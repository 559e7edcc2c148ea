//! From the anomalies of an incident and the requests of two times to what is concluded.
//!
//! `bad` are requests since the onset, `baseline` those of a matched time before it; both of all endpoints and
//! environments, so that every comparison is possible. Harm is put where it began ([`crate::diagnose_place`]), the change
//! behind it is found by elimination ([`crate::verdict`]), candidates are ranked ([`crate::cause`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyKind, Environment, Outcome, Request, Series, SeriesId, Signal, Timestamp,
};

use crate::calls::link;
use crate::diagnose_evidence::{Evidence, quantile};
use crate::diagnose_map::call_map;
use crate::diagnose_place::{Scope, places};
use crate::impact::{Expected, Seen, impact};
use crate::verdict::Scene;
use crate::verdict_words::clock;
use crate::{CallGraph, Diagnosis, Estimate, Impact, Subject, VerdictKind, cause, differences};

/// At most so much of an incident is looked at.
const BAD_MAX: Duration = Duration::from_secs(60 * 60);

/// The baseline is as long as this.
const BASELINE: Duration = Duration::from_secs(60 * 60);

/// The onset may be told late.
const GAP: Duration = Duration::from_secs(20 * 60);

/// A pattern that takes so long to be detected came slowly.
const CREEPS: Duration = Duration::from_secs(10 * 60);

/// A deployment so long before the onset may be its cause.
pub(crate) const DEPLOYED_BEFORE: Duration = Duration::from_secs(90 * 60);

/// Even what has just begun is looked at for so long.
const BAD_MIN: Duration = Duration::from_secs(60);

const MINUTE: Duration = Duration::from_secs(60);

const DAY: Duration = Duration::from_secs(86_400);

/// Slow, for those who wait, is what is above this quantile of the durations before.
const SLOW_QUANTILE: f64 = 0.95;

/// Fewer requests on a side are noted.
const FEW_REQUESTS: usize = 200;

/// A version of a service that came to an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDeployment {
    pub service: Arc<str>,
    pub environment: Environment,
    pub version: Arc<str>,
    pub at: Timestamp,
}

/// What a diagnosis is made from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Of the incident; at least one.
    pub anomalies: &'a [Anomaly],
    pub bad: &'a [Request],
    pub baseline: &'a [Request],
    pub bad_range: Range,
    pub baseline_range: Range,
    /// The share of all requests that was kept, by trace; 1 means all.
    pub sampled: f64,
    pub deployments: &'a [KnownDeployment],
    pub graph: &'a CallGraph,
    pub made: Timestamp,
}

impl Case<'_> {
    /// When the first anomaly began, but for surges.
    pub(crate) fn onset(&self) -> Timestamp {
        let harmful = self.anomalies.iter().filter(|anomaly| !is_surge(anomaly));
        harmful.map(|anomaly| anomaly.onset).min().unwrap_or(self.bad_range.0)
    }

    /// The length of the incident's time, in baselines.
    pub(crate) fn pace(&self) -> f64 {
        let seconds = |range: Range| range.1.since(range.0).as_secs_f64();
        seconds(self.bad_range) / seconds(self.baseline_range).max(1.0)
    }

    fn minutes(&self) -> (f64, f64) {
        let minutes = |range: Range| (range.1.since(range.0).as_secs_f64() / 60.0).max(1e-9);
        (minutes(self.baseline_range) * self.sampled, minutes(self.bad_range) * self.sampled)
    }
}

/// From when to when requests are looked at: the incident, and a matched time before it.
#[must_use]
pub fn windows(onset: Timestamp, until: Timestamp) -> (Range, Range) {
    ((onset.max(until.minus(BAD_MAX)), until), before(onset))
}

/// The same with all that is known of the incident; prefer it. Nothing older than `oldest` is asked for.
///
/// An incident that begins suddenly is looked at from its onset on, one that creeps up at its end. What creeps up has no
/// onset, and traffic follows the time of day: both are compared with the same time a day before. Everything else is
/// compared with the time before the onset, or before a deployment shortly before it.
#[must_use]
pub fn windows_of(
    anomalies: &[Anomaly],
    deployments: &[KnownDeployment],
    now: Timestamp,
    oldest: Timestamp,
) -> (Range, Range) {
    let harmful: Vec<&Anomaly> = anomalies.iter().filter(|anomaly| !is_surge(anomaly)).collect();
    let end = |it: &Anomaly| it.closed.map_or(now, |(at, _)| at.min(now)).max(it.onset.plus(BAD_MIN));
    let ended = harmful.iter().map(|it| end(it)).max().unwrap_or(now);
    let slow = harmful.iter().filter(|it| it.kind.signal() == Signal::Latency).count();
    let creeping = slow == harmful.len() && harmful.iter().any(|it| creeps(it));
    let traffic_only = harmful.iter().all(|it| it.kind.signal() == Signal::Traffic);
    let onset = worst_hour(&harmful, end).unwrap_or(now);
    let bad = if creeping {
        let settled = harmful.iter().map(|it| it.detected).max().unwrap_or(now);
        let until = ended.min(settled.plus(BAD_MAX)).max(onset.plus(BAD_MIN));
        (onset.max(until.minus(BAD_MAX)), until)
    } else {
        (onset, ended.min(onset.plus(BAD_MAX)))
    };
    if let Some(baseline) = day_before(bad, oldest).filter(|_| creeping || traffic_only) {
        return (bad, baseline);
    }
    let is_here = |it: &&KnownDeployment| {
        let environment = |anomaly: &&Anomaly| *anomaly.series.environment() == it.environment;
        it.at <= onset && it.at >= onset.minus(DEPLOYED_BEFORE) && harmful.iter().any(environment)
    };
    let deployed = deployments.iter().filter(is_here).map(|it| it.at).min();
    let to = deployed.map_or(onset.minus(GAP), |at| at.min(onset.minus(GAP)));
    (bad, (to.minus(BASELINE).max(oldest).min(to), to))
}

/// A baseline to try once more when nothing was found: what crept up unnoticed was there before the onset too, so slow
/// requests are compared with the same time a day before. Keep the second diagnosis if it comes to a verdict.
#[must_use]
pub fn another_baseline(diagnosis: &Diagnosis, anomalies: &[Anomaly], oldest: Timestamp) -> Option<Range> {
    let is_open = diagnosis.verdict.kind == VerdictKind::NotEnoughEvidence;
    let is_slow = |it: &Anomaly| is_surge(it) || it.kind.signal() == Signal::Latency;
    let bad = (Timestamp::from_millis(diagnosis.from_ms), Timestamp::from_millis(diagnosis.to_ms));
    let again = day_before(bad, oldest)?;
    let is_other = again.0.millis() != diagnosis.baseline_from_ms;
    (is_open && is_other && anomalies.iter().all(is_slow)).then_some(again)
}

/// As long as a baseline, around the same time a day earlier.
fn day_before(bad: Range, oldest: Timestamp) -> Option<Range> {
    let middle = Timestamp::from_micros(i64::midpoint(bad.0.micros(), bad.1.micros()));
    let from = middle.minus(DAY).minus(BASELINE / 2);
    (from >= oldest).then(|| (from, from.plus(BASELINE)))
}

/// The onset from which on the most was hurt within [`BAD_MAX`], if each anomaly hurt evenly while it was open. A single
/// one that nobody closes does not hide when the others were.
fn worst_hour(harmful: &[&Anomaly], end: impl Fn(&Anomaly) -> Timestamp) -> Option<Timestamp> {
    let hurt = |from: Timestamp| -> f64 {
        let to = from.plus(BAD_MAX);
        let within = harmful.iter().map(|it| {
            let (onset, end) = (it.onset, end(it));
            let overlap = end.min(to).since(onset.max(from)).as_secs_f64();
            it.requests_hurt.max(1.0) * overlap / end.since(onset).as_secs_f64().max(1.0)
        });
        within.sum()
    };
    let mut onsets: Vec<Timestamp> = harmful.iter().map(|it| it.onset).collect();
    onsets.sort_unstable();
    // Of equals the first.
    let worst = onsets.into_iter().map(|onset| (hurt(onset), onset));
    worst.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, onset)| onset)
}

/// From and to.
pub type Range = (Timestamp, Timestamp);

fn before(onset: Timestamp) -> Range {
    let to = onset.minus(GAP);
    (to.minus(BASELINE), to)
}

/// What is concluded; the same case gives the same diagnosis.
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let evidence = Evidence::new(case.bad, case.baseline);
    let scope = Scope::new(case.anomalies, &evidence, case.graph);
    let places = places(&evidence, &scope, case.graph);
    let scene = Scene { case, evidence: &evidence, scope: &scope, places: &places };
    let finding = scene.conclude();
    let causes = cause::causes(&scene, &finding, case.graph);

    let slow = Slow::new(&evidence);
    let is_odd = |request: &&Request| scope.odd.contains(&request.series.endpoint_id()) && !request.synthetic;
    let is_bad = |request: &&Request| request.outcome == Outcome::ServerError || slow.is(request);
    let bad: Vec<&Request> = case.bad.iter().filter(|it| is_odd(it) && is_bad(it)).collect();
    let usual: Vec<&Request> = case.baseline.iter().filter(is_odd).collect();
    Diagnosis {
        made_ms: case.made.millis(),
        from_ms: case.bad_range.0.millis(),
        to_ms: case.bad_range.1.millis(),
        baseline_from_ms: case.baseline_range.0.millis(),
        baseline_to_ms: case.baseline_range.1.millis(),
        requests_bad: case.bad.len() as u64,
        requests_baseline: case.baseline.len() as u64,
        sampled: case.sampled,
        differences: differences(&bad, &usual),
        impact: harm(case, &scope, &slow),
        map: call_map(&scene, causes.first(), case.minutes()),
        notes: notes(case, &evidence),
        verdict: finding.verdict,
        causes,
    }
}

pub(crate) fn is_surge(anomaly: &Anomaly) -> bool {
    anomaly.kind == AnomalyKind::Surge
}

/// Whether it has no onset: what it is about may have begun long before.
pub(crate) fn creeps(anomaly: &Anomaly) -> bool {
    let kind = [AnomalyKind::LatencyDrift, AnomalyKind::LatencyShift].contains(&anomaly.kind);
    kind || (anomaly.kind == AnomalyKind::PatternChange && anomaly.detected.since(anomaly.onset) >= CREEPS)
}

pub(crate) fn subject_of(series: &Series) -> Subject {
    let endpoint = series.endpoint();
    Subject {
        service: Some(endpoint.service.to_string()),
        method: Some(endpoint.method.to_string()),
        route: Some(endpoint.route.to_string()),
        environment: Some(series.environment().to_string()),
        ..Subject::default()
    }
}

/// From which duration on a request is slow for who waits for it.
struct Slow(BTreeMap<SeriesId, u64>);

impl Slow {
    fn new(evidence: &Evidence) -> Self {
        let limit = |(id, it): (&SeriesId, &crate::diagnose_evidence::SeriesEvidence)| {
            Some((*id, quantile(&mut it.durations_us[0].clone(), SLOW_QUANTILE)?))
        };
        Self(evidence.series.iter().filter_map(limit).collect())
    }

    fn is(&self, request: &Request) -> bool {
        self.0.get(&request.series.id()).is_some_and(|limit_us| request.duration_us > *limit_us)
    }
}

/// Who was hurt: requests of what is odd that no other odd request made.
fn harm(case: &Case<'_>, scope: &Scope, slow: &Slow) -> Impact {
    let is_odd = |request: &Request| {
        scope.odd.contains(&request.series.endpoint_id())
            && scope.environments.contains(request.series.environment())
            && !request.synthetic
    };
    let felt = |requests: &'_ [Request]| -> Vec<usize> {
        let calls = link(requests);
        let is_inner = |at: usize| calls[at].caller.is_some_and(|caller| is_odd(&requests[caller]));
        (0..requests.len()).filter(|&at| is_odd(&requests[at]) && !is_inner(at)).collect()
    };
    let mut parts: BTreeMap<SeriesId, (Seen, Seen)> = BTreeMap::new();
    let count = |seen: &mut Seen, request: &Request| {
        seen.requests += 1;
        let failed = request.outcome == Outcome::ServerError;
        seen.failed += u64::from(failed);
        seen.slow += u64::from(!failed && slow.is(request));
    };
    let during: Vec<&Request> = felt(case.bad).into_iter().map(|at| &case.bad[at]).collect();
    for request in &during {
        count(&mut parts.entry(request.series.id()).or_default().0, request);
    }
    for at in felt(case.baseline) {
        let request = &case.baseline[at];
        count(&mut parts.entry(request.series.id()).or_default().1, request);
    }
    let falls = [AnomalyKind::TrafficDrop, AnomalyKind::Silence];
    let is_fall = case.anomalies.iter().any(|anomaly| falls.contains(&anomaly.kind));
    let seconds = |range: Range| range.1.since(range.0).as_secs_f64().max(1e-9);
    let parts: Vec<(Seen, Expected)> = parts
        .into_values()
        .map(|(seen, before)| {
            let share = |count: u64| count as f64 / before.requests.max(1) as f64;
            let expected = Expected {
                failed_share: share(before.failed),
                slow_share: share(before.slow),
                requests_baseline: before.requests,
                requests_per_second: is_fall.then(|| before.requests as f64 / seconds(case.baseline_range)),
            };
            (Seen { seconds: seconds(case.bad_range), ..seen }, expected)
        })
        .collect();
    let is_slow = |request: &Request| request.outcome != Outcome::ServerError && slow.is(request);
    let mut impact = impact(&parts, &during, is_slow, case.bad.len() as u64);
    scale(&mut impact, case.sampled);
    impact
}

/// From the sample to all requests; consumers cannot be scaled.
fn scale(impact: &mut Impact, sampled: f64) {
    let times = if sampled > 0.0 { 1.0 / sampled } else { 1.0 };
    let all =
        |it: Estimate| Estimate { value: it.value * times, lower: it.lower * times, upper: it.upper * times };
    impact.failed = all(impact.failed);
    impact.slow = all(impact.slow);
    impact.missing = all(impact.missing);
    impact.requests = (impact.requests as f64 * times).round() as u64;
}

fn notes(case: &Case<'_>, evidence: &Evidence) -> Vec<String> {
    let mut notes = Vec::new();
    if !evidence.is_linked {
        notes.push("No traces: own time is unknown, so callers may be blamed for what they call.".to_owned());
    }
    if case.sampled < 1.0 && case.sampled > 0.0 {
        notes.push(format!("Sampled 1 in {:.0} traces.", 1.0 / case.sampled));
    }
    if case.baseline.len() < FEW_REQUESTS {
        notes.push(format!("Only {} requests before to compare with.", case.baseline.len()));
    }
    if case.bad.len() < FEW_REQUESTS {
        notes.push(format!("Only {} requests since the onset.", case.bad.len()));
    }
    let environments: BTreeSet<&Environment> = evidence.series.values().map(|it| it.environment()).collect();
    if environments.len() == 1 {
        notes.push("One environment: there is no other to compare with.".to_owned());
    }
    let has_versions = evidence.series.values().flat_map(|it| it.parts.keys()).any(|(it, _)| !it.is_empty());
    if !has_versions {
        notes.push("Requests name no version: a deployment cannot be told.".to_owned());
    }
    notes.extend(looked_at(case));
    notes
}

/// Which part of a long incident was looked at.
fn looked_at(case: &Case<'_>) -> Option<String> {
    let harmful: Vec<&Anomaly> = case.anomalies.iter().filter(|anomaly| !is_surge(anomaly)).collect();
    let (from, to) = case.bad_range;
    let end = |it: &Anomaly| it.closed.map_or(case.made, |(at, _)| at).max(it.onset.plus(BAD_MIN));
    let ended = harmful.iter().map(|it| end(it)).max()?;
    if from <= case.onset() && ended < to.plus(MINUTE) {
        return None;
    }
    let is_worst = worst_hour(&harmful, end) == Some(from) && to == from.plus(BAD_MAX);
    let which = if is_worst { ", its worst hour" } else { "" };
    Some(format!("The incident is long: {} to {} were looked at{which}.", clock(from), clock(to)))
}
