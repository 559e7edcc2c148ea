//! Silences: who does not want to hear of what, until when, and what that hid.

use std::time::Duration;

use hawkeye_alert::{Alert, Matcher, Silence, Wrong, all_match};
use hawkeye_catalog::{AlertQuery, Mute, SilenceRow};
use hawkeye_model::Timestamp;

use super::batch::json;
use super::documents::wrong;
use crate::engine::Engine;
use crate::error::EngineError;

/// Silences that are not over.
const SILENCES_MAX: usize = 10_000;

/// A longer silence is a rule that should be switched off.
const SILENCE_MAX: Duration = Duration::from_secs(366 * 86_400);

const TEXT_LENGTH_MAX: usize = 4_000;

/// What one silence hid that is listed.
const HIDDEN_MAX: usize = 1_000;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// Alerts of the last week that a preview looks through.
const PREVIEW_MAX: usize = 10_000;

/// A silence to make or change.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSilence {
    pub id: Option<String>,
    pub matchers: Vec<Matcher>,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub created_by: String,
    pub comment: String,
}

impl Engine {
    /// Those that are not over, and those that ended since a moment; `None` lists only the first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn silences(&self, ended_since: Option<Timestamp>) -> Result<Vec<Silence>, EngineError> {
        let after = ended_since.unwrap_or_else(|| self.clock.now());
        let rows = self.catalog.read(|read| read.silences(after))?;
        Ok(rows.iter().map(|row| serde_json::from_str(&row.body)).collect::<Result<_, _>>()?)
    }

    /// A silence and what it hid.
    ///
    /// # Errors
    /// When there is none.
    pub fn silence(&self, id: &str) -> Result<(Silence, Vec<Mute>), EngineError> {
        let (row, hidden) =
            self.catalog.read(|read| Ok((read.silence(id)?, read.hidden_by("silence", id, HIDDEN_MAX)?)))?;
        let row = row.ok_or_else(|| EngineError::UnknownSilence(id.to_owned()))?;
        Ok((serde_json::from_str(&row.body)?, hidden))
    }

    /// Makes a silence, or changes one. As in Alertmanager, one whose matchers change, or that is over, is ended and
    /// another made: what was hidden stays true.
    ///
    /// # Errors
    /// [`EngineError::Wrong`], that the named one does not exist, or that it could not be stored.
    pub fn put_silence(&self, new: NewSilence) -> Result<Silence, EngineError> {
        let now = self.clock.now();
        wrong(check(&new, now))?;
        let old = match &new.id {
            Some(id) => Some(self.silence(id)?.0),
            None => None,
        };
        let kept = old.as_ref().filter(|old| old.ends > now && old.matchers == new.matchers);
        let silence = Silence {
            id: match kept {
                Some(old) => old.id.clone(),
                None => Silence::new_id(&new.matchers, &new.created_by, now),
            },
            matchers: new.matchers,
            starts: kept.filter(|old| old.starts <= now).map_or(new.starts.max(now), |old| old.starts),
            ends: new.ends,
            created_by: new.created_by,
            comment: new.comment,
            updated: now,
        };
        let ended = old.filter(|old| old.id != silence.id && old.ends > now);
        let ended = ended.map(|old| Silence { starts: old.starts.min(now), ends: now, updated: now, ..old });
        let rows =
            [Some(&silence), ended.as_ref()].into_iter().flatten().map(row).collect::<Result<Vec<_>, _>>()?;
        let stored = silence.clone();
        self.change_alerts(|state, batch| {
            if state.silences.len() >= SILENCES_MAX {
                return Err(EngineError::TooMany("silences", SILENCES_MAX));
            }
            let ended_id = ended.as_ref().map(|it| it.id.as_str());
            state.silences.retain(|it| it.id != silence.id && Some(it.id.as_str()) != ended_id);
            state.silences.push(silence);
            batch.also(move |write| rows.iter().try_for_each(|row| write.put_silence(row)));
            Ok(())
        })??;
        Ok(stored)
    }

    /// Ends a silence now.
    ///
    /// # Errors
    /// When there is none, or it could not be stored.
    pub fn expire_silence(&self, id: &str) -> Result<(), EngineError> {
        let now = self.clock.now();
        let silence = self.silence(id)?.0;
        if silence.ends <= now {
            return Ok(());
        }
        let ended = Silence { starts: silence.starts.min(now), ends: now, updated: now, ..silence };
        let row = row(&ended)?;
        self.change_alerts(|state, batch| {
            state.silences.retain(|it| it.id != ended.id);
            batch.also(move |write| write.put_silence(&row));
        })
    }

    /// What matchers would hide: firing now, and how many fired in the last week.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn preview_silence(&self, matchers: &[Matcher]) -> Result<(Vec<Alert>, u64), EngineError> {
        let firing: Vec<Alert> = {
            let state = self.alerting.state();
            let hit = state.book.alerts().filter(|it| it.is_firing() && all_match(matchers, &it.labels));
            hit.cloned().collect()
        };
        let now = self.clock.now();
        let query = AlertQuery {
            overlapping: Some((now.minus(WEEK), now.plus(WEEK))),
            limit: PREVIEW_MAX,
            ..AlertQuery::default()
        };
        let week = self.alerts(&query)?.items;
        let hit = week.iter().filter(|it| it.fired.is_some() && all_match(matchers, &it.labels)).count();
        Ok((firing, hit as u64))
    }
}

fn check(new: &NewSilence, now: Timestamp) -> Vec<Wrong> {
    let mut mistakes = Vec::new();
    let mut add = |path: &str, message: &str| {
        mistakes.push(Wrong { path: path.into(), message: message.into() });
    };
    let empty = hawkeye_alert::Labels::new();
    if new.matchers.is_empty() || new.matchers.iter().all(|it| it.matches(&empty)) {
        add("matchers", "must not match everything: at least one must need a label");
    }
    if new.ends <= new.starts {
        add("ends_ms", "must be later than the start");
    } else if new.ends <= now {
        add("ends_ms", "must not be in the past");
    } else if new.ends.since(new.starts.max(now)) > SILENCE_MAX {
        add("ends_ms", "must be within a year");
    }
    if new.created_by.trim().is_empty() || new.created_by.len() > 200 {
        add("created_by", "must be a name of 1 to 200 bytes");
    }
    if new.comment.trim().is_empty() || new.comment.len() > TEXT_LENGTH_MAX {
        add("comment", "must say why, in at most 4000 bytes");
    }
    mistakes
}

fn row(silence: &Silence) -> Result<SilenceRow, EngineError> {
    Ok(SilenceRow {
        id: silence.id.clone(),
        starts: silence.starts,
        ends: silence.ends,
        updated: silence.updated,
        body: json(silence)?,
    })
}
