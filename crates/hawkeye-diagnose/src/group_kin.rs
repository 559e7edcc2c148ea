//! Kinship of endpoints by calls, remembered while one anomaly is placed: it is asked for the same ones again and again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use hawkeye_model::EndpointId;

use crate::graph::{CallGraph, Kinship};
use crate::group_relation::HOPS;

/// What an endpoint calls over at most [`HOPS`] calls, without itself.
#[derive(Debug, Default)]
pub(crate) struct Below {
    /// By endpoint, over how many calls.
    pub(crate) hops: BTreeMap<EndpointId, usize>,
    pub(crate) services: BTreeSet<Arc<str>>,
}

#[derive(Debug)]
pub(crate) struct Kin<'a> {
    graph: &'a CallGraph,
    below: RefCell<HashMap<EndpointId, Rc<Below>>>,
}

impl<'a> Kin<'a> {
    pub(crate) fn new(graph: &'a CallGraph) -> Self {
        Self { graph, below: RefCell::default() }
    }

    pub(crate) fn below(&self, endpoint: EndpointId) -> Rc<Below> {
        let mut known = self.below.borrow_mut();
        let below = known.entry(endpoint).or_insert_with(|| {
            let hops = self.graph.distances(endpoint, HOPS);
            let services = self.graph.services_of(hops.keys());
            Rc::new(Below { hops, services })
        });
        Rc::clone(below)
    }

    /// As [`CallGraph::kinship`].
    pub(crate) fn kinship(&self, first: EndpointId, second: EndpointId) -> Option<Kinship> {
        if first == second {
            return Some(Kinship::Same);
        }
        let calls = |from, to| self.below(from).hops.get(&to).copied();
        let down = calls(first, second).map(Kinship::Calls);
        down.or_else(|| calls(second, first).map(Kinship::CalledBy))
    }
}
