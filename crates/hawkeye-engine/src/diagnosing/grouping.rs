//! Anomalies out of the catalog, in order, into incidents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{CatalogError, IncidentEvent, IncidentRow, StoredAnomaly, Write};
use hawkeye_diagnose::{Group, GroupChange, GroupEvent, Grouper, IncidentId, Member, SETTLE, link};
use hawkeye_model::{Anomaly, AnomalyId, Dataset, SeriesId, Severity, Timestamp};
use hawkeye_store::TimeRange;

use super::State;
use crate::engine::Engine;
use crate::error::EngineError;

/// Read again each time: an anomaly's change may have been committed with an earlier time than the last look.
const AGAIN: Duration = Duration::from_secs(120);

/// Incidents that closed so long before are still known, in case they come back.
const REMEMBERED: Duration = Duration::from_secs(2 * 3_600);

/// Whom calls whom is looked at so often, over so much time.
const GRAPH_INTERVAL: Duration = Duration::from_secs(600);
const GRAPH_SPAN: Duration = Duration::from_secs(120);

const HOUR: Duration = Duration::from_secs(3_600);

/// Hours before a start in each of which calls are looked at once.
const GRAPH_HOURS: u32 = 12;

/// Windows older than this are caught up on: no pager waits for them.
const LATE: Duration = Duration::from_secs(900);

/// Looks at past calls in one round of catching up.
const GRAPH_LOOKS_MAX: usize = 100;

/// Names of an incident's services or environments that are stored.
const NAMES_MAX: usize = 50;

/// What happened to an anomaly, at its time.
struct Happening {
    at: Timestamp,
    anomaly: Anomaly,
}

/// What a look found, to be written as one.
#[derive(Default)]
struct Outcome {
    changes: Vec<GroupChange>,
    rows: BTreeMap<u64, IncidentRow>,
}

impl Engine {
    /// Brings incidents up to what is in the catalog, and what is known of calls up to date.
    pub(super) async fn group(self: &Arc<Self>, dataset: Dataset) -> Result<(), EngineError> {
        let _turn = self.diagnosing.grouping[dataset as usize].lock().await;
        self.group_in_turn(dataset, true).await
    }

    /// The same for the worker, before it applies the rules, so that an alert knows from its first moment to which
    /// incident it belongs. It neither waits for a turn nor reads requests, unless it catches up on the past.
    pub(crate) async fn group_at_once(self: &Arc<Self>, dataset: Dataset) -> Result<(), EngineError> {
        let Ok(_turn) = self.diagnosing.grouping[dataset as usize].try_lock() else { return Ok(()) };
        let committed = self.watching(dataset).state().committed;
        let is_late = committed.is_some_and(|committed| self.clock.now().since(committed) > LATE);
        self.group_in_turn(dataset, is_late).await
    }

    async fn group_in_turn(self: &Arc<Self>, dataset: Dataset, may_read: bool) -> Result<(), EngineError> {
        let Some(committed) = self.watching(dataset).state().committed else { return Ok(()) };
        {
            let known = self.diagnosing.state(dataset);
            let calls_until = committed.floor(GRAPH_INTERVAL);
            let has_calls = !may_read || known.graph_until.is_some_and(|until| until >= calls_until);
            if has_calls && known.until.is_some_and(|until| until >= committed) {
                return Ok(());
            }
        }
        let mut state = self.ask(move |engine| engine.restored(dataset)).await?;
        let until = state.until.unwrap_or(Timestamp::MIN);
        let is_new = until < committed;
        let since = if until == Timestamp::MIN { until } else { until.minus(AGAIN) };
        let changed = match is_new {
            true => {
                self.ask(move |engine| {
                    Ok(engine.catalog.read(|read| read.anomalies_changed_since(dataset, since))?)
                })
                .await?
            }
            false => Vec::new(),
        };
        if may_read {
            self.look_at_calls(dataset, &mut state, &changed, committed).await?;
        }
        if is_new {
            return self.ask(move |engine| engine.take_anomalies(dataset, state, changed, committed)).await;
        }
        let mut current = self.diagnosing.state(dataset);
        if current.generation == state.generation {
            (current.graph, current.graph_until) = (state.graph, state.graph_until);
        }
        Ok(())
    }

    /// The state, from the catalog after a start.
    fn restored(&self, dataset: Dataset) -> Result<State, EngineError> {
        let mut state = self.diagnosing.state(dataset).clone();
        if state.until.is_some() {
            return Ok(state);
        }
        let (until, groups) = self.catalog.read(|read| {
            let until = read.incident_progress(dataset)?.unwrap_or(Timestamp::MIN);
            let since = if until == Timestamp::MIN { until } else { until.minus(REMEMBERED) };
            let mut groups = Vec::new();
            for stored in read.incidents_since(dataset, since)? {
                let members = read.incident_anomalies(stored.row.id)?;
                groups.push(Group {
                    id: IncidentId(stored.row.id),
                    opened: stored.row.detected,
                    closed: stored.row.closed,
                    severity: members.iter().map(|it| it.anomaly.severity).max().unwrap_or(Severity::Low),
                    members: members.iter().map(|it| Member::from(&it.anomaly)).collect(),
                });
            }
            Ok((until, groups))
        })?;
        (state.until, state.grouper) = (Some(until), Grouper::restore(groups));
        let mut known = self.diagnosing.state(dataset);
        if known.generation == state.generation {
            *known = state.clone();
        }
        Ok(state)
    }

