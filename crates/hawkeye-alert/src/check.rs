//! What is wrong with a document, with the place of each mistake, all at once.

use std::collections::BTreeSet;

use hawkeye_model::AnomalyKind;

use crate::calendar::{civil, time_of_day, weekday, zone};
use crate::routing::{Route, Routing, Span};
use crate::rule::{Condition, Labels, Objective, Rule, Scope, ThresholdMeasure};

/// Rules of one server.
const RULES_MAX: usize = 1_000;

/// Entries of any list in a document.
const ENTRIES_MAX: usize = 1_000;

const ROUTE_DEPTH_MAX: usize = 10;
const TEXT_LENGTH_MAX: usize = 4_000;
const DAY_S: u32 = 86_400;
const WEEK_S: u32 = 7 * DAY_S;

/// A mistake and its place: `condition.window_s`, `route.routes[1].receiver`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub path: String,
    pub message: String,
}

/// Mistakes in all rules; paths begin with the position.
#[must_use]
pub fn check_rules(rules: &[Rule]) -> Vec<Wrong> {
    let mut wrong = Wrongs::default();
    if rules.len() > RULES_MAX {
        wrong.add("rules", format!("more than {RULES_MAX} rules"));
    }
    let mut seen = BTreeSet::new();
    for (position, rule) in rules.iter().enumerate() {
        let at = format!("rules[{position}]");
        if !seen.insert(&rule.id) {
            wrong.add(&format!("{at}.id"), format!("`{}` is the id of another rule", rule.id));
        }
        wrong
            .0
            .extend(check_rule(rule).into_iter().map(|it| Wrong { path: format!("{at}.{}", it.path), ..it }));
    }
    wrong.0
}

/// Mistakes in one rule.
#[must_use]
pub fn check_rule(rule: &Rule) -> Vec<Wrong> {
    let mut wrong = Wrongs::default();
    wrong.slug("id", &rule.id);
    wrong.text("name", &rule.name, 200);
    if rule.name.trim().is_empty() {
        wrong.add("name", "must not be empty");
    }
    match &rule.condition {
        Condition::Anomaly { kinds, .. } => {
            for (position, kind) in kinds.iter().enumerate() {
                if AnomalyKind::parse(kind).is_none() {
                    let known: Vec<_> = AnomalyKind::ALL.iter().map(|it| it.as_str()).collect();
                    let path = format!("condition.kinds[{position}]");
                    wrong.add(&path, format!("`{kind}` is no kind; there are {}", known.join(", ")));
                }
            }
        }
        Condition::Threshold { value, window_s, .. } => {
            if !value.is_finite() || *value < 0.0 {
                wrong.add("condition.value", "must be a number that is not negative");
            }
            wrong.window("condition.window_s", *window_s);
            wrong.needs_severity(rule);
        }
        Condition::Absence { window_s, .. } => {
            wrong.window("condition.window_s", *window_s);
            if *window_s >= DAY_S {
                wrong.add("condition.window_s", "must be less than a day, which is looked back on");
            }
            wrong.needs_severity(rule);
        }
        Condition::BurnRate { objective, target, .. } => {
            if !(0.5..1.0).contains(target) {
                wrong.add("condition.target", "must be a share from 0.5 to below 1, such as 0.999");
            }
            if let Objective::Latency { latency_ms } = objective
                && !(latency_ms.is_finite() && *latency_ms > 0.0)
            {
                wrong.add("condition.objective.latency_ms", "must be a positive number of milliseconds");
            }
        }
        Condition::PredictedBreach { measure, probability_min, within_s, .. } => {
            if matches!(measure, Some(ThresholdMeasure::LatencyMsP99 | ThresholdMeasure::ClientErrorRate)) {
                wrong.add("condition.measure", "is not forecast; p50, p95, error rate and traffic are");
            }
            if !(*probability_min > 0.0 && *probability_min <= 1.0) {
                wrong.add("condition.probability_min", "must be above 0 and at most 1, such as 0.3");
            }
            if !(600..=DAY_S).contains(within_s) {
                wrong.add("condition.within_s", "must be from 600 seconds to a day");
            }
            wrong.needs_severity(rule);
        }
        Condition::Incident { .. } => {}
        Condition::JourneyHealth { .. } => {
            wrong.needs_severity(rule);
            let Scope { services, endpoints, environments, .. } = &rule.scope;
            for (path, names) in
                [("services", services), ("endpoints", endpoints), ("environments", environments)]
            {
                if !names.is_empty() {
                    wrong.add(
                        &format!("scope.{path}"),
                        "a journey says itself where it looks; name journeys instead",
                    );
                }
            }
        }
    }
    for (path, value) in [("for_s", rule.for_s), ("keep_firing_s", rule.keep_firing_s)] {
        if value > WEEK_S {
            wrong.add(path, "must not be longer than a week");
        }
    }
    wrong.labels("labels", &rule.labels);
    wrong.labels("annotations", &rule.annotations);
    if let Some(url) = &rule.runbook_url {
        wrong.text("runbook_url", url, 2_000);
        if !url.starts_with("https://") && !url.starts_with("http://") {
            wrong.add("runbook_url", "must begin with https:// or http://");
        }
    }
    let scope = &rule.scope;
    for (path, names) in [
        ("services", &scope.services),
        ("endpoints", &scope.endpoints),
        ("environments", &scope.environments),
    ] {
        wrong.entries(&format!("scope.{path}"), names.len());
    }
    wrong.entries("scope.matchers", scope.matchers.len());
    wrong.0
}

