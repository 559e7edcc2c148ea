//! Which change explains the harm, by elimination: a version, something shared, an instance, the environment, traffic.
//!
//! Each answer needs an always-valid interval ([`crate::compare_shares`]) that lies beyond what is worth a verdict, and a
//! share of the harm that began there. What stays open is "not enough evidence", never a guess.
//!
//! ```text
//! version      new there; worse than the versions before; most of the place's harm; not healthy elsewhere
//! dependency   the same endpoints are worse by themselves in other environments too
//! outage       [`OUTAGE_SERVICES`] services of one environment are worse by themselves
//! instance     most of the place's harm, and worse than the others
//! environment  worse than the same endpoints elsewhere at the same time
//! mix          a service's raw share got worse, the share of the same mix did not
//! traffic      nothing got worse by itself, and requests stay away or come in numbers
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{EndpointId, Environment, Timestamp};

use crate::diagnose::Case;
use crate::diagnose_evidence::{Cell, Evidence, Harm, MEASURES, Pair, SeriesEvidence, least, worse};
use crate::diagnose_place::{Place, Scope, parts, pooled};
use crate::group_relation::{HOPS, OUTAGE_SERVICES};
use crate::verdict_words::{self as words, Came};
use crate::{
    Against, Breadth, ComparedMeasure, Comparison, IncidentVerdict, Shares, Stratum, Subject, VerdictKind,
    compare_shares, comparison,
};

/// Elsewhere must be at least so much as bad as here to be the same fault.
const SHARED_LEAST: f64 = 0.3;

/// The share of a raw difference that may be left with the same mix, when the mix explains it.
const MIX_LEFT: f64 = 0.25;

/// A service with less of the harm is not named.
pub(crate) const MINOR: f64 = 0.1;

/// A version that came so long before the onset is told.
const CAME_BEFORE: Duration = Duration::from_secs(2 * 3_600);

/// What was concluded, and how much of the harm it explains.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) verdict: IncidentVerdict,
    pub(crate) explained: f64,
    /// The places that it is about.
    pub(crate) places: Vec<Place>,
}

/// Everything that a verdict is made from.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) case: &'a Case<'a>,
    pub(crate) evidence: &'a Evidence,
    pub(crate) scope: &'a Scope,
    /// The worst first.
    pub(crate) places: &'a [Place],
}

