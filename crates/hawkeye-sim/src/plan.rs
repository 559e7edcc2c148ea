//! When incidents and decoys happen: the calendar of the span, and the endless one after it.
//!
//! In the span: first normal history, then every kind in a slot of its own, in an order that the seed
//! decides, and at last one incident that is still going on at the end. After the span a slot of fixed
//! length follows another, each planned from the seed and its number alone, so that a live demo stays alive.

use std::sync::Arc;

use hawkeye_model::Timestamp;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::effects::Effect;
use crate::incidents::{Change, Plant, Planter};
use crate::random::stream;
use crate::scenario::{Scenario, SimConfig};
use crate::truth::{Planted, PlantedKind};
use crate::world::World;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;
/// Incidents begin and end at full cells of traffic.
const GRID_US: i64 = 10_000_000;

/// From this span on, incidents and decoys share one row of slots; shorter ones have a row for each.
const SINGLE_LANE_US: i64 = 12 * HOUR_US;
/// Time that an incident may take of its slot; the rest is recovery.
const SLOT_SHARE: f64 = 0.6;
/// From this span on, the nightly batch comes at two o'clock; shorter ones may not contain a night.
const NIGHT_SPAN_US: i64 = 2 * DAY_US;
const NIGHT_HOUR: i64 = 2;
const BATCH_US: i64 = 4 * MINUTE_US;
/// Versions that deployments after the span take in turn.
const LIVE_VERSIONS: u16 = 200;

const PLAN: u64 = 21;
const LIVE: u64 = 22;
const BATCH: u64 = 23;

#[derive(Debug)]
pub(crate) struct Plan {
    seed: u64,
    planted: Vec<Planted>,
    effects: Vec<Effect>,
    /// By environment and service, sorted by time.
    changes: Vec<Vec<Change>>,
    /// By service: the ordinal of the first version that was not deployed in the span.
    next_versions: Vec<u16>,
    batch: Option<Batch>,
    live: Live,
}

/// A burst that comes every day at the same hour, also after the span.
#[derive(Debug)]
struct Batch {
    first_us: i64,
    plant: Plant,
}

/// The slots after the span.
#[derive(Debug)]
struct Live {
    from_us: i64,
    slot_us: i64,
    kinds: Vec<PlantedKind>,
}

/// A kind with its time, before its target is chosen.
type Appointment = (PlantedKind, i64, i64);

impl Plan {
    pub(crate) fn new(config: &SimConfig, world: &World) -> Self {
        let (start_us, end_us) = (config.start.micros(), config.end.micros());
        let mut plan = Self {
            seed: config.seed,
            planted: Vec::new(),
            effects: Vec::new(),
            changes: vec![Vec::new(); world.environments.len() * world.services.len()],
            next_versions: vec![1; world.services.len()],
            batch: None,
            live: Live::new(config.scenario, end_us),
        };
        let mut calendar = calendar(config, &mut stream(config.seed, &[PLAN]));
        calendar.sort_by_key(|&(_, from_us, _)| from_us); // so that versions count up in time
        let mut released = Vec::new();
        for (number, (kind, from_us, to_us)) in calendar.into_iter().enumerate() {
            let mut rng = stream(config.seed, &[PLAN, number as u64]);
            let mut plant = loop {
                let rng = stream(rng.random(), &[]);
                let versions = &mut plan.next_versions;
                let plant = Planter { world, rng, from_us, to_us, versions }.plant(kind);
                // An endpoint is new only once.
                if kind != PlantedKind::NewEndpoint || !released.contains(&plant.planted.endpoint) {
                    break plant;
                }
            };
            if kind == PlantedKind::NewEndpoint {
                released.push(plant.planted.endpoint.clone());
            }
            plan.effects.append(&mut plant.effects);
            for change in plant.changes {
                plan.changes[change.environment * world.services.len() + change.service].push(change);
            }
            plan.planted.push(plant.planted);
        }
        if decoys(config.scenario).contains(&PlantedKind::CronBurst) {
            plan.batch = Batch::new(config, world, warm_up_end(start_us, end_us));
        }
        if let Some(batch) = &plan.batch {
            plan.planted.extend(batch.between(start_us, end_us).map(|at_us| batch.planted_at(at_us)));
        }
        plan.planted.sort_by_key(|planted| planted.from);
        plan.changes.iter_mut().for_each(|changes| changes.sort_by_key(|change| change.from_us));
        plan
    }

