//! `GET /api/v1/forecast`: what is expected of one measure of a scope.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_engine::ForecastQuery;
use hawkeye_forecast::ForecastMeasure;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{duration, measures};
use crate::app::App;
use crate::dto::Forecast;
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ForecastParams {
    /// `latency_ms_p50`, `latency_ms_p95`, `error_rate` or `requests_per_minute`.
    #[param(default = "latency_ms_p95")]
    measure: Option<String>,
    /// How far ahead: 15 minutes to 14 days, as `15m`, `24h`, `7d`.
    #[param(default = "24h")]
    horizon: Option<String>,
}

/// What is expected of one measure of a scope, with intervals. The time range of the scope does not count: the past is
/// as long as it is kept and as it helps.
#[utoipa::path(get, path = "/api/v1/forecast", tag = "forecasting", params(ScopeParams, ForecastParams),
    responses((status = 200, body = Forecast), (status = 400, body = Problem)))]
pub(crate) async fn forecast(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<ForecastParams>,
) -> Result<Json<Forecast>, Problem> {
    let measure = match measures(params.measure.as_deref())?.as_slice() {
        [] => ForecastMeasure::LatencyMsP95,
        [measure] => *measure,
        _ => return Err(Problem::parameter("measure", "names more than one; a forecast is of one measure")),
    };
    let horizon = duration("horizon", params.horizon.as_deref(), "24h", ("15m", "14d"))?;
    let query = ForecastQuery { filter: scope.filter()?, measure, horizon };
    let answer = app.engine.forecast(query.clone()).await?;
    Ok(Json(Forecast::of(&query, answer)))
}
