//! What rules are told: predicted breaches of the newest round, and how journeys fare.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::{
    Condition, Future, JOURNEY_WINDOW_S, JourneyReport, JourneyState as Level, Past, PredictedBreach, Rule,
    ThresholdMeasure,
};
use hawkeye_forecast::{Beyond, ForecastMeasure};
use hawkeye_model::{Dataset, Timestamp};

use super::documents::StoredJourney;
use super::history::STEP;
use super::journeys::{DEGRADED, FAILING, JourneyQuery, JourneyState, Outlook, state_by_sums};
use super::round::{Prediction, what};
use crate::engine::Engine;
use crate::error::EngineError;

/// An older round says nothing about now.
const ROUND_FRESH: Duration = Duration::from_secs(1_800);

/// What a rule about predicted health looks at.
const AHEAD: Duration = Duration::from_secs(3_600);

impl Engine {
    /// `None` when no rule asks. Without a fresh round nothing is known of breaches; journeys need none for now.
    pub(crate) async fn future(
        self: &Arc<Self>,
        dataset: Dataset,
        rules: &[Rule],
        until: Timestamp,
        past: &Past,
    ) -> Result<Option<Future>, EngineError> {
        let asked = rules.iter().filter(|rule| rule.is_enabled).map(|rule| &rule.condition);
        let (mut about_breaches, mut about_journeys, mut about_later) = (false, false, false);
        for condition in asked {
            match condition {
                Condition::PredictedBreach { .. } => about_breaches = true,
                Condition::JourneyHealth { is_predicted, .. } => {
                    about_journeys = true;
                    about_later |= is_predicted;
                }
                _ => {}
            }
        }
        if !about_breaches && !about_journeys {
            return Ok(None);
        }
        let round = self.forecasting.round(dataset);
        let age = round.made.map(|made| until.since(made)).filter(|age| *age <= ROUND_FRESH);
        let breaches = about_breaches.then_some(age).flatten().map(|age| {
            let passed = (age.as_secs() / STEP.as_secs()) as usize;
            round.predictions().iter().map(|prediction| told(prediction, passed)).collect()
        });
        let journeys = match about_journeys {
            true => self.reports(past, about_later && age.is_some()).await?,
            false => Vec::new(),
        };
        Ok(Some(Future { breaches, journeys }))
    }

    async fn reports(
        self: &Arc<Self>,
        past: &Past,
        with_later: bool,
    ) -> Result<Vec<JourneyReport>, EngineError> {
        let Some(sums) = past.sums(JOURNEY_WINDOW_S).map(<[_]>::to_vec) else { return Ok(Vec::new()) };
        let usual = self.usual_sums_of_all().await?;
        self.ask(move |engine| {
            let report = |stored: StoredJourney| {
                let journey = &stored.journey;
                let (state, sentence, success) = state_by_sums(journey, &sums, &usual);
                let query = JourneyQuery { horizon: AHEAD, ..JourneyQuery::now() };
                let usually = super::journeys::usual_success(journey, &usual);
                let outlook = if with_later { engine.outlook(journey, &query) } else { None };
                let predicted =
                    outlook.and_then(|outlook| Some((level(&outlook, usually)?, outlook.sentence)));
                JourneyReport {
                    id: journey.id.clone(),
                    name: journey.name.clone(),
                    state: match state {
                        JourneyState::Failing => Some(Level::Failing),
                        JourneyState::Degraded => Some(Level::Degraded),
                        JourneyState::Healthy | JourneyState::Unknown => None,
                    },
                    is_unknown: state == JourneyState::Unknown,
                    sentence,
                    success,
                    predicted: predicted.filter(|_| state != JourneyState::Unknown),
                }
            };
            Ok(engine.journeys().into_iter().map(report).collect())
        })
        .await
    }
}

/// Clearly below the usual in some step of the hour.
fn level(outlook: &Outlook, usual: Option<f64>) -> Option<Level> {
    let usual = usual?;
    let below = |by: f64| {
        let mut steps = outlook.success.iter().zip(&outlook.success_upper);
        steps.any(|(middle, upper)| *upper < usual && *middle <= usual - by)
    };
    if below(FAILING) { Some(Level::Failing) } else { below(DEGRADED).then_some(Level::Degraded) }
}

/// As seen some steps after it was made, given that the limit has not been crossed since.
fn told(prediction: &Prediction, passed: usize) -> PredictedBreach {
    PredictedBreach {
        series: Arc::clone(&prediction.series),
        measure: match prediction.measure {
            ForecastMeasure::LatencyMsP50 => ThresholdMeasure::LatencyMsP50,
            ForecastMeasure::LatencyMsP95 => ThresholdMeasure::LatencyMsP95,
            ForecastMeasure::ErrorRate => ThresholdMeasure::ErrorRate,
            ForecastMeasure::RequestsPerMinute => ThresholdMeasure::RequestsPerMinute,
        },
        is_beyond: prediction.is_beyond,
        what: what(prediction),
        by_step: later(&prediction.breach.by_step, passed),
        is_below: prediction.limit.is == Beyond::Below,
        step_s: u32::try_from(STEP.as_secs()).unwrap_or(u32::MAX),
    }
}

fn later(by_step: &[f64], passed: usize) -> Vec<f64> {
    let before = passed.checked_sub(1).and_then(|at| by_step.get(at)).copied().unwrap_or(0.0);
    let left = (1.0 - before).max(f64::EPSILON);
    by_step.iter().skip(passed).map(|it| ((it - before) / left).clamp(0.0, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(by_step: &[f64], passed: usize, expected: &[f64]) {
        let found = later(by_step, passed);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-9), "{found:?}");
    }

    #[test]
    fn what_has_not_come_by_now_is_less_or_more_probable_later() {
        check(&[0.2, 0.6, 0.8], 0, &[0.2, 0.6, 0.8]);
        check(&[0.2, 0.6, 0.8], 1, &[0.5, 0.75]);
        check(&[0.2, 1.0, 1.0], 2, &[0.0]);
        check(&[0.2], 5, &[]);
    }
}
