//! All series of one data set, window by window: what opens, what goes on, what is over.
//!
//! [`Watcher::step`] takes the sums of one closed window and returns what changed. It is deterministic: the same
//! windows in the same order give the same anomalies with the same ids, so a watcher can be restored from a snapshot
//! and the windows since then stepped again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, CloseReason, Endpoint, Environment, Rollup, Series, SeriesId, Signal,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::budget::{Budget, THRESHOLD_MIN};
use crate::case::{Case, Opening, Progress};
use crate::detector::{Detector, Lessons};
use crate::find::{Finding, Gates, Test, find};
use crate::recent::SPANS;
use crate::settings::{Rule, Settings};
use crate::track::{Track, Tracks};
use crate::words::DEPLOYMENT_BEFORE_US;

/// The width of the windows that are judged.
pub const WINDOW: Duration = Duration::from_secs(60);

/// Windows in a week.
pub(crate) const WINDOWS_PER_WEEK: f64 = 10_080.0;

/// Series that are watched at once; later ones are not. 16 KiB each make 160 MB.
pub const SERIES_MAX: usize = 10_000;

/// A series without a request for this many windows no longer counts for the budget: a day.
const ACTIVE_WINDOWS: i64 = 1_440;

/// A series without a request for a week is forgotten.
const FORGET_WINDOWS: i64 = 7 * 1_440;

/// Windows between two looks at the budget.
const BUDGET_WINDOWS: u64 = 30;

/// For so long after a deployment, latencies must change more to count: caches are cold.
const DEPLOYMENT_GRACE_US: i64 = 5 * 60_000_000;

/// A version is a deployment only where the service was there before.
const SERVICE_AGE_US: i64 = 60 * 60_000_000;

/// Versions remembered of a service in an environment.
const VERSIONS_MAX: usize = 100;

/// In maintenance and after deployments changes must be this many times larger.
const WIDENING: f64 = 2.0;

/// The requests of one version of a series in a window.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub series: &'a Arc<Series>,
    /// Empty when the source names none.
    pub version: &'a str,
    pub rollup: &'a Rollup,
}

/// All requests of one closed window. Series without a row had none.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    pub start: Timestamp,
    pub rows: &'a [Row<'a>],
    /// False when requests may be missing because nobody could take them: then their absence means nothing.
    pub is_complete: bool,
}

/// What a window changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Opened(Anomaly),
    Updated(Anomaly),
    Closed(Anomaly),
    Deployed(Deployment),
}

/// A version of a service that was not seen in the environment before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub service: Arc<str>,
    pub environment: Environment,
    pub version: Arc<str>,
    pub at: Timestamp,
}

/// What one test saw at the worst moment of an anomaly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestReport {
    pub name: String,
    pub windows: u32,
    /// A share, requests a minute or milliseconds, as the name says.
    pub observed: f64,
    pub expected: f64,
    pub score: f64,
    pub threshold: f64,
    pub fired: bool,
    pub note: String,
}

/// Everything that is known of one series.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) series: Arc<Series>,
    /// Stands for the service in its environment: the id of a series that nobody calls.
    pub(crate) place: u64,
    pub(crate) detector: Detector,
    pub(crate) tracks: Tracks,
    pub(crate) last_request_us: i64,
    /// Cases that ended in the last window: their evidence is still asked for.
    pub(crate) ended: Vec<Case>,
    /// What the settings say, and for which version of them.
    rules: ([Rule; Signal::ALL.len()], u64),
}

/// See the module.
#[derive(Debug)]
pub struct Watcher {
    pub(crate) settings: Settings,
    pub(crate) series: BTreeMap<SeriesId, Watched>,
    pub(crate) budget: Budget,
    pub(crate) watermark: Option<Timestamp>,
    pub(crate) windows: u64,
    /// By [`Watched::place`]: versions and when they were first seen.
    pub(crate) versions: HashMap<u64, Vec<(String, i64)>>,
    /// Thresholds for the whole, and for each override.
    pub(crate) levels: Levels,
    /// Counts up when a rule may have changed.
    rules_version: u64,
    /// Maintenances that are on, by position.
    maintenance_on: Vec<usize>,
    pub(crate) series_max: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Levels {
    pub(crate) all: f64,
    pub(crate) overrides: Vec<f64>,
}

impl Watched {
    pub(crate) fn new(series: Arc<Series>) -> Self {
        Self {
            place: place(&series),
            series,
            detector: Detector::new(),
            tracks: Signal::ALL.map(|_| Track::new()),
            last_request_us: i64::MIN,
            ended: Vec::new(),
            rules: ([Rule::Paused; Signal::ALL.len()], 0),
        }
    }

