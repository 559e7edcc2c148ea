//! The course of what an alert is about, for messages that can show a picture.

use std::time::Duration;

use hawkeye_alert::Alert;
use hawkeye_detect::WINDOW;
use hawkeye_model::{AnomalyId, Dataset, EndpointId, Rollup, Signal, Timestamp};
use hawkeye_notify::{Channel, ChannelKind, Chart, Notification};
use hawkeye_store::{Dimension, Filter, SumQuery, TimeRange};

use crate::engine::Engine;
use crate::error::EngineError;

/// How much of the past a chart shows before the beginning.
const BEFORE: Duration = Duration::from_secs(3_600);

impl Engine {
    /// Gives the first alert a chart. A message without one is better than none, so failures are only logged.
    pub(crate) async fn add_charts(
        self: &std::sync::Arc<Self>,
        channel: &Channel,
        notification: &mut Notification,
    ) {
        if !matches!(channel.kind, ChannelKind::Email { .. }) {
            return;
        }
        let Some(first) = notification.alerts.first_mut() else { return };
        let Some(id) = first.id.parse().ok() else { return };
        match self.chart_of(id).await {
            Ok(chart) => first.chart = chart,
            Err(error) => tracing::warn!(%error, "a notification goes without its chart"),
        }
    }

    async fn chart_of(self: &std::sync::Arc<Self>, id: i64) -> Result<Option<Chart>, EngineError> {
        let (alert, anomaly) = self
            .ask(move |engine| {
                let alert = engine.alert(id)?;
                let anomaly = alert.anomaly.as_deref().and_then(AnomalyId::parse);
                let stored = match anomaly {
                    Some(id) => engine.catalog.read(|read| read.anomaly(id))?,
                    None => None,
                };
                Ok((alert, stored))
            })
            .await?;
        let Some(stored) = anomaly else { return Ok(None) };
        let now = self.clock.now();
        let anomaly = stored.anomaly;
        let range = TimeRange {
            from: anomaly.onset.minus(BEFORE).floor(WINDOW),
            to: now.min(anomaly.updated.plus(WINDOW)),
        };
        let query = SumQuery {
            range,
            step: Some(step_of(range)),
            filter: Filter {
                endpoints: vec![EndpointId(anomaly.series.endpoint_id().0)],
                environments: hawkeye_store::EnvironmentPattern::parse(
                    &anomaly.series.environment().to_string(),
                )
                .into_iter()
                .collect(),
                ..Filter::default()
            },
            group_by: vec![Dimension::Endpoint],
            dataset: Some(if alert.is_demo() { Dataset::Demo } else { Dataset::Live }),
        };
        let cells = self.store.sum(&query, now).await?;
        if cells.groups.is_empty() {
            return Ok(None);
        }
        let signal = anomaly.kind.signal();
        let minutes = cells.step.as_secs_f64() / 60.0;
        let t_ms: Vec<i64> = (0..cells.n)
            .map(|n| cells.start.plus(cells.step * u32::try_from(n).unwrap_or(u32::MAX)).millis())
            .collect();
        let values = cells.of(0).iter().map(|sum| value(signal, sum, minutes)).collect();
        Ok(Some(Chart {
            title: title(&alert, signal),
            unit: unit(signal).into(),
            values,
            lower: vec![None; t_ms.len()],
            upper: vec![None; t_ms.len()],
            t_ms,
            onset_ms: Some(Timestamp::millis(anomaly.onset)),
        }))
    }
}

/// At most about two hundred points.
fn step_of(range: TimeRange) -> Duration {
    let minutes = range.to.since(range.from).as_secs() / 60;
    Duration::from_secs(60 * (minutes / 200).max(1))
}

fn title(alert: &Alert, signal: Signal) -> String {
    let label = |name: &str| alert.labels.get(name).map_or("", String::as_str);
    let what = match signal {
        Signal::Latency => "p95",
        Signal::ErrorRate => "error rate",
        Signal::ClientErrorRate => "client error rate",
        Signal::Traffic => "requests",
    };
    format!("{what} of {} in {}", label("endpoint"), label("environment"))
}

fn unit(signal: Signal) -> &'static str {
    match signal {
        Signal::Latency => "ms",
        Signal::ErrorRate | Signal::ClientErrorRate => "%",
        Signal::Traffic => "/min",
    }
}

fn value(signal: Signal, sum: &Rollup, minutes: f64) -> Option<f64> {
    let requests = sum.requests() as f64;
    if signal == Signal::Traffic {
        return Some(requests / minutes);
    }
    (requests > 0.0).then(|| match signal {
        Signal::ErrorRate => 100.0 * sum.server_errors as f64 / requests,
        Signal::ClientErrorRate => 100.0 * sum.client_errors as f64 / requests,
        _ => sum.latency.quantile(0.95).unwrap_or_default() / 1_000.0,
    })
}
