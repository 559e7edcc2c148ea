//! When what happens.

use std::sync::Arc;

use hawkeye_model::Timestamp;

use crate::effects::Effect;
use crate::scenario::SimConfig;
use crate::truth::Planted;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Plan {
    planted: Vec<Planted>,
}

impl Plan {
    pub(crate) fn new(_config: &SimConfig, _world: &World) -> Self {
        Self { planted: Vec::new() }
    }
    pub(crate) fn planted(&self) -> &[Planted] {
        &self.planted
    }
    pub(crate) fn planted_until(&self, _world: &World, _at: Timestamp) -> Vec<Planted> {
        self.planted.clone()
    }
    pub(crate) fn active(&self, _world: &World, _from_us: i64, _to_us: i64, _into: &mut Vec<Effect>) {}
    pub(crate) fn version(
        &self,
        _environment: usize,
        _service: usize,
        _instance: (usize, usize),
        _at_us: i64,
    ) -> u16 {
        0
    }
    pub(crate) fn versions(&self, world: &World) -> Vec<Vec<Arc<str>>> {
        let one =
            |it: &crate::world::ServiceModel| vec![format!("v{}.{}.{}", it.major, it.minor, it.patch).into()];
        world.services.iter().map(one).collect()
    }
}
