//! A made-up endpoint whose traffic, failures and latencies a test sets window by window.

use std::collections::BTreeMap;
use std::sync::Arc;

use hawkeye_detect::{Change, Row, Settings, WINDOW, Watcher, Window};
use hawkeye_model::{
    Anomaly, AnomalyId, Endpoint, Environment, Provider, Request, Rollup, Series, Timestamp,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Poisson};

/// A Monday.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_793_577_600);

/// What the endpoint does in a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) requests: f64,
    pub(crate) failing: f64,
    pub(crate) status: u16,
    pub(crate) median_ms: f64,
    /// Share of requests that take five times as long.
    pub(crate) slow: f64,
}

/// Sixty requests a minute, one in two hundred fails, 80 ms.
pub(crate) const FINE: Weather =
    Weather { requests: 60.0, failing: 0.005, status: 500, median_ms: 80.0, slow: 0.02 };

pub(crate) struct Shop {
    pub(crate) watcher: Watcher,
    pub(crate) series: Arc<Series>,
    pub(crate) now: Timestamp,
    pub(crate) anomalies: BTreeMap<AnomalyId, Anomaly>,
    pub(crate) changes: Vec<Change>,
    rng: ChaCha8Rng,
    is_complete: bool,
    version: &'static str,
}

impl Shop {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(seed, settings())
    }

    pub(crate) fn with(seed: u64, settings: Settings) -> Self {
        Self {
            watcher: Watcher::new(settings),
            series: series(Provider::Aws, "POST", "/orders"),
            now: START,
            anomalies: BTreeMap::new(),
            changes: Vec::new(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            is_complete: true,
            version: "v1",
        }
    }

    /// So many windows of the same weather.
    pub(crate) fn run(&mut self, windows: u32, weather: Weather) -> &mut Self {
        for _ in 0..windows {
            self.window(weather);
        }
        self
    }

    pub(crate) fn window(&mut self, weather: Weather) {
        let rollup = self.rollup(weather);
        let row = Row { series: &self.series, version: self.version, rollup: &rollup };
        let window = Window { start: self.now, rows: &[row], is_complete: self.is_complete };
        for change in self.watcher.step(&window) {
            if let Change::Opened(anomaly) | Change::Updated(anomaly) | Change::Closed(anomaly) = &change {
                self.anomalies.insert(anomaly.id, anomaly.clone());
            }
            self.changes.push(change);
        }
        self.now = self.now.plus(WINDOW);
    }

    pub(crate) fn incomplete(&mut self) -> &mut Self {
        self.is_complete = false;
        self
    }

    pub(crate) fn deploy(&mut self, version: &'static str) -> &mut Self {
        self.version = version;
        self
    }

    pub(crate) fn only(&self) -> &Anomaly {
        assert_eq!(self.anomalies.len(), 1, "{:?}", self.sentences());
        self.anomalies.values().next().expect("one")
    }

    pub(crate) fn sentences(&self) -> Vec<&str> {
        self.anomalies.values().map(|anomaly| anomaly.sentence.as_str()).collect()
    }

    pub(crate) fn rollup(&mut self, weather: Weather) -> Rollup {
        let mut rollup = Rollup::default();
        if weather.requests <= 0.0 {
            return rollup;
        }
        let requests = Poisson::new(weather.requests).expect("positive").sample(&mut self.rng) as u64;
        let latency = LogNormal::new((weather.median_ms * 1_000.0).ln(), 0.35).expect("valid");
        for _ in 0..requests {
            let fails = self.chance(weather.failing);
            let slowness = if self.chance(weather.slow) { 5.0 } else { 1.0 };
            let duration_us = (latency.sample(&mut self.rng) * slowness) as u64;
            let status = if fails { weather.status } else { 200 };
            rollup.add(&Request::new(self.now, duration_us, Arc::clone(&self.series), status));
        }
        rollup
    }

    fn chance(&mut self, share: f64) -> bool {
        use rand::RngExt;
        self.rng.random_bool(share)
    }
}

/// One of two hundred series that share a false alarm a week.
pub(crate) fn settings() -> Settings {
    Settings { false_alarms_per_week: 1.0 / 200.0, ..Settings::default() }
}

pub(crate) fn series(provider: Provider, method: &str, route: &str) -> Arc<Series> {
    let endpoint = Endpoint { service: "orders".into(), method: method.into(), route: route.into() };
    Arc::new(Series::new(endpoint, Environment::new(provider, "production", "eu-west-1")))
}
