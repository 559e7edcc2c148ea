//! Errors as clients see them: RFC 9457 problems with a stable code, never our internals.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hawkeye_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Seconds after which an overloaded server may be asked again.
pub(crate) const RETRY_AFTER_SECONDS: u64 = 2;

/// What went wrong (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Where this kind of problem is explained.
    pub r#type: String,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    /// Stable; programs may rely on it.
    pub code: &'static str,
    /// Which parameters or fields are at fault.
    pub errors: Vec<FieldError>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            r#type: format!("/docs/errors.md#{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: Vec::new(),
        }
    }

    pub(crate) fn parameter(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut problem = Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_parameter",
            "A parameter is not valid",
            format!("{field}: {message}"),
        );
        problem.errors.push(FieldError { field: field.into(), message });
        problem
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here", detail)
    }

    pub(crate) fn overloaded(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Send again later", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooManyGroups { .. } => Self::new(
                StatusCode::BAD_REQUEST,
                "too_many_groups",
                "The answer would be too large",
                error.to_string(),
            ),
            StoreError::Timeout { .. } => Self::new(
                StatusCode::GATEWAY_TIMEOUT,
                "timeout",
                "The query took too long",
                error.to_string(),
            ),
            StoreError::Overloaded { .. }
            | StoreError::DiskFull
            | StoreError::Failed
            | StoreError::Closed => Self::overloaded(error.to_string()),
            internal => {
                tracing::error!(error = %internal, "a query failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Hawkeye could not answer",
                    "the cause is in the server's log",
                )
            }
        }
    }
}
