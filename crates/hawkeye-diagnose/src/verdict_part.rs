//! Blame of a part of a service: a version that is new there, or one instance of several.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{Anomaly, EndpointId, Timestamp};

use crate::diagnose::{DEPLOYED_BEFORE, creeps, is_surge};
use crate::diagnose_evidence::{Harm, Pair, is_alike, is_worse, least, worse};
use crate::diagnose_place::{Place, parts};
use crate::verdict::{Finding, MINOR, Scene, by_weight, strata};
use crate::{
    Against, Breadth, ComparedMeasure, Comparison, KnownDeployment, Stratum, Subject, VerdictKind, comparison,
};

/// The share of a place's harm that a version must explain.
const VERSION_EXPLAINS: f64 = 0.7;

/// A version with more of the requests before was there before.
const NEW_SHARE_MAX: f64 = 0.1;

/// The same for a version that is known to have come since [`DEPLOYED_BEFORE`] the onset.
const DEPLOYED_SHARE_MAX: f64 = 0.5;

/// A version that hurts in several environments at once came to all of them at most so long before.
const TOGETHER: Duration = Duration::from_secs(20 * 60);

/// A version that came so long before the onset did no harm at first.
const RAN_WELL: Duration = Duration::from_secs(15 * 60);

/// The share of a place's harm that an instance must explain.
const INSTANCE_EXPLAINS: f64 = 0.75;

