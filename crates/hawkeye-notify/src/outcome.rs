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

/// From the sixth attempt on.
const RETRY_EVERY: Duration = Duration::from_secs(600);

/// How long to wait before attempt number `attempt` (from 0). Late attempts spread by a fifth either way, so that what
/// failed together does not come back together.
#[must_use]
pub fn retry_delay(attempt: u32, seed: u64) -> Duration {
    match attempt {
        0 => Duration::ZERO,
        1 => Duration::from_secs(5),
        2 => Duration::from_secs(30),
        3 => Duration::from_secs(120),
        4 => Duration::from_secs(300),
        _ => {
            let spread = mixed(seed ^ (u64::from(attempt) << 32)) % 401; // 0 to 400 per mille
            RETRY_EVERY * 4 / 5 + RETRY_EVERY / 1_000 * u32::try_from(spread).unwrap_or(0)
        }
    }
}

/// SplitMix64's finaliser (Steele, Lea and Flood 2014): near seeds give far results.
const fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_come_at_once_then_slower_then_every_ten_minutes() {
        let first: Vec<u64> = (0..5).map(|attempt| retry_delay(attempt, 7).as_secs()).collect();
        assert_eq!(first, [0, 5, 30, 120, 300]);
        let late: Vec<Duration> = (0..1_000).map(|seed| retry_delay(5 + (seed as u32 % 90), seed)).collect();
        assert!(late.iter().all(|delay| (480..=720).contains(&delay.as_secs())));
        assert!(
            late.iter().any(|delay| delay.as_secs() < 500) && late.iter().any(|delay| delay.as_secs() > 700)
        );
        assert_eq!(retry_delay(9, 3), retry_delay(9, 3));
    }
}
