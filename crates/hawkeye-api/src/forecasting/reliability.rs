//! `GET /api/v1/forecast-reliability`: how good past forecasts were.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_engine::ReliabilityQuery;

use crate::app::App;
use crate::detection::place;
use crate::dto::ForecastReliability;
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

/// Published forecasts against what came, in a scope; seven days unless the range says otherwise.
#[utoipa::path(get, path = "/api/v1/forecast-reliability", tag = "forecasting", params(ScopeParams),
    responses((status = 200, body = ForecastReliability), (status = 400, body = Problem)))]
pub(crate) async fn reliability(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
) -> Result<Json<ForecastReliability>, Problem> {
    let scope = Scope::read(&scope.with_default_from("now-7d"), &*app.clock)?;
    let query = ReliabilityQuery {
        from: scope.range.from,
        to: scope.range.to,
        places: scope.filter.environments.iter().map(place).collect(),
        endpoints: scope.filter.endpoints.clone(),
        services: scope.filter.services.clone(),
    };
    let found = app.engine.ask(move |engine| engine.forecast_reliability(&query)).await?;
    Ok(Json(ForecastReliability::of(scope.range.into(), &found)))
}
