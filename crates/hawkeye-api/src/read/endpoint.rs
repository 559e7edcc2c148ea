//! `GET /api/v1/endpoints/{id}`: one endpoint in all its environments and versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use hawkeye_model::{EndpointId, Rollup};
use hawkeye_store::Dimension;

use super::totals;
use crate::app::App;
use crate::dto::{
    EndpointDetail, EndpointRef, EnvironmentRef, EnvironmentStats, Stats, StatusCount, VersionStats, seen_ms,
};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

/// An endpoint's numbers, by environment, version and status.
#[utoipa::path(get, operation_id = "endpoint", path = "/api/v1/endpoints/{id}", tag = "read", params(("id" = String, Path), ScopeParams),
    responses((status = 200, body = EndpointDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ScopeParams>,
) -> Result<Json<EndpointDetail>, Problem> {
    let unknown =
        || Problem::not_found(format!("no endpoint {id} had requests in the range or the last seven days"));
    let id = EndpointId::parse(&id).ok_or_else(unknown)?;
    let mut scope = Scope::read(&params, &*app.clock)?;
    scope.filter.endpoints = vec![id];
    let by = [Dimension::Environment, Dimension::Version];
    let (cells, previous, mut known) = tokio::try_join!(
        app.sum(scope.now, scope.range, None, &scope.filter, &by),
        app.sum_previous(&scope, None, &[Dimension::Environment]),
        app.known_endpoints(&scope),
    )?;
    let (endpoint, seen) = known.remove(&id).ok_or_else(unknown)?;
    let mut total = Rollup::default();
    let mut environments: BTreeMap<_, (EnvironmentRef, Rollup)> = BTreeMap::new();
    let mut versions: BTreeMap<String, Rollup> = BTreeMap::new();
    for group in 0..cells.groups.len() {
        let rollup = cells.total(group);
        total.merge(&rollup);
        let environment = EnvironmentRef::from(&cells.environment(group, 0));
        let key = cells.groups[group][..3].to_vec();
        environments.entry(key).or_insert_with(|| (environment, Rollup::default())).1.merge(&rollup);
        versions.entry(cells.groups[group][3].to_string()).or_default().merge(&rollup);
    }
    let compared = previous.is_some();
    let elapsed = cells.elapsed(scope.now);
    let elapsed_before = previous.as_ref().map_or(elapsed, |previous| previous.elapsed(scope.now));
    let mut before = totals(previous.as_ref());
    let mut total_before = Rollup::default();
    before.values().for_each(|rollup| total_before.merge(rollup));
    let environments = environments.into_iter().map(|(key, (environment, rollup))| EnvironmentStats {
        environment,
        stats: Stats::of(&rollup, elapsed),
        previous: before.remove(&key).map(|before| Stats::of(&before, elapsed_before)),
        last_seen_ms: seen_ms(rollup.last),
    });
    let versions = versions.into_iter().map(|(version, rollup)| VersionStats {
        version,
        stats: Stats::of(&rollup, elapsed),
        first_seen_ms: seen_ms(rollup.first),
        last_seen_ms: seen_ms(rollup.last),
    });
    Ok(Json(EndpointDetail {
        endpoint: EndpointRef::from(&endpoint),
        range: scope.range.into(),
        current: Stats::of(&total, elapsed),
        previous: compared.then(|| Stats::of(&total_before, elapsed_before)),
        first_seen_ms: seen_ms(seen.first),
        last_seen_ms: seen_ms(seen.last),
        environments: environments.collect(),
        versions: versions.collect(),
        statuses: total.statuses.iter().map(|&(status, requests)| StatusCount { status, requests }).collect(),
    }))
}
