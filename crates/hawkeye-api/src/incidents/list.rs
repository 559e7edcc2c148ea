//! `GET /api/v1/incidents` and `/incidents/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use hawkeye_catalog::{IncidentQuery, IncidentState};
use hawkeye_model::{EndpointId, Severity};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::detection::in_scope;
use crate::detection::list::RANGE_DEFAULT;
use crate::dto::{Incident, IncidentDetail, IncidentList};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, list as entries};

const PAGE_MAX: usize = 200;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncidentParams {
    /// Comma list of `open`, `acknowledged`, `closed`; all when left out.
    state: Option<String>,
    /// Comma list of `low`, `medium`, `high`, `critical`.
    severity: Option<String>,
    /// Comma list of verdicts, such as `version_fault`.
    verdict: Option<String>,
    #[param(default = 50, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Incidents with an anomaly in the scope that were open at some moment of the range (the last seven days when left
/// out), newest first.
#[utoipa::path(get, operation_id = "incidents", path = "/api/v1/incidents", tag = "incidents",
    params(ScopeParams, IncidentParams), responses((status = 200, body = IncidentList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<IncidentParams>,
) -> Result<Json<IncidentList>, Problem> {
    let scope = Scope::read(&scope.with_default_from(RANGE_DEFAULT), &*app.clock)?;
    let query = IncidentQuery {
        scope: in_scope(&scope.filter),
        range: Some((scope.range.from, scope.range.to)),
        ..params.query()?
    };
    let page = app.engine.ask(move |engine| engine.incidents(&query)).await?;
    Ok(Json(IncidentList {
        items: page.items.iter().map(Incident::from).collect(),
        total: page.total,
        next_cursor: page.next,
        open: page.open,
        closed: page.closed,
    }))
}

/// One incident: what is concluded of it, what belongs to it, and how it came.
#[utoipa::path(get, operation_id = "incident", path = "/api/v1/incidents/{id}", tag = "incidents",
    params(("id" = String, Path)), responses((status = 200, body = IncidentDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<IncidentDetail>, Problem> {
    let unknown = || Problem::not_found(format!("no incident {id}"));
    // All ids of 16 hex digits are alike.
    let id = EndpointId::parse(&id).ok_or_else(unknown)?.0;
    let detail = app.engine.ask(move |engine| engine.incident(id)).await?;
    Ok(Json(IncidentDetail::from(detail)))
}

impl IncidentParams {
    fn query(&self) -> Result<IncidentQuery, Problem> {
        let verdicts = entries("verdict", &self.verdict, super::verdict)?;
        let query = IncidentQuery {
            states: entries("state", &self.state, |text| {
                IncidentState::parse(text).ok_or("is none of open, acknowledged, closed")
            })?,
            severities: entries("severity", &self.severity, |text| {
                Severity::parse(text).ok_or("is none of low, medium, high, critical")
            })?,
            verdicts: verdicts.into_iter().map(|it| it.as_str().to_owned()).collect(),
            after: self.cursor.clone(),
            limit: self.limit.unwrap_or(50).clamp(1, PAGE_MAX),
            ..IncidentQuery::default()
        };
        query.check().map_err(|error| Problem::parameter("cursor", error.to_string()))?;
        Ok(query)
    }
}
