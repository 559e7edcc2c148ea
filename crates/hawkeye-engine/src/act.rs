//! What people do with anomalies. A verdict teaches the watcher, and is stored with what it taught in one transaction.

use hawkeye_catalog::{
    ActivityAction, Adjustment, CatalogError, NewAdjustment, PersonalChange, StoredAnomaly, Verdict, Write,
};
use hawkeye_model::{AnomalyId, CloseReason, Dataset, Timestamp};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::events::{Event, EventKind};
use crate::verdict::{Judgement, detect_adjustment, detect_verdict};
use crate::watching::Watching;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Acknowledge,
    Unacknowledge,
    /// `None` takes the assignee away.
    Assign(Option<String>),
    Note,
    Judge {
        verdict: Verdict,
        reason: Option<String>,
    },
    ClearVerdict,
    Close,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    pub changed: usize,
    pub anomalies: Vec<StoredAnomaly>,
    pub adjustments: Vec<Adjustment>,
}

/// What an action did to the watcher; it goes into the catalog next.
#[derive(Default)]
struct Taught {
    judged: Vec<hawkeye_detect::Adjustment>,
    new: Vec<NewAdjustment>,
    /// Earlier adjustments that were taken back.
    undone: Vec<Adjustment>,
    is_changed: bool,
}

impl Engine {
    /// Does the same with each anomaly. All of it is stored when this returns.
    ///
    /// # Errors
    /// When an anomaly does not exist, or nothing could be stored; then nothing is changed.
    pub fn act(
        &self,
        ids: &[AnomalyId],
        action: &Action,
        actor: &str,
        note: Option<&str>,
    ) -> Result<Acted, EngineError> {
        let stored = self.stored(ids)?;
        let mut acted = Acted { changed: 0, anomalies: Vec::new(), adjustments: Vec::new() };
        for dataset in Dataset::ALL {
            let mine: Vec<&StoredAnomaly> = stored.iter().filter(|it| it.dataset == dataset).collect();
            if mine.is_empty() {
                continue;
            }
            let watching = self.watching(dataset);
            let _turn = watching.commits();
            let at = self.clock.now();
            let taught = self.teach(watching, &mine, action, actor, at)?;
            let is_taught = taught.is_changed;
            let written = self.commit(watching, is_taught, |write| {
                put(write, &mine, &taught, &change_of(action), actor, note, at)
            });
            match written {
                Ok((changed, adjustments)) => {
                    acted.changed += changed;
                    acted.adjustments.extend(adjustments);
                }
                Err(error) => {
                    self.unteach(watching, &taught);
                    return Err(error);
                }
            }
        }
        acted.anomalies = self.stored(ids)?;
        let events = acted.anomalies.iter().cloned();
        self.events.publish(events.map(|anomaly| Event { kind: EventKind::Acted, anomaly }).collect());
        Ok(acted)
    }

    /// Takes back what one verdict did to one threshold. `None` when there is no such adjustment.
    ///
    /// # Errors
    /// When it could not be stored; then nothing is changed.
    pub fn undo(&self, id: i64, actor: &str) -> Result<Option<Adjustment>, EngineError> {
        let Some(adjustment) = self.catalog.read(|read| read.adjustment(id))? else { return Ok(None) };
        let watching = self.watching(adjustment.what.dataset);
        let _turn = watching.commits();
        // Somebody else may have been faster.
        let current = self.catalog.read(|read| read.adjustment(id))?;
        let Some(current) = current.filter(|it| it.undone.is_none()) else { return Ok(Some(adjustment)) };
        let at = self.clock.now();
        let taught = Taught { undone: vec![current], is_changed: true, ..Taught::default() };
        watching.state().watcher.undo(&[detect_adjustment(&adjustment.what)]);
        let written = self.commit(watching, true, |write| undo_stored(write, &taught.undone, actor, at));
        if let Err(error) = written {
            self.unteach(watching, &taught);
            return Err(error);
        }
        Ok(self.catalog.read(|read| read.adjustment(id))?)
    }

    /// # Errors
    /// When the catalog cannot be read.
    pub fn adjustments(&self, limit: usize) -> Result<Vec<Adjustment>, EngineError> {
        Ok(self.catalog.read(|read| read.adjustments(limit))?)
    }

    pub(crate) fn stored(&self, ids: &[AnomalyId]) -> Result<Vec<StoredAnomaly>, EngineError> {
        let found: Vec<_> = self
            .catalog
            .read(|read| ids.iter().map(|&id| Ok((id, read.anomaly(id)?))).collect::<Result<_, _>>())?;
        found.into_iter().map(|(id, it)| it.ok_or(EngineError::UnknownAnomaly(id))).collect()
    }

