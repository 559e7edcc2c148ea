//! Sessions on a journey: requests of the same consumer, or of the same trace when they name no consumer.

use std::collections::HashMap;
use std::sync::Arc;

use hawkeye_forecast::Journey;
use hawkeye_forecast::journey::{FollowStep, Followed, Limits, Visit, follow_steps};
use hawkeye_model::{Outcome, Timestamp, TraceId};
use hawkeye_store::{EnvironmentPattern, Filter, TimeRange, VisitQuery, Visits};
use xxhash_rust::xxh3::xxh3_64;

use super::steps::looks_at;
use crate::engine::Engine;
use crate::error::EngineError;

/// Requests that are followed, the newest ones: about 20 MB.
const VISITS_MAX: usize = 200_000;

const FAILED_MAX: usize = 20;

/// A session that was not answered well.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedSession {
    /// `None` when the session is a trace.
    pub consumer: Option<Arc<str>>,
    pub trace_id: TraceId,
    /// Index of the step.
    pub step: usize,
    pub at: Timestamp,
    pub status_code: u16,
}

/// What became of those who walked a journey.
#[derive(Debug, Clone, Default)]
pub(super) struct Sessions {
    /// By step.
    pub(super) followed: Vec<Followed>,
    pub(super) failed: Vec<FailedSession>,
    /// There were too many requests: only those from here on were followed.
    pub(super) from: Option<Timestamp>,
}

impl Sessions {
    pub(super) fn follow(journey: &Journey, places: &[EnvironmentPattern], visits: &Visits) -> Self {
        followed(journey, places, visits)
    }

    pub(super) fn started(&self) -> u64 {
        self.followed.first().map_or(0, |first| first.reached)
    }

    /// Answered well at the last step that is not optional.
    pub(super) fn completed(&self, journey: &Journey) -> u64 {
        let last = journey.steps.iter().rposition(|step| !step.is_optional);
        last.and_then(|last| self.followed.get(last)).map_or(0, |step| step.completed)
    }
}

impl Engine {
    pub(super) async fn visits(&self, filter: Filter, range: TimeRange) -> Result<Visits, EngineError> {
        if filter.endpoints.is_empty() {
            return Ok(Visits::default());
        }
        let query = VisitQuery { range, filter, dataset: None, limit: VISITS_MAX };
        Ok(self.store.visits(&query).await?)
    }
}

/// Who a visit belongs to: its consumer, wherever it calls, or its trace.
pub(super) fn session_key(visits: &Visits, visit: &hawkeye_store::Visit) -> u64 {
    match visit.consumer {
        Some(consumer) => xxh3_64(visits.consumers[consumer as usize].as_bytes()),
        None => xxh3_64(&visit.trace_id.0),
    }
}

fn followed(journey: &Journey, places: &[EnvironmentPattern], visits: &Visits) -> Sessions {
    let times = || visits.visits.iter().map(|visit| visit.start);
    let steps_of: Vec<Option<usize>> = visits
        .series
        .iter()
        .map(|series| journey.steps.iter().position(|step| looks_at(step, series, places)))
        .collect();
    let is_ok = |visit: &hawkeye_store::Visit, step: usize| {
        let max = journey.steps[step].latency_ms_max;
        visit.outcome != Outcome::ServerError
            && max.is_none_or(|max| visit.duration_us as f64 <= max * 1_000.0)
    };
    let mut walked = Vec::with_capacity(visits.visits.len());
    // By session and step: the newest failure, and whether it was answered well later.
    let mut newest: HashMap<(u64, usize), (&hawkeye_store::Visit, bool)> = HashMap::new();
    for visit in &visits.visits {
        let Some(step) = steps_of[visit.series as usize] else { continue };
        let key = session_key(visits, visit);
        let is_ok = is_ok(visit, step);
        let place = u32::try_from(step).unwrap_or(u32::MAX);
        walked.push(Visit { key, at_ms: visit.start.millis(), place, is_ok });
        newest.entry((key, step)).or_insert((visit, is_ok));
    }
    let steps: Vec<FollowStep> = (0..)
        .zip(&journey.steps)
        .map(|(place, step)| FollowStep { place, is_optional: step.is_optional })
        .collect();
    let mut failed: Vec<FailedSession> = newest
        .into_iter()
        .filter(|(_, (_, is_ok))| !is_ok)
        .map(|((_, step), (visit, _))| FailedSession {
            consumer: visit.consumer.map(|it| Arc::clone(&visits.consumers[it as usize])),
            trace_id: visit.trace_id,
            step,
            at: visit.start,
            status_code: visit.status_code,
        })
        .collect();
    failed.sort_by_key(|session| (std::cmp::Reverse(session.at), session.step));
    failed.truncate(FAILED_MAX);
    Sessions {
        followed: follow_steps(&walked, &steps, &Limits::default()),
        failed,
        from: times().min().filter(|_| visits.is_cut),
    }
}
