//! Which anomalies are one incident: opened, joined, merged, closed and reopened, each with the reason in words.
//!
//! Anomalies come in the order of their detection. A new one joins the incident that it is related to (the rules are in
//! `group_relation.rs`), merges two that it ties together, or opens its own. An incident is as bad as its worst open
//! anomaly ever was, and over when all its anomalies have been closed for [`SETTLE`]. Surges harm nobody: alone they
//! open nothing, but they wait to join what explains them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{Anomaly, AnomalyId, AnomalyKind, Series, Severity, Timestamp};

use crate::graph::CallGraph;
use crate::group_kin::Kin;
use crate::group_relation::{self, Tie};

/// An incident is closed when the last of its anomalies has been over for so long.
pub const SETTLE: Duration = Duration::from_secs(10 * 60);

/// A closed incident is remembered for so long, in case it comes back.
const REMEMBER: Duration = Duration::from_secs(2 * 3_600);

/// Incidents kept at once; beyond, the oldest closed ones are forgotten, then new anomalies join nothing.
pub const GROUPS_MAX: usize = 256;

/// Anomalies of one incident; more say nothing new.
pub const MEMBERS_MAX: usize = 2_000;

/// Surges that belong to no incident; the oldest are forgotten.
const LOOSE_MAX: usize = 512;

/// Two incidents that one anomaly is related to are the same only when they began this close to one another.
const MERGE_ONSET: Duration = Duration::from_secs(30 * 60);

/// Names an incident: the id of its first anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub u64);

impl IncidentId {
    /// `None` unless the text is exactly 16 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        AnomalyId::parse(text).map(|id| Self(id.0))
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What grouping needs to know of an anomaly.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub anomaly: AnomalyId,
    pub series: Arc<Series>,
    pub kind: AnomalyKind,
    pub severity: Severity,
    pub onset: Timestamp,
    pub detected: Timestamp,
    pub closed: Option<Timestamp>,
    /// The version that was first seen there shortly before.
    pub version: Option<Arc<str>>,
}

impl From<&Anomaly> for Member {
    fn from(anomaly: &Anomaly) -> Self {
        Self {
            anomaly: anomaly.id,
            series: Arc::clone(&anomaly.series),
            kind: anomaly.kind,
            severity: anomaly.severity,
            onset: anomaly.onset,
            detected: anomaly.detected,
            closed: anomaly.closed.map(|(at, _)| at),
            version: anomaly.deployment.clone(),
        }
    }
}

impl Member {
    pub(crate) fn is_surge(&self) -> bool {
        self.kind == AnomalyKind::Surge
    }
}

/// One incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub id: IncidentId,
    /// When its first anomaly was detected.
    pub opened: Timestamp,
    pub closed: Option<Timestamp>,
    /// The worst that it has been.
    pub severity: Severity,
    /// In the order in which they joined.
    pub members: Vec<Member>,
}

impl Group {
    /// When it began; surges do not count.
    #[must_use]
    pub fn onset(&self) -> Timestamp {
        let harmful = self.members.iter().filter(|member| !member.is_surge());
        harmful.map(|member| member.onset).min().unwrap_or(self.opened)
    }

    /// When the last anomaly ended; `None` while one is open. Surges may outlive what they came with.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        let mut harmful = self.members.iter().filter(|member| !member.is_surge());
        harmful.try_fold(self.onset(), |last, member| member.closed.map(|at| last.max(at)))
    }
}

