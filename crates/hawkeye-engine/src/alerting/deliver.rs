//! Takes what is due out of the outbox and brings it to its channel, as often as it takes.
//!
//! A row is leased while it is under way. After a crash the lease runs out and the row is sent once more, with the
//! same key. A channel that fails five times in a row is left alone for a while; what waits for it waits longer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use hawkeye_catalog::{Finish, OutboxRow};
use hawkeye_model::{Dataset, Timestamp};
use hawkeye_notify::{Breaker, BreakerState, Channel, Notification, Outcome, RETRY_FOR, retry_delay};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::batch::json;
use crate::engine::Engine;
use crate::error::EngineError;

/// How often it is looked whether something is due; new rows wake it at once.
const TICK: Duration = Duration::from_secs(1);

/// Longer than a batch to a channel that never answers.
const LEASE: Duration = Duration::from_secs(600);

/// Notifications that are claimed for a channel at once, and for all.
const BATCH_MAX: usize = 16;
const CLAIMED_MAX: usize = 1_024;

/// Deliveries of one channel under way at once, when more than this wait for it.
const AT_ONCE_MAX: usize = 4;
const FEW: usize = 256;

/// How often the losses of one channel are told on others.
const ANNOUNCED_EVERY: Duration = Duration::from_secs(3_600);

/// A notification is news for an hour; until then a channel that comes back has it within a minute.
const NEWS: Duration = Duration::from_secs(3_600);
const NEWS_RETRY_MAX: Duration = Duration::from_secs(40);

const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(60);

/// The rules must have been applied, and the oldest notification that is due be no older, for a heartbeat.
const PROGRESS_MAX: Duration = Duration::from_secs(300);

/// What one channel is given.
struct Batch {
    rows: Vec<OutboxRow>,
    at_once: usize,
}

/// The outgoing sign of life.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heartbeat {
    pub last_sent: Option<Timestamp>,
    pub error: Option<String>,
    /// What does not make progress.
    pub blocked_by: Option<String>,
    last_tried: Option<Timestamp>,
}

/// How alerting does.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertingStatus {
    pub firing: u64,
    pub waiting: u64,
    pub dead: u64,
    pub oldest_waiting: Option<Timestamp>,
    pub evaluated_until: Option<Timestamp>,
    pub alerts_max: usize,
    pub alerts_dropped: u64,
    pub breakers_open: Vec<String>,
    pub channels: usize,
    /// `None` when no address is configured.
    pub heartbeat: Option<Heartbeat>,
}

