//! The alerts of one server: what observations, other people's alerts, people and time do to them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use hawkeye_model::{Anomaly, Dataset, Timestamp};
use xxhash_rust::xxh3::Xxh3Default;

use crate::alert::{Acknowledgement, Alert, Mute, MuteKind, Source, State};
use crate::evaluate::{Evaluation, Observation, Past, evaluate, looks_at};
use crate::mute::{Silence, mutes};
use crate::routing::Routing;
use crate::rule::{Condition, Labels, Rule};

/// Alerts that are not over; about 2 KB each. Whoever has more has one problem, not ten thousand.
pub const ALERTS_MAX: usize = 10_000;

/// What fires goes on for so long without data before it is given up.
const NO_DATA_MAX: Duration = Duration::from_secs(3_600);

/// Nobody waits longer for something that fell silent.
const ABSENCE_MAX: Duration = Duration::from_secs(7 * 86_400);

/// Alerts that others send leave room for our own.
const RECEIVED_MAX: usize = ALERTS_MAX / 5 * 4;

/// Active alerts, and resolved ones that somebody is still to be told of.
#[derive(Debug, Clone, Default)]
pub struct Book {
    alerts: BTreeMap<i64, Alert>,
    by_fingerprint: HashMap<String, i64>,
    next_id: i64,
    /// Alerts that found no room since the start.
    pub dropped: u64,
}

/// Something happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: i64,
    pub kind: ChangeKind,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    Pending,
    Fired,
    /// Its severity rose.
    Worse,
    /// Only its value or sentence; no entry in the timeline.
    Updated,
    /// Its snooze is over.
    Awake,
    /// Its acknowledgement ran out.
    Unacknowledged,
    /// What mutes it is other than before.
    Muted,
    Resolved,
    /// It was pending and vanished.
    Removed,
}

/// An alert that another system sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    pub labels: Labels,
    pub annotations: Labels,
    pub starts: Option<Timestamp>,
    pub ends: Option<Timestamp>,
    pub generator_url: Option<String>,
}

impl Book {
    #[must_use]
    pub fn new(alerts: Vec<Alert>, next_id: i64) -> Self {
        let by_fingerprint = alerts.iter().map(|it| (it.fingerprint.clone(), it.id)).collect();
        let alerts = alerts.into_iter().map(|it| (it.id, it)).collect();
        Self { alerts, by_fingerprint, next_id, dropped: 0 }
    }

    /// The id of the next alert. It is stored with the alerts, so that none is given twice.
    #[must_use]
    pub fn next_id(&self) -> i64 {
        self.next_id.max(1)
    }

