//! `GET /api/v1/predictions`: what will break, when, how sure.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_engine::PredictionQuery;
use hawkeye_forecast::JourneyStep;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{duration, measures};
use crate::app::App;
use crate::detection::place;
use crate::dto::{ForecastStatus, JourneyRef, Prediction, Predictions};
use crate::error::Problem;
use crate::params::{Params, ScopeParams};

/// Seconds of a step of a prediction.
const STEP_S: u64 = 600;

const LIMIT_MAX: usize = 500;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PredictionParams {
    /// Comma list of measures; all when left out.
    measure: Option<String>,
    /// Crossed within this time: `1h`, `6h`, `24h`.
    #[param(default = "24h")]
    horizon: Option<String>,
    /// Less probable ones are left out.
    #[param(default = 0.05, minimum = 0, maximum = 1)]
    probability_min: Option<f64>,
    #[param(default = 50, maximum = 500)]
    limit: Option<usize>,
}

/// Limits that may be crossed, what will hurt first comes first.
#[utoipa::path(get, operation_id = "predictions", path = "/api/v1/predictions", tag = "forecasting", params(ScopeParams, PredictionParams),
    responses((status = 200, body = Predictions), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<PredictionParams>,
) -> Result<Json<Predictions>, Problem> {
    let horizon = duration("horizon", params.horizon.as_deref(), "24h", ("10m", "24h"))?;
    let steps = (horizon.as_secs() / STEP_S).max(1) as usize;
    let probability_min = params.probability_min.unwrap_or(0.05);
    if !(0.0..=1.0).contains(&probability_min) {
        return Err(Problem::parameter("probability_min", "must lie between 0 and 1"));
    }
    let filter = scope.filter()?;
    let query = PredictionQuery {
        places: filter.environments.iter().map(place).collect(),
        endpoints: filter.endpoints,
        services: filter.services,
        measures: measures(params.measure.as_deref())?,
        steps,
        probability_min,
        limit: params.limit.unwrap_or(50).clamp(1, LIMIT_MAX),
    };
    let (found, journeys, records) = app
        .engine
        .ask(move |engine| {
            let found = engine.predictions(&query);
            let records = engine.prediction_records(&found.items)?;
            Ok((found, engine.journeys(), records))
        })
        .await?;
    let journeys_of = |prediction: &hawkeye_engine::Prediction| {
        let endpoint = prediction.series.endpoint();
        let is_step = |step: &JourneyStep| {
            *step.service == *endpoint.service
                && *step.method == *endpoint.method
                && *step.route == *endpoint.route
        };
        journeys
            .iter()
            .filter(|stored| stored.journey.steps.iter().any(is_step))
            .map(|stored| JourneyRef { id: stored.journey.id.clone(), name: stored.journey.name.clone() })
            .collect()
    };
    let status = &found.status;
    Ok(Json(Predictions {
        made_ms: found.made.map(hawkeye_model::Timestamp::millis),
        items: found
            .items
            .iter()
            .zip(&records)
            .map(|(it, record)| Prediction::of(it, steps, journeys_of(it), record.as_ref()))
            .collect(),
        total: found.total as u64,
        status: ForecastStatus {
            forecasts: status.forecasts as u64,
            untrusted: status.untrusted as u64,
            scopes_max: status.scopes_max as u64,
            scopes_left_out: status.scopes_left_out as u64,
            round_seconds: status.took.as_secs_f64(),
        },
    }))
}
