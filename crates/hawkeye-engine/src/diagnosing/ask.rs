//! Questions about incidents, and what sets some requests apart from others.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{
    AnomalyQuery, DeploymentQuery, IncidentEvent, IncidentPage, IncidentQuery, IncidentRow, StoredAnomaly,
    StoredIncident,
};
use hawkeye_diagnose::{
    Diagnosis, Difference, Selection, Subject, VerdictKind, differences, select, windows,
};
use hawkeye_forecast::JourneyStep;
use hawkeye_model::{Anomaly, AnomalyId, Outcome, Request, Signal, Timestamp};
use hawkeye_store::{Filter, TimeRange};

use super::DeploymentView;
use super::grouping::capitalised;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::explain::filter_of;

/// Deployments so close to an onset are worth a look.
const DEPLOYMENTS_WITHIN: Duration = Duration::from_secs(3_600);
const DEPLOYMENTS_MAX: usize = 50;

/// Earlier incidents of the same services that are looked through, and those that are shown.
const EARLIER_MAX: usize = 100;
const SIMILAR_MAX: usize = 10;

/// Everything about one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentDetail {
    pub incident: StoredIncident,
    pub diagnosis: Option<Diagnosis>,
    pub anomalies: Vec<StoredAnomaly>,
    pub events: Vec<IncidentEvent>,
    pub deployments: Vec<DeploymentView>,
    pub similar: Vec<StoredIncident>,
}

/// Which requests to compare: those in a box of time and latency with all others of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferenceQuery {
    pub range: TimeRange,
    pub baseline: TimeRange,
    pub duration_us_min: u64,
    pub duration_us_max: u64,
    pub filter: Filter,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FoundDifferences {
    pub range: TimeRange,
    pub baseline: TimeRange,
    pub requests: u64,
    pub requests_baseline: u64,
    /// The share of traces that was looked at.
    pub sampled: f64,
    pub items: Vec<Difference>,
}

impl Engine {
    /// # Errors
    /// When the catalog cannot be read.
    pub fn incidents(&self, query: &IncidentQuery) -> Result<IncidentPage, EngineError> {
        Ok(self.catalog.read(|read| read.incidents(query))?)
    }

    /// Links to an incident that was merged into another lead there.
    ///
    /// # Errors
    /// When there is no such incident.
    pub fn incident(&self, id: u64) -> Result<IncidentDetail, EngineError> {
        let (incident, body, anomalies, events) = self
            .catalog
            .read(|read| {
                let Some(incident) = read.incident(id)? else { return Ok(None) };
                let id = incident.row.id;
                let anomalies = read.incident_anomalies(id)?;
                Ok(Some((incident, read.diagnosis(id)?, anomalies, read.incident_events(id)?)))
            })?
            .ok_or(EngineError::UnknownIncident(id))?;
        let onset = incident.row.onset;
        let deployments = self.deployments(&DeploymentQuery {
            from: onset.minus(DEPLOYMENTS_WITHIN),
            to: onset.plus(DEPLOYMENTS_WITHIN),
            dataset: Some(incident.row.dataset),
            services: incident.row.services.clone(),
            limit: DEPLOYMENTS_MAX,
            ..DeploymentQuery::default()
        })?;
        let similar = self.similar(&incident)?;
        // What another version of this program wrote is made again at the next look, or left out.
        let mut diagnosis: Option<Diagnosis> = body.and_then(|body| serde_json::from_str(&body).ok());
        if let Some(diagnosis) = &mut diagnosis {
            // As journeys are now: they are found and changed later than incidents.
            diagnosis.impact.journeys = self.journeys_through(&anomalies);
        }
        Ok(IncidentDetail { incident, diagnosis, anomalies, events, deployments, similar })
    }

    /// Journeys with a step of an odd endpoint.
    fn journeys_through(&self, anomalies: &[StoredAnomaly]) -> Vec<String> {
        let is_odd = |step: &JourneyStep| {
            anomalies.iter().any(|it| {
                let endpoint = it.anomaly.series.endpoint();
                *step.service == *endpoint.service
                    && *step.method == *endpoint.method
                    && *step.route == *endpoint.route
            })
        };
        let journeys = self.journeys().into_iter().map(|it| it.journey);
        journeys.filter(|it| it.steps.iter().any(is_odd)).map(|it| it.id).collect()
    }