    #[must_use]
    pub fn get(&self, id: i64) -> Option<&Alert> {
        self.alerts.get(&id)
    }

    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.values()
    }

    /// Applies the rules to the end of a window. `past` may lack sums: what it says nothing about stays.
    pub fn step(
        &mut self,
        rules: &[Rule],
        dataset: Dataset,
        at: Timestamp,
        anomalies: &[&Anomaly],
        past: &Past,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut evaluated: HashMap<&str, (&Rule, Evaluation, HashSet<String>)> = HashMap::new();
        for rule in rules.iter().filter(|rule| rule.is_enabled) {
            let evaluation = evaluate(rule, dataset, at, anomalies, past);
            let mut met: HashSet<String> = evaluation.met.iter().map(|it| it.fingerprint.clone()).collect();
            for observation in &evaluation.met {
                self.meet(rule, observation, at, &mut changes);
            }
            for observation in &evaluation.kept {
                let known = self.by_fingerprint.get(&observation.fingerprint);
                if known.and_then(|id| self.alerts.get(id)).is_some_and(|alert| alert.state == State::Firing)
                {
                    self.meet(rule, observation, at, &mut changes);
                    met.insert(observation.fingerprint.clone());
                }
            }
            evaluated.insert(&rule.id, (rule, evaluation, met));
        }
        let mine = self.alerts.values().filter(|it| {
            it.source == Source::Rule && it.labels.get("dataset").is_some_and(|it| it == dataset.as_str())
        });
        let gone: Vec<(i64, Option<&'static str>)> = mine
            .filter_map(|alert| match alert.rule.as_deref().and_then(|rule| evaluated.get(rule)) {
                None => Some((alert.id, Some("its rule was switched off or removed"))),
                Some((_, _, met)) if met.contains(&alert.fingerprint) => None,
                Some((rule, ..)) if !looks_at(&rule.scope, &alert.labels) => {
                    Some((alert.id, Some("its rule does not look there any more")))
                }
                Some((_, evaluation, _)) if evaluation.is_unread => None,
                Some((rule, evaluation, _)) => {
                    let unmet = at.since(alert.met);
                    if evaluation.is_frozen(&alert.fingerprint) {
                        let (most, note) = match rule.condition {
                            Condition::Absence { .. } => (ABSENCE_MAX, "nothing came for a week"),
                            _ => (NO_DATA_MAX, "no data for an hour"),
                        };
                        (unmet >= most).then_some((alert.id, Some(note)))
                    } else {
                        let is_over = alert.state != State::Firing
                            || unmet > Duration::from_secs(rule.keep_firing_s.into());
                        is_over.then_some((alert.id, None))
                    }
                }
            })
            .collect();
        for (id, note) in gone {
            self.end(id, at, note, &mut changes);
        }
        changes
    }

    fn meet(&mut self, rule: &Rule, observation: &Observation, at: Timestamp, changes: &mut Vec<Change>) {
        let known = self.by_fingerprint.get(&observation.fingerprint).and_then(|id| self.alerts.get_mut(id));
        let alert = match known {
            Some(alert) if alert.state != State::Resolved || alert.is_dismissed => alert,
            _ => {
                if self.is_full() {
                    self.dropped += 1;
                    return;
                }
                let mut alert = Alert::new(observation.fingerprint.clone(), at);
                (alert.source, alert.rule) = (Source::Rule, Some(rule.id.clone()));
                let id = self.add(alert);
                if rule.for_s > 0 {
                    changes.push(Change::new(id, ChangeKind::Pending));
                }
                let Some(alert) = self.alerts.get_mut(&id) else { return };
                alert
            }
        };
        let is_new = alert.labels.is_empty();
        alert.met = alert.met.max(at);
        if alert.is_dismissed {
            return;
        }
        let severity_before = alert.severity();
        let is_other = alert.summary != observation.summary || alert.labels != observation.labels;
        alert.labels.clone_from(&observation.labels);
        alert.annotations.clone_from(&observation.annotations);
        alert.summary.clone_from(&observation.summary);
        alert.runbook_url.clone_from(&rule.runbook_url);
        (alert.value, alert.anomaly) = (observation.value, observation.anomaly.clone());
        alert.updated = at;
        if alert.state == State::Pending && alert.met_for(at, rule.for_s) {
            alert.fire(at);
            changes.push(Change::new(alert.id, ChangeKind::Fired));
        } else if !is_new && alert.is_firing() && alert.severity() > severity_before {
            alert.transition += 1;
            changes.push(Change {
                id: alert.id,
                kind: ChangeKind::Worse,
                note: Some(format!("{} to {}", severity_before.as_str(), alert.severity().as_str())),
            });
        } else if is_other {
            changes.push(Change::new(alert.id, ChangeKind::Updated));
        }
    }

    fn end(&mut self, id: i64, at: Timestamp, note: Option<&str>, changes: &mut Vec<Change>) {
        let Some(alert) = self.alerts.get_mut(&id) else { return };
        let kind = match alert.state {
            State::Pending => ChangeKind::Removed,
            State::Firing => {
                alert.resolve(at);
                ChangeKind::Resolved
            }
            State::Resolved => {
                if !std::mem::take(&mut alert.is_dismissed) {
                    return;
                }
                ChangeKind::Updated
            }
        };
        if kind == ChangeKind::Removed {
            self.remove(id);
        }
        changes.push(Change { id, kind, note: note.map(str::to_owned) });
    }

    /// Nobody looked for a while: that time counts neither for nor against a condition.
    pub fn pause(&mut self, dataset: Dataset, unseen: Duration) -> Vec<Change> {
        let mine = |it: &&mut Alert| {
            it.source == Source::Rule && it.labels.get("dataset").is_some_and(|it| it == dataset.as_str())
        };
        let mut changes = Vec::new();
        for alert in self.alerts.values_mut().filter(mine) {
            alert.met = alert.met.plus(unseen);
            if alert.state == State::Pending {
                alert.started = alert.started.plus(unseen);
            }
            changes.push(Change::new(alert.id, ChangeKind::Updated));
        }
        changes
    }

    /// Takes alerts that another system sent. One without an end is over a while after it was last sent.
    pub fn receive(&mut self, received: Vec<Received>, now: Timestamp, timeout: Duration) -> Vec<Change> {
        let mut changes = Vec::new();
        for Received { mut labels, annotations, starts, ends, generator_url } in received {
            labels.retain(|_, value| !value.is_empty());
            let fingerprint = fingerprint_of(&labels);
            let (is_over, expires) = match ends {
                Some(ends) => (ends <= now, ends),
                None => (false, now.plus(timeout)),
            };
            let known = self.by_fingerprint.get(&fingerprint).and_then(|id| self.alerts.get(id));
            let id = match known.filter(|it| it.state != State::Resolved || it.is_dismissed) {
                Some(alert) => alert.id,
                None if is_over => continue,
                None if self.alerts.len() >= RECEIVED_MAX => {
                    self.dropped += 1;
                    continue;
                }
                None => {
                    let mut alert = Alert::new(fingerprint, starts.unwrap_or(now).min(now));
                    alert.source = Source::Alertmanager;
                    self.add(alert)
                }
            };
            if is_over {
                self.end(id, now, None, &mut changes);
                continue;
            }
            let Some(alert) = self.alerts.get_mut(&id) else { continue };
            // Senders repeat themselves each minute; that is worth a write only now and then.
            let is_stale = alert.expires.is_none_or(|old| expires.since(old) > timeout / 2 || expires < old);
            let is_other = is_stale || alert.labels != labels || alert.annotations != annotations;
            if alert.state != State::Pending && !is_other {
                continue;
            }
            alert.summary = ["summary", "description", "message"]
                .iter()
                .find_map(|name| annotations.get(*name).cloned())
                .unwrap_or_else(|| labels.get("alertname").cloned().unwrap_or_default());
            alert.runbook_url = annotations.get("runbook_url").cloned();
            (alert.labels, alert.annotations, alert.generator_url) = (labels, annotations, generator_url);
            (alert.met, alert.expires, alert.updated) = (now, Some(expires), now);
            if alert.state == State::Pending {
                alert.fire(now);
                changes.push(Change::new(id, ChangeKind::Fired));
            } else {
                changes.push(Change::new(id, ChangeKind::Updated));
            }
        }
        changes
    }

    /// What time alone does: ends what was sent in and not sent again, and says anew what is muted.
    pub fn tick(&mut self, silences: &[Silence], routing: &Routing, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        let is_expired = |it: &&Alert| it.expires.is_some_and(|expires| expires <= now);
        let expired: Vec<i64> = self.alerts.values().filter(is_expired).map(|it| it.id).collect();
        for id in expired {
            self.end(id, now, Some("it was not sent again"), &mut changes);
        }
        for alert in self.alerts.values_mut().filter(|it| it.is_firing()) {
            let is_run_out =
                alert.acknowledged.as_ref().is_some_and(|it| it.until.is_some_and(|until| until <= now));
            if is_run_out {
                alert.acknowledged = None;
                changes.push(Change::new(alert.id, ChangeKind::Unacknowledged));
            }
            if alert.snoozed_until.is_some_and(|until| until <= now) {
                alert.snoozed_until = None;
                alert.transition += 1;
                changes.push(Change::new(alert.id, ChangeKind::Awake));
            }
        }
        let ids: Vec<i64> =
            self.alerts.values().filter(|it| it.state != State::Pending).map(|it| it.id).collect();
        let alerts: Vec<&Alert> = ids.iter().filter_map(|id| self.alerts.get(id)).collect();
        let all_muted: Vec<Vec<Mute>> = mutes(&alerts, silences, routing, now);
        for (id, muted) in ids.into_iter().zip(all_muted) {
            let Some(alert) = self.alerts.get_mut(&id).filter(|it| it.mutes != muted) else { continue };
            let is_owed = alert.is_firing()
                && muted.iter().any(|it| it.kind == MuteKind::Maintenance && routing.is_summarised(&it.by));
            alert.is_owed |= is_owed;
            alert.mutes = muted;
            changes.push(Change::new(id, ChangeKind::Muted));
        }
        changes
    }

    /// What a person does. `false` when it changes nothing.
    pub fn change(&mut self, id: i64, change: impl FnOnce(&mut Alert) -> bool) -> bool {
        self.alerts.get_mut(&id).is_some_and(change)
    }

    /// Lets go of what is over and need not be told any more.
    pub fn let_go(&mut self, is_needed: impl Fn(i64) -> bool) {
        let over = self
            .alerts
            .values()
            .filter(|it| it.state == State::Resolved && !it.is_dismissed && !it.is_owed && !is_needed(it.id));
        let over: Vec<i64> = over.map(|it| it.id).collect();
        over.into_iter().for_each(|id| self.remove(id));
    }

    /// Forgets the alerts of a data set, and says which they were.
    pub fn forget(&mut self, dataset: Dataset) -> Vec<i64> {
        let mine = |it: &&Alert| it.labels.get("dataset").is_some_and(|it| it == dataset.as_str());
        let ids: Vec<i64> = self.alerts.values().filter(mine).map(|it| it.id).collect();
        ids.iter().for_each(|&id| self.remove(id));
        ids
    }

    #[must_use]
    pub fn is_full(&self) -> bool {
        self.alerts.len() >= ALERTS_MAX
    }

    fn add(&mut self, mut alert: Alert) -> i64 {
        let id = self.next_id();
        self.next_id = id + 1;
        alert.id = id;
        self.by_fingerprint.insert(alert.fingerprint.clone(), id);
        self.alerts.insert(id, alert);
        id
    }

    fn remove(&mut self, id: i64) {
        if let Some(alert) = self.alerts.remove(&id)
            && self.by_fingerprint.get(&alert.fingerprint) == Some(&id)
        {
            self.by_fingerprint.remove(&alert.fingerprint);
        }
    }
}

