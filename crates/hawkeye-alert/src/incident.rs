//! What rules say about incidents, and to which incident an anomaly's alert belongs.
//!
//! Which anomalies are one incident, and what is at fault, comes from outside.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hawkeye_model::{AnomalyId, Series};

use crate::evaluate::{Context, Evaluation, Subject};
use crate::rule::{Labels, Level, Verdict};

/// What is known of incidents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Incidents {
    /// The incident of each anomaly.
    pub of: BTreeMap<AnomalyId, String>,
    /// Those that go on; `None` when nothing is known of them.
    pub open: Option<Vec<IncidentReport>>,
    /// There are more than these.
    pub is_cut: bool,
}

/// An incident that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentReport {
    pub id: String,
    pub severity: Level,
    /// `None` until it was diagnosed.
    pub verdict: Option<Verdict>,
    /// What is at fault, in one sentence; before that what is odd.
    pub sentence: String,
    pub requests_hurt: f64,
    /// Where the fault sits, as far as it is known: `service`, `environment`, `version`, …
    pub subject: Labels,
    /// What is odd.
    pub series: Vec<Arc<Series>>,
}

impl Context<'_> {
    pub(crate) fn incidents(&self, verdicts: &[Verdict], severity_min: Level) -> Evaluation {
        let Some(open) = &self.past.incidents.open else { return Evaluation::nothing_known() };
        let (mut met, mut kept) = (Vec::new(), Vec::new());
        for report in open {
            let is_wanted = report.severity >= severity_min
                && (verdicts.is_empty() || report.verdict.is_some_and(|it| verdicts.contains(&it)));
            let mut labels = report.subject.clone();
            labels.insert("incident".into(), report.id.clone());
            labels.insert("dataset".into(), self.dataset.as_str().to_owned());
            if let Some(verdict) = report.verdict {
                labels.insert("verdict".into(), verdict.as_str().to_owned());
            }
            let is_here = |series: &Arc<Series>| {
                let mut all = self.series_labels(series);
                all.extend(labels.clone());
                self.in_scope(series, &all)
            };
            if !report.series.iter().any(is_here) {
                continue;
            }
            let nowhere = Subject { service: "".into(), endpoint: None, environment: String::new() };
            let severity = self.rule.severity.unwrap_or(report.severity);
            let signal = format!("incident/{}", report.id);
            let value = Some(report.requests_hurt);
            let seen = self.observation(&nowhere, labels, severity, report.sentence.clone(), value, &signal);
            // A verdict may change and harm is measured again and again: that ends no alert, only the incident's end does.
            if is_wanted { met.push(seen) } else { kept.push(seen) }
        }
        // One that is not open is over, unless not all were read.
        Evaluation { met, kept, clear: self.past.incidents.is_cut.then(HashSet::new), is_unread: false }
    }
}

#[cfg(test)]
mod tests {
    use hawkeye_model::{Dataset, Endpoint, Environment, Provider, Timestamp};

    use super::*;
    use crate::book::Book;
    use crate::evaluate::{Past, evaluate};
    use crate::rule::{Condition, Rule, Scope, default_rules};

    fn report(id: &str, severity: Level, verdict: Option<Verdict>, service: &str) -> IncidentReport {
        let endpoint = Endpoint { service: service.into(), method: "GET".into(), route: "/".into() };
        let environment = Environment::new(Provider::Aws, "production", "");
        IncidentReport {
            id: id.into(),
            severity,
            verdict,
            sentence: format!("{service} is at fault"),
            requests_hurt: 12.0,
            subject: Labels::from([("service".to_owned(), service.to_owned())]),
            series: vec![Arc::new(Series::new(endpoint, environment))],
        }
    }

    #[track_caller]
    fn check(verdicts: &[Verdict], severity_min: Level, scope: Scope, expected: &[&str]) {
        let condition = Condition::Incident { verdicts: verdicts.to_vec(), severity_min };
        let rule = Rule { condition, scope, severity: None, ..default_rules().remove(0) };
        let open = vec![
            report("a", Level::Critical, Some(Verdict::VersionFault), "shop"),
            report("b", Level::Medium, None, "cart"),
        ];
        let incidents = Incidents { open: Some(open), ..Incidents::default() };
        let past = Past { incidents, ..Past::default() };
        let evaluation = evaluate(&rule, Dataset::Live, Timestamp::from_secs(1), &[], &past);
        let found: Vec<&str> = evaluation.met.iter().map(|it| it.labels["incident"].as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn incidents_are_told_by_verdict_severity_and_place() {
        let anywhere = Scope::default;
        check(&[], Level::Low, anywhere(), &["a", "b"]);
        check(&[], Level::High, anywhere(), &["a"]);
        check(&[Verdict::VersionFault], Level::Low, anywhere(), &["a"]);
        check(&[Verdict::TrafficChange], Level::Low, anywhere(), &[]);
        check(&[], Level::Low, Scope { services: vec!["cart".into()], ..Scope::default() }, &["b"]);
        let on = |text: &str| vec![text.parse().expect("a matcher")];
        check(&[], Level::Low, Scope { matchers: on("verdict=version_fault"), ..Scope::default() }, &["a"]);
        check(&[], Level::Low, Scope { environments: vec!["gcp".into()], ..Scope::default() }, &[]);
    }

    #[test]
    fn an_alert_ends_with_its_incident_not_with_its_verdict() {
        let condition =
            Condition::Incident { verdicts: vec![Verdict::VersionFault], severity_min: Level::High };
        let rule = Rule { condition, severity: None, keep_firing_s: 0, ..default_rules().remove(0) };
        let mut book = Book::default();
        let mut check = |minute: i64, open: Vec<IncidentReport>, firing: usize| {
            let incidents = Incidents { open: Some(open), ..Incidents::default() };
            let past = Past::of_incidents(incidents);
            let at = Timestamp::from_secs(1_800_000_000 + 60 * minute);
            book.step(std::slice::from_ref(&rule), Dataset::Live, at, &[], &past);
            let count = book.alerts().filter(|it| it.is_firing()).count();
            assert_eq!(count, firing, "minute {minute}");
        };
        check(0, vec![report("a", Level::High, None, "shop")], 0);
        check(1, vec![report("a", Level::High, Some(Verdict::VersionFault), "shop")], 1);
        check(2, vec![report("a", Level::Low, Some(Verdict::NotEnoughEvidence), "shop")], 1);
        check(3, vec![], 0);
    }

    #[test]
    fn nothing_is_over_while_nothing_is_known() {
        let condition = Condition::Incident { verdicts: vec![], severity_min: Level::Low };
        let rule = Rule { condition, ..default_rules().remove(0) };
        let past = Past::default();
        let evaluation = evaluate(&rule, Dataset::Live, Timestamp::from_secs(1), &[], &past);
        assert!(evaluation.met.is_empty() && evaluation.clear.is_some_and(|clear| clear.is_empty()));
    }
}