    fn anomaly(&self, case: &Case, closed: Option<CloseReason>) -> Anomaly {
        case.anomaly(&self.series, closed)
    }

    /// Ends a case, so that what belonged to it does not open the next.
    fn close(&mut self, case: Case, reason: CloseReason) -> Anomaly {
        if reason == CloseReason::NewNormal {
            accept(self, &case);
        }
        self.detector.settle(case.signal(), SPANS[SPANS.len() - 1]);
        self.tracks[case.signal() as usize].settle();
        let anomaly = self.anomaly(&case, Some(reason));
        self.ended.push(case);
        anomaly
    }
}

impl Watcher {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut watcher = Self {
            settings,
            series: BTreeMap::new(),
            budget: Budget::default(),
            watermark: None,
            windows: 0,
            versions: HashMap::new(),
            levels: Levels::default(),
            rules_version: 1,
            maintenance_on: Vec::new(),
            series_max: SERIES_MAX,
        };
        watcher.spend_budget();
        watcher
    }

    /// Watches at most so many series; those that are watched already stay.
    pub fn set_series_max(&mut self, series_max: usize) {
        self.series_max = series_max;
    }

    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
        self.rules_version += 1;
        self.spend_budget();
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The end of the last window.
    #[must_use]
    pub fn watermark(&self) -> Option<Timestamp> {
        self.watermark
    }

    /// Takes the next window; one that is not after the last is ignored.
    pub fn step(&mut self, window: &Window<'_>) -> Vec<Change> {
        let end = window.start.plus(WINDOW);
        if self.watermark.is_some_and(|watermark| end <= watermark) {
            return Vec::new();
        }
        self.watermark = Some(end);
        self.windows += 1;
        let mut changes = Vec::new();
        self.look_at_maintenance(window.start);
        let merged = self.merge(window);
        self.deployments(window, &mut changes);
        if self.windows.is_multiple_of(BUDGET_WINDOWS) {
            self.spend_budget();
            self.forget(window.start);
        }
        let active_since = window.start.micros() - ACTIVE_WINDOWS * WINDOW.as_micros() as i64;
        let active = self.series.values().filter(|it| it.last_request_us >= active_since).count();
        for signal in Signal::ALL {
            self.budget.noise(signal).pass(active, WINDOWS_PER_WEEK);
        }
        let shadow = self.shadow();
        let nothing = Rollup::default();
        let mut findings = Vec::new();
        for (id, watched) in &mut self.series {
            let rollup = merged.get(id).map_or(&nothing, Merged::rollup);
            if rollup.requests() > 0 {
                watched.last_request_us = window.start.micros();
            }
            let deployment = recent_deployment(&self.versions, watched.place, window.start);
            let mut step = Step {
                settings: &self.settings,
                levels: &self.levels,
                budget: &mut self.budget,
                rules_version: self.rules_version,
                at: window.start,
                is_complete: window.is_complete,
                deployment,
                is_shadowed: shadow.covers(&watched.series),
                findings: &mut findings,
            };
            step.series(watched, rollup, &mut changes);
        }
        changes
    }

