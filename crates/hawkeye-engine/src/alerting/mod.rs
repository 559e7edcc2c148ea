//! Alerting: rules at each closed window, what people do with alerts, and what is told to whom.
//!
//! **Nothing is lost.** Alerts, groups and the outbox change in one transaction ([`Engine::change_alerts`]). What is
//! in memory is a copy: when a transaction fails, it is read again. What is in the outbox is sent by
//! [`Engine::deliver`] until a channel takes it, refuses it, or a day has passed.
//!
//! **Nothing is told twice.** A notification's key names the run of a group, its number and the channel. It is unique
//! in the outbox and goes with the message, so that a channel which takes it twice can tell.

mod act;
mod backtest;
mod batch;
mod channels;
mod chart;
mod deliver;
mod documents;
mod evaluate;
mod link;
mod message;
mod preview;
mod read;
mod receive;
mod silences;
mod state;

pub use act::AlertAction;
pub use backtest::{AlertBacktest, AlertBacktestQuery, AlertSide};
pub use channels::ChannelState;
pub use deliver::{AlertingStatus, Heartbeat};
pub use documents::{Applied, StoredRule};
pub use link::LinkView;
pub use preview::{RoutePreview, RoutingPreview, RulePreview};
pub use read::{AlertDetail, Page};
pub use silences::NewSilence;

pub(crate) use evaluate::SlowSums;
pub use state::AlertNews;
pub(crate) use state::Alerting;
