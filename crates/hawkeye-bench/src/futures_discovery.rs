//! Journeys found in one simulated day of sessions, and followed through it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Result;
use hawkeye_forecast::journey::{Candidate, Limits, Visit, discover, follow};
use hawkeye_model::{Endpoint, Environment};
use hawkeye_sim::Simulator;

use crate::futures_sim::{DAY, START, hours, is_entry};

#[derive(Default)]
struct Places(HashMap<Endpoint, u32>);

impl Places {
    fn of(&mut self, endpoint: &Endpoint) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(endpoint.clone()).or_insert(next)
    }

    fn name(&self, place: u32) -> String {
        let found = self.0.iter().find(|it| *it.1 == place);
        found.map_or_else(String::new, |(endpoint, _)| format!("{} {}", endpoint.method, endpoint.route))
    }
}

/// One day of sessions: who an account is in one environment.
fn visits(simulator: &Simulator, places: &mut Places) -> Vec<Visit> {
    let mut keys: HashMap<(Arc<str>, Environment), u64> = HashMap::new();
    let mut visits = Vec::new();
    let from = START.plus(DAY * 2);
    for (from, to) in hours(from, from.plus(DAY)) {
        for request in simulator.requests(from, to) {
            if !is_entry(&request) || request.consumer.is_empty() {
                continue;
            }
            let next = keys.len() as u64;
            let key = (Arc::clone(&request.consumer), request.series.environment().clone());
            let key = *keys.entry(key).or_insert(next);
            let place = places.of(request.series.endpoint());
            let is_ok = request.status_code < 400;
            visits.push(Visit { key, at_ms: request.start.millis(), place, is_ok });
        }
    }
    visits
}

#[derive(Default)]
pub(crate) struct Discovered {
    visits: usize,
    journeys: usize,
    exact: usize,
    /// Longest proposal that begins like the journey and has at least half of its steps.
    prefix: usize,
    proposals: usize,
    /// Proposals that are no part of any journey.
    wrong: usize,
    /// Names of those that are not a journey exactly.
    others: Vec<String>,
    /// Sessions that did the first and the last step of the true journeys.
    followed: Vec<(String, u64, u64)>,
}

pub(crate) fn discovered(simulator: &Simulator) -> Discovered {
    let mut places = Places::default();
    let visits = visits(simulator, &mut places);
    let limits = Limits::default();
    let found = discover(&visits, &limits);
    let journeys: Vec<(&str, Vec<u32>)> = simulator
        .journeys()
        .iter()
        .map(|it| (it.name, it.steps.iter().map(|step| places.of(step)).collect()))
        .collect();
    let mut outcome = Discovered {
        visits: visits.len(),
        journeys: journeys.len(),
        proposals: found.len(),
        ..Discovered::default()
    };
    for (name, steps) in &journeys {
        let is_exact = found.iter().any(|it| it.places == *steps);
        let begins = |it: &Candidate| steps.starts_with(&it.places) && it.places.len() * 2 >= steps.len();
        outcome.exact += usize::from(is_exact);
        outcome.prefix += usize::from(!is_exact && found.iter().any(begins));
        let counts = follow(&visits, steps, &limits);
        let first = counts.first().map_or(0, |it| it.reached);
        let last = counts.last().map_or(0, |it| it.completed);
        outcome.followed.push(((*name).to_owned(), first, last));
    }
    for candidate in &found {
        let is_part = |steps: &[u32]| {
            let mut rest = steps.iter();
            candidate.places.iter().all(|place| rest.any(|it| it == place))
        };
        if journeys.iter().any(|(_, steps)| *steps == candidate.places) {
            continue;
        }
        outcome.wrong += usize::from(!journeys.iter().any(|(_, steps)| is_part(steps)));
        let names: Vec<String> = candidate.places.iter().map(|&place| places.name(place)).collect();
        outcome.others.push(format!("{} ({} sessions)", names.join(" > "), candidate.support));
    }
    outcome
}

pub(crate) fn discovery(outcomes: Vec<Result<Discovered>>) -> Result<String> {
    let outcomes: Vec<Discovered> = outcomes.into_iter().collect::<Result<_>>()?;
    let sum = |of: fn(&Discovered) -> usize| outcomes.iter().map(of).sum::<usize>();
    let mut text = format!(
        "### Journeys found in one simulated day, {} runs, {} visits\n\n| | journeys | found exactly | found as their beginning | proposals | no part of any journey |\n|---|---|---|---|---|---|\n",
        outcomes.len(),
        sum(|it| it.visits)
    );
    writeln!(
        text,
        "| measured | {} | {} | {} | {} | {} |\n| target | | all | | | 0 |",
        sum(|it| it.journeys),
        sum(|it| it.exact),
        sum(|it| it.prefix),
        sum(|it| it.proposals),
        sum(|it| it.wrong)
    )?;
    for other in outcomes.iter().flat_map(|it| &it.others).take(12) {
        writeln!(text, "\nNot exactly a journey: {other}")?;
    }
    if let Some(first) = outcomes.first() {
        writeln!(
            text,
            "\n| journey, first run | sessions that began it | that completed it |\n|---|---|---|"
        )?;
        for (name, reached, completed) in &first.followed {
            writeln!(text, "| {name} | {reached} | {completed} |")?;
        }
    }
    text.push('\n');
    Ok(text)
}