    /// Open anomalies.
    pub fn open(&self) -> impl Iterator<Item = Anomaly> + '_ {
        self.series.values().flat_map(|watched| {
            let open = watched.tracks.iter().filter_map(|track| track.open.as_deref());
            open.map(|case| watched.anomaly(case, None))
        })
    }

    /// Ends an open anomaly by decision. With [`CloseReason::NewNormal`] its last hour becomes what is usual.
    pub fn close(&mut self, id: AnomalyId, reason: CloseReason) -> Option<Anomaly> {
        let watched = self.series.values_mut().find(|watched| {
            watched.tracks.iter().any(|track| track.open.as_ref().is_some_and(|case| case.id == id.0))
        })?;
        let open = |track: &Track| track.open.as_ref().is_some_and(|case| case.id == id.0);
        let track = watched.tracks.iter_mut().find(|track| open(track))?;
        let case = track.open.take()?;
        Some(watched.close(*case, reason))
    }

    /// The series that are watched.
    pub fn series(&self) -> impl Iterator<Item = &Arc<Series>> {
        self.series.values().map(|watched| &watched.series)
    }

    /// Versions are remembered as long as something of their service is watched.
    fn forget_places(&mut self) {
        let places: HashSet<u64> = self.series.values().map(|watched| watched.place).collect();
        self.versions.retain(|place, _| places.contains(place));
    }

    /// The threshold of a signal of a series, with what people said about it.
    pub(crate) fn threshold(&self, series: &Series, signal: Signal, offset: f64) -> f64 {
        let at = self.watermark.unwrap_or_default();
        let level = match self.settings.rule(series, signal, at) {
            Rule::Judged { budget: Some((at, _)), .. } => self.levels.overrides.get(at).copied(),
            _ => None,
        };
        (level.unwrap_or(self.levels.all) + offset).max(THRESHOLD_MIN)
    }

    /// Turns budgets into thresholds.
    pub(crate) fn spend_budget(&mut self) {
        let count = self.series.len();
        let all = self.budget.level_for(self.settings.false_alarms_per_week, count, &Signal::ALL);
        let overrides = self.settings.overrides.iter().map(|it| {
            let Some(budget) = it.false_alarms_per_week else { return all };
            let signals: Vec<Signal> = Signal::ALL
                .into_iter()
                .filter(|signal| it.scope.signal.as_ref().is_none_or(|wanted| wanted == signal.as_str()))
                .collect();
            let covered = self.series.values().filter(|watched| {
                signals.first().is_some_and(|&signal| it.scope.covers(&watched.series, signal))
            });
            self.budget.level_for(budget, covered.count(), &signals)
        });
        self.levels = Levels { all, overrides: overrides.collect() };
        self.budget.set_level(all);
    }

    /// Where anomalies were open after the last window.
    fn shadow(&self) -> Shadow {
        let is_open = |watched: &&Watched| {
            watched.tracks.iter().filter_map(|it| it.open.as_ref()).any(|it| it.kind != AnomalyKind::Surge)
        };
        let open: Vec<&Series> = self.series.values().filter(is_open).map(|it| &*it.series).collect();
        Shadow {
            environments: open.iter().map(|series| series.environment().clone()).collect(),
            services: open.iter().map(|series| Arc::clone(&series.endpoint().service)).collect(),
        }
    }

    fn look_at_maintenance(&mut self, at: Timestamp) {
        let on = self.settings.maintenance.iter().enumerate().filter(|(_, it)| it.is_on(at));
        let on: Vec<usize> = on.map(|(position, _)| position).collect();
        if on != self.maintenance_on {
            self.maintenance_on = on;
            self.rules_version += 1;
        }
    }

    /// Sums the versions of each series, and starts to watch new series.
    fn merge<'a>(&mut self, window: &Window<'a>) -> HashMap<SeriesId, Merged<'a>> {
        let mut merged: HashMap<SeriesId, Merged<'a>> = HashMap::with_capacity(window.rows.len());
        for row in window.rows {
            let id = row.series.id();
            if !self.series.contains_key(&id) {
                if self.series.len() >= self.series_max {
                    continue;
                }
                self.series.insert(id, Watched::new(Arc::clone(row.series)));
            }
            match merged.get_mut(&id) {
                Some(sum) => sum.add(row.rollup),
                None => drop(merged.insert(id, Merged::One(row.rollup))),
            }
        }
        merged
    }

    fn forget(&mut self, now: Timestamp) {
        let oldest = now.micros() - FORGET_WINDOWS * WINDOW.as_micros() as i64;
        self.series.retain(|_, watched| {
            watched.last_request_us >= oldest || watched.tracks.iter().any(|track| track.open.is_some())
        });
        self.forget_places();
    }

    /// Notices versions that were not there before.
    fn deployments(&mut self, window: &Window<'_>, changes: &mut Vec<Change>) {
        let mut seen: HashSet<(u64, &str)> = HashSet::new();
        for row in window.rows.iter().filter(|row| !row.version.is_empty() && row.rollup.requests() > 0) {
            let Some(watched) = self.series.get(&row.series.id()) else { continue };
            if !seen.insert((watched.place, row.version)) {
                continue;
            }
            let known = self.versions.entry(watched.place).or_default();
            if known.iter().any(|(version, _)| version == row.version) {
                continue;
            }
            let at = row.rollup.first.max(window.start);
            let is_old = known.iter().any(|(_, since)| at.micros() - since >= SERVICE_AGE_US);
            if known.len() == VERSIONS_MAX {
                known.remove(0);
            }
            known.push((row.version.to_owned(), at.micros()));
            if is_old {
                changes.push(Change::Deployed(Deployment {
                    service: Arc::clone(&row.series.endpoint().service),
                    environment: row.series.environment().clone(),
                    version: row.version.into(),
                    at,
                }));
            }
        }
    }
}

