//! The limits of ingestion, each with its default and the reason for it.

use std::time::Duration;

/// The longest duration that is believed; a longer one is a broken clock, not a request.
/// Seven days leave room for streams and web sockets.
pub const DURATION_MAX: Duration = Duration::from_hours(7 * 24);

/// How much a sender may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestConfig {
    /// The largest body, counted after decompression. 64 MiB is what OTLP 1.11 recommends.
    pub body_size_bytes_max: usize,
    /// Longer names and paths are cut at a character's border.
    /// 512 bytes hold any route that a person wrote, and keep a request's texts under 4 KiB together.
    pub attribute_length_bytes_max: usize,
    /// Pairs of method and route a service may have; later ones become
    /// [`OTHER_ROUTE`](hawkeye_model::OTHER_ROUTE). Hand-written APIs rarely pass 300 routes, so more than
    /// 1,000 are paths that should have been templates.
    pub routes_per_service_max: usize,
    /// Versions of a service that are heard of within a day; further ones become
    /// [`OTHER_VERSION`](crate::OTHER_VERSION). Rollups are kept per version, so a build number in every request
    /// would make as many rollups as requests. A hundred deployments a day fit.
    pub versions_per_service_max: usize,
    /// Later services become [`OTHER_SERVICE`](crate::OTHER_SERVICE). 10,000 exceed the largest known
    /// estates; at their route limit they would cost about 160 MB of memory.
    pub services_max: usize,
    /// Later environments become [`OTHER_ENVIRONMENT`](crate::OTHER_ENVIRONMENT).
    /// 256 leave room for 4 providers, 8 deployments and 8 regions each.
    pub environments_max: usize,
    /// Requests that started earlier than this before now are rejected.
    /// 7 days, so that a week of history can be imported.
    pub past_max: Duration,
    /// Requests that start later than this after now are rejected. 10 minutes forgive a wrong clock.
    pub future_max: Duration,
    /// How long a service must have sent neither server nor consumer spans before its client spans count.
    /// 60 s are two export intervals of the slowest default exporter.
    pub client_span_grace: Duration,
    /// Rejections that are listed in one answer; the rest are only counted.
    /// 20 show every kind of mistake and fit on a screen.
    pub errors_max: usize,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            body_size_bytes_max: 64 << 20,
            attribute_length_bytes_max: 512,
            routes_per_service_max: 1_000,
            versions_per_service_max: 100,
            services_max: 10_000,
            environments_max: 256,
            past_max: Duration::from_hours(7 * 24),
            future_max: Duration::from_mins(10),
            client_span_grace: Duration::from_mins(1),
            errors_max: 20,
        }
    }
}