    /// Earlier ones with the same verdict about the same service.
    fn similar(&self, incident: &StoredIncident) -> Result<Vec<StoredIncident>, EngineError> {
        let Some(conclusion) = &incident.row.conclusion else { return Ok(Vec::new()) };
        let service = |subject: &str| {
            let subject: Option<Subject> = serde_json::from_str(subject).ok();
            subject.and_then(|subject| subject.service)
        };
        let wanted = service(&conclusion.subject);
        let query = IncidentQuery {
            scope: AnomalyQuery {
                datasets: vec![incident.row.dataset],
                services: wanted.clone().into_iter().collect(),
                ..AnomalyQuery::default()
            },
            range: Some((Timestamp::MIN, incident.row.onset)),
            verdicts: vec![conclusion.verdict.clone()],
            limit: EARLIER_MAX,
            ..IncidentQuery::default()
        };
        let mut found = self.catalog.read(|read| read.incidents(&query))?.items;
        found.retain(|it| {
            let subject = it.row.conclusion.as_ref().and_then(|it| service(&it.subject));
            it.row.id != incident.row.id && subject == wanted
        });
        found.truncate(SIMILAR_MAX);
        Ok(found)
    }

    /// The requests that an anomaly is about against all of the series in a matched time before.
    ///
    /// # Errors
    /// When there is no such anomaly, or the store cannot answer.
    pub async fn anomaly_differences(
        self: &Arc<Self>,
        id: AnomalyId,
    ) -> Result<FoundDifferences, EngineError> {
        let stored = self
            .ask(move |engine| {
                let found = engine.catalog.read(|read| read.anomaly(id))?;
                found.ok_or(EngineError::UnknownAnomaly(id))
            })
            .await?;
        let (dataset, anomaly) = (stored.dataset, stored.anomaly);
        let now = self.watching(dataset).state().committed.unwrap_or(anomaly.updated);
        let until = anomaly.closed.map_or(now.max(anomaly.updated), |(at, _)| at);
        let (bad_range, baseline_range) = windows(anomaly.onset, until);
        let range = |(from, to)| TimeRange { from, to };
        let filter = filter_of(&anomaly.series);
        let ranges = [range(bad_range), range(baseline_range)];
        let [bad, baseline] = self.sample_both(dataset, ranges, &filter).await?;
        self.ask(move |_| {
            let usual: Vec<&Request> = baseline.requests.iter().filter(|it| !it.synthetic).collect();
            let odd = odd_requests(&anomaly, &bad.requests, &usual);
            Ok(FoundDifferences {
                range: range(bad_range),
                baseline: range(baseline_range),
                requests: odd.len() as u64,
                requests_baseline: usual.len() as u64,
                sampled: bad.share,
                items: differences(&odd, &usual),
            })
        })
        .await
    }

    /// What a box on the latency heat map holds, against everything outside it.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn differences(
        self: &Arc<Self>,
        query: DifferenceQuery,
    ) -> Result<FoundDifferences, EngineError> {
        let whole = TimeRange {
            from: query.baseline.from.min(query.range.from),
            to: query.baseline.to.max(query.range.to),
        };
        let sample = self.sample_of(None, whole, query.filter.clone(), 1.0).await?;
        self.ask(move |_| {
            let selection = Selection {
                from: query.range.from,
                to: query.range.to,
                duration_us_from: query.duration_us_min,
                duration_us_to: query.duration_us_max,
            };
            let (inside, outside) = select(&sample.requests, selection);
            Ok(FoundDifferences {
                range: query.range,
                baseline: whole,
                requests: inside.len() as u64,
                requests_baseline: outside.len() as u64,
                sampled: sample.share,
                items: differences(&inside, &outside),
            })
        })
        .await
    }
}

/// The failed ones of an error anomaly, those slower than nearly all were before of a latency anomaly, and all of a
/// traffic anomaly.
fn odd_requests<'a>(anomaly: &Anomaly, bad: &'a [Request], usual: &[&Request]) -> Vec<&'a Request> {
    let limit_us = quantile(usual.iter().map(|it| it.duration_us).collect(), 0.95);
    let is_odd = |request: &&Request| match anomaly.kind.signal() {
        Signal::ErrorRate => request.outcome == Outcome::ServerError,
        Signal::ClientErrorRate => request.outcome == Outcome::ClientError,
        Signal::Latency => limit_us.is_none_or(|limit_us| request.duration_us > limit_us),
        Signal::Traffic => true,
    };
    bad.iter().filter(|it| !it.synthetic).filter(is_odd).collect()
}

fn quantile(mut values: Vec<u64>, q: f64) -> Option<u64> {
    let at = (values.len() as f64 * q) as usize;
    values.sort_unstable();
    values.get(at.min(values.len().checked_sub(1)?)).copied()
}

/// One line: what the verdict names, or, without one, what is odd and where.
#[must_use]
pub fn incident_title(row: &IncidentRow) -> String {
    let concluded =
        row.conclusion.as_ref().filter(|it| it.verdict != VerdictKind::NotEnoughEvidence.as_str());
    let Some(concluded) = concluded else { return row.title.clone() };
    let subject: Subject = serde_json::from_str(&concluded.subject).unwrap_or_default();
    format!("{}: {subject}", capitalised(&concluded.verdict.replace('_', " ")))
}