/// Mistakes in the routing. `channels` are the ids that exist.
#[must_use]
pub fn check_routing(routing: &Routing, channels: &BTreeSet<String>) -> Vec<Wrong> {
    let mut wrong = Wrongs::default();
    let receivers = wrong.names("receivers", routing.receivers.iter().map(|it| &it.name));
    let intervals = wrong.names("intervals", routing.intervals.iter().map(|it| &it.name));
    let schedules = wrong.names("schedules", routing.schedules.iter().map(|it| &it.name));
    let people = wrong.names("people", routing.people.iter().map(|it| &it.name));
    wrong.names("inhibitions", routing.inhibitions.iter().map(|it| &it.name));
    wrong.names("maintenances", routing.maintenances.iter().map(|it| &it.name));
    if routing.route.receiver.is_none() {
        wrong.add("route.receiver", "the root needs a receiver: what matches no other route is told to it");
    }
    if !routing.route.matchers.is_empty() {
        wrong.add("route.matchers", "the root takes everything; put matchers on a route below it");
    }
    wrong.route("route", &routing.route, &receivers, &intervals, 0);
    for (position, receiver) in routing.receivers.iter().enumerate() {
        let mut after = 0;
        for (number, step) in receiver.steps.iter().enumerate() {
            let at = format!("receivers[{position}].steps[{number}]");
            if number == 0 && step.after_s != 0 {
                wrong.add(&format!("{at}.after_s"), "must be 0: the first step is told at once");
            }
            if step.after_s < after || step.after_s > WEEK_S {
                wrong.add(
                    &format!("{at}.after_s"),
                    "must not be less than the step before, nor more than a week",
                );
            }
            after = step.after_s;
            wrong.known(&format!("{at}.channels"), &step.channels, channels, "channel");
            wrong.known(&format!("{at}.schedules"), &step.schedules, &schedules, "schedule");
        }
    }
    for (position, interval) in routing.intervals.iter().enumerate() {
        let at = format!("intervals[{position}]");
        wrong.zone(&at, &interval.time_zone);
        if interval.spans.is_empty() {
            wrong.add(&format!("{at}.spans"), "must have at least one span");
        }
        wrong.spans(&at, &interval.spans);
    }
    for (position, maintenance) in routing.maintenances.iter().enumerate() {
        let at = format!("maintenances[{position}]");
        wrong.zone(&at, &maintenance.time_zone);
        wrong.spans(&at, &maintenance.spans);
        if maintenance.matchers.is_empty() {
            wrong.add(&format!("{at}.matchers"), "must not be empty: it would hide everything");
        }
        if maintenance.spans.is_empty() && (maintenance.from_ms.is_none() || maintenance.to_ms.is_none()) {
            wrong.add(&format!("{at}.spans"), "needs spans, or both from_ms and to_ms");
        }
        if let (Some(from), Some(to)) = (maintenance.from_ms, maintenance.to_ms)
            && from >= to
        {
            wrong.add(&format!("{at}.to_ms"), "must be later than from_ms");
        }
    }
    for (position, schedule) in routing.schedules.iter().enumerate() {
        let at = format!("schedules[{position}]");
        wrong.zone(&at, &schedule.time_zone);
        if civil(&schedule.starts).is_none() {
            wrong.add(&format!("{at}.starts"), "must be a local date and time such as 2026-01-05T09:00");
        }
        if !(1..=366).contains(&schedule.shift_days) {
            wrong.add(&format!("{at}.shift_days"), "must be 1 to 366");
        }
        if schedule.people.is_empty() {
            wrong.add(&format!("{at}.people"), "must name at least one person");
        }
        wrong.known(&format!("{at}.people"), &schedule.people, &people, "person");
        let covers: Vec<String> = schedule.overrides.iter().map(|it| it.person.clone()).collect();
        wrong.known(&format!("{at}.overrides"), &covers, &people, "person");
    }
    for (position, person) in routing.people.iter().enumerate() {
        wrong.known(&format!("people[{position}].channels"), &person.channels, channels, "channel");
    }
    for (position, inhibition) in routing.inhibitions.iter().enumerate() {
        for (path, matchers) in [("source", &inhibition.source), ("target", &inhibition.target)] {
            if matchers.is_empty() {
                wrong.add(&format!("inhibitions[{position}].{path}"), "must not be empty");
            }
        }
    }
    wrong.0
}

