//! Diagnoses incidents when that is due, and keeps what was concluded.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{Conclusion, DeploymentQuery, IncidentEvent, StoredIncident};
use hawkeye_diagnose::{Case, Diagnosis, KnownDeployment, diagnose, severity, windows};
use hawkeye_model::{Anomaly, Dataset, Severity, Timestamp};
use hawkeye_store::{Filter, TimeRange};
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
        let anomalies: Vec<Anomaly> = anomalies.into_iter().map(|it| it.anomaly).collect();
        let until = incident.row.closed.map_or(committed, |closed| {
            // What came after the last anomaly was over says nothing about it.
            anomalies.iter().filter_map(|it| Some(it.closed?.0)).max().unwrap_or(closed)
        });
        let begun = self.clock.now();
        let diagnosis = self.diagnosed(dataset, anomalies, incident.row.onset, until, committed).await?;
        metrics::histogram!("hawkeye_diagnosis_seconds").record(self.clock.now().since(begun).as_secs_f64());
        self.ask(move |engine| engine.keep(dataset, &incident, diagnosis, committed)).await
    }

    /// Reads the requests of an incident and what came before, and concludes.
    async fn diagnosed(
        self: &Arc<Self>,
        dataset: Dataset,
        anomalies: Vec<Anomaly>,
        onset: Timestamp,
        until: Timestamp,
        made: Timestamp,
    ) -> Result<Diagnosis, EngineError> {
        let (bad_range, baseline_range) = windows(onset, until);
        let range = |(from, to)| TimeRange { from, to };
        let ranges = [range(bad_range), range(baseline_range)];
        let [bad, baseline] = self.sample_both(dataset, ranges, &Filter::default()).await?;
        self.ask(move |engine| {
            let query = DeploymentQuery {
                from: onset.minus(DEPLOYED_BEFORE),
                to: until,
                dataset: Some(dataset),
                limit: DEPLOYMENTS_MAX,
                ..DeploymentQuery::default()
            };
            let deployments = engine.catalog.read(|read| read.deployments(&query))?;
            let deployments: Vec<KnownDeployment> = deployments
                .into_iter()
                .map(|(_, it)| KnownDeployment {
                    service: it.service,
                    environment: it.environment,
                    version: it.version,
                    at: it.at,
                })
                .collect();
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
