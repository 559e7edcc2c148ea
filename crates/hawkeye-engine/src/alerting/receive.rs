//! Alerts that other systems send, and alerts that go with a data set.

use hawkeye_alert::Received;
use hawkeye_model::Dataset;

use crate::engine::Engine;
use crate::error::EngineError;

impl Engine {
    /// Takes alerts as Alertmanager would. They are durable when this returns.
    ///
    /// # Errors
    /// [`EngineError::AlertsFull`] when some found no room, or that they could not be stored.
    pub fn receive_alerts(&self, mut received: Vec<Received>) -> Result<(), EngineError> {
        // Nobody outside says what is a demo, and thereby what is told to nobody.
        received
            .iter_mut()
            .for_each(|it| _ = it.labels.insert("dataset".into(), Dataset::Live.as_str().into()));
        let (now, timeout) = (self.clock.now(), self.alerting.config.resolve_timeout);
        let dropped = self.change_alerts(|state, batch| {
            let before = state.book.dropped;
            let changes = state.book.receive(received, now, timeout);
            batch.note(&state.book, &changes, now);
            state.book.dropped - before
        })?;
        if dropped > 0 {
            return Err(EngineError::AlertsFull(hawkeye_alert::ALERTS_MAX));
        }
        Ok(())
    }

    /// Forgets everything about a data set, in one transaction, so that nothing of it is written back.
    pub(crate) fn forget_alerts(&self, dataset: Dataset) -> Result<(), EngineError> {
        self.change_alerts(|state, batch| {
            let ids = state.book.forget(dataset);
            batch.forget(&ids);
            batch.groups.extend(state.dispatcher.forget(dataset.as_str()));
            state.evaluated[dataset as usize] = None;
            batch.also(move |write| write.remove(dataset));
        })
    }
}
