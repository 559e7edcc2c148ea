//! `GET /api/v1/capacity`: when traffic will exceed what was ever served.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::CapacityList;
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CapacityParams {
    /// `service` or `endpoint`.
    #[param(default = "service")]
    per: Option<String>,
    #[param(default = 50, maximum = 500)]
    limit: Option<usize>,
}

/// Traffic's daily peaks against the highest ever, the soonest to exceed it first.
#[utoipa::path(get, operation_id = "capacity", path = "/api/v1/capacity", tag = "forecasting", params(ScopeParams, CapacityParams),
    responses((status = 200, body = CapacityList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(_app): State<Arc<App>>,
    Params(_scope): Params<ScopeParams>,
    Params(_params): Params<CapacityParams>,
) -> Result<Json<CapacityList>, Problem> {
    Err(Problem::not_found("no forecasts yet"))
}
