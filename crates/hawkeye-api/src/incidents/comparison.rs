//! `GET /api/v1/environments/comparison`: environments side by side.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::dto::EnvironmentComparison;
use crate::dto::{ComparedCell, ComparedEndpoint, ComparedEnvironment, EndpointRef, Stats, VersionShare};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

/// Each environment against all others: the same endpoints at the same time, adjusted to the same mix.
#[utoipa::path(get, operation_id = "environment_comparison", path = "/api/v1/environments/comparison", tag = "read",
    params(ScopeParams), responses((status = 200, body = EnvironmentComparison), (status = 400, body = Problem)))]
pub(crate) async fn compare(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
) -> Result<Json<EnvironmentComparison>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let found = app.engine.compare_environments(scope.range, scope.filter.clone()).await?;
    let elapsed = scope.range.to.min(scope.now).since(scope.range.from);
    let environments = found.environments.into_iter().map(|it| ComparedEnvironment {
        stats: Stats::of(&it.total, elapsed),
        environment: it.name,
        versions: it
            .versions
            .iter()
            .map(|(service, version, requests)| VersionShare {
                service: service.to_string(),
                version: version.to_string(),
                requests: *requests,
            })
            .collect(),
        error_rate: it.error_rate,
        slow_share: it.slow_share,
    });
    let endpoints = found.endpoints.iter().map(|it| ComparedEndpoint {
        endpoint: EndpointRef::from(&it.endpoint),
        cells: it.cells.iter().map(|cell| cell.as_ref().map(ComparedCell::from)).collect(),
        spread: it.spread,
    });
    Ok(Json(EnvironmentComparison {
        range: scope.range.into(),
        statement: found.statement,
        environments: environments.collect(),
        endpoints: endpoints.collect(),
        endpoints_shared: found.endpoints_shared as u64,
    }))
}

impl From<&hawkeye_engine::ComparedCell> for ComparedCell {
    fn from(cell: &hawkeye_engine::ComparedCell) -> Self {
        let (requests, latency) = (cell.total.requests(), &cell.total.latency);
        let latency_ms = |q| latency.quantile(q).unwrap_or(0.0) / 1e3;
        Self {
            requests,
            error_rate: cell.total.server_errors as f64 / requests.max(1) as f64,
            latency_ms_p50: latency_ms(0.5),
            latency_ms_p95: latency_ms(0.95),
            error_rate_difference: cell.error_rate_difference,
            slow_share_difference: cell.slow_share_difference,
            is_worse: cell.is_worse,
        }
    }
}
