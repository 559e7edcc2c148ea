//! What one change of alerting writes.

use std::collections::{BTreeMap, BTreeSet};

use hawkeye_alert::{Alert, Book, Change, ChangeKind, State as AlertState};
use hawkeye_catalog::{AlertRow, CatalogError, NewOutbox, Write};
use hawkeye_model::{AnomalyId, Dataset, Severity, Timestamp};

use super::state::{AlertNews, State};

/// Who acts when nobody does.
pub(crate) const HAWKEYE: &str = "hawkeye";

type More = Box<dyn Fn(&Write<'_>) -> Result<(), CatalogError> + Send>;

/// Everything that goes into one transaction.
#[derive(Default)]
pub(crate) struct Batch {
    /// Alerts that changed, and what to tell of them live.
    touched: BTreeMap<i64, &'static str>,
    /// Views of alerts that leave memory with this change.
    kept: BTreeMap<i64, Alert>,
    removed: Vec<i64>,
    muted: BTreeSet<i64>,
    events: Vec<(i64, Timestamp, String, &'static str, Option<String>)>,
    /// Keys of groups that changed or ended.
    pub(crate) groups: BTreeSet<String>,
    pub(crate) outbox: Vec<NewOutbox>,
    pub(crate) progress: Option<(Dataset, Timestamp)>,
    more: Vec<More>,
}

impl Batch {
    /// Takes what happened to alerts by itself.
    pub(crate) fn note(&mut self, book: &Book, changes: &[Change], at: Timestamp) {
        for Change { id, kind, note } in changes {
            let (event, news) = match kind {
                ChangeKind::Pending => (Some("pending"), "opened"),
                ChangeKind::Fired => (Some("fired"), "opened"),
                ChangeKind::Worse => (Some("worse"), "updated"),
                ChangeKind::Awake => (Some("snooze_over"), "updated"),
                ChangeKind::Unacknowledged => (Some("acknowledgement_over"), "updated"),
                ChangeKind::Updated => (None, "updated"),
                ChangeKind::Resolved => (Some("resolved"), "resolved"),
                ChangeKind::Muted => {
                    self.muted.insert(*id);
                    let is_muted = book.get(*id).is_some_and(|it| !it.mutes.is_empty());
                    (Some(if is_muted { "muted" } else { "unmuted" }), "updated")
                }
                ChangeKind::Removed => {
                    self.touched.remove(id);
                    self.events.retain(|(of, ..)| of != id);
                    self.removed.push(*id);
                    continue;
                }
            };
            let note = match kind {
                ChangeKind::Muted => book.get(*id).map(muted_by).filter(|it| !it.is_empty()),
                _ => note.clone(),
            };
            if let Some(event) = event {
                self.events.push((*id, at, HAWKEYE.into(), event, note));
            }
            let told = self.touched.entry(*id).or_insert(news);
            if *told != "opened" {
                *told = news;
            }
        }
    }

    pub(crate) fn touch(&mut self, id: i64) {
        self.touched.entry(id).or_insert("updated");
    }

    pub(crate) fn act(
        &mut self,
        id: i64,
        at: Timestamp,
        actor: &str,
        event: &'static str,
        note: Option<String>,
    ) {
        self.touched.entry(id).or_insert("acted");
        self.events.push((id, at, actor.to_owned(), event, note));
    }

    pub(crate) fn event(&mut self, id: i64, at: Timestamp, event: &'static str, note: String) {
        self.events.push((id, at, HAWKEYE.into(), event, Some(note)));
    }

    pub(crate) fn forget(&mut self, ids: &[i64]) {
        ids.iter().for_each(|id| _ = self.touched.remove(id));
        self.events.retain(|(id, ..)| !ids.contains(id));
    }

    /// Something else for the same transaction.
    pub(crate) fn also(&mut self, more: impl Fn(&Write<'_>) -> Result<(), CatalogError> + Send + 'static) {
        self.more.push(Box::new(more));
    }

    /// Copies the changed alerts, before the book lets go of some.
    pub(crate) fn keep(&mut self, book: &Book) {
        let changed = self.touched.keys().filter_map(|id| book.get(*id));
        self.kept.extend(changed.map(|alert| (alert.id, alert.clone())));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.touched.is_empty()
            && self.removed.is_empty()
            && self.events.is_empty()
            && self.groups.is_empty()
            && self.outbox.is_empty()
            && self.progress.is_none()
            && self.more.is_empty()
    }

    pub(crate) fn news(&self, book: &Book) -> Vec<AlertNews> {
        let news = self.touched.iter().filter_map(|(id, change)| {
            let alert = self.view(book, *id)?;
            Some(AlertNews { change, alert: alert.clone() })
        });
        news.collect()
    }

    fn view<'a>(&'a self, book: &'a Book, id: i64) -> Option<&'a Alert> {
        book.get(id).or_else(|| self.kept.get(&id))
    }

    pub(crate) fn write(&self, write: &Write<'_>, state: &State, now: Timestamp) -> Result<(), CatalogError> {
        write.put_next_alert_id(state.book.next_id())?;
        for id in &self.removed {
            write.remove_alert(*id)?;
        }
        for id in self.touched.keys() {
            let Some(alert) = self.view(&state.book, *id) else { continue };
            write.put_alert(&row(alert, now)?)?;
            if self.muted.contains(id) {
                let mutes: Vec<(String, String)> =
                    alert.mutes.iter().map(|it| (it.kind.as_str().to_owned(), it.by.clone())).collect();
                write.set_mutes(*id, &mutes, now)?;
            }
        }
        for (id, at, actor, event, note) in &self.events {
            write.add_alert_event(*id, *at, actor, event, note.as_deref())?;
        }
        for key in &self.groups {
            match state.dispatcher.groups().get(key) {
                Some(group) => write.put_group(key, &json(group)?)?,
                None => write.remove_group(key)?,
            }
        }
        for outbox in &self.outbox {
            write.push_outbox(outbox)?;
        }
        if let Some((dataset, until)) = self.progress {
            write.put_alert_progress(dataset, until)?;
        }
        self.more.iter().try_for_each(|more| more(write))
    }
}

fn muted_by(alert: &Alert) -> String {
    let by: Vec<_> = alert.mutes.iter().map(|it| format!("{} {}", it.kind.as_str(), it.by)).collect();
    by.join(", ")
}

pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, CatalogError> {
    serde_json::to_string(value).map_err(|error| CatalogError::damaged(error.to_string()))
}

fn row(alert: &Alert, now: Timestamp) -> Result<AlertRow, CatalogError> {
    let words: Vec<&str> =
        std::iter::once(alert.summary.as_str()).chain(alert.labels.values().map(String::as_str)).collect();
    Ok(AlertRow {
        id: alert.id,
        fingerprint: alert.fingerprint.clone(),
        dataset: if alert.is_demo() { Dataset::Demo } else { Dataset::Live },
        state: alert.state.as_str().to_owned(),
        severity: Severity::from(alert.severity()),
        rule: alert.rule.clone(),
        source: alert.source.as_str().to_owned(),
        name: alert.name().to_owned(),
        words: words.join(" ").to_lowercase(),
        is_acknowledged: alert.state == AlertState::Firing && alert.is_acknowledged(now),
        is_muted: alert.is_firing() && !alert.mutes.is_empty(),
        is_snoozed: alert.is_firing() && alert.is_snoozed(now),
        anomaly: alert.anomaly.as_deref().and_then(AnomalyId::parse),
        started: alert.started,
        resolved: alert.resolved,
        updated: alert.updated,
        body: json(alert)?,
    })
}
