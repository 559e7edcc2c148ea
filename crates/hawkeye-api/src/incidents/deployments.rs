//! `GET` and `POST /api/v1/deployments`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use hawkeye_catalog::DeploymentQuery;
use hawkeye_engine::NewDeployment;
use hawkeye_model::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::alerting::body;
use crate::app::App;
use crate::detection::in_scope;
use crate::detection::list::RANGE_DEFAULT;
use crate::dto::{Deployment, DeploymentList, DeploymentReport};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, list as entries};

const LIST_MAX: usize = 500;

const VERDICTS: [&str; 3] = ["healthy", "degraded", "not_enough_traffic"];

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeploymentParams {
    /// Comma list of `healthy`, `degraded`, `not_enough_traffic`, `none`; all when left out.
    verdict: Option<String>,
    #[param(default = 100, maximum = 500)]
    limit: Option<usize>,
}

/// Deployments of a range (the last seven days when left out), newest first, with their verdicts.
#[utoipa::path(get, operation_id = "deployments", path = "/api/v1/deployments", tag = "incidents",
    params(ScopeParams, DeploymentParams),
    responses((status = 200, body = DeploymentList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<DeploymentParams>,
) -> Result<Json<DeploymentList>, Problem> {
    let scope = Scope::read(&scope.with_default_from(RANGE_DEFAULT), &*app.clock)?;
    let asked = in_scope(&scope.filter);
    let limit = params.limit.unwrap_or(100).clamp(1, LIST_MAX);
    let verdicts = entries("verdict", &params.verdict, |text| match text {
        "none" => Ok(None),
        known if VERDICTS.contains(&known) => Ok(Some(known.to_owned())),
        _ => Err("is none of healthy, degraded, not_enough_traffic, none"),
    })?;
    let query = DeploymentQuery {
        from: scope.range.from,
        to: scope.range.to,
        dataset: None,
        services: asked.services,
        within: asked.places,
        verdicts,
        limit: limit + 1,
    };
    let found = app.engine.ask(move |engine| engine.deployments(&query)).await?;
    Ok(Json(DeploymentList {
        range: scope.range.into(),
        is_cut: found.len() > limit,
        items: found.iter().take(limit).map(Deployment::from).collect(),
    }))
}

/// A pipeline tells that it has deployed a version. The same deployment may be told again.
#[utoipa::path(post, operation_id = "report_deployment", path = "/api/v1/deployments", tag = "incidents",
    request_body = DeploymentReport,
    responses((status = 201, body = Deployment), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    sent: Result<Json<DeploymentReport>, JsonRejection>,
) -> Result<(StatusCode, Json<Deployment>), Problem> {
    let report = body(sent)?;
    let new = NewDeployment {
        service: report.service,
        environment: report.environment,
        version: report.version,
        at: report.at_ms.map(Timestamp::from_millis),
        note: report.note,
        link: report.link,
    };
    let view = app.engine.ask(move |engine| engine.report_deployment(&new)).await?;
    Ok((StatusCode::CREATED, Json(Deployment::from(&view))))
}
