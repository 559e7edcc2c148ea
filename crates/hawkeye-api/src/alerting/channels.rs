//! `/api/v1/channels`. Secrets go in and never come out.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::body;
use super::rules::ActorParams;
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::{ChannelDraft, ChannelRow, ChannelTest, Channels};
use crate::error::Problem;
use crate::params::Params;

/// All channels and how they do.
#[utoipa::path(get, operation_id = "channels", path = "/api/v1/channels", tag = "alerting",
    responses((status = 200, body = Channels)))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<Channels>, Problem> {
    let channels = app.engine.ask(|engine| engine.channels()).await?;
    Ok(Json(Channels { items: channels.iter().map(ChannelRow::from).collect() }))
}

/// Adds or replaces a channel, and switches a disabled one on again. Secrets that are not sent stay, unless the
/// channel leads elsewhere now.
#[utoipa::path(put, operation_id = "put_channel", path = "/api/v1/channels/{id}", tag = "alerting",
    params(("id" = String, Path)), request_body = ChannelDraft,
    responses((status = 200, body = ChannelRow), (status = 400, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    sent: Result<Json<ChannelDraft>, JsonRejection>,
) -> Result<Json<ChannelRow>, Problem> {
    let ChannelDraft { channel, secrets, actor: by } = body(sent)?;
    if channel.id != id {
        return Err(Problem::parameter(
            "channel.id",
            format!("is `{}` in the body and `{id}` in the address", channel.id),
        ));
    }
    let actor = actor(by.as_deref())?;
    let state = app.engine.ask(move |engine| engine.put_channel(channel, secrets, &actor)).await?;
    Ok(Json(ChannelRow::from(&state)))
}

/// Removes a channel that the routing does not name.
#[utoipa::path(delete, operation_id = "remove_channel", path = "/api/v1/channels/{id}", tag = "alerting",
    params(("id" = String, Path), ActorParams),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
) -> Result<StatusCode, Problem> {
    let actor = actor(params.by())?;
    app.engine.ask(move |engine| engine.remove_channel(&id, &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test message now.
#[utoipa::path(post, operation_id = "test_channel", path = "/api/v1/channels/{id}/test", tag = "alerting",
    params(("id" = String, Path)), responses((status = 200, body = ChannelTest), (status = 404, body = Problem)))]
pub(crate) async fn test(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<ChannelTest>, Problem> {
    let (outcome, elapsed) = app.engine.test_channel(&id).await?;
    Ok(Json(ChannelTest {
        outcome: outcome.as_str().to_owned(),
        status: outcome.status(),
        error: outcome.error().map(str::to_owned),
        elapsed_ms: elapsed.as_secs_f64() * 1_000.0,
    }))
}
