//! Journeys and early warnings on simulated traffic: journeys found in one day of sessions, health predicted against what
//! came, and warnings before an endpoint grows too slow.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hawkeye_forecast::journey::{Candidate, Limits, StepForecast, Visit, discover, follow, predict};
use hawkeye_forecast::{Forecast, Side, Threshold, forecast, forecast_rate, odds};
use hawkeye_model::{Endpoint, Environment, Request, Rollup, Series, SeriesId, Timestamp};
use hawkeye_sim::{Planted, PlantedKind, Scenario, SimConfig, Simulator};

use crate::futures::for_each;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const STEP: Duration = Duration::from_secs(600);
const PER_DAY: usize = 144;
/// Six hours.
const HORIZON: usize = 36;
const DAYS: u32 = 9;
/// History before the first origin.
const WARM_DAYS: u32 = 6;
const PATHS: usize = 1_000;
/// Some Monday, 2026-11-02 00:00 UTC.
const START: Timestamp = Timestamp::from_secs(1_793_577_600);

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
fn is_entry(request: &Request) -> bool {
    request.parent_span_id.is_empty() && !request.synthetic
}

fn hours(from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let count = to.since(from).as_secs() / HOUR.as_secs();
    (0..count as u32).map(move |at| (from.plus(HOUR * at), from.plus(HOUR * (at + 1))))
}

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
struct Discovered {
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

fn discovered(simulator: &Simulator) -> Discovered {
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

fn discovery(outcomes: Vec<Result<Discovered>>) -> Result<String> {
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

/// Sums by step of ten minutes.
struct Steps(HashMap<SeriesId, (Arc<Series>, Vec<Rollup>)>);

impl Steps {
    /// Of the series that are wanted, from the start of the simulation.
    fn new(simulator: &Simulator, days: u32, is_wanted: impl Fn(&Request) -> bool) -> Self {
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
    fn endpoint(&self, endpoint: &Endpoint) -> Vec<Rollup> {
        let mut merged: Vec<Rollup> = Vec::new();
        let of = |it: &&(Arc<Series>, Vec<Rollup>)| it.0.endpoint() == endpoint;
        for (_, sums) in self.0.values().filter(of) {
            merged.resize(sums.len(), Rollup::default());
            merged.iter_mut().zip(sums).for_each(|(all, own)| all.merge(own));
        }
        merged
    }
}

fn step_of(at: Timestamp) -> usize {
    (at.since(START).as_secs() / STEP.as_secs()) as usize
}

fn latency_ms(sums: &[Rollup]) -> Vec<f64> {
    sums.iter().map(|it| it.latency.quantile(0.95).map_or(f64::NAN, |us| us / 1_000.0)).collect()
}

/// Errors of predicted journeys.
#[derive(Default)]
struct Predicted {
    values: f64,
    /// Within 80 and 95 %: success, then total latency.
    success: [f64; 2],
    latency: [f64; 2],
    /// The same of single endpoints, to tell the forecasts' part from the journeys'.
    endpoint: [f64; 2],
    endpoint_values: f64,
    error: f64,
    error_yesterday: f64,
    mean: f64,
    mean_predicted: f64,
}

struct Watched {
    failed: Vec<f64>,
    total: Vec<f64>,
    latency_ms: Vec<f64>,
}

impl Watched {
    fn new(sums: &[Rollup]) -> Self {
        Self {
            failed: sums.iter().map(|it| it.server_errors as f64).collect(),
            total: sums.iter().map(|it| it.requests() as f64).collect(),
            latency_ms: latency_ms(sums),
        }
    }

    fn success(&self, step: usize) -> f64 {
        1.0 - self.failed[step] / self.total[step]
    }
}

fn predicted(simulator: &Simulator, seed: u64) -> Predicted {
    let steps = Steps::new(simulator, DAYS, |request| {
        is_entry(request) && &*request.series.environment().deployment == "production"
    });
    let journeys = simulator.journeys();
    let mut watched: HashMap<Endpoint, Watched> = HashMap::new();
    for endpoint in journeys.iter().flat_map(|journey| &journey.steps) {
        watched.entry(endpoint.clone()).or_insert_with(|| Watched::new(&steps.endpoint(endpoint)));
    }
    let mut outcome = Predicted::default();
    let (first, last) = (WARM_DAYS as usize * PER_DAY, DAYS as usize * PER_DAY - HORIZON);
    // Every seven hours.
    for origin in (first..=last).step_by(42) {
        let forecasts: HashMap<&Endpoint, (Forecast, Forecast)> = watched
            .iter()
            .map(|(endpoint, it)| {
                let errors = forecast_rate(&it.failed[..origin], &it.total[..origin], HORIZON, PER_DAY);
                let latency = forecast(&it.latency_ms[..origin], HORIZON, PER_DAY);
                (endpoint, (errors, latency))
            })
            .collect();
        for (endpoint, (_, latency)) in &forecasts {
            for (row, came) in latency.quantiles.iter().zip(&watched[*endpoint].latency_ms[origin..]) {
                outcome.endpoint_values += f64::from(u8::from(came.is_finite()));
                for (at, (low, high)) in [(2, 12), (0, 14)].into_iter().enumerate() {
                    outcome.endpoint[at] += f64::from(u8::from(row[low] <= *came && *came <= row[high]));
                }
            }
        }
        for journey in &journeys {
            let of_step = |endpoint: &Endpoint| {
                let (errors, latency) = &forecasts[endpoint];
                StepForecast {
                    error_rate: errors,
                    latency_ms: latency,
                    error_rate_limit: None,
                    latency_limit_ms: None,
                    is_optional: false,
                    weight: 1.0,
                }
            };
            let of_steps: Vec<StepForecast<'_>> = journey.steps.iter().map(of_step).collect();
            let said = predict(&of_steps, PATHS, seed);
            for ahead in 0..HORIZON {
                let success = |step: usize| -> f64 {
                    journey.steps.iter().map(|endpoint| watched[endpoint].success(step)).product()
                };
                let total: f64 =
                    journey.steps.iter().map(|endpoint| watched[endpoint].latency_ms[origin + ahead]).sum();
                let (came, before) = (success(origin + ahead), success(origin + ahead - PER_DAY));
                if !came.is_finite() || !before.is_finite() || !total.is_finite() {
                    continue;
                }
                let (row, times) = (&said.success[ahead], &said.latency_ms[ahead]);
                outcome.values += 1.0;
                for (at, (low, high)) in [(2, 12), (0, 14)].into_iter().enumerate() {
                    outcome.success[at] += f64::from(row[low] <= came && came <= row[high]);
                    outcome.latency[at] += f64::from(times[low] <= total && total <= times[high]);
                }
                outcome.error += (came - row[7]).abs();
                outcome.error_yesterday += (came - before).abs();
                outcome.mean += came;
                outcome.mean_predicted += row[7];
            }
        }
    }
    outcome
}

fn health(outcomes: Vec<Result<Predicted>>) -> Result<String> {
    let outcomes: Vec<Predicted> = outcomes.into_iter().collect::<Result<_>>()?;
    let sum = |of: &dyn Fn(&Predicted) -> f64| outcomes.iter().map(of).sum::<f64>();
    let values = sum(&|it| it.values);
    let share = |of: &dyn Fn(&Predicted) -> f64| sum(of) / values;
    let mut text = format!(
        "### Journeys predicted for 6 hours in steps of ten minutes, incidents included, {values:.0} values\n\n| | within 80 % | within 95 % | mean error | repeating yesterday | mean predicted | mean that came |\n|---|---|---|---|---|---|---|\n"
    );
    writeln!(
        text,
        "| success | {:.3} | {:.3} | {:.4} | {:.4} | {:.4} | {:.4} |",
        share(&|it| it.success[0]),
        share(&|it| it.success[1]),
        share(&|it| it.error),
        share(&|it| it.error_yesterday),
        share(&|it| it.mean_predicted),
        share(&|it| it.mean)
    )?;
    writeln!(
        text,
        "| total latency, p95 | {:.3} | {:.3} | | | | |\n| one endpoint's latency, p95 | {:.3} | {:.3} | | | | |\n| target | .77 to .83 | .93 to .97 | below yesterday | | | |\n",
        share(&|it| it.latency[0]),
        share(&|it| it.latency[1]),
        sum(&|it| it.endpoint[0]) / sum(&|it| it.endpoint_values),
        sum(&|it| it.endpoint[1]) / sum(&|it| it.endpoint_values)
    )?;
    Ok(text)
}

/// Probabilities from which on somebody is warned.
const WARN_AT: [f64; 3] = [0.15, 0.25, 0.5];
/// Half an hour beyond the limit is a breach.
const RUN: usize = 3;
/// What is usual, and how much more is too slow.
const LIMIT_QUANTILE: f64 = 0.99;
const LIMIT_FACTOR: f64 = 1.15;
/// Somebody asks every half an hour.
const ASK_EVERY: usize = 3;

#[derive(Default, Clone, Copy)]
struct Warned {
    breaches: usize,
    warned: usize,
    warnings: usize,
    right: usize,
}

#[derive(Default)]
struct Warnings {
    by_level: [Warned; WARN_AT.len()],
    lead_minutes: [Vec<f64>; WARN_AT.len()],
}

fn warned(simulator: &Simulator, seed: u64) -> [Warnings; 2] {
    let drifts: Vec<&Planted> =
        simulator.planted().iter().filter(|it| it.kind == PlantedKind::SlowDrift).collect();
    let concerns = |request: &Request| {
        drifts.iter().any(|it| it.affected.contains(request.series.endpoint()))
            && &*request.series.environment().deployment == "production"
    };
    let steps = Steps::new(simulator, DAYS, concerns);
    let mut outcome: [Warnings; 2] = Default::default();
    for (series, sums) in steps.0.values() {
        let values = latency_ms(sums);
        for drift in &drifts {
            let from = step_of(drift.from).saturating_sub(PER_DAY / 2);
            let to = (step_of(drift.to) + HORIZON).min(values.len());
            let busy = sums[..from].iter().map(Rollup::requests).sum::<u64>() as usize / from.max(1);
            // A percentile of few requests is luck.
            if busy < 20 || from < 3 * PER_DAY || !drift.affected.contains(series.endpoint()) {
                continue;
            }
            watch(&values, from, to, seed, Way::Odds, &mut outcome[0]);
            watch(&values, from, to, seed, Way::Goes, &mut outcome[1]);
        }
    }
    outcome
}

/// Which figure somebody is warned by.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// The calibrated odds.
    Odds,
    /// A drift is seen that breaks the limit if it goes on.
    Goes,
}

/// Asks every half an hour until the limit is broken.
fn watch(values: &[f64], from: usize, to: usize, seed: u64, way: Way, outcome: &mut Warnings) {
    let mut usual: Vec<f64> = values[..from].iter().copied().filter(|it| it.is_finite()).collect();
    usual.sort_unstable_by(f64::total_cmp);
    let limit = usual[((usual.len() - 1) as f64 * LIMIT_QUANTILE) as usize] * LIMIT_FACTOR;
    let threshold = Threshold { value: limit, side: Side::Above, run: RUN };
    let broken = threshold.first_run(&values[from..to]).map(|step| from + step);
    let mut first_warned = [None; WARN_AT.len()];
    let mut is_warning = [false; WARN_AT.len()];
    let end = broken.map_or(to.saturating_sub(HORIZON), |step| step + 1);
    for origin in (from..end).step_by(ASK_EVERY) {
        let past = &values[..origin];
        let said = odds(&forecast(past, HORIZON, PER_DAY), past, &threshold, PER_DAY, PATHS, seed);
        let said = match (way, said.if_it_goes_on) {
            (Way::Goes, Some(breach)) => breach.probability,
            (Way::Goes, None) => 0.0,
            (Way::Odds, _) => said.breach.probability,
        };
        for (at, level) in WARN_AT.iter().enumerate() {
            let warns = said >= *level;
            if warns && !is_warning[at] {
                let is_right = broken.is_some_and(|step| step < origin + HORIZON);
                outcome.by_level[at].warnings += 1;
                outcome.by_level[at].right += usize::from(is_right);
                first_warned[at] = first_warned[at].or(is_right.then_some(origin));
            }
            // A warning lasts until it is withdrawn.
            is_warning[at] = warns;
        }
    }
    for (at, first) in first_warned.into_iter().enumerate() {
        let Some(step) = broken else { continue };
        outcome.by_level[at].breaches += 1;
        if let Some(origin) = first {
            outcome.by_level[at].warned += 1;
            outcome.lead_minutes[at].push((step - origin) as f64 * 10.0);
        }
    }
}

fn warnings(outcomes: Vec<Result<[Warnings; 2]>>) -> Result<String> {
    let outcomes: Vec<[Warnings; 2]> = outcomes.into_iter().collect::<Result<_>>()?;
    let mut text = format!(
        "### Warnings before a slow drift breaks a limit ({LIMIT_FACTOR} times the 99th percentile of what is usual, for half an hour)\n\n| | breaches | warned before | warnings | of these right | median lead, minutes | nine in ten at least |\n|---|---|---|---|---|---|---|\n"
    );
    for (way, name) in ["**odds**", "drift, if it goes on"].iter().enumerate() {
        for (at, level) in WARN_AT.iter().enumerate() {
            let sum =
                |of: fn(&Warned) -> usize| outcomes.iter().map(|it| of(&it[way].by_level[at])).sum::<usize>();
            let mut leads: Vec<f64> =
                outcomes.iter().flat_map(|it| it[way].lead_minutes[at].iter().copied()).collect();
            leads.sort_unstable_by(f64::total_cmp);
            let lead = |quantile: f64| {
                let lead = leads.get((leads.len() as f64 * quantile) as usize);
                lead.map_or("-".to_owned(), |lead| format!("{lead:.0}"))
            };
            let (breaches, warned, warnings, right) =
                (sum(|it| it.breaches), sum(|it| it.warned), sum(|it| it.warnings), sum(|it| it.right));
            writeln!(
                text,
                "| {name}, from {level:.2} | {breaches} | {warned} ({:.0} %) | {warnings} | {right} ({:.0} %) | {} | {} |",
                100.0 * warned as f64 / breaches.max(1) as f64,
                100.0 * right as f64 / warnings.max(1) as f64,
                lead(0.5),
                lead(0.1)
            )?;
        }
    }
    writeln!(text, "| target | | most | | most | above 0 | |")?;
    Ok(text)
}
