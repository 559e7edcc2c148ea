//! OTLP over HTTP: `POST /v1/traces` in protobuf or JSON, answered in the encoding of the question.
//!
//! Only 429, 502, 503 and 504 make an exporter send again, so everything that may pass is 503 with `Retry-After`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hawkeye_ingest::{BodyError, Decoded, otlp};
use hawkeye_store::{Dataset, StoreError};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::json;
use tonic_types::pb;
use tower_http::catch_panic::CatchPanicLayer;

use super::body::{ReadError, media_type, read};
use crate::app::App;
use crate::error::RETRY_AFTER_SECONDS;

/// What stands in the answer about rejected spans, at most: well below the recommended 4 MiB.
const MESSAGE_LENGTH_MAX: usize = 4_096;

/// The routes of the OTLP/HTTP port.
pub fn otlp_router(app: Arc<App>) -> Router {
    Router::new().route("/v1/traces", post(traces)).layer(CatchPanicLayer::new()).with_state(app)
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Protobuf,
    Json,
}

async fn traces(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let encoding = match media_type(&headers).as_str() {
        "application/x-protobuf" => Encoding::Protobuf,
        "application/json" => Encoding::Json,
        _ => {
            let message = "send application/x-protobuf or application/json";
            return (StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into_response();
        }
    };
    let held = match read(&headers, body, app.intake.body_size_bytes_max(), &app.intake.room).await {
        Ok(held) => held,
        Err(ReadError::Overloaded) => return overloaded(encoding, &ReadError::Overloaded),
        Err(error) => return refused(encoding, &error),
    };
    let decoded = app
        .intake
        .decode(|| {
            let message = match encoding {
                Encoding::Protobuf => otlp::decode_protobuf(&held.bytes)?,
                Encoding::Json => otlp::decode_json(&held.bytes)?,
            };
            Ok(app.decode_traces(&message))
        })
        .await;
    drop(held);
    match decoded {
        Ok(decoded) => match app.accept_traces(decoded).await {
            Ok(response) => answered(encoding, &response),
            Err(error) => overloaded(encoding, &error),
        },
        Err(error) => refused(encoding, &ReadError::Body(error)),
    }
}

impl App {
    /// Turns spans into requests.
    pub(crate) fn decode_traces(&self, message: &ExportTraceServiceRequest) -> Decoded {
        let now = self.now();
        self.intake.with(|normaliser| otlp::requests(message, normaliser, now))
    }

    /// Stores what was decoded. The answer names spans that were rejected.
    pub(crate) async fn accept_traces(
        &self,
        mut decoded: Decoded,
    ) -> Result<ExportTraceServiceResponse, StoreError> {
        self.intake.spans_received.fetch_add(decoded.received, Ordering::Relaxed);
        metrics::counter!("hawkeye_ingest_spans_total").increment(decoded.received);
        self.intake.count(&decoded);
        let requests = std::mem::take(&mut decoded.requests);
        self.accept(requests, Dataset::Live).await?;
        Ok(ExportTraceServiceResponse { partial_success: partial_success(&decoded) })
    }
}

fn partial_success(decoded: &Decoded) -> Option<ExportTracePartialSuccess> {
    if decoded.rejected == 0 {
        return None;
    }
    let mut error_message = String::new();
    for error in &decoded.errors {
        let line = format!("span {}: {} {}; ", error.index, error.field, error.message);
        if error_message.len() + line.len() > MESSAGE_LENGTH_MAX {
            break;
        }
        error_message.push_str(&line);
    }
    let rejected_spans = i64::try_from(decoded.rejected).unwrap_or(i64::MAX);
    Some(ExportTracePartialSuccess { rejected_spans, error_message })
}

fn answered(encoding: Encoding, response: &ExportTraceServiceResponse) -> Response {
    let json = match &response.partial_success {
        None => json!({}),
        Some(partial) => json!({ "partialSuccess": {
            // 64-bit numbers are strings in protobuf's JSON.
            "rejectedSpans": partial.rejected_spans.to_string(),
            "errorMessage": partial.error_message,
        } }),
    };
    encoded(encoding, StatusCode::OK, response, &json)
}

/// The sender must not send the same again.
fn refused(encoding: Encoding, error: &ReadError) -> Response {
    let status = match error {
        ReadError::Body(BodyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        ReadError::Encoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ReadError::Body(_) | ReadError::Broken(_) | ReadError::Overloaded => StatusCode::BAD_REQUEST,
    };
    failed(encoding, status, tonic::Code::InvalidArgument, &error.to_string())
}

/// The sender should send the same again, a little later.
fn overloaded(encoding: Encoding, error: &dyn std::error::Error) -> Response {
    let mut response =
        failed(encoding, StatusCode::SERVICE_UNAVAILABLE, tonic::Code::Unavailable, &error.to_string());
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    response
}

fn failed(encoding: Encoding, status: StatusCode, code: tonic::Code, message: &str) -> Response {
    let body = pb::Status { code: code as i32, message: message.into(), details: Vec::new() };
    let json = json!({ "code": body.code, "message": body.message });
    encoded(encoding, status, &body, &json)
}

fn encoded(
    encoding: Encoding,
    status: StatusCode,
    message: &impl Message,
    json: &serde_json::Value,
) -> Response {
    match encoding {
        Encoding::Protobuf => {
            (status, [(header::CONTENT_TYPE, "application/x-protobuf")], message.encode_to_vec())
                .into_response()
        }
        Encoding::Json => {
            (status, [(header::CONTENT_TYPE, "application/json")], json.to_string()).into_response()
        }
    }
}
