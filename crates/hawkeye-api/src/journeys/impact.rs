//! `GET /api/v1/journey-impacts`: what an endpoint's fault does to journeys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::dto::JourneyImpacts;
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

/// If the endpoint stays as it was in the last 15 minutes: how many journeys fail in the next hour. Of the scope,
/// `endpoint` (exactly one) and `env` count.
#[utoipa::path(get, operation_id = "journey_impacts", path = "/api/v1/journey-impacts", tag = "journeys", params(ScopeParams),
    responses((status = 200, body = JourneyImpacts), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn impact(
    State(_app): State<Arc<App>>,
    Params(_scope): Params<ScopeParams>,
) -> Result<Json<JourneyImpacts>, Problem> {
    Err(Problem::not_found("no journeys yet"))
}