    /// Keeps the graph of calls fresh, and looks at the past's calls where past anomalies are caught up on. What cannot
    /// be read is left out.
    async fn look_at_calls(
        self: &Arc<Self>,
        dataset: Dataset,
        state: &mut State,
        changed: &[StoredAnomaly],
        committed: Timestamp,
    ) -> Result<(), EngineError> {
        let new = changed.iter().filter(|it| state.grouper.of(it.anomaly.id).is_none());
        let mut wanted: BTreeSet<Timestamp> = new.map(|it| it.anomaly.onset.floor(GRAPH_INTERVAL)).collect();
        wanted.insert(committed.floor(GRAPH_INTERVAL));
        if state.graph_until.is_none() {
            // After a start nothing is known: rare calls need more than one look.
            let hours = (1..=GRAPH_HOURS).map(|hour| committed.minus(HOUR * hour).floor(GRAPH_INTERVAL));
            wanted.extend(hours);
        }
        while wanted.len() > GRAPH_LOOKS_MAX {
            wanted.pop_first();
        }
        for at in wanted {
            if state.graph_until.is_some_and(|until| until >= at) {
                continue;
            }
            let sample = match self.sample(dataset, TimeRange { from: at.minus(GRAPH_SPAN), to: at }).await {
                Ok(sample) => sample,
                Err(error) => {
                    tracing::warn!(%error, "calls could not be looked at");
                    continue;
                }
            };
            let mut graph = std::mem::take(&mut state.graph);
            state.graph = self
                .ask(move |_| {
                    graph.observe(&sample.requests, &link(&sample.requests), at);
                    Ok(graph)
                })
                .await?;
            state.graph_until = Some(at);
        }
        Ok(())
    }

    fn take_anomalies(
        &self,
        dataset: Dataset,
        mut state: State,
        changed: Vec<StoredAnomaly>,
        committed: Timestamp,
    ) -> Result<(), EngineError> {
        let anomalies: BTreeMap<AnomalyId, Anomaly> =
            changed.iter().map(|it| (it.anomaly.id, it.anomaly.clone())).collect();
        let mut outcome = Outcome::default();
        for Happening { at, anomaly } in happenings(changed, &state.grouper) {
            outcome.settle(&mut state, dataset, at);
            let changes = state.grouper.take(&anomaly, &state.graph);
            let touched = state.grouper.of(anomaly.id);
            outcome.note(&state, dataset, changes, touched);
        }
        outcome.settle(&mut state, dataset, committed);
        state.until = Some(committed);
        let stored = self.catalog.read(|read| {
            let of = |id: &u64| Ok((*id, read.incident_anomalies(*id)?));
            outcome.rows.keys().map(of).collect::<Result<BTreeMap<_, _>, CatalogError>>()
        })?;
        for (id, row) in &mut outcome.rows {
            let mut members: BTreeMap<AnomalyId, &Anomaly> = BTreeMap::new();
            members.extend(stored.get(id).into_iter().flatten().map(|it| (it.anomaly.id, &it.anomaly)));
            let grouped = state.grouper.get(IncidentId(*id)).into_iter().flat_map(|group| &group.members);
            members.extend(grouped.filter_map(|it| Some((it.anomaly, anomalies.get(&it.anomaly)?))));
            row.requests_hurt = requests_hurt(members.into_values());
        }
        let mut current = self.diagnosing.state(dataset);
        if current.generation != state.generation {
            return Ok(());
        }
        self.catalog.write(|write| {
            outcome.write(write)?;
            write.put_incident_progress(dataset, committed)
        })?;
        // What was diagnosed meanwhile stays so.
        state.looked = std::mem::take(&mut current.looked);
        state.given_up = std::mem::take(&mut current.given_up);
        state.deployments_until = current.deployments_until;
        *current = state;
        drop(current);
        let ids: Vec<u64> = outcome.rows.into_keys().collect();
        self.tell_incidents(&ids)
    }
}

/// Detections and endings in the order in which they came.
fn happenings(changed: Vec<StoredAnomaly>, grouper: &Grouper) -> Vec<Happening> {
    let mut happenings = Vec::new();
    for StoredAnomaly { anomaly, .. } in changed {
        let is_known = grouper.of(anomaly.id).is_some();
        let detected = anomaly.detected;
        match anomaly.closed {
            Some((closed, _)) => {
                if !is_known {
                    let open = Anomaly { closed: None, updated: detected, ..anomaly.clone() };
                    happenings.push(Happening { at: detected, anomaly: open });
                }
                happenings.push(Happening { at: closed.max(detected), anomaly });
            }
            None if is_known => happenings.push(Happening { at: anomaly.updated.max(detected), anomaly }),
            None => happenings.push(Happening { at: detected, anomaly }),
        }
    }
    happenings.sort_by_key(|it| (it.at, it.anomaly.onset, it.anomaly.id));
    happenings
}

