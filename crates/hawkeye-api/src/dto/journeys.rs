//! Journeys in JSON: their health now and over time, what is predicted, and what was discovered.

use hawkeye_forecast::Journey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::Dataset;
use super::{EndpointRef, Range};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyList {
    /// The least healthy first.
    pub items: Vec<JourneySummary>,
    /// Discovered, and waiting for somebody to confirm or dismiss them.
    pub proposals: u64,
    /// Until now.
    pub window_s: u64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneySummary {
    pub journey: Journey,
    /// `ui`, `file`, `discovered` or `demo`.
    pub source: String,
    pub updated_ms: i64,
    pub updated_by: String,
    pub health: JourneyHealth,
    /// Null without forecasts of its steps.
    pub outlook: Option<JourneyOutlook>,
}

/// How many who begin could finish, by what was seen in the window.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JourneyHealth {
    pub state: JourneyState,
    /// In one sentence, with numbers.
    pub sentence: String,
    /// Probability that somebody who goes through all steps is answered well at each; null without requests.
    pub success: Option<f64>,
    /// A 95 % interval.
    pub success_lower: Option<f64>,
    pub success_upper: Option<f64>,
    /// What is usual: the same over the last seven days.
    pub success_usual: Option<f64>,
    /// All steps together, without the time that people think.
    pub latency_ms_p50: Option<f64>,
    pub latency_ms_p95: Option<f64>,
    /// Followed by their consumer or trace; zero when requests name neither.
    pub sessions: u64,
    /// Sessions that were answered well at the last step that is not optional.
    pub sessions_completed: u64,
    /// Index of the step where most is lost beyond the usual.
    pub weakest_step: Option<u64>,
    pub steps: Vec<StepHealth>,
}

/// `healthy`: as usual. `degraded`: clearly below the usual or the target. `failing`: more than a tenth below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JourneyState {
    Healthy,
    Degraded,
    Failing,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StepHealth {
    pub endpoint: EndpointRef,
    /// Where it was looked at; several when the step names none.
    pub environments: Vec<String>,
    /// All requests of the endpoint in the window.
    pub requests: u64,
    /// Share answered well, and fast enough if the step says how fast; null without requests.
    pub success: Option<f64>,
    pub success_lower: Option<f64>,
    pub success_upper: Option<f64>,
    pub success_usual: Option<f64>,
    /// Its share of what the journey loses beyond the usual, 0 to 1.
    pub contribution: f64,
    pub latency_ms_p50: Option<f64>,
    pub latency_ms_p95: Option<f64>,
    /// Sessions that came so far, and of those, sessions that went on to the next step.
    pub sessions: u64,
    pub sessions_continued: u64,
    /// Of those that did not go on, sessions whose last answer here was an error.
    pub sessions_failed: u64,
    pub is_optional: bool,
}

/// What is predicted of the whole journey, steps simulated together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyOutlook {
    pub horizon_s: u64,
    pub t0_ms: i64,
    pub step_ms: i64,
    /// In one sentence, with numbers.
    pub sentence: String,
    /// Probability of success at each step of time: the middle, and an 80 % interval.
    pub success: Vec<f64>,
    pub success_lower: Vec<f64>,
    pub success_upper: Vec<f64>,
    /// All steps of the journey together.
    pub latency_ms: Vec<f64>,
    pub latency_ms_lower: Vec<f64>,
    pub latency_ms_upper: Vec<f64>,
    /// That all steps stay within their limits over the whole horizon.
    pub all_ok: f64,
    /// For each step of the journey, how often it is the reason when not.
    pub blame: Vec<f64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyDetail {
    pub summary: JourneySummary,
    pub history: JourneyHistory,
    /// Sessions that failed, newest first: consumers or traces to look at.
    pub failed_sessions: Vec<FailedSession>,
}

/// Health over time; null where a step had no requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyHistory {
    pub range: Range,
    pub t0_ms: i64,
    pub step_ms: i64,
    pub success: Vec<Option<f64>>,
    pub success_lower: Vec<Option<f64>>,
    pub success_upper: Vec<Option<f64>>,
    pub latency_ms_p50: Vec<Option<f64>>,
    pub latency_ms_p95: Vec<Option<f64>>,
    /// Requests of the first step.
    pub starts: Vec<u64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FailedSession {
    /// As `consumer` of the requests; null when the session is a trace.
    pub consumer: Option<String>,
    pub trace_id: Option<String>,
    /// Index of the step that failed.
    pub step: u64,
    pub at_ms: i64,
    pub status_code: u16,
}

/// Paths that people walk, found in requests of the same consumer or trace.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalList {
    pub items: Vec<JourneyProposal>,
    /// When requests were last looked through; null before the first time.
    pub looked_ms: Option<i64>,
    /// Why there may be none, in one sentence.
    pub note: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyProposal {
    pub id: String,
    /// A suggestion.
    pub name: String,
    pub dataset: Dataset,
    pub steps: Vec<EndpointRef>,
    /// Sessions that came to each step in order.
    pub step_sessions: Vec<u64>,
    /// Median time between one step and the next.
    pub gap_ms: f64,
    pub window: Range,
    /// Up to five sessions: consumers or trace ids.
    pub examples: Vec<String>,
    pub environments: Vec<String>,
}

/// What to do with a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalAnswer {
    pub action: ProposalAction,
    /// For `confirm`; null keeps what was proposed.
    #[serde(default)]
    pub journey: Option<Journey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalAction {
    Confirm,
    Dismiss,
}

/// What a journey would look at; nothing is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyCheck {
    pub problems: Vec<JourneyProblem>,
    pub steps: Vec<StepCheck>,
    /// Sessions of the last hour that went through all steps in order; null when requests name no consumer or trace.
    pub sessions: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourneyProblem {
    /// `steps[2].route`
    pub field: String,
    pub message: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepCheck {
    /// Null when no such endpoint was seen within seven days.
    pub endpoint: Option<EndpointRef>,
    pub requests_last_hour: u64,
    pub environments: Vec<String>,
}

/// If an endpoint stays as it is: what that does to journeys in the next hour.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyImpacts {
    pub endpoint: EndpointRef,
    pub items: Vec<JourneyImpact>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JourneyImpact {
    pub journey: super::JourneyRef,
    /// `If POST /payments stays like this, 1,240 more of Checkout fail in the next hour (1,060 to 1,420)`
    pub sentence: String,
    /// Journeys that fail beyond the usual within the next hour; a 95 % interval.
    pub failing: f64,
    pub failing_lower: f64,
    pub failing_upper: f64,
    /// Journeys that come to this step within the next hour.
    pub expected: f64,
}
