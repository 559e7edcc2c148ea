//! Journeys and early warnings on simulated traffic: what the three tables have in common.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hawkeye_model::{Endpoint, Request, Rollup, Series, SeriesId, Timestamp};
use hawkeye_sim::{Scenario, SimConfig, Simulator};

use crate::futures::for_each;
use crate::futures_discovery::{discovered, discovery};
use crate::futures_health::{health, predicted};
use crate::futures_warnings::{warned, warnings};

const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
const STEP: Duration = Duration::from_secs(600);
pub(crate) const PER_DAY: usize = 144;
/// Six hours.
pub(crate) const HORIZON: usize = 36;
pub(crate) const DAYS: u32 = 9;
pub(crate) const PATHS: usize = 1_000;
/// Some Monday, 2026-11-02 00:00 UTC.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_793_577_600);

pub(crate) fn run(seeds: u64, requests_per_second: f64) -> Result<String> {
    let seeds: Vec<u64> = (1..=seeds).collect();
    let simulator = |scenario, seed, days| -> Result<Simulator> {
        let end = START.plus(DAY * days);
        Ok(Simulator::new(SimConfig { seed, scenario, start: START, end, requests_per_second })?)
    };
    let mut text =
        discovery(for_each(&seeds, |&seed| Ok(discovered(&simulator(Scenario::All, seed, DAYS)?))))?;
    text.push_str(&health(for_each(&seeds, |&seed| {
        Ok(predicted(&simulator(Scenario::All, seed, DAYS)?, seed))
    }))?);
    text.push_str(&warnings(for_each(&seeds, |&seed| {
        Ok(warned(&simulator(Scenario::SlowDrift, seed, DAYS)?, seed))
    }))?);
    Ok(text)
}

/// What people call: the gateway's requests that nothing but a person or a program caused.
pub(crate) fn is_entry(request: &Request) -> bool {
    request.parent_span_id.is_empty() && !request.synthetic
}

pub(crate) fn hours(from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let count = to.since(from).as_secs() / HOUR.as_secs();
    (0..count as u32).map(move |at| (from.plus(HOUR * at), from.plus(HOUR * (at + 1))))
}

/// Sums by step of ten minutes.
pub(crate) struct Steps(pub(crate) HashMap<SeriesId, (Arc<Series>, Vec<Rollup>)>);

impl Steps {
    /// Of the series that are wanted, from the start of the simulation.
    pub(crate) fn new(simulator: &Simulator, days: u32, is_wanted: impl Fn(&Request) -> bool) -> Self {
        let mut all: HashMap<SeriesId, (Arc<Series>, Vec<Rollup>)> = HashMap::new();
        let count = days as usize * PER_DAY;
        for (from, to) in hours(START, START.plus(DAY * days)) {
            for request in simulator.requests(from, to).iter().filter(|request| is_wanted(request)) {
                let (_, sums) = all
                    .entry(request.series.id())
                    .or_insert_with(|| (Arc::clone(&request.series), vec![Rollup::default(); count]));
                sums[step_of(request.start)].add(request);
            }
        }
        Self(all)
    }

    /// An endpoint in all production environments together.
    pub(crate) fn endpoint(&self, endpoint: &Endpoint) -> Vec<Rollup> {
        let mut merged: Vec<Rollup> = Vec::new();
        let of = |it: &&(Arc<Series>, Vec<Rollup>)| it.0.endpoint() == endpoint;
        for (_, sums) in self.0.values().filter(of) {
            merged.resize(sums.len(), Rollup::default());
            merged.iter_mut().zip(sums).for_each(|(all, own)| all.merge(own));
        }
        merged
    }
}

pub(crate) fn step_of(at: Timestamp) -> usize {
    (at.since(START).as_secs() / STEP.as_secs()) as usize
}

pub(crate) fn latency_ms(sums: &[Rollup]) -> Vec<f64> {
    sums.iter().map(|it| it.latency.quantile(0.95).map_or(f64::NAN, |us| us / 1_000.0)).collect()
}
