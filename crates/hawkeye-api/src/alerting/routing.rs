//! `/api/v1/alert-routing` and `/api/v1/on-call`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use hawkeye_alert::Routing;
use hawkeye_model::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversions::Names;
use super::rules::ActorParams;
use super::{body, number};
use crate::app::App;
use crate::detection::actions::actor;
use crate::dto::{OnCallList, OnCallNow, RoutePreview, RoutingPreview, RoutingQuestion};
use crate::error::Problem;
use crate::params::Params;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OnCallParams {
    /// Now when left out.
    at_ms: Option<i64>,
}

/// Who is told about what, and when.
#[utoipa::path(get, operation_id = "alert_routing", path = "/api/v1/alert-routing", tag = "alerting",
    responses((status = 200, body = Routing)))]
pub(crate) async fn get(State(app): State<Arc<App>>) -> Result<Json<Routing>, Problem> {
    Ok(Json(app.engine.ask(|engine| Ok(engine.alert_routing())).await?))
}

/// Replaces all of it.
#[utoipa::path(put, operation_id = "put_alert_routing", path = "/api/v1/alert-routing", tag = "alerting",
    params(ActorParams), request_body = Routing,
    responses((status = 200, body = Routing), (status = 400, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Params(params): Params<ActorParams>,
    sent: Result<Json<Routing>, JsonRejection>,
) -> Result<Json<Routing>, Problem> {
    let (routing, actor) = (body(sent)?, actor(params.by())?);
    Ok(Json(app.engine.ask(move |engine| engine.put_routing(routing, &actor)).await?))
}

/// Who would be told of an alert, when, and why. Nothing is stored.
#[utoipa::path(post, operation_id = "preview_alert_routing", path = "/api/v1/alert-routing/preview", tag = "alerting",
    request_body = RoutingQuestion, responses((status = 200, body = RoutingPreview), (status = 400, body = Problem),
    (status = 404, body = Problem)))]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    sent: Result<Json<RoutingQuestion>, JsonRejection>,
) -> Result<Json<RoutingPreview>, Problem> {
    let question = body(sent)?;
    let at = question.at_ms.map_or_else(|| app.now(), Timestamp::from_millis);
    let id = question.alert_id.as_deref().map(|id| number("alert", id)).transpose()?;
    let (preview, names) = app
        .engine
        .ask(move |engine| {
            let labels = match id {
                Some(id) => engine.alert_detail(id)?.alert.labels,
                None => question.labels.unwrap_or_default(),
            };
            Ok((engine.preview_routing(&labels, at, question.routing)?, Names::of(engine)?))
        })
        .await?;
    Ok(Json(RoutingPreview {
        routes: preview.routes.iter().map(|it| RoutePreview::of(it, &names)).collect(),
        muted_by: preview.mutes.iter().map(|it| names.muted_by(it.kind.as_str(), &it.by)).collect(),
    }))
}

/// Who is on call in each schedule.
#[utoipa::path(get, operation_id = "on_call", path = "/api/v1/on-call", tag = "alerting",
    params(OnCallParams), responses((status = 200, body = OnCallList)))]
pub(crate) async fn on_call(
    State(app): State<Arc<App>>,
    Params(params): Params<OnCallParams>,
) -> Result<Json<OnCallList>, Problem> {
    let at = params.at_ms.map_or_else(|| app.now(), Timestamp::from_millis);
    let on_call = app.engine.ask(move |engine| Ok(engine.on_call(at))).await?;
    let items = on_call.into_iter().map(|(schedule, now)| OnCallNow {
        schedule,
        person: now.as_ref().map(|it| it.person.clone()),
        until_ms: now.as_ref().map(|it| it.until.millis()),
        next_person: now.map(|it| it.next).filter(|it| !it.is_empty()),
    });
    Ok(Json(OnCallList { items: items.collect() }))
}
