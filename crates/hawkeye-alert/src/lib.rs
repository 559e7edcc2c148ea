//! From measures and anomalies to alerts, and from alerts to what is told: rules, states, muting, routing, grouping.
//!
//! Pure and deterministic: time is an argument, nothing is read or sent. [`Book`] holds the alerts of one server and
//! steps them; [`Dispatcher`] says which groups are told what; [`Simulation`] does both over a stored past.
//! The documents that people write ([`Rule`], [`Routing`]) have one JSON, in files, over the API and in the database.

mod alert;
mod book;
mod calendar;
mod check;
mod dispatch;
mod evaluate;
mod future;
mod incident;
mod matcher;
mod mute;
mod route;
mod routing;
mod rule;
mod simulate;
mod words;

pub use alert::{Acknowledgement, Alert, Mute, MuteKind, Source, State};
pub use book::{ALERTS_MAX, Book, Change, ChangeKind, Received};
pub use calendar::{OnCall, on_call};
pub use check::{Wrong, check_routing, check_rule, check_rules};
pub use dispatch::{Dispatcher, Group, Reason, Status, Target, Told, targets};
pub use evaluate::{Evaluation, Observation, Past, evaluate};
pub use future::{Future, JOURNEY_WINDOW_S, JourneyReport, PredictedBreach};
pub use incident::{IncidentReport, Incidents};
pub use matcher::{Matcher, MatcherError, Operator, all_match};
pub use mute::{Silence, mutes};
pub use route::{Matched, matched};
pub use routing::{
    Cover, Inhibition, Interval, Maintenance, Person, Receiver, Route, Routing, Schedule, Span, Step,
};
pub use rule::{
    Comparison, Condition, JourneyState, Labels, Level, Objective, Per, Rule, Scope, ThresholdMeasure,
    Verdict, default_rules,
};
pub use simulate::{Outcome, Simulation};
pub use words::{rule_sentence, span};
