//! `GET /api/v1/alerts`, `/alerts/{id}`, `POST /alerts/actions`, `GET /alerting/status`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use hawkeye_catalog::{AlertListState, AlertQuery};
use hawkeye_engine::AlertAction as Action;
use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversions::Names;
use super::{body, number};
use crate::app::App;
use crate::detection::actions::{NAME_LENGTH_MAX, NOTE_LENGTH_MAX, actor, short};
use crate::dto::{
    Alert, AlertAction, AlertActionName, AlertActionResult, AlertDetail, AlertList, AlertMute,
    AlertTimelineEntry, AlertingStatus, HeartbeatStatus, NotificationRow, RoutePreview,
};
use crate::error::Problem;
use crate::params::{Params, list as entries, owned, parse_time};

const PAGE_MAX: usize = 500;
const IDS_MAX: usize = 500;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertParams {
    /// `live` or `demo`; both when left out.
    dataset: Option<String>,
    /// Comma list of `pending`, `firing`, `acknowledged`, `snoozed`, `muted`, `resolved`.
    state: Option<String>,
    /// Comma list of `low`, `medium`, `high`, `critical`.
    severity: Option<String>,
    /// Comma list of rules' ids.
    rule: Option<String>,
    /// Words that must all occur in the sentence or the labels.
    q: Option<String>,
    anomaly_id: Option<String>,
    /// Those that were there at some moment of the range; all when left out.
    from: Option<String>,
    to: Option<String>,
    #[param(default = 100, maximum = 500)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Alerts, the newest first.
#[utoipa::path(get, operation_id = "alerts", path = "/api/v1/alerts", tag = "alerting",
    params(AlertParams), responses((status = 200, body = AlertList), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(params): Params<AlertParams>,
) -> Result<Json<AlertList>, Problem> {
    let now = app.now();
    let query = params.read(now)?;
    let (page, names) =
        app.engine.ask(move |engine| Ok((engine.alerts(&query)?, Names::of(engine)?))).await?;
    Ok(Json(AlertList {
        items: page.items.iter().map(|it| Alert::of(it, &names, now)).collect(),
        next_cursor: page.next,
        counts: page.counts.into(),
    }))
}

/// One alert: its timeline, who was told and why, what hid it, and who is told next.
#[utoipa::path(get, operation_id = "alert", path = "/api/v1/alerts/{id}", tag = "alerting",
    params(("id" = String, Path)), responses((status = 200, body = AlertDetail), (status = 404, body = Problem)))]
pub(crate) async fn detail(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<AlertDetail>, Problem> {
    let (id, now) = (number("alert", &id)?, app.now());
    let (detail, names) =
        app.engine.ask(move |engine| Ok((engine.alert_detail(id)?, Names::of(engine)?))).await?;
    Ok(Json(AlertDetail {
        alert: Alert::of(&detail.alert, &names, now),
        timeline: detail
            .events
            .iter()
            .map(|it| AlertTimelineEntry {
                at_ms: it.at.millis(),
                actor: it.actor.clone(),
                kind: it.kind.clone(),
                note: it.note.clone(),
            })
            .collect(),
        notifications: detail.notifications.iter().map(NotificationRow::from).collect(),
        mutes: detail
            .mutes
            .iter()
            .map(|it| AlertMute {
                kind: it.kind.clone(),
                by: it.by.clone(),
                name: names.muted_by(&it.kind, &it.by).name,
                from_ms: it.from.millis(),
                to_ms: it.to.map(Timestamp::millis),
            })
            .collect(),
        route: detail.routes.iter().map(|it| RoutePreview::of(it, &names)).collect(),
    }))
}

/// Does the same with several alerts: acknowledge, assign, snooze, resolve, …
#[utoipa::path(post, operation_id = "act_on_alerts", path = "/api/v1/alerts/actions", tag = "alerting",
    request_body = AlertAction, responses((status = 200, body = AlertActionResult), (status = 400, body = Problem),
    (status = 404, body = Problem)))]
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    sent: Result<Json<AlertAction>, JsonRejection>,
) -> Result<Json<AlertActionResult>, Problem> {
    let (sent, now) = (body(sent)?, app.now());
    if !(1..=IDS_MAX).contains(&sent.ids.len()) {
        return Err(Problem::parameter("ids", format!("must be 1 to {IDS_MAX} ids")));
    }
    let mut ids: Vec<i64> = sent.ids.iter().map(|id| number("alert", id)).collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    let (action, actor) = (sent.action(now)?, actor(sent.actor.as_deref())?);
    let note = short("note", sent.note.as_deref(), NOTE_LENGTH_MAX)?;
    let (alerts, names) = app
        .engine
        .ask(move |engine| {
            let alerts = engine.act_on_alerts(&ids, &action, &actor, note.as_deref())?;
            Ok((alerts, Names::of(engine)?))
        })
        .await?;
    let alerts: Vec<Alert> = alerts.iter().map(|it| Alert::of(it, &names, now)).collect();
    Ok(Json(AlertActionResult { changed: alerts.len() as u64, alerts }))
}

