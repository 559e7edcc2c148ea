//! `GET /api/v1/detection`: how detection does.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hawkeye_engine::Status;
use hawkeye_model::Timestamp;

use super::conversions::finite;
use crate::app::App;
use crate::dto::{DetectionStatus, SignalStatus};
use crate::error::Problem;

/// What is watched, and promised false alarms against measured ones.
#[utoipa::path(get, operation_id = "detection", path = "/api/v1/detection", tag = "detection",
    responses((status = 200, body = DetectionStatus)))]
pub(crate) async fn get(State(app): State<Arc<App>>) -> Result<Json<DetectionStatus>, Problem> {
    let status = app.engine.ask(|engine| engine.status()).await?;
    Ok(Json(DetectionStatus::from(status)))
}

impl From<Status> for DetectionStatus {
    fn from(status: Status) -> Self {
        let promised_each = status.promised_per_week / status.signals.len().max(1) as f64;
        let signals = status.signals.iter().map(|signal| SignalStatus {
            signal: signal.signal.into(),
            threshold: finite(signal.threshold),
            promised_per_week: promised_each,
            noise_per_week: finite(signal.noise_per_week),
            peaks_seen: signal.peaks_seen,
        });
        Self {
            series_watched: status.series_watched as u64,
            series_learning: status.series_learning as u64,
            series_max: status.series_max as u64,
            watermark_ms: status.watermark.map(Timestamp::millis),
            lag_s: status.lag.as_secs_f64(),
            open: status.open as u64,
            promised_per_week: status.promised_per_week,
            measured_per_week: status.measured.map(|it| it.per_week),
            measured_lower: status.measured.map(|it| it.lower),
            measured_upper: status.measured.map(|it| it.upper),
            confirmed_30d: status.confirmed,
            false_positive_30d: status.false_positive,
            unjudged_30d: status.unjudged,
            signals: signals.collect(),
        }
    }
}
