//! Which group is told what, and when: grouping, waiting, repeating, escalating, and quiet hours.
//!
//! A group is the alerts that take the same route and share the route's `group_by` labels. It is told at most once in
//! its interval. A *run* of a group lasts from its first firing alert until all are resolved and told; all its
//! notifications share a thread. What was told of each alert is kept, so a restart neither repeats nor forgets.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::alert::{Alert, MuteKind, State, micros};
use crate::calendar::on_call;
use crate::route::{Matched, matched};
use crate::routing::{Receiver, Routing, Step};
use crate::rule::{Labels, Level};
use crate::words::span;

/// All groups, by their key.
#[derive(Debug, Clone, Default)]
pub struct Dispatcher {
    groups: BTreeMap<String, Group>,
}

/// What was told about a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub route: Matched,
    pub labels: Labels,
    /// When the run began.
    #[serde(with = "micros")]
    pub begun: Timestamp,
    /// Nothing is told before.
    #[serde(with = "micros")]
    pub next: Timestamp,
    #[serde(with = "micros::optional")]
    pub told_at: Option<Timestamp>,
    /// Notifications of the run.
    pub sequence: u64,
    /// Steps of the receiver that were told.
    pub steps: usize,
    #[serde(with = "micros::optional")]
    pub step_from: Option<Timestamp>,
    /// The newest transition of each alert that was told to fire, until it is told to be over.
    pub told: BTreeMap<i64, u64>,
    /// The channels that were told in this run: they are told its end, whoever is on call then.
    pub told_to: BTreeSet<String>,
    /// There was nobody to tell, which was noted.
    pub is_untold: bool,
    /// Something was kept back since the last notification.
    pub was_muted: bool,
    /// Everybody is told that somebody takes care.
    pub is_acknowledged: bool,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub group: String,
    /// The same for all notifications of a run.
    pub thread: String,
    pub sequence: u64,
    pub reason: Reason,
    pub status: Status,
    pub severity: Level,
    pub receiver: String,
    /// The last step of the receiver that is told.
    pub step: usize,
    pub labels: Labels,
    pub targets: Vec<Target>,
    /// Ids and transitions, firing ones first.
    pub alerts: Vec<(i64, u64, Status)>,
    /// Of these the ones that this group was not told like this before.
    pub news: Vec<i64>,
    /// Why, in sentences.
    pub why: Vec<String>,
}

/// A channel that is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    pub channel: String,
    /// Through whom: the schedule and the person on call.
    pub via: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    First,
    NewAlerts,
    Resolved,
    Repeat,
    Escalation,
    /// Quiet hours, a silence or a maintenance kept it back.
    AfterMute,
    Acknowledged,
}

impl Reason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::NewAlerts => "new_alerts",
            Self::Resolved => "resolved",
            Self::Repeat => "repeat",
            Self::Escalation => "escalation",
            Self::AfterMute => "after_mute",
            Self::Acknowledged => "acknowledged",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Firing,
    Acknowledged,
    Resolved,
}

/// The alerts of a group at a moment.
#[derive(Default)]
struct Members<'a> {
    /// Firing, and nothing keeps them from being told.
    loud: Vec<&'a Alert>,
    /// Firing, but muted or snoozed.
    quiet: Vec<&'a Alert>,
    resolved: Vec<&'a Alert>,
    /// Still firing, but in another group now.
    elsewhere: Vec<&'a Alert>,
}

impl<'a> Members<'a> {
    fn all(&self) -> impl Iterator<Item = &&'a Alert> {
        self.loud.iter().chain(&self.quiet).chain(&self.resolved).chain(&self.elsewhere)
    }
}

/// A silence or a maintenance also keeps back that an alert is over; being inhibited does not.
fn is_held(alert: &Alert) -> bool {
    alert.mutes.iter().any(|it| it.kind != MuteKind::Inhibition)
}

impl Dispatcher {
    #[must_use]
    pub fn new(groups: BTreeMap<String, Group>) -> Self {
        Self { groups }
    }

