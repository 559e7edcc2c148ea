//! `GET /api/v1/journey-impacts`: what an endpoint's fault does to journeys.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::dto::{EndpointRef, JourneyImpacts};
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

/// If the endpoint stays as it was in the last 15 minutes: how many journeys fail in the next hour. Of the scope,
/// `endpoint` (exactly one) and `env` count.
#[utoipa::path(get, operation_id = "journey_impacts", path = "/api/v1/journey-impacts", tag = "journeys", params(ScopeParams),
    responses((status = 200, body = JourneyImpacts), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn impact(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
) -> Result<Json<JourneyImpacts>, Problem> {
    let filter = scope.filter()?;
    let &[id] = filter.endpoints.as_slice() else {
        return Err(Problem::parameter("endpoint", "must name exactly one endpoint"));
    };
    let found = app.engine.journey_impacts(id, filter.environments).await?;
    let (endpoint, impacts) =
        found.ok_or_else(|| Problem::not_found(format!("no journey has the endpoint {id} as a step")))?;
    Ok(Json(JourneyImpacts {
        endpoint: EndpointRef::new(id, &endpoint),
        items: impacts.iter().map(Into::into).collect(),
    }))
}