impl Engine {
    /// Delivers until told to stop. What is under way then is finished, or sent again after the next start.
    pub async fn deliver(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        let mut under_way: JoinSet<String> = JoinSet::new();
        let mut busy: BTreeSet<String> = BTreeSet::new();
        let mut heart: JoinSet<()> = JoinSet::new();
        while !*stopped.borrow() {
            while let Some(done) = under_way.try_join_next() {
                done.iter().for_each(|channel| _ = busy.remove(channel));
            }
            match self.take(&busy).await {
                Ok(batches) => {
                    for (channel, batch) in batches {
                        busy.insert(channel.clone());
                        let (engine, stopped) = (Arc::clone(&self), stopped.clone());
                        under_way.spawn(async move {
                            // Whatever happens, the channel is free afterwards; what was not sent comes again.
                            if tokio::spawn(engine.bring_all(batch, stopped)).await.is_err() {
                                tracing::error!(channel, "a delivery broke off");
                            }
                            channel
                        });
                    }
                }
                Err(error) => tracing::error!(%error, "the outbox cannot be read; it is tried again"),
            }
            // A slow listener must not hold up what others wait for.
            while heart.try_join_next().is_some() {}
            if heart.is_empty() {
                let engine = Arc::clone(&self);
                heart.spawn(async move { engine.beat().await });
            }
            tokio::select! {
                Some(done) = under_way.join_next(), if !under_way.is_empty() => {
                    done.iter().for_each(|channel| _ = busy.remove(channel));
                }
                () = self.alerting.wake.notified() => {}
                () = tokio::time::sleep(TICK) => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// What is due, a batch for each channel that has none under way.
    async fn take(self: &Arc<Self>, busy: &BTreeSet<String>) -> Result<BTreeMap<String, Batch>, EngineError> {
        let now = self.clock.now();
        let busy = busy.clone();
        self.ask(move |engine| {
            if !engine.catalog.read(|read| read.is_outbox_due(now))? {
                return Ok(BTreeMap::new());
            }
            let breakers = engine.breakers().clone();
            let mut batches: BTreeMap<String, Batch> = BTreeMap::new();
            let rows = engine.catalog.write(|write| {
                let room = |channel: &str, due: usize| {
                    let state =
                        breakers.get(channel).map_or(BreakerState::Closed, |it| it.state(now.millis()));
                    let room = match state {
                        _ if busy.contains(channel) => 0,
                        BreakerState::Closed => BATCH_MAX,
                        // One that was left alone is tried with one message first.
                        BreakerState::HalfOpen => 1,
                        BreakerState::Open => 0,
                    };
                    // One at a time, so that a crash repeats at most one; several only when many wait.
                    let at_once = if due > FEW { AT_ONCE_MAX } else { 1 };
                    batches.insert(channel.to_owned(), Batch { rows: Vec::new(), at_once });
                    room
                };
                write.claim_outbox(now, LEASE, room, CLAIMED_MAX)
            })?;
            for row in rows {
                if let Some(batch) = batches.get_mut(&row.channel) {
                    batch.rows.push(row);
                }
            }
            batches.retain(|_, batch| !batch.rows.is_empty());
            Ok(batches)
        })
        .await
    }

    /// A channel's batch, as long as the channel takes it.
    async fn bring_all(self: Arc<Self>, batch: Batch, stopped: watch::Receiver<bool>) {
        let mut rows = batch.rows.into_iter();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < batch.at_once
                && !*stopped.borrow()
                && let Some(row) = rows.next()
            {
                let is_open = {
                    let now = self.clock.now();
                    let breakers = self.breakers();
                    breakers.get(&row.channel).is_some_and(|it| it.state(now.millis()) == BreakerState::Open)
                };
                if is_open {
                    rows = std::iter::once(row).chain(rows).collect::<Vec<_>>().into_iter();
                    break;
                }
                under_way.spawn(Arc::clone(&self).bring(row));
            }
            if under_way.join_next().await.is_none() {
                break;
            }
        }
        let left: Vec<i64> = rows.map(|row| row.id).collect();
        if left.is_empty() {
            return;
        }
        let given_back =
            self.ask(move |engine| Ok(engine.catalog.write(|write| write.unclaim_outbox(&left))?));
        if let Err(error) = given_back.await {
            tracing::error!(%error, "notifications wait for the end of their lease");
        }
    }

    /// One delivery, from its row to its end.
    async fn bring(self: Arc<Self>, row: OutboxRow) {
        let id = row.id;
        if let Err(error) = self.try_to_bring(row).await {
            tracing::error!(id, %error, "a notification could not be handled; it is tried again");
        }
    }

    async fn try_to_bring(self: &Arc<Self>, row: OutboxRow) -> Result<(), EngineError> {
        let refused = |error: String| Outcome::Refused { error, status: None };
        let outcome = match self.attempt(&row).await {
            Ok(outcome) => outcome,
            Err(EngineError::UnknownChannel(id)) => refused(format!("there is no channel {id} any more")),
            Err(EngineError::Vault(error)) => refused(format!("its secrets cannot be read: {error}")),
            Err(error @ EngineError::Settings(_)) => refused(error.to_string()),
            Err(error) => return Err(error),
        };
        self.ask(move |engine| engine.finish(&row, outcome)).await
    }

    async fn attempt(self: &Arc<Self>, row: &OutboxRow) -> Result<Outcome, EngineError> {
        let (id, thread) = (row.channel.clone(), row.thread.clone());
        let (channel, secrets, off, memory) = self
            .ask(move |engine| {
                let stored = engine.channel_row(&id)?;
                let memory = engine.catalog.read(|read| read.memory(&id, &thread))?;
                let (channel, secrets) = engine.opened(&stored)?;
                let off = match stored.disabled_reason {
                    None if !channel.is_enabled => Some("the channel is switched off".into()),
                    reason => reason,
                };
                Ok((channel, secrets, off, memory))
            })
            .await?;
        if let Some(error) = off {
            return Ok(Outcome::Refused { error, status: None });
        }
        let Ok(mut notification) = serde_json::from_str::<Notification>(&row.body) else {
            let error = "another version wrote this notification".to_owned();
            return Ok(Outcome::Refused { error, status: None });
        };
        self.add_charts(&channel, &mut notification).await;
        let begun = self.clock.now();
        let outcome = self
            .alerting
            .notifier
            .deliver(&channel, &secrets, &notification, memory.as_deref(), begun.millis())
            .await;
        let seconds = self.clock.now().since(begun).as_secs_f64();
        metrics::histogram!("hawkeye_notification_delivery_seconds").record(seconds);
        Ok(outcome)
    }

    fn finish(&self, row: &OutboxRow, outcome: Outcome) -> Result<(), EngineError> {
        let now = self.clock.now();
        {
            let mut breakers = self.breakers();
            let breaker = breakers.entry(row.channel.clone()).or_default();
            match &outcome {
                Outcome::Retry { .. } => breaker.failed(now.millis()),
                // Also a refusal is an answer.
                _ => breaker.succeeded(),
            }
        }
        let (finish, memory, is_gone) = match outcome {
            Outcome::Delivered { status, memory } => (Finish::Sent { at: now, status }, memory, false),
            Outcome::Retry { after, error, status } => {
                let delay = retry_delay(row.attempts, row.id.unsigned_abs());
                // While it is news, it is tried more often than the schedule says.
                let most = if now.since(row.created) < NEWS { NEWS_RETRY_MAX } else { RETRY_FOR };
                let delay = delay.min(most).max(after.unwrap_or_default());
                if now.plus(delay).since(row.created) > RETRY_FOR {
                    (
                        Finish::Dead { at: now, error: format!("given up after a day: {error}"), status },
                        None,
                        false,
                    )
                } else {
                    (Finish::Retry { next: now.plus(delay), error, status }, None, false)
                }
            }
            Outcome::Refused { error, status } => (Finish::Dead { at: now, error, status }, None, false),
            Outcome::Gone { error, status } => (Finish::Dead { at: now, error, status }, None, true),
        };
        let result = match &finish {
            Finish::Sent { .. } => "sent",
            Finish::Retry { .. } => "retried",
            _ => "dead",
        };
        metrics::counter!("hawkeye_notifications_total", "result" => result).increment(1);
        if let Finish::Dead { error, .. } = &finish {
            tracing::warn!(
                channel = row.channel,
                title = row.title,
                error,
                "a notification is lost for its channel"
            );
        }
        let elsewhere = match &finish {
            Finish::Dead { error, .. } => self.told_elsewhere(row, error, is_gone, now)?,
            _ => Vec::new(),
        };
        self.catalog.write(|write| {
            write.finish_outbox(row.id, &finish)?;
            if let Some(memory) = &memory {
                write.set_memory(&row.channel, &row.thread, memory, now)?;
            }
            if is_gone {
                let Finish::Dead { error, .. } = &finish else { return Ok(()) };
                write.disable_channel(&row.channel, Some(error))?;
            }
            elsewhere.iter().try_for_each(|other| write.push_outbox(other).map(|_| ()))
        })?;
        if !elsewhere.is_empty() {
            self.alerting.wake.notify_one();
        }
        Ok(())
    }

    /// What a channel did not take is told on the others, once an hour, and never about such a message itself. One
    /// that people switched off is no news.
    fn told_elsewhere(
        &self,
        row: &OutboxRow,
        error: &str,
        is_gone: bool,
        now: Timestamp,
    ) -> Result<Vec<hawkeye_catalog::NewOutbox>, EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        let is_off = |row: &hawkeye_catalog::ChannelRow, channel: &Channel| {
            !channel.is_enabled || row.disabled_reason.is_some()
        };
        let mut others: Vec<Channel> = Vec::new();
        for other in &rows {
            let Ok(channel) = serde_json::from_str::<Channel>(&other.body) else { continue };
            if is_off(other, &channel) {
                if other.id == row.channel {
                    return Ok(Vec::new());
                }
            } else if other.id != row.channel {
                others.push(channel);
            }
        }
        if row.reason == "dead_letter" {
            return Ok(Vec::new());
        }
        // Nobody would close an incident that is only about a message, so these are told only if there is nobody else.
        let opens_incident = |channel: &Channel| {
            use hawkeye_notify::ChannelKind::{Alertmanager, Opsgenie, PagerDuty};
            matches!(channel.kind, PagerDuty { .. } | Opsgenie { .. } | Alertmanager { .. })
        };
        if others.iter().any(|channel| !opens_incident(channel)) {
            others.retain(|channel| !opens_incident(channel));
        }
        let what = if is_gone { "is gone and was switched off" } else { "did not take a notification" };
        let thread = format!("hawkeye-dead-{}-{}", row.channel, now.floor(ANNOUNCED_EVERY).millis());
        let base = self.alerting.config.public_url.trim_end_matches('/');
        let mut elsewhere = Vec::new();
        for other in others {
            let notification = Notification {
                key: format!("{thread}-{}", other.id),
                thread: thread.clone(),
                status: hawkeye_notify::Status::Firing,
                reason: hawkeye_notify::Reason::DeadLetter,
                severity: hawkeye_notify::Severity::High,
                title: format!("Channel {} {what}: {}", row.channel, row.title),
                receiver: row.receiver.clone(),
                step: 0,
                why: vec![
                    format!("channel {} {what}: {error}", row.channel),
                    "what a channel does not take is told on the others, at most once an hour".into(),
                ],
                group_labels: [].into(),
                common_labels: [].into(),
                common_annotations: [].into(),
                alerts: Vec::new(),
                firing_total: 0,
                resolved_total: 0,
                created_ms: now.millis(),
                open_url: format!("{base}/alerts?tab=notifications"),
                acknowledge_url: None,
                silence_url: None,
                dataset: row.dataset.as_str().to_owned(),
            };
            elsewhere.push(hawkeye_catalog::NewOutbox {
                key: notification.key.clone(),
                channel: other.id,
                thread: thread.clone(),
                state: "waiting".into(),
                reason: "dead_letter".into(),
                receiver: row.receiver.clone(),
                title: notification.title.clone(),
                dataset: row.dataset,
                created: now,
                next: now,
                body: json(&notification)?,
                alerts: Vec::new(),
            });
        }
        Ok(elsewhere)
    }

    pub(crate) fn breakers(&self) -> MutexGuard<'_, BTreeMap<String, Breaker>> {
        self.alerting.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heart(&self) -> MutexGuard<'_, Heartbeat> {
        self.alerting.heartbeat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the outside that everything moves; or does not, so that the outside notices.
    async fn beat(self: &Arc<Self>) {
        let Some(url) = self.alerting.config.heartbeat_url.clone() else { return };
        let now = self.clock.now();
        let is_due = |last: Timestamp| now.since(last) >= HEARTBEAT_INTERVAL || now < last;
        if !self.heart().last_tried.is_none_or(is_due) {
            return;
        }
        let blocked_by = match self.ask(move |engine| engine.blocked_by(now)).await {
            Ok(blocked_by) => blocked_by,
            Err(error) => Some(format!("the catalog cannot be read: {error}")),
        };
        let error = match &blocked_by {
            Some(_) => None,
            None => self.alerting.notifier.heartbeat(&url, now.millis()).await.error().map(str::to_owned),
        };
        let mut heart = self.heart();
        if blocked_by.is_none() && error.is_none() {
            heart.last_sent = Some(now);
        }
        if let Some(reason) = blocked_by.as_deref().or(error.as_deref()) {
            tracing::warn!(reason, "no heartbeat was sent");
        }
        (heart.last_tried, heart.error, heart.blocked_by) = (Some(now), error, blocked_by);
    }

    /// What does not make progress, if anything.
    fn blocked_by(&self, now: Timestamp) -> Result<Option<String>, EngineError> {
        let silence_max = self.alerting.config.heartbeat_ingest_silence_max;
        let newest = self.store.newest(Dataset::Live);
        if newest.is_none_or(|newest| now.since(newest) > silence_max) {
            return Ok(Some("no requests arrive".into()));
        }
        let evaluated = self.alerting.state().evaluated[Dataset::Live as usize];
        if evaluated.is_none_or(|evaluated| now.since(evaluated) > PROGRESS_MAX) {
            return Ok(Some("the rules are not applied".into()));
        }
        let depth = self.catalog.read(|read| read.outbox_depth())?;
        if depth.oldest_waiting.is_some_and(|oldest| now.since(oldest) > PROGRESS_MAX) {
            return Ok(Some("notifications are not delivered".into()));
        }
        Ok(None)
    }

    /// # Errors
    /// When the catalog cannot be read.
    pub fn alerting_status(&self) -> Result<AlertingStatus, EngineError> {
        let (depth, channels) =
            self.catalog.read(|read| Ok((read.outbox_depth()?, read.channels()?.len())))?;
        let now = self.clock.now();
        let breakers_open = self
            .breakers()
            .iter()
            .filter(|(_, it)| it.state(now.millis()) != BreakerState::Closed)
            .map(|(id, _)| id.clone())
            .collect();
        let heartbeat = self.alerting.config.heartbeat_url.as_ref().map(|_| self.heart().clone());
        let state = self.alerting.state();
        Ok(AlertingStatus {
            firing: state.book.alerts().filter(|it| it.is_firing()).count() as u64,
            waiting: depth.waiting,
            dead: depth.dead,
            oldest_waiting: depth.oldest_waiting,
            evaluated_until: state.evaluated[Dataset::Live as usize],
            alerts_max: hawkeye_alert::ALERTS_MAX,
            alerts_dropped: state.book.dropped,
            breakers_open,
            channels,
            heartbeat,
        })
    }
}