    pub(crate) fn planted(&self) -> &[Planted] {
        &self.planted
    }

    pub(crate) fn planted_until(&self, world: &World, at: Timestamp) -> Vec<Planted> {
        let at_us = at.micros();
        let mut planted = self.planted.clone();
        planted.retain(|it| it.from < at);
        if let Some(batch) = &self.batch {
            planted.extend(
                batch.between(self.live.span_end_us(), at_us).map(|start_us| batch.planted_at(start_us)),
            );
        }
        let slots =
            self.live.slots(self.live.from_us, at_us).map(|slot| self.live_plant(world, slot).planted);
        planted.extend(slots.filter(|it| it.from < at));
        planted.sort_by_key(|it| it.from);
        planted
    }

    /// Every effect that touches the time between, in an order that does not depend on the borders.
    pub(crate) fn effects_between(&self, world: &World, from_us: i64, to_us: i64) -> Vec<Effect> {
        let mut effects = self.effects.clone();
        if let Some(batch) = &self.batch {
            for start_us in batch.between(from_us - DAY_US, to_us) {
                let shift =
                    |effect: &Effect| Effect { from_us: start_us, to_us: start_us + BATCH_US, ..*effect };
                effects.extend(batch.plant.effects.iter().map(shift));
            }
        }
        for slot in self.live.slots(from_us, to_us) {
            effects.append(&mut self.live_plant(world, slot).effects);
        }
        effects.retain(|effect| effect.from_us < to_us && from_us < effect.to_us);
        effects
    }

    /// The ordinal of the version that runs on an instance, given as its number and their count.
    pub(crate) fn version(
        &self,
        environment: usize,
        service: usize,
        (instance, instances): (usize, usize),
        at_us: i64,
    ) -> u16 {
        let changes = &self.changes[environment * self.next_versions.len() + service];
        let happened = |change: &&Change| {
            change.from_us + change.roll_us * (2 * instance as i64 + 1) / (2 * instances as i64) <= at_us
        };
        changes.iter().rev().find(happened).map_or(0, |change| change.version)
    }

    /// All version names, by service and ordinal.
    pub(crate) fn versions(&self, world: &World) -> Vec<Vec<Arc<str>>> {
        let services = world.services.iter().zip(&self.next_versions);
        services.map(|(it, &next)| (0..next + LIVE_VERSIONS).map(|at| it.version(at)).collect()).collect()
    }

    fn live_plant(&self, world: &World, slot: i64) -> Plant {
        let round = slot.div_euclid(self.live.kinds.len() as i64);
        let mut kinds = self.live.kinds.clone();
        kinds.shuffle(&mut stream(self.seed, &[LIVE, round as u64]));
        let kind = kinds[slot.rem_euclid(kinds.len() as i64) as usize];
        let mut rng = stream(self.seed, &[LIVE, slot as u64, 1]);
        let room_us = self.live.slot_us;
        let length_us = on_grid(natural_us(kind, &mut rng).min((room_us as f64 * SLOT_SHARE) as i64));
        let from_us = self.live.from_us + slot * room_us + on_grid(rng.random_range(0..room_us / 4));
        let turn = (slot % i64::from(LIVE_VERSIONS)) as u16;
        let mut versions: Vec<u16> = self.next_versions.iter().map(|next| next + turn).collect();
        Planter { world, rng, from_us, to_us: from_us + length_us, versions: &mut versions }.plant(kind)
    }
}

impl Batch {
    fn new(config: &SimConfig, world: &World, from_us: i64) -> Option<Self> {
        let (start_us, end_us) = (config.start.micros(), config.end.micros());
        let first_us = if end_us - start_us >= NIGHT_SPAN_US {
            world.environments.first()?.season.next_hour(from_us, NIGHT_HOUR)
        } else {
            // A full hour, or else a rounder time than the next.
            let round = [HOUR_US, HOUR_US / 2, HOUR_US / 4, HOUR_US / 12];
            let next = round.iter().map(|step| (from_us + step - 1).div_euclid(*step) * step);
            next.into_iter().find(|at_us| at_us + BATCH_US <= end_us)?
        };
        let rng = stream(config.seed, &[BATCH]);
        let planter =
            Planter { world, rng, from_us: first_us, to_us: first_us + BATCH_US, versions: &mut [] };
        Some(Self { first_us, plant: planter.plant(PlantedKind::CronBurst) })
    }

