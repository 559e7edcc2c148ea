//! What rules say about the future and about journeys: predicted breaches, and how journeys fare.
//!
//! What is predicted comes from outside; a rule only says from which probability on somebody wants to know.

use std::sync::Arc;

use hawkeye_model::Series;

use crate::evaluate::{Context, Evaluation, Subject, without_endpoint};
use crate::rule::{JourneyState, Labels, Level, Per, ThresholdMeasure};
use crate::words::{measure_name, percent, span};

/// A journey's health is that of the last fifteen minutes.
pub const JOURNEY_WINDOW_S: u32 = 900;

/// What is known of the future, and of journeys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Future {
    /// `None` when nothing was forecast lately.
    pub breaches: Option<Vec<PredictedBreach>>,
    pub journeys: Vec<JourneyReport>,
}

/// A limit that may be crossed.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedBreach {
    /// Without method and route it is a whole service.
    pub series: Arc<Series>,
    pub measure: ThresholdMeasure,
    /// The limit is a lower one.
    pub is_below: bool,
    /// Beyond the limit already.
    pub is_beyond: bool,
    /// `p95 of POST /orders of shop in aws/production goes above 270 ms`.
    pub what: String,
    /// The probability that it has been crossed by the end of each step.
    pub by_step: Vec<f64>,
    pub step_s: u32,
}

/// How a journey fares.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyReport {
    pub id: String,
    pub name: String,
    /// `None`: it is well.
    pub state: Option<JourneyState>,
    /// Nothing is known of it now.
    pub is_unknown: bool,
    pub sentence: String,
    pub success: Option<f64>,
    /// In the next hour.
    pub predicted: Option<(JourneyState, String)>,
}

impl PredictedBreach {
    /// That the limit is crossed within some seconds.
    #[must_use]
    pub fn probability(&self, within_s: u32) -> f64 {
        let steps = (within_s / self.step_s.max(1)) as usize;
        let last = steps.min(self.by_step.len());
        last.checked_sub(1).map_or(0.0, |last| self.by_step[last])
    }
}

