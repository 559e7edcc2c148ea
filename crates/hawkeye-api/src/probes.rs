//! Health and metrics, for orchestrators and Prometheus.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// Ready to take data: storage has not failed.
async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.store.is_writable() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "storage has failed; look at the log and restart\n")
    }
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let status = app.store.status();
    for (name, value) in [
        ("hawkeye_storage_size_bytes", status.size_bytes),
        ("hawkeye_storage_segments", status.segments),
        ("hawkeye_storage_requests", status.requests),
        ("hawkeye_storage_head_requests", status.head_requests),
        ("hawkeye_storage_queued_requests", status.queued_requests),
    ] {
        metrics::gauge!(name).set(value as f64);
    }
    metrics::gauge!("hawkeye_build_info", "version" => app.info.version).set(1.0);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (app.info.render_metrics)())
}
