//! The one sentence of a deployment's verdict, with the numbers that settle it.

use super::DeploymentCase;
use super::measured::{Measured, Witness};
use super::sides::Sides;
use crate::{DeploymentVerdictKind, Shares};

/// New error types that the sentence names; the verdict lists more.
const ERRORS_NAMED: usize = 3;

/// How a measure is told.
struct Verbs {
    now: &'static str,
    before: &'static str,
}

const FAILS: Verbs = Verbs { now: "fails", before: "failed" };
const SLOW: Verbs = Verbs { now: "is slow for", before: "was slow for" };

pub(super) fn previous<'a>(sides: &Sides<'a>) -> &'a str {
    sides.previous.unwrap_or("the version before")
}

pub(super) fn elsewhere(sides: &Sides) -> String {
    match sides.environments_elsewhere {
        1 => "1 other environment".to_owned(),
        count => format!("{count} other environments"),
    }
}

pub(super) fn sentence(
    case: &DeploymentCase,
    kind: DeploymentVerdictKind,
    sides: &Sides,
    (failed, slow): (&Measured, &Measured),
    new_error_types: &[(String, u64)],
) -> String {
    let name = format!("{} {} on {}", case.service, case.version, case.environment);
    let told = match kind {
        DeploymentVerdictKind::Degraded if failed.is_degraded() => degraded(sides, failed, &FAILS),
        DeploymentVerdictKind::Degraded => degraded(sides, slow, &SLOW),
        DeploymentVerdictKind::Healthy => {
            format!("{}; it {}", against_all(sides, failed, &FAILS), against_all(sides, slow, &SLOW))
        }
        DeploymentVerdictKind::NotEnoughTraffic => undecided(sides, failed, slow),
    };
    format!("{name} {told}{}", new_errors(new_error_types))
}

fn degraded(sides: &Sides, measured: &Measured, verbs: &Verbs) -> String {
    match measured.beside.filter(|_| measured.is_worse_beside()) {
        Some(beside) => format!(
            "{} {} of requests, {} at the same time {} ({})",
            verbs.now,
            percent(beside.share_here),
            previous(sides),
            percent(beside.share_there),
            interval(beside.lower, beside.upper)
        ),
        None => against_all(sides, measured, verbs),
    }
}

fn undecided(sides: &Sides, failed: &Measured, slow: &Measured) -> String {
    let requests = match sides.new.len() {
        0 => return "had no requests yet: nothing can be said".to_owned(),
        1 => "1 request".to_owned(),
        count => format!("{} requests", grouped(count)),
    };
    match [(failed, &FAILS), (slow, &SLOW)].into_iter().find(|(measured, _)| !measured.is_healthy()) {
        Some((measured, verbs)) if measured.effect.is_some() => {
            format!("had {requests}, which do not settle it yet: it {}", against_all(sides, measured, verbs))
        }
        _ => format!("had {requests}, and too few came before to compare them with"),
    }
}

/// The difference to the previous version and, when others got worse as well, what remains of it.
fn against_all(sides: &Sides, measured: &Measured, verbs: &Verbs) -> String {
    let Some(before) = measured.before else {
        return measured.beside.map_or_else(String::new, |beside| against_before(sides, &beside, verbs));
    };
    let told = against_before(sides, &before, verbs);
    let (Some((witness, drift)), Some(effect)) = (measured.drift, measured.effect) else { return told };
    let who = match witness {
        Witness::Previous => previous(sides).to_owned(),
        Witness::Elsewhere => format!("{} without it", elsewhere(sides)),
    };
    format!(
        "{told}; {who} got worse by {} points at the same time, which leaves {} ({} to {})",
        points(drift.difference),
        points(effect.value),
        points(effect.lower),
        points(effect.upper)
    )
}

fn against_before(sides: &Sides, before: &Shares, verbs: &Verbs) -> String {
    format!(
        "{} {} of requests, {} {} {} ({})",
        verbs.now,
        percent(before.share_here),
        previous(sides),
        verbs.before,
        percent(before.share_there),
        interval(before.lower, before.upper)
    )
}

fn interval(lower: f64, upper: f64) -> String {
    format!("95 % interval of the difference {} to {} points", points(lower), points(upper))
}

fn new_errors(types: &[(String, u64)]) -> String {
    if types.is_empty() {
        return ".".to_owned();
    }
    let named: Vec<String> = types
        .iter()
        .take(ERRORS_NAMED)
        .map(|(error_type, count)| format!("{error_type} ({})", grouped(*count as usize)))
        .collect();
    let more = match types.len().saturating_sub(ERRORS_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(". Errors that were not there before: {}{more}.", named.join(", "))
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.1 { format!("{percent:.2} %") } else { format!("{percent:.1} %") }
}

fn points(difference: f64) -> String {
    let points = (1_000.0 * difference).round() / 10.0;
    // No "-0.0".
    format!("{:.1}", points + 0.0)
}

/// A whole number with its thousands apart: `1,204`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
