//! `POST /api/v1/alert-backtest`: the whole pipeline over the stored past.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use hawkeye_engine::AlertBacktestQuery;
use hawkeye_model::Timestamp;
use hawkeye_store::TimeRange;

use super::body;
use crate::app::App;
use crate::dto::{AlertBacktest, AlertBacktestSide, AlertBacktestStart};
use crate::error::Problem;

const WEEK_S: f64 = 7.0 * 86_400.0;

/// What other rules, routes or settings would have told, beside today's.
#[utoipa::path(post, operation_id = "alert_backtest", path = "/api/v1/alert-backtest", tag = "alerting",
    request_body = AlertBacktestStart, responses((status = 200, body = AlertBacktest), (status = 400, body = Problem),
    (status = 409, body = Problem)))]
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    sent: Result<Json<AlertBacktestStart>, JsonRejection>,
) -> Result<Json<AlertBacktest>, Problem> {
    let start = body(sent)?;
    if start.from_ms >= start.to_ms {
        return Err(Problem::parameter("to_ms", "must be later than from_ms"));
    }
    let settings = start.settings.as_ref().map(|it| it.read()).transpose()?;
    let query = AlertBacktestQuery {
        range: TimeRange {
            from: Timestamp::from_millis(start.from_ms),
            to: Timestamp::from_millis(start.to_ms),
        },
        rules: start.rules,
        routing: start.routing,
        settings,
    };
    let backtest = app.engine.alert_backtest(query).await?;
    let weeks = (backtest.range.to.since(backtest.range.from).as_secs_f64() / WEEK_S).max(f64::MIN_POSITIVE);
    Ok(Json(AlertBacktest {
        from_ms: backtest.range.from.millis(),
        to_ms: backtest.range.to.millis(),
        elapsed_s: backtest.elapsed.as_secs_f64(),
        current: AlertBacktestSide::of(&backtest.current, weeks),
        changed: AlertBacktestSide::of(&backtest.changed, weeks),
        incidents_note: note(&backtest.changed.without_channels),
    }))
}

fn note(without_channels: &[String]) -> String {
    let known =
        "known incidents are anomalies that somebody confirmed, or of high severity and not judged otherwise";
    match without_channels {
        [] => known.to_owned(),
        names => format!("{known}; {} has no channels yet and is counted as if it had one", names.join(", ")),
    }
}
