//! From the engine's and the catalog's types into JSON.

use hawkeye_catalog as catalog;
use hawkeye_diagnose::{Subject, VerdictKind};
use hawkeye_engine as engine;

use crate::detection::conversions::finite;
use crate::dto::{
    Anomaly, Deployment, Differences, Incident, IncidentDetail, IncidentEvent, IncidentEventKind,
    IncidentState, SilenceGate, SilenceGateName, SilenceGateOutcome,
};

impl From<&catalog::StoredIncident> for Incident {
    fn from(stored: &catalog::StoredIncident) -> Self {
        let row = &stored.row;
        let conclusion = row.conclusion.as_ref();
        let verdict = conclusion.and_then(|it| VerdictKind::parse(&it.verdict));
        let subject: Option<Subject> = conclusion.and_then(|it| serde_json::from_str(&it.subject).ok());
        Self {
            id: format!("{:016x}", row.id),
            dataset: row.dataset.into(),
            state: stored.state().into(),
            severity: row.severity.into(),
            title: engine::incident_title(row),
            verdict,
            sentence: conclusion.map(|it| it.sentence.clone()),
            subject,
            onset_ms: row.onset.millis(),
            detected_ms: row.detected.millis(),
            updated_ms: row.updated.millis(),
            closed_ms: row.closed.map(|at| at.millis()),
            services: row.services.clone(),
            environments: row.environments.clone(),
            anomalies: stored.anomalies,
            anomalies_open: stored.anomalies_open,
            requests_hurt: finite(row.requests_hurt),
            acknowledged_by: stored.acknowledged_by.clone(),
        }
    }
}

impl From<catalog::IncidentState> for IncidentState {
    fn from(state: catalog::IncidentState) -> Self {
        match state {
            catalog::IncidentState::Open => Self::Open,
            catalog::IncidentState::Acknowledged => Self::Acknowledged,
            catalog::IncidentState::Closed => Self::Closed,
        }
    }
}

impl From<engine::IncidentDetail> for IncidentDetail {
    fn from(detail: engine::IncidentDetail) -> Self {
        Self {
            incident: Incident::from(&detail.incident),
            diagnosis: detail.diagnosis,
            anomalies: detail.anomalies.iter().map(Anomaly::from).collect(),
            events: detail.events.iter().filter_map(IncidentEvent::of).collect(),
            deployments: detail.deployments.iter().map(Deployment::from).collect(),
            similar: detail.similar.iter().map(Incident::from).collect(),
        }
    }
}

impl IncidentEvent {
    fn of(event: &catalog::IncidentEvent) -> Option<Self> {
        let kind = match event.kind.as_str() {
            "opened" => IncidentEventKind::Opened,
            "joined" => IncidentEventKind::Joined,
            "merged" => IncidentEventKind::Merged,
            "severity_changed" => IncidentEventKind::SeverityChanged,
            "verdict_changed" => IncidentEventKind::VerdictChanged,
            "closed" => IncidentEventKind::Closed,
            "reopened" => IncidentEventKind::Reopened,
            _ => return None,
        };
        Some(Self {
            at_ms: event.at.millis(),
            kind,
            reason: event.reason.clone(),
            anomaly_id: event.anomaly.map(|id| id.to_string()),
        })
    }
}

impl From<&engine::DeploymentView> for Deployment {
    fn from(view: &engine::DeploymentView) -> Self {
        let (it, details) = (&view.deployment, &view.deployment.details);
        Self {
            service: it.service.to_string(),
            environment: it.environment.to_string(),
            version: it.version.to_string(),
            at_ms: it.at.millis(),
            is_reported: details.is_reported,
            note: details.note.clone(),
            link: details.link.clone(),
            verdict: view.verdicts.last().cloned(),
            course: view.verdicts.iter().map(|it| it.kind).collect(),
            incident_id: view.incident.map(|id| format!("{id:016x}")),
        }
    }
}

impl From<engine::FoundDifferences> for Differences {
    fn from(found: engine::FoundDifferences) -> Self {
        Self {
            range: found.range.into(),
            baseline_range: found.baseline.into(),
            requests: found.requests,
            requests_baseline: found.requests_baseline,
            sampled: found.sampled,
            items: found.items,
        }
    }
}

impl From<&engine::SilenceGate> for SilenceGate {
    fn from(gate: &engine::SilenceGate) -> Self {
        Self {
            gate: gate.gate.into(),
            outcome: match gate.outcome {
                engine::SilenceGateOutcome::Passed => SilenceGateOutcome::Passed,
                engine::SilenceGateOutcome::Stopped => SilenceGateOutcome::Stopped,
                engine::SilenceGateOutcome::NotReached => SilenceGateOutcome::NotReached,
            },
            sentence: gate.sentence.clone(),
            id: gate.id.clone(),
        }
    }
}

impl From<engine::SilenceGateName> for SilenceGateName {
    fn from(name: engine::SilenceGateName) -> Self {
        use engine::SilenceGateName as Name;
        match name {
            Name::Data => Self::Data,
            Name::Samples => Self::Samples,
            Name::Maintenance => Self::Maintenance,
            Name::Score => Self::Score,
            Name::MinChange => Self::MinChange,
            Name::Budget => Self::Budget,
            Name::Anomaly => Self::Anomaly,
            Name::Incident => Self::Incident,
            Name::Rule => Self::Rule,
            Name::Silence => Self::Silence,
            Name::Inhibition => Self::Inhibition,
            Name::Notification => Self::Notification,
        }
    }
}
