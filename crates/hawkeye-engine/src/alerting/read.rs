//! Finding alerts and notifications.

use hawkeye_alert::{Alert, Labels, OnCall, matched, on_call};
use hawkeye_catalog::{AlertCounts, AlertEvent, AlertQuery, Mute, OutboxPage, OutboxQuery, OutboxRow};
use hawkeye_model::Timestamp;

use super::preview::RoutePreview;
use crate::engine::Engine;
use crate::error::EngineError;

/// Notifications that are listed of one alert.
const NOTIFICATIONS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
    pub counts: AlertCounts,
}

/// Everything about one alert.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertDetail {
    pub alert: Alert,
    pub events: Vec<AlertEvent>,
    /// Newest first.
    pub notifications: Vec<OutboxRow>,
    pub mutes: Vec<Mute>,
    /// Who is told of it now.
    pub routes: Vec<RoutePreview>,
}

impl Engine {
    /// # Errors
    /// When the catalog cannot be read.
    pub fn alerts(&self, query: &AlertQuery) -> Result<Page<Alert>, EngineError> {
        let page = self.catalog.read(|read| read.alerts(query))?;
        let items = page.items.iter().map(|row| serde_json::from_str(&row.body)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next_cursor, counts: page.counts })
    }

    /// # Errors
    /// When there is none.
    pub fn alert_detail(&self, id: i64) -> Result<AlertDetail, EngineError> {
        let alert = self.alert(id)?;
        let query = OutboxQuery { alert: Some(id), limit: NOTIFICATIONS_MAX, ..OutboxQuery::default() };
        let (events, notifications, mutes) = self
            .catalog
            .read(|read| Ok((read.alert_events(id)?, read.outbox(&query)?.items, read.mutes_of(id)?)))?;
        let routes = self.preview_routing(&alert.labels, self.clock.now(), None)?.routes;
        Ok(AlertDetail { alert, events, notifications, mutes, routes })
    }

    /// Pending, firing, and what is over but still to be told, from memory.
    #[must_use]
    pub fn active_alerts(&self) -> Vec<Alert> {
        self.alerting.state().book.alerts().cloned().collect()
    }

    /// The firing alerts as they are grouped: receiver, labels, alerts.
    #[must_use]
    pub fn active_groups(&self) -> Vec<(String, Labels, Vec<Alert>)> {
        let state = self.alerting.state();
        let mut groups: Vec<(String, Labels, Vec<Alert>)> = Vec::new();
        let mut position = std::collections::BTreeMap::new();
        for alert in state.book.alerts().filter(|it| it.is_firing()) {
            for route in matched(&state.routing, &alert.labels) {
                let labels = route.group_labels(&alert.labels);
                let at = *position.entry((route.path, labels.clone())).or_insert_with(|| {
                    groups.push((route.receiver, labels, Vec::new()));
                    groups.len() - 1
                });
                groups[at].2.push(alert.clone());
            }
        }
        groups
    }

    /// # Errors
    /// When the catalog cannot be read.
    pub fn notifications(&self, query: &OutboxQuery) -> Result<OutboxPage, EngineError> {
        Ok(self.catalog.read(|read| read.outbox(query))?)
    }

    /// # Errors
    /// When there is none.
    pub fn notification(&self, id: i64) -> Result<OutboxRow, EngineError> {
        self.catalog.read(|read| read.outbox_row(id))?.ok_or(EngineError::UnknownNotification(id))
    }

    /// Sends a lost notification once more. `false` when it is not lost.
    ///
    /// # Errors
    /// When there is none.
    pub fn retry_notification(&self, id: i64) -> Result<bool, EngineError> {
        self.notification(id)?;
        let now = self.clock.now();
        let retried = self.catalog.write(|write| write.retry_outbox(id, now))?;
        self.alerting.wake.notify_one();
        Ok(retried)
    }

    /// Who is on call, by schedule.
    #[must_use]
    pub fn on_call(&self, at: Timestamp) -> Vec<(String, Option<OnCall>)> {
        let routing = self.alert_routing();
        routing.schedules.iter().map(|it| (it.name.clone(), on_call(it, at))).collect()
    }
}
