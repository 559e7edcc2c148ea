//! Questions about anomalies.

use std::time::Duration;

use hawkeye_catalog::{
    Activity, AnomalyCounts, AnomalyPage, AnomalyQuery, Deployment, DeploymentQuery, StoredAnomaly,
};
use hawkeye_detect::Evidence;
use hawkeye_model::{AnomalyId, EndpointId, Timestamp};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::persist;

/// Anomalies that began so close together may have one cause.
const NEARBY: Duration = Duration::from_secs(600);
const NEARBY_MAX: usize = 20;
const SIMILAR_MAX: usize = 10;

/// Deployments so close to an onset are worth a look.
const DEPLOYMENTS_WITHIN: Duration = Duration::from_secs(3_600);
const DEPLOYMENTS_MAX: usize = 100;

/// A page of anomalies, and how many there are by state.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub page: AnomalyPage,
    pub counts: AnomalyCounts,
}

/// Everything about one anomaly.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    pub stored: StoredAnomaly,
    pub evidence: Option<Evidence>,
    pub nearby: Vec<StoredAnomaly>,
    pub similar: Vec<StoredAnomaly>,
    pub deployments: Vec<Deployment>,
    pub activity: Vec<Activity>,
}

impl Engine {
    /// A page; the counts ignore all but time and place.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn anomalies(&self, query: &AnomalyQuery) -> Result<List, EngineError> {
        let all = AnomalyQuery {
            states: Vec::new(),
            verdicts: Vec::new(),
            severities: Vec::new(),
            signals: Vec::new(),
            kinds: Vec::new(),
            ..query.clone()
        };
        Ok(self
            .catalog
            .read(|read| Ok(List { page: read.anomalies(query)?, counts: read.anomaly_counts(&all)? }))?)
    }

    /// How many there are of each endpoint.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn anomalies_by_endpoint(&self, query: &AnomalyQuery) -> Result<Vec<(EndpointId, u64)>, EngineError> {
        Ok(self.catalog.read(|read| read.anomalies_by_endpoint(query))?)
    }

    /// # Errors
    /// When there is no such anomaly.
    pub fn anomaly(&self, id: AnomalyId) -> Result<Detail, EngineError> {
        let stored = self.catalog.read(|read| read.anomaly(id))?.ok_or(EngineError::UnknownAnomaly(id))?;
        let fresh = self.watching(stored.dataset).state().watcher.evidence(id);
        let (onset, series) = (stored.anomaly.onset, &stored.anomaly.series);
        let near = AnomalyQuery {
            onset: Some((onset.minus(NEARBY), onset.plus(NEARBY).plus(Duration::from_micros(1)))),
            datasets: vec![stored.dataset],
            limit: 10 * NEARBY_MAX,
            ..AnomalyQuery::default()
        };
        let earlier = AnomalyQuery {
            onset: Some((Timestamp::MIN, onset)),
            datasets: vec![stored.dataset],
            endpoints: vec![series.endpoint_id()],
            signals: vec![stored.anomaly.kind.signal()],
            limit: SIMILAR_MAX,
            ..AnomalyQuery::default()
        };
        let deployed = DeploymentQuery {
            from: onset.minus(DEPLOYMENTS_WITHIN),
            to: onset.plus(DEPLOYMENTS_WITHIN),
            dataset: Some(stored.dataset),
            services: vec![series.endpoint().service.to_string()],
            limit: DEPLOYMENTS_MAX,
            ..DeploymentQuery::default()
        };
        let detail = self.catalog.read(|read| {
            let mut nearby = read.anomalies(&near)?.items;
            nearby.retain(|other| other.anomaly.id != id);
            nearby.sort_by_key(|other| distance(other.anomaly.onset, onset));
            nearby.truncate(NEARBY_MAX);
            Ok(Detail {
                evidence: match fresh {
                    Some(evidence) => Some(evidence),
                    None => read.evidence(id)?.and_then(|bytes| persist::decode_evidence(&bytes)),
                },
                nearby,
                similar: read.anomalies(&earlier)?.items,
                deployments: read.deployments(&deployed)?.into_iter().map(|(_, it)| it).collect(),
                activity: read.activity(id)?,
                stored,
            })
        })?;
        Ok(detail)
    }
}

fn distance(left: Timestamp, right: Timestamp) -> Duration {
    left.since(right).max(right.since(left))
}
