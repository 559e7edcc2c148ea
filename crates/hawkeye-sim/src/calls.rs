//! One entry call and everything it causes: own work, nested calls, retries, failures, deadlines.
//!
//! A caller's time contains its calls' time: half of its own work comes before the calls and half after.
//! Needed calls follow one another; the others run beside them. Nothing outlives the entry's deadline.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::effects::{self, Condition, Effect, ErrorType, Site};
use crate::plan::Plan;
use crate::random::{log_normal, pareto};
use crate::world::{CallModel, EndpointModel, World};

/// The gateway gives up on a request after this time, so that no span starts later than this after its root.
pub(crate) const TREE_US_MAX: i64 = 30_000_000;
/// An instance gives up on its own work after this time.
const OWN_US_MAX: f64 = 9_000_000.0;
/// Between two processes of one environment.
const NETWORK_US: i64 = 280;
/// Between a failed call and its only retry.
const BACKOFF_US: i64 = 25_000;
const TAIL_FACTOR_MAX: f64 = 12.0;

/// A request in 64 bytes: indexes instead of shared text, so that sorting moves little.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start_us: i64,
    pub(crate) trace: u128,
    pub(crate) span: u64,
    pub(crate) parent: u64,
    pub(crate) duration_us: u32,
    pub(crate) size_bytes_in: u32,
    pub(crate) size_bytes_out: u32,
    pub(crate) status: u16,
    pub(crate) version: u16,
    pub(crate) consumer: u16,
    pub(crate) endpoint: u8,
    pub(crate) environment: u8,
    pub(crate) instance: u8,
    pub(crate) path: u8,
    pub(crate) error: ErrorType,
    pub(crate) synthetic: bool,
}

/// What all calls of one tree have in common, and who makes the next one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) environment: usize,
    pub(crate) consumer: u16,
    pub(crate) synthetic: bool,
    trace: u128,
    parent: u64,
    deadline_us: i64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) end_us: i64,
    pub(crate) status: u16,
}

/// Slowness by environment and service for the length of one cell.
#[derive(Debug)]
pub(crate) struct Weather {
    pub(crate) slowness: Vec<f64>,
    pub(crate) tail: Vec<f64>,
}

/// Walks call trees and keeps the spans that start in the wanted window.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) world: &'a World,
    pub(crate) plan: &'a Plan,
    pub(crate) effects: &'a [Effect],
    pub(crate) weather: &'a Weather,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) from_us: i64,
    pub(crate) to_us: i64,
    pub(crate) spans: &'a mut Vec<Span>,
}

/// How an endpoint answers by itself, before its calls have a say.
struct Fate {
    status: u16,
    error: ErrorType,
    calls_others: bool,
}

