//! What people do with alerts.

use std::collections::{BTreeMap, BTreeSet};

use hawkeye_alert::{Acknowledgement, Alert, Book};
use hawkeye_catalog::Verdict;
use hawkeye_model::{AnomalyId, Timestamp};

use super::batch::Batch;
use crate::act::Action;
use crate::engine::Engine;
use crate::error::EngineError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertAction {
    /// Without an end it lasts as long as the alert.
    Acknowledge {
        until: Option<Timestamp>,
    },
    Unacknowledge,
    /// `None` takes the assignee away.
    Assign(Option<String>),
    Comment,
    Snooze {
        until: Timestamp,
    },
    Unsnooze,
    /// It is over, whatever the rule says, until the condition has gone once.
    Resolve,
    /// As [`Self::Resolve`]; and the anomaly behind it is judged a false positive, from which detection learns.
    FalsePositive,
}

impl Engine {
    /// Does the same with several alerts, and returns them as they are then.
    ///
    /// # Errors
    /// When an alert does not exist, or nothing could be stored; then nothing is changed.
    pub fn act_on_alerts(
        &self,
        ids: &[i64],
        action: &AlertAction,
        actor: &str,
        note: Option<&str>,
    ) -> Result<Vec<Alert>, EngineError> {
        let known: Vec<Alert> = ids.iter().map(|&id| self.alert(id)).collect::<Result<_, _>>()?;
        if *action == AlertAction::FalsePositive {
            let anomalies: Vec<AnomalyId> =
                known.iter().filter_map(|it| it.anomaly.as_deref().and_then(AnomalyId::parse)).collect();
            if anomalies.is_empty() {
                return Err(EngineError::NoAnomaly);
            }
            let judge = Action::Judge { verdict: Verdict::FalsePositive, reason: None };
            self.act(&anomalies, &judge, actor, note)?;
        }
        let now = self.clock.now();
        self.change_alerts(|state, batch| {
            for id in ids {
                act(&mut state.book, batch, *id, action, (actor, note), now);
            }
        })?;
        ids.iter().map(|&id| self.alert(id)).collect()
    }

    /// What alerts say, by id; those that are gone are left out.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn alert_summaries(&self, ids: &BTreeSet<i64>) -> Result<BTreeMap<i64, String>, EngineError> {
        let mut summaries = BTreeMap::new();
        for &id in ids {
            match self.alert(id) {
                Ok(alert) => _ = summaries.insert(id, alert.summary),
                Err(EngineError::UnknownAlert(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(summaries)
    }

    /// The newest view of an alert.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn alert(&self, id: i64) -> Result<Alert, EngineError> {
        if let Some(alert) = self.alerting.state().book.get(id) {
            return Ok(alert.clone());
        }
        let row = self.catalog.read(|read| read.alert(id))?.ok_or(EngineError::UnknownAlert(id))?;
        Ok(serde_json::from_str(&row.body)?)
    }
}

pub(crate) fn act(
    book: &mut Book,
    batch: &mut Batch,
    id: i64,
    action: &AlertAction,
    (actor, note): (&str, Option<&str>),
    now: Timestamp,
) {
    let said = note.map(str::to_owned);
    let (event, changed, said) = match action {
        AlertAction::Acknowledge { until } => {
            let acknowledgement =
                Acknowledgement { by: actor.to_owned(), at: now, until: *until, note: said.clone() };
            ("acknowledged", book.change(id, |alert| alert.acknowledge(acknowledgement)), said)
        }
        AlertAction::Unacknowledge => {
            ("unacknowledged", book.change(id, |alert| alert.acknowledged.take().is_some()), said)
        }
        AlertAction::Assign(assignee) => {
            let changed = book.change(id, |alert| {
                let is_other = alert.assignee != *assignee;
                alert.assignee.clone_from(assignee);
                is_other
            });
            ("assigned", changed, said.or_else(|| assignee.clone()))
        }
        // One that left memory can still be talked about.
        AlertAction::Comment => ("commented", true, said),
        AlertAction::Snooze { until } => {
            let changed = book.change(id, |alert| {
                alert.snoozed_until = Some(*until);
                alert.is_firing()
            });
            ("snoozed", changed, said)
        }
        AlertAction::Unsnooze => {
            let changed = book.change(id, |alert| {
                let is_snoozed = alert.snoozed_until.take().is_some();
                alert.transition += u64::from(is_snoozed && alert.is_firing());
                is_snoozed
            });
            ("unsnoozed", changed, said)
        }
        AlertAction::Resolve => ("resolved", book.change(id, |alert| alert.dismiss(now)), said),
        AlertAction::FalsePositive => {
            let changed = book.change(id, |alert| alert.dismiss(now));
            ("false_positive", changed || book.get(id).is_none(), said)
        }
    };
    if changed {
        book.change(id, |alert| {
            alert.updated = alert.updated.max(now);
            true
        });
        batch.act(id, now, actor, event, said);
    }
}
