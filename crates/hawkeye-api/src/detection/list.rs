//! `GET /api/v1/anomalies` and `/anomalies/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use hawkeye_catalog::{AnomalyQuery, AnomalySort, AnomalyState, Verdict};
use hawkeye_model::{AnomalyId, AnomalyKind, Severity, Signal};
use serde::Deserialize;
use utoipa::IntoParams;

use super::in_scope;
use crate::app::App;
use crate::dto::{Anomaly, AnomalyDetail, AnomalyList};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, list as entries};

/// Anomalies are asked about over longer times than requests.
pub(crate) const RANGE_DEFAULT: &str = "now-7d";

const PAGE_MAX: usize = 200;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParams {
    /// Comma list of `open`, `acknowledged`, `closed`; all when left out.
    state: Option<String>,
    /// Comma list of `none`, `confirmed`, `false_positive`, `expected_change`; all when left out.
    verdict: Option<String>,
    /// Comma list of `low`, `medium`, `high`, `critical`.
    severity: Option<String>,
    /// Comma list of `traffic`, `error_rate`, `client_error_rate`, `latency`.
    signal: Option<String>,
    /// Comma list of kinds, such as `error_burst`.
    kind: Option<String>,
    /// `-onset`, `-severity` or `-requests_hurt`: the largest first.
    #[param(default = "-onset")]
    sort: Option<String>,
    #[param(default = 50, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Anomalies that were open at some moment of the range (the last seven days when left out).
#[utoipa::path(get, operation_id = "anomalies", path = "/api/v1/anomalies", tag = "detection",
    params(ScopeParams, ListParams), responses((status = 200, body = AnomalyList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<ListParams>,
) -> Result<Json<AnomalyList>, Problem> {
    let scope = Scope::read(&scope.with_default_from(RANGE_DEFAULT), &*app.clock)?;
    let query = AnomalyQuery {
        range: Some((scope.range.from, scope.range.to)),
        ..params.narrow(in_scope(&scope.filter))?
    };
    let found = app.engine.ask(move |engine| engine.anomalies(&query)).await?;
    Ok(Json(AnomalyList {
        items: found.page.items.iter().map(Anomaly::from).collect(),
        total: found.page.total,
        next_cursor: found.page.next,
        counts: found.counts.into(),
        by_severity: found.counts.by_severity.into(),
    }))
}

/// One anomaly: the course of its score, its tests, what was near and alike, and what people did.
#[utoipa::path(get, operation_id = "anomaly", path = "/api/v1/anomalies/{id}", tag = "detection",
    params(("id" = String, Path)), responses((status = 200, body = AnomalyDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<AnomalyDetail>, Problem> {
    let unknown = || Problem::not_found(format!("no anomaly {id}"));
    let id = AnomalyId::parse(&id).ok_or_else(unknown)?;
    let detail = app.engine.ask(move |engine| engine.anomaly(id)).await?;
    Ok(Json(AnomalyDetail::from(&detail)))
}

impl ListParams {
    fn narrow(&self, query: AnomalyQuery) -> Result<AnomalyQuery, Problem> {
        let verdict = |text: &str| match text {
            "none" => Ok(None),
            _ => Verdict::parse(text)
                .map(Some)
                .ok_or("is none of none, confirmed, false_positive, expected_change"),
        };
        let query = AnomalyQuery {
            states: entries("state", &self.state, |text| {
                AnomalyState::parse(text).ok_or("is none of open, acknowledged, closed")
            })?,
            verdicts: entries("verdict", &self.verdict, verdict)?,
            severities: entries("severity", &self.severity, |text| {
                Severity::parse(text).ok_or("is none of low, medium, high, critical")
            })?,
            signals: entries("signal", &self.signal, |text| {
                Signal::parse(text).ok_or("is none of traffic, error_rate, client_error_rate, latency")
            })?,
            kinds: entries("kind", &self.kind, |text| {
                AnomalyKind::parse(text).ok_or("is no kind of anomaly, such as error_burst")
            })?,
            sort: match self.sort.as_deref().unwrap_or("-onset") {
                "-onset" => AnomalySort::Onset,
                "-severity" => AnomalySort::Severity,
                "-requests_hurt" => AnomalySort::RequestsHurt,
                other => {
                    let message = format!("`{other}` is none of -onset, -severity, -requests_hurt");
                    return Err(Problem::parameter("sort", message));
                }
            },
            after: self.cursor.clone(),
            limit: self.limit.unwrap_or(50).clamp(1, PAGE_MAX),
            ..query
        };
        query.check().map_err(|error| Problem::parameter("cursor", error.to_string()))?;
        Ok(query)
    }
}
