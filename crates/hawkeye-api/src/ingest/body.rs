//! Reading a body within its limit, before and after decompression.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::StreamExt;
use hawkeye_ingest::{BodyError, inflate};

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("content encoding `{0}` is not supported; use gzip or none")]
    Encoding(String),
    #[error("the connection broke before the body ended: {0}")]
    Broken(axum::Error),
}

/// Counts streamed bytes, since a chunked body declares no length.
pub(crate) async fn read(headers: &HeaderMap, body: Body, size_bytes_max: usize) -> Result<Bytes, ReadError> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(ReadError::Broken)?;
        if bytes.len() + chunk.len() > size_bytes_max {
            return Err(BodyError::TooLarge { limit: size_bytes_max }.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim());
    match encoding {
        None | Some("" | "identity") => Ok(bytes.into()),
        Some(gzip) if gzip.eq_ignore_ascii_case("gzip") => {
            // Inflating 64 MiB takes long enough to hold up other connections of this thread.
            let inflated = tokio::task::spawn_blocking(move || inflate(&bytes, size_bytes_max)).await;
            Ok(inflated.unwrap_or(Err(BodyError::TooLarge { limit: size_bytes_max }))?.into())
        }
        Some(other) => Err(ReadError::Encoding(other.chars().take(40).collect())),
    }
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
