//! Paths that people walk through the shop: steps in order, where each needs the one before it.
//!
//! Owns the journeys and the odds of going on; how a step is answered belongs to [`crate::calls`].

use hawkeye_model::Endpoint;

use crate::topology::GATEWAY;
use crate::world::{EndpointModel, World};

/// A journey as somebody who watches it would write it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyOutline {
    pub name: &'static str,
    /// In order; all at the gateway.
    pub steps: Vec<Endpoint>,
}

#[derive(Debug)]
pub(crate) struct Journey {
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<Step>,
    /// Sessions relative to the other journeys.
    weight: f64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) endpoint: usize,
    /// Chance that somebody who got an answer goes on to this step.
    pub(crate) chance: f64,
    /// Median of the time that people think before this step.
    pub(crate) think_secs: f64,
}

/// Share of steps that are answered well enough to go on, for estimates of the rate.
const EXPECTED_SUCCESS: f64 = 0.97;

struct JourneySpec {
    name: &'static str,
    weight: f64,
    /// `METHOD /route` at the gateway, chance, think time in seconds.
    steps: &'static [(&'static str, f64, f64)],
}

static JOURNEYS: &[JourneySpec] = &[
    JourneySpec {
        name: "Checkout",
        weight: 1.0,
        steps: &[
            ("GET /api/products", 1.0, 0.0),
            ("GET /api/products/{id}", 0.82, 9.0),
            ("POST /api/cart/items", 0.55, 14.0),
            ("POST /api/checkout", 0.62, 16.0),
            ("POST /api/payments", 0.88, 18.0),
            ("GET /api/orders/{id}", 0.97, 1.5),
        ],
    },
    JourneySpec {
        name: "Search and browse",
        weight: 1.3,
        steps: &[
            ("GET /api/search/suggest", 1.0, 0.0),
            ("GET /api/search", 0.9, 2.5),
            ("GET /api/products/{id}", 0.72, 8.0),
            ("GET /api/products/{id}/reviews", 0.45, 11.0),
        ],
    },
    JourneySpec {
        name: "Sign-up",
        weight: 0.16,
        steps: &[
            ("POST /api/accounts", 1.0, 0.0),
            ("POST /api/accounts/verify", 0.84, 40.0),
            ("POST /api/sessions", 0.95, 4.0),
            ("GET /api/me", 0.99, 0.8),
        ],
    },
    JourneySpec {
        name: "Track a parcel",
        weight: 0.5,
        steps: &[
            ("POST /api/sessions", 1.0, 0.0),
            ("GET /api/orders", 0.92, 3.0),
            ("GET /api/orders/{id}", 0.85, 5.0),
            ("GET /api/shipments/{id}", 0.8, 4.0),
        ],
    },
    JourneySpec {
        name: "Refund",
        weight: 0.12,
        steps: &[
            ("GET /api/orders", 1.0, 0.0),
            ("GET /api/orders/{id}", 0.95, 6.0),
            ("POST /api/refunds", 0.7, 25.0),
        ],
    },
];

impl Journey {
    /// Each step's endpoint and the share of sessions that reach it while all is well.
    pub(crate) fn expected_steps(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let mut reach = 1.0 / EXPECTED_SUCCESS;
        self.steps.iter().map(move |step| {
            reach *= step.chance * EXPECTED_SUCCESS;
            (step.endpoint, reach)
        })
    }
}

pub(crate) fn resolve(endpoints: &[EndpointModel]) -> Vec<Journey> {
    let index_of = |step: &str| {
        let is = |it: &EndpointModel| {
            &*it.name.service == GATEWAY && step.split(' ').eq([it.spec.method, it.spec.route])
        };
        let found = endpoints.iter().position(is);
        debug_assert!(found.is_some(), "a journey names an endpoint that does not exist: {step}");
        found
    };
    JOURNEYS
        .iter()
        .map(|spec| {
            let steps = spec.steps.iter().filter_map(|&(step, chance, think_secs)| {
                Some(Step { endpoint: index_of(step)?, chance, think_secs })
            });
            Journey { name: spec.name, steps: steps.collect(), weight: spec.weight }
        })
        .collect()
}

/// Sessions of each journey for each request that journeys may cause; `size` tells a step's requests.
pub(crate) fn rates(journeys: &[Journey], size: impl Fn(usize) -> f64) -> Vec<f64> {
    let requests =
        |journey: &Journey| -> f64 { journey.expected_steps().map(|(step, reach)| reach * size(step)).sum() };
    let weighted: f64 = journeys.iter().map(|journey| journey.weight * requests(journey)).sum();
    journeys.iter().map(|journey| journey.weight / weighted).collect()
}

pub(crate) fn outlines(world: &World) -> Vec<JourneyOutline> {
    let name = |step: &Step| world.endpoints[step.endpoint].name.clone();
    let outline = |journey: &Journey| JourneyOutline {
        name: journey.name,
        steps: journey.steps.iter().map(name).collect(),
    };
    world.journeys.iter().map(outline).collect()
}
