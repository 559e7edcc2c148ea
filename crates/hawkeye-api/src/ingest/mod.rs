//! Taking requests in: from OpenTelemetry over HTTP and gRPC, and from hand-written JSON.
//!
//! All three end in [`App::accept`], which answers once the requests are on disk and then shows them to those who
//! watch live.

mod body;
pub(crate) mod native;
mod otlp_grpc;
mod otlp_http;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use hawkeye_ingest::{Decoded, Normaliser};
use hawkeye_model::{Request, Timestamp};
use hawkeye_store::{Appended, Dataset, StoreError};
use tokio::sync::Semaphore;

pub use otlp_grpc::otlp_grpc;
pub use otlp_http::otlp_router;

use crate::app::App;

/// Bodies that are being received or decoded take together as much room as so many of the largest: 256 MiB by default.
const LARGEST_BODIES_MAX: usize = 4;

/// Bodies that are decoded at the same time. A decoded body can be many times its size.
const DECODERS_MAX: usize = 2;

/// The state of intake: what has been seen, and how much.
#[derive(Debug)]
pub(crate) struct Intake {
    normaliser: Mutex<Normaliser>,
    /// KiB of bodies that may be under way; beyond that senders are told to come back.
    room: Semaphore,
    decoders: Semaphore,
    pub(crate) requests_accepted: AtomicU64,
    pub(crate) requests_rejected: AtomicU64,
    pub(crate) spans_received: AtomicU64,
}

impl Intake {
    pub(crate) fn new(normaliser: Normaliser) -> Self {
        let room_kib = LARGEST_BODIES_MAX * normaliser.config().body_size_bytes_max.div_ceil(1024);
        Self {
            normaliser: Mutex::new(normaliser),
            room: Semaphore::new(room_kib.min(Semaphore::MAX_PERMITS)),
            decoders: Semaphore::new(DECODERS_MAX),
            requests_accepted: AtomicU64::new(0),
            requests_rejected: AtomicU64::new(0),
            spans_received: AtomicU64::new(0),
        }
    }

    pub(crate) fn body_size_bytes_max(&self) -> usize {
        self.with(|normaliser| normaliser.config().body_size_bytes_max)
    }

    pub(crate) fn with<T>(&self, use_it: impl FnOnce(&mut Normaliser) -> T) -> T {
        use_it(&mut self.normaliser.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs a decoder when there is a place, without holding up the other connections of this thread.
    pub(crate) async fn decode<T>(&self, decoder: impl FnOnce() -> T) -> T {
        // The semaphore is never closed; without a permit the decoder would only run sooner.
        let _permit = self.decoders.acquire().await.ok();
        tokio::task::block_in_place(decoder)
    }

    /// Counts what was decoded.
    fn count(&self, decoded: &Decoded) {
        self.requests_rejected.fetch_add(decoded.rejected, Ordering::Relaxed);
        metrics::counter!("hawkeye_ingest_rejected_total").increment(decoded.rejected);
        metrics::counter!("hawkeye_ingest_skipped_spans_total").increment(decoded.skipped);
    }
}

impl App {
    /// Stores requests durably, then publishes them.
    ///
    /// # Errors
    /// When they could not be stored; then none is.
    pub async fn accept(&self, requests: Vec<Request>, dataset: Dataset) -> Result<Appended, StoreError> {
        let now = self.clock.now();
        let shown = requests.clone();
        let appended = self.store.append(requests, dataset, now).await?;
        self.intake.requests_accepted.fetch_add(appended.requests, Ordering::Relaxed);
        metrics::counter!("hawkeye_ingest_requests_total").increment(appended.requests);
        metrics::counter!("hawkeye_ingest_duplicates_total").increment(appended.duplicates);
        // What was sent before was also shown before. Exporters repeat whole batches.
        if appended.requests > 0 {
            self.live.publish(&shown, self.clock.now());
        }
        Ok(appended)
    }

    /// The time by which incoming data are judged.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
