//! Whose requests stay away, or come in numbers, when nothing got worse by itself.
//!
//! A caller's traffic carries its callees' along, so many services change at once. The one that is meant has changed both
//! by much and as a whole: `score = |change| · |change| / expected`, of requests.

use hawkeye_model::AnomalyKind;

use crate::diagnose_evidence::SeriesEvidence;
use crate::verdict::Scene;
use crate::verdict_words as words;
use crate::{Breadth, IncidentVerdict, Subject, VerdictKind};

/// A change of an endpoint below this share of what was expected is how traffic is.
const CHANGE_MIN: f64 = 0.3;

/// A change below so many standard deviations of a count is chance. What is asked about was found odd already.
const DEVIATIONS: f64 = 2.0;

/// When the whole environment changed by nearly as much as the service that changed most, it is the environment.
const WHOLE: f64 = 0.75;

/// The share of a service's change that one endpoint must have to be named.
const ENDPOINT_SHARE: f64 = 0.95;

/// Requests that were expected, and that came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    pub(crate) expected: f64,
    pub(crate) seen: f64,
}

impl Traffic {
    fn of<'a>(series: impl Iterator<Item = &'a SeriesEvidence>, pace: f64) -> Self {
        series.fold(Self::default(), |sum, it| Self {
            expected: sum.expected + it.felt.before.requests as f64 * pace,
            seen: sum.seen + it.felt.during.requests as f64,
        })
    }

    fn change(self) -> f64 {
        self.seen - self.expected
    }

    /// Relative to the larger side, so that surges and drops weigh alike.
    fn share(self) -> f64 {
        self.change().abs() / self.expected.max(self.seen).max(1.0)
    }
}

pub(crate) fn change(scene: &Scene<'_>) -> Option<IncidentVerdict> {
    let kinds = [AnomalyKind::TrafficDrop, AnomalyKind::Silence, AnomalyKind::Surge];
    let odd = scene.case.anomalies.iter().filter(|it| kinds.contains(&it.kind));
    // A drop is what counts; a surge beside it is where the callers went.
    let is_drop = |kind| kind != AnomalyKind::Surge;
    let first = odd.min_by_key(|it| (!is_drop(it.kind), it.onset, it.id))?;
    let (environment, falls) = (first.series.environment(), is_drop(first.kind));
    let pace = scene.case.pace();

    let is_odd = |traffic: &Traffic| {
        let is_chance = traffic.change().abs() < DEVIATIONS * (traffic.expected + 1.0).sqrt();
        (traffic.change() < 0.0) == falls && traffic.share() >= CHANGE_MIN && !is_chance
    };
    let score = |service: &str| {
        let endpoints = scene.evidence.of_place(service, environment);
        // Only what is odd, or called by what is odd: others may change for reasons of their own.
        let known = endpoints.filter(|it| scene.scope.endpoints.contains(&it.series.endpoint_id()));
        let each = known.map(|it| Traffic::of(std::iter::once(it), pace)).filter(is_odd);
        let changed: f64 = each.map(|it| it.change().abs()).sum();
        let all = Traffic::of(scene.evidence.of_place(service, environment), pace);
        (changed * all.share(), all)
    };
    let services = scene.scope.services.iter().map(|service| (service, score(service)));
    let (service, (_, traffic)) = services
        .filter(|(_, (score, all))| *score > 0.0 && (all.change() < 0.0) == falls)
        .max_by(|left, right| left.1.0.total_cmp(&right.1.0))?;
    let everything = scene.evidence.series.values().filter(|it| it.environment() == environment);
    let whole = Traffic::of(everything, pace);
    let is_whole = is_odd(&whole) && whole.share() >= WHOLE * traffic.share();

    let endpoints = || scene.evidence.of_place(service, environment);
    let one = endpoints().map(|it| (it, Traffic::of(std::iter::once(it), pace))).find(|(_, one)| {
        (one.change() < 0.0) == falls && one.change().abs() >= ENDPOINT_SHARE * traffic.change().abs()
    });
    let has_others = endpoints().count() > 1;
    let one = one.filter(|_| has_others && !is_whole).map(|(it, _)| it.endpoint());
    let subject = Subject {
        service: (!is_whole).then(|| service.to_string()),
        method: one.map(|endpoint| endpoint.method.to_string()),
        route: one.map(|endpoint| endpoint.route.to_string()),
        environment: Some(environment.to_string()),
        ..Subject::default()
    };
    let breadth = match (is_whole, one) {
        (true, _) => Breadth::Environment,
        (_, Some(_)) => Breadth::Endpoint,
        _ => Breadth::Service,
    };
    let shown = if is_whole { whole } else { traffic };
    let sentence = words::traffic(&subject, shown.expected, shown.seen, scene.case.onset());
    Some(IncidentVerdict {
        kind: VerdictKind::TrafficChange,
        subject,
        breadth,
        sentence,
        comparisons: Vec::new(),
    })
}
