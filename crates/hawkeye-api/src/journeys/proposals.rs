//! `/api/v1/journey-proposals`: paths that people walk, for somebody to confirm or dismiss.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_engine::Answer;

use super::documents::known;
use crate::alerting::body;
use crate::alerting::rules::ActorParams;
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::{ProposalAction, ProposalAnswer, ProposalList};
use crate::error::Problem;
use crate::params::Params;

/// Found in requests of the same consumer or trace, those with the most sessions first.
#[utoipa::path(get, operation_id = "journey_proposals", path = "/api/v1/journey-proposals", tag = "journeys",
    responses((status = 200, body = ProposalList)))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<ProposalList>, Problem> {
    Ok(Json(app.engine.ask(|engine| Ok(engine.journey_proposals())).await?.into()))
}

/// Makes a journey of a proposal, or does not propose it again.
#[utoipa::path(post, operation_id = "answer_journey_proposal", path = "/api/v1/journey-proposals/{id}", tag = "journeys",
    params(("id" = String, Path), ActorParams), request_body = ProposalAnswer,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<ProposalAnswer>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let (answer, actor) = (body(sent)?, actor(params.by())?);
    if let Some(journey) = &answer.journey {
        known(&app, journey).await?;
    }
    let answer = match answer.action {
        ProposalAction::Confirm => Answer::Confirm(answer.journey),
        ProposalAction::Dismiss => Answer::Dismiss,
    };
    app.engine.ask(move |engine| engine.answer_proposal(&id, answer, &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}
