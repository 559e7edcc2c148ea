//! The simulator: turns any window of time into its requests.
//!
//! Time is cut into cells of ten seconds. What begins in a cell (an independent call, a session, a
//! probe) is drawn from generators that are seeded by the cell alone and is followed to its end, so a
//! window is the union of the cells that can reach into it, cut at its borders. Hence
//! `requests(a, c) == requests(a, b) ++ requests(b, c)`, without any state between calls.

use std::sync::Arc;

use hawkeye_model::{Outcome, Request, RequestKind, SpanId, Timestamp, TraceId};
use rand::RngExt;

use crate::calls::{Span, TREE_US_MAX, Walk, Weather};
use crate::effects::{ERROR_TYPES, EVERYWHERE, Effect, What};
use crate::plan::Plan;
use crate::random::{log_normal, poisson, stream};
use crate::scenario::{SimConfig, SimError};
use crate::seasons::{demand_noise, latency_noise};
use crate::topology::Demand;
use crate::truth::Planted;
use crate::world::{NO_CONSUMER, PROBE_EVERY_SECS, PROBED_ROUTE, PROBER, World};

const CELL_US: i64 = 10_000_000;
/// A session's last step starts at most this long after its first.
const SESSION_US_MAX: i64 = 300_000_000;
/// Share of independent calls that carry no key.
const ANONYMOUS: f64 = 0.3;
/// How much demand beyond its mean slows an environment down.
const LOAD_SLOWNESS: f64 = 0.10;

/// Streams of one cell.
const CALLS: u64 = 11;
const SESSIONS: u64 = 12;
const PROBES: u64 = 13;

/// Seeded traffic. Building it plans the incidents; requests are made on demand and not kept.
#[derive(Debug)]
pub struct Simulator {
    config: SimConfig,
    world: World,
    plan: Plan,
    /// By service, then ordinal.
    versions: Vec<Vec<Arc<str>>>,
    error_types: Vec<Arc<str>>,
}

impl Simulator {
    /// # Errors
    /// The rate is not a positive number, or the span is too short.
    pub fn new(config: SimConfig) -> Result<Self, SimError> {
        config.check()?;
        let world = World::new(config.seed, config.requests_per_second);
        let plan = Plan::new(&config, &world);
        let versions = plan.versions(&world);
        let error_types = ERROR_TYPES.iter().map(|&name| name.into()).collect();
        Ok(Self { config, world, plan, versions, error_types })
    }

    #[must_use]
    pub fn config(&self) -> &SimConfig {
        &self.config
    }

    /// The ground truth of the span: incidents and decoys, sorted by start.
    #[must_use]
    pub fn planted(&self) -> &[Planted] {
        self.plan.planted()
    }

    /// The ground truth up to a point that may lie beyond the span: everything that began before it.
    #[must_use]
    pub fn planted_until(&self, at: Timestamp) -> Vec<Planted> {
        self.plan.planted_until(&self.world, at)
    }

    /// The multi-step journeys that people walk through.
    #[must_use]
    pub fn journeys(&self) -> Vec<crate::JourneyOutline> {
        crate::journeys::outlines(&self.world)
    }

    /// All requests with `from <= start < to`, sorted by start. Ask for a long window in pieces: an
    /// hour at ten requests a second is 36,000 of them.
    #[must_use]
    pub fn requests(&self, from: Timestamp, to: Timestamp) -> Vec<Request> {
        let mut spans = self.spans(from.micros(), to.micros());
        spans.sort_unstable_by_key(|span| (span.start_us, span.span));
        spans.iter().map(|span| self.request(span)).collect()
    }