impl Scene<'_> {
    pub(crate) fn conclude(&self) -> Finding {
        if self.places.is_empty() {
            return self.mix().or_else(|| self.traffic()).unwrap_or_else(|| self.open(None));
        }
        self.version()
            .or_else(|| self.shared())
            .or_else(|| self.outage())
            .or_else(|| self.instance())
            .or_else(|| self.environment())
            .unwrap_or_else(|| self.open(self.places.first()))
    }

    pub(crate) fn harm(&self) -> f64 {
        self.places.iter().map(|place| place.harm.weight()).sum()
    }

    pub(crate) fn of_place<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = &'a SeriesEvidence> {
        self.evidence.of_place(&place.service, &place.environment)
    }

    // === something shared ===

    fn shared(&self) -> Option<Finding> {
        let total = self.harm();
        let mut shared: Vec<Place> = Vec::new();
        let mut comparisons = Vec::new();
        for place in self.places.iter().filter(|place| place.harm.weight() >= MINOR * total) {
            if let Some(elsewhere) = self.spreads(place) {
                let here = Subject { environment: None, ..place.subject() };
                let (measure, shares) = elsewhere;
                let known =
                    comparisons.iter().any(|it: &Comparison| it.here == here && it.measure == measure);
                if !known {
                    let before = "before, in other environments".to_owned();
                    comparisons.push(comparison(
                        measure,
                        here,
                        Against::Before,
                        before,
                        &shares,
                        least(measure),
                    ));
                }
                shared.push(place.clone());
            }
        }
        let explained = shared.iter().map(|place| place.harm.weight()).sum::<f64>() / total;
        if explained < 0.5 {
            return None;
        }
        let services: BTreeSet<&Arc<str>> = shared.iter().map(|place| &place.service).collect();
        let endpoints: BTreeSet<EndpointId> = shared.iter().flat_map(Place::endpoints).collect();
        let hosts: Vec<&BTreeSet<Arc<str>>> =
            services.iter().filter_map(|service| self.evidence.hosts.get(*service)).collect();
        let common = hosts.first().and_then(|first| {
            first
                .iter()
                .find(|host| hosts.len() == services.len() && hosts.iter().all(|it| it.contains(*host)))
        });
        let first = shared.first()?;
        let one = (services.len() == 1 && endpoints.len() == 1).then(|| first.spots.first()).flatten();
        let names: Vec<&str> = services.iter().map(|service| &***service).collect();
        let subject = Subject {
            service: (names.len() == 1).then(|| names.concat()),
            method: one.map(|spot| spot.series.endpoint().method.to_string()),
            route: one.map(|spot| spot.series.endpoint().route.to_string()),
            dependency: match common {
                Some(host) => Some(host.to_string()),
                None => (names.len() > 1).then(|| format!("what {} use", words::list(&names))),
            },
            ..Subject::default()
        };
        let verdict =
            self.verdict(VerdictKind::SharedDependency, subject, Breadth::Everywhere, comparisons, &shared);
        Some(Finding { verdict, explained, places: shared })
    }

    /// Whether the endpoints of a place got worse by themselves in other environments too, about as much.
    fn spreads(&self, place: &Place) -> Option<(ComparedMeasure, Shares)> {
        let (endpoints, here) = (place.endpoints(), BTreeSet::from([place.environment.clone()]));
        by_weight(place.harm).into_iter().find_map(|measure| {
            let strata: Vec<Stratum> =
                self.evidence.elsewhere(&endpoints, &here).map(|it| it.total.stratum(measure)).collect();
            let own: Vec<Stratum> = self
                .of_place(place)
                .filter(|it| endpoints.contains(&it.series.endpoint_id()))
                .map(|it| it.total.stratum(measure))
                .collect();
            let shares = worse(&strata, measure)?;
            let own = worse(&own, measure)?;
            (shares.difference >= SHARED_LEAST * own.difference).then_some((measure, shares))
        })
    }

    // === an environment ===

    fn outage(&self) -> Option<Finding> {
        let mut by_place: BTreeMap<&Environment, Vec<&Place>> = BTreeMap::new();
        for place in self.places {
            by_place.entry(&place.environment).or_default().push(place);
        }
        let weight = |places: &[&Place]| places.iter().map(|place| place.harm.weight()).sum::<f64>();
        let (environment, places) =
            by_place.into_iter().max_by(|left, right| weight(&left.1).total_cmp(&weight(&right.1)))?;
        let explained = weight(&places) / self.harm();
        if explained < 0.5 || !(places.len() >= OUTAGE_SERVICES || self.is_everywhere(environment, &places)) {
            return None;
        }
        let here = Subject { environment: Some(environment.to_string()), ..Subject::default() };
        let endpoints: BTreeSet<EndpointId> = places.iter().flat_map(|place| place.endpoints()).collect();
        let comparisons = self.compare_environment(&here, environment, &endpoints, sum_of(&places));
        let is_worse = comparisons.iter().any(|it| it.against == Against::OtherEnvironments && it.is_worse());
        let places: Vec<Place> = places.into_iter().cloned().collect();
        is_worse.then(|| Finding {
            verdict: self.verdict(
                VerdictKind::EnvironmentFault,
                here,
                Breadth::Environment,
                comparisons,
                &places,
            ),
            explained,
            places,
        })
    }

    /// Whether the services that show too little each are worse together.
    fn is_everywhere(&self, environment: &Environment, places: &[&Place]) -> bool {
        let is_other = |it: &&SeriesEvidence| {
            let service = &it.endpoint().service;
            it.environment() == environment
                && places.iter().all(|place| place.service != *service)
                && (self.evidence.is_linked || !self.calls(it, places))
        };
        let others: Vec<&SeriesEvidence> = self.evidence.series.values().filter(is_other).collect();
        let together = pooled(&others);
        let is_hit = |it: &&&SeriesEvidence| {
            let apparent = it.apparent();
            (together.failed > 0.0 && apparent.failed >= 1.0) || (together.slow > 0.0 && apparent.slow >= 2.0)
        };
        let hit: BTreeSet<&Arc<str>> =
            others.iter().filter(is_hit).map(|it| &it.endpoint().service).collect();
        together.weight() > 0.0 && hit.len() + places.len() >= OUTAGE_SERVICES
    }

    fn calls(&self, it: &SeriesEvidence, places: &[&Place]) -> bool {
        let below = self.case.graph.reach(it.series.endpoint_id(), HOPS);
        places.iter().flat_map(|place| place.endpoints()).any(|endpoint| below.contains(&endpoint))
    }

    fn environment(&self) -> Option<Finding> {
        let place = self.places.first()?;
        let here = place.subject();
        let comparisons = self.compare_environment(&here, &place.environment, &place.endpoints(), place.harm);
        let is_worse = comparisons.iter().any(|it| it.against == Against::OtherEnvironments && it.is_worse());
        let breadth = if place.is_one_endpoint { Breadth::Endpoint } else { Breadth::Service };
        is_worse.then(|| Finding {
            verdict: self.verdict(
                VerdictKind::EnvironmentFault,
                here,
                breadth,
                comparisons,
                std::slice::from_ref(place),
            ),
            explained: place.harm.weight() / self.harm(),
            places: vec![place.clone()],
        })
    }

    /// The endpoints here against themselves before, and against other environments.
    fn compare_environment(
        &self,
        here: &Subject,
        environment: &Environment,
        endpoints: &BTreeSet<EndpointId>,
        harm: Harm,
    ) -> Vec<Comparison> {
        let own = self
            .evidence
            .series
            .values()
            .filter(|it| it.environment() == environment && endpoints.contains(&it.series.endpoint_id()));
        let own = parts(own, |_, _| true);
        let mut comparisons = Vec::new();
        for measure in by_weight(harm) {
            let strata: Vec<Stratum> = own.values().map(|pair| pair.stratum(measure)).collect();
            if let Some(shares) = compare_shares(&strata) {
                let before = "before".to_owned();
                comparisons.push(comparison(
                    measure,
                    here.clone(),
                    Against::Before,
                    before,
                    &shares,
                    least(measure),
                ));
            }
            comparisons.extend(self.elsewhere(here, environment, &own, measure));
        }
        comparisons.sort_by_key(|it| !it.is_worse());
        comparisons
    }

    pub(crate) fn against_elsewhere(
        &self,
        here: &Subject,
        place: &Place,
        own: &BTreeMap<EndpointId, Pair>,
    ) -> Vec<Comparison> {
        let measures = by_weight(place.harm).into_iter();
        measures.filter_map(|measure| self.elsewhere(here, &place.environment, own, measure)).collect()
    }

    fn elsewhere(
        &self,
        here: &Subject,
        environment: &Environment,
        own: &BTreeMap<EndpointId, Pair>,
        measure: ComparedMeasure,
    ) -> Option<Comparison> {
        let endpoints: BTreeSet<EndpointId> = own.keys().copied().collect();
        let here_only = BTreeSet::from([environment.clone()]);
        let others: Vec<&SeriesEvidence> = self.evidence.elsewhere(&endpoints, &here_only).collect();
        let count = others.iter().map(|it| it.environment()).collect::<BTreeSet<_>>().len();
        let there = parts(others.into_iter(), |_, _| true);
        let during = |pair: &Pair| pair.during;
        let shares = compare_shares(&strata(own, &there, measure, during, during))?;
        let there = words::other_environments(count);
        Some(comparison(measure, here.clone(), Against::OtherEnvironments, there, &shares, least(measure)))
    }

    // === nothing got worse by itself ===

    /// A service with a larger share of bad requests that its endpoints' shares do not explain.
    fn mix(&self) -> Option<Finding> {
        for environment in &self.scope.environments {
            for service in &self.scope.services {
                let sums = parts(self.evidence.of_place(service, environment), |_, _| true);
                for measure in MEASURES {
                    let strata: Vec<Stratum> = sums.values().map(|pair| pair.stratum(measure)).collect();
                    let raw = worse(&[total(&strata)], measure);
                    let adjusted = compare_shares(&strata);
                    let (Some(raw), Some(adjusted)) = (raw, adjusted) else { continue };
                    // The same mix may have got a little worse, but surely not by so much.
                    if adjusted.upper >= raw.difference || adjusted.difference > MIX_LEFT * raw.difference {
                        continue;
                    }
                    let subject = Subject {
                        service: Some(service.to_string()),
                        environment: Some(environment.to_string()),
                        ..Subject::default()
                    };
                    let before = "before".to_owned();
                    let shown = comparison(
                        measure,
                        subject.clone(),
                        Against::Before,
                        before,
                        &adjusted,
                        least(measure),
                    );
                    let verdict =
                        self.verdict(VerdictKind::TrafficMix, subject, Breadth::Service, vec![shown], &[]);
                    return Some(Finding { verdict, explained: 1.0, places: Vec::new() });
                }
            }
        }
        None
    }

    fn traffic(&self) -> Option<Finding> {
        let change = crate::verdict_traffic::change(self)?;
        let explained = 1.0;
        Some(Finding { verdict: change, explained, places: Vec::new() })
    }

    fn open(&self, place: Option<&Place>) -> Finding {
        let subject = place.map(Place::subject).or_else(|| self.first_odd()).unwrap_or_default();
        let breadth = if subject.route.is_some() { Breadth::Endpoint } else { Breadth::Service };
        let comparisons = place.map_or_else(Vec::new, |place| {
            self.compare_environment(&subject, &place.environment, &place.endpoints(), place.harm)
        });
        let places: Vec<Place> = place.into_iter().cloned().collect();
        let verdict = self.verdict(VerdictKind::NotEnoughEvidence, subject, breadth, comparisons, &places);
        Finding { verdict, explained: 0.0, places }
    }

    fn first_odd(&self) -> Option<Subject> {
        let harmful = self.case.anomalies.iter().filter(|it| !crate::diagnose::is_surge(it));
        let first = harmful.min_by_key(|it| (it.onset, it.id))?;
        Some(crate::diagnose::subject_of(&first.series))
    }

    pub(crate) fn verdict(
        &self,
        kind: VerdictKind,
        subject: Subject,
        breadth: Breadth,
        comparisons: Vec<Comparison>,
        places: &[Place],
    ) -> IncidentVerdict {
        let onset = places.iter().filter_map(|place| place.onset).min();
        let onset = onset.unwrap_or(self.case.onset());
        let came = self.came(places, onset);
        let sentence = words::sentence(kind, &subject, breadth, &comparisons, places, onset, &came);
        IncidentVerdict { kind, subject, breadth, sentence, comparisons }
    }

    /// Which version of the services of those places came since [`CAME_BEFORE`] the onset: the one nearest to it.
    fn came(&self, places: &[Place], onset: Timestamp) -> Came {
        let is_here = |service: &str| places.iter().any(|place| *place.service == *service);
        let since = onset.minus(CAME_BEFORE)..=self.case.bad_range.1;
        let lately = self.case.deployments.iter().filter(|it| is_here(&it.service) && since.contains(&it.at));
        let apart = |at: Timestamp| at.max(onset).since(at.min(onset));
        if let Some(nearest) = lately.min_by_key(|it| (apart(it.at), &it.service, &it.version)) {
            let (service, version) = (Arc::clone(&nearest.service), Arc::clone(&nearest.version));
            let is_named = !version.is_empty();
            return if is_named { Came::Version { service, version, at: nearest.at } } else { Came::Unknown };
        }
        let own = self.evidence.series.values().filter(|it| is_here(&it.endpoint().service));
        let tells_versions = own.flat_map(|it| it.parts.keys()).any(|(version, _)| !version.is_empty());
        let is_new = places.iter().any(|place| !self.new_versions(place).is_empty());
        if tells_versions && !is_new { Came::None } else { Came::Unknown }
    }
}