/// What happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupEvent {
    Opened {
        anomaly: AnomalyId,
    },
    Joined {
        anomaly: AnomalyId,
    },
    /// The other one no longer exists.
    Merged {
        other: IncidentId,
    },
    Severity {
        from: Severity,
        to: Severity,
    },
    Closed,
    Reopened,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GroupChange {
    pub incident: IncidentId,
    pub at: Timestamp,
    pub event: GroupEvent,
    /// One plain sentence.
    pub reason: String,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Grouper {
    groups: BTreeMap<IncidentId, Group>,
    /// By anomaly.
    places: BTreeMap<AnomalyId, IncidentId>,
    /// Surges without an incident, in the order of their detection.
    loose: Vec<Member>,
}

impl Grouper {
    /// From incidents as they were: the same anomalies from then on give the same changes, but for surges that wait.
    #[must_use]
    pub fn restore(groups: Vec<Group>) -> Self {
        let mut grouper = Self::default();
        for group in groups {
            grouper.places.extend(group.members.iter().map(|member| (member.anomaly, group.id)));
            grouper.groups.insert(group.id, group);
        }
        grouper
    }

    /// Open incidents and those closed lately.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    #[must_use]
    pub fn get(&self, id: IncidentId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// The incident of an anomaly.
    #[must_use]
    pub fn of(&self, anomaly: AnomalyId) -> Option<IncidentId> {
        self.places.get(&anomaly).copied()
    }

    /// Takes an anomaly that was detected, went on or ended.
    pub fn take(&mut self, anomaly: &Anomaly, graph: &CallGraph) -> Vec<GroupChange> {
        let member = Member::from(anomaly);
        let at = anomaly.updated.max(anomaly.detected);
        let mut changes = Vec::new();
        if let Some(id) = self.of(anomaly.id) {
            self.update(id, member, at, &mut changes);
            return changes;
        }
        if let Some(known) = self.loose.iter_mut().find(|known| known.anomaly == anomaly.id) {
            *known = member;
            return changes;
        }
        self.add(member, at, &Kin::new(graph), &mut changes);
        changes
    }

    fn update(&mut self, id: IncidentId, member: Member, at: Timestamp, changes: &mut Vec<GroupChange>) {
        let Some(group) = self.groups.get_mut(&id) else { return };
        let is_odd = member.closed.is_none() && !member.is_surge();
        let severity = member.severity;
        let name = name(&member);
        if let Some(known) = group.members.iter_mut().find(|known| known.anomaly == member.anomaly) {
            *known = member;
        }
        if is_odd && group.closed.is_some() {
            reopen(group, at, &format!("{name} is odd again."), changes);
        }
        worsen(group, severity, at, &name, changes);
    }

    fn add(&mut self, member: Member, at: Timestamp, kin: &Kin<'_>, changes: &mut Vec<GroupChange>) {
        let ties = self.ties(&member, kin);
        let Some(first) = ties.first() else {
            if member.is_surge() {
                self.wait(member);
            } else {
                self.open(member, at, kin, changes);
            }
            return;
        };
        // What it is related to and what began at the same time is one incident; the oldest gives its name.
        let same = |tie: &&(IncidentId, Tie)| {
            let (later, earlier) = (tie.1.onset.max(first.1.onset), tie.1.onset.min(first.1.onset));
            later.since(earlier) <= MERGE_ONSET
        };
        let mut together: Vec<&(IncidentId, Tie)> = ties.iter().filter(same).collect();
        if together.iter().any(|(id, _)| self.is_open(*id)) {
            together.retain(|(id, _)| self.is_open(*id));
        } else {
            together.truncate(1);
        }
        together.sort_by_key(|(id, _)| (self.groups.get(id).map(|group| group.opened), *id));
        let Some((survivor, tie)) = together.first() else { return };
        self.join(*survivor, member.clone(), &tie.why, at, changes);
        for (other, tie) in together.iter().skip(1) {
            let why = format!("{} belongs to both: {}", name(&member), tie.why);
            self.merge(*survivor, *other, &why, at, changes);
        }
        self.widen(*survivor, at, kin, changes);
    }

    fn is_open(&self, id: IncidentId) -> bool {
        self.groups.get(&id).is_some_and(|group| group.closed.is_none())
    }

    /// The incidents that an anomaly is related to, the strongest and nearest first.
    fn ties(&self, member: &Member, kin: &Kin<'_>) -> Vec<(IncidentId, Tie)> {
        let groups: Vec<&Group> = self.groups.values().collect();
        let mut ties = group_relation::ties(member, &groups, kin);
        ties.sort_by_key(|(id, tie)| (tie.rank, tie.distance, *id));
        ties
    }

    fn wait(&mut self, surge: Member) {
        if self.loose.len() >= LOOSE_MAX {
            self.loose.remove(0);
        }
        self.loose.push(surge);
    }

    fn open(&mut self, member: Member, at: Timestamp, kin: &Kin<'_>, changes: &mut Vec<GroupChange>) {
        if self.groups.len() >= GROUPS_MAX {
            let closed = self.groups.values().filter_map(|group| Some((group.closed?, group.id))).min();
            let Some((_, oldest)) = closed else { return };
            self.forget(oldest);
        }
        let id = IncidentId(member.anomaly.0);
        let event = GroupEvent::Opened { anomaly: member.anomaly };
        let reason = format!("{} is odd ({}).", name(&member), words(member.kind));
        changes.push(GroupChange { incident: id, at, event, reason });
        self.places.insert(member.anomaly, id);
        let (opened, severity) = (member.detected, member.severity);
        self.groups.insert(id, Group { id, opened, closed: None, severity, members: vec![member] });
        self.widen(id, at, kin, changes);
    }

    fn join(
        &mut self,
        id: IncidentId,
        member: Member,
        why: &str,
        at: Timestamp,
        changes: &mut Vec<GroupChange>,
    ) {
        let Some(group) = self.groups.get_mut(&id).filter(|group| group.members.len() < MEMBERS_MAX) else {
            return;
        };
        let (anomaly, severity, name) = (member.anomaly, member.severity, name(&member));
        if member.closed.is_none() && !member.is_surge() && group.closed.is_some() {
            reopen(group, at, &format!("{name}: {why}"), changes);
        }
        let reason = format!("{name} ({}): {why}", words(member.kind));
        changes.push(GroupChange { incident: id, at, event: GroupEvent::Joined { anomaly }, reason });
        group.members.push(member);
        self.places.insert(anomaly, id);
        worsen(group, severity, at, &name, changes);
    }

    fn merge(
        &mut self,
        survivor: IncidentId,
        other: IncidentId,
        why: &str,
        at: Timestamp,
        changes: &mut Vec<GroupChange>,
    ) {
        let Some(gone) = self.groups.remove(&other) else { return };
        let Some(group) = self.groups.get_mut(&survivor) else { return };
        let event = GroupEvent::Merged { other };
        changes.push(GroupChange { incident: survivor, at, event, reason: why.to_owned() });
        for member in gone.members {
            self.places.insert(member.anomaly, survivor);
            group.members.push(member);
        }
        group.opened = group.opened.min(gone.opened);
        worsen(group, gone.severity, at, "what was merged", changes);
    }

    /// What an incident that has just grown ties to itself: others that are as wide, and surges that it explains.
    fn widen(&mut self, id: IncidentId, at: Timestamp, kin: &Kin<'_>, changes: &mut Vec<GroupChange>) {
        let Some(group) = self.groups.get(&id) else { return };
        let others = self.groups.values().filter(|other| other.id != id && other.closed.is_none());
        let same: Vec<(IncidentId, Timestamp, String)> = others
            .filter_map(|other| Some((other.id, other.opened, group_relation::is_same(group, other)?)))
            .collect();
        let opened = group.opened;
        let mut survivor = id;
        for (other, other_opened, why) in same {
            let (older, younger) =
                if (other_opened, other) < (opened, id) { (other, survivor) } else { (survivor, other) };
            self.merge(older, younger, &why, at, changes);
            survivor = older;
        }
        let Some(group) = self.groups.get(&survivor) else { return };
        let explained: Vec<(Member, String)> = self
            .loose
            .iter()
            .filter_map(|surge| {
                let tie = group_relation::ties(surge, &[group], kin).pop()?;
                Some((surge.clone(), tie.1.why))
            })
            .collect();
        for (surge, why) in explained {
            self.loose.retain(|known| known.anomaly != surge.anomaly);
            self.join(survivor, surge, &why, at, changes);
        }
    }

    /// Closes what is over, and forgets what has been closed for long.
    pub fn settle(&mut self, now: Timestamp) -> Vec<GroupChange> {
        let mut changes = Vec::new();
        for group in self.groups.values_mut().filter(|group| group.closed.is_none()) {
            if group.ended().is_some_and(|ended| now >= ended.plus(SETTLE)) {
                group.closed = Some(now);
                let reason = "All its anomalies are over.".to_owned();
                changes.push(GroupChange { incident: group.id, at: now, event: GroupEvent::Closed, reason });
            }
        }
        let old = |at: Option<Timestamp>| at.is_some_and(|at| now >= at.plus(REMEMBER));
        let forgotten: Vec<IncidentId> =
            self.groups.values().filter(|group| old(group.closed)).map(|group| group.id).collect();
        forgotten.into_iter().for_each(|id| self.forget(id));
        self.loose.retain(|surge| !old(surge.closed));
        changes
    }

    fn forget(&mut self, id: IncidentId) {
        if let Some(group) = self.groups.remove(&id) {
            for member in group.members {
                self.places.remove(&member.anomaly);
            }
        }
    }
}

fn reopen(group: &mut Group, at: Timestamp, why: &str, changes: &mut Vec<GroupChange>) {
    group.closed = None;
    let reason = why.to_owned();
    changes.push(GroupChange { incident: group.id, at, event: GroupEvent::Reopened, reason });
}

fn worsen(group: &mut Group, to: Severity, at: Timestamp, name: &str, changes: &mut Vec<GroupChange>) {
    let from = group.severity;
    if to > from {
        group.severity = to;
        let event = GroupEvent::Severity { from, to };
        let reason = format!("{name} is {} now.", to.as_str());
        changes.push(GroupChange { incident: group.id, at, event, reason });
    }
}

fn name(member: &Member) -> String {
    member.series.to_string()
}

fn words(kind: AnomalyKind) -> String {
    kind.as_str().replace('_', " ")
}
