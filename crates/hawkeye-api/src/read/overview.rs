//! `GET /api/v1/overview`: the tiles.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_catalog::{AnomalyQuery, AnomalySort, AnomalyState};
use hawkeye_engine::Engine;
use hawkeye_model::{Rollup, Timestamp};
use hawkeye_store::Dimension;

use crate::app::App;
use crate::detection::in_scope;
use crate::dto::{Anomaly, Overview, Stats, seen_ms};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};

/// Requests, errors and latencies of the scope, and how many endpoints are alive.
#[utoipa::path(get, path = "/api/v1/overview", tag = "read", params(ScopeParams),
    responses((status = 200, body = Overview), (status = 400, body = Problem)))]
pub(crate) async fn overview(
    State(app): State<Arc<App>>,
    Params(params): Params<ScopeParams>,
) -> Result<Json<Overview>, Problem> {
    let scope = Scope::read(&params, &*app.clock)?;
    let group_by = [Dimension::Endpoint, Dimension::Environment];
    let (cells, previous, known) = tokio::try_join!(
        app.sum(scope.now, scope.range, None, &scope.filter, &group_by),
        app.sum_previous(&scope, None, &[]),
        app.known_endpoints(&scope),
    )?;
    let newest = AnomalyQuery { limit: 1, ..in_scope(&scope.filter) };
    let open = AnomalyQuery {
        states: vec![AnomalyState::Open, AnomalyState::Acknowledged],
        sort: AnomalySort::Severity,
        ..newest.clone()
    };
    let ask = move |engine: &Engine| Ok((engine.anomalies(&open)?, engine.anomalies(&newest)?));
    let (open, newest) = app.engine.ask(ask).await?;
    let mut total = Rollup::default();
    let (mut active, mut environments, mut services) = (HashSet::new(), HashSet::new(), HashSet::new());
    for group in 0..cells.groups.len() {
        total.merge(&cells.total(group));
        let endpoint = cells.endpoint(group, 0);
        environments.insert(cells.environment(group, 3));
        services.insert(Arc::clone(&endpoint.service));
        active.insert(endpoint.id());
    }
    // An endpoint without, say, 503s is not silent.
    let can_be_silent = scope.filter.statuses.is_empty();
    let silent = known
        .iter()
        .filter(|(id, (_, seen))| can_be_silent && seen.first < scope.range.to && !active.contains(*id))
        .count() as u64;
    let status = app.store.status();
    let stored = |at: Option<Timestamp>| at.and_then(seen_ms);
    Ok(Json(Overview {
        range: scope.range.into(),
        current: Stats::of(&total, cells.elapsed(scope.now)),
        previous: previous.map(|cells| Stats::of(&cells.total(0), cells.elapsed(scope.now))),
        endpoints_total: active.len() as u64 + silent,
        endpoints_active: active.len() as u64,
        endpoints_silent: silent,
        environments: environments.len() as u64,
        services: services.len() as u64,
        first_request_ms: stored(status.oldest_request),
        last_request_ms: stored(status.newest_request),
        anomalies_open: open.page.total,
        worst_anomaly: open.page.items.first().map(Anomaly::from),
        last_anomaly_ms: newest.page.items.first().map(|newest| newest.anomaly.onset.millis()),
    }))
}