/// Measures with evident harm, the heavier first.
pub(crate) fn by_weight(harm: Harm) -> Vec<ComparedMeasure> {
    let first = harm.measure();
    let mut measures = MEASURES.to_vec();
    measures.sort_by_key(|measure| *measure != first);
    measures
}

fn sum_of(places: &[&Place]) -> Harm {
    let mut harm = Harm::default();
    places.iter().for_each(|place| harm.add(place.harm));
    harm
}

/// Endpoints that both sides have.
pub(crate) fn strata(
    here: &BTreeMap<EndpointId, Pair>,
    there: &BTreeMap<EndpointId, Pair>,
    measure: ComparedMeasure,
    of_here: impl Fn(&Pair) -> Cell,
    of_there: impl Fn(&Pair) -> Cell,
) -> Vec<Stratum> {
    here.iter()
        .filter_map(|(endpoint, pair)| {
            let other = there.get(endpoint)?;
            Some(Stratum { here: of_here(pair).count(measure), there: of_there(other).count(measure) })
        })
        .collect()
}

fn total(strata: &[Stratum]) -> Stratum {
    let mut sum = Stratum::default();
    for stratum in strata {
        for (into, from) in [(&mut sum.here, stratum.here), (&mut sum.there, stratum.there)] {
            into.requests += from.requests;
            into.bad += from.bad;
        }
    }
    sum
}
