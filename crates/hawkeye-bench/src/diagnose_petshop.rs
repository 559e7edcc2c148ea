//! Root causes in the PetShop data set: how often the node that was broken is the first, or among the first three.
//!
//! Hardt et al.: The PetShop Dataset - Finding Causes of Performance Issues across Microservices, 2024.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use hawkeye_diagnose::{Topology, rank};
use hawkeye_model::Signal;

use crate::diagnose_petshop_data::{Issue, Part, Scenario, read};
use crate::diagnose_petshop_peers::{largest_deviation, random_walk, ranked_correlation, traversal};
use crate::diagnose_petshop_stress::ALL;

type Method = fn(&Topology, &Issue) -> Vec<usize>;

const METHODS: [(&str, Method); 5] = [
    ("hawkeye", hawkeye),
    ("traversal", traversal),
    ("ranked correlation", ranked_correlation),
    ("random walk", random_walk),
    ("largest deviation", largest_deviation),
];

/// What the authors of the data set print for their traversal, in `code/RCA-Dataset-Eval.ipynb` of their repository:
/// scenarios by how they begin, signal, issues of both parts, top-1 and top-3.
const PUBLISHED: [(&str, Signal, usize, f64, f64); 6] = [
    ("low_traffic", Signal::Latency, 14, 0.571, 0.571),
    ("low_traffic", Signal::ErrorRate, 12, 0.833, 1.000),
    ("high_traffic", Signal::Latency, 14, 0.571, 0.786),
    ("high_traffic", Signal::ErrorRate, 12, 0.667, 1.000),
    ("temporal_traffic", Signal::Latency, 8, 1.000, 1.000),
    ("temporal_traffic", Signal::ErrorRate, 8, 0.750, 1.000),
];

/// A candidate must be among so many.
const FIRST_FEW: usize = 3;

/// One issue, and the place that each method gave to the true root cause, from 0.
#[derive(Debug)]
struct Outcome<'a> {
    scenario: &'a Scenario,
    issue: &'a Issue,
    places: Vec<Option<usize>>,
}

/// The tables, and in a text of its own every issue that was missed.
pub(crate) fn run(folder: &Path) -> Result<(String, String)> {
    let scenarios = read(folder)?;
    let outcomes: Vec<Outcome<'_>> = scenarios.iter().flat_map(outcomes).collect();
    let mut text = String::new();
    writeln!(text, "### PetShop, {} issues\n\n{}", outcomes.len(), head())?;
    for (part, parts) in [(Some(Part::Test), "test"), (None, "train and test")] {
        let is_of = |it: &&Outcome<'_>| part.is_none_or(|part| it.issue.part == part);
        let all: Vec<&Outcome<'_>> = outcomes.iter().filter(is_of).collect();
        for scenario in &scenarios {
            for (signal, name) in [(Signal::Latency, "latency"), (Signal::ErrorRate, "availability")] {
                let some = all
                    .iter()
                    .copied()
                    .filter(|it| it.scenario.name == scenario.name && it.issue.signal == signal);
                let published =
                    if part.is_none() { published(&scenario.name, signal) } else { "-".to_owned() };
                row(&mut text, &[&scenario.name, name, parts], &some.collect::<Vec<_>>(), &published)?;
            }
        }
        row(&mut text, &["**all**", "", parts], &all, "-")?;
    }
    let without: Vec<&str> = scenarios.iter().filter(|it| !it.has_past).map(|it| it.name.as_str()).collect();
    if !without.is_empty() {
        writeln!(
            text,
            "\nNo metrics of normal operation for {}: the intervals before its issues are the past.",
            without.join(", ")
        )?;
    }
    writeln!(text, "\n{}", harder(&scenarios)?)?;
    Ok((text, misses(&outcomes)?))
}

