//! `GET /api/v1/capacity`: when traffic will exceed what was ever served.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_engine::CapacityQuery;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::detection::place;
use crate::dto::{CapacityItem, CapacityList};
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

const LIMIT_MAX: usize = 500;

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
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<CapacityParams>,
) -> Result<Json<CapacityList>, Problem> {
    let per_service = match params.per.as_deref().unwrap_or("service") {
        "service" => true,
        "endpoint" => false,
        other => return Err(Problem::parameter("per", format!("`{other}` is none of service, endpoint"))),
    };
    let filter = scope.filter()?;
    let query = CapacityQuery {
        places: filter.environments.iter().map(place).collect(),
        endpoints: if per_service { Vec::new() } else { filter.endpoints },
        services: filter.services,
        per_service,
        limit: params.limit.unwrap_or(50).clamp(1, LIMIT_MAX),
    };
    let (items, total) = app.engine.capacity(query).await?;
    Ok(Json(CapacityList { items: items.iter().map(CapacityItem::of).collect(), total: total as u64 }))
}