    #[must_use]
    pub fn groups(&self) -> &BTreeMap<String, Group> {
        &self.groups
    }

    /// Whether something is still to be told of an alert.
    #[must_use]
    pub fn needed(&self) -> BTreeSet<i64> {
        self.groups.values().flat_map(|it| it.told.keys().copied()).collect()
    }

    /// What is to be told now. Groups that changed are named in `touched`; those that are gone from [`Self::groups`]
    /// are over.
    pub fn step<'a>(
        &mut self,
        alerts: impl Iterator<Item = &'a Alert>,
        routing: &Routing,
        now: Timestamp,
        touched: &mut BTreeSet<String>,
    ) -> Vec<Told> {
        let mut members: BTreeMap<String, (Matched, Labels, Members<'a>)> = BTreeMap::new();
        let known: BTreeMap<i64, &'a Alert> =
            alerts.filter(|it| it.state != State::Pending).map(|it| (it.id, it)).collect();
        for alert in known.values() {
            for route in matched(routing, &alert.labels) {
                let labels = route.group_labels(&alert.labels);
                let key = key_of(&route, &labels);
                let (_, _, group) = members.entry(key).or_insert_with(|| (route, labels, Members::default()));
                if alert.state == State::Resolved {
                    group.resolved.push(alert);
                } else if alert.mutes.is_empty() && !alert.is_snoozed(now) {
                    group.loud.push(alert);
                } else {
                    group.quiet.push(alert);
                }
            }
        }
        self.add_stragglers(&known, &mut members);
        let mut told = Vec::new();
        for (key, (route, labels, members)) in members {
            told.extend(self.tell(&key, &route, &labels, &members, routing, now, touched));
        }
        told
    }

    /// Alerts that were told in a group which they have left, because their labels or the routes changed: who was told
    /// that they fire is also told that they are over.
    fn add_stragglers<'a>(
        &mut self,
        known: &BTreeMap<i64, &'a Alert>,
        members: &mut BTreeMap<String, (Matched, Labels, Members<'a>)>,
    ) {
        for (key, group) in &mut self.groups {
            let (_, _, mine) = members
                .entry(key.clone())
                .or_insert_with(|| (group.route.clone(), group.labels.clone(), Members::default()));
            let is_mine: BTreeSet<i64> = mine.all().map(|it| it.id).collect();
            group.told.retain(|id, _| known.contains_key(id));
            for id in group.told.keys().filter(|id| !is_mine.contains(id)) {
                match known.get(id) {
                    Some(alert) if alert.state == State::Resolved => mine.resolved.push(alert),
                    Some(alert) => mine.elsewhere.push(alert),
                    None => {}
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn tell(
        &mut self,
        key: &str,
        route: &Matched,
        labels: &Labels,
        members: &Members<'_>,
        routing: &Routing,
        now: Timestamp,
        touched: &mut BTreeSet<String>,
    ) -> Option<Told> {
        let has_owed = members.resolved.iter().any(|it| it.is_owed && it.mutes.is_empty());
        if !self.groups.contains_key(key) {
            if members.loud.is_empty() && !has_owed {
                return None;
            }
            self.groups.insert(key.to_owned(), Group::new(route, labels, now));
            touched.insert(key.to_owned());
        }
        let group = self.groups.get_mut(key)?;
        let before = group.clone();
        let outcome = group.step(key, route, members, routing, now);
        if group.is_over(members, now) {
            self.groups.remove(key);
            touched.insert(key.to_owned());
        } else if *group != before {
            touched.insert(key.to_owned());
        }
        outcome
    }

    /// Forgets groups, by their labels' data set.
    pub fn forget(&mut self, dataset: &str) -> Vec<String> {
        let mine = |group: &Group| group.labels.get("dataset").is_some_and(|it| it == dataset);
        let keys: Vec<String> =
            self.groups.iter().filter(|(_, group)| mine(group)).map(|(key, _)| key.clone()).collect();
        keys.iter().for_each(|key| _ = self.groups.remove(key));
        keys
    }

    /// The groups in which an alert was told.
    pub fn groups_of(&self, alert: i64) -> impl Iterator<Item = (&String, &Group)> {
        self.groups.iter().filter(move |(_, group)| group.told.contains_key(&alert))
    }
}

impl Group {
    fn new(route: &Matched, labels: &Labels, now: Timestamp) -> Self {
        Self {
            route: route.clone(),
            labels: labels.clone(),
            begun: now,
            next: now.plus(Duration::from_secs(route.group_wait_s.into())),
            told_at: None,
            sequence: 0,
            steps: 0,
            step_from: None,
            told: BTreeMap::new(),
            told_to: BTreeSet::new(),
            is_untold: false,
            was_muted: false,
            is_acknowledged: false,
        }
    }

    /// A run that was told to its end, and whose interval is over.
    fn is_over(&self, members: &Members<'_>, now: Timestamp) -> bool {
        let has_owed = members.resolved.iter().any(|it| it.is_owed);
        members.loud.is_empty() && self.told.is_empty() && !has_owed && now >= self.next
    }

    /// The name of the run.
    #[must_use]
    pub fn thread(&self, key: &str) -> String {
        let mut hash = Xxh3Default::new();
        hash.update(key.as_bytes());
        format!("hawkeye-{:016x}-{:x}", hash.digest(), self.begun.micros())
    }

    fn step(
        &mut self,
        key: &str,
        route: &Matched,
        members: &Members<'_>,
        routing: &Routing,
        now: Timestamp,
    ) -> Option<Told> {
        let receiver = routing.receivers.iter().find(|it| it.name == route.receiver);
        let is_quiet_time = is_quiet(route, routing, now);
        if is_quiet_time || (members.loud.is_empty() && !members.quiet.is_empty()) {
            self.was_muted |= !(members.loud.is_empty() && members.quiet.is_empty());
        }
        if receiver.is_some_and(|it| !it.send_resolved) {
            members.resolved.iter().for_each(|it| _ = self.told.remove(&it.id));
        }
        if is_quiet_time {
            return None;
        }
        // A clock that was set back must not keep anything from being told.
        self.next = self
            .next
            .min(now.plus(Duration::from_secs(route.group_interval_s.max(route.group_wait_s).into())));
        let is_cared_for = !members.loud.is_empty() && members.loud.iter().all(|it| it.is_acknowledged(now));
        if is_cared_for {
            // Who comes later is not waited for since the first one.
            (self.step_from, self.steps) = (None, self.steps.min(1));
        }
        if self.told.is_empty() && self.sequence > 0 && !members.loud.is_empty() && now >= self.next {
            self.begin_anew(now);
        }
        let reason = if now >= self.next { self.due(route, receiver, members, now) } else { None };
        let reason = reason.or_else(|| self.next_step(receiver, members, now).map(|_| Reason::Escalation));
        let reason = reason?;
        let receiver = match receiver {
            Some(receiver) => receiver.clone(),
            None => Receiver { name: route.receiver.clone(), steps: Vec::new(), send_resolved: true },
        };
        let is_all_over = members.loud.is_empty();
        let steps: Vec<&Step> = match reason {
            Reason::Escalation => {
                let at = self.next_step(Some(&receiver), members, now)?;
                self.steps = at + 1;
                receiver.steps.get(at).into_iter().collect()
            }
            _ => {
                self.steps = self.steps.max(1);
                receiver.steps.iter().take(self.steps).collect()
            }
        };
        let mut targets = targets(&steps, routing, now);
        let alerts = self.contents(members, receiver.send_resolved);
        if is_all_over || reason == Reason::Acknowledged {
            targets.retain(|it| self.told_to.is_empty() || self.told_to.contains(&it.channel));
        }
        if matches!(reason, Reason::Resolved | Reason::Acknowledged) {
            let missing = self.told_to.iter().filter(|id| !targets.iter().any(|it| &it.channel == *id));
            let missing: Vec<Target> = missing.map(|id| Target { channel: id.clone(), via: None }).collect();
            targets.extend(missing);
        }
        let is_acknowledged = !is_all_over && members.loud.iter().all(|it| it.is_acknowledged(now));
        let status = match (is_all_over, is_acknowledged) {
            (true, _) => Status::Resolved,
            (false, true) => Status::Acknowledged,
            (false, false) => Status::Firing,
        };
        let is_listed = |it: &&&Alert| alerts.iter().any(|(id, ..)| *id == it.id);
        let severity = members
            .loud
            .iter()
            .chain(members.resolved.iter().filter(is_listed))
            .map(|it| it.severity())
            .max();
        let why = self.why(reason, route, &receiver, &targets, alerts.len());
        let news = alerts.iter().filter(|(id, transition, status)| {
            *status == Status::Resolved || self.told.get(id) != Some(transition)
        });
        let news: Vec<i64> = news.map(|(id, ..)| *id).collect();
        let mut told = Told {
            group: key.to_owned(),
            thread: self.thread(key),
            sequence: self.sequence,
            reason,
            status,
            severity: severity.unwrap_or(Level::Low),
            receiver: receiver.name,
            step: self.steps.saturating_sub(1),
            labels: self.labels.clone(),
            targets,
            alerts,
            news,
            why,
        };
        if told.targets.is_empty() && !is_all_over {
            // Not told, and noted once: as soon as there is somebody, they are.
            let is_noted = std::mem::replace(&mut self.is_untold, true);
            return (!is_noted).then_some(told);
        }
        self.is_untold = false;
        self.told_to.extend(told.targets.iter().map(|it| it.channel.clone()));
        if reason != Reason::Escalation {
            self.next = now.plus(Duration::from_secs(route.group_interval_s.into()));
        }
        if !is_acknowledged {
            self.step_from.get_or_insert(now);
        }
        (self.told_at, self.was_muted, self.is_acknowledged) = (Some(now), false, is_acknowledged);
        self.sequence += 1;
        told.sequence = self.sequence;
        for (id, transition, status) in &told.alerts {
            match status {
                Status::Resolved => _ = self.told.remove(id),
                _ => _ = self.told.insert(*id, *transition),
            }
        }
        Some(told)
    }

    /// After all was resolved, the next alert begins another run, though the interval went on.
    fn begin_anew(&mut self, now: Timestamp) {
        (self.begun, self.sequence, self.steps) = (now, 0, 0);
        (self.told_at, self.step_from, self.is_acknowledged) = (None, None, false);
        self.told_to.clear();
    }

    fn due(
        &self,
        route: &Matched,
        receiver: Option<&Receiver>,
        members: &Members<'_>,
        now: Timestamp,
    ) -> Option<Reason> {
        let sends_resolved = receiver.is_none_or(|it| it.send_resolved);
        let is_news = |it: &&&Alert| self.told.get(&it.id).is_none_or(|told| *told < it.transition);
        let owed = members.resolved.iter().any(|it| it.is_owed && it.mutes.is_empty());
        if members.loud.iter().any(|it| is_news(&it)) || owed {
            return Some(match (self.was_muted || owed, self.told_at) {
                (true, _) => Reason::AfterMute,
                (false, None) => Reason::First,
                (false, Some(_)) => Reason::NewAlerts,
            });
        }
        if members.resolved.iter().any(|it| self.is_ended(it)) && sends_resolved {
            return Some(Reason::Resolved);
        }
        let is_acknowledged =
            !members.loud.is_empty() && members.loud.iter().all(|it| it.is_acknowledged(now));
        if is_acknowledged {
            return (!self.is_acknowledged).then_some(Reason::Acknowledged);
        }
        let repeats = self
            .told_at
            .is_some_and(|told| now.since(told) >= Duration::from_secs(route.repeat_interval_s.into()));
        (!members.loud.is_empty() && repeats).then_some(Reason::Repeat)
    }

    /// The step that is due because nobody has acknowledged.
    fn next_step(&self, receiver: Option<&Receiver>, members: &Members<'_>, now: Timestamp) -> Option<usize> {
        let from = self.step_from?;
        let is_left_alone = members.loud.iter().any(|it| !it.is_acknowledged(now));
        let step = receiver?.steps.get(self.steps)?;
        let is_due = now.since(from) >= Duration::from_secs(step.after_s.into());
        (is_left_alone && is_due).then_some(self.steps)
    }

    /// What fires, and what was resolved since it was told.
    fn contents(&self, members: &Members<'_>, sends_resolved: bool) -> Vec<(i64, u64, Status)> {
        let firing = members.loud.iter().map(|it| (it.id, it.transition, Status::Firing));
        let is_told = |it: &&&Alert| it.is_owed && it.mutes.is_empty() || sends_resolved && self.is_ended(it);
        let resolved = members.resolved.iter().filter(is_told);
        firing.chain(resolved.map(|it| (it.id, it.transition, Status::Resolved))).collect()
    }

    /// Told as firing, over, and nothing keeps that back.
    fn is_ended(&self, alert: &Alert) -> bool {
        self.told.contains_key(&alert.id) && !is_held(alert)
    }

    fn why(
        &self,
        reason: Reason,
        route: &Matched,
        receiver: &Receiver,
        targets: &[Target],
        alerts: usize,
    ) -> Vec<String> {
        let told = match reason {
            Reason::First if alerts == 1 => "this alert began to fire".into(),
            Reason::First => format!("{alerts} alerts of this group began to fire"),
            Reason::NewAlerts => format!(
                "something new in a group that was told before; at most once in {}",
                span(route.group_interval_s)
            ),
            Reason::Resolved => "alerts that you were told about are over".into(),
            Reason::Repeat => {
                format!(
                    "it goes on, and nobody acknowledged it: repeated after {}",
                    span(route.repeat_interval_s)
                )
            }
            Reason::Escalation => format!("nobody acknowledged it: step {} of the receiver", self.steps),
            Reason::AfterMute => "quiet hours, a silence or a maintenance kept it back until now".into(),
            Reason::Acknowledged => "somebody takes care of it".into(),
        };
        // Live and demo never share a group; that needs no saying.
        let labels = self.labels.iter().filter(|(name, _)| *name != "dataset");
        let group: Vec<_> = labels.map(|(name, value)| format!("{name}={value}")).collect();
        let mut why = vec![
            told,
            format!("route {} leads to receiver {}", route.place(), receiver.name),
            format!("grouped by {}", if group.is_empty() { "nothing".into() } else { group.join(", ") }),
        ];
        let on_call = targets.iter().filter_map(|it| it.via.as_ref());
        why.extend(on_call.map(|(schedule, person)| format!("{person} is on call in {schedule}")));
        why
    }
}

fn is_quiet(route: &Matched, routing: &Routing, now: Timestamp) -> bool {
    let is_in =
        |names: &[String]| routing.intervals.iter().any(|it| names.contains(&it.name) && it.contains(now));
    is_in(&route.mute_during) || !route.active_during.is_empty() && !is_in(&route.active_during)
}

/// The channels of some steps, each once.
#[must_use]
pub fn targets(steps: &[&Step], routing: &Routing, now: Timestamp) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut add = |channel: &String, via: Option<(String, String)>| {
        if !targets.iter().any(|it| &it.channel == channel) {
            targets.push(Target { channel: channel.clone(), via });
        }
    };
    for step in steps {
        step.channels.iter().for_each(|channel| add(channel, None));
        for name in &step.schedules {
            let schedule = routing.schedules.iter().find(|it| &it.name == name);
            let Some(on_call) = schedule.and_then(|it| on_call(it, now)) else { continue };
            let person = routing.people.iter().find(|it| it.name == on_call.person);
            for channel in person.into_iter().flat_map(|it| &it.channels) {
                add(channel, Some((name.clone(), on_call.person.clone())));
            }
        }
    }
    targets
}

fn key_of(route: &Matched, labels: &Labels) -> String {
    let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{}:{{{}}}:{{{}}}", route.receiver, route.matchers.join("}{"), labels.join(","))
}
