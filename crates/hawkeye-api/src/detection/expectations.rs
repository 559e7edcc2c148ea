//! `GET /api/v1/expectations`: bands, anomalies and deployments to draw over a chart.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_catalog::{AnomalyQuery, AnomalySort, DeploymentQuery};
use hawkeye_engine::{ExpectationQuery, ScopeExpectations};
use hawkeye_model::Band;
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversions::optional;
use super::{in_scope, place};
use crate::app::App;
use crate::dto::{Anomaly, DeploymentMark, Expectations, MeasureBand, millis};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams};
use crate::read::steps::step;

const POINTS_DEFAULT: u64 = 300;

/// Deployments that are drawn: the newest.
const DEPLOYMENTS_MAX: usize = 100;

/// Marks on one chart.
const ANOMALIES_MAX: usize = 200;

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpectationParams {
    /// `auto` or a multiple of ten seconds; the same as asked of `series` gives the same steps.
    #[param(default = "auto")]
    step: Option<String>,
    /// For `auto`.
    #[param(default = 300, maximum = 5000)]
    max_points: Option<u64>,
}

/// What is expected of one endpoint over time, by what is known now; and what was odd in any scope.
#[utoipa::path(get, path = "/api/v1/expectations", tag = "detection", params(ScopeParams, ExpectationParams),
    responses((status = 200, body = Expectations), (status = 400, body = Problem)))]
pub(crate) async fn expectations(
    State(app): State<Arc<App>>,
    Params(scope): Params<ScopeParams>,
    Params(params): Params<ExpectationParams>,
) -> Result<Json<Expectations>, Problem> {
    let scope = Scope::read(&scope, &*app.clock)?;
    let step = step(params.step.as_deref(), params.max_points, POINTS_DEFAULT, scope.range)?;
    // The same widening as a series of this range, so that both fall on the same steps.
    let step = app.store.step_kept(step, scope.range.from, scope.now);
    let start = scope.range.from.floor(step);
    let n = scope.range.to.since(start).as_micros().div_ceil(step.as_micros().max(1)).max(1) as usize;
    let places: Vec<_> = scope.filter.environments.iter().map(place).collect();
    let one = match scope.filter.endpoints.as_slice() {
        &[endpoint] => Some(ExpectationQuery { endpoint, places: places.clone(), start, step, n }),
        _ => None,
    };
    let anomalies = AnomalyQuery {
        range: Some((scope.range.from, scope.range.to)),
        sort: AnomalySort::Onset,
        limit: ANOMALIES_MAX,
        ..in_scope(&scope.filter)
    };
    let (range, services) = (scope.range, scope.filter.services.clone());
    let (bands, anomalies, deployments) = app
        .engine
        .ask(move |engine| {
            let bands = one.map_or_else(ScopeExpectations::default, |one| engine.expectations(&one));
            let anomalies = engine.anomalies(&anomalies)?.page.items;
            let deployments = engine.deployments(&DeploymentQuery {
                from: range.from,
                to: range.to,
                dataset: None,
                services,
                within: places,
                verdicts: Vec::new(),
                limit: DEPLOYMENTS_MAX,
            })?;
            Ok((bands, anomalies, deployments))
        })
        .await?;
    Ok(Json(Expectations {
        range: scope.range.into(),
        t0_ms: start.millis(),
        step_ms: millis(step),
        n: n as u64,
        seasonal: bands.is_seasonal,
        learning: bands.is_learning,
        measures: bands
            .measures
            .iter()
            .map(|(measure, bands)| {
                let side = |of: fn(&Band) -> f64| {
                    bands.iter().map(|band| band.as_ref().and_then(|band| optional(of(band)))).collect()
                };
                MeasureBand {
                    measure: (*measure).into(),
                    lower: side(|band| band.lower),
                    expected: side(|band| band.expected),
                    upper: side(|band| band.upper),
                }
            })
            .collect(),
        anomalies: anomalies.iter().map(Anomaly::from).collect(),
        deployments: deployments.iter().map(|it| DeploymentMark::from(&it.deployment)).collect(),
    }))
}
