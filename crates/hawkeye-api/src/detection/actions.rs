//! `POST /api/v1/anomalies/actions` and `/preview`: what people do with anomalies.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use hawkeye_engine::Action;
use hawkeye_model::AnomalyId;

use crate::app::App;
use crate::dto::{
    Adjustment, Anomaly, AnomalyAction, AnomalyActionName, AnomalyActionResult, Verdict, VerdictPreview,
    VerdictReason,
};
use crate::error::Problem;

/// Anomalies of one action.
const IDS_MAX: usize = 500;

/// A name, not a letter.
pub(crate) const NAME_LENGTH_MAX: usize = 200;
pub(crate) const NOTE_LENGTH_MAX: usize = 4_000;

/// Who acts when nobody says who. There is no log-in yet.
pub(crate) const SOMEBODY: &str = "somebody";

/// Does the same with several anomalies: acknowledge, assign, judge, close, …
#[utoipa::path(post, operation_id = "act_on_anomalies", path = "/api/v1/anomalies/actions", tag = "detection",
    request_body = AnomalyAction, responses((status = 200, body = AnomalyActionResult), (status = 400, body = Problem),
    (status = 404, body = Problem)))]
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    body: Result<Json<AnomalyAction>, JsonRejection>,
) -> Result<Json<AnomalyActionResult>, Problem> {
    let Json(body) = body.map_err(|rejection| Problem::parameter("body", rejection.body_text()))?;
    let (ids, action, actor) = (body.ids()?, body.action()?, body.actor()?);
    let note = short("note", body.note.as_deref(), NOTE_LENGTH_MAX)?;
    let acted = app.engine.ask(move |engine| engine.act(&ids, &action, &actor, note.as_deref())).await?;
    Ok(Json(AnomalyActionResult {
        changed: acted.changed as u64,
        anomalies: acted.anomalies.iter().map(Anomaly::from).collect(),
        adjustments: acted.adjustments.iter().map(Adjustment::from).collect(),
    }))
}

/// What judging would change, counted over the last 30 days. Nothing is stored.
#[utoipa::path(post, operation_id = "preview_verdict", path = "/api/v1/anomalies/preview", tag = "detection",
    request_body = AnomalyAction, responses((status = 200, body = VerdictPreview), (status = 400, body = Problem),
    (status = 404, body = Problem)))]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    body: Result<Json<AnomalyAction>, JsonRejection>,
) -> Result<Json<VerdictPreview>, Problem> {
    let Json(body) = body.map_err(|rejection| Problem::parameter("body", rejection.body_text()))?;
    if body.action != AnomalyActionName::Judge {
        return Err(Problem::parameter("action", "only `judge` can be previewed"));
    }
    let (ids, actor) = (body.ids()?, body.actor()?);
    let verdict = body.verdict()?.into();
    let preview = app.engine.ask(move |engine| engine.preview(&ids, verdict, &actor)).await?;
    Ok(Json(VerdictPreview {
        adjustments: preview.adjustments.iter().map(|new| Adjustment::of(None, new, None)).collect(),
        hidden: preview.hidden.iter().map(Anomaly::from).collect(),
        revealed: preview.revealed,
    }))
}

impl AnomalyAction {
    fn ids(&self) -> Result<Vec<AnomalyId>, Problem> {
        if !(1..=IDS_MAX).contains(&self.ids.len()) {
            return Err(Problem::parameter("ids", format!("must be 1 to {IDS_MAX} ids")));
        }
        let mut ids = Vec::new();
        for text in &self.ids {
            let wrong =
                || Problem::parameter("ids", format!("`{text}` is no anomaly id; an id has 16 hex digits"));
            let id = AnomalyId::parse(text).ok_or_else(wrong)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn action(&self) -> Result<Action, Problem> {
        Ok(match self.action {
            AnomalyActionName::Acknowledge => Action::Acknowledge,
            AnomalyActionName::Unacknowledge => Action::Unacknowledge,
            AnomalyActionName::Assign => {
                Action::Assign(short("assignee", self.assignee.as_deref(), NAME_LENGTH_MAX)?)
            }
            AnomalyActionName::Note if self.note.as_deref().unwrap_or_default().trim().is_empty() => {
                return Err(Problem::parameter("note", "must not be empty"));
            }
            AnomalyActionName::Note => Action::Note,
            AnomalyActionName::Judge => Action::Judge {
                verdict: self.verdict()?.into(),
                reason: self.reason.map(|reason| reason.as_str().to_owned()),
            },
            AnomalyActionName::ClearVerdict => Action::ClearVerdict,
            AnomalyActionName::Close => Action::Close,
        })
    }

    fn verdict(&self) -> Result<Verdict, Problem> {
        self.verdict.ok_or_else(|| {
            Problem::parameter("verdict", "must be confirmed, false_positive or expected_change to judge")
        })
    }

    fn actor(&self) -> Result<String, Problem> {
        actor(self.actor.as_deref())
    }
}

pub(crate) fn actor(name: Option<&str>) -> Result<String, Problem> {
    Ok(short("actor", name, NAME_LENGTH_MAX)?.unwrap_or_else(|| SOMEBODY.into()))
}

/// A text without blanks around it; empty ones are none.
pub(crate) fn short(field: &str, text: Option<&str>, length_max: usize) -> Result<Option<String>, Problem> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.len() > length_max => {
            Err(Problem::parameter(field, format!("has more than {length_max} bytes")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

impl VerdictReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::ExpectedEvent => "expected_event",
            Self::Seasonal => "seasonal",
            Self::TooSensitive => "too_sensitive",
            Self::BadData => "bad_data",
            Self::Maintenance => "maintenance",
        }
    }
}
