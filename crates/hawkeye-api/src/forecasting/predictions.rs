//! `GET /api/v1/predictions`: what will break, when, how sure.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::Predictions;
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PredictionParams {
    /// Comma list of measures; all when left out.
    measure: Option<String>,
    /// Crossed within this time: `1h`, `6h`, `24h`.
    #[param(default = "24h")]
    horizon: Option<String>,
    /// Less probable ones are left out.
    #[param(default = 0.05, minimum = 0, maximum = 1)]
    probability_min: Option<f64>,
    #[param(default = 50, maximum = 500)]
    limit: Option<usize>,
}

/// Limits that may be crossed, what will hurt first comes first.
#[utoipa::path(get, operation_id = "predictions", path = "/api/v1/predictions", tag = "forecasting", params(ScopeParams, PredictionParams),
    responses((status = 200, body = Predictions), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(_app): State<Arc<App>>,
    Params(_scope): Params<ScopeParams>,
    Params(_params): Params<PredictionParams>,
) -> Result<Json<Predictions>, Problem> {
    Err(Problem::not_found("no predictions yet"))
}
