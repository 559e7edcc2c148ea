//! What alerting keeps in memory: a copy of the catalog's, changed together with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hawkeye_alert::{
    Alert, Book, Dispatcher, Group, Routing, Rule, Silence, State as AlertState, default_rules,
};
use hawkeye_catalog::{Catalog, CatalogError, Read};
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_notify::{Breaker, Links, Notifier, Vault};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use super::batch::Batch;
use super::documents::{ROUTING_KEY, RULE_PREFIX, StoredRule};
use crate::config::AlertingConfig;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::events::{Events, Heard};

/// Changes kept for those who watch.
const NEWS_MAX: usize = 2_000;

/// An alert that a person called over, or that a maintenance hid, is remembered so long.
const RESOLVED_MAX: Duration = Duration::from_secs(7 * 86_400);

/// Recurring times change at whole minutes.
const MINUTE: Duration = Duration::from_secs(60);

/// While the past is caught up on after a start, nothing is told, because it may be over already; at most so long.
const CATCH_UP_MAX: Duration = Duration::from_secs(600);

/// Further behind the clock than this is catching up.
const LATE: Duration = Duration::from_secs(180);

/// The handle's part of alerting.
#[derive(Debug)]
pub(crate) struct Alerting {
    state: Mutex<State>,
    pub(crate) vault: Vault,
    pub(crate) links: Links,
    pub(crate) notifier: Notifier,
    pub(crate) breakers: Mutex<BTreeMap<String, Breaker>>,
    pub(crate) heartbeat: Mutex<super::Heartbeat>,
    pub(crate) news: Events<AlertNews>,
    /// Something new is in the outbox.
    pub(crate) wake: Notify,
    pub(crate) config: AlertingConfig,
    pub(crate) started: Timestamp,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) book: Book,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) rules: Vec<StoredRule>,
    pub(crate) routing: Routing,
    pub(crate) silences: Vec<Silence>,
    /// Up to where the rules were applied, by data set.
    pub(crate) evaluated: [Option<Timestamp>; 2],
    /// Nothing changes by itself before.
    next_pass: Timestamp,
    /// The last transaction failed, and what is stored could not be read again.
    is_stale: bool,
}

/// A change of an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertNews {
    /// `opened`, `updated`, `resolved` or `acted`.
    pub change: &'static str,
    pub alert: Alert,
}