impl Outcome {
    /// Closes what is over by a moment, each at its own time.
    fn settle(&mut self, state: &mut State, dataset: Dataset, until: Timestamp) {
        loop {
            let open = state.grouper.groups().filter(|group| group.closed.is_none());
            let Some(next) = open.filter_map(|group| Some(group.ended()?.plus(SETTLE))).min() else { break };
            if next > until {
                break;
            }
            let changes = state.grouper.settle(next);
            if changes.is_empty() {
                break;
            }
            self.note(state, dataset, changes, None);
        }
    }

    fn note(
        &mut self,
        state: &State,
        dataset: Dataset,
        changes: Vec<GroupChange>,
        touched: Option<IncidentId>,
    ) {
        let ids: BTreeSet<IncidentId> = changes.iter().map(|change| change.incident).chain(touched).collect();
        for change in &changes {
            if let GroupEvent::Merged { other } = change.event {
                self.rows.remove(&other.0);
            }
        }
        for group in ids.into_iter().filter_map(|id| state.grouper.get(id)) {
            self.rows.insert(group.id.0, row(dataset, group));
        }
        self.changes.extend(changes);
    }

    fn write(&self, write: &Write<'_>) -> Result<(), CatalogError> {
        self.rows.values().try_for_each(|row| write.put_incident(row))?;
        for change in &self.changes {
            let (kind, anomaly) = match change.event {
                GroupEvent::Opened { anomaly } => ("opened", Some(anomaly)),
                GroupEvent::Joined { anomaly } => ("joined", Some(anomaly)),
                GroupEvent::Merged { other } => {
                    write.merge_incidents(other.0, change.incident.0, change.at)?;
                    ("merged", None)
                }
                GroupEvent::Severity { .. } => ("severity_changed", None),
                GroupEvent::Closed => ("closed", None),
                GroupEvent::Reopened => ("reopened", None),
            };
            if let Some(anomaly) = anomaly {
                write.put_member(change.incident.0, anomaly)?;
            }
            // From the first diagnosis on the severity follows the harm that was measured.
            let is_severity = matches!(change.event, GroupEvent::Severity { .. });
            if is_severity && write.incident(change.incident.0)?.is_some_and(|it| it.row.conclusion.is_some())
            {
                continue;
            }
            let reason = change.reason.clone();
            let event = IncidentEvent { at: change.at, kind: kind.into(), reason, anomaly };
            write.add_incident_event(change.incident.0, &event)?;
        }
        Ok(())
    }
}

fn row(dataset: Dataset, group: &Group) -> IncidentRow {
    let names = |of: fn(&Member) -> String| -> Vec<String> {
        let names: BTreeSet<String> = group.members.iter().map(of).collect();
        names.into_iter().take(NAMES_MAX).collect()
    };
    let updated = group.members.iter().map(|it| it.closed.unwrap_or(it.detected)).max();
    IncidentRow {
        id: group.id.0,
        dataset,
        severity: group.severity,
        title: title(group),
        onset: group.onset(),
        detected: group.opened,
        updated: updated.unwrap_or(group.opened).max(group.closed.unwrap_or(group.opened)),
        closed: group.closed,
        services: names(|it| it.series.endpoint().service.to_string()),
        environments: names(|it| it.series.environment().to_string()),
        requests_hurt: 0.0,
        conclusion: None,
    }
}

/// What is odd and where, until a diagnosis knows better: the worst anomaly, of equals the first.
fn title(group: &Group) -> String {
    let worst = group.members.iter().min_by_key(|it| (std::cmp::Reverse(it.severity), it.onset, it.anomaly));
    let Some(worst) = worst else { return String::new() };
    let more = match group.members.len() - 1 {
        0 => String::new(),
        1 => " and one more anomaly".into(),
        others => format!(" and {others} more anomalies"),
    };
    format!("{}: {}{more}", capitalised(&worst.kind.as_str().replace('_', " ")), worst.series)
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Callers and callees are hurt by the same requests, so services are not added up: the one hurt most counts, with the
/// worst anomaly of each of its series.
fn requests_hurt<'a>(anomalies: impl Iterator<Item = &'a Anomaly>) -> f64 {
    let mut worst: BTreeMap<SeriesId, (&str, f64)> = BTreeMap::new();
    for anomaly in anomalies.filter(|it| it.requests_hurt.is_finite()) {
        let service = &*anomaly.series.endpoint().service;
        let known = worst.entry(anomaly.series.id()).or_insert((service, 0.0));
        known.1 = known.1.max(anomaly.requests_hurt);
    }
    let mut by_service: BTreeMap<&str, f64> = BTreeMap::new();
    for (service, hurt) in worst.into_values() {
        *by_service.entry(service).or_default() += hurt;
    }
    by_service.into_values().fold(0.0, f64::max)
}
