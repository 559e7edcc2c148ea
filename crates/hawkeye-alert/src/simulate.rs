//! The same code over a stored past: what would have been told, to whom, and when.

use std::collections::{BTreeMap, BTreeSet};

use hawkeye_model::{Anomaly, Dataset, Timestamp};

use crate::alert::Alert;
use crate::book::{Book, ChangeKind};
use crate::dispatch::{Dispatcher, Reason};
use crate::evaluate::Past;
use crate::mute::Silence;
use crate::routing::{Routing, Step};
use crate::rule::{Labels, Rule};

/// Alerts that one simulation keeps; more say that the rules are of no use.
const KEPT_MAX: usize = 20_000;

/// Rules, routing and silences under test.
#[derive(Debug, Clone)]
pub struct Simulation {
    rules: Vec<Rule>,
    routing: Routing,
    silences: Vec<Silence>,
    book: Book,
    dispatcher: Dispatcher,
    outcome: BTreeMap<i64, Outcome>,
    per_receiver: BTreeMap<String, u64>,
    notifications: u64,
    tells_demo: bool,
    without_channels: Vec<String>,
}

/// What became of one alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub rule: String,
    pub labels: Labels,
    pub summary: String,
    /// When its condition was first met.
    pub started: Timestamp,
    pub fired: Timestamp,
    pub resolved: Option<Timestamp>,
    /// When somebody was first told.
    pub told: Option<Timestamp>,
    pub receivers: BTreeSet<String>,
    /// What hid it at some time: a kind and a name.
    pub muted_by: BTreeSet<(String, String)>,
    pub anomaly: Option<String>,
}

impl Simulation {
    /// `tells_demo` counts the demo's alerts as told though the routing keeps them back.
    #[must_use]
    pub fn new(rules: Vec<Rule>, mut routing: Routing, silences: Vec<Silence>, tells_demo: bool) -> Self {
        // Rules are tried before there are channels, so a receiver without any counts as if it had one.
        let mut without_channels = Vec::new();
        for receiver in &mut routing.receivers {
            let is_empty = |step: &Step| step.channels.is_empty() && step.schedules.is_empty();
            if receiver.steps.iter().all(is_empty) {
                let channels = vec!["none yet".to_owned()];
                receiver.steps = vec![Step { channels, ..Step::default() }];
                without_channels.push(receiver.name.clone());
            }
        }
        Self {
            rules,
            tells_demo: tells_demo || routing.tell_demo,
            without_channels,
            routing,
            silences,
            book: Book::default(),
            dispatcher: Dispatcher::default(),
            outcome: BTreeMap::new(),
            per_receiver: BTreeMap::new(),
            notifications: 0,
        }
    }

    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The end of a window of one data set.
    pub fn step(&mut self, dataset: Dataset, at: Timestamp, anomalies: &[&Anomaly], past: &Past) {
        let changes = self.book.step(&self.rules, dataset, at, anomalies, past);
        let muted = self.book.tick(&self.silences, &self.routing, at);
        for change in changes.iter().chain(&muted) {
            let Some(alert) = self.book.get(change.id) else { continue };
            match change.kind {
                ChangeKind::Fired if self.outcome.len() < KEPT_MAX => {
                    self.outcome.insert(change.id, Outcome::new(alert, at));
                }
                ChangeKind::Resolved => {
                    if let Some(outcome) = self.outcome.get_mut(&change.id) {
                        outcome.resolved = Some(at);
                    }
                }
                ChangeKind::Muted => {
                    let names = alert.mutes.iter().map(|it| (it.kind.as_str().to_owned(), it.by.clone()));
                    if let Some(outcome) = self.outcome.get_mut(&change.id) {
                        outcome.muted_by.extend(names);
                    }
                }
                _ => {}
            }
        }
        let told = self.dispatcher.step(self.book.alerts(), &self.routing, at, &mut BTreeSet::new());
        for told in told {
            if dataset == Dataset::Demo && !self.tells_demo {
                continue;
            }
            let is_told = !told.targets.is_empty();
            if told.reason != Reason::Acknowledged {
                *self.per_receiver.entry(told.receiver.clone()).or_default() += 1;
                self.notifications += 1;
            }
            for (id, ..) in &told.alerts {
                if let Some(outcome) = self.outcome.get_mut(id) {
                    outcome.receivers.insert(told.receiver.clone());
                    if is_told {
                        outcome.told.get_or_insert(at);
                    }
                }
                self.book.change(*id, |alert| std::mem::take(&mut alert.is_owed));
            }
        }
        let needed = self.dispatcher.needed();
        self.book.let_go(|id| needed.contains(&id));
    }

    /// All alerts that fired, in order.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.outcome.values()
    }

    #[must_use]
    pub fn per_receiver(&self) -> &BTreeMap<String, u64> {
        &self.per_receiver
    }

    /// Receivers that tell nobody, and were counted as if they did.
    #[must_use]
    pub fn without_channels(&self) -> &[String] {
        &self.without_channels
    }

    #[must_use]
    pub fn notifications(&self) -> u64 {
        self.notifications
    }
}

impl Outcome {
    fn new(alert: &Alert, at: Timestamp) -> Self {
        Self {
            rule: alert.rule.clone().unwrap_or_default(),
            labels: alert.labels.clone(),
            summary: alert.summary.clone(),
            started: alert.started,
            fired: at,
            resolved: None,
            told: None,
            receivers: BTreeSet::new(),
            muted_by: BTreeSet::new(),
            anomaly: alert.anomaly.clone(),
        }
    }
}
