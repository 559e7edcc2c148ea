//! `GET /api/v1/requests`: single requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::{Outcome, TraceId};
use hawkeye_store::{Cursor, RequestQuery, RequestSort};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::{RequestList, RequestRow};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, list, owned};

const PAGE_MAX: usize = 1_000;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestParams {
    #[param(default = 100, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
    /// `-start` (newest first) or `-duration` (slowest first).
    #[param(default = "-start")]
    sort: Option<String>,
    /// Comma list of `ok`, `client_error`, `server_error`.
    outcome: Option<String>,
    /// Comma list.
    consumer: Option<String>,
    /// Comma list.
    instance: Option<String>,
    /// 32 hex digits.
    trace_id: Option<String>,
    duration_ms_min: Option<f64>,
}

/// Requests that match, page by page. Pages stay stable while new requests arrive.
#[utoipa::path(get, operation_id = "requests", path = "/api/v1/requests", tag = "read", params(ScopeParams, RequestParams),
    responses((status = 200, body = RequestList), (status = 400, body = Problem)))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<RequestParams>,
) -> Result<Json<RequestList>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let query = params.query(scope)?;
    let page = app.store.requests(&query).await?;
    let next_cursor = page.next.map(|cursor| format!("{:x}-{:016x}", cursor.value, cursor.id));
    Ok(Json(RequestList { items: page.requests.iter().map(RequestRow::from).collect(), next_cursor }))
}

impl RequestParams {
    fn query(&self, scope: Scope) -> Result<RequestQuery, Problem> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Problem::parameter("limit", format!("must be 1 to {PAGE_MAX}")));
        }
        let sort = match self.sort.as_deref().unwrap_or("-start") {
            "-start" => RequestSort::Newest,
            "-duration" => RequestSort::Slowest,
            other => {
                return Err(Problem::parameter("sort", format!("`{other}` is neither -start nor -duration")));
            }
        };
        let trace_id = self.trace_id.as_deref().filter(|text| !text.is_empty()).map(|text| {
            TraceId::parse(text).ok_or_else(|| Problem::parameter("trace_id", "must be 32 hex digits"))
        });
        let after = self.cursor.as_deref().map(|text| {
            read_cursor(text).ok_or_else(|| Problem::parameter("cursor", "is not one that was handed out"))
        });
        let duration_ms = self.duration_ms_min.unwrap_or(0.0);
        if !(0.0..=1e12).contains(&duration_ms) {
            return Err(Problem::parameter("duration_ms_min", "must be 0 to 1e12"));
        }
        Ok(RequestQuery {
            range: scope.range,
            filter: scope.filter,
            outcomes: list("outcome", &self.outcome, |text| {
                Outcome::parse(text).ok_or("is none of ok, client_error, server_error")
            })?,
            consumers: list("consumer", &self.consumer, owned)?,
            instances: list("instance", &self.instance, owned)?,
            trace_id: trace_id.transpose()?,
            duration_us_min: (duration_ms * 1e3) as u64,
            sort,
            after: after.transpose()?,
            limit,
        })
    }
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let (value, id) = text.split_once('-')?;
    let value = u64::from_str_radix(value, 16).ok()? as i64;
    Some(Cursor { value, id: u64::from_str_radix(id, 16).ok()? })
}
