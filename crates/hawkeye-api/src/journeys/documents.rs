//! Defining journeys: `PUT` and `DELETE /api/v1/journeys/{id}`, `POST /api/v1/journeys/check`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_forecast::Journey;

use crate::alerting::body;
use crate::alerting::rules::ActorParams;
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
    State(_app): State<Arc<App>>,
    Path(_id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<Journey>, JsonRejection>,
) -> Result<Json<Journey>, Problem> {
    let (_journey, _actor) = (body(sent)?, actor(params.by())?);
    Err(Problem::not_found("no journeys yet"))
}

#[utoipa::path(delete, operation_id = "remove_journey", path = "/api/v1/journeys/{id}", tag = "journeys",
    params(("id" = String, Path), ActorParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(_app): State<Arc<App>>,
    Path(_id): Path<String>,
    Params(_params): Params<ActorParams>,
) -> Result<StatusCode, Problem> {
    Err(Problem::not_found("no journeys yet"))
}

/// What a journey would look at, and what is wrong with it. Nothing is stored.
#[utoipa::path(post, operation_id = "check_journey", path = "/api/v1/journeys/check", tag = "journeys",
    request_body = Journey, responses((status = 200, body = JourneyCheck), (status = 400, body = Problem)))]
pub(crate) async fn check(
    State(_app): State<Arc<App>>,
    sent: Result<Json<Journey>, JsonRejection>,
) -> Result<Json<JourneyCheck>, Problem> {
    let _journey = body(sent)?;
    Err(Problem::not_found("no journeys yet"))
}
