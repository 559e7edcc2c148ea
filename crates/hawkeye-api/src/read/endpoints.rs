//! `GET /api/v1/endpoints`: the table of endpoints.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use hawkeye_catalog::{AnomalyQuery, AnomalyState};
use hawkeye_model::{Endpoint, EndpointId, Rollup};
use hawkeye_store::{Dimension, Filter, TimeRange};
use serde::Deserialize;
use utoipa::IntoParams;

use super::attention::attention;
use super::{Seen, totals};
use crate::app::App;
use crate::detection::in_scope;
use crate::dto::{EndpointList, EndpointRef, EndpointRow, EndpointState, Spark, Stats, seen_ms};
use crate::error::Problem;
use crate::params::{Compare, Params, Scope, ScopeParams};

const PAGE_MAX: usize = 500;
const SPARK_POINTS_MAX: u64 = 200;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParams {
    /// `requests`, `p50_ms`, `p95_ms`, `p99_ms`, `error_rate`, `client_error_rate`, `service`, `route`,
    /// `last_seen_ms` or `attention`; a leading `-` puts the largest first.
    #[param(default = "-requests")]
    sort: Option<String>,
    #[param(default = 50, maximum = 500)]
    limit: Option<usize>,
    #[param(default = 0)]
    offset: Option<usize>,
    /// `all`, `active`, `silent` or `new`.
    #[param(default = "all")]
    state: Option<String>,
    #[param(default = 40, maximum = 200)]
    spark_points: Option<u64>,
}

/// One endpoint before it becomes a row.
struct Candidate {
    endpoint: Endpoint,
    environments: Vec<String>,
    now: Rollup,
    before: Option<Rollup>,
    seen: Seen,
    state: EndpointState,
    attention: f64,
    attention_reason: String,
    elapsed: Duration,
    elapsed_before: Duration,
}

