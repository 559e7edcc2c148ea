//! `GET /api/v1/journeys` and one of them: health now, over time, and what is predicted.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use hawkeye_engine::JourneyQuery;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::dto::{FailedSession, JourneyDetail, JourneyHistory, JourneyList, JourneySummary};
use crate::error::Problem;
use crate::forecasting::duration;
use crate::params::{Params, Scope, ScopeParams};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JourneyParams {
    /// Health over so long, until now: `5m` to `24h`.
    #[param(default = "15m")]
    window: Option<String>,
    /// How far ahead the outlook reaches: up to `24h`.
    #[param(default = "6h")]
    horizon: Option<String>,
}

/// All journeys with their health, the least healthy first. Of the scope only `env` counts; steps that name an
/// environment of their own keep it.
#[utoipa::path(get, operation_id = "journeys", path = "/api/v1/journeys", tag = "journeys",
    params(ScopeParams, JourneyParams), responses((status = 200, body = JourneyList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<JourneyParams>,
) -> Result<Json<JourneyList>, Problem> {
    let query = params.query(&scope)?;
    let views = app.engine.journey_views(&query).await?;
    let proposals = app.engine.ask(|engine| Ok(engine.journey_proposals().items.len())).await?;
    Ok(Json(JourneyList {
        items: views.into_iter().map(|view| JourneySummary::of(view, &query)).collect(),
        proposals: proposals as u64,
        window_s: query.window.as_secs(),
    }))
}

/// One journey, with its health over the range of the scope.
#[utoipa::path(get, operation_id = "journey", path = "/api/v1/journeys/{id}", tag = "journeys",
    params(("id" = String, Path), ScopeParams, JourneyParams),
    responses((status = 200, body = JourneyDetail), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<JourneyParams>,
) -> Result<Json<JourneyDetail>, Problem> {
    let query = params.query(&scope)?;
    let range = Scope::read(&scope.with_default_from("now-24h"), &*app.clock)?.range;
    let view = app.engine.journey_view(&id, &query).await?;
    let timeline = app.engine.journey_timeline(&id, query.places.clone(), range).await?;
    let failed_sessions = view.failed_sessions.iter().map(FailedSession::from).collect();
    Ok(Json(JourneyDetail {
        summary: JourneySummary::of(view, &query),
        history: JourneyHistory::of(range.into(), &timeline),
        failed_sessions,
    }))
}

impl JourneyParams {
    fn query(&self, scope: &ScopeParams) -> Result<JourneyQuery, Problem> {
        Ok(JourneyQuery {
            places: scope.filter()?.environments,
            window: duration("window", self.window.as_deref(), "15m", ("5m", "24h"))?,
            horizon: duration("horizon", self.horizon.as_deref(), "6h", ("10m", "24h"))?,
        })
    }
}
