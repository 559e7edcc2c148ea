//! Starting, watching and removing demo data. The binary does the work behind [`DemoControl`].

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use crate::app::App;
use crate::dto::{DemoStart, DemoStatus};
use crate::error::Problem;

/// What the binary offers. All calls return at once; the work goes on in the background.
pub trait DemoControl: Send + Sync + std::fmt::Debug {
    fn status(&self) -> DemoStatus;
    /// # Errors
    /// When there is demo data already, or the request makes no sense.
    fn start(&self, start: DemoStart) -> Result<DemoStatus, DemoError>;
    fn remove(&self) -> DemoStatus;
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("there is demo data already; remove it first")]
    Exists,
    #[error("{message}")]
    Invalid { field: &'static str, message: String },
}

impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Exists => Self::new(
                StatusCode::CONFLICT,
                "demo_exists",
                "There is demo data already",
                error.to_string(),
            ),
            DemoError::Invalid { field, message } => Self::parameter(field, message),
        }
    }
}

/// The state of the demo data, with what was planted.
#[utoipa::path(get, operation_id = "demo", path = "/api/v1/demo", tag = "demo", responses((status = 200, body = DemoStatus)))]
pub(crate) async fn get(State(app): State<Arc<App>>) -> Json<DemoStatus> {
    Json(app.demo.status())
}

/// Fills the store with a simulated past and keeps new requests coming.
#[utoipa::path(post, operation_id = "start_demo", path = "/api/v1/demo", tag = "demo", request_body = DemoStart,
    responses((status = 202, body = DemoStatus), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    body: Result<Json<DemoStart>, JsonRejection>,
) -> Result<(StatusCode, Json<DemoStatus>), Problem> {
    let Json(start) = body.map_err(|rejection| Problem::parameter("body", rejection.body_text()))?;
    Ok((StatusCode::ACCEPTED, Json(app.demo.start(start)?)))
}

/// Stops the simulation and removes everything it made.
#[utoipa::path(delete, operation_id = "remove_demo", path = "/api/v1/demo", tag = "demo", responses((status = 202, body = DemoStatus)))]
pub(crate) async fn remove(State(app): State<Arc<App>>) -> (StatusCode, Json<DemoStatus>) {
    (StatusCode::ACCEPTED, Json(app.demo.remove()))
}
