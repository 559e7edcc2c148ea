//! `/api/v1/objectives`: values that must not be crossed.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_forecast::Objective;

use crate::alerting::rules::ActorParams;
use crate::alerting::{body, same_id};
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::ObjectiveList;
use crate::error::Problem;
use crate::params::Params;

#[utoipa::path(get, operation_id = "objectives", path = "/api/v1/objectives", tag = "forecasting",
    responses((status = 200, body = ObjectiveList)))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<ObjectiveList>, Problem> {
    let stored = app.engine.ask(|engine| Ok(engine.objectives())).await?;
    Ok(Json(ObjectiveList { items: stored.into_iter().map(Into::into).collect() }))
}

/// Adds or replaces an objective. Predictions follow within a minute.
#[utoipa::path(put, operation_id = "put_objective", path = "/api/v1/objectives/{id}", tag = "forecasting",
    params(("id" = String, Path), ActorParams), request_body = Objective,
    responses((status = 200, body = Objective), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<Objective>, JsonRejection>,
) -> Result<Json<Objective>, Problem> {
    let (objective, actor) = (body(sent)?, actor(params.by())?);
    same_id(&objective.id, &id)?;
    let stored = objective.clone();
    app.engine.ask(move |engine| engine.put_objective(stored, &actor)).await?;
    Ok(Json(objective))
}

#[utoipa::path(delete, operation_id = "remove_objective", path = "/api/v1/objectives/{id}", tag = "forecasting",
    params(("id" = String, Path), ActorParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
) -> Result<StatusCode, Problem> {
    let actor = actor(params.by())?;
    app.engine.ask(move |engine| engine.remove_objective(&id, &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}
