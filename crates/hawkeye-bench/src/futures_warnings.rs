//! Warnings before a simulated endpoint grows too slow.

use std::fmt::Write as _;

use anyhow::Result;
use hawkeye_forecast::{Side, Threshold, forecast, odds};
use hawkeye_model::{Request, Rollup};
use hawkeye_sim::{Planted, PlantedKind, Simulator};

use crate::futures_sim::{DAYS, HORIZON, PATHS, PER_DAY, Steps, latency_ms, step_of};

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
pub(crate) struct Warnings {
    by_level: [Warned; WARN_AT.len()],
    lead_minutes: [Vec<f64>; WARN_AT.len()],
}

pub(crate) fn warned(simulator: &Simulator, seed: u64) -> [Warnings; 2] {
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

pub(crate) fn warnings(outcomes: Vec<Result<[Warnings; 2]>>) -> Result<String> {
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