/// Environments and services with open anomalies: what is odd there now is likely to belong to them.
#[derive(Default)]
struct Shadow {
    environments: HashSet<Environment>,
    services: HashSet<Arc<str>>,
}

impl Shadow {
    fn covers(&self, series: &Series) -> bool {
        !self.services.is_empty()
            && (self.environments.contains(series.environment())
                || self.services.contains(&series.endpoint().service))
    }
}

fn place(series: &Series) -> u64 {
    let nothing = || Arc::from("");
    let endpoint =
        Endpoint { service: Arc::clone(&series.endpoint().service), method: nothing(), route: nothing() };
    Series::new(endpoint, series.environment().clone()).id().0
}

/// The newest version of a series' service, if it came a short time ago and was not the first.
fn recent_deployment(
    versions: &HashMap<u64, Vec<(String, i64)>>,
    place: u64,
    at: Timestamp,
) -> Option<(String, i64)> {
    let known = versions.get(&place)?;
    let (version, since) = known.last()?;
    let is_recent = at.micros() - since <= DEPLOYMENT_BEFORE_US;
    let is_first = known.first().is_none_or(|(_, first)| since - first < SERVICE_AGE_US);
    (is_recent && !is_first).then(|| (version.clone(), *since))
}

/// The sum of a series' versions: most have one, which is not copied.
enum Merged<'a> {
    One(&'a Rollup),
    Many(Box<Rollup>),
}

impl Merged<'_> {
    fn add(&mut self, rollup: &Rollup) {
        let mut sum = match self {
            Self::One(first) => Box::new((*first).clone()),
            Self::Many(sum) => std::mem::take(sum),
        };
        sum.merge(rollup);
        *self = Self::Many(sum);
    }

    fn rollup(&self) -> &Rollup {
        match self {
            Self::One(rollup) => rollup,
            Self::Many(rollup) => rollup,
        }
    }
}

/// One window of one series.
struct Step<'a> {
    settings: &'a Settings,
    levels: &'a Levels,
    budget: &'a mut Budget,
    rules_version: u64,
    at: Timestamp,
    is_complete: bool,
    deployment: Option<(String, i64)>,
    /// Something is open in the environment, or of the service.
    is_shadowed: bool,
    findings: &'a mut Vec<Finding>,
}

