//! Counts of what each endpoint did by itself, before and during an incident, by version and instance.
//!
//! ```text
//! failed   server errors of its own: no call below failed
//! slow     own time above the limit: the 95th percentile of the own times before, of the same series
//! excess   during.bad - during.requests * before.bad / before.requests
//! ```
//!
//! A request with a failed call below it is not judged for slowness: it waited before it tried again, or did less.
//! Without traces all time is taken for own time and all failures for own ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Endpoint, EndpointId, Environment, Outcome, Request, RequestKind, Series, SeriesId, Timestamp,
};

use crate::calls::{Call, Failure, link};
use crate::{ComparedMeasure, Count, LEAST_ERROR_RATE, LEAST_SLOW_SHARE, Shares, Stratum, compare_shares};

/// Slow is what is above this quantile of the own times before.
const SLOW_QUANTILE: f64 = 0.95;

/// Own times before from which on their quantile is one.
const LIMIT_REQUESTS_MIN: usize = 40;

/// A failed request hurts as much as two slow ones.
const SLOW_WEIGHT: f64 = 0.5;

const MINUTE: Duration = Duration::from_secs(60);

/// Requests of one kind: of a series, of a version, of an instance.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    /// Those whose slowness can be told.
    pub(crate) judged: u64,
    pub(crate) slow: u64,
    pub(crate) own_us: u64,
}

impl Cell {
    pub(crate) fn count(self, measure: ComparedMeasure) -> Count {
        match measure {
            ComparedMeasure::ErrorRate => Count::new(self.requests, self.failed),
            ComparedMeasure::SlowShare => Count::new(self.judged, self.slow),
        }
    }

    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.judged += other.judged;
        self.slow += other.slow;
        self.own_us += other.own_us;
    }

    fn own_ms(self) -> Option<f64> {
        (self.judged > 0).then(|| self.own_us as f64 / 1e3 / self.judged as f64)
    }
}

/// Before and during.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Pair {
    pub(crate) before: Cell,
    pub(crate) during: Cell,
}

impl Pair {
    pub(crate) fn add(&mut self, other: Self) {
        self.before.add(other.before);
        self.during.add(other.during);
    }

    pub(crate) fn all(self) -> Cell {
        let mut all = self.before;
        all.add(self.during);
        all
    }

    pub(crate) fn stratum(self, measure: ComparedMeasure) -> Stratum {
        Stratum { here: self.during.count(measure), there: self.before.count(measure) }
    }

    /// Bad requests beyond the usual; 0 where nothing is known of before.
    pub(crate) fn excess(self, measure: ComparedMeasure) -> f64 {
        let Stratum { here, there } = self.stratum(measure);
        if there.requests == 0 {
            return 0.0;
        }
        here.bad as f64 - here.requests as f64 * there.bad as f64 / there.requests as f64
    }

    /// Own time per request beyond the usual.
    pub(crate) fn self_ms(self) -> f64 {
        self.during.own_ms().zip(self.before.own_ms()).map_or(0.0, |(during, before)| during - before)
    }
}

/// Harm that began at a place: failures and slow requests beyond the usual.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Harm {
    pub(crate) failed: f64,
    pub(crate) slow: f64,
}

impl Harm {
    pub(crate) fn weight(self) -> f64 {
        self.failed + SLOW_WEIGHT * self.slow
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.failed += other.failed;
        self.slow += other.slow;
    }

    /// What the harm mostly is.
    pub(crate) fn measure(self) -> ComparedMeasure {
        if self.failed >= SLOW_WEIGHT * self.slow {
            ComparedMeasure::ErrorRate
        } else {
            ComparedMeasure::SlowShare
        }
    }
}

/// What is known of one series.
#[derive(Debug, Clone)]
pub(crate) struct SeriesEvidence {
    pub(crate) series: Arc<Series>,
    /// By version and instance.
    pub(crate) parts: BTreeMap<(Arc<str>, Arc<str>), Pair>,
    pub(crate) total: Pair,
    /// Requests and bad ones by minute since the incident's start.
    minutes: BTreeMap<i64, Count>,
    /// All failures and slow requests, whoever's fault: what callers feel.
    pub(crate) felt: Pair,
    pub(crate) durations_us: [Vec<u64>; 2],
}

