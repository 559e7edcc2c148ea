//! Channels: what is known of each, its secrets sealed, and a test.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hawkeye_alert::{Wrong, check_routing};
use hawkeye_catalog::{ChannelRow, OutboxQuery};
use hawkeye_model::Timestamp;
use hawkeye_notify::{Channel, Outcome, Secrets};

use super::batch::json;
use super::documents::wrong;
use crate::engine::Engine;
use crate::error::EngineError;

const CHANNELS_MAX: usize = 200;

/// A channel with how it does.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelState {
    pub channel: Channel,
    /// Names of the secrets that are stored. They themselves are never given out.
    pub secrets_set: Vec<String>,
    /// Why it is not used any more.
    pub disabled_reason: Option<String>,
    /// `closed`, `open` or `half_open`.
    pub breaker: &'static str,
    pub waiting: u64,
    pub dead: u64,
    pub last_sent: Option<Timestamp>,
}

impl Engine {
    /// # Errors
    /// When the catalog cannot be read.
    pub fn channels(&self) -> Result<Vec<ChannelState>, EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        rows.iter().map(|row| self.channel_state(row)).collect()
    }

    /// Names of channels by their ids.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn channel_names(&self) -> Result<BTreeMap<String, String>, EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        let channels: Vec<Channel> =
            rows.iter().map(|row| serde_json::from_str(&row.body)).collect::<Result<_, _>>()?;
        Ok(channels.into_iter().map(|it| (it.id, it.name)).collect())
    }

    /// Adds or replaces a channel. Secrets are merged over the stored ones; an empty value takes one away.
    ///
    /// # Errors
    /// [`EngineError::Wrong`], or that it could not be stored.
    pub fn put_channel(
        &self,
        channel: Channel,
        secrets: Option<Secrets>,
        actor: &str,
    ) -> Result<ChannelState, EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        let old = rows.iter().find(|row| row.id == channel.id);
        if old.is_none() && rows.len() >= CHANNELS_MAX {
            return Err(EngineError::TooMany("channels", CHANNELS_MAX));
        }
        let mut all = match old {
            Some(row) => self.secrets_if_readable(row)?,
            None => Secrets::new(),
        };
        // Secrets of another kind or for another receiver of them are not carried over.
        if let Some(row) = old
            && !is_same_place(&serde_json::from_str::<Channel>(&row.body)?, &channel)
        {
            all.clear();
        }
        for (name, value) in secrets.unwrap_or_default() {
            if value.is_empty() {
                all.remove(&name);
            } else {
                all.insert(name, value);
            }
        }
        let mut mistakes = Vec::new();
        if let Err(error) = channel.check() {
            mistakes.push(Wrong { path: format!("channel.{}", error.field), message: error.message });
        }
        if let Err(error) = channel.kind.check_secrets(&all) {
            mistakes.push(Wrong { path: error.field, message: error.message });
        }
        wrong(mistakes)?;
        let sealed = self.alerting.vault.seal(&all, &channel.id)?;
        let (body, now) = (json(&channel)?, self.clock.now());
        let id = channel.id.clone();
        self.catalog.write(|write| {
            write.put_channel(&id, &body, Some(&sealed), now)?;
            write.disable_channel(&id, None)?;
            // The audit has the document only: secrets are nobody's business.
            write.set(&format!("alert_channel/{id}"), &body, actor, now)
        })?;
        self.breakers().remove(&id);
        self.alerting.wake.notify_one();
        self.channel(&id)
    }

    /// # Errors
    /// [`EngineError::Wrong`] while the routing names it; that there is none.
    pub fn remove_channel(&self, id: &str, actor: &str) -> Result<(), EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        if !rows.iter().any(|row| row.id == id) {
            return Err(EngineError::UnknownChannel(id.to_owned()));
        }
        let others: BTreeSet<String> = rows.into_iter().map(|row| row.id).filter(|it| it != id).collect();
        wrong(check_routing(&self.alert_routing(), &others))?;
        let now = self.clock.now();
        self.catalog.write(|write| {
            write.remove_channel(id)?;
            write.unset(&format!("alert_channel/{id}"), actor, now)
        })?;
        self.breakers().remove(id);
        Ok(())
    }

    /// Sends a message that says it is a test, past the outbox.
    ///
    /// # Errors
    /// When there is no such channel, or its secrets cannot be read.
    pub async fn test_channel(
        self: &std::sync::Arc<Self>,
        id: &str,
    ) -> Result<(Outcome, Duration), EngineError> {
        let asked = id.to_owned();
        let (channel, secrets) = self.ask(move |engine| engine.opened(&engine.channel_row(&asked)?)).await?;
        let begun = self.clock.now();
        let test = self.test_notification(&channel, begun);
        let outcome = self.alerting.notifier.deliver(&channel, &secrets, &test, None, begun.millis()).await;
        Ok((outcome, self.clock.now().since(begun)))
    }

    pub(crate) fn channel(&self, id: &str) -> Result<ChannelState, EngineError> {
        self.channel_state(&self.channel_row(id)?)
    }

    /// A channel with its secrets.
    pub(crate) fn opened(&self, row: &ChannelRow) -> Result<(Channel, Secrets), EngineError> {
        Ok((serde_json::from_str(&row.body)?, self.secrets(row)?))
    }

    pub(crate) fn channel_row(&self, id: &str) -> Result<ChannelRow, EngineError> {
        let rows = self.catalog.read(|read| read.channels())?;
        rows.into_iter().find(|row| row.id == id).ok_or_else(|| EngineError::UnknownChannel(id.to_owned()))
    }

    fn secrets(&self, row: &ChannelRow) -> Result<Secrets, EngineError> {
        match &row.secret {
            Some(sealed) => Ok(self.alerting.vault.unseal(sealed, &row.id)?),
            None => Ok(Secrets::new()),
        }
    }

    /// Without the key that sealed them they have to be given again.
    fn secrets_if_readable(&self, row: &ChannelRow) -> Result<Secrets, EngineError> {
        match self.secrets(row) {
            Err(EngineError::Vault(error)) => {
                tracing::warn!(channel = row.id, %error, "secrets cannot be read");
                Ok(Secrets::new())
            }
            other => other,
        }
    }

    fn channel_state(&self, row: &ChannelRow) -> Result<ChannelState, EngineError> {
        let query = OutboxQuery { channel: Some(row.id.clone()), limit: 1, ..OutboxQuery::default() };
        let sent = OutboxQuery { states: vec!["sent".into()], ..query.clone() };
        let (counts, sent) =
            self.catalog.read(|read| Ok((read.outbox(&query)?.counts, read.outbox(&sent)?.items)))?;
        let now = self.clock.now();
        Ok(ChannelState {
            channel: serde_json::from_str(&row.body)?,
            secrets_set: self.secrets_if_readable(row)?.into_keys().collect(),
            disabled_reason: row.disabled_reason.clone(),
            breaker: self.breakers().get(&row.id).map_or("closed", |it| it.state(now.millis()).as_str()),
            waiting: counts.waiting,
            dead: counts.dead,
            last_sent: sent.first().and_then(|it| it.sent),
        })
    }
}

/// Whether a channel still talks to the same server, so that its old secrets may be used: somebody who may change
/// where it leads must not thereby read them.
fn is_same_place(old: &Channel, new: &Channel) -> bool {
    let place = |channel: &Channel| {
        let kind = serde_json::to_value(&channel.kind).unwrap_or_default();
        ["type", "url", "api_url", "smtp_host", "smtp_port"].map(|name| kind[name].clone())
    };
    place(old) == place(new)
}
