//! `GET /api/v1/environments/matrix`: endpoints by environments, each cell against the endpoint's median.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::{Endpoint, Environment, Rollup};
use hawkeye_store::Dimension;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::{
    EndpointRef, EnvironmentRef, Matrix, MatrixCell, MatrixRow, SlowerEnvironment, p95_ms, ratio,
};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

/// Fewer requests than this say too little about a p95 to call an environment slower.
const REQUESTS_MIN: u64 = 30;

/// How much above the median counts as slower.
const SLOWER_MIN: f64 = 1.10;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatrixParams {
    #[param(default = 50, maximum = 500)]
    limit: Option<usize>,
    #[param(default = 0)]
    offset: Option<usize>,
}

/// The p95 of each endpoint in each environment, the most different endpoints first.
#[utoipa::path(get, path = "/api/v1/environments/matrix", tag = "read", params(ScopeParams, MatrixParams),
    responses((status = 200, body = Matrix), (status = 400, body = Problem)))]
pub(crate) async fn matrix(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<MatrixParams>,
) -> Result<Json<Matrix>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let by = [Dimension::Endpoint, Dimension::Environment];
    let cells = app.sum(scope.now, scope.range, None, &scope.filter, &by).await?;
    let mut endpoints: BTreeMap<Endpoint, BTreeMap<Environment, Rollup>> = BTreeMap::new();
    let mut environments = BTreeSet::new();
    for group in 0..cells.groups.len() {
        let environment = cells.environment(group, 3);
        environments.insert(environment.clone());
        endpoints.entry(cells.endpoint(group, 0)).or_default().insert(environment, cells.total(group));
    }
    let environments: Vec<Environment> = environments.into_iter().collect();
    let mut rows: Vec<MatrixRow> =
        endpoints.iter().map(|(endpoint, by)| row(endpoint, by, &environments)).collect();
    let slower =
        environments.iter().enumerate().map(|(at, environment)| slower(environment, at, &rows)).collect();
    rows.sort_by(|left, right| right.spread.unwrap_or(0.0).total_cmp(&left.spread.unwrap_or(0.0)));
    let (offset, limit) = (params.offset.unwrap_or(0), params.limit.unwrap_or(50).clamp(1, 500));
    Ok(Json(Matrix {
        range: scope.range.into(),
        total: rows.len() as u64,
        environments: environments.iter().map(EnvironmentRef::from).collect(),
        rows: rows.into_iter().skip(offset).take(limit).collect(),
        slower,
    }))
}

fn row(endpoint: &Endpoint, by: &BTreeMap<Environment, Rollup>, environments: &[Environment]) -> MatrixRow {
    let mut p95s: Vec<f64> = by.values().filter_map(p95_ms).collect();
    p95s.sort_by(f64::total_cmp);
    let median = median(&p95s);
    let cell = |environment: &Environment| {
        let rollup = by.get(environment)?;
        let (p95_ms, median) = (p95_ms(rollup)?, median?);
        Some(MatrixCell {
            p95_ms,
            ratio: if median > 0.0 { p95_ms / median } else { 1.0 },
            requests: rollup.requests(),
            error_rate: ratio(rollup.server_errors, rollup.requests()).unwrap_or(0.0),
        })
    };
    let spread = match (p95s.first(), p95s.last()) {
        (Some(&low), Some(&high)) if p95s.len() > 1 && low > 0.0 => Some(high / low),
        _ => None,
    };
    let cells = environments.iter().map(cell).collect();
    MatrixRow { endpoint: EndpointRef::from(endpoint), median_p95_ms: median, spread, cells }
}

fn slower(environment: &Environment, at: usize, rows: &[MatrixRow]) -> SlowerEnvironment {
    let shared = rows.iter().filter(|row| row.cells.iter().flatten().count() > 1);
    let mut ratios: Vec<f64> = shared
        .filter_map(|row| row.cells[at].filter(|cell| cell.requests >= REQUESTS_MIN))
        .map(|cell| cell.ratio)
        .collect();
    ratios.sort_by(f64::total_cmp);
    SlowerEnvironment {
        environment: environment.to_string(),
        endpoints: ratios.iter().filter(|ratio| **ratio > SLOWER_MIN).count() as u64,
        shared: ratios.len() as u64,
        median_ratio: median(&ratios).unwrap_or(1.0),
    }
}

/// Of sorted numbers.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n.is_multiple_of(2) => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use hawkeye_model::Provider;

    use super::*;

    fn rollup(requests: u64, latency_ms: u64) -> Rollup {
        let mut rollup = Rollup::default();
        rollup.latency.record_n(latency_ms * 1_000, requests);
        rollup
    }

    #[test]
    fn the_slow_environment_is_named() {
        let environments = [Provider::Aws, Provider::Azure, Provider::Gcp]
            .map(|provider| Environment::new(provider, "production", ""));
        let endpoint = Endpoint { service: "s".into(), method: "GET".into(), route: "/".into() };
        let by = BTreeMap::from([
            (environments[0].clone(), rollup(100, 50)),
            (environments[1].clone(), rollup(100, 100)),
        ]);
        let row = row(&endpoint, &by, &environments);
        assert_eq!(row.median_p95_ms, Some(75.0));
        assert_eq!(row.spread, Some(2.0));
        assert!(row.cells[2].is_none());
        let rows = [row];
        assert_eq!(
            (slower(&environments[1], 1, &rows).endpoints, slower(&environments[0], 0, &rows).endpoints),
            (1, 0)
        );
    }
}
