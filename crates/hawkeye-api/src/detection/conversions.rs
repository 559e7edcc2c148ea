//! From the engine's and the catalog's types into JSON.

use hawkeye_catalog as catalog;
use hawkeye_diagnose::DeploymentVerdictKind;
use hawkeye_engine as engine;
use hawkeye_model::Timestamp;

use crate::dto::{
    Activity, ActivityAction, Adjustment, Anomaly, AnomalyChange, AnomalyCounts, AnomalyDetail, AnomalyEvent,
    AnomalyTest, Baseline, DeploymentMark, EndpointRef, ScoreCourse, ScoreSpark, SeverityCounts,
};

impl From<&catalog::StoredAnomaly> for Anomaly {
    fn from(stored: &catalog::StoredAnomaly) -> Self {
        let anomaly = &stored.anomaly;
        let (expected, observed) = (anomaly.band.expected, anomaly.observed);
        Self {
            id: anomaly.id.to_string(),
            endpoint: EndpointRef::new(anomaly.series.endpoint_id(), anomaly.series.endpoint()),
            environment: anomaly.series.environment().to_string(),
            dataset: stored.dataset.into(),
            signal: anomaly.kind.signal().into(),
            kind: anomaly.kind.into(),
            severity: anomaly.severity.into(),
            state: stored.state().into(),
            verdict: stored.verdict.map(Into::into),
            verdict_reason: stored.verdict_reason.clone(),
            sentence: anomaly.sentence.clone(),
            onset_ms: anomaly.onset.millis(),
            detected_ms: anomaly.detected.millis(),
            updated_ms: anomaly.updated.millis(),
            closed_ms: anomaly.closed.map(|(at, _)| at.millis()),
            close_reason: anomaly.closed.map(|(_, reason)| reason.into()),
            measure: anomaly.measure.into(),
            observed: finite(observed),
            lower: finite(anomaly.band.lower),
            expected: finite(expected),
            upper: finite(anomaly.band.upper),
            ratio: (expected > 0.0).then(|| observed / expected).filter(|ratio| ratio.is_finite()),
            score_peak: finite(anomaly.score_peak),
            threshold: finite(anomaly.threshold),
            requests: anomaly.requests,
            requests_hurt: finite(anomaly.requests_hurt),
            deployment: anomaly.deployment.as_ref().map(ToString::to_string),
            acknowledged_by: stored.acknowledged.as_ref().map(|it| it.by.clone()),
            acknowledged_ms: stored.acknowledged.as_ref().map(|it| it.at.millis()),
            assignee: stored.assignee.clone(),
            incident_id: stored.incident.map(|id| format!("{id:016x}")),
            spark: ScoreSpark {
                t0_ms: stored.spark.t0.millis(),
                step_ms: crate::dto::millis(stored.spark.step),
                score: stored.spark.scores.iter().map(|score| finite(f64::from(*score))).collect(),
            },
        }
    }
}

impl From<&engine::Detail> for AnomalyDetail {
    fn from(detail: &engine::Detail) -> Self {
        let anomalies = |of: &[catalog::StoredAnomaly]| of.iter().map(Anomaly::from).collect();
        let evidence = detail.evidence.as_ref();
        let tests = evidence.map_or_else(Vec::new, |it| it.tests.iter().map(AnomalyTest::from).collect());
        Self {
            anomaly: Anomaly::from(&detail.stored),
            score: evidence.map_or_else(ScoreCourse::empty, ScoreCourse::from),
            tests,
            baseline: Baseline::of(evidence),
            nearby: anomalies(&detail.nearby),
            similar: anomalies(&detail.similar),
            deployments: detail.deployments.iter().map(DeploymentMark::from).collect(),
            activity: detail.activity.iter().map(Activity::from).collect(),
        }
    }
}

impl ScoreCourse {
    fn empty() -> Self {
        Self { t0_ms: 0, step_ms: 60_000, values: Vec::new(), thresholds: Vec::new() }
    }
}

impl From<&engine::Evidence> for ScoreCourse {
    fn from(evidence: &engine::Evidence) -> Self {
        let points = |of: &[f32]| of.iter().map(|point| optional(f64::from(*point))).collect();
        Self {
            t0_ms: Timestamp::from_micros(evidence.start_us).millis(),
            step_ms: Timestamp::from_micros(evidence.step_us).millis(),
            values: points(&evidence.scores),
            thresholds: points(&evidence.thresholds),
        }
    }
}

impl From<&engine::TestReport> for AnomalyTest {
    fn from(report: &engine::TestReport) -> Self {
        Self {
            name: report.name.clone(),
            windows: u64::from(report.windows),
            observed: optional(report.observed),
            expected: optional(report.expected),
            score: finite(report.score),
            threshold: finite(report.threshold),
            fired: report.fired,
            note: report.note.clone(),
        }
    }
}

