//! The places where the shop runs: four production environments and a staging one, each with a
//! character of its own. Their expected rates are filled in by [`crate::world`].

use std::sync::Arc;

use hawkeye_model::{Environment, Provider};
use rand::RngExt;

use crate::random::{mix, stream};
use crate::seasons::{OFFICES, PARTNERS, SHOPPERS, Season, Shape};
use crate::topology::SERVICES;

#[derive(Debug)]
pub(crate) struct EnvironmentModel {
    pub(crate) name: Environment,
    pub(crate) season: Season,
    /// Share of all traffic.
    pub(crate) share: f64,
    /// Factor on all own times.
    pub(crate) slowness: f64,
    /// Chance that a request falls into the tail.
    pub(crate) tail: f64,
    /// The same while the nightly batch runs, from one to four o'clock.
    pub(crate) tail_at_night: f64,
    /// Chance of a pause of a fifth of a second or more (a machine that moves, a collector that stops the world).
    pub(crate) pause: f64,
    /// By service: the instances' names.
    pub(crate) instances: Vec<Vec<Arc<str>>>,
    /// Independent calls a second in the mean, by endpoint.
    pub(crate) calls_per_second: Vec<f64>,
    /// Sessions a second in the mean, by journey.
    pub(crate) sessions_per_second: Vec<f64>,
    /// Requests a second in the mean, by endpoint, journeys and nested calls included.
    pub(crate) requests_per_second: Vec<f64>,
}

struct Character {
    share: f64,
    slowness: f64,
    tail: f64,
    tail_at_night: f64,
    pause: f64,
    /// Instances relative to the largest environment.
    size: f64,
}

pub(crate) fn all(seed: u64) -> Vec<EnvironmentModel> {
    use Provider::{Aws, Azure, Gcp, OnPremises};
    let calm =
        Character { share: 0.40, slowness: 1.0, tail: 0.010, tail_at_night: 0.010, pause: 0.0, size: 1.0 };
    let one = |provider, deployment, region, shape: Shape, offset, character: Character| {
        let name = Environment::new(provider, deployment, region);
        environment(seed, name, Season::new(shape, offset), &character)
    };
    vec![
        one(
            OnPremises,
            "production",
            "dc-frankfurt",
            OFFICES,
            1,
            Character { share: 0.22, slowness: 0.80, tail: 0.014, tail_at_night: 0.06, size: 0.75, ..calm },
        ),
        one(Aws, "production", "eu-west-1", SHOPPERS, 0, Character { ..calm }),
        one(
            Azure,
            "production",
            "westeurope",
            PARTNERS,
            1,
            Character { share: 0.20, slowness: 1.24, tail: 0.012, tail_at_night: 0.012, size: 0.75, ..calm },
        ),
        one(
            Gcp,
            "production",
            "europe-west1",
            SHOPPERS,
            1,
            Character {
                share: 0.16,
                slowness: 0.86,
                tail: 0.006,
                tail_at_night: 0.006,
                pause: 0.0015,
                size: 0.6,
            },
        ),
        one(
            Aws,
            "staging",
            "eu-west-1",
            OFFICES,
            0,
            Character { share: 0.02, slowness: 1.15, size: 0.3, ..calm },
        ),
    ]
}

fn environment(seed: u64, name: Environment, season: Season, character: &Character) -> EnvironmentModel {
    let host = name.to_string().bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
    let mut rng = stream(seed, &[2, host]);
    let instances = SERVICES
        .iter()
        .map(|service| {
            let count = (f64::from(service.instances) * character.size).round().max(1.0) as usize;
            (0..count).map(|_| format!("{}-{:05x}", service.name, rng.random::<u32>() >> 12).into()).collect()
        })
        .collect();
    EnvironmentModel {
        name,
        season,
        share: character.share,
        slowness: character.slowness,
        tail: character.tail,
        tail_at_night: character.tail_at_night,
        pause: character.pause,
        instances,
        calls_per_second: Vec::new(),
        sessions_per_second: Vec::new(),
        requests_per_second: Vec::new(),
    }
}
