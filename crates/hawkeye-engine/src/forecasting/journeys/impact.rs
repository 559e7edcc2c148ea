//! What an endpoint's fault does to journeys: how many fail in the next hour if it stays like this.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_detect::grouped;
use hawkeye_forecast::journey::{Outage, impact};
use hawkeye_forecast::{ForecastMeasure, Journey};
use hawkeye_model::{Endpoint, EndpointId};
use hawkeye_store::{EnvironmentPattern, TimeRange};

use super::super::documents::StoredJourney;
use super::super::history::STEP;
use super::health::FAILED_MIN;
use super::predicted::past_of_step;
use super::sessions::Sessions;
use super::steps::{endpoint, filter_of, step_sum};
use crate::engine::Engine;
use crate::error::EngineError;

/// What an endpoint is like now.
const NOW: Duration = Duration::from_secs(900);

const AHEAD: Duration = Duration::from_secs(3_600);

#[derive(Debug, Clone)]
pub struct JourneyImpact {
    pub journey: Journey,
    pub sentence: String,
    /// Journeys that fail beyond the usual within the next hour, with a 95 % interval.
    pub failing: (f64, f64, f64),
    /// Journeys that come to the step within the next hour.
    pub expected: f64,
}

impl Engine {
    /// What becomes of the journeys that go through an endpoint, the most hurt first. `None` when no journey does.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub async fn journey_impacts(
        self: &Arc<Self>,
        of: EndpointId,
        places: Vec<EnvironmentPattern>,
    ) -> Result<Option<(Endpoint, Vec<JourneyImpact>)>, EngineError> {
        let now = self.clock.now();
        let range = TimeRange { from: now.minus(NOW), to: now };
        let all = self.journeys();
        let everyone = filter_of(all.iter().map(|it| &it.journey));
        let (sums, usual) = (self.step_sums(&everyone, range, now).await?, self.usual_sums(&everyone).await?);
        let mut impacts = Vec::new();
        let mut found = None;
        for StoredJourney { journey, .. } in all {
            let Some(at) = journey.steps.iter().position(|step| endpoint(step).id() == of) else { continue };
            let step = journey.steps[at].clone();
            found = Some(endpoint(&step));
            let (here, usually) = (step_sum(&step, &places, &sums), step_sum(&step, &places, &usual));
            let visits = self.visits(filter_of([&journey]), range).await?;
            let sessions = Sessions::follow(&journey, &places, &visits);
            let reached = sessions.followed.get(at).map_or(0, |step| step.reached) as f64;
            // Others call the endpoint as well, and people call it twice: only sessions tell, for the time they cover.
            let span = sessions.from.map_or(1.0, |from| now.since(from).as_secs_f64() / NOW.as_secs_f64());
            let calls = here.requests as f64 * span.clamp(0.0, 1.0);
            let per_call = if reached > 0.0 { (reached / calls.max(1.0)).min(1.0) } else { 1.0 };
            let baseline = usually.failed as f64 / usually.requests.max(1) as f64;
            let places = places.clone();
            let impact = self
                .ask(move |engine| {
                    let Some((_, past)) = past_of_step(engine, &step, &places) else { return Ok(None) };
                    let steps = (AHEAD.as_secs() / STEP.as_secs()) as usize;
                    let mut traffic = past.forecast(ForecastMeasure::RequestsPerMinute, past.len(), steps);
                    let minutes = STEP.as_secs_f64() / 60.0;
                    traffic.points.iter_mut().for_each(|it| *it *= minutes);
                    traffic.quantiles.iter_mut().flatten().for_each(|it| *it *= minutes);
                    let outage = Outage {
                        traffic: &traffic,
                        steps,
                        sessions_per_call: per_call,
                        failed: here.failed,
                        calls: here.requests,
                        baseline,
                    };
                    Ok(impact(&outage, of.0))
                })
                .await?;
            let Some(impact) = impact else { continue };
            let failing = (impact.failed.value, impact.failed.low, impact.failed.high);
            impacts.push(JourneyImpact {
                sentence: sentence(&journey, &endpoint(&journey.steps[at]), here.failed, failing),
                failing,
                expected: impact.sessions.value,
                journey,
            });
        }
        impacts.sort_by(|one, other| other.failing.0.total_cmp(&one.failing.0));
        Ok(found.map(|endpoint| (endpoint, impacts)))
    }
}

fn sentence(
    journey: &Journey,
    endpoint: &Endpoint,
    failed: u64,
    (failing, low, high): (f64, f64, f64),
) -> String {
    let name = &journey.name;
    let (method, route) = (&endpoint.method, &endpoint.route);
    if failing < 0.5 || (failed as f64) < FAILED_MIN {
        return format!("{method} {route} is as usual: no more than usual of {name} fail in the next hour");
    }
    let [failing, low, high] = [failing, low, high].map(grouped);
    format!(
        "If {method} {route} stays like this, {failing} more of {name} fail in the next hour ({low} to {high})"
    )
}
