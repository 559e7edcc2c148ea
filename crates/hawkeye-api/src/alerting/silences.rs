//! `/api/v1/silences`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_engine::NewSilence;
use hawkeye_model::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::body;
use super::conversions::Names;
use crate::app::App;
use crate::dto::{Alert, HiddenAlert, Silence, SilenceDetail, SilenceDraft, SilencePreview, Silences};
use crate::error::Problem;
use crate::params::{Params, list as entries};

/// Silences that are over are listed for so long.
const EXPIRED_LISTED: Duration = Duration::from_secs(5 * 86_400);

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SilenceParams {
    /// Comma list of `active`, `pending`, `expired`; all when left out.
    state: Option<String>,
}

/// Silences, the latest end first. Expired ones are listed for five days.
#[utoipa::path(get, operation_id = "silences", path = "/api/v1/silences", tag = "alerting",
    params(SilenceParams), responses((status = 200, body = Silences), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(params): Params<SilenceParams>,
) -> Result<Json<Silences>, Problem> {
    let wanted = entries("state", &params.state, |text| {
        ["active", "pending", "expired"]
            .into_iter()
            .find(|known| *known == text)
            .ok_or("is none of active, pending, expired")
    })?;
    let now = app.now();
    let silences = app.engine.ask(move |engine| engine.silences(Some(now.minus(EXPIRED_LISTED)))).await?;
    let items = silences.iter().map(|it| Silence::of(it, now));
    let is_wanted = |it: &Silence| wanted.is_empty() || wanted.contains(&it.state.as_str());
    Ok(Json(Silences { items: items.filter(is_wanted).collect() }))
}

/// A silence, and what it hid.
#[utoipa::path(get, operation_id = "silence", path = "/api/v1/silences/{id}", tag = "alerting",
    params(("id" = String, Path)), responses((status = 200, body = SilenceDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<SilenceDetail>, Problem> {
    let (silence, hidden) = app
        .engine
        .ask(move |engine| {
            let (silence, mutes) = engine.silence(&id)?;
            let names = engine.alert_summaries(&mutes.iter().map(|it| it.alert).collect())?;
            let hidden = mutes.into_iter().map(|mute| {
                let name = names.get(&mute.alert).cloned();
                (mute, name.unwrap_or_default())
            });
            Ok((silence, hidden.collect::<Vec<_>>()))
        })
        .await?;
    Ok(Json(SilenceDetail {
        silence: Silence::of(&silence, app.now()),
        hidden: hidden
            .into_iter()
            .map(|(mute, name)| HiddenAlert {
                alert_id: mute.alert.to_string(),
                name,
                from_ms: mute.from.millis(),
                to_ms: mute.to.map(Timestamp::millis),
            })
            .collect(),
    }))
}

/// Makes a silence, or changes one. When its matchers change, or it is over, another one takes its place.
#[utoipa::path(post, operation_id = "put_silence", path = "/api/v1/silences", tag = "alerting",
    request_body = SilenceDraft, responses((status = 200, body = Silence), (status = 400, body = Problem),
    (status = 404, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    sent: Result<Json<SilenceDraft>, JsonRejection>,
) -> Result<Json<Silence>, Problem> {
    let draft = body(sent)?;
    let new = NewSilence {
        id: draft.id.filter(|id| !id.is_empty()),
        matchers: draft.matchers,
        starts: Timestamp::from_millis(draft.starts_ms),
        ends: Timestamp::from_millis(draft.ends_ms),
        created_by: draft.created_by,
        comment: draft.comment,
    };
    let silence = app.engine.ask(move |engine| engine.put_silence(new)).await?;
    Ok(Json(Silence::of(&silence, app.now())))
}

/// Ends a silence now.
#[utoipa::path(delete, operation_id = "expire_silence", path = "/api/v1/silences/{id}", tag = "alerting",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn expire(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.engine.ask(move |engine| engine.expire_silence(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What matchers would hide now, and how many alerts of the last week they match. Nothing is stored.
#[utoipa::path(post, operation_id = "preview_silence", path = "/api/v1/silences/preview", tag = "alerting",
    request_body = SilenceDraft, responses((status = 200, body = SilencePreview), (status = 400, body = Problem)))]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    sent: Result<Json<SilenceDraft>, JsonRejection>,
) -> Result<Json<SilencePreview>, Problem> {
    let (matchers, now) = (body(sent)?.matchers, app.now());
    let ((firing, matched_in_last_week), names) =
        app.engine.ask(move |engine| Ok((engine.preview_silence(&matchers)?, Names::of(engine)?))).await?;
    let firing = firing.iter().map(|it| Alert::of(it, &names, now)).collect();
    Ok(Json(SilencePreview { firing, matched_in_last_week }))
}
