//! Diagnoses incidents when that is due, and keeps what was concluded.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{Conclusion, Deployment, DeploymentQuery, IncidentEvent, StoredIncident};
use hawkeye_diagnose::{
    Case, Diagnosis, KnownDeployment, Range, VerdictKind, another_baseline, diagnose, severity, windows_of,
};
use hawkeye_model::{Anomaly, Dataset, Severity, Signal, Timestamp};
use hawkeye_store::{Filter, SumQuery, TimeRange};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::error::EngineError;

/// An incident of this age is diagnosed again so often; the first line that fits.
const AGAIN: [(Duration, Duration); 3] = [
    (Duration::from_secs(20 * 60), Duration::from_secs(60)),
    (Duration::from_secs(2 * 3_600), Duration::from_secs(5 * 60)),
    (Duration::MAX, Duration::from_secs(30 * 60)),
];

/// Incidents of the past that are diagnosed in one round, so that open ones do not wait for them.
const PAST_MAX: usize = 4;

/// Versions that came so long before an incident may have to do with it.
const DEPLOYED_BEFORE: Duration = Duration::from_secs(2 * 3_600);
const DEPLOYMENTS_MAX: usize = 500;

impl Engine {
    /// Open incidents that are due, then some of those that ended without a last look.
    pub(super) async fn conclude_due(
        self: &Arc<Self>,
        dataset: Dataset,
        committed: Timestamp,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        let due = self.ask(move |engine| engine.due(dataset, committed)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let oldest = self.oldest_request(dataset, committed).await?;
        for incident in due {
            if *stopped.borrow() {
                return Ok(());
            }
            let (id, members, is_open) =
                (incident.row.id, incident.anomalies as usize, incident.row.closed.is_none());
            if let Err(error) = self.conclude(dataset, incident, committed, oldest).await {
                metrics::counter!("hawkeye_diagnosis_failures_total").increment(1);
                tracing::error!(incident = format!("{id:016x}"), %error, "an incident could not be diagnosed");
                let mut state = self.diagnosing.state(dataset);
                match is_open {
                    true => drop(state.looked.insert(id, (committed, members))),
                    false => drop(state.given_up.insert(id)),
                }
            }
        }
        Ok(())
    }

    fn due(&self, dataset: Dataset, committed: Timestamp) -> Result<Vec<StoredIncident>, EngineError> {
        let (open, past) = self.catalog.read(|read| {
            let open = read.incidents_since(dataset, Timestamp::MAX)?;
            Ok((open, read.incidents_to_conclude(dataset)?))
        })?;
        let mut state = self.diagnosing.state(dataset);
        let is_open = |id: &u64| open.iter().any(|it| it.row.id == *id);
        state.looked.retain(|id, _| is_open(id));
        let is_due = |it: &StoredIncident| {
            let Some(&(at, members)) = state.looked.get(&it.row.id) else { return true };
            let age = committed.since(it.row.onset);
            let again = AGAIN.iter().find(|(older, _)| age <= *older).map_or(Duration::ZERO, |(_, it)| *it);
            let since = committed.since(at);
            since >= again || (it.anomalies as usize != members && since >= AGAIN[0].1)
        };
        let mut due: Vec<StoredIncident> = open.iter().filter(|it| is_due(it)).cloned().collect();
        // Those that nobody has said anything about come first, of these the newest.
        due.sort_by_key(|it| (it.row.conclusion.is_some(), std::cmp::Reverse(it.row.onset)));
        let past = past.into_iter().filter(|it| !state.given_up.contains(&it.row.id)).take(PAST_MAX);
        Ok(due.into_iter().chain(past).collect())
    }

    async fn conclude(
        self: &Arc<Self>,
        dataset: Dataset,
        incident: StoredIncident,
        committed: Timestamp,
        oldest: Timestamp,
    ) -> Result<(), EngineError> {
        let id = incident.row.id;
        let anomalies =
            self.ask(move |engine| Ok(engine.catalog.read(|read| read.incident_anomalies(id))?)).await?;
        let anomalies: Arc<[Anomaly]> = anomalies.into_iter().map(|it| it.anomaly).collect();
        let begun = self.clock.now();
        let times = (incident.row.onset, committed, oldest);
        let diagnosis = self.diagnosed(dataset, Arc::clone(&anomalies), times).await?;
        metrics::histogram!("hawkeye_diagnosis_seconds").record(self.clock.now().since(begun).as_secs_f64());
        self.ask(move |engine| engine.keep(dataset, &incident, &anomalies, &diagnosis, committed)).await
    }

    /// Concludes from the incident's time and what came before; if nothing is found, once more with the day before.
    async fn diagnosed(
        self: &Arc<Self>,
        dataset: Dataset,
        anomalies: Arc<[Anomaly]>,
        (onset, made, oldest): (Timestamp, Timestamp, Timestamp),
    ) -> Result<Diagnosis, EngineError> {
        let ends = anomalies.iter().map(|it| it.closed.map_or(made, |(at, _)| at));
        let ended = ends.max().unwrap_or(made).min(made);
        let deployments: Arc<[KnownDeployment]> =
            self.ask(move |engine| engine.known_deployments(dataset, onset, ended)).await?.into();
        let ranges = windows_of(&anomalies, &deployments, made, oldest);
        let looked = |ranges| {
            let (anomalies, deployments) = (Arc::clone(&anomalies), Arc::clone(&deployments));
            self.diagnosed_over(dataset, anomalies, deployments, ranges, made)
        };
        let first = looked(ranges).await?;
        let Some(baseline) = another_baseline(&first, &anomalies, oldest) else { return Ok(first) };
        let second = looked((ranges.0, baseline)).await?;
        let found = second.verdict.kind != VerdictKind::NotEnoughEvidence;
        Ok(if found { second } else { first })
    }

    async fn diagnosed_over(
        self: &Arc<Self>,
        dataset: Dataset,
        anomalies: Arc<[Anomaly]>,
        deployments: Arc<[KnownDeployment]>,
        (bad_range, baseline_range): (Range, Range),
        made: Timestamp,
    ) -> Result<Diagnosis, EngineError> {
        let range = |(from, to)| TimeRange { from, to };
        let ranges = [range(bad_range), range(baseline_range)];
        let [bad, baseline] = self.sample_both(dataset, ranges, &Filter::default()).await?;
        self.ask(move |engine| {
            let graph = engine.diagnosing.state(dataset).graph.clone();
            Ok(diagnose(&Case {
                anomalies: &anomalies,
                bad: &bad.requests,
                baseline: &baseline.requests,
                bad_range,
                baseline_range,
                sampled: bad.share,
                deployments: &deployments,
                graph: &graph,
                made,
            }))
        })
        .await
    }

    fn known_deployments(
        &self,
        dataset: Dataset,
        onset: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<KnownDeployment>, EngineError> {
        let query = DeploymentQuery {
            from: onset.minus(DEPLOYED_BEFORE),
            to: until,
            dataset: Some(dataset),
            limit: DEPLOYMENTS_MAX,
            ..DeploymentQuery::default()
        };
        let found = self.catalog.read(|read| read.deployments(&query))?;
        let known = |(_, it): (Dataset, Deployment)| KnownDeployment {
            service: it.service,
            environment: it.environment,
            version: it.version,
            at: it.at,
        };
        Ok(found.into_iter().map(known).collect())
    }

    /// When the first request came that is still stored.
    async fn oldest_request(&self, dataset: Dataset, until: Timestamp) -> Result<Timestamp, EngineError> {
        let oldest = self.clock.now().minus(self.store.requests_kept());
        let query = SumQuery {
            range: TimeRange { from: oldest, to: until.max(oldest.plus(Duration::from_secs(1))) },
            step: None,
            filter: Filter::default(),
            group_by: Vec::new(),
            dataset: Some(dataset),
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        let first = if cells.groups.is_empty() { until } else { cells.total(0).first };
        Ok(first.clamp(oldest, until.max(oldest)))
    }

    fn keep(
        &self,
        dataset: Dataset,
        incident: &StoredIncident,
        anomalies: &[Anomaly],
        diagnosis: &Diagnosis,
        committed: Timestamp,
    ) -> Result<(), EngineError> {
        let row = &incident.row;
        let verdict = &diagnosis.verdict;
        let concluded = Conclusion {
            verdict: verdict.kind.as_str().into(),
            sentence: verdict.sentence.clone(),
            subject: serde_json::to_string(&verdict.subject)?,
            // Not before it closed, so that the last look is known as one.
            at: committed.max(row.closed.unwrap_or(committed)),
        };
        // Requests that are gone measure nothing: what was known stays.
        let is_blind = diagnosis.requests_bad == 0 || diagnosis.requests_baseline == 0;
        let is_known = is_blind && row.conclusion.is_some();
        let (severity, hurt) = match is_blind {
            true => (row.severity, row.requests_hurt),
            false => measured(incident, anomalies, diagnosis),
        };
        let body = serde_json::to_string(diagnosis)?;
        let events = if is_known { Vec::new() } else { events(incident, &concluded, severity, committed) };
        let id = row.id;
        let mut state = self.diagnosing.state(dataset);
        self.catalog.write(|write| {
            // Removed, or merged into another meanwhile: nothing to keep.
            if write.incident(id)?.is_none_or(|it| it.row.id != id) {
                return Ok(());
            }
            if is_known {
                return write.put_diagnosed(id, concluded.at);
            }
            write.put_diagnosis(id, &concluded, severity, hurt, &body)?;
            events.iter().try_for_each(|event| write.add_incident_event(id, event))
        })?;
        state.looked.insert(id, (committed, incident.anomalies as usize));
        drop(state);
        self.tell_incidents(&[id])
    }
}

/// Severity and harm. While an incident goes on its severity only rises: the first minutes of it measure little. Client
/// errors are no harm that a diagnosis measures, so their anomalies' own counts.
fn measured(incident: &StoredIncident, anomalies: &[Anomaly], diagnosis: &Diagnosis) -> (Severity, f64) {
    let impact = &diagnosis.impact;
    let mut found = (severity(impact), impact.failed.value + impact.slow.value + impact.missing.value);
    for anomaly in anomalies.iter().filter(|it| it.kind.signal() == Signal::ClientErrorRate) {
        found = (found.0.max(anomaly.severity), found.1.max(anomaly.requests_hurt));
    }
    if incident.row.closed.is_none() && incident.row.conclusion.is_some() {
        found.0 = found.0.max(incident.row.severity);
    }
    found
}

/// What a diagnosis changed about an incident.
fn events(
    incident: &StoredIncident,
    concluded: &Conclusion,
    severity: Severity,
    at: Timestamp,
) -> Vec<IncidentEvent> {
    let mut events = Vec::new();
    let mut tell = |kind: &str, reason: String| {
        events.push(IncidentEvent { at, kind: kind.into(), reason, anomaly: None });
    };
    let before = incident.row.conclusion.as_ref().map(|it| it.verdict.as_str());
    if before != Some(&concluded.verdict) {
        tell("verdict_changed", concluded.sentence.clone());
    }
    if incident.row.severity != severity {
        let (from, to) = (incident.row.severity.as_str(), severity.as_str());
        tell("severity_changed", format!("from {from} to {to} by the harm that was measured"));
    }
    events
}