    /// Starts in `[from_us, to_us)`.
    fn between(&self, from_us: i64, to_us: i64) -> impl Iterator<Item = i64> + use<> {
        let first_us =
            self.first_us + (self.first_us.max(from_us) - self.first_us + DAY_US - 1) / DAY_US * DAY_US;
        (0..).map(move |day| first_us + day * DAY_US).take_while(move |&start_us| start_us < to_us)
    }

    fn planted_at(&self, start_us: i64) -> Planted {
        let (from, to) = (Timestamp::from_micros(start_us), Timestamp::from_micros(start_us + BATCH_US));
        Planted { from, to, ..self.plant.planted.clone() }
    }
}

/// The last incident of the span goes on for at most this long after it.
const LINGER_US: i64 = 15 * MINUTE_US;

impl Live {
    fn new(scenario: Scenario, end_us: i64) -> Self {
        use PlantedKind::{
            BadDeployment, DependencyFailure, ErrorBurst, LatencySpike, PatternChange, RegionalOutage,
            SlowDrift, Surge, TrafficDrop,
        };
        let (slot_us, kinds) = match (scenario, incident(scenario)) {
            (Scenario::All, _) => (
                25 * MINUTE_US,
                vec![
                    LatencySpike,
                    ErrorBurst,
                    BadDeployment,
                    DependencyFailure,
                    TrafficDrop,
                    PatternChange,
                    RegionalOutage,
                    Surge,
                ],
            ),
            (_, Some(SlowDrift)) => (8 * HOUR_US, vec![SlowDrift]),
            (_, Some(kind)) => (25 * MINUTE_US, vec![kind, kind, Surge]),
            (_, None) => (2 * HOUR_US, vec![Surge]),
        };
        Self { from_us: end_us + LINGER_US, slot_us, kinds }
    }

    fn span_end_us(&self) -> i64 {
        self.from_us - LINGER_US
    }

    /// Slots that overlap the time between.
    fn slots(&self, from_us: i64, to_us: i64) -> std::ops::Range<i64> {
        let first = (from_us - self.from_us).div_euclid(self.slot_us).max(0);
        let after = (to_us - self.from_us + self.slot_us - 1).div_euclid(self.slot_us);
        first..after.max(first)
    }
}

fn incident(scenario: Scenario) -> Option<PlantedKind> {
    match scenario {
        Scenario::Healthy | Scenario::All => None,
        Scenario::LatencySpike => Some(PlantedKind::LatencySpike),
        Scenario::SlowDrift => Some(PlantedKind::SlowDrift),
        Scenario::ErrorBurst => Some(PlantedKind::ErrorBurst),
        Scenario::TrafficDrop => Some(PlantedKind::TrafficDrop),
        Scenario::PatternChange => Some(PlantedKind::PatternChange),
        Scenario::BadDeployment => Some(PlantedKind::BadDeployment),
        Scenario::DependencyFailure => Some(PlantedKind::DependencyFailure),
        Scenario::RegionalOutage => Some(PlantedKind::RegionalOutage),
    }
}

/// What is likely to be mistaken for the scenario's incident.
fn decoys(scenario: Scenario) -> &'static [PlantedKind] {
    use PlantedKind::{CronBurst, GoodDeployment, NewEndpoint, Surge};
    match scenario {
        Scenario::Healthy | Scenario::All => &[Surge, CronBurst, NewEndpoint, GoodDeployment],
        Scenario::LatencySpike | Scenario::DependencyFailure | Scenario::TrafficDrop => &[Surge],
        Scenario::ErrorBurst => &[CronBurst],
        Scenario::PatternChange => &[NewEndpoint],
        Scenario::SlowDrift | Scenario::BadDeployment | Scenario::RegionalOutage => &[GoodDeployment],
    }
}

/// Until here nothing happens, so that there is something normal to compare with.
fn warm_up_end(start_us: i64, end_us: i64) -> i64 {
    let span_us = end_us - start_us;
    // Baselines by time of day need three days; a span that has them to spare gives them.
    let warm_up_us =
        if span_us >= 6 * DAY_US { (DAY_US * 16 / 5).max(span_us * 3 / 10) } else { span_us * 2 / 5 };
    start_us + warm_up_us
}