impl SeriesEvidence {
    fn new(series: &Arc<Series>) -> Self {
        Self {
            series: Arc::clone(series),
            parts: BTreeMap::new(),
            total: Pair::default(),
            minutes: BTreeMap::new(),
            felt: Pair::default(),
            durations_us: [Vec::new(), Vec::new()],
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.series.endpoint()
    }

    pub(crate) fn environment(&self) -> &Environment {
        self.series.environment()
    }

    /// Harm beyond the usual that is no chance.
    pub(crate) fn evident(&self) -> Harm {
        let one = |measure| {
            if is_worse(&[self.total.stratum(measure)], measure) { self.total.excess(measure) } else { 0.0 }
        };
        Harm { failed: one(ComparedMeasure::ErrorRate), slow: one(ComparedMeasure::SlowShare) }
    }

    /// Harm beyond the usual, chance or not.
    pub(crate) fn apparent(&self) -> Harm {
        let one = |measure| self.total.excess(measure).max(0.0);
        Harm { failed: one(ComparedMeasure::ErrorRate), slow: one(ComparedMeasure::SlowShare) }
    }

    /// The first minute that is odd with the next ones: twice the usual share and two bad requests more than usual.
    pub(crate) fn onset(&self) -> Option<Timestamp> {
        const TOGETHER: i64 = 3;
        let before = self.total.before;
        let usual = (before.failed + before.slow) as f64 / before.requests.max(1) as f64;
        let odd = |minute: i64| {
            let (requests, bad) = self
                .minutes
                .range(minute..minute + TOGETHER)
                .fold((0, 0), |sum, (_, count)| (sum.0 + count.requests, sum.1 + count.bad));
            let expected = usual * requests as f64;
            bad as f64 >= 2.0 * expected + 2.0
        };
        let has_bad = |(minute, count): (&i64, &Count)| (count.bad > 0).then_some(*minute);
        let first = self.minutes.iter().filter_map(has_bad).find(|&minute| odd(minute))?;
        Some(Timestamp::from_micros(first.saturating_mul(60_000_000)))
    }
}

/// Everything that the requests of both times tell.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) series: BTreeMap<SeriesId, SeriesEvidence>,
    /// Observed calls between series, during.
    pub(crate) edges: BTreeMap<(SeriesId, SeriesId), Count>,
    /// Whether requests tell who called whom.
    pub(crate) is_linked: bool,
    /// Hosts that nobody answers for, by the service that calls them.
    pub(crate) hosts: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
}

/// Own time, or all of it when nobody knows.
struct Judged<'a> {
    request: &'a Request,
    own_us: u64,
    failed: bool,
    /// A call below failed.
    disturbed: bool,
}

impl Evidence {
    pub(crate) fn new(bad: &[Request], baseline: &[Request]) -> Self {
        let (during, before) = (link(bad), link(baseline));
        let is_linked = during.iter().chain(&before).any(|call| call.caller.is_some());
        let mut evidence =
            Self { series: BTreeMap::new(), edges: BTreeMap::new(), is_linked, hosts: BTreeMap::new() };
        let judged = judge(baseline, &before);
        let limits = Limits::new(&judged);
        evidence.count(&judged, &limits, false);
        evidence.count(&judge(bad, &during), &limits, true);
        evidence.connect(bad, &during);
        evidence
    }

    fn count(&mut self, judged: &[Judged<'_>], limits: &Limits, is_during: bool) {
        for one in judged {
            let request = one.request;
            // Probes are no users, and they come however things are.
            if request.synthetic {
                continue;
            }
            let limit_us = limits.of(&request.series).filter(|_| !one.disturbed && !one.failed);
            let is_slow = limit_us.is_some_and(|limit| one.own_us > limit);
            let cell = Cell {
                requests: 1,
                failed: u64::from(one.failed),
                judged: u64::from(limit_us.is_some()),
                slow: u64::from(is_slow),
                own_us: if limit_us.is_some() { one.own_us } else { 0 },
            };
            let pair = if is_during {
                Pair { during: cell, ..Pair::default() }
            } else {
                Pair { before: cell, ..Pair::default() }
            };
            let series = &request.series;
            let known = self.series.entry(series.id()).or_insert_with(|| SeriesEvidence::new(series));
            let part = (Arc::clone(&request.version), Arc::clone(&request.instance));
            known.parts.entry(part).or_default().add(pair);
            known.total.add(pair);
            let failed = u64::from(request.outcome == Outcome::ServerError);
            let felt = Cell { requests: 1, failed, ..Cell::default() };
            let side = if is_during { &mut known.felt.during } else { &mut known.felt.before };
            side.add(felt);
            known.durations_us[usize::from(is_during)].push(request.duration_us);
            if is_during {
                let minute = request.start.floor(MINUTE).micros() / 60_000_000;
                known.minutes.entry(minute).or_default().add(one.failed || is_slow);
            }
        }
    }

    fn connect(&mut self, requests: &[Request], calls: &[Call]) {
        let mut answered = vec![false; requests.len()];
        for (request, call) in requests.iter().zip(calls) {
            if let Some((at, caller)) = call.caller.and_then(|at| Some((at, requests.get(at)?))) {
                answered[at] = true;
                let key = (caller.series.id(), request.series.id());
                self.edges.entry(key).or_default().add(request.outcome == Outcome::ServerError);
            }
        }
        for (request, answered) in requests.iter().zip(answered) {
            if request.kind == RequestKind::Client && !answered {
                let Endpoint { service, route, .. } = request.series.endpoint();
                let host = route.split('/').find(|part| !part.is_empty()).unwrap_or(route);
                self.hosts.entry(Arc::clone(service)).or_default().insert(host.into());
            }
        }
    }

    /// All series of a service in an environment.
    pub(crate) fn of_place<'a>(
        &'a self,
        service: &'a str,
        environment: &'a Environment,
    ) -> impl Iterator<Item = &'a SeriesEvidence> {
        self.series
            .values()
            .filter(move |it| &*it.endpoint().service == service && it.environment() == environment)
    }

    /// The same endpoints in other environments, as far as these can be compared.
    pub(crate) fn elsewhere<'a>(
        &'a self,
        endpoints: &'a BTreeSet<EndpointId>,
        here: &'a BTreeSet<Environment>,
    ) -> impl Iterator<Item = &'a SeriesEvidence> {
        self.series.values().filter(move |it| {
            let environment = it.environment();
            endpoints.contains(&it.series.endpoint_id())
                && !here.contains(environment)
                && here.iter().any(|here| is_alike(here, environment))
        })
    }
}