impl Alerting {
    pub(crate) fn open(
        folder: &std::path::Path,
        catalog: &Catalog,
        config: AlertingConfig,
        now: Timestamp,
    ) -> Result<Self, EngineError> {
        let vault = Vault::open(folder)?;
        let notifier = Notifier::new(config.notify.clone())?;
        catalog.write(|write| write.release_outbox())?;
        Ok(Self {
            state: Mutex::new(catalog.read(|read| State::load(read, now))??),
            links: vault.links(),
            vault,
            notifier,
            breakers: Mutex::default(),
            heartbeat: Mutex::default(),
            news: Events::keeping(NEWS_MAX),
            wake: Notify::new(),
            config,
            started: now,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn load(read: &Read<'_>, now: Timestamp) -> Result<Result<Self, EngineError>, CatalogError> {
        let mut rows = read.active_alerts(now.minus(RESOLVED_MAX))?;
        let groups = read.groups()?;
        // What was told to fire is needed until it is told to be over, however long that takes.
        let told = groups.iter().filter_map(|(_, body)| serde_json::from_str::<Group>(body).ok());
        let needed: BTreeSet<i64> = told.flat_map(|group| group.told.into_keys()).collect();
        let known: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
        for id in needed.difference(&known) {
            rows.extend(read.alert(*id)?);
        }
        let silences = read.silences(now)?;
        let rules = read.settings_with_prefix(RULE_PREFIX)?;
        let routing = read.setting(ROUTING_KEY)?;
        let next_id = read.next_alert_id()?;
        let evaluated = [read.alert_progress(Dataset::Live)?, read.alert_progress(Dataset::Demo)?];
        let parse = || -> Result<Self, EngineError> {
            let mut alerts: Vec<Alert> = parsed(rows.iter().map(|row| &row.body))?;
            alerts.sort_by_key(|it| it.id);
            alerts.retain(|it| {
                it.state != AlertState::Resolved || it.is_dismissed || it.is_owed || needed.contains(&it.id)
            });
            let mut dispatched: BTreeMap<String, Group> = BTreeMap::new();
            for (key, body) in &groups {
                dispatched.insert(key.clone(), serde_json::from_str(body)?);
            }
            let mut rules: Vec<StoredRule> = parsed(rules.iter().map(|(_, body)| body))?;
            for rule in default_rules() {
                // A default that somebody removed stays as a mark without effect.
                if !rules.iter().any(|stored| stored.rule.id == rule.id) {
                    rules.push(StoredRule::default_of(rule));
                }
            }
            rules.sort_by(|left, right| left.rule.id.cmp(&right.rule.id));
            Ok(Self {
                book: Book::new(alerts, next_id),
                dispatcher: Dispatcher::new(dispatched),
                rules,
                routing: routing.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default(),
                silences: parsed(silences.iter().map(|row| &row.body))?,
                evaluated,
                next_pass: Timestamp::MIN,
                is_stale: false,
            })
        };
        Ok(parse())
    }

    /// Rules that are there and switched on.
    pub(crate) fn active_rules(&self) -> Vec<Rule> {
        let active = self.rules.iter().filter(|it| !it.is_removed && it.rule.is_enabled);
        active.map(|it| it.rule.clone()).collect()
    }

    /// When time alone may change something next.
    fn next_change(&self, now: Timestamp) -> Timestamp {
        let minute = now.floor(MINUTE).plus(MINUTE);
        let groups = self.dispatcher.groups().values().flat_map(|group| {
            let receiver = self.routing.receivers.iter().find(|it| it.name == group.route.receiver);
            let step = receiver.and_then(|it| it.steps.get(group.steps));
            let due = group.step_from.zip(step);
            let escalates = due.map(|(from, step)| from.plus(Duration::from_secs(step.after_s.into())));
            [Some(group.next), escalates]
        });
        let alerts = self.book.alerts().flat_map(|alert| {
            [alert.expires, alert.snoozed_until, alert.acknowledged.as_ref().and_then(|it| it.until)]
        });
        let silences = self.silences.iter().flat_map(|it| [Some(it.starts), Some(it.ends)]);
        groups
            .chain(alerts)
            .chain(silences)
            .flatten()
            .filter(|&at| at > now)
            .min()
            .map_or(minute, |at| at.min(minute))
    }
}

fn parsed<'a, T: DeserializeOwned>(bodies: impl Iterator<Item = &'a String>) -> Result<Vec<T>, EngineError> {
    Ok(bodies.map(|body| serde_json::from_str(body)).collect::<Result<_, _>>()?)
}

impl Engine {
    /// Changes alerts, and tells what is to be told because of it, in one transaction.
    pub(crate) fn change_alerts<T>(
        &self,
        work: impl FnOnce(&mut State, &mut Batch) -> T,
    ) -> Result<T, EngineError> {
        let mut state = self.alerting.state();
        let now = self.clock.now();
        if state.is_stale {
            *state = self.catalog.read(|read| State::load(read, now))??;
        }
        let mut batch = Batch::default();
        let answer = work(&mut state, &mut batch);
        if !batch.is_empty() || state.next_pass <= now {
            self.pass(&mut state, &mut batch, now);
            state.next_pass = state.next_change(now);
        }
        if batch.is_empty() {
            return Ok(answer);
        }
        let news = batch.news(&state.book);
        if let Err(error) = self.catalog.write(|write| batch.write(write, &state, now)) {
            state.is_stale = true;
            match self.catalog.read(|read| State::load(read, now)) {
                Ok(Ok(stored)) => *state = stored,
                Ok(Err(again)) => tracing::error!(error = %again, "alerts cannot be read again"),
                Err(again) => tracing::error!(error = %again, "alerts cannot be read again"),
            }
            return Err(error.into());
        }
        drop(state);
        self.alerting.news.publish(news);
        if !batch.outbox.is_empty() {
            self.alerting.wake.notify_one();
        }
        Ok(answer)
    }

    /// What time alone does. Cheap while nothing is due.
    pub(crate) fn pass_if_due(&self) -> Result<(), EngineError> {
        let now = self.clock.now();
        {
            let mut state = self.alerting.state();
            // Further away only when the clock was set back.
            if (now..=now.plus(MINUTE)).contains(&state.next_pass) && state.next_pass > now {
                return Ok(());
            }
            state.next_pass = now;
        }
        self.change_alerts(|_, _| ())
    }

    fn pass(&self, state: &mut State, batch: &mut Batch, now: Timestamp) {
        state.silences.retain(|it| it.ends > now);
        let State { book, dispatcher, silences, routing, .. } = state;
        let changes = book.tick(silences, routing, now);
        batch.note(book, &changes, now);
        if self.is_catching_up(now) {
            return;
        }
        let told = dispatcher.step(book.alerts(), routing, now, &mut batch.groups);
        for told in &told {
            self.put_in_outbox(told, book, routing, batch, now);
            let is_told = !told.targets.is_empty();
            for (id, ..) in &told.alerts {
                let changed = book.change(*id, |alert| {
                    if is_told {
                        (alert.told, alert.told_at) = (alert.told.saturating_add(1), Some(now));
                    }
                    std::mem::take(&mut alert.is_owed) || is_told
                });
                if changed {
                    batch.touch(*id);
                }
            }
        }
        let needed = dispatcher.needed();
        batch.keep(book);
        book.let_go(|id| needed.contains(&id));
    }

    fn is_catching_up(&self, now: Timestamp) -> bool {
        let watermark = self.watching(Dataset::Live).state().watcher.watermark();
        now.since(self.alerting.started) < CATCH_UP_MAX
            && watermark.is_some_and(|watermark| now.since(watermark) > LATE)
    }

    /// Changes of alerts from a position on.
    #[must_use]
    pub fn alert_events_since(&self, position: u64) -> Heard<AlertNews> {
        self.alerting.news.since(position)
    }

    #[must_use]
    pub fn alert_position(&self) -> u64 {
        self.alerting.news.since(u64::MAX).next
    }
}