#[derive(Default)]
struct Wrongs(Vec<Wrong>);

impl Wrongs {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(Wrong { path: path.into(), message: message.into() });
    }

    fn slug(&mut self, path: &str, text: &str) {
        let is_slug = (1..=63).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_slug {
            self.add(path, "must be 1 to 63 lower-case letters, digits and -");
        }
    }

    fn text(&mut self, path: &str, text: &str, length_max: usize) {
        if text.len() > length_max {
            self.add(path, format!("has more than {length_max} bytes"));
        }
    }

    fn entries(&mut self, path: &str, entries: usize) {
        if entries > ENTRIES_MAX {
            self.add(path, format!("has more than {ENTRIES_MAX} entries"));
        }
    }

    fn labels(&mut self, path: &str, labels: &Labels) {
        self.entries(path, labels.len());
        for (name, value) in labels {
            let is_name = !name.is_empty()
                && name.len() <= 128
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':'));
            if !is_name {
                self.add(&format!("{path}.{name}"), "is no label name; use letters, digits and _");
            }
            self.text(&format!("{path}.{name}"), value, TEXT_LENGTH_MAX);
        }
    }

    fn window(&mut self, path: &str, window_s: u32) {
        if window_s == 0 || !window_s.is_multiple_of(60) || window_s > DAY_S {
            self.add(path, "must be whole minutes in seconds, 60 to 86400");
        }
    }

    fn needs_severity(&mut self, rule: &Rule) {
        if rule.severity.is_none() {
            self.add("severity", "must be low, medium, high or critical");
        }
    }

    fn names<'a>(&mut self, path: &str, names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        for (position, name) in names.enumerate() {
            if name.trim().is_empty() || name.len() > 200 {
                self.add(&format!("{path}[{position}].name"), "must be 1 to 200 bytes");
            } else if !seen.insert(name.clone()) {
                self.add(&format!("{path}[{position}].name"), format!("`{name}` is there twice"));
            }
        }
        self.entries(path, seen.len());
        seen
    }

    fn known(&mut self, path: &str, names: &[String], known: &BTreeSet<String>, what: &str) {
        for (position, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(*name)) {
            self.add(&format!("{path}[{position}]"), format!("there is no {what} `{name}`"));
        }
    }

    fn zone(&mut self, at: &str, name: &str) {
        if zone(name).is_none() {
            self.add(
                &format!("{at}.time_zone"),
                format!("`{name}` is no IANA time zone such as Europe/Berlin"),
            );
        }
    }

    fn spans(&mut self, at: &str, spans: &[Span]) {
        for (position, span) in spans.iter().enumerate() {
            let at = format!("{at}.spans[{position}]");
            for (path, time) in [("from", &span.from), ("to", &span.to)] {
                if time_of_day(time).is_none() {
                    self.add(&format!("{at}.{path}"), "must be a time of day such as 22:00");
                }
            }
            if span.weekdays.iter().any(|it| weekday(it).is_none()) {
                self.add(&format!("{at}.weekdays"), "must be mon, tue, wed, thu, fri, sat or sun");
            }
            if span.days_of_month.iter().any(|day| !(-31..=31).contains(day) || *day == 0) {
                self.add(&format!("{at}.days_of_month"), "must be 1 to 31, or -1 to -31 from the end");
            }
            if span.months.iter().any(|month| !(1..=12).contains(month)) {
                self.add(&format!("{at}.months"), "must be 1 to 12");
            }
        }
    }

    fn route(
        &mut self,
        at: &str,
        route: &Route,
        receivers: &BTreeSet<String>,
        intervals: &BTreeSet<String>,
        depth: usize,
    ) {
        if depth > ROUTE_DEPTH_MAX {
            self.add(at, format!("lies deeper than {ROUTE_DEPTH_MAX} levels"));
            return;
        }
        let receiver: Vec<String> = route.receiver.iter().cloned().collect();
        for name in receiver.iter().filter(|name| !receivers.contains(*name)) {
            self.add(&format!("{at}.receiver"), format!("there is no receiver `{name}`"));
        }
        if depth > 0 && route.matchers.is_empty() {
            self.add(&format!("{at}.matchers"), "must not be empty: it would take everything");
        }
        self.known(&format!("{at}.mute_during"), &route.mute_during, intervals, "interval");
        self.known(&format!("{at}.active_during"), &route.active_during, intervals, "interval");
        if route.group_interval_s == Some(0) {
            self.add(&format!("{at}.group_interval_s"), "must be at least 1");
        }
        if route.repeat_interval_s.is_some_and(|it| it < 60) {
            self.add(&format!("{at}.repeat_interval_s"), "must be at least 60");
        }
        self.entries(&format!("{at}.routes"), route.routes.len());
        for (position, child) in route.routes.iter().enumerate() {
            self.route(&format!("{at}.routes[{position}]"), child, receivers, intervals, depth + 1);
        }
    }
}