impl Scene<'_> {
    // === a version ===

    pub(crate) fn version(&self) -> Option<Finding> {
        let total = self.harm();
        let found =
            self.places.iter().filter(|place| place.harm.weight() >= MINOR * total).find_map(|place| {
                let version = self.new_versions(place).into_iter().find_map(|version| {
                    let (explained, comparisons) = self.blame_version(place, &version)?;
                    Some((version, explained, comparisons))
                })?;
                Some((place, version))
            });
        let (first, (version, explained, mut comparisons)) = found?;
        // The same version may have come to several environments at once.
        let mut places = vec![first.clone()];
        for place in
            self.places.iter().filter(|it| it.service == first.service && it.environment != first.environment)
        {
            if let Some((_, more)) = self.blame_version(place, &version) {
                comparisons.extend(more);
                places.push(place.clone());
            }
        }
        // What begins at one moment in environments that got the version long before is something else.
        let late = self.case.onset().minus(TOGETHER);
        let is_old = |place: &Place| self.deployed(place, &version).is_some_and(|at| at < late);
        if places.len() > 1 && places.iter().any(is_old) {
            return None;
        }
        let environment = (places.len() == 1).then(|| first.environment.to_string());
        let subject = Subject {
            service: Some(first.service.to_string()),
            environment,
            version: Some(version.to_string()),
            ..Subject::default()
        };
        let breadth = match places.len() {
            1 if first.is_one_endpoint => Breadth::Endpoint,
            1 => Breadth::Service,
            _ => Breadth::Everywhere,
        };
        let share = places.iter().map(|place| place.harm.weight()).sum::<f64>() / total;
        let verdict = self.verdict(VerdictKind::VersionFault, subject, breadth, comparisons, &places);
        Some(Finding { verdict, explained: explained * share, places })
    }

    /// Versions that were hardly there before, the busiest first.
    pub(crate) fn new_versions(&self, place: &Place) -> Vec<Arc<str>> {
        let mut versions: BTreeMap<&Arc<str>, (u64, u64)> = BTreeMap::new();
        for ((version, _), pair) in self.of_place(place).flat_map(|it| &it.parts) {
            let known = versions.entry(version).or_default();
            known.0 += pair.before.requests;
            known.1 += pair.during.requests;
        }
        let before = versions.values().map(|(before, _)| before).sum::<u64>() as f64;
        let is_new = |version: &str, before_here: u64| {
            let most = match self.deployed(place, version) {
                Some(at) if at >= self.case.onset().minus(DEPLOYED_BEFORE) => DEPLOYED_SHARE_MAX,
                // It came when all was well.
                Some(at) if at >= self.case.baseline_range.0 => 0.0,
                _ => NEW_SHARE_MAX,
            };
            (before_here as f64) < most * before
        };
        let mut new: Vec<(u64, &Arc<str>)> = versions
            .iter()
            .filter(|(version, counts)| !version.is_empty() && counts.1 > 0 && is_new(version, counts.0))
            .map(|(version, counts)| (counts.1, *version))
            .collect();
        new.sort_by(|left, right| right.cmp(left));
        new.into_iter().map(|(_, version)| Arc::clone(version)).collect()
    }

    /// When it came, as far as that is known.
    fn deployed(&self, place: &Place, version: &str) -> Option<Timestamp> {
        let is = |it: &&KnownDeployment| {
            *it.service == *place.service && it.environment == place.environment && *it.version == *version
        };
        self.case.deployments.iter().filter(is).map(|it| it.at).max()
    }

    fn blame_version(&self, place: &Place, version: &str) -> Option<(f64, Vec<Comparison>)> {
        let new = parts(self.of_place(place), |it, _| it == version);
        let old = parts(self.of_place(place), |it, _| it != version);
        let usual = parts(self.of_place(place), |_, _| true);
        let explained = explains(&new, &usual, place);
        if explained < VERSION_EXPLAINS {
            return None;
        }
        let here =
            Subject { version: Some(version.to_owned()), method: None, route: None, ..place.subject() };
        let measures = by_weight(place.harm);
        let previous = self.previous(place, version);
        let mut comparisons = Vec::new();
        let now = |pair: &Pair| pair.during;
        for measure in measures {
            let Some(shares) = worse(&strata(&new, &old, measure, now, |pair| pair.all()), measure) else {
                continue;
            };
            // When the versions before got as bad at the same time, something else happened.
            let old_now: Vec<Stratum> = old.values().map(|pair| pair.stratum(measure)).collect();
            if is_worse(&old_now, measure) && !is_worse(&strata(&new, &old, measure, now, now), measure) {
                return None;
            }
            let (here, there) = (here.clone(), previous.clone());
            comparisons.push(comparison(
                measure,
                here,
                Against::OtherVersions,
                there,
                &shares,
                least(measure),
            ));
        }
        let fails_elsewhere = self.is_bad_without(place, version);
        if comparisons.is_empty() || fails_elsewhere || self.is_fine_elsewhere(place, version) {
            return None;
        }
        if self.ran_well(place, version) && !self.is_worse_than_others(place, &new, &old, version) {
            return None;
        }
        comparisons.extend(self.against_elsewhere(&here, place, &new));
        Some((explained, comparisons))
    }

    /// Whether it came well before anything was odd. What creeps up may have begun long before it was told.
    fn ran_well(&self, place: &Place, version: &str) -> bool {
        let before = self.case.onset().minus(RAN_WELL);
        let creeps = |it: &Anomaly| !is_surge(it) && creeps(it);
        self.deployed(place, version).is_some_and(|at| at < before) && !self.case.anomalies.iter().any(creeps)
    }

    /// Whether it is worse than other versions at the same time, here or in other environments.
    fn is_worse_than_others(
        &self,
        place: &Place,
        new: &BTreeMap<EndpointId, Pair>,
        old: &BTreeMap<EndpointId, Pair>,
        version: &str,
    ) -> bool {
        let (endpoints, here) = (place.endpoints(), BTreeSet::from([place.environment.clone()]));
        let elsewhere = parts(self.evidence.elsewhere(&endpoints, &here), |it, _| it != version);
        let now = |pair: &Pair| pair.during;
        by_weight(place.harm).into_iter().any(|measure| {
            [old, &elsewhere]
                .into_iter()
                .any(|others| is_worse(&strata(new, others, measure, now, now), measure))
        })
    }

    /// The busiest other version, as it is called in a sentence: it may have no name.
    fn previous(&self, place: &Place, version: &str) -> String {
        let mut requests: BTreeMap<&str, u64> = BTreeMap::new();
        for ((other, _), pair) in self.of_place(place).flat_map(|it| &it.parts) {
            *requests.entry(other).or_default() += pair.before.requests;
        }
        requests.remove(version);
        let busiest = requests.into_iter().max_by_key(|(_, requests)| *requests);
        let named = busiest.map(|(version, _)| version).filter(|version| !version.is_empty());
        named.unwrap_or("the version before").to_owned()
    }

    /// Whether other versions got about as bad at the same endpoints in other environments, at the same time.
    fn is_bad_without(&self, place: &Place, version: &str) -> bool {
        let (endpoints, here) = (place.endpoints(), BTreeSet::from([place.environment.clone()]));
        let others = parts(self.evidence.elsewhere(&endpoints, &here), |it, _| it != version);
        let own = parts(self.of_place(place), |it, _| it == version);
        let now = |pair: &Pair| pair.during;
        by_weight(place.harm).into_iter().any(|measure| {
            let change: Vec<Stratum> = others.values().map(|pair| pair.stratum(measure)).collect();
            let is_better_there = is_worse(&strata(&own, &others, measure, now, now), measure);
            is_worse(&change, measure) && !is_better_there
        })
    }

    /// The same version with enough requests in other environments, and clearly better there.
    fn is_fine_elsewhere(&self, place: &Place, version: &str) -> bool {
        let here = parts(self.of_place(place), |it, _| it == version);
        let others = self.evidence.series.values().filter(|it| {
            *it.endpoint().service == *place.service
                && *it.environment() != place.environment
                && is_alike(it.environment(), &place.environment)
        });
        let there = parts(others, |it, _| it == version);
        by_weight(place.harm).into_iter().any(|measure| {
            let during = |pair: &Pair| pair.during;
            is_worse(&strata(&here, &there, measure, during, during), measure)
        })
    }

    // === an instance ===

    pub(crate) fn instance(&self) -> Option<Finding> {
        let place = self.places.first()?;
        if place.harm.weight() < 0.5 * self.harm() {
            return None;
        }
        let usual = parts(self.of_place(place), |_, _| true);
        let instances: BTreeSet<&Arc<str>> = self
            .of_place(place)
            .flat_map(|it| &it.parts)
            .filter(|((_, instance), pair)| !instance.is_empty() && pair.during.requests > 0)
            .map(|((_, instance), _)| instance)
            .collect();
        if instances.len() < 2 {
            return None;
        }
        let (instance, explained) = instances
            .into_iter()
            .map(|instance| {
                let own = parts(self.of_place(place), |_, it| *it == **instance);
                (instance, explains(&own, &usual, place))
            })
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        if explained < INSTANCE_EXPLAINS {
            return None;
        }
        let own = parts(self.of_place(place), |_, it| *it == **instance);
        let others = parts(self.of_place(place), |_, it| *it != **instance);
        let here = Subject { instance: Some(instance.to_string()), ..place.subject() };
        let during = |pair: &Pair| pair.during;
        let comparisons: Vec<Comparison> = by_weight(place.harm)
            .into_iter()
            .filter_map(|measure| {
                let shares = worse(&strata(&own, &others, measure, during, during), measure)?;
                let there = "the other instances".to_owned();
                Some(comparison(
                    measure,
                    here.clone(),
                    Against::OtherInstances,
                    there,
                    &shares,
                    least(measure),
                ))
            })
            .collect();
        if comparisons.is_empty() {
            return None;
        }
        let breadth = if place.is_one_endpoint { Breadth::Endpoint } else { Breadth::Service };
        let places = vec![place.clone()];
        let explained = explained * place.harm.weight() / self.harm();
        let verdict = self.verdict(VerdictKind::InstanceFault, here, breadth, comparisons, &places);
        Some(Finding { verdict, explained, places })
    }
}

/// Bad requests of parts beyond what their endpoints had before, of what got worse at the place.
fn excess(part: &BTreeMap<EndpointId, Pair>, usual: &BTreeMap<EndpointId, Pair>, place: &Place) -> f64 {
    let one = |measure: ComparedMeasure, harm: f64| -> f64 {
        let beyond = |(endpoint, pair): (&EndpointId, &Pair)| {
            let before = usual.get(endpoint)?.before;
            Some(Pair { before, during: pair.during }.excess(measure))
        };
        if harm > 0.0 { part.iter().filter_map(beyond).sum::<f64>().max(0.0) } else { 0.0 }
    };
    let failed = one(ComparedMeasure::ErrorRate, place.harm.failed);
    Harm { failed, slow: one(ComparedMeasure::SlowShare, place.harm.slow) }.weight()
}

/// The share of the harm of a place that a part of it explains.
fn explains(part: &BTreeMap<EndpointId, Pair>, usual: &BTreeMap<EndpointId, Pair>, place: &Place) -> f64 {
    (excess(part, usual, place) / excess(usual, usual, place).max(f64::MIN_POSITIVE)).min(1.0)
}
