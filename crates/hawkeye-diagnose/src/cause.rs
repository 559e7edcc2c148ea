//! Candidates for the root cause, ranked by how much of the harm began with them.
//!
//! The change that the verdict names comes first; behind it the endpoints where harm began by itself, as "first
//! affected": being slow or failing is no cause. Equal shares of the harm, to a twentieth, are ranked by onset, then
//! callees before callers.

use hawkeye_model::Timestamp;

use crate::diagnose_evidence::Harm;
use crate::diagnose_place::{Place, Spot};
use crate::verdict::{Finding, Scene};
use crate::verdict_words as words;
use crate::{Breadth, CallGraph, Cause, CauseKind, Subject, VerdictKind};

/// Candidates listed.
const CAUSES_MAX: usize = 10;

/// Shares of the harm that are this close are equal.
const EQUAL: f64 = 0.05;

/// Fewer bad requests beyond the usual are no candidate where chance explains them.
const APPARENT_MIN: f64 = 3.0;

pub(crate) fn causes(scene: &Scene<'_>, finding: &Finding, graph: &CallGraph) -> Vec<Cause> {
    let mut causes = named(scene, finding).into_iter().collect::<Vec<_>>();
    let spots = spots(scene);
    let total: f64 = spots.iter().map(|spot| spot.harm.weight()).sum();
    let mut firsts: Vec<(i64, Cause)> = spots
        .iter()
        .map(|spot| {
            let explained = spot.harm.weight() / total.max(f64::MIN_POSITIVE);
            let onset = spot.onset.unwrap_or(scene.case.onset());
            // Whoever calls many of the others comes after them.
            let reach = graph.reach(spot.series.endpoint_id(), crate::group_relation::HOPS);
            let calls = spots.iter().filter(|other| reach.contains(&other.series.endpoint_id())).count();
            (i64::try_from(calls).unwrap_or(i64::MAX), first_affected(spot, explained, onset))
        })
        .collect();
    firsts.sort_by(|(left_calls, left), (right_calls, right)| {
        let step = |cause: &Cause| (cause.explained / EQUAL).round() as i64;
        let order = (step(right), left.onset_ms, left_calls).cmp(&(step(left), right.onset_ms, right_calls));
        order.then_with(|| left.subject.cmp(&right.subject))
    });
    for (_, cause) in firsts {
        if causes.iter().all(|known| known.subject != cause.subject) {
            causes.push(cause);
        }
    }
    if causes.is_empty() {
        causes.extend(odd(scene, graph));
    }
    causes.truncate(CAUSES_MAX);
    causes
}

/// What the verdict names.
fn named(scene: &Scene<'_>, finding: &Finding) -> Option<Cause> {
    let verdict = &finding.verdict;
    let kind = match (verdict.kind, verdict.breadth) {
        (VerdictKind::NotEnoughEvidence, _) => return None,
        (VerdictKind::VersionFault, _) => CauseKind::Version,
        (VerdictKind::InstanceFault, _) => CauseKind::Instance,
        (VerdictKind::SharedDependency, _) => CauseKind::Dependency,
        (VerdictKind::TrafficMix | VerdictKind::TrafficChange, _) => CauseKind::Traffic,
        (VerdictKind::EnvironmentFault, Breadth::Environment | Breadth::Everywhere) => CauseKind::Environment,
        (VerdictKind::EnvironmentFault, _) => CauseKind::FirstAffected,
    };
    let mut harm = Harm::default();
    finding.places.iter().for_each(|place| harm.add(place.harm));
    let spots: Vec<&Spot> = finding.places.iter().flat_map(|place| &place.spots).collect();
    let deployed = scene.case.deployments.iter().find(|it| {
        kind == CauseKind::Version
            && verdict.subject.version.as_deref() == Some(&*it.version)
            && verdict.subject.service.as_deref() == Some(&*it.service)
            && verdict.subject.environment.as_ref().is_none_or(|wanted| *wanted == it.environment.to_string())
    });
    let first = finding.places.iter().filter_map(|place| place.onset).min();
    let onset = deployed.map(|it| it.at).or(first).unwrap_or(scene.case.onset());
    Some(Cause {
        kind,
        subject: verdict.subject.clone(),
        explained: finding.explained,
        onset_ms: onset.millis(),
        failed: harm.failed,
        slow: harm.slow,
        self_ms: spots.iter().map(|spot| spot.self_ms).fold(0.0, f64::max),
        sentence: verdict.sentence.clone(),
    })
}

/// Endpoints with harm of their own: evident, or else apparent.
fn spots(scene: &Scene<'_>) -> Vec<Spot> {
    if !scene.places.is_empty() {
        return scene.places.iter().flat_map(|place: &Place| place.spots.iter().cloned()).collect();
    }
    let known = scene.evidence.series.values().filter(|it| {
        scene.scope.environments.contains(it.environment())
            && scene.scope.endpoints.contains(&it.series.endpoint_id())
    });
    known
        .map(|it| Spot {
            series: std::sync::Arc::clone(&it.series),
            harm: it.apparent(),
            self_ms: it.total.self_ms(),
            onset: it.onset(),
        })
        .filter(|spot| spot.harm.weight() >= APPARENT_MIN)
        .collect()
}

fn first_affected(spot: &Spot, explained: f64, onset: Timestamp) -> Cause {
    let subject = crate::diagnose::subject_of(&spot.series);
    let Harm { failed, slow } = spot.harm;
    let mut parts = Vec::new();
    if failed >= 0.5 {
        parts.push(format!("{failed:.0} failures"));
    }
    if slow >= 0.5 {
        parts.push(format!("{slow:.0} slow requests"));
    }
    let sentence = format!(
        "{} of its own beyond the usual at {subject}, since {}: {} of the harm.",
        parts.join(" and "),
        words::clock(onset),
        words::percent(explained)
    );
    Cause {
        kind: CauseKind::FirstAffected,
        subject,
        explained,
        onset_ms: onset.millis(),
        failed,
        slow,
        self_ms: spot.self_ms.max(0.0),
        sentence,
    }
}

/// Without numbers to go by: what was odd first, callees before callers.
fn odd(scene: &Scene<'_>, graph: &CallGraph) -> Vec<Cause> {
    let mut odd: Vec<_> = scene.case.anomalies.iter().filter(|it| !crate::diagnose::is_surge(it)).collect();
    let calls = |at| graph.reach(at, crate::group_relation::HOPS).intersection(&scene.scope.odd).count();
    odd.sort_by_key(|it| (calls(it.series.endpoint_id()), it.onset, it.id));
    let mut causes: Vec<Cause> = Vec::new();
    for anomaly in odd {
        let subject: Subject = crate::diagnose::subject_of(&anomaly.series);
        if causes.iter().any(|known| known.subject == subject) {
            continue;
        }
        causes.push(Cause {
            kind: CauseKind::FirstAffected,
            subject,
            explained: 0.0,
            onset_ms: anomaly.onset.millis(),
            failed: 0.0,
            slow: 0.0,
            self_ms: 0.0,
            sentence: anomaly.sentence.clone(),
        });
    }
    causes
}