/// Whether one tells what to expect of the other: what runs in staging is no witness of production.
pub(crate) fn is_alike(left: &Environment, right: &Environment) -> bool {
    left.deployment == right.deployment
}

fn judge<'a>(requests: &'a [Request], calls: &[Call]) -> Vec<Judged<'a>> {
    let mut disturbed = vec![false; requests.len()];
    for call in calls {
        if let Some(caller) = call.caller.filter(|_| call.failure != Failure::None) {
            disturbed[caller] = true;
        }
    }
    let judged = requests.iter().zip(calls).zip(disturbed).map(|((request, call), disturbed)| Judged {
        request,
        own_us: call.own_us.unwrap_or(request.duration_us),
        failed: matches!(call.failure, Failure::Own | Failure::Unknown),
        disturbed: disturbed || call.failure == Failure::Upstream,
    });
    judged.collect()
}

/// From which own time on a request is slow.
struct Limits {
    by_series: BTreeMap<SeriesId, u64>,
    /// For series with few requests before.
    by_endpoint: BTreeMap<EndpointId, u64>,
}

impl Limits {
    fn new(before: &[Judged<'_>]) -> Self {
        let (mut series, mut endpoints) = (BTreeMap::new(), BTreeMap::new());
        for one in before.iter().filter(|one| !one.failed && !one.disturbed && !one.request.synthetic) {
            let place = &one.request.series;
            series.entry(place.id()).or_insert_with(Vec::new).push(one.own_us);
            endpoints.entry(place.endpoint_id()).or_insert_with(Vec::new).push(one.own_us);
        }
        Self { by_series: limits(series), by_endpoint: limits(endpoints) }
    }

    fn of(&self, series: &Series) -> Option<u64> {
        self.by_series.get(&series.id()).or_else(|| self.by_endpoint.get(&series.endpoint_id())).copied()
    }
}

fn limits<K: Ord>(times_us: BTreeMap<K, Vec<u64>>) -> BTreeMap<K, u64> {
    let enough = times_us.into_iter().filter(|(_, times_us)| times_us.len() >= LIMIT_REQUESTS_MIN);
    enough.filter_map(|(key, mut times_us)| Some((key, quantile(&mut times_us, SLOW_QUANTILE)?))).collect()
}

/// Sorts; `None` of nothing.
pub(crate) fn quantile(values: &mut [u64], share: f64) -> Option<u64> {
    values.sort_unstable();
    let at = (values.len() as f64 * share) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied()
}

/// What is worth a verdict.
pub(crate) fn least(measure: ComparedMeasure) -> f64 {
    match measure {
        ComparedMeasure::ErrorRate => LEAST_ERROR_RATE,
        ComparedMeasure::SlowShare => LEAST_SLOW_SHARE,
    }
}

/// The comparison when its interval lies beyond what is worth a verdict, to the harm of here.
pub(crate) fn worse(strata: &[Stratum], measure: ComparedMeasure) -> Option<Shares> {
    compare_shares(strata).filter(|shares| shares.lower > least(measure))
}

pub(crate) fn is_worse(strata: &[Stratum], measure: ComparedMeasure) -> bool {
    worse(strata, measure).is_some()
}

pub(crate) const MEASURES: [ComparedMeasure; 2] = [ComparedMeasure::ErrorRate, ComparedMeasure::SlowShare];
