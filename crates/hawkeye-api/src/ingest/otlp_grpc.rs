//! OTLP over gRPC.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Response};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::app::App;
use crate::error::RETRY_AFTER_SECONDS;

/// The largest message, whatever the config allows over HTTP: about 30,000 ordinary spans, and exporters send 512.
const MESSAGE_SIZE_BYTES_MAX: usize = 16 << 20;

#[derive(Debug)]
struct Traces(Arc<App>);

/// The services of the OTLP/gRPC port.
pub fn otlp_grpc(app: Arc<App>) -> axum::Router {
    // tonic decodes a message before it can be measured, and an empty span takes 150 times its size in memory.
    let size_bytes_max = app.intake.body_size_bytes_max().min(MESSAGE_SIZE_BYTES_MAX);
    let service = TraceServiceServer::new(Traces(app))
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(size_bytes_max);
    Routes::new(service).prepare().into_axum_router().layer(axum::middleware::map_response(name_as_otlp))
}

#[tonic::async_trait]
impl TraceService for Traces {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, Status> {
        let decoded = self.0.intake.decode(|| self.0.decode_traces(request.get_ref())).await;
        match self.0.accept_traces(decoded).await {
            Ok(response) => Ok(tonic::Response::new(response)),
            Err(error) => {
                let retry = Duration::from_secs(RETRY_AFTER_SECONDS);
                let details = ErrorDetails::with_retry_info(Some(retry));
                Err(Status::with_error_details(Code::Unavailable, error.to_string(), details))
            }
        }
    }
}

/// OTLP wants RESOURCE_EXHAUSTED for a message above the limit, where tonic says OUT_OF_RANGE, and INVALID_ARGUMENT for
/// one that cannot be decoded, where tonic says INTERNAL. Nothing else here answers with either.
async fn name_as_otlp<B>(mut response: Response<B>) -> Response<B> {
    if let Some(status) = response.headers_mut().get_mut("grpc-status") {
        match status.as_bytes() {
            b"11" => *status = HeaderValue::from_static("8"),
            b"13" => *status = HeaderValue::from_static("3"),
            _ => {}
        }
    }
    response
}
