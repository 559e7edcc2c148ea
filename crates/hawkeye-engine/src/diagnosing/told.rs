//! Incidents as the rules see them.

use std::sync::Arc;

use hawkeye_alert::{Condition, IncidentReport, Incidents, Labels, Rule, Verdict};
use hawkeye_catalog::{CatalogError, IncidentQuery, IncidentState, StoredIncident};
use hawkeye_diagnose::Subject;
use hawkeye_model::{Dataset, Series};

use super::ask::incident_title;
use crate::engine::Engine;
use crate::error::EngineError;

/// Incidents that are looked at in one go; so many at once are one catastrophe.
const OPEN_MAX: usize = 200;

impl Engine {
    /// Nothing when no rule asks.
    pub(crate) async fn open_incidents(
        self: &Arc<Self>,
        dataset: Dataset,
        rules: &[Rule],
    ) -> Result<Incidents, EngineError> {
        if !rules.iter().any(|rule| matches!(rule.condition, Condition::Incident { .. })) {
            return Ok(Incidents::default());
        }
        self.ask(move |engine| {
            let mut query = IncidentQuery {
                states: vec![IncidentState::Open, IncidentState::Acknowledged],
                limit: OPEN_MAX,
                ..IncidentQuery::default()
            };
            query.scope.datasets = vec![dataset];
            Ok(engine.catalog.read(|read| {
                let page = read.incidents(&query)?;
                let is_cut = page.next.is_some();
                let report = |it: StoredIncident| {
                    let members = read.incident_anomalies(it.row.id)?;
                    let series = members.iter().map(|it| Arc::clone(&it.anomaly.series)).collect();
                    Ok(report(&it, series))
                };
                let open = page.items.into_iter().map(report).collect::<Result<_, CatalogError>>()?;
                Ok(Incidents { open: Some(open), is_cut, ..Incidents::default() })
            })?)
        })
        .await
    }
}

fn report(stored: &StoredIncident, series: Vec<Arc<Series>>) -> IncidentReport {
    let row = &stored.row;
    let conclusion = row.conclusion.as_ref();
    let subject: Subject =
        conclusion.and_then(|it| serde_json::from_str(&it.subject).ok()).unwrap_or_default();
    let named = [
        ("service", subject.service),
        ("method", subject.method),
        ("route", subject.route),
        ("environment", subject.environment),
        ("version", subject.version),
        ("instance", subject.instance),
        ("dependency", subject.dependency),
    ];
    let labels: Labels =
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    IncidentReport {
        id: format!("{:016x}", row.id),
        severity: row.severity.into(),
        verdict: conclusion.and_then(|it| Verdict::parse(&it.verdict)),
        sentence: conclusion.map_or_else(|| incident_title(row), |it| it.sentence.clone()),
        requests_hurt: row.requests_hurt,
        subject: labels,
        series,
    }
}

#[cfg(test)]
mod tests {
    use hawkeye_diagnose::VerdictKind;

    use super::*;

    #[test]
    fn rules_know_all_verdicts_by_the_same_words() {
        let of_rules = Verdict::ALL.map(Verdict::as_str);
        assert_eq!(of_rules, VerdictKind::ALL.map(VerdictKind::as_str));
    }
}