impl Context<'_> {
    pub(crate) fn predicted_breach(
        &self,
        measure: Option<ThresholdMeasure>,
        probability_min: f64,
        within_s: u32,
        per: Per,
    ) -> Evaluation {
        let breaches = self.past.future.as_ref().and_then(|future| future.breaches.as_ref());
        let Some(breaches) = breaches else { return Evaluation::nothing_known() };
        let mut evaluation = Evaluation::default();
        for breach in breaches {
            let is_service = breach.series.endpoint().method.is_empty();
            let probability = breach.probability(within_s);
            let is_wanted = is_service == (per == Per::Service)
                && measure.is_none_or(|measure| measure == breach.measure)
                && (breach.is_beyond || probability >= probability_min);
            let labels = self.series_labels(&breach.series);
            let mut labels = if is_service { without_endpoint(labels) } else { labels };
            labels.insert("measure".into(), measure_name(breach.measure).into());
            if !is_wanted || !self.in_scope(&breach.series, &labels) {
                continue;
            }
            let summary = match breach.is_beyond {
                true => format!("{}: it is there already", breach.what),
                false => format!("{} within {} with {}", breach.what, span(within_s), percent(probability)),
            };
            let severity = self.rule.severity.unwrap_or(Level::Medium);
            let subject = Subject::of(&breach.series, per);
            let side = if breach.is_below { " below" } else { "" };
            let signal = format!("{}{side}", measure_name(breach.measure));
            let value = Some(if breach.is_beyond { 1.0 } else { probability });
            evaluation.met.push(self.observation(&subject, labels, severity, summary, value, &signal));
        }
        evaluation
    }

    pub(crate) fn journey_health(
        &self,
        journeys: &[String],
        state_min: JourneyState,
        is_predicted: bool,
    ) -> Evaluation {
        let Some(future) = &self.past.future else { return Evaluation::nothing_known() };
        let mut evaluation = Evaluation { clear: Some(Default::default()), ..Evaluation::default() };
        for report in future.journeys.iter().filter(|it| journeys.is_empty() || journeys.contains(&it.id)) {
            let labels: Labels = [
                ("journey", report.id.clone()),
                ("journey_name", report.name.clone()),
                ("dataset", self.dataset.as_str().to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
            if !crate::matcher::all_match(&self.rule.scope.matchers, &labels) {
                continue;
            }
            let signal = format!("journey/{}", report.id);
            let nowhere = Subject { service: "".into(), endpoint: None, environment: String::new() };
            let now = report.state.filter(|state| *state >= state_min).map(|_| report.sentence.clone());
            let later = report.predicted.as_ref().filter(|(state, _)| is_predicted && *state >= state_min);
            let sentence = now.or_else(|| later.map(|(_, sentence)| sentence.clone()));
            match sentence {
                Some(sentence) => {
                    let severity = self.rule.severity.unwrap_or(Level::Medium);
                    let summary = format!("{}: {sentence}", report.name);
                    let met = self.observation(&nowhere, labels, severity, summary, report.success, &signal);
                    evaluation.met.push(met);
                }
                // Of a journey that nobody walks nobody knows that it is well again.
                None if report.is_unknown => {}
                None => {
                    let fingerprint = self.fingerprint(&nowhere, &signal);
                    evaluation.clear.get_or_insert_default().insert(fingerprint);
                }
            }
        }
        evaluation
    }
}

#[cfg(test)]
mod tests {
    use hawkeye_model::{Dataset, Endpoint, Environment, Provider, Timestamp};

    use super::*;
    use crate::evaluate::{Past, evaluate};
    use crate::rule::{Condition, Rule, default_rules};

    fn series(method: &str, route: &str) -> Arc<Series> {
        let endpoint = Endpoint { service: "shop".into(), method: method.into(), route: route.into() };
        Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
    }

    fn rule(condition: Condition) -> Rule {
        Rule { severity: Some(Level::High), condition, ..default_rules().remove(0) }
    }

    fn predicted(probability_min: f64, within_s: u32, per: Per) -> Condition {
        Condition::PredictedBreach { measure: None, probability_min, within_s, per }
    }

    fn breach(method: &str, is_beyond: bool, by_step: &[f64]) -> PredictedBreach {
        PredictedBreach {
            series: series(method, if method.is_empty() { "" } else { "/pay" }),
            measure: ThresholdMeasure::LatencyMsP95,
            is_below: false,
            is_beyond,
            what: "p95 goes above 270 ms".into(),
            by_step: by_step.to_vec(),
            step_s: 600,
        }
    }

    /// The summaries of what is met.
    #[track_caller]
    fn check(condition: Condition, future: Option<Future>, expected: &[&str]) -> Evaluation {
        let past = Past { future, ..Past::default() };
        let at = Timestamp::from_secs(1_800_000_000);
        let evaluation = evaluate(&rule(condition), Dataset::Live, at, &[], &past);
        let summaries: Vec<&str> = evaluation.met.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(summaries, expected);
        evaluation
    }

    fn breaches(breaches: Vec<PredictedBreach>) -> Option<Future> {
        Some(Future { breaches: Some(breaches), ..Future::default() })
    }

    #[test]
    fn a_breach_is_told_from_its_probability_on() {
        let one = || breaches(vec![breach("POST", false, &[0.1, 0.4, 0.8])]);
        check(
            predicted(0.7, 1_800, Per::Endpoint),
            one(),
            &["p95 goes above 270 ms within 30 min with 80 %"],
        );
        check(predicted(0.7, 1_200, Per::Endpoint), one(), &[]);
        check(predicted(0.7, 86_400, Per::Endpoint), one(), &["p95 goes above 270 ms within 1 d with 80 %"]);
        check(predicted(0.7, 1_800, Per::Service), one(), &[]);
    }

    #[test]
    fn a_breach_that_has_come_is_no_end_of_the_warning() {
        let beyond = breaches(vec![breach("", true, &[0.0])]);
        check(predicted(0.7, 3_600, Per::Service), beyond, &["p95 goes above 270 ms: it is there already"]);
    }

    #[test]
    fn without_forecasts_nothing_is_said_and_nothing_ends() {
        assert!(check(predicted(0.7, 3_600, Per::Endpoint), None, &[]).is_unread);
    }

    fn report(state: Option<JourneyState>, predicted: Option<JourneyState>) -> Option<Future> {
        let report = JourneyReport {
            id: "checkout".into(),
            name: "Checkout".into(),
            state,
            is_unknown: false,
            sentence: "61 % can finish".into(),
            success: Some(0.61),
            predicted: predicted.map(|state| (state, "70 % will".into())),
        };
        Some(Future { journeys: vec![report], ..Future::default() })
    }

    fn health(journeys: &[&str], state_min: JourneyState, is_predicted: bool) -> Condition {
        let journeys = journeys.iter().map(|it| (*it).to_owned()).collect();
        Condition::JourneyHealth { journeys, state_min, is_predicted }
    }

    #[test]
    fn a_journey_is_told_from_its_state_on() {
        use JourneyState::{Degraded, Failing};
        check(health(&[], Failing, false), report(Some(Failing), None), &["Checkout: 61 % can finish"]);
        check(health(&[], Degraded, false), report(Some(Failing), None), &["Checkout: 61 % can finish"]);
        check(health(&["checkout"], Failing, false), report(Some(Degraded), None), &[]);
        check(health(&["refund"], Failing, false), report(Some(Failing), None), &[]);
        check(health(&[], Failing, false), report(None, Some(Failing)), &[]);
        check(health(&[], Failing, true), report(None, Some(Failing)), &["Checkout: 70 % will"]);
    }

    #[test]
    fn a_journey_that_nobody_walks_is_not_well_again() {
        let well = check(health(&[], JourneyState::Failing, false), report(None, None), &[]);
        assert_eq!(well.clear.map(|it| it.len()), Some(1));
        let mut silent = report(None, None);
        silent.iter_mut().flat_map(|it| &mut it.journeys).for_each(|it| it.is_unknown = true);
        let silent = check(health(&[], JourneyState::Failing, false), silent, &[]);
        assert_eq!(silent.clear.map(|it| it.len()), Some(0));
    }
}
