//! What a rule says about a moment.
//!
//! Burn rate (Google's SRE workbook, chapter 5): the share of bad requests over the share that the target allows.
//! A pair of windows is exceeded when both its long and its short window are. For a target so low that a factor
//! cannot be reached even if every request fails, the highest reachable one is used.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{Anomaly, Dataset, Environment, Rollup, Series, Timestamp};
use xxhash_rust::xxh3::Xxh3Default;

use crate::future::{Future, JOURNEY_WINDOW_S};
use crate::incident::Incidents;
use crate::matcher::all_match;
use crate::rule::{Comparison, Condition, Labels, Level, Objective, Per, Rule, Scope, ThresholdMeasure};
use crate::words::{comparison, filled, good, measure_name, measured, number, percent, span};

const DAY_S: u32 = 86_400;

/// (long window, short window, factor, severity), the fastest first: 2 % of 30 days' budget in an hour, 5 % in six
/// hours, 10 % in a day, 10 % in three days.
const BURN_WINDOWS: [(u32, u32, f64, Level); 4] = [
    (3_600, 300, 14.4, Level::Critical),
    (6 * 3_600, 1_800, 6.0, Level::Critical),
    (DAY_S, 2 * 3_600, 3.0, Level::Medium),
    (3 * DAY_S, 6 * 3_600, 1.0, Level::Medium),
];

/// The sums of each series over the last seconds, by window.
#[derive(Debug, Clone, Default)]
pub struct Past {
    pub(crate) sums: BTreeMap<u32, Vec<(Arc<Series>, Rollup)>>,
    /// `None` when nothing is known of it.
    pub future: Option<Future>,
    pub incidents: Incidents,
}

/// What one rule says.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// For what the condition is met.
    pub met: Vec<Observation>,
    /// For what it is no longer met so, but what fires goes on: it is over only when the whole is.
    pub kept: Vec<Observation>,
    /// For what it is known not to be met, by fingerprint; `None`: for everything else. What fires and is in neither
    /// goes on: without data nobody knows that it is over.
    pub clear: Option<HashSet<String>>,
    /// The sums were not read, so that nothing is known, not even that there are no data.
    pub is_unread: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    pub fingerprint: String,
    pub labels: Labels,
    pub annotations: Labels,
    pub summary: String,
    pub value: Option<f64>,
    pub anomaly: Option<String>,
}

impl Past {
    /// The windows whose sums the rules look at, in seconds.
    #[must_use]
    pub fn windows(rules: &[Rule]) -> BTreeSet<u32> {
        let mut windows = BTreeSet::new();
        for rule in rules.iter().filter(|rule| rule.is_enabled) {
            match &rule.condition {
                Condition::Anomaly { .. } | Condition::Incident { .. } => {}
                Condition::Threshold { measure, window_s, .. } => {
                    windows.insert(*window_s);
                    if *measure == ThresholdMeasure::RequestsPerMinute {
                        windows.insert(DAY_S);
                    }
                }
                Condition::Absence { window_s, .. } => windows.extend([*window_s, DAY_S]),
                Condition::BurnRate { .. } => {
                    windows.extend(BURN_WINDOWS.iter().flat_map(|(long, short, ..)| [*long, *short]));
                }
                Condition::PredictedBreach { .. } => {}
                Condition::JourneyHealth { .. } => {
                    windows.insert(JOURNEY_WINDOW_S);
                }
            }
        }
        windows
    }

    /// Only incidents are known.
    #[must_use]
    pub fn of_incidents(incidents: Incidents) -> Self {
        Self { incidents, ..Self::default() }
    }

    pub fn insert(&mut self, window_s: u32, sums: Vec<(Arc<Series>, Rollup)>) {
        self.sums.insert(window_s, sums);
    }

    /// What was inserted of a window.
    #[must_use]
    pub fn sums(&self, window_s: u32) -> Option<&[(Arc<Series>, Rollup)]> {
        self.sums.get(&window_s).map(Vec::as_slice)
    }
}

/// What a rule says at the end of a window. `anomalies` are those open then.
#[must_use]
pub fn evaluate(
    rule: &Rule,
    dataset: Dataset,
    now: Timestamp,
    anomalies: &[&Anomaly],
    past: &Past,
) -> Evaluation {
    let context = Context { rule, dataset, now, past };
    match &rule.condition {
        Condition::Anomaly { kinds, severity_min } => context.anomalies(anomalies, kinds, *severity_min),
        Condition::Threshold { measure, is, value, window_s, requests_min, per } => {
            context.threshold(*measure, (*is, *value), *window_s, *requests_min, *per)
        }
        Condition::Absence { window_s, requests_min, per } => context.absence(*window_s, *requests_min, *per),
        Condition::BurnRate { objective, target, per, bad_requests_min } => {
            context.burn_rate(objective, *target, *per, *bad_requests_min)
        }
        Condition::PredictedBreach { measure, probability_min, within_s, per } => {
            context.predicted_breach(*measure, *probability_min, *within_s, *per)
        }
        Condition::JourneyHealth { journeys, state_min, is_predicted } => {
            context.journey_health(journeys, *state_min, *is_predicted)
        }
        Condition::Incident { verdicts, severity_min } => context.incidents(verdicts, *severity_min),
    }
}

