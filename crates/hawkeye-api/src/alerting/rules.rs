//! `/api/v1/alert-rules`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hawkeye_alert::{Rule, State as AlertState, rule_sentence};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{body, same_id};
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::{
    AlertRuleMatch, AlertRulePreview, AlertRuleRow, AlertRuleSet, AlertRules, AlertRulesApplied,
};
use crate::error::Problem;
use crate::params::Params;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActorParams {
    /// Who does it.
    actor: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplyParams {
    /// Only say what would change.
    #[serde(default)]
    dry_run: bool,
}

/// All rules, with what they say now.
#[utoipa::path(get, operation_id = "alert_rules", path = "/api/v1/alert-rules", tag = "alerting",
    responses((status = 200, body = AlertRules)))]
pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<AlertRules>, Problem> {
    let (active, rules) = app.engine.ask(|engine| Ok((engine.active_alerts(), engine.alert_rules()))).await?;
    let count = |id: &str, state| {
        let mine = active.iter().filter(|it| it.rule.as_deref() == Some(id) && it.state == state);
        mine.count() as u64
    };
    let row = |stored: hawkeye_engine::StoredRule| AlertRuleRow {
        sentence: rule_sentence(&stored.rule),
        firing: count(&stored.rule.id, AlertState::Firing),
        pending: count(&stored.rule.id, AlertState::Pending),
        rule: stored.rule,
        source: stored.source,
        updated_ms: stored.updated_ms,
        updated_by: stored.updated_by,
    };
    Ok(Json(AlertRules { items: rules.into_iter().map(row).collect() }))
}

/// Adds or replaces a rule. It holds from the next minute on.
#[utoipa::path(put, operation_id = "put_alert_rule", path = "/api/v1/alert-rules/{id}", tag = "alerting",
    params(("id" = String, Path), ActorParams), request_body = Rule,
    responses((status = 200, body = Rule), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<Rule>, JsonRejection>,
) -> Result<Json<Rule>, Problem> {
    let (rule, actor) = (body(sent)?, actor(params.actor.as_deref())?);
    same_id(&rule.id, &id)?;
    let stored = app.engine.ask(move |engine| engine.put_rule(rule, &actor)).await?;
    Ok(Json(stored.rule))
}

/// Removes a rule. Its alerts are resolved with the next minute.
#[utoipa::path(delete, operation_id = "remove_alert_rule", path = "/api/v1/alert-rules/{id}", tag = "alerting",
    params(("id" = String, Path), ActorParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(params): Params<ActorParams>,
) -> Result<StatusCode, Problem> {
    let actor = actor(params.actor.as_deref())?;
    app.engine.ask(move |engine| engine.remove_rule(&id, &actor)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the rules of files be these, all or none.
#[utoipa::path(put, operation_id = "apply_alert_rules", path = "/api/v1/alert-rules", tag = "alerting",
    params(ApplyParams), request_body = AlertRuleSet,
    responses((status = 200, body = AlertRulesApplied), (status = 400, body = Problem)))]
pub(crate) async fn apply(
    State(app): State<Arc<App>>,
    Params(params): Params<ApplyParams>,
    sent: Result<Json<AlertRuleSet>, JsonRejection>,
) -> Result<Json<AlertRulesApplied>, Problem> {
    let AlertRuleSet { rules, prune, actor: by } = body(sent)?;
    let actor = actor(by.as_deref())?;
    let applied =
        app.engine.ask(move |engine| engine.apply_rules(rules, prune, params.dry_run, &actor)).await?;
    Ok(Json(AlertRulesApplied {
        created: applied.created,
        changed: applied.changed,
        removed: applied.removed,
        unchanged: applied.unchanged as u64,
    }))
}

/// What a rule says about the last minute. Nothing is stored.
#[utoipa::path(post, operation_id = "preview_alert_rule", path = "/api/v1/alert-rules/preview", tag = "alerting",
    request_body = Rule, responses((status = 200, body = AlertRulePreview), (status = 400, body = Problem)))]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    sent: Result<Json<Rule>, JsonRejection>,
) -> Result<Json<AlertRulePreview>, Problem> {
    let preview = app.engine.preview_rule(body(sent)?).await?;
    Ok(Json(AlertRulePreview {
        sentence: preview.sentence,
        matches_now: preview.met.iter().map(AlertRuleMatch::from).collect(),
    }))
}

impl ActorParams {
    pub(crate) fn by(&self) -> Option<&str> {
        self.actor.as_deref()
    }
}
