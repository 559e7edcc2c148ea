//! `GET /api/v1/journeys` and one of them: health now, over time, and what is predicted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::{JourneyDetail, JourneyList};
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JourneyParams {
    /// Health over so long, until now: `5m` to `24h`.
    #[param(default = "15m")]
    window: Option<String>,
    /// How far ahead the outlook reaches: up to `24h`.
    #[param(default = "6h")]
    horizon: Option<String>,
}

/// All journeys with their health, the least healthy first. Of the scope only `env` counts; steps that name an
/// environment of their own keep it.
#[utoipa::path(get, operation_id = "journeys", path = "/api/v1/journeys", tag = "journeys",
    params(ScopeParams, JourneyParams), responses((status = 200, body = JourneyList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(_app): State<Arc<App>>,
    Params(_scope): Params<ScopeParams>,
    Params(_params): Params<JourneyParams>,
) -> Result<Json<JourneyList>, Problem> {
    Err(Problem::not_found("no journeys yet"))
}

/// One journey, with its health over the range of the scope.
#[utoipa::path(get, operation_id = "journey", path = "/api/v1/journeys/{id}", tag = "journeys",
    params(("id" = String, Path), ScopeParams, JourneyParams),
    responses((status = 200, body = JourneyDetail), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(_app): State<Arc<App>>,
    Path(_id): Path<String>,
    Params(_scope): Params<ScopeParams>,
    Params(_params): Params<JourneyParams>,
) -> Result<Json<JourneyDetail>, Problem> {
    Err(Problem::not_found("no journeys yet"))
}
