//! `GET /api/v1/forecast-reliability`: how good past forecasts were.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::dto::ForecastReliability;
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

/// Published forecasts against what came, in a scope; seven days unless the range says otherwise.
#[utoipa::path(get, path = "/api/v1/forecast-reliability", tag = "forecasting", params(ScopeParams),
    responses((status = 200, body = ForecastReliability), (status = 400, body = Problem)))]
pub(crate) async fn reliability(
    State(_app): State<Arc<App>>,
    Params(_scope): Params<ScopeParams>,
) -> Result<Json<ForecastReliability>, Problem> {
    Err(Problem::not_found("no forecasts yet"))
}