/// How alerting does: what waits, what is lost, and whether everything moves.
#[utoipa::path(get, operation_id = "alerting_status", path = "/api/v1/alerting/status", tag = "alerting",
    responses((status = 200, body = AlertingStatus)))]
pub(crate) async fn status(State(app): State<Arc<App>>) -> Result<Json<AlertingStatus>, Problem> {
    let status = app.engine.ask(|engine| engine.alerting_status()).await?;
    let heart = status.heartbeat.clone().unwrap_or_default();
    Ok(Json(AlertingStatus {
        firing: status.firing,
        waiting: status.waiting,
        dead: status.dead,
        oldest_waiting_ms: status.oldest_waiting.map(Timestamp::millis),
        heartbeat: HeartbeatStatus {
            url_set: status.heartbeat.is_some(),
            last_sent_ms: heart.last_sent.map(Timestamp::millis),
            error: heart.error,
            blocked_by: heart.blocked_by,
        },
        evaluated_until_ms: status.evaluated_until.map(Timestamp::millis),
        alerts_max: status.alerts_max as u64,
        alerts_dropped: status.alerts_dropped,
        breakers_open: status.breakers_open,
        channels: status.channels as u64,
    }))
}

impl AlertParams {
    fn read(&self, now: Timestamp) -> Result<AlertQuery, Problem> {
        let time = |field: &str, text: &Option<String>| match text {
            Some(text) => parse_time(text, now).map(Some).map_err(|error| Problem::parameter(field, error)),
            None => Ok(None),
        };
        let (from, to) = (time("from", &self.from)?, time("to", &self.to)?);
        Ok(AlertQuery {
            datasets: entries("dataset", &self.dataset, |text| {
                Dataset::parse(text).ok_or("is neither live nor demo")
            })?,
            states: entries("state", &self.state, |text| {
                AlertListState::parse(text)
                    .ok_or("is none of pending, firing, acknowledged, snoozed, muted, resolved")
            })?,
            severities: entries("severity", &self.severity, |text| {
                Severity::parse(text).ok_or("is none of low, medium, high, critical")
            })?,
            rules: entries("rule", &self.rule, owned)?,
            words: self.q.iter().flat_map(|q| q.split_whitespace()).take(16).map(str::to_owned).collect(),
            anomaly: match self.anomaly_id.as_deref() {
                Some(id) => {
                    Some(AnomalyId::parse(id).ok_or_else(|| {
                        Problem::parameter("anomaly_id", "is no anomaly id of 16 hex digits")
                    })?)
                }
                None => None,
            },
            overlapping: (from.is_some() || to.is_some())
                .then(|| (from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX))),
            cursor: self.cursor.clone(),
            limit: self.limit.unwrap_or(100).clamp(1, PAGE_MAX),
        })
    }
}

impl AlertAction {
    fn action(&self, now: Timestamp) -> Result<Action, Problem> {
        let until = self.until_ms.map(Timestamp::from_millis);
        if until.is_some_and(|until| until <= now) {
            return Err(Problem::parameter("until_ms", "must be in the future"));
        }
        Ok(match self.action {
            AlertActionName::Acknowledge => Action::Acknowledge { until },
            AlertActionName::Unacknowledge => Action::Unacknowledge,
            AlertActionName::Assign => {
                Action::Assign(short("assignee", self.assignee.as_deref(), NAME_LENGTH_MAX)?)
            }
            AlertActionName::Comment if self.note.as_deref().unwrap_or_default().trim().is_empty() => {
                return Err(Problem::parameter("note", "must not be empty"));
            }
            AlertActionName::Comment => Action::Comment,
            AlertActionName::Snooze => Action::Snooze {
                until: until.ok_or_else(|| Problem::parameter("until_ms", "a snooze needs an end"))?,
            },
            AlertActionName::Unsnooze => Action::Unsnooze,
            AlertActionName::Resolve => Action::Resolve,
            AlertActionName::FalsePositive => Action::FalsePositive,
        })
    }
}