/// Endpoints with their numbers and sparklines, ranked and paged by the server.
#[utoipa::path(get, operation_id = "endpoints", path = "/api/v1/endpoints", tag = "read", params(ScopeParams, ListParams),
    responses((status = 200, body = EndpointList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<ListParams>,
) -> Result<Json<EndpointList>, Problem> {
    let mut scope = Scope::read(&scope, &*app.clock)?;
    let sort = params.sort.as_deref().unwrap_or("-requests");
    if sort.ends_with("attention") && scope.compare == Compare::Off {
        scope.compare = Compare::Previous;
    }
    let state = params.state.as_deref().unwrap_or("all");
    let limit = params.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    let points = params.spark_points.unwrap_or(40).clamp(2, SPARK_POINTS_MAX);
    let mut candidates = candidates(&app, &scope).await?;
    keep_state(&mut candidates, state)?;
    order(&mut candidates, sort)?;
    let total = candidates.len() as u64;
    let page: Vec<Candidate> = candidates.into_iter().skip(params.offset.unwrap_or(0)).take(limit).collect();
    let ids: Vec<EndpointId> = page.iter().map(|candidate| candidate.endpoint.id()).collect();
    let mut sparks = app.sparks(&scope, Dimension::Endpoint, ids, points).await?;
    let open = app.open_anomalies(&scope).await?;
    let items = page.into_iter().map(|candidate| row(candidate, &scope, &mut sparks, &open)).collect();
    Ok(Json(EndpointList { range: scope.range.into(), total, items }))
}

async fn candidates(app: &App, scope: &Scope) -> Result<Vec<Candidate>, Problem> {
    let group_by = [Dimension::Endpoint, Dimension::Environment];
    let (cells, previous, mut known) = tokio::try_join!(
        app.sum(scope.now, scope.range, None, &scope.filter, &group_by),
        app.sum_previous(scope, None, &[Dimension::Endpoint]),
        app.known_endpoints(scope),
    )?;
    let elapsed = cells.elapsed(scope.now);
    let elapsed_before = previous.as_ref().map_or(elapsed, |previous| previous.elapsed(scope.now));
    let mut before = totals(previous.as_ref());
    let mut found: HashMap<EndpointId, (Endpoint, Vec<String>, Rollup)> = HashMap::new();
    for group in 0..cells.groups.len() {
        let endpoint = cells.endpoint(group, 0);
        let (_, environments, now) =
            found.entry(endpoint.id()).or_insert_with(|| (endpoint, Vec::new(), Rollup::default()));
        environments.push(cells.environment(group, 3).to_string());
        now.merge(&cells.total(group));
    }
    let oldest = app.store.status().oldest_request;
    // A period of which only a part was recorded makes everything look new or worse.
    let comparable = scope
        .previous(Duration::from_secs(10))
        .is_some_and(|previous| oldest.is_some_and(|oldest| oldest <= previous.from));
    let mut candidates = Vec::new();
    for (id, (endpoint, mut environments, now)) in found {
        environments.sort();
        let key = [&endpoint.service, &endpoint.method, &endpoint.route].map(Arc::clone);
        let before = before.remove(key.as_slice());
        let seen = known.remove(&id).map_or(Seen { first: now.first, last: now.last }, |(_, seen)| seen);
        // In a store that is younger than the range everything is new, which tells nothing.
        let is_new = seen.first >= scope.range.from && oldest.is_some_and(|oldest| oldest < scope.range.from);
        let state = if is_new { EndpointState::New } else { EndpointState::Active };
        let (attention, attention_reason) = attention(&now, before.as_ref().filter(|_| comparable));
        candidates.push(Candidate {
            endpoint,
            environments,
            now,
            before,
            seen,
            state,
            attention,
            attention_reason,
            elapsed,
            elapsed_before,
        });
    }
    if !scope.filter.statuses.is_empty() {
        // An endpoint without, say, 503s is not silent.
        known.clear();
    }
    known.retain(|_, (_, seen)| seen.first < scope.range.to);
    candidates.extend(known.into_values().map(|(endpoint, seen)| {
        let key = [&endpoint.service, &endpoint.method, &endpoint.route].map(Arc::clone);
        Candidate {
            before: before.remove(key.as_slice()),
            endpoint,
            environments: Vec::new(),
            now: Rollup::default(),
            seen,
            state: EndpointState::Silent,
            attention: 0.0,
            attention_reason: String::new(),
            elapsed,
            elapsed_before,
        }
    }));
    Ok(candidates)
}

fn keep_state(candidates: &mut Vec<Candidate>, state: &str) -> Result<(), Problem> {
    match state {
        "all" => {}
        "active" => candidates.retain(|candidate| candidate.state != EndpointState::Silent),
        "silent" => candidates.retain(|candidate| candidate.state == EndpointState::Silent),
        "new" => candidates.retain(|candidate| candidate.state == EndpointState::New),
        other => {
            return Err(Problem::parameter(
                "state",
                format!("`{other}` is none of all, active, silent, new"),
            ));
        }
    }
    Ok(())
}

fn order(candidates: &mut [Candidate], sort: &str) -> Result<(), Problem> {
    let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let number: fn(&Candidate) -> Option<f64> = match name {
        "requests" => |it| Some(it.now.requests() as f64),
        "p50_ms" => |it| it.now.latency.quantile(0.5),
        "p95_ms" => |it| it.now.latency.quantile(0.95),
        "p99_ms" => |it| it.now.latency.quantile(0.99),
        "error_rate" => |it| crate::dto::ratio(it.now.server_errors, it.now.requests()),
        "client_error_rate" => |it| crate::dto::ratio(it.now.client_errors, it.now.requests()),
        "last_seen_ms" => |it| Some(it.seen.last.millis() as f64),
        "attention" => |it| Some(it.attention),
        "service" | "route" => |_| None,
        other => return Err(Problem::parameter("sort", format!("`{other}` cannot be sorted by"))),
    };
    candidates.sort_by_cached_key(|it| {
        let text = match name {
            "service" => it.endpoint.service.to_string(),
            "route" => it.endpoint.route.to_string(),
            _ => String::new(),
        };
        Key { number: number(it), text, descending, busy: it.now.requests(), endpoint: it.endpoint.clone() }
    });
    Ok(())
}

/// Orders by the asked value, then by traffic, then by name. Missing values come last either way.
#[derive(PartialEq)]
struct Key {
    number: Option<f64>,
    text: String,
    descending: bool,
    busy: u64,
    endpoint: Endpoint,
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let turned = |ordering: Ordering| if self.descending { ordering.reverse() } else { ordering };
        let numbers = match (self.number, other.number) {
            (Some(left), Some(right)) => turned(left.total_cmp(&right)),
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        numbers
            .then_with(|| turned(self.text.cmp(&other.text)))
            .then_with(|| other.busy.cmp(&self.busy))
            .then_with(|| self.endpoint.cmp(&other.endpoint))
    }
}

fn row(
    candidate: Candidate,
    scope: &Scope,
    sparks: &mut HashMap<Vec<Arc<str>>, Spark>,
    open: &HashMap<EndpointId, u64>,
) -> EndpointRow {
    let endpoint = &candidate.endpoint;
    let key = [&endpoint.service, &endpoint.method, &endpoint.route].map(Arc::clone);
    let empty = Spark::of(scope.range.from, scope.range.width(), &[]);
    EndpointRow {
        endpoint: EndpointRef::from(endpoint),
        environments: candidate.environments,
        stats: Stats::of(&candidate.now, candidate.elapsed),
        previous: candidate.before.map(|before| Stats::of(&before, candidate.elapsed_before)),
        state: candidate.state,
        first_seen_ms: seen_ms(candidate.seen.first),
        last_seen_ms: seen_ms(candidate.seen.last),
        attention: candidate.attention,
        attention_reason: candidate.attention_reason,
        anomalies: open.get(&endpoint.id()).copied().unwrap_or(0),
        spark: sparks.remove(key.as_slice()).unwrap_or(empty),
    }
}

impl App {
    /// Open anomalies in the scope, by endpoint.
    async fn open_anomalies(&self, scope: &Scope) -> Result<HashMap<EndpointId, u64>, Problem> {
        let states = vec![AnomalyState::Open, AnomalyState::Acknowledged];
        let query = AnomalyQuery { states, ..in_scope(&scope.filter) };
        let counts = self.engine.ask(move |engine| engine.anomalies_by_endpoint(&query)).await?;
        Ok(counts.into_iter().collect())
    }

    /// Small charts by group. `endpoints` narrows the scope when it is not empty.
    pub(crate) async fn sparks(
        &self,
        scope: &Scope,
        dimension: Dimension,
        endpoints: Vec<EndpointId>,
        points: u64,
    ) -> Result<HashMap<Vec<Arc<str>>, Spark>, Problem> {
        let filter = match endpoints.is_empty() {
            true => scope.filter.clone(),
            false => Filter { endpoints, ..scope.filter.clone() },
        };
        let step = spark_step(scope.range, points);
        let cells = self.sum(scope.now, scope.range, Some(step), &filter, &[dimension]).await?;
        let sparks = (0..cells.groups.len())
            .map(|group| (cells.groups[group].clone(), Spark::of(cells.start, cells.step, cells.of(group))));
        Ok(sparks.collect())
    }
}

/// Rounded up to whole minutes when that is fine enough, so that coarser rows can answer.
fn spark_step(range: TimeRange, points: u64) -> Duration {
    let seconds = range.width().as_secs().div_ceil(points).max(10);
    let unit = match seconds {
        0..60 => 10,
        60..3_600 => 60,
        _ => 3_600,
    };
    Duration::from_secs(seconds.next_multiple_of(unit))
}
