//! `/api/v1/journey-proposals`: paths that people walk, for somebody to confirm or dismiss.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::alerting::body;
use crate::alerting::rules::ActorParams;
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::{ProposalAnswer, ProposalList};
use crate::error::Problem;
use crate::params::Params;

/// Found in requests of the same consumer or trace, those with the most sessions first.
#[utoipa::path(get, operation_id = "journey_proposals", path = "/api/v1/journey-proposals", tag = "journeys",
    responses((status = 200, body = ProposalList)))]
pub(crate) async fn list(State(_app): State<Arc<App>>) -> Result<Json<ProposalList>, Problem> {
    Err(Problem::not_found("no journeys yet"))
}

/// Makes a journey of a proposal, or does not propose it again.
#[utoipa::path(post, operation_id = "answer_journey_proposal", path = "/api/v1/journey-proposals/{id}", tag = "journeys",
    params(("id" = String, Path), ActorParams), request_body = ProposalAnswer,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub(crate) async fn answer(
    State(_app): State<Arc<App>>,
    Path(_id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<ProposalAnswer>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let (_answer, _actor) = (body(sent)?, actor(params.by())?);
    Err(Problem::not_found("no journeys yet"))
}
