//! `POST /api/v1/requests`: requests that a person or a script writes by hand.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hawkeye_ingest::native::{self, Format};
use hawkeye_ingest::{BodyError, Rejection};
use hawkeye_store::Dataset;

use super::body::{ReadError, media_type, read};
use crate::app::App;
use crate::dto::{IngestAnswer, RecordError};
use crate::error::Problem;

/// Takes a JSON array or NDJSON of requests. Wrong records are named; the others are stored.
#[utoipa::path(post, operation_id = "post_requests", path = "/api/v1/requests", tag = "ingest",
    request_body(content = String, description = "An array of requests, or one request a line; see docs/ingest.md", content_type = "application/json"),
    responses((status = 200, body = IngestAnswer), (status = 400, body = Problem), (status = 413, body = Problem),
              (status = 415, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<IngestAnswer>, Problem> {
    let format = match media_type(&headers).as_str() {
        "application/json" => Format::Json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Format::NdJson,
        other => {
            return Err(unsupported(format!(
                "`{other}` is not supported; send application/json or application/x-ndjson"
            )));
        }
    };
    let held = read(&headers, body, app.intake.body_size_bytes_max(), &app.intake.room).await?;
    let now = app.now();
    let decoded = app
        .intake
        .decode(|| app.intake.with(|normaliser| native::requests(format, &held.bytes, normaliser, now)))
        .await?;
    drop(held);
    app.intake.count(&decoded);
    let appended = app.accept(decoded.requests, Dataset::Live).await?;
    Ok(Json(IngestAnswer {
        accepted: appended.requests,
        duplicates: appended.duplicates,
        rejected: decoded.rejected,
        errors: decoded.errors.into_iter().map(RecordError::from).collect(),
    }))
}

impl From<Rejection> for RecordError {
    fn from(rejection: Rejection) -> Self {
        Self { index: rejection.index, field: rejection.field, message: rejection.message }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Body(error) => error.into(),
            ReadError::Encoding(_) => unsupported(error.to_string()),
            ReadError::Overloaded => Self::overloaded(error.to_string()),
            ReadError::Broken(_) => bad_body(error.to_string()),
        }
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge { .. } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large",
                error.to_string(),
            ),
            _ => bad_body(error.to_string()),
        }
    }
}

fn bad_body(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_body", "The body cannot be read", detail)
}

fn unsupported(detail: String) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "This kind of body is not supported",
        detail,
    )
}
