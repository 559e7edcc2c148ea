//! Defining journeys: `PUT` and `DELETE /api/v1/journeys/{id}`, `POST /api/v1/journeys/check`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_forecast::Journey;

use crate::alerting::rules::ActorParams;
use crate::alerting::{body, same_id};
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::JourneyCheck;
use crate::error::Problem;
use crate::params::Params;

/// Adds or replaces a journey. All its endpoints must have been seen within seven days.
#[utoipa::path(put, operation_id = "put_journey", path = "/api/v1/journeys/{id}", tag = "journeys",
    params(("id" = String, Path), ActorParams), request_body = Journey,
    responses((status = 200, body = Journey), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<Journey>, JsonRejection>,
) -> Result<Json<Journey>, Problem> {
    let (journey, actor) = (body(sent)?, actor(params.by())?);
    same_id(&journey.id, &id)?;
    known(&app, &journey).await?;
    let stored = journey.clone();
    app.engine.ask(move |engine| engine.put_journey(stored, "ui", &actor)).await?;
    Ok(Json(journey))
}

#[utoipa::path(delete, operation_id = "remove_journey", path = "/api/v1/journeys/{id}", tag = "journeys",
    params(("id" = String, Path), ActorParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
) -> Result<StatusCode, Problem> {
    let actor = actor(params.by())?;
    app.engine.ask(move |engine| engine.remove_journey(&id, &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a journey would look at, and what is wrong with it. Nothing is stored.
#[utoipa::path(post, operation_id = "check_journey", path = "/api/v1/journeys/check", tag = "journeys",
    request_body = Journey, responses((status = 200, body = JourneyCheck), (status = 400, body = Problem)))]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    sent: Result<Json<Journey>, JsonRejection>,
) -> Result<Json<JourneyCheck>, Problem> {
    Ok(Json(app.engine.check_journey(&body(sent)?).await?.into()))
}

/// All endpoints of a journey exist, or what is wrong with it.
pub(super) async fn known(app: &App, journey: &Journey) -> Result<(), Problem> {
    let problems = app.engine.check_journey(journey).await?.problems;
    if problems.is_empty() {
        return Ok(());
    }
    let wrong = |it: hawkeye_forecast::Problem| hawkeye_alert::Wrong { path: it.field, message: it.message };
    Err(crate::alerting::wrong(problems.into_iter().map(wrong).collect()))
}