impl Walk<'_> {
    /// A call from outside, with a trace of its own.
    pub(crate) fn enter(
        &mut self,
        environment: usize,
        endpoint: usize,
        start_us: i64,
        consumer: u16,
        synthetic: bool,
    ) -> Answer {
        let trace = u128::from(self.rng.next_u64()) << 64 | u128::from(self.rng.next_u64() | 1);
        let deadline_us = start_us + TREE_US_MAX;
        let caller = Caller { environment, consumer, synthetic, trace, parent: 0, deadline_us };
        self.call(&caller, endpoint, start_us)
    }

    fn call(&mut self, caller: &Caller, endpoint: usize, start_us: i64) -> Answer {
        let world = self.world;
        let model = &world.endpoints[endpoint];
        let span = self.rng.next_u64() | 1; // zero would mean that there is none
        let bits = self.rng.next_u64();
        let instances = world.environments[caller.environment].instances[model.service].len();
        let instance = ((bits & 0xffff) as usize * instances) >> 16;
        let site = Site {
            at_us: start_us,
            environment: caller.environment,
            endpoint,
            instance,
            instances,
            uses: model.spec.uses,
        };
        let mut condition = Condition::NORMAL;
        for effect in self.effects {
            effect.apply(&site, &mut condition, &mut self.rng);
        }
        let own_us = self.own_us(model, caller.environment, condition.slower);
        let mut fate = self.fate(model, &condition);

        let mut now_us = start_us + own_us / 2 + condition.stall_us;
        if fate.calls_others && !model.calls.is_empty() {
            let nested = Caller { parent: span, ..*caller };
            now_us = self.call_others(&nested, &model.calls, now_us, &mut fate);
        }
        let mut end_us = now_us + own_us - own_us / 2;
        if end_us >= caller.deadline_us {
            end_us = caller.deadline_us;
            (fate.status, fate.error) = (504, effects::TIMEOUT);
        }
        let end_us = end_us.max(start_us + 1);

        if self.from_us <= start_us && start_us < self.to_us {
            let version = condition.version.unwrap_or_else(|| {
                self.plan.version(caller.environment, model.service, (instance, instances), start_us)
            });
            let failed = fate.status >= 400;
            let jitter = |size: u32, bits: u64| size - size / 4 + (((bits & 0xff) as u32 * size) >> 9);
            let paths = world.paths[endpoint].len() as u64;
            self.spans.push(Span {
                start_us,
                trace: caller.trace,
                span,
                parent: caller.parent,
                duration_us: (end_us - start_us) as u32, // at most TREE_US_MAX
                size_bytes_in: jitter(model.spec.size_bytes_in, bits >> 16),
                size_bytes_out: jitter(if failed { 180 } else { model.spec.size_bytes_out }, bits >> 24),
                status: fate.status,
                version,
                consumer: caller.consumer,
                endpoint: endpoint as u8,
                environment: caller.environment as u8,
                instance: instance as u8,
                path: ((bits >> 40) % paths) as u8,
                error: fate.error,
                synthetic: caller.synthetic,
            });
        }
        Answer { end_us, status: fate.status }
    }

    fn own_us(&mut self, model: &EndpointModel, environment: usize, slower: f64) -> i64 {
        let world = self.world;
        let slowness = self.weather.slowness[environment * world.services.len() + model.service];
        let mut own_us = model.spec.median_ms * 1_000.0 * slowness * slower;
        own_us *= log_normal(&mut self.rng, model.spec.spread);
        let luck: f64 = self.rng.random();
        let tail = self.weather.tail[environment];
        let pause = world.environments[environment].pause;
        if luck < tail {
            own_us *= 2.0 * pareto(&mut self.rng, TAIL_FACTOR_MAX / 2.0);
        } else if luck < tail + pause {
            own_us += 180_000.0 * pareto(&mut self.rng, 4.0);
        }
        own_us.min(OWN_US_MAX) as i64
    }

    fn fate(&mut self, model: &EndpointModel, condition: &Condition) -> Fate {
        if let Some((status, error)) = condition.failure {
            return Fate { status, error, calls_others: false };
        }
        let spec = model.spec;
        let luck: f64 = self.rng.random();
        let (rejected, unmodified) = (spec.failures + spec.rejection.1, spec.unmodified);
        let (status, error) = if luck < spec.failures * 0.7 {
            (500, effects::INTERNAL)
        } else if luck < spec.failures {
            (503, effects::OVERLOADED)
        } else if luck < rejected {
            (spec.rejection.0, effects::NO_ERROR)
        } else if luck < rejected + unmodified {
            (304, effects::NO_ERROR)
        } else {
            return Fate { status: spec.success, error: effects::NO_ERROR, calls_others: true };
        };
        Fate { status, error, calls_others: false }
    }

    /// Makes the calls, worsens `fate` by theirs, and tells when the last one was over.
    fn call_others(&mut self, caller: &Caller, calls: &[CallModel], from_us: i64, fate: &mut Fate) -> i64 {
        let (mut now_us, mut beside_us) = (from_us, from_us);
        for call in calls {
            let start_us = NETWORK_US + if call.needed { now_us } else { from_us };
            if start_us >= caller.deadline_us || (call.chance < 1.0 && !self.rng.random_bool(call.chance)) {
                continue;
            }
            let mut answer = self.call(caller, call.target, start_us);
            if !call.needed {
                beside_us = beside_us.max(answer.end_us);
                continue;
            }
            let retry_us = answer.end_us + BACKOFF_US;
            let is_read = self.world.endpoints[call.target].spec.method == "GET";
            if answer.status >= 500 && is_read && retry_us < caller.deadline_us {
                answer = self.call(caller, call.target, retry_us);
            }
            now_us = answer.end_us + NETWORK_US;
            match answer.status {
                504 => (fate.status, fate.error) = (504, effects::UPSTREAM),
                500.. => (fate.status, fate.error) = (502, effects::UPSTREAM),
                400.. => fate.status = answer.status,
                _ => continue,
            }
            break;
        }
        now_us.max(beside_us)
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn a_span_stays_small() {
        assert_eq!(size_of::<Span>(), 64);
    }
}
