//! `POST /api/v1/backtests`: the stored past with other settings.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use hawkeye_engine::{self as engine, BACKTEST_MAX, BacktestQuery};
use hawkeye_model::Timestamp;
use hawkeye_store::TimeRange;

use crate::app::App;
use crate::dto::{Anomaly, Backtest, BacktestSide, BacktestStart, SeverityCounts, SignalCounts};
use crate::error::Problem;
use crate::params::ScopeParams;

/// Runs a stored range again, with the present settings and with changed ones. One at a time; it takes a while.
#[utoipa::path(post, operation_id = "backtest", path = "/api/v1/backtests", tag = "detection",
    request_body = BacktestStart, responses((status = 200, body = Backtest), (status = 400, body = Problem),
    (status = 409, body = Problem)))]
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    body: Result<Json<BacktestStart>, JsonRejection>,
) -> Result<Json<Backtest>, Problem> {
    let Json(body) = body.map_err(|rejection| Problem::parameter("body", rejection.body_text()))?;
    let done = app.engine.backtest(body.read()?).await?;
    Ok(Json(Backtest::from(&done)))
}

impl BacktestStart {
    /// # Errors
    /// With the field that is wrong.
    pub fn read(&self) -> Result<BacktestQuery, Problem> {
        let range =
            TimeRange { from: Timestamp::from_millis(self.from_ms), to: Timestamp::from_millis(self.to_ms) };
        if range.from >= range.to {
            return Err(Problem::parameter("to_ms", "must be after `from_ms`"));
        }
        if range.width() > BACKTEST_MAX {
            return Err(Problem::parameter("from_ms", "must be at most 60 days before `to_ms`"));
        }
        let scope = ScopeParams::of(self.env.clone(), self.endpoint.clone(), self.service.clone());
        Ok(BacktestQuery {
            range,
            filter: scope.filter()?,
            settings: self.settings.as_ref().map(|it| it.read()).transpose()?,
        })
    }
}

impl From<&engine::Backtest> for Backtest {
    fn from(done: &engine::Backtest) -> Self {
        let anomalies = |of: &[hawkeye_catalog::StoredAnomaly]| of.iter().map(Anomaly::from).collect();
        Self {
            range: done.range.into(),
            series: done.series as u64,
            windows: done.windows,
            seconds: done.elapsed.as_secs_f64(),
            current: done.current.into(),
            changed: done.changed.into(),
            only_current: anomalies(&done.only_current),
            only_changed: anomalies(&done.only_changed),
            both: done.both as u64,
        }
    }
}

impl From<engine::Side> for BacktestSide {
    fn from(side: engine::Side) -> Self {
        let [traffic, error_rate, client_error_rate, latency] = side.by_signal.map(|n| n as u64);
        Self {
            opened: side.opened as u64,
            by_severity: SeverityCounts::from(side.by_severity.map(|n| n as u64)),
            by_signal: SignalCounts { traffic, error_rate, client_error_rate, latency },
        }
    }
}
