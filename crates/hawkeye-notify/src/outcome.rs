//! What became of an attempt, and when to try again.

use std::time::Duration;

/// A notification that could not be delivered for this long after it was written is dead.
pub const RETRY_FOR: Duration = Duration::from_secs(24 * 3_600);

/// What became of one attempt. Errors name neither addresses nor secrets and can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `memory` is what the channel wants to be told at the next notification of the same thread.
    Delivered { status: Option<u16>, memory: Option<String> },
    /// Try again, not before `after` if the receiver asked for it.
    Retry { after: Option<Duration>, error: String, status: Option<u16> },
    /// Trying again will not help.
    Refused { error: String, status: Option<u16> },
    /// The receiver wants nothing any more: disable the channel and say so.
    Gone { error: String, status: Option<u16> },
}

impl Outcome {
    /// `delivered`, `retry`, `refused` or `gone`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::Retry { .. } => "retry",
            Self::Refused { .. } => "refused",
            Self::Gone { .. } => "gone",
        }
    }

    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Delivered { .. } => None,
            Self::Retry { error, .. } | Self::Refused { error, .. } | Self::Gone { error, .. } => Some(error),
        }
    }

    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Delivered { status, .. }
            | Self::Retry { status, .. }
            | Self::Refused { status, .. }
            | Self::Gone { status, .. } => *status,
        }
    }
}
