//! `GET /api/v1/explanations`: why detection was silent, or was not.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_model::EndpointId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversions::{finite, optional};
use crate::app::App;
use crate::dto::{EndpointRef, Explanation, ExplanationGate, SilenceGate};
use crate::error::Problem;
use crate::params::{Params, parse_time};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplanationParams {
    /// One endpoint id.
    endpoint: String,
    /// One whole environment: `aws/production/eu-west-1`.
    env: String,
    /// `now-1h`, RFC 3339, or milliseconds since 1970; the newest minute when left out.
    at: Option<String>,
}

/// What each test saw of a series in one minute, and what kept it from raising an alarm.
#[utoipa::path(get, operation_id = "explanation", path = "/api/v1/explanations", tag = "detection",
    params(ExplanationParams),
    responses((status = 200, body = Explanation), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn explain(
    State(app): State<Arc<App>>,
    Params(params): Params<ExplanationParams>,
) -> Result<Json<Explanation>, Problem> {
    let endpoint = EndpointId::parse(&params.endpoint)
        .ok_or_else(|| Problem::parameter("endpoint", "is no endpoint id; an id has 16 hex digits"))?;
    let at = params.at.as_deref().map(|text| parse_time(text, app.now()));
    let at = at.transpose().map_err(|error| Problem::parameter("at", error))?;
    let explained = app.engine.explain(endpoint, params.env, at).await?;
    let gates = explained.gates.iter().map(|gate| ExplanationGate {
        signal: gate.signal.into(),
        test: gate.test.clone(),
        observed: optional(gate.observed),
        expected: optional(gate.expected),
        score: finite(gate.score),
        threshold: finite(gate.threshold),
        passed: gate.passed,
        reason: gate.reason.clone(),
    });
    Ok(Json(Explanation {
        endpoint: EndpointRef::from(explained.series.endpoint()),
        environment: explained.series.environment().to_string(),
        at_ms: explained.at.millis(),
        gates: gates.collect(),
        verdict: explained.verdict,
        pipeline: explained.pipeline.iter().map(SilenceGate::from).collect(),
    }))
}