/// How long a kind lasts when there is time for it.
fn natural_us(kind: PlantedKind, rng: &mut ChaCha8Rng) -> i64 {
    let (least, most) = match kind {
        PlantedKind::LatencySpike => (15, 40),
        PlantedKind::SlowDrift => (8 * 60, 14 * 60),
        PlantedKind::ErrorBurst => (10, 30),
        PlantedKind::TrafficDrop => (15, 45),
        PlantedKind::PatternChange => (40, 120),
        PlantedKind::BadDeployment => (30, 60),
        PlantedKind::DependencyFailure => (15, 35),
        PlantedKind::RegionalOutage => (12, 30),
        PlantedKind::Surge => (30, 60),
        PlantedKind::CronBurst => (4, 5),
        PlantedKind::NewEndpoint => (180, 360),
        PlantedKind::GoodDeployment => (120, 180),
    };
    rng.random_range(least * MINUTE_US..most * MINUTE_US)
}

fn on_grid(at_us: i64) -> i64 {
    at_us.div_euclid(GRID_US) * GRID_US
}

fn calendar(config: &SimConfig, rng: &mut ChaCha8Rng) -> Vec<Appointment> {
    let (start_us, end_us) = (config.start.micros(), config.end.micros());
    let span_us = end_us - start_us;
    let warm_us = warm_up_end(start_us, end_us);
    let mut calendar = Vec::new();
    let last = match config.scenario {
        Scenario::Healthy => None,
        Scenario::All if rng.random_bool(0.5) => Some(PlantedKind::ErrorBurst),
        Scenario::All => Some(PlantedKind::BadDeployment),
        scenario => incident(scenario),
    };
    let mut free_until_us = end_us;
    if let Some(kind) = last {
        let (usual_us, linger_us) = match kind {
            PlantedKind::SlowDrift => (5 * HOUR_US, LINGER_US),
            _ => (rng.random_range(20 * MINUTE_US..30 * MINUTE_US), LINGER_US * 2 / 3),
        };
        let from_us = on_grid(end_us - usual_us.min(span_us / 8));
        calendar.push((kind, from_us, on_grid(end_us + linger_us.min(span_us / 12))));
        free_until_us = from_us - (span_us / 30).min(2 * HOUR_US);
    }

    let rounds = match (config.scenario, span_us / DAY_US) {
        (Scenario::All, days) => (days / 9).clamp(1, 3),
        (_, 0..2) => 1,
        (_, 2..10) => 2,
        (_, _) => 3,
    };
    // The incident at the end is the last of a single scenario's.
    let incidents: Vec<PlantedKind> = match incident(config.scenario) {
        Some(kind) => vec![kind; (rounds - 1) as usize],
        None if config.scenario == Scenario::All => {
            let all = PlantedKind::ALL.into_iter().filter(|kind| !kind.is_decoy());
            all.cycle().take(8 * rounds as usize).collect()
        }
        None => Vec::new(),
    };
    // The batch has an hour of its own.
    let decoys: Vec<PlantedKind> = decoys(config.scenario)
        .iter()
        .filter(|kind| **kind != PlantedKind::CronBurst)
        .flat_map(|kind| std::iter::repeat_n(*kind, rounds as usize))
        .collect();
    if span_us >= SINGLE_LANE_US {
        let together = [incidents, decoys].concat();
        fill(&mut calendar, together, warm_us, free_until_us, rng);
    } else {
        fill(&mut calendar, incidents, warm_us, free_until_us, rng);
        fill(&mut calendar, decoys, warm_us, free_until_us, rng);
    }
    calendar
}

/// Gives each kind a slot between, in random order; a slow drift gets three times the room.
fn fill(
    calendar: &mut Vec<Appointment>,
    mut kinds: Vec<PlantedKind>,
    from_us: i64,
    to_us: i64,
    rng: &mut ChaCha8Rng,
) {
    kinds.shuffle(rng);
    let weight = |kind: &PlantedKind| if *kind == PlantedKind::SlowDrift { 3 } else { 1 };
    let unit_us = (to_us - from_us) / kinds.iter().map(weight).sum::<i64>().max(1);
    let mut slot_us = from_us;
    for kind in kinds {
        let room_us = unit_us * weight(&kind);
        let length_us = natural_us(kind, rng).min((room_us as f64 * SLOT_SHARE) as i64);
        let slack_us = (room_us as f64 * 0.9) as i64 - length_us;
        let start_us = on_grid(slot_us + rng.random_range(0..slack_us.max(1)));
        calendar.push((kind, start_us, start_us + on_grid(length_us)));
        slot_us += room_us;
    }
}
