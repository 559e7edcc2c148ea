//! `/api/v1/notifications`: who was told what, when and why, and what was lost.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_catalog::OutboxQuery;
use serde::Deserialize;
use utoipa::IntoParams;

use super::number;
use crate::app::App;
use crate::dto::{NotificationCounts, NotificationDetail, NotificationList, NotificationRow};
use crate::error::Problem;
use crate::params::{Params, list as entries};

const PAGE_MAX: usize = 200;
const STATES: [&str; 5] = ["waiting", "sent", "dead", "collapsed", "withheld"];

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationParams {
    /// Comma list of `waiting`, `sent`, `dead`, `collapsed`, `withheld`.
    state: Option<String>,
    /// A channel's id.
    channel: Option<String>,
    alert_id: Option<String>,
    #[param(default = 50, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Notifications, the newest first.
#[utoipa::path(get, operation_id = "notifications", path = "/api/v1/notifications", tag = "alerting",
    params(NotificationParams), responses((status = 200, body = NotificationList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(params): Params<NotificationParams>,
) -> Result<Json<NotificationList>, Problem> {
    let states = entries("state", &params.state, |text| {
        STATES
            .into_iter()
            .find(|known| *known == text)
            .map(str::to_owned)
            .ok_or("is none of waiting, sent, dead, collapsed, withheld")
    })?;
    let query = OutboxQuery {
        states,
        channel: params.channel,
        alert: params.alert_id.as_deref().map(|id| number("alert", id)).transpose()?,
        created: None,
        cursor: params.cursor,
        limit: params.limit.unwrap_or(50).clamp(1, PAGE_MAX),
    };
    let page = app.engine.ask(move |engine| engine.notifications(&query)).await?;
    let counts = page.counts;
    Ok(Json(NotificationList {
        items: page.items.iter().map(NotificationRow::from).collect(),
        next_cursor: page.next_cursor,
        counts: NotificationCounts {
            waiting: counts.waiting,
            sent: counts.sent,
            dead: counts.dead,
            collapsed: counts.collapsed,
            withheld: counts.withheld,
        },
    }))
}

/// One notification with what it says.
#[utoipa::path(get, operation_id = "notification", path = "/api/v1/notifications/{id}", tag = "alerting",
    params(("id" = String, Path)), responses((status = 200, body = NotificationDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<NotificationDetail>, Problem> {
    let id = number("notification", &id)?;
    let row = app.engine.ask(move |engine| engine.notification(id)).await?;
    let mut body: hawkeye_notify::Notification = serde_json::from_str(&row.body)
        .map_err(|_| Problem::not_found("this notification was written by another version"))?;
    // Whoever may read lists must not thereby acknowledge in somebody else's name.
    body.acknowledge_url = None;
    Ok(Json(NotificationDetail { notification: NotificationRow::from(&row), body }))
}

/// Sends a lost notification once more.
#[utoipa::path(post, operation_id = "retry_notification", path = "/api/v1/notifications/{id}/retry", tag = "alerting",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn retry(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = number("notification", &id)?;
    match app.engine.ask(move |engine| engine.retry_notification(id)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(
            StatusCode::CONFLICT,
            "not_lost",
            "There is nothing to retry",
            "only notifications in state dead can be sent again",
        )),
    }
}