impl Change {
    fn new(id: i64, kind: ChangeKind) -> Self {
        Self { id, kind, note: None }
    }
}

impl Alert {
    fn new(fingerprint: String, started: Timestamp) -> Self {
        Self {
            id: 0,
            fingerprint,
            state: State::Pending,
            source: Source::Rule,
            rule: None,
            labels: Labels::new(),
            annotations: Labels::new(),
            summary: String::new(),
            runbook_url: None,
            generator_url: None,
            value: None,
            anomaly: None,
            started,
            fired: None,
            met: started,
            resolved: None,
            updated: started,
            expires: None,
            transition: 0,
            acknowledged: None,
            assignee: None,
            snoozed_until: None,
            mutes: Vec::new(),
            is_owed: false,
            told: 0,
            told_at: None,
            is_dismissed: false,
        }
    }

    fn fire(&mut self, at: Timestamp) {
        (self.state, self.fired, self.updated) = (State::Firing, Some(at), at);
        self.transition += 1;
    }

    pub(crate) fn resolve(&mut self, at: Timestamp) {
        (self.state, self.resolved, self.updated) = (State::Resolved, Some(at), self.updated.max(at));
        self.expires = None;
        self.transition += 1;
    }

    /// A person says that it is over.
    pub fn dismiss(&mut self, at: Timestamp) -> bool {
        if !self.is_firing() {
            return false;
        }
        let expires = self.expires;
        self.resolve(at);
        // One that was sent in is over for good when its sender falls silent.
        self.expires = expires;
        self.is_dismissed = true;
        true
    }

    /// `false` when it does not fire.
    pub fn acknowledge(&mut self, acknowledgement: Acknowledgement) -> bool {
        if !self.is_firing() {
            return false;
        }
        self.updated = self.updated.max(acknowledgement.at);
        self.acknowledged = Some(acknowledgement);
        true
    }
}

/// Of all labels, as Alertmanager does; not the same hash.
fn fingerprint_of(labels: &Labels) -> String {
    let mut hash = Xxh3Default::new();
    for (name, value) in labels {
        for part in [name, value] {
            hash.update(part.as_bytes());
            hash.update(&[0xff]);
        }
    }
    format!("{:016x}", hash.digest())
}