    fn spans(&self, from_us: i64, to_us: i64) -> Vec<Span> {
        let mut spans = Vec::new();
        if from_us >= to_us {
            return spans;
        }
        let first_session = (from_us - SESSION_US_MAX - TREE_US_MAX - CELL_US).div_euclid(CELL_US);
        let first_call = (from_us - TREE_US_MAX - CELL_US).div_euclid(CELL_US);
        let horizon_us = CELL_US + SESSION_US_MAX + TREE_US_MAX;
        let all_effects = self.plan.effects_between(&self.world, first_session * CELL_US, to_us + horizon_us);
        let mut effects = Vec::new();
        let mut cell = first_session;
        while cell * CELL_US < to_us {
            let at_us = cell * CELL_US;
            effects.clear();
            let reached = |it: &&Effect| it.from_us < at_us + horizon_us && at_us < it.to_us;
            effects.extend(all_effects.iter().filter(reached));
            let weather = self.weather(at_us);
            let mut walk = Walk {
                world: &self.world,
                plan: &self.plan,
                effects: &effects,
                weather: &weather,
                rng: stream(0, &[]),
                from_us,
                to_us,
                spans: &mut spans,
            };
            for environment in 0..self.world.environments.len() {
                let rng = |kind| stream(self.config.seed, &[kind, environment as u64, cell as u64]);
                let demand = self.demand(environment, at_us);
                if cell >= first_call {
                    walk.rng = rng(CALLS);
                    calls(&mut walk, environment, at_us, demand);
                    walk.rng = rng(PROBES);
                    probes(&mut walk, environment, at_us);
                }
                walk.rng = rng(SESSIONS);
                sessions(&mut walk, environment, at_us, demand);
            }
            cell += 1;
        }
        spans
    }

    fn demand(&self, environment: usize, at_us: i64) -> f64 {
        let season = &self.world.environments[environment].season;
        season.demand(at_us) * demand_noise(self.config.seed, environment, at_us)
    }

    fn weather(&self, at_us: i64) -> Weather {
        let seed = self.config.seed;
        let services = self.world.services.len();
        let mut slowness = Vec::with_capacity(self.world.environments.len() * services);
        let mut tail = Vec::with_capacity(self.world.environments.len());
        for (at, environment) in self.world.environments.iter().enumerate() {
            let load = environment.season.demand(at_us);
            let base = environment.slowness * (1.0 + LOAD_SLOWNESS * (load - 1.0));
            slowness.extend((0..services).map(|service| base * latency_noise(seed, at, service, at_us)));
            let is_night = (1.0..4.0).contains(&environment.season.local_hour(at_us));
            tail.push(if is_night { environment.tail_at_night } else { environment.tail });
        }
        Weather { slowness, tail }
    }

    fn request(&self, span: &Span) -> Request {
        let (environment, endpoint) = (usize::from(span.environment), usize::from(span.endpoint));
        let service = self.world.endpoints[endpoint].service;
        let instances = &self.world.environments[environment].instances[service];
        Request {
            start: Timestamp::from_micros(span.start_us),
            duration_us: u64::from(span.duration_us),
            series: Arc::clone(self.world.series(environment, endpoint)),
            status_code: span.status,
            outcome: Outcome::of_status(span.status),
            kind: RequestKind::Server,
            error_type: Arc::clone(&self.error_types[usize::from(span.error)]),
            version: Arc::clone(&self.versions[service][usize::from(span.version)]),
            instance: Arc::clone(&instances[usize::from(span.instance)]),
            consumer: Arc::clone(&self.world.consumers[usize::from(span.consumer)]),
            path: Arc::clone(&self.world.paths[endpoint][usize::from(span.path)]),
            trace_id: TraceId(span.trace.to_be_bytes()),
            span_id: SpanId(span.span.to_be_bytes()),
            parent_span_id: SpanId(span.parent.to_be_bytes()),
            size_bytes_in: u64::from(span.size_bytes_in),
            size_bytes_out: u64::from(span.size_bytes_out),
            synthetic: span.synthetic,
        }
    }
}

/// Independent calls that begin in the cell.
fn calls(walk: &mut Walk<'_>, environment: usize, at_us: i64, demand: f64) {
    let world = walk.world;
    let cell_secs = CELL_US as f64 / 1e6;
    for endpoint in 0..world.endpoints.len() {
        let mut rate = world.environments[environment].calls_per_second[endpoint] * demand;
        match world.endpoints[endpoint].spec.demand {
            Demand::Rank(_) => {}
            Demand::Hourly(_) | Demand::Unreleased(_) => {
                rate += extra(walk.effects, world, environment, endpoint, at_us, demand);
            }
            Demand::None | Demand::Probe => continue,
        }
        rate *= traffic(walk.effects, environment, endpoint, at_us);
        for _ in 0..poisson(&mut walk.rng, rate * cell_secs) {
            let start_us = at_us + walk.rng.random_range(0..CELL_US);
            let consumer =
                if walk.rng.random_bool(ANONYMOUS) { NO_CONSUMER } else { World::partner(&mut walk.rng) };
            walk.enter(environment, endpoint, start_us, consumer, false);
        }
    }
}

