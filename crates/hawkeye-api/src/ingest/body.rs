//! Reading a body within its limit, before and after decompression.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::StreamExt;
use hawkeye_ingest::{BodyError, inflate};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("content encoding `{0}` is not supported; use gzip or none")]
    Encoding(String),
    #[error("too many bodies are under way; send again later")]
    Overloaded,
    #[error("the connection broke before the body ended: {0}")]
    Broken(axum::Error),
}

/// A body, with the room it takes until it is dropped.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) bytes: Bytes,
    _room: Vec<SemaphorePermit<'a>>,
}

/// Takes `room` (in KiB) for what arrives. Counts streamed bytes, since a chunked body declares no length.
pub(crate) async fn read<'a>(
    headers: &HeaderMap,
    body: Body,
    size_bytes_max: usize,
    room: &'a Semaphore,
) -> Result<Held<'a>, ReadError> {
    let take = |size_bytes: usize| {
        let kib = u32::try_from(size_bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        room.try_acquire_many(kib).map_err(|_| ReadError::Overloaded)
    };
    let mut chunks = body.into_data_stream();
    let (mut bytes, mut held) = (Vec::new(), Vec::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(ReadError::Broken)?;
        if bytes.len() + chunk.len() > size_bytes_max {
            return Err(BodyError::TooLarge { limit: size_bytes_max }.into());
        }
        held.push(take(chunk.len())?);
        bytes.extend_from_slice(&chunk);
    }
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").trim());
    match encoding {
        None | Some("" | "identity") => Ok(Held { bytes: bytes.into(), _room: held }),
        Some(gzip) if gzip.eq_ignore_ascii_case("gzip") => {
            // Inflating 64 MiB takes long enough to hold up other connections of this thread.
            let inflated = tokio::task::spawn_blocking(move || inflate(&bytes, size_bytes_max)).await;
            let bytes = inflated.unwrap_or(Err(BodyError::TooLarge { limit: size_bytes_max }))?;
            held.push(take(bytes.len())?);
            Ok(Held { bytes: bytes.into(), _room: held })
        }
        Some(other) => Err(ReadError::Encoding(other.chars().take(40).collect())),
    }
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
