//! What an incident does to traffic and to the calls it covers. When it happens belongs to [`crate::plan`].

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::topology::External;

/// Every endpoint.
pub(crate) const EVERYWHERE: u128 = u128::MAX;

/// One change of the world during a time. Small and copied freely.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect {
    pub(crate) from_us: i64,
    pub(crate) to_us: i64,
    /// Bit per environment.
    pub(crate) environments: u8,
    /// Bit per endpoint.
    pub(crate) endpoints: u128,
    pub(crate) what: What,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    /// Own time grows to `factor` during `ramp_us` and stays there.
    Slower { factor: f64, ramp_us: i64 },
    /// This share of calls takes `factor` as long.
    SlowPath { share: f64, factor: f64 },
    /// This share of calls fails; only on one instance, when one is named.
    Failing { share: f64, instance: Option<usize> },
    /// Instance by instance, a version is rolled out during `roll_us`, and back before the end.
    Deployment { version: u16, roll_us: i64, failing: f64, slower: f64 },
    /// Users of the external service time out with this chance and are slow otherwise.
    Dependency { external: External, share: f64 },
    /// Every call fails with this chance and is slow otherwise.
    Outage { share: f64, slower: f64 },
    /// Entry calls and sessions arrive at `factor` times their rate.
    Traffic { factor: f64, ramp_us: i64 },
    /// This many extra independent calls a second.
    Burst { per_second: f64 },
    /// Endpoints get their first callers.
    Release,
}

/// What failed, as an index into [`ERROR_TYPES`].
pub(crate) type ErrorType = u8;

pub(crate) const ERROR_TYPES: [&str; 7] = [
    "",
    "timeout",
    "internal_error",
    "upstream_failure",
    "overloaded",
    "connection_refused",
    "unhandled_exception",
];
pub(crate) const NO_ERROR: ErrorType = 0;
pub(crate) const TIMEOUT: ErrorType = 1;
pub(crate) const INTERNAL: ErrorType = 2;
pub(crate) const UPSTREAM: ErrorType = 3;
pub(crate) const OVERLOADED: ErrorType = 4;
pub(crate) const REFUSED: ErrorType = 5;
pub(crate) const EXCEPTION: ErrorType = 6;

/// The call that effects are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    pub(crate) at_us: i64,
    pub(crate) environment: usize,
    pub(crate) endpoint: usize,
    pub(crate) instance: usize,
    /// Number of instances of the endpoint's service in the environment.
    pub(crate) instances: usize,
    pub(crate) uses: Option<External>,
}

/// The state of the world for one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) slower: f64,
    /// Time lost waiting, whatever the endpoint's own time.
    pub(crate) stall_us: i64,
    pub(crate) failure: Option<(u16, ErrorType)>,
    /// The version that an ongoing bad deployment has put on the instance.
    pub(crate) version: Option<u16>,
}

impl Condition {
    pub(crate) const NORMAL: Self = Self { slower: 1.0, stall_us: 0, failure: None, version: None };
}

impl Effect {
    pub(crate) fn covers(&self, at_us: i64, environment: usize, endpoint: usize) -> bool {
        self.from_us <= at_us
            && at_us < self.to_us
            && self.environments >> environment & 1 == 1
            && self.endpoints >> endpoint & 1 == 1
    }

    /// Grows from 0 at the start to 1 after the ramp, and falls again before the end.
    fn strength(&self, at_us: i64, ramp_us: i64) -> f64 {
        let edge = (at_us - self.from_us).min(self.to_us - at_us);
        if ramp_us <= 0 { 1.0 } else { (edge as f64 / ramp_us as f64).clamp(0.0, 1.0) }
    }

    /// Factor on the arrivals of an entry endpoint.
    pub(crate) fn traffic(&self, at_us: i64, environment: usize, endpoint: usize) -> f64 {
        match self.what {
            What::Traffic { factor, ramp_us } if self.covers(at_us, environment, endpoint) => {
                1.0 + (factor - 1.0) * self.strength(at_us, ramp_us)
            }
            _ => 1.0,
        }
    }

    /// Changes `condition` to what the call at `site` meets.
    pub(crate) fn apply(&self, site: &Site, condition: &mut Condition, rng: &mut ChaCha8Rng) {
        if !self.covers(site.at_us, site.environment, site.endpoint) {
            return;
        }
        match self.what {
            What::Slower { factor, ramp_us } => {
                let grown = ((site.at_us - self.from_us) as f64 / ramp_us.max(1) as f64).min(1.0);
                condition.slower *= 1.0 + (factor - 1.0) * grown;
            }
            What::SlowPath { share, factor } => {
                if rng.random_bool(share) {
                    condition.slower *= factor;
                }
            }
            What::Failing { share, instance } => {
                if instance.is_none_or(|instance| instance == site.instance) && rng.random_bool(share) {
                    condition.failure = Some((500, INTERNAL));
                }
            }
            What::Deployment { version, roll_us, failing, slower } => {
                let turn = roll_us * (2 * site.instance as i64 + 1) / (2 * site.instances as i64);
                let (from_us, to_us) = (self.from_us + turn, self.to_us - roll_us + turn);
                if from_us <= site.at_us && site.at_us < to_us {
                    condition.version = Some(version);
                    condition.slower *= slower;
                    if rng.random_bool(failing) {
                        condition.failure = Some((500, EXCEPTION));
                    }
                }
            }
            What::Dependency { external, share } => {
                if site.uses == Some(external) {
                    if rng.random_bool(share) {
                        condition.stall_us = rng.random_range(2_500_000..4_500_000);
                        condition.failure = Some((504, TIMEOUT));
                    } else {
                        condition.slower *= 1.7;
                    }
                }
            }
            What::Outage { share, slower } => {
                condition.slower *= slower;
                if rng.random_bool(share) {
                    condition.failure = Some(match rng.random_range(0..3) {
                        0 => (503, REFUSED),
                        1 => (503, OVERLOADED),
                        _ => {
                            condition.stall_us = rng.random_range(800_000..2_500_000);
                            (504, TIMEOUT)
                        }
                    });
                }
            }
            What::Traffic { .. } | What::Burst { .. } | What::Release => {}
        }
    }
}