    fn teach(
        &self,
        watching: &Watching,
        anomalies: &[&StoredAnomaly],
        action: &Action,
        actor: &str,
        at: Timestamp,
    ) -> Result<Taught, EngineError> {
        let mut taught = Taught::default();
        for stored in anomalies {
            let id = stored.anomaly.id;
            match action {
                Action::Judge { verdict, .. } if stored.verdict != Some(*verdict) => {
                    self.take_back(watching, id, &mut taught)?;
                    let adjustments = {
                        let mut state = watching.state();
                        let adjustments = state.watcher.judge(&stored.anomaly, detect_verdict(*verdict));
                        if *verdict == Verdict::ExpectedChange && stored.anomaly.is_open() {
                            let accepted = state.watcher.close(id, CloseReason::NewNormal);
                            accepted.into_iter().for_each(|anomaly| state.note(anomaly));
                        }
                        adjustments
                    };
                    let judgement = Judgement { stored, verdict: *verdict, actor, at };
                    let told = self.told(&judgement, &adjustments);
                    taught.judged.extend(adjustments);
                    match told {
                        Ok(told) => taught.new.extend(told.into_iter().map(|(new, _)| new)),
                        Err(error) => {
                            self.unteach(watching, &taught);
                            return Err(error);
                        }
                    }
                    taught.is_changed = true;
                }
                Action::ClearVerdict => self.take_back(watching, id, &mut taught)?,
                Action::Close => {
                    // The row is closed by a person and now, so the watcher's view of it is not needed.
                    taught.is_changed |= watching.state().watcher.close(id, CloseReason::ByHand).is_some();
                }
                _ => {}
            }
        }
        Ok(taught)
    }

    fn take_back(
        &self,
        watching: &Watching,
        anomaly: AnomalyId,
        taught: &mut Taught,
    ) -> Result<(), EngineError> {
        let earlier = self.catalog.read(|read| read.adjustments_of(anomaly))?;
        let adjustments: Vec<_> = earlier.iter().map(|it| detect_adjustment(&it.what)).collect();
        watching.state().watcher.undo(&adjustments);
        taught.is_changed |= !earlier.is_empty();
        taught.undone.extend(earlier);
        Ok(())
    }

    /// The watcher must not know what the catalog does not.
    fn unteach(&self, watching: &Watching, taught: &Taught) {
        let mut state = watching.state();
        state.watcher.undo(&taught.judged);
        let again = taught.undone.iter().map(|it| detect_adjustment(&it.what)).map(|it| {
            let (offset_before, offset_after) = (it.offset_after, it.offset_before);
            hawkeye_detect::Adjustment { offset_before, offset_after, ..it }
        });
        state.watcher.undo(&again.collect::<Vec<_>>());
        // What was closed stays closed; the next look brings the catalog in line.
        state.is_unsettled = true;
    }
}

fn change_of(action: &Action) -> PersonalChange {
    match action {
        Action::Acknowledge => PersonalChange::Acknowledge,
        Action::Unacknowledge => PersonalChange::Unacknowledge,
        Action::Assign(assignee) => PersonalChange::Assign(assignee.clone()),
        Action::Note => PersonalChange::Note,
        Action::Judge { verdict, reason } => {
            PersonalChange::Judge { verdict: *verdict, reason: reason.clone() }
        }
        Action::ClearVerdict => PersonalChange::ClearVerdict,
        Action::Close => PersonalChange::Close,
    }
}

fn put(
    write: &Write<'_>,
    anomalies: &[&StoredAnomaly],
    taught: &Taught,
    change: &PersonalChange,
    actor: &str,
    note: Option<&str>,
    at: Timestamp,
) -> Result<(usize, Vec<Adjustment>), CatalogError> {
    let mut changed = 0;
    for stored in anomalies {
        changed += usize::from(write.change(stored.anomaly.id, change, actor, note, at)?);
    }
    undo_stored(write, &taught.undone, actor, at)?;
    let added: Result<_, _> = taught.new.iter().map(|new| write.add_adjustment(new.clone())).collect();
    Ok((changed, added?))
}

fn undo_stored(
    write: &Write<'_>,
    adjustments: &[Adjustment],
    actor: &str,
    at: Timestamp,
) -> Result<(), CatalogError> {
    for adjustment in adjustments {
        let anomaly = adjustment.what.anomaly;
        if write.undo_adjustment(adjustment.id, at)? && write.anomaly(anomaly)?.is_some() {
            let note = Some(adjustment.what.sentence.as_str());
            write.add_activity(anomaly, at, actor, ActivityAction::AdjustmentUndone, note)?;
        }
    }
    Ok(())
}
