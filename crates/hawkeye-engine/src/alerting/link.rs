//! Links in notifications that acknowledge: signed, for a time, and once.

use std::time::Duration;

use hawkeye_alert::Alert;
use hawkeye_notify::LinkPayload;

use super::act::{AlertAction, act};
use crate::engine::Engine;
use crate::error::EngineError;

/// A link lasts a week; an older notification is history.
pub(crate) const LINK_MAX: Duration = Duration::from_secs(7 * 86_400);

/// What a link is about.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkView {
    pub title: String,
    /// Those of its group that fire and that nobody has acknowledged.
    pub alerts: Vec<Alert>,
    pub is_used: bool,
}

impl Engine {
    /// Looks, and changes nothing: programs that follow links in messages do that, too.
    ///
    /// # Errors
    /// [`EngineError::BadLink`] when it is forged or too old.
    pub fn look_at_link(&self, token: &str) -> Result<LinkView, EngineError> {
        let payload = self.payload(token)?;
        let hash = hawkeye_notify::token_hash(token);
        let is_used = self.catalog.read(|read| read.is_link_used(&hash))?;
        Ok(self.view(&payload, is_used))
    }

    /// Acknowledges what fires in the link's group. Works once.
    ///
    /// # Errors
    /// [`EngineError::BadLink`] when it is forged, too old, or was used.
    pub fn use_link(&self, token: &str, actor: &str) -> Result<LinkView, EngineError> {
        let payload = self.payload(token)?;
        let hash = hawkeye_notify::token_hash(token);
        let now = self.clock.now();
        let view = self.view(&payload, true);
        let by = actor.to_owned();
        // Used and acknowledged together, or neither.
        let done = self.change_alerts(|state, batch| {
            batch.also(move |write| match write.use_link(&hash, &by, now)? {
                true => Ok(()),
                false => Err(hawkeye_catalog::CatalogError::Used),
            });
            for alert in &view.alerts {
                let action = AlertAction::Acknowledge { until: None };
                let said = (actor, Some("by a link in a notification"));
                act(&mut state.book, batch, alert.id, &action, said, now);
            }
        });
        match done {
            Ok(()) => Ok(view),
            Err(EngineError::Catalog(hawkeye_catalog::CatalogError::Used)) => {
                Err(EngineError::BadLink("this link was used before"))
            }
            Err(error) => Err(error),
        }
    }

    fn payload(&self, token: &str) -> Result<LinkPayload, EngineError> {
        let now = self.clock.now();
        self.alerting
            .links
            .verify(token, now.millis())
            .map_err(|_| EngineError::BadLink("this link is not valid, or too old"))
    }

    fn view(&self, payload: &LinkPayload, is_used: bool) -> LinkView {
        let state = self.alerting.state();
        let now = self.clock.now();
        let group = state.dispatcher.groups().iter().find(|(key, group)| group.thread(key) == payload.thread);
        let ids = group.into_iter().flat_map(|(_, group)| group.told.keys());
        let alerts = ids.filter_map(|id| state.book.get(*id));
        let alerts: Vec<Alert> =
            alerts.filter(|it| it.is_firing() && !it.is_acknowledged(now)).cloned().collect();
        let title = match alerts.as_slice() {
            [] => "Nothing to acknowledge: it is over, or somebody has it".to_owned(),
            [only] => only.summary.clone(),
            more => format!("{} alerts", more.len()),
        };
        LinkView { title, alerts, is_used }
    }
}