impl Baseline {
    fn of(evidence: Option<&engine::Evidence>) -> Self {
        let Some(evidence) = evidence else {
            return Self {
                seasonal: false,
                windows_learnt: 0,
                learning: false,
                note: "the evidence is no longer there".into(),
            };
        };
        let minutes = evidence.windows_learnt;
        let season = match evidence.is_seasonal {
            true => "the hour of the day and the day of the week are taken into account",
            false => "the day has no pattern that was learnt yet, or none at all",
        };
        let sure = if evidence.is_learning { "; still learning" } else { "" };
        Self {
            seasonal: evidence.is_seasonal,
            windows_learnt: u64::from(minutes),
            learning: evidence.is_learning,
            note: format!("learnt from {minutes} minutes with requests; {season}{sure}"),
        }
    }
}

impl From<&catalog::Deployment> for DeploymentMark {
    fn from(deployment: &catalog::Deployment) -> Self {
        Self {
            at_ms: deployment.at.millis(),
            service: deployment.service.to_string(),
            environment: deployment.environment.to_string(),
            version: deployment.version.to_string(),
            verdict: deployment.details.verdict.as_deref().and_then(DeploymentVerdictKind::parse),
        }
    }
}

impl From<&catalog::Activity> for Activity {
    fn from(activity: &catalog::Activity) -> Self {
        Self {
            at_ms: activity.at.millis(),
            actor: activity.actor.clone(),
            action: activity.action.into(),
            note: activity.note.clone(),
        }
    }
}

impl From<catalog::ActivityAction> for ActivityAction {
    fn from(action: catalog::ActivityAction) -> Self {
        match action {
            catalog::ActivityAction::Opened => Self::Opened,
            catalog::ActivityAction::Reopened => Self::Reopened,
            catalog::ActivityAction::Escalated => Self::Escalated,
            catalog::ActivityAction::Acknowledged => Self::Acknowledged,
            catalog::ActivityAction::Unacknowledged => Self::Unacknowledged,
            catalog::ActivityAction::Assigned => Self::Assigned,
            catalog::ActivityAction::Noted => Self::Noted,
            catalog::ActivityAction::Judged => Self::Judged,
            catalog::ActivityAction::VerdictCleared => Self::VerdictCleared,
            catalog::ActivityAction::AdjustmentUndone => Self::AdjustmentUndone,
            catalog::ActivityAction::Closed => Self::Closed,
        }
    }
}

impl Adjustment {
    /// `id` is `None` in a preview.
    pub(crate) fn of(id: Option<i64>, new: &catalog::NewAdjustment, undone: Option<Timestamp>) -> Self {
        Self {
            id: id.map(|id| id.to_string()).unwrap_or_default(),
            at_ms: new.at.millis(),
            actor: new.actor.clone(),
            anomaly_id: new.anomaly.to_string(),
            endpoint: EndpointRef::new(new.series.endpoint_id(), new.series.endpoint()),
            environment: new.series.environment().to_string(),
            signal: new.signal.into(),
            kin: new.is_kin,
            offset_before: finite(new.offset_before),
            offset_after: finite(new.offset_after),
            threshold_before: finite(new.threshold_before),
            threshold_after: finite(new.threshold_after),
            verdict: new.verdict.into(),
            sentence: new.sentence.clone(),
            hidden: new.hidden,
            revealed: new.revealed,
            hidden_anomalies: new.hidden_anomalies.iter().map(ToString::to_string).collect(),
            undone_ms: undone.map(Timestamp::millis),
        }
    }
}

impl From<&catalog::Adjustment> for Adjustment {
    fn from(stored: &catalog::Adjustment) -> Self {
        Self::of(Some(stored.id), &stored.what, stored.undone)
    }
}

impl From<&engine::Event> for AnomalyEvent {
    fn from(event: &engine::Event) -> Self {
        let change = match event.kind {
            engine::EventKind::Opened => AnomalyChange::Opened,
            engine::EventKind::Updated => AnomalyChange::Updated,
            engine::EventKind::Closed => AnomalyChange::Closed,
            engine::EventKind::Acted => AnomalyChange::Acted,
        };
        Self { change, anomaly: Anomaly::from(&event.anomaly) }
    }
}

impl From<catalog::AnomalyCounts> for AnomalyCounts {
    fn from(counts: catalog::AnomalyCounts) -> Self {
        Self {
            open: counts.open,
            acknowledged: counts.acknowledged,
            closed: counts.closed,
            false_positive: counts.false_positive,
        }
    }
}

impl From<[u64; 4]> for SeverityCounts {
    fn from([low, medium, high, critical]: [u64; 4]) -> Self {
        Self { low, medium, high, critical }
    }
}

/// JSON has no infinity: the largest number stands for it, and 0 for what is no number.
pub(crate) fn finite(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(f64::MIN, f64::MAX) }
}

pub(crate) fn optional(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
