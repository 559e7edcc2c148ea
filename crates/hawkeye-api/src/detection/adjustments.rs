//! `GET /api/v1/adjustments` and undo: what verdicts changed, and taking it back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::actions::SOMEBODY;
use crate::app::App;
use crate::dto::{Adjustment, AdjustmentList};
use crate::error::Problem;

const LISTED_MAX: usize = 200;

/// What verdicts changed, newest first; at most 200.
#[utoipa::path(get, operation_id = "adjustments", path = "/api/v1/adjustments", tag = "detection",
    responses((status = 200, body = AdjustmentList)))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<AdjustmentList>, Problem> {
    let found = app.engine.ask(|engine| engine.adjustments(LISTED_MAX)).await?;
    Ok(Json(AdjustmentList { items: found.iter().map(Adjustment::from).collect() }))
}

/// Takes one adjustment back. A second time changes nothing.
#[utoipa::path(post, operation_id = "undo_adjustment", path = "/api/v1/adjustments/{id}/undo", tag = "detection",
    params(("id" = String, Path)), responses((status = 200, body = Adjustment), (status = 404, body = Problem)))]
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Adjustment>, Problem> {
    let unknown = || Problem::not_found(format!("no adjustment {id}"));
    let number: i64 = id.parse().map_err(|_| unknown())?;
    let undone = app.engine.ask(move |engine| engine.undo(number, SOMEBODY)).await?;
    undone.map(|adjustment| Json(Adjustment::from(&adjustment))).ok_or_else(unknown)
}
