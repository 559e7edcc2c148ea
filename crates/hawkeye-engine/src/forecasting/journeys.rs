//! Journeys at work: their health now and over time, what is predicted of them, what an endpoint's fault does to them,
//! and which ones people walk.
//!
//! A step is an endpoint, in the environment that it names or wherever the question looks. Its success is the share of
//! all its requests without a server error and, if the step says how fast, not slower; sessions only tell who goes on.

mod discovered;
mod health;
mod impact;
mod predicted;
mod sessions;
mod steps;
mod timeline;

pub use discovered::{Answer, Proposal, Proposals};
pub use health::{JourneyHealth, JourneyQuery, JourneyState, JourneyView, StepHealth};
pub use impact::JourneyImpact;
pub use predicted::Outlook;
pub use sessions::FailedSession;
pub use steps::{Checked, CheckedStep};
pub use timeline::Timeline;

pub(crate) use discovered::Discovered;
pub(super) use health::{DEGRADED, FAILING, state_by_sums, usual_success};
pub(super) use predicted::Outlooks;
pub(crate) use steps::Usual;
