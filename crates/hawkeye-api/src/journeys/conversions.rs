//! The engine's journeys in JSON.

use hawkeye_engine as engine;
use hawkeye_engine::JourneyQuery;
use hawkeye_model::{Timestamp, TraceId};

use crate::detection::conversions::{finite, optional};
use crate::dto::{
    EndpointRef, FailedSession, JourneyCheck, JourneyHealth, JourneyHistory, JourneyImpact, JourneyOutlook,
    JourneyProblem, JourneyProposal, JourneyRef, JourneyState, JourneySummary, ProposalList, Range,
    StepCheck, StepHealth, millis,
};
use crate::forecasting::conversions::numbers;

const STEP_MS: i64 = 600_000;

impl JourneySummary {
    pub(crate) fn of(view: engine::JourneyView, query: &JourneyQuery) -> Self {
        Self {
            journey: view.stored.journey,
            source: view.stored.source,
            updated_ms: view.stored.updated_ms,
            updated_by: view.stored.updated_by,
            health: view.health.into(),
            outlook: view.outlook.map(|outlook| JourneyOutlook::of(&outlook, query)),
        }
    }
}

impl From<engine::JourneyState> for JourneyState {
    fn from(state: engine::JourneyState) -> Self {
        match state {
            engine::JourneyState::Healthy => Self::Healthy,
            engine::JourneyState::Degraded => Self::Degraded,
            engine::JourneyState::Failing => Self::Failing,
            engine::JourneyState::Unknown => Self::Unknown,
        }
    }
}

impl From<engine::JourneyHealth> for JourneyHealth {
    fn from(health: engine::JourneyHealth) -> Self {
        Self {
            state: health.state.into(),
            sentence: health.sentence,
            success: health.success.map(|it| finite(it.0)),
            success_lower: health.success.map(|it| finite(it.1)),
            success_upper: health.success.map(|it| finite(it.2)),
            success_usual: health.success_usual.and_then(optional),
            latency_ms_p50: health.latency_ms_p50.and_then(optional),
            latency_ms_p95: health.latency_ms_p95.and_then(optional),
            sessions: health.sessions,
            sessions_completed: health.sessions_completed,
            weakest_step: health.weakest_step.map(|it| it as u64),
            steps: health.steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::StepHealth> for StepHealth {
    fn from(step: engine::StepHealth) -> Self {
        Self {
            endpoint: EndpointRef::new(step.endpoint.id(), &step.endpoint),
            environments: step.environments,
            requests: step.requests,
            success: step.success.map(|it| finite(it.0)),
            success_lower: step.success.map(|it| finite(it.1)),
            success_upper: step.success.map(|it| finite(it.2)),
            success_usual: step.success_usual.and_then(optional),
            contribution: finite(step.contribution),
            latency_ms_p50: step.latency_ms_p50.and_then(optional),
            latency_ms_p95: step.latency_ms_p95.and_then(optional),
            sessions: step.sessions,
            sessions_continued: step.sessions_continued,
            sessions_failed: step.sessions_failed,
            is_optional: step.is_optional,
        }
    }
}

impl JourneyOutlook {
    fn of(outlook: &engine::Outlook, query: &JourneyQuery) -> Self {
        Self {
            horizon_s: query.horizon.as_secs(),
            t0_ms: outlook.start.millis(),
            step_ms: STEP_MS,
            sentence: outlook.sentence.clone(),
            success: numbers(&outlook.success),
            success_lower: numbers(&outlook.success_lower),
            success_upper: numbers(&outlook.success_upper),
            latency_ms: numbers(&outlook.latency_ms),
            latency_ms_lower: numbers(&outlook.latency_ms_lower),
            latency_ms_upper: numbers(&outlook.latency_ms_upper),
            all_ok: finite(outlook.all_ok),
            blame: numbers(&outlook.blame),
        }
    }
}

impl JourneyHistory {
    pub(crate) fn of(range: Range, timeline: &engine::Timeline) -> Self {
        let side = |of: fn(&(f64, f64, f64)) -> f64| {
            timeline.success.iter().map(|it| it.as_ref().and_then(|it| optional(of(it)))).collect()
        };
        let known = |values: &[Option<f64>]| values.iter().map(|it| it.and_then(optional)).collect();
        Self {
            range,
            t0_ms: timeline.start.millis(),
            step_ms: millis(timeline.step),
            success: side(|it| it.0),
            success_lower: side(|it| it.1),
            success_upper: side(|it| it.2),
            latency_ms_p50: known(&timeline.latency_ms_p50),
            latency_ms_p95: known(&timeline.latency_ms_p95),
            starts: timeline.starts.clone(),
        }
    }
}

impl From<&engine::FailedSession> for FailedSession {
    fn from(session: &engine::FailedSession) -> Self {
        Self {
            consumer: session.consumer.as_ref().map(ToString::to_string),
            trace_id: (session.trace_id != TraceId::default()).then(|| session.trace_id.to_string()),
            step: session.step as u64,
            at_ms: session.at.millis(),
            status_code: session.status_code,
        }
    }
}

impl From<engine::Proposals> for ProposalList {
    fn from(proposals: engine::Proposals) -> Self {
        let proposal = |it: engine::Proposal| JourneyProposal {
            id: it.id,
            name: it.name,
            dataset: it.dataset.into(),
            steps: it.steps.iter().map(|step| EndpointRef::new(step.id(), step)).collect(),
            step_sessions: it.step_sessions,
            gap_ms: finite(it.gap_ms),
            window: Range { from_ms: it.from.millis(), to_ms: it.to.millis() },
            examples: it.examples,
            environments: it.environments,
        };
        Self {
            items: proposals.items.into_iter().map(proposal).collect(),
            looked_ms: proposals.looked.map(Timestamp::millis),
            note: proposals.note,
        }
    }
}

impl From<engine::Checked> for JourneyCheck {
    fn from(checked: engine::Checked) -> Self {
        Self {
            problems: checked
                .problems
                .into_iter()
                .map(|it| JourneyProblem { field: it.field, message: it.message })
                .collect(),
            steps: checked
                .steps
                .into_iter()
                .map(|step| StepCheck {
                    endpoint: step.endpoint.map(|endpoint| EndpointRef::new(endpoint.id(), &endpoint)),
                    requests_last_hour: step.requests_last_hour,
                    environments: step.environments,
                })
                .collect(),
            sessions: checked.sessions,
        }
    }
}

impl From<&engine::JourneyImpact> for JourneyImpact {
    fn from(impact: &engine::JourneyImpact) -> Self {
        Self {
            journey: JourneyRef { id: impact.journey.id.clone(), name: impact.journey.name.clone() },
            sentence: impact.sentence.clone(),
            failing: finite(impact.failing.0),
            failing_lower: finite(impact.failing.1),
            failing_upper: finite(impact.failing.2),
            expected: finite(impact.expected),
        }
    }
}