impl Step<'_> {
    fn series(&mut self, watched: &mut Watched, rollup: &Rollup, changes: &mut Vec<Change>) {
        watched.ended.clear();
        if watched.rules.1 != self.rules_version {
            let rules = Signal::ALL.map(|signal| self.settings.rule(&watched.series, signal, self.at));
            watched.rules = (rules, self.rules_version);
        }
        let least = self.settings.min_change;
        watched.detector.observe(self.at, rollup, least);
        if !self.is_complete {
            watched.detector.settle(Signal::Traffic, 1);
        }
        self.findings.clear();
        find(&watched.detector, self.gates(watched), self.is_complete, false, self.findings);
        for signal in Signal::ALL {
            self.signal(watched, rollup, signal, changes);
        }
        let may_learn = |signal: Signal| {
            let track = &watched.tracks[signal as usize];
            track.may_learn() && watched.rules.0[signal as usize] != Rule::Paused
        };
        // What fails has latencies of its own and keeps people away; whether failures are judged does not matter.
        let is_calm = watched.tracks[Signal::ErrorRate as usize].may_learn();
        let lessons = Lessons {
            traffic: may_learn(Signal::Traffic) && is_calm && self.is_complete,
            errors: may_learn(Signal::ErrorRate),
            client_errors: may_learn(Signal::ClientErrorRate),
            latency: may_learn(Signal::Latency) && is_calm,
        };
        watched.detector.learn(rollup, lessons);
    }

    fn gates(&self, watched: &Watched) -> Gates {
        let widening = Signal::ALL.map(|signal| {
            let is_wide = matches!(watched.rules.0[signal as usize], Rule::Judged { is_wide: true, .. });
            let is_young = signal == Signal::Latency
                && self
                    .deployment
                    .as_ref()
                    .is_some_and(|(_, at)| self.at.micros() - at <= DEPLOYMENT_GRACE_US);
            if is_wide || is_young { WIDENING } else { 1.0 }
        });
        Gates { least: self.settings.min_change, widening }
    }

    fn signal(&mut self, watched: &mut Watched, rollup: &Rollup, signal: Signal, changes: &mut Vec<Change>) {
        let rule = watched.rules.0[signal as usize];
        let level = match rule {
            Rule::Paused => {
                if let Some(case) = watched.tracks[signal as usize].open.take() {
                    changes.push(Change::Closed(watched.close(*case, CloseReason::Unwatched)));
                }
                watched.detector.settle(signal, 1);
                watched.tracks[signal as usize].settle();
                return;
            }
            Rule::Judged { budget: Some((at, _)), .. } => {
                self.levels.overrides.get(at).copied().unwrap_or(self.levels.all)
            }
            Rule::Judged { budget: None, .. } => self.levels.all,
        };
        let of_signal = self.findings.iter().filter(|finding| finding.test.signal() == signal);
        let mut best: Option<Finding> = None;
        for finding in of_signal {
            if finding.obstacle.is_none() && best.is_none_or(|best| finding.surprise > best.surprise) {
                best = Some(*finding);
            }
        }
        let track = &mut watched.tracks[signal as usize];
        let surprise = best.map_or(0.0, |best| (best.surprise - looks(signal).ln()).max(0.0));
        let calibrated = track.calibration.score(surprise);
        let alarm = track.alarm_score(calibrated);
        let threshold = (level + track.offset()).max(THRESHOLD_MIN);
        if let Some(mut case) = track.open.take() {
            let progress =
                case.follow(&watched.detector, rollup, self.at, (alarm, threshold), self.settings.min_change);
            match progress {
                Progress::Over(reason) => {
                    changes.push(Change::Closed(watched.close(*case, reason)));
                }
                Progress::Told => {
                    changes.push(Change::Updated(watched.anomaly(&case, None)));
                    watched.tracks[signal as usize].open = Some(case);
                }
                Progress::Unchanged => watched.tracks[signal as usize].open = Some(case),
            }
            return;
        }
        let Some(opening) = best.filter(|_| alarm >= threshold.min(self.floor(best, level))) else {
            let is_surge = best.is_some_and(|best| best.test == Test::Surge);
            // A surge tells nobody, so it spends no budget.
            if !is_surge {
                track.calibration.learn(surprise);
                track.count_noise(alarm, self.is_shadowed, self.budget.noise(signal));
            }
            return;
        };
        let course = track.course(threshold);
        track.forget_noise();
        let tests = self.reports(&watched.tracks[signal as usize], signal, threshold);
        let opening = Opening {
            at: self.at,
            finding: &opening,
            score: alarm,
            threshold,
            tests,
            course,
            deployment: self.deployment.clone(),
        };
        let case = Case::open(&watched.series, &watched.detector, rollup, opening);
        changes.push(Change::Opened(watched.anomaly(&case, None)));
        watched.tracks[signal as usize].open = Some(Box::new(case));
        watched.detector.forget_batch();
    }

    /// What people said never hides a burst of failures that hurts many.
    fn floor(&self, best: Option<Finding>, level: f64) -> f64 {
        match best {
            Some(Finding { test: Test::Failing | Test::NewErrorCode, observed, expected, .. })
                if observed - expected >= 0.2 =>
            {
                level
            }
            _ => f64::INFINITY,
        }
    }

    fn reports(&self, track: &Track, signal: Signal, threshold: f64) -> Vec<TestReport> {
        let of_signal = self.findings.iter().filter(|finding| finding.test.signal() == signal);
        let mut reports: Vec<TestReport> =
            of_signal.map(|finding| report(finding, track, signal, threshold)).collect();
        reports.sort_by(|left, right| right.score.total_cmp(&left.score));
        reports
    }
}

/// How many tests look at a signal in a window; the luckiest of them must not count as one.
const fn looks(signal: Signal) -> f64 {
    match signal {
        Signal::Traffic => 5.0,
        Signal::ErrorRate => 7.0,
        Signal::ClientErrorRate => 4.0,
        Signal::Latency => 14.0,
    }
}

pub(crate) fn report(finding: &Finding, track: &Track, signal: Signal, threshold: f64) -> TestReport {
    let score = track.calibration.score((finding.surprise - looks(signal).ln()).max(0.0));
    TestReport {
        name: finding.test.name().into(),
        windows: finding.windows as u32,
        observed: finding.observed,
        expected: finding.expected,
        score,
        threshold,
        fired: finding.obstacle.is_none() && score >= threshold,
        note: finding.obstacle.map_or_else(String::new, |obstacle| obstacle.reason().into()),
    }
}

fn accept(watched: &mut Watched, case: &Case) {
    let signal = case.signal();
    let lessons = Lessons {
        traffic: signal == Signal::Traffic,
        errors: signal == Signal::ErrorRate,
        client_errors: signal == Signal::ClientErrorRate,
        latency: signal == Signal::Latency,
    };
    watched.detector.accept(lessons, case.windows as usize, &case.latency);
}
