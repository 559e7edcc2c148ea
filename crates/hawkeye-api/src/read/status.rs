//! `GET /api/v1/status`: the server about itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::dto::{IngestStatus, Status, StorageStatus};

/// Version, addresses, storage and intake.
#[utoipa::path(get, path = "/api/v1/status", tag = "read", responses((status = 200, body = Status)))]
pub(crate) async fn status(State(app): State<Arc<App>>) -> Json<Status> {
    let stored = app.store.status();
    Json(Status {
        version: app.info.version.into(),
        started_ms: app.info.started.millis(),
        now_ms: app.now().millis(),
        otlp_http_address: app.info.otlp_http_address.clone(),
        otlp_grpc_address: app.info.otlp_grpc_address.clone(),
        storage: StorageStatus {
            size_bytes: stored.size_bytes,
            segments: stored.segments,
            requests_stored: stored.requests,
            oldest_request_ms: stored.oldest_request.map(hawkeye_model::Timestamp::millis),
        },
        ingest: IngestStatus {
            requests_accepted: app.intake.requests_accepted.load(Ordering::Relaxed),
            requests_rejected: app.intake.requests_rejected.load(Ordering::Relaxed),
            spans_received: app.intake.spans_received.load(Ordering::Relaxed),
        },
    })
}