pub(crate) struct Context<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) dataset: Dataset,
    pub(crate) now: Timestamp,
    pub(crate) past: &'a Past,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) service: Arc<str>,
    /// Method and route, when it is about an endpoint.
    pub(crate) endpoint: Option<(Arc<str>, Arc<str>)>,
    pub(crate) environment: String,
}

impl Context<'_> {
    fn anomalies(&self, anomalies: &[&Anomaly], kinds: &[String], severity_min: Level) -> Evaluation {
        let mut evaluation = Evaluation::default();
        for anomaly in anomalies {
            let severity = Level::from(anomaly.severity);
            let kind = anomaly.kind.as_str();
            let is_wanted =
                severity >= severity_min && (kinds.is_empty() || kinds.iter().any(|it| it == kind));
            let mut labels = self.series_labels(&anomaly.series);
            let signal = anomaly.kind.signal().as_str();
            labels.insert("signal".into(), signal.into());
            labels.insert("kind".into(), kind.into());
            if let Some(version) = &anomaly.deployment {
                labels.insert("version".into(), version.to_string());
            }
            if let Some(incident) = self.past.incidents.of.get(&anomaly.id) {
                labels.insert("incident".into(), incident.clone());
            }
            if !is_wanted || !self.in_scope(&anomaly.series, &labels) {
                continue;
            }
            let subject = Subject::of(&anomaly.series, Per::Endpoint);
            let mut observation = self.observation(
                &subject,
                labels,
                self.rule.severity.unwrap_or(severity),
                anomaly.sentence.clone(),
                Some(anomaly.observed),
                signal,
            );
            observation.anomaly = Some(anomaly.id.to_string());
            evaluation.met.push(observation);
        }
        evaluation
    }

    fn threshold(
        &self,
        measure: ThresholdMeasure,
        (is, limit): (Comparison, f64),
        window_s: u32,
        requests_min: u64,
        per: Per,
    ) -> Evaluation {
        let (mut met, mut clear) = (Vec::new(), HashSet::new());
        let Some(mut sums) = self.subjects(window_s, per) else { return Evaluation::nothing_known() };
        let is_traffic = measure == ThresholdMeasure::RequestsPerMinute;
        if is_traffic {
            // No requests are a number, too, where there were some today.
            let Some(day) = self.subjects(DAY_S, per) else { return Evaluation::nothing_known() };
            for (subject, (labels, _)) in day {
                sums.entry(subject).or_insert_with(|| (labels, Rollup::default()));
            }
        }
        for (subject, (labels, sum)) in sums {
            let requests = sum.requests();
            if requests < requests_min.max(u64::from(!is_traffic)) {
                continue;
            }
            let value = value_of(measure, &sum, window_s);
            let is_met = match is {
                Comparison::Above => value > limit,
                Comparison::Below => value < limit,
            };
            if is_met {
                let summary = format!(
                    "{} of {subject} is {} over {}, {} {} ({requests} requests)",
                    capital(measure_name(measure)),
                    measured(measure, value),
                    span(window_s),
                    comparison(is),
                    measured(measure, limit),
                );
                let severity = self.rule.severity.unwrap_or(Level::Medium);
                met.push(self.observation(&subject, labels, severity, summary, Some(value), ""));
            } else {
                clear.insert(self.fingerprint(&subject, ""));
            }
        }
        Evaluation { met, clear: Some(clear), ..Evaluation::default() }
    }

    fn absence(&self, window_s: u32, requests_min: u64, per: Per) -> Evaluation {
        let (Some(recent), Some(day)) = (self.subjects(window_s, per), self.subjects(DAY_S, per)) else {
            return Evaluation::nothing_known();
        };
        // It is over when a request comes, not when the day before has been forgotten.
        let clear = recent.keys().map(|subject| self.fingerprint(subject, "")).collect();
        let mut met = Vec::new();
        for (subject, (labels, sum)) in day {
            let requests = sum.requests();
            if recent.contains_key(&subject) || requests < requests_min.max(1) {
                continue;
            }
            let silent = self.now.since(sum.last);
            let minutes = silent.as_secs() / 60;
            let summary = format!("No requests on {subject} for {minutes} min, {requests} in the last 24 h");
            let severity = self.rule.severity.unwrap_or(Level::Medium);
            let value = Some(silent.as_secs_f64());
            met.push(self.observation(&subject, labels, severity, summary, value, ""));
        }
        Evaluation { met, clear: Some(clear), ..Evaluation::default() }
    }

    fn burn_rate(&self, objective: &Objective, target: f64, per: Per, bad_requests_min: u64) -> Evaluation {
        let mut met: BTreeMap<Subject, Observation> = BTreeMap::new();
        let mut clear = HashSet::new();
        let budget = 1.0 - target;
        for (long_s, short_s, factor, severity) in BURN_WINDOWS {
            let (Some(long), Some(short)) = (self.subjects(long_s, per), self.subjects(short_s, per)) else {
                return Evaluation::nothing_known();
            };
            let factor = factor.min(1.0 / budget);
            for (subject, (labels, sum)) in long {
                if met.contains_key(&subject) {
                    continue;
                }
                let Some((_, recent)) = short.get(&subject) else { continue };
                // Half a window says little about the whole.
                if self.now.since(sum.first) < Duration::from_secs(u64::from(long_s) / 2) {
                    continue;
                }
                let (bad, bad_recent) = (bad_requests(objective, &sum), bad_requests(objective, recent));
                let burn = bad as f64 / sum.requests() as f64 / budget;
                let burn_recent = bad_recent as f64 / recent.requests() as f64 / budget;
                // A hair below, so that rounding does not keep a total outage from reaching the highest factor.
                let reaches = |burn: f64| burn >= factor * (1.0 - 1e-9);
                if !reaches(burn) || !reaches(burn_recent) || bad_recent < bad_requests_min {
                    clear.insert(self.fingerprint(&subject, ""));
                    continue;
                }
                let governing = burn.min(burn_recent);
                let window = format!("{}/{}", span(long_s).replace(' ', ""), span(short_s).replace(' ', ""));
                let summary = format!(
                    "{subject} burns its error budget {} too fast: {} of {} requests in {} were not {} (target {}); at this rate 30 days' budget lasts {}",
                    number(governing, " times"),
                    bad,
                    sum.requests(),
                    span(long_s),
                    good(objective),
                    percent(target),
                    lasts(governing),
                );
                let mut labels = labels.clone();
                labels.insert("window".into(), window);
                let severity = self.rule.severity.unwrap_or(severity);
                let observation = self.observation(&subject, labels, severity, summary, Some(governing), "");
                met.insert(subject, observation);
            }
        }
        Evaluation { met: met.into_values().collect(), clear: Some(clear), ..Evaluation::default() }
    }

    /// The sums in scope by what an alert is about.
    fn subjects(&self, window_s: u32, per: Per) -> Option<BTreeMap<Subject, (Labels, Rollup)>> {
        let mut subjects: BTreeMap<Subject, (Labels, Rollup)> = BTreeMap::new();
        for (series, sum) in self.past.sums(window_s)?.iter().filter(|(_, sum)| sum.requests() > 0) {
            let labels = self.series_labels(series);
            if !self.in_scope(series, &labels) {
                continue;
            }
            let subject = Subject::of(series, per);
            match subjects.get_mut(&subject) {
                Some((_, total)) => total.merge(sum),
                None => {
                    let labels = match per {
                        Per::Endpoint => labels,
                        Per::Service => without_endpoint(labels),
                    };
                    subjects.insert(subject, (labels, sum.clone()));
                }
            }
        }
        Some(subjects)
    }

    pub(crate) fn series_labels(&self, series: &Series) -> Labels {
        let (endpoint, environment) = (series.endpoint(), series.environment());
        [
            ("service", endpoint.service.to_string()),
            ("method", endpoint.method.to_string()),
            ("route", endpoint.route.to_string()),
            ("endpoint", format!("{} {}", endpoint.method, endpoint.route)),
            ("environment", environment.to_string()),
            ("provider", environment.provider.as_str().to_owned()),
            ("deployment", environment.deployment.to_string()),
            ("region", environment.region.to_string()),
            ("dataset", self.dataset.as_str().to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    pub(crate) fn in_scope(&self, series: &Series, labels: &Labels) -> bool {
        let Scope { services, endpoints, environments, matchers } = &self.rule.scope;
        let endpoint = series.endpoint();
        let named = |names: &[String], name: &str| names.is_empty() || names.iter().any(|it| it == name);
        named(services, &endpoint.service)
            && named(endpoints, labels.get("endpoint").map_or("", String::as_str))
            && (environments.is_empty() || environments.iter().any(|it| is_part(it, series.environment())))
            && all_match(matchers, labels)
    }

    pub(crate) fn observation(
        &self,
        subject: &Subject,
        labels: Labels,
        severity: Level,
        summary: String,
        value: Option<f64>,
        signal: &str,
    ) -> Observation {
        let mut all = self.rule.labels.clone();
        all.extend(labels);
        all.insert("alertname".into(), self.rule.name.clone());
        all.insert("rule".into(), self.rule.id.clone());
        all.insert("severity".into(), severity.as_str().into());
        let annotations =
            self.rule.annotations.iter().map(|(name, text)| (name.clone(), filled(text, &all))).collect();
        Observation {
            fingerprint: self.fingerprint(subject, signal),
            labels: all,
            annotations,
            summary,
            value,
            anomaly: None,
        }
    }

    pub(crate) fn fingerprint(&self, subject: &Subject, signal: &str) -> String {
        let (method, route) = subject.endpoint.as_ref().map_or(("", ""), |(method, route)| (method, route));
        let mut hash = Xxh3Default::new();
        let parts = [
            &self.rule.id,
            self.dataset.as_str(),
            &subject.service,
            method,
            route,
            &subject.environment,
            signal,
        ];
        for part in parts {
            hash.update(part.as_bytes());
            hash.update(&[0xff]);
        }
        format!("{:016x}", hash.digest())
    }
}

impl Evaluation {
    /// The sums were not read: everything stays as it is.
    pub(crate) fn nothing_known() -> Self {
        Self { clear: Some(HashSet::new()), is_unread: true, ..Self::default() }
    }

    /// Whether nothing can be said about it.
    #[must_use]
    pub fn is_frozen(&self, fingerprint: &str) -> bool {
        self.clear.as_ref().is_some_and(|clear| !clear.contains(fingerprint))
    }
}

impl Subject {
    pub(crate) fn of(series: &Series, per: Per) -> Self {
        let endpoint = series.endpoint();
        Self {
            service: Arc::clone(&endpoint.service),
            endpoint: (per == Per::Endpoint)
                .then(|| (Arc::clone(&endpoint.method), Arc::clone(&endpoint.route))),
            environment: series.environment().to_string(),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.endpoint {
            Some((method, route)) => {
                write!(f, "{method} {route} of {} in {}", self.service, self.environment)
            }
            None => write!(f, "{} in {}", self.service, self.environment),
        }
    }
}

pub(crate) fn without_endpoint(mut labels: Labels) -> Labels {
    for name in ["method", "route", "endpoint"] {
        labels.remove(name);
    }
    labels
}

/// Whether a rule still looks where an alert of it is. What the alert's labels do not say is not held against it.
pub(crate) fn looks_at(scope: &Scope, labels: &Labels) -> bool {
    let Scope { services, endpoints, environments, matchers } = scope;
    let is_one_of = |names: &[String], label: &str| {
        let value = labels.get(label);
        names.is_empty() || value.is_none_or(|value| names.contains(value))
    };
    is_one_of(services, "service")
        && is_one_of(endpoints, "endpoint")
        && (environments.is_empty()
            || labels
                .get("environment")
                .is_none_or(|it| environments.iter().any(|part| begins_with(it, part))))
        && matchers.iter().all(|matcher| !labels.contains_key(&matcher.label) || matcher.matches(labels))
}

/// `aws/production` is a part of `aws/production/eu-west-1`, `aws/prod` is not.
fn is_part(part: &str, environment: &Environment) -> bool {
    begins_with(&environment.to_string(), part)
}

fn begins_with(whole: &str, part: &str) -> bool {
    whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn value_of(measure: ThresholdMeasure, sum: &Rollup, window_s: u32) -> f64 {
    let requests = sum.requests() as f64;
    let quantile = |q| sum.latency.quantile(q).unwrap_or_default() / 1_000.0;
    match measure {
        ThresholdMeasure::LatencyMsP50 => quantile(0.5),
        ThresholdMeasure::LatencyMsP95 => quantile(0.95),
        ThresholdMeasure::LatencyMsP99 => quantile(0.99),
        ThresholdMeasure::ErrorRate => sum.server_errors as f64 / requests,
        ThresholdMeasure::ClientErrorRate => sum.client_errors as f64 / requests,
        ThresholdMeasure::RequestsPerMinute => requests * 60.0 / f64::from(window_s.max(1)),
    }
}

/// Failed ones are often fast, so a failed and a slow request are counted as two different ones, but never more than
/// there were.
fn bad_requests(objective: &Objective, sum: &Rollup) -> u64 {
    match objective {
        Objective::Availability => sum.server_errors,
        Objective::Latency { latency_ms } => {
            let slow = sum.latency.count_above((latency_ms * 1_000.0) as u64);
            (slow + sum.server_errors).min(sum.requests())
        }
    }
}

fn lasts(burn: f64) -> String {
    let hours = 30.0 * 24.0 / burn;
    if hours >= 48.0 { number(hours / 24.0, " days") } else { number(hours, " hours") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
