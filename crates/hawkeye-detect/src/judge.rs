//! What people say about anomalies, and how thresholds follow: for the series itself, and more weakly for its kin.
//!
//! A false positive raises the threshold of its signal half of the way to the anomaly's peak, at least 1 and at most 6;
//! a confirmed one lowers it by 1. The same endpoint in other environments moves by 0.4 of that, the service's other
//! endpoints there by 0.1. Offsets stay within a range and halve in three weeks, so that a verdict cannot blind anybody
//! for good. An expected change is taken for the new normal and moves no threshold.

use hawkeye_model::{Anomaly, AnomalyId, CloseReason, SeriesId, Signal};
use serde::{Deserialize, Serialize};

use crate::track::OFFSET_RANGE;
use crate::watch::{Watched, Watcher};

const STEP_RANGE: (f64, f64) = (1.0, 6.0);
const CONFIRMED_STEP: f64 = -1.0;
const SAME_ENDPOINT: f64 = 0.4;
const SAME_SERVICE: f64 = 0.1;

/// Changes too small to be worth a line.
const STEP_SEEN: f64 = 0.05;

/// Relatives that one verdict moves at most.
pub const KIN_MAX: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was real.
    Confirmed,
    /// It was nothing.
    FalsePositive,
    /// It was real, wanted, and stays.
    ExpectedChange,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::FalsePositive, Self::ExpectedChange];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::FalsePositive => "false_positive",
            Self::ExpectedChange => "expected_change",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// A threshold that a verdict moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjustment {
    pub series: SeriesId,
    pub signal: Signal,
    /// A relative of the series that was judged.
    pub is_kin: bool,
    pub offset_before: f64,
    pub offset_after: f64,
    pub threshold_before: f64,
    pub threshold_after: f64,
}

impl Watcher {
    /// What [`Watcher::judge`] would move.
    #[must_use]
    pub fn preview(&self, anomaly: &Anomaly, verdict: Verdict) -> Vec<Adjustment> {
        let step = match verdict {
            Verdict::ExpectedChange => return Vec::new(),
            Verdict::Confirmed => CONFIRMED_STEP,
            Verdict::FalsePositive => {
                let (least, most) = STEP_RANGE;
                (0.5 * (anomaly.score_peak - anomaly.threshold) + least).clamp(least, most)
            }
        };
        let signal = anomaly.kind.signal();
        let mut adjustments = Vec::new();
        for (id, watched) in &self.series {
            let Some(nearness) = nearness(anomaly, watched) else { continue };
            let offset_before = watched.tracks[signal as usize].offset();
            let offset_after = (offset_before + step * nearness).clamp(OFFSET_RANGE.0, OFFSET_RANGE.1);
            if (offset_after - offset_before).abs() < STEP_SEEN {
                continue;
            }
            adjustments.push(Adjustment {
                series: *id,
                signal,
                is_kin: *id != anomaly.series.id(),
                offset_before,
                offset_after,
                threshold_before: self.threshold(&watched.series, signal, offset_before),
                threshold_after: self.threshold(&watched.series, signal, offset_after),
            });
        }
        adjustments.sort_by_key(|adjustment| adjustment.is_kin);
        adjustments.truncate(KIN_MAX);
        adjustments
    }

    /// Moves thresholds. An expected change ends the anomaly and becomes the new normal.
    pub fn judge(&mut self, anomaly: &Anomaly, verdict: Verdict) -> Vec<Adjustment> {
        let adjustments = self.preview(anomaly, verdict);
        for adjustment in &adjustments {
            self.set_offset(adjustment, adjustment.offset_after);
        }
        adjustments
    }

    /// Ends an open anomaly and takes its state for what is usual from now on.
    pub fn accept(&mut self, id: AnomalyId) -> Option<Anomaly> {
        self.close(id, CloseReason::NewNormal)
    }

    /// Takes back by how much each verdict moved an offset, whatever moved it since. What time has forgotten by itself
    /// is not taken back twice: an undone step never leads beyond the middle.
    pub fn undo(&mut self, adjustments: &[Adjustment]) {
        for adjustment in adjustments {
            let now = self.series.get(&adjustment.series);
            let now = now.map_or(0.0, |watched| watched.tracks[adjustment.signal as usize].offset());
            let step = adjustment.offset_after - adjustment.offset_before;
            let undone = now - step;
            let middle = if step > 0.0 { undone.max(now.min(0.0)) } else { undone.min(now.max(0.0)) };
            self.set_offset(adjustment, middle);
        }
    }

    fn set_offset(&mut self, adjustment: &Adjustment, offset: f64) {
        if let Some(watched) = self.series.get_mut(&adjustment.series) {
            watched.tracks[adjustment.signal as usize].set_offset(offset);
        }
    }
}

/// How much of a verdict concerns a series: all, some, or nothing.
fn nearness(anomaly: &Anomaly, watched: &Watched) -> Option<f64> {
    let (judged, other) = (&anomaly.series, &watched.series);
    if judged.id() == other.id() {
        Some(1.0)
    } else if judged.endpoint_id() == other.endpoint_id() {
        Some(SAME_ENDPOINT)
    } else if judged.endpoint().service == other.endpoint().service
        && judged.environment() == other.environment()
    {
        Some(SAME_SERVICE)
    } else {
        None
    }
}