/// Every issue of both parts, made harder in several ways.
fn harder(scenarios: &[Scenario]) -> Result<String> {
    let names: Vec<&str> = METHODS.iter().map(|it| it.0).collect();
    let mut text = String::from("### PetShop made harder, train and test\n\n");
    writeln!(text, "| what is harder | rankings | {} |", names.join(" | "))?;
    writeln!(text, "|{}", "---|".repeat(METHODS.len() + 2))?;
    for (what, stress) in ALL {
        let mut places = Vec::new();
        for scenario in scenarios {
            for issue in scenario.issues.iter().flat_map(|issue| stress.on(issue)) {
                places.push(places_of(scenario, &issue));
            }
        }
        writeln!(text, "| {what} | {} | {} |", places.len(), recalls(&places))?;
    }
    Ok(text)
}

fn hawkeye(graph: &Topology, issue: &Issue) -> Vec<usize> {
    rank(graph, &issue.evidence, issue.target, issue.signal).into_iter().map(|it| it.node).collect()
}

fn outcomes(scenario: &Scenario) -> impl Iterator<Item = Outcome<'_>> {
    let outcome = move |issue| Outcome { scenario, issue, places: places_of(scenario, issue) };
    scenario.issues.iter().map(outcome)
}

/// By method.
fn places_of(scenario: &Scenario, issue: &Issue) -> Vec<Option<usize>> {
    let place = |method: Method| method(&scenario.graph, issue).iter().position(|it| *it == issue.truth);
    METHODS.iter().map(|it| place(it.1)).collect()
}

fn head() -> String {
    let names: Vec<&str> = METHODS.iter().map(|it| it.0).collect();
    format!(
        "| scenario | signal | part | issues | {} | traversal as published |\n|{}",
        names.join(" | "),
        "---|".repeat(METHODS.len() + 5)
    )
}

fn row(text: &mut String, what: &[&str; 3], outcomes: &[&Outcome<'_>], published: &str) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let places: Vec<Vec<Option<usize>>> = outcomes.iter().map(|it| it.places.clone()).collect();
    writeln!(text, "| {} | {} | {} | {published} |", what.join(" | "), places.len(), recalls(&places))?;
    Ok(())
}

/// Top-1 and top-3 of each method.
fn recalls(places: &[Vec<Option<usize>>]) -> String {
    let recall = |method: usize, first: usize| {
        let found = places.iter().filter(|it| it[method].is_some_and(|place| place < first));
        found.count() as f64 / places.len() as f64
    };
    let cell = |method: usize| format!("{:.3} / {:.3}", recall(method, 1), recall(method, FIRST_FEW));
    (0..METHODS.len()).map(cell).collect::<Vec<_>>().join(" | ")
}

fn published(scenario: &str, signal: Signal) -> String {
    let of = PUBLISHED.iter().find(|it| scenario.starts_with(it.0) && it.1 == signal);
    of.map_or_else(|| "-".to_owned(), |it| format!("{:.3} / {:.3} ({} issues)", it.3, it.4, it.2))
}

fn misses(outcomes: &[Outcome<'_>]) -> Result<String> {
    let mut text = String::from("\nWhere hawkeye's first is wrong:\n\n");
    for Outcome { scenario, issue, .. } in outcomes.iter().filter(|it| it.places[0] != Some(0)) {
        writeln!(text, "* {} {}: it is {}", scenario.name, issue.name, issue.names[issue.truth])?;
        let ranked = rank(&scenario.graph, &issue.evidence, issue.target, issue.signal);
        for (place, it) in ranked.iter().enumerate() {
            if place < FIRST_FEW || it.node == issue.truth {
                let (name, score, own) = (&issue.names[it.node], it.score, it.own);
                let (deviations, reason) = (it.deviations, it.reason);
                writeln!(
                    text,
                    "  {}. {score:.3} {name}: own {own:.2}, deviations {deviations:.1}, {reason:?}",
                    place + 1
                )?;
            }
        }
    }
    Ok(text)
}
