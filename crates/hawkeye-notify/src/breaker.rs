//! Leaves a channel alone for a while when it keeps failing, so that others are not held up by it.

use std::time::Duration;

/// So many failures in a row open the breaker.
const FAILURES_MAX: u32 = 5;

/// The first pause; failed probes double it up to the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(30);

/// Short enough that a channel which comes back has what waits for it within a minute.
const PAUSE_MAX: Duration = Duration::from_secs(40);

/// One channel's breaker. Times are the caller's, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    opened: Option<Opened>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opened {
    until_ms: i64,
    pause: Duration,
    /// A probe is on its way; nothing else is sent until it is known how it went.
    probe_until_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    Closed,
    Open,
    HalfOpen,
}

impl BreakerState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl Breaker {
    #[must_use]
    pub fn state(&self, now_ms: i64) -> BreakerState {
        match self.opened {
            None => BreakerState::Closed,
            Some(opened) if now_ms < opened.until_ms => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Whether to send now. In half-open state the first to ask becomes the probe; a probe that is never reported on is
    /// forgotten after the pause.
    pub fn try_pass(&mut self, now_ms: i64) -> bool {
        let Some(opened) = &mut self.opened else { return true };
        if now_ms < opened.until_ms || opened.probe_until_ms.is_some_and(|until_ms| now_ms < until_ms) {
            return false;
        }
        opened.probe_until_ms = Some(after(now_ms, opened.pause));
        true
    }

    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Failures that say something about the receiver: `Retry`. A refused message is an answer, not a failure.
    pub fn failed(&mut self, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        match &mut self.opened {
            None if self.failures >= FAILURES_MAX => self.open(now_ms, PAUSE_FIRST),
            None => {}
            // Sent before the breaker opened and failed after: says nothing new.
            Some(opened) if now_ms < opened.until_ms => {}
            Some(opened) => {
                let pause = (opened.pause * 2).min(PAUSE_MAX);
                self.open(now_ms, pause);
            }
        }
    }

    fn open(&mut self, now_ms: i64, pause: Duration) {
        self.opened = Some(Opened { until_ms: after(now_ms, pause), pause, probe_until_ms: None });
    }
}

fn after(now_ms: i64, pause: Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            assert!(breaker.try_pass(0));
            breaker.failed(0);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it() {
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed(0);
        }
        breaker.succeeded();
        for _ in 0..4 {
            breaker.failed(0);
        }
        assert_eq!(breaker.state(0), BreakerState::Closed);
        breaker.failed(0);
        assert_eq!(breaker.state(0), BreakerState::Open);
        assert!(!breaker.try_pass(29_999));
    }

    #[test]
    fn one_probe_decides() {
        let mut breaker = opened();
        assert_eq!(breaker.state(30_000), BreakerState::HalfOpen);
        assert!(breaker.try_pass(30_000));
        assert!(!breaker.try_pass(30_001));
        breaker.succeeded();
        assert!(breaker.try_pass(30_002));
    }

    #[test]
    fn failed_probes_lengthen_the_pause_a_little() {
        let mut breaker = opened();
        let mut now_ms = 30_000;
        for pause_s in [40, 40, 40] {
            assert!(breaker.try_pass(now_ms));
            breaker.failed(now_ms);
            assert!(!breaker.try_pass(now_ms + pause_s * 1_000 - 1));
            now_ms += pause_s * 1_000;
        }
    }

    #[test]
    fn a_lost_probe_is_forgotten() {
        let mut breaker = opened();
        assert!(breaker.try_pass(30_000));
        assert!(breaker.try_pass(60_000));
    }
}
