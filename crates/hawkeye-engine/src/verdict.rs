//! What a verdict changes, told in numbers and a sentence: thresholds, and what they would have hidden lately.

use std::time::Duration;

use hawkeye_catalog::{AnomalyQuery, NewAdjustment, Read, StoredAnomaly, Verdict};
use hawkeye_detect::Adjustment;
use hawkeye_model::{AnomalyId, Dataset, SeriesId, Signal, Timestamp};

use crate::engine::Engine;
use crate::error::EngineError;

/// How far back the effect of a verdict is counted.
pub(crate) const EFFECT: Duration = Duration::from_secs(30 * 86_400);

/// Hidden anomalies that an audit entry names.
const HIDDEN_NAMED_MAX: usize = 20;

/// Of one series and signal in [`EFFECT`].
const COUNTED_MAX: usize = 10_000;

/// What judging would change. Nothing is changed yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub adjustments: Vec<NewAdjustment>,
    pub hidden: Vec<StoredAnomaly>,
    pub revealed: u64,
}

/// Who judged which anomaly how.
pub(crate) struct Judgement<'a> {
    pub(crate) stored: &'a StoredAnomaly,
    pub(crate) verdict: Verdict,
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
}

pub(crate) fn detect_verdict(verdict: Verdict) -> hawkeye_detect::Verdict {
    match verdict {
        Verdict::Confirmed => hawkeye_detect::Verdict::Confirmed,
        Verdict::FalsePositive => hawkeye_detect::Verdict::FalsePositive,
        Verdict::ExpectedChange => hawkeye_detect::Verdict::ExpectedChange,
    }
}

/// The other way round: what the watcher needs to take a stored adjustment back.
pub(crate) fn detect_adjustment(stored: &NewAdjustment) -> Adjustment {
    Adjustment {
        series: stored.series.id(),
        signal: stored.signal,
        is_kin: stored.is_kin,
        offset_before: stored.offset_before,
        offset_after: stored.offset_after,
        threshold_before: stored.threshold_before,
        threshold_after: stored.threshold_after,
    }
}

impl Engine {
    /// What a verdict on some anomalies would change.
    ///
    /// # Errors
    /// When an anomaly does not exist.
    pub fn preview(&self, ids: &[AnomalyId], verdict: Verdict, actor: &str) -> Result<Preview, EngineError> {
        let mut preview = Preview { adjustments: Vec::new(), hidden: Vec::new(), revealed: 0 };
        for stored in self.stored(ids)? {
            let adjustments = self
                .watching(stored.dataset)
                .state()
                .watcher
                .preview(&stored.anomaly, detect_verdict(verdict));
            let judgement = Judgement { stored: &stored, verdict, actor, at: self.clock.now() };
            for (new, hidden) in self.told(&judgement, &adjustments)? {
                preview.revealed += new.revealed;
                preview.adjustments.push(new);
                for anomaly in hidden {
                    if !preview.hidden.iter().any(|known| known.anomaly.id == anomaly.anomaly.id) {
                        preview.hidden.push(anomaly);
                    }
                }
            }
        }
        preview.hidden.sort_by_key(|stored| std::cmp::Reverse(stored.anomaly.onset));
        Ok(preview)
    }

    /// Adjustments in full, each with the anomalies that it would have hidden.
    pub(crate) fn told(
        &self,
        judgement: &Judgement<'_>,
        adjustments: &[Adjustment],
    ) -> Result<Vec<(NewAdjustment, Vec<StoredAnomaly>)>, EngineError> {
        let dataset = judgement.stored.dataset;
        let mut told = Vec::new();
        for adjustment in adjustments {
            let names = self.watching(dataset).state().names.get(&adjustment.series).cloned();
            let Some(series) = names else { continue };
            let hidden = self.catalog.read(|read| hidden(read, dataset, adjustment, judgement.at))?;
            let mut new = NewAdjustment {
                dataset,
                at: judgement.at,
                actor: judgement.actor.to_owned(),
                anomaly: judgement.stored.anomaly.id,
                verdict: judgement.verdict,
                series,
                signal: adjustment.signal,
                is_kin: adjustment.is_kin,
                offset_before: adjustment.offset_before,
                offset_after: adjustment.offset_after,
                threshold_before: adjustment.threshold_before,
                threshold_after: adjustment.threshold_after,
                hidden: hidden.len() as u64,
                revealed: 0,
                hidden_anomalies: hidden.iter().map(|it| it.anomaly.id).take(HIDDEN_NAMED_MAX).collect(),
                sentence: String::new(),
            };
            new.sentence = sentence(&new);
            told.push((new, hidden));
        }
        Ok(told)
    }
}

/// The anomalies of the last 30 days whose peak lies between the thresholds.
fn hidden(
    read: &Read<'_>,
    dataset: Dataset,
    adjustment: &Adjustment,
    now: Timestamp,
) -> Result<Vec<StoredAnomaly>, hawkeye_catalog::CatalogError> {
    if adjustment.threshold_after <= adjustment.threshold_before {
        return Ok(Vec::new());
    }
    let mut found = read.anomalies(&of_series(dataset, adjustment.series, adjustment.signal, now))?.items;
    let between = adjustment.threshold_before..adjustment.threshold_after;
    found.retain(|stored| between.contains(&stored.anomaly.score_peak));
    Ok(found)
}

fn of_series(dataset: Dataset, series: SeriesId, signal: Signal, now: Timestamp) -> AnomalyQuery {
    AnomalyQuery {
        onset: Some((now.minus(EFFECT), Timestamp::MAX)),
        datasets: vec![dataset],
        series: vec![series],
        signals: vec![signal],
        limit: COUNTED_MAX,
        ..AnomalyQuery::default()
    }
}

fn sentence(new: &NewAdjustment) -> String {
    let (before, after) = (new.threshold_before, new.threshold_after);
    let effect = match (new.hidden, new.revealed) {
        (0, 0) => "would have changed nothing in the last 30 days".to_owned(),
        (0, revealed) => format!("would have shown {revealed} more in the last 30 days"),
        (hidden, _) => format!("would have hidden {hidden} of the last 30 days' anomalies"),
    };
    let endpoint = new.series.endpoint();
    format!(
        "{} {} on {}: {} needs a score of {after:.1} instead of {before:.1}; {effect}",
        endpoint.method,
        endpoint.route,
        new.series.environment(),
        new.signal.as_str(),
    )
}
