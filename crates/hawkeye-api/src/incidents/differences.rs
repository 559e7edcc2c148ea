//! `GET /api/v1/differences` and `/anomalies/{id}/differences`: what sets some requests apart.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use hawkeye_engine::DifferenceQuery;
use hawkeye_model::AnomalyId;
use hawkeye_store::TimeRange;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::Differences;
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, parse_time};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DifferenceParams {
    /// The lower edge of the box.
    #[param(default = 0.0)]
    latency_ms_min: Option<f64>,
    /// The upper edge, not in the box; none when left out.
    latency_ms_max: Option<f64>,
    /// The range whose other requests are compared with; the box's own when left out.
    baseline_from: Option<String>,
    baseline_to: Option<String>,
}

/// Requests in a box of time (`from`, `to`) and latency against all others of the range around it.
#[utoipa::path(get, operation_id = "differences", path = "/api/v1/differences", tag = "incidents",
    params(ScopeParams, DifferenceParams),
    responses((status = 200, body = Differences), (status = 400, body = Problem)))]
pub(crate) async fn of_box(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<DifferenceParams>,
) -> Result<Json<Differences>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let at = |field, text: &Option<String>, default| match text {
        Some(text) => parse_time(text, scope.now).map_err(|error| Problem::parameter(field, error)),
        None => Ok(default),
    };
    let baseline = TimeRange {
        from: at("baseline_from", &params.baseline_from, scope.range.from)?,
        to: at("baseline_to", &params.baseline_to, scope.range.to)?,
    };
    let micros = |field: &str, value: f64| {
        if value.is_finite() && value >= 0.0 {
            Ok((value * 1e3) as u64)
        } else {
            Err(Problem::parameter(field, "must be a number of milliseconds"))
        }
    };
    let least = micros("latency_ms_min", params.latency_ms_min.unwrap_or(0.0))?;
    let most = params.latency_ms_max.map_or(Ok(u64::MAX), |most| micros("latency_ms_max", most))?;
    if least >= most {
        return Err(Problem::parameter("latency_ms_max", "must be above `latency_ms_min`"));
    }
    let query = DifferenceQuery {
        range: scope.range,
        baseline,
        duration_us_min: least,
        duration_us_max: most,
        filter: scope.filter,
    };
    Ok(Json(app.engine.differences(query).await?.into()))
}

/// The requests that an anomaly is about against all of its series in a matched time before.
#[utoipa::path(get, operation_id = "anomaly_differences", path = "/api/v1/anomalies/{id}/differences", tag = "incidents",
    params(("id" = String, Path)), responses((status = 200, body = Differences), (status = 404, body = Problem)))]
pub(crate) async fn of_anomaly(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Differences>, Problem> {
    let unknown = || Problem::not_found(format!("no anomaly {id}"));
    let id = AnomalyId::parse(&id).ok_or_else(unknown)?;
    Ok(Json(app.engine.anomaly_differences(id).await?.into()))
}
