//! "Why silent?": what every test saw of a series, now or at a moment of the past.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_detect::{Gate, Settings, WINDOW, Watcher};
use hawkeye_model::{Dataset, EndpointId, Series, Timestamp};
use hawkeye_store::{EnvironmentPattern, Filter, SumQuery, TimeRange};

use crate::diagnosing::SilenceGate;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::feed::Feed;

/// How much of its past a series is run through before a moment of the past is explained.
const WARM_UP: Duration = Duration::from_secs(7 * 86_400);

/// What was seen of a series in one window, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub series: Arc<Series>,
    /// The end of the window.
    pub at: Timestamp,
    pub gates: Vec<Gate>,
    pub verdict: String,
    /// The whole way from the series to a notification.
    pub pipeline: Vec<SilenceGate>,
}

impl Engine {
    /// The last window by the watcher itself; an earlier one by running the series alone through a fresh watcher.
    ///
    /// # Errors
    /// When the series is not watched, or the past is no longer stored.
    pub async fn explain(
        self: &Arc<Self>,
        endpoint: EndpointId,
        environment: String,
        at: Option<Timestamp>,
    ) -> Result<Explanation, EngineError> {
        let (dataset, series) = self.series(endpoint, &environment).ok_or(EngineError::UnknownSeries)?;
        let (watermark, gates) = {
            let state = self.watching(dataset).state();
            (state.watcher.watermark(), state.watcher.explain(series.id()))
        };
        let watermark = watermark.ok_or(EngineError::UnknownSeries)?;
        let at = at.map_or(watermark, |at| at.floor(WINDOW).plus(WINDOW).min(watermark));
        if at == watermark {
            let gates = gates.ok_or(EngineError::UnknownSeries)?;
            return self.explanation(dataset, series, at, gates).await;
        }
        let watcher = self.replay(dataset, &series, at).await?;
        let gates = watcher.explain(series.id()).unwrap_or_default();
        self.explanation(dataset, series, at, gates).await
    }

    async fn explanation(
        self: &Arc<Self>,
        dataset: Dataset,
        series: Arc<Series>,
        at: Timestamp,
        gates: Vec<Gate>,
    ) -> Result<Explanation, EngineError> {
        let query = SumQuery {
            range: TimeRange { from: at.minus(WINDOW), to: at },
            step: None,
            filter: filter_of(&series),
            group_by: Vec::new(),
            dataset: Some(dataset),
        };
        let cells = self.store.sum(&query, self.clock.now()).await?;
        let requests = if cells.groups.is_empty() { 0 } else { cells.total(0).requests() };
        self.ask(move |engine| {
            let pipeline = engine.silence_gates(dataset, &series, at, requests, &gates)?;
            Ok(Explanation { verdict: verdict(&gates), series, at, gates, pipeline })
        })
        .await
    }

    /// A watcher that saw one series alone until a moment.
    async fn replay(
        self: &Arc<Self>,
        dataset: Dataset,
        series: &Series,
        until: Timestamp,
    ) -> Result<Watcher, EngineError> {
        let now = self.clock.now();
        let mut at = until.minus(WARM_UP).max(self.oldest(now));
        let mut feed = Feed::new(Arc::clone(&self.store), dataset, filter_of(series));
        let mut watcher = Watcher::new(self.share_of_one(dataset));
        while at < until {
            let lot = feed.read(at, until, now).await?;
            at = lot.end();
            watcher = self
                .ask(move |_| {
                    for window in 0..lot.windows() {
                        lot.with(window, |window| watcher.step(window));
                    }
                    Ok(watcher)
                })
                .await?;
        }
        Ok(watcher)
    }

    /// Settings under which a series alone has the threshold that it has among all.
    fn share_of_one(&self, dataset: Dataset) -> Settings {
        let watched = self.watching(dataset).state().watcher.report().series_watched.max(1);
        let mut settings = self.current_settings();
        settings.false_alarms_per_week /= watched as f64;
        settings
    }
}

/// One series alone.
pub(crate) fn filter_of(series: &Series) -> Filter {
    let environment = EnvironmentPattern::parse(&series.environment().to_string());
    Filter {
        endpoints: vec![series.endpoint_id()],
        environments: environment.into_iter().collect(),
        ..Filter::default()
    }
}

fn verdict(gates: &[Gate]) -> String {
    let nearest = gates.iter().max_by(|left, right| nearness(left).total_cmp(&nearness(right)));
    match nearest {
        None => "there was nothing to judge yet: the series is too young or had no requests".to_owned(),
        Some(gate) if gate.passed => {
            format!(
                "{} raised the alarm: its score {:.1} passed {:.1}",
                gate.test, gate.score, gate.threshold
            )
        }
        Some(gate) => format!(
            "nothing was odd enough: nearest was {} with a score of {:.1}, and {:.1} was needed ({})",
            gate.test, gate.score, gate.threshold, gate.reason
        ),
    }
}

/// How much of its threshold a score reached.
fn nearness(gate: &Gate) -> f64 {
    f64::from(u8::from(gate.passed)) * 1e6 + gate.score / gate.threshold.max(1e-9)
}
