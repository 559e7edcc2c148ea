//! `/api/v2/silences` and `/api/v2/silence/{id}`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use hawkeye_alert::{Matcher, Silence};
use hawkeye_engine::NewSilence;
use hawkeye_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AmMatcher, Refused, filters, read_time, time};
use crate::app::App;

/// As long as Alertmanager lists what is over.
const EXPIRED_LISTED: Duration = Duration::from_secs(5 * 86_400);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted {
    #[serde(default)]
    id: Option<String>,
    matchers: Vec<AmMatcher>,
    #[serde(default)]
    starts_at: Option<String>,
    ends_at: String,
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    comment: String,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let wanted = filters(&query)?;
    let now = app.now();
    let silences = app.engine.ask(move |engine| engine.silences(Some(now.minus(EXPIRED_LISTED)))).await?;
    let shown = silences.iter().filter(|it| wanted.iter().all(|filter| has(it, filter)));
    Ok(Json(shown.map(|it| shown_as(it, now)).collect()))
}

/// A filter names one of the silence's own matchers, or matches what one of them is equal to.
fn has(silence: &Silence, filter: &Matcher) -> bool {
    silence.matchers.iter().any(|matcher| {
        matcher == filter
            || matcher.label == filter.label
                && filter.matches(&[(matcher.label.clone(), matcher.value.clone())].into())
    })
}

pub(super) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let (silence, _) = app.engine.ask(move |engine| engine.silence(&id)).await?;
    Ok(Json(shown_as(&silence, app.now())))
}

pub(super) async fn put(
    State(app): State<Arc<App>>,
    sent: Result<Json<Posted>, JsonRejection>,
) -> Result<Json<Value>, Refused> {
    let Json(posted) = sent?;
    let ends = read_time(Some(&posted.ends_at))?.ok_or_else(|| Refused::bad("endsAt is needed"))?;
    let new = NewSilence {
        id: posted.id.filter(|id| !id.is_empty()),
        matchers: posted.matchers.iter().map(AmMatcher::read).collect::<Result<_, _>>()?,
        starts: read_time(posted.starts_at.as_deref())?.unwrap_or_else(|| app.now()),
        ends,
        created_by: posted.created_by,
        comment: posted.comment,
    };
    let silence = app.engine.ask(move |engine| engine.put_silence(new)).await?;
    Ok(Json(json!({ "silenceID": silence.id })))
}

pub(super) async fn expire(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    app.engine.ask(move |engine| engine.expire_silence(&id)).await?;
    Ok(StatusCode::OK)
}

fn shown_as(silence: &Silence, now: Timestamp) -> Value {
    let state = match silence {
        it if it.ends <= now => "expired",
        it if it.starts > now => "pending",
        _ => "active",
    };
    json!({
        "id": silence.id,
        "status": { "state": state },
        "updatedAt": time(silence.updated),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "endsAt": time(silence.ends),
        "matchers": silence.matchers.iter().map(AmMatcher::from).collect::<Vec<_>>(),
        "startsAt": time(silence.starts),
    })
}
