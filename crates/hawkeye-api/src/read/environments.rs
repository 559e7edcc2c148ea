//! `GET /api/v1/environments`: one row an environment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::Rollup;
use hawkeye_store::Dimension;
use serde::Deserialize;
use utoipa::IntoParams;

use super::totals;
use crate::app::App;
use crate::dto::{EnvironmentList, EnvironmentRef, EnvironmentRow, Spark, Stats, seen_ms};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EnvironmentParams {
    #[param(default = 40, maximum = 200)]
    spark_points: Option<u64>,
}

#[derive(Default)]
struct Found {
    total: Rollup,
    services: BTreeSet<Arc<str>>,
    endpoints: BTreeSet<Vec<Arc<str>>>,
    versions: BTreeSet<String>,
}

/// Environments with their numbers and sparklines, by name.
#[utoipa::path(get, operation_id = "environments", path = "/api/v1/environments", tag = "read", params(ScopeParams, EnvironmentParams),
    responses((status = 200, body = EnvironmentList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<EnvironmentParams>,
) -> Result<Json<EnvironmentList>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let points = params.spark_points.unwrap_or(40).clamp(2, 200);
    let by = [Dimension::Environment, Dimension::Endpoint, Dimension::Version];
    let (cells, previous, mut sparks) = tokio::try_join!(
        app.sum(scope.now, scope.range, None, &scope.filter, &by),
        app.sum_previous(&scope, None, &[Dimension::Environment]),
        app.sparks(&scope, Dimension::Environment, Vec::new(), points),
    )?;
    let elapsed = cells.elapsed(scope.now);
    let elapsed_before = previous.as_ref().map_or(elapsed, |previous| previous.elapsed(scope.now));
    let mut before = totals(previous.as_ref());
    let mut found: BTreeMap<Vec<Arc<str>>, Found> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for group in 0..cells.groups.len() {
        let values = &cells.groups[group];
        let key = values[..3].to_vec();
        named.entry(key.clone()).or_insert_with(|| EnvironmentRef::from(&cells.environment(group, 0)));
        let environment = found.entry(key).or_default();
        environment.total.merge(&cells.total(group));
        environment.services.insert(Arc::clone(&values[3]));
        environment.endpoints.insert(values[3..6].to_vec());
        if !values[6].is_empty() {
            environment.versions.insert(format!("{} {}", values[3], values[6]));
        }
    }
    let empty = || Spark::of(scope.range.from, scope.range.width(), &[]);
    let items = found.into_iter().filter_map(|(key, environment)| {
        Some(EnvironmentRow {
            environment: named.remove(&key)?,
            stats: Stats::of(&environment.total, elapsed),
            previous: before.remove(&key).map(|before| Stats::of(&before, elapsed_before)),
            services: environment.services.len() as u64,
            endpoints: environment.endpoints.len() as u64,
            versions: environment.versions.into_iter().collect(),
            last_seen_ms: seen_ms(environment.total.last),
            spark: sparks.remove(&key).unwrap_or_else(empty),
        })
    });
    Ok(Json(EnvironmentList { range: scope.range.into(), items: items.collect() }))
}