/// Calls a second that bursts and releases add.
fn extra(
    effects: &[Effect],
    world: &World,
    environment: usize,
    endpoint: usize,
    at_us: i64,
    demand: f64,
) -> f64 {
    let covering = effects.iter().filter(|effect| effect.covers(at_us, environment, endpoint));
    let rate = |effect: &Effect| match effect.what {
        What::Burst { per_second } => per_second,
        What::Release => world.released_rate(environment, endpoint) * demand,
        _ => 0.0,
    };
    covering.map(rate).sum()
}

fn traffic(effects: &[Effect], environment: usize, endpoint: usize, at_us: i64) -> f64 {
    effects.iter().map(|effect| effect.traffic(at_us, environment, endpoint)).product()
}

fn probes(walk: &mut Walk<'_>, environment: usize, at_us: i64) {
    let world = walk.world;
    let cells = PROBE_EVERY_SECS * 1_000_000 / CELL_US;
    if (at_us / CELL_US).rem_euclid(cells) != environment as i64 % cells {
        return;
    }
    let rates = &world.environments[environment].calls_per_second;
    for (at, endpoint) in world.endpoints.iter().enumerate() {
        if endpoint.spec.demand == Demand::Probe {
            let start_us = at_us + walk.rng.random_range(0..CELL_US);
            // Below 1 only when the configured rate is too small for a probe every minute.
            let chance = (rates[at] * PROBE_EVERY_SECS as f64).min(1.0);
            if walk.rng.random_bool(chance) {
                walk.enter(environment, at, start_us, PROBER, true);
                let page = world.endpoints.iter().position(|it| it.spec.route == PROBED_ROUTE);
                if let Some(page) = page {
                    walk.enter(environment, page, start_us + 500_000, PROBER, true);
                }
            }
        }
    }
}

/// Sessions that begin in the cell, with all their steps.
fn sessions(walk: &mut Walk<'_>, environment: usize, at_us: i64, demand: f64) {
    let world = walk.world;
    let cell_secs = CELL_US as f64 / 1e6;
    for (journey, rate) in world.environments[environment].sessions_per_second.iter().enumerate() {
        let Some(first) = world.journeys[journey].steps.first() else { continue };
        let arriving = traffic(walk.effects, environment, first.endpoint, at_us);
        for _ in 0..poisson(&mut walk.rng, rate * demand * arriving * cell_secs) {
            let start_us = at_us + walk.rng.random_range(0..CELL_US);
            session(walk, environment, journey, start_us);
        }
    }
}

/// One person's walk. A step is taken only when the one before it was answered well.
fn session(walk: &mut Walk<'_>, environment: usize, journey: usize, start_us: i64) {
    let world = walk.world;
    let consumer = World::account(&mut walk.rng);
    let latest_us = start_us + SESSION_US_MAX;
    let mut now_us = start_us;
    for (at, step) in world.journeys[journey].steps.iter().enumerate() {
        if at > 0 {
            now_us += (step.think_secs * 1e6 * log_normal(&mut walk.rng, 0.6)) as i64;
            let arriving = step_arrival(walk.effects, environment, step.endpoint, now_us);
            if !walk.rng.random_bool(step.chance * arriving) {
                return;
            }
        }
        if now_us > latest_us {
            return;
        }
        let mut answer = walk.enter(environment, step.endpoint, now_us, consumer, false);
        if answer.status >= 400 {
            let again_us = answer.end_us + (3e6 * log_normal(&mut walk.rng, 0.4)) as i64;
            if again_us > latest_us || walk.rng.random_bool(0.5) {
                return;
            }
            answer = walk.enter(environment, step.endpoint, again_us, consumer, false);
            if answer.status >= 400 {
                return;
            }
        }
        now_us = answer.end_us;
    }
}

/// Chance that a later step's call arrives. What hits a whole environment has thinned out the sessions already.
fn step_arrival(effects: &[Effect], environment: usize, endpoint: usize, at_us: i64) -> f64 {
    let narrow = effects.iter().filter(|effect| effect.endpoints != EVERYWHERE);
    narrow.map(|effect| effect.traffic(at_us, environment, endpoint).min(1.0)).product()
}
