//! A watcher as bytes and back, so that a restart continues where it stopped.
//!
//! Each part starts with a format byte. A snapshot of another format is refused: the caller then learns again from
//! what is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use hawkeye_model::{Endpoint, Environment, Provider, Series, SeriesId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::detector::Detector;
use crate::settings::Settings;
use crate::track::Tracks;
use crate::watch::{Levels, Watched, Watcher};

/// Counts up with every change of a type that is stored.
const FORMAT: u8 = 1;

/// A watcher at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub shared: Vec<u8>,
    pub series: Vec<(SeriesId, Vec<u8>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(
        "the snapshot has format {0}, but this version reads only {FORMAT}; learn again from stored history"
    )]
    Format(u8),
    #[error("the snapshot is damaged; learn again from stored history: {0}")]
    Damaged(#[from] postcard::Error),
}

#[derive(Serialize, Deserialize)]
struct SharedPart {
    budget: Budget,
    watermark_us: Option<i64>,
    windows: u64,
    versions: BTreeMap<u64, Vec<(String, i64)>>,
    levels: Levels,
    /// What the levels follow from.
    settings: Vec<u8>,
}

/// Borrows what it is written from, and owns what was read.
#[derive(Serialize, Deserialize)]
struct SeriesPart<Detector, Tracks> {
    /// Service, method, route, provider, deployment, region.
    names: [String; 6],
    detector: Detector,
    tracks: Tracks,
    last_request_us: i64,
}

impl Watcher {
    /// # Errors
    /// Never in practice: all parts can be written.
    pub fn snapshot(&self) -> Result<Snapshot, RestoreError> {
        let shared = SharedPart {
            budget: self.budget.clone(),
            watermark_us: self.watermark.map(Timestamp::micros),
            windows: self.windows,
            // In order, so that equal watchers have equal snapshots.
            versions: self.versions.iter().map(|(place, known)| (*place, known.clone())).collect(),
            levels: self.levels.clone(),
            settings: encode(&self.settings)?,
        };
        let series = self.series.iter().map(|(id, watched)| {
            let (endpoint, environment) = (watched.series.endpoint(), watched.series.environment());
            let names = [
                &endpoint.service,
                &endpoint.method,
                &endpoint.route,
                environment.provider.as_str(),
                &environment.deployment,
                &environment.region,
            ];
            let part = SeriesPart {
                names: names.map(String::from),
                detector: &watched.detector,
                tracks: &watched.tracks,
                last_request_us: watched.last_request_us,
            };
            Ok((*id, encode(&part)?))
        });
        let series = series.collect::<Result<_, RestoreError>>()?;
        Ok(Snapshot { shared: encode(&shared)?, series })
    }

    /// Continues from a snapshot with these settings.
    ///
    /// # Errors
    /// When the snapshot is of another version, or damaged.
    pub fn restore(snapshot: &Snapshot, settings: Settings) -> Result<Self, RestoreError> {
        let shared: SharedPart = decode(&snapshot.shared)?;
        let mut watcher = Self::new(settings);
        for (_, bytes) in &snapshot.series {
            let part: SeriesPart<Detector, Tracks> = decode(bytes)?;
            let [service, method, route, provider, deployment, region] = part.names;
            let endpoint = Endpoint { service: service.into(), method: method.into(), route: route.into() };
            let environment = Environment::new(Provider::parse(&provider), &deployment, &region);
            let series = Arc::new(Series::new(endpoint, environment));
            let id = series.id();
            let mut watched = Watched::new(series);
            (watched.detector, watched.tracks) = (part.detector, part.tracks);
            watched.last_request_us = part.last_request_us;
            watcher.series.insert(id, watched);
        }
        watcher.budget = shared.budget;
        watcher.watermark = shared.watermark_us.map(Timestamp::from_micros);
        watcher.windows = shared.windows;
        watcher.versions = shared.versions.into_iter().collect();
        watcher.levels = shared.levels;
        if encode(&watcher.settings)? != shared.settings {
            watcher.spend_budget();
        }
        Ok(watcher)
    }
}

fn encode<T: Serialize>(part: &T) -> Result<Vec<u8>, RestoreError> {
    Ok(postcard::to_extend(part, vec![FORMAT])?)
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, RestoreError> {
    match bytes.split_first() {
        Some((&FORMAT, rest)) => Ok(postcard::from_bytes(rest)?),
        Some((&format, _)) => Err(RestoreError::Format(format)),
        None => Err(RestoreError::Format(0)),
    }
}
