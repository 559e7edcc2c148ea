//! Diagnoses incidents when that is due, and keeps what was concluded.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{Conclusion, Deployment, DeploymentQuery, IncidentEvent, StoredIncident};
use hawkeye_diagnose::{
    Case, Diagnosis, KnownDeployment, Range, VerdictKind, another_baseline, diagnose, severity, windows_of,
};
use hawkeye_model::{Anomaly, Dataset, Severity, Timestamp};
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
        for incident in self.ask(move |engine| engine.due(dataset, committed)).await? {
            if *stopped.borrow() {
                return Ok(());
            }
            self.conclude(dataset, incident, committed).await?;
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
        let due: Vec<StoredIncident> = open.iter().filter(|it| is_due(it)).cloned().collect();
        Ok(due.into_iter().chain(past.into_iter().take(PAST_MAX)).collect())
    }

    async fn conclude(
        self: &Arc<Self>,
        dataset: Dataset,
        incident: StoredIncident,
        committed: Timestamp,
    ) -> Result<(), EngineError> {
        let id = incident.row.id;
        let anomalies =
            self.ask(move |engine| Ok(engine.catalog.read(|read| read.incident_anomalies(id))?)).await?;
        let anomalies: Arc<[Anomaly]> = anomalies.into_iter().map(|it| it.anomaly).collect();
        let begun = self.clock.now();
        let diagnosis = self.diagnosed(dataset, anomalies, incident.row.onset, committed).await?;
        metrics::histogram!("hawkeye_diagnosis_seconds").record(self.clock.now().since(begun).as_secs_f64());
        self.ask(move |engine| engine.keep(dataset, &incident, diagnosis, committed)).await
    }

    /// Concludes from the incident's time and what came before; if nothing is found, once more with the day before.
    async fn diagnosed(
        self: &Arc<Self>,
        dataset: Dataset,
        anomalies: Arc<[Anomaly]>,
        onset: Timestamp,
        made: Timestamp,
    ) -> Result<Diagnosis, EngineError> {
        let deployments: Arc<[KnownDeployment]> =
            self.ask(move |engine| engine.known_deployments(dataset, onset, made)).await?.into();
        let oldest = self.oldest_request(dataset, made).await?;
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
        diagnosis: Diagnosis,
        committed: Timestamp,
    ) -> Result<(), EngineError> {
        let id = incident.row.id;
        let verdict = &diagnosis.verdict;
        let concluded = Conclusion {
            verdict: verdict.kind.as_str().into(),
            sentence: verdict.sentence.clone(),
            subject: serde_json::to_string(&verdict.subject)?,
            // Not before it closed, so that the last look is known as one.
            at: committed.max(incident.row.closed.unwrap_or(committed)),
        };
        let impact = &diagnosis.impact;
        let severity = severity(impact);
        let hurt = impact.failed.value + impact.slow.value + impact.missing.value;
        let body = serde_json::to_string(&diagnosis)?;
        let events = events(incident, &concluded, severity, committed);
        let mut state = self.diagnosing.state(dataset);
        self.catalog.write(|write| {
            // Removed, or merged into another meanwhile: nothing to keep.
            if write.incident(id)?.is_none_or(|it| it.row.id != id) {
                return Ok(());
            }
            write.put_diagnosis(id, &concluded, severity, hurt, &body)?;
            events.iter().try_for_each(|event| write.add_incident_event(id, event))
        })?;
        state.looked.insert(id, (committed, incident.anomalies as usize));
        drop(state);
        self.tell_incidents(&[id])
    }
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
