//! Verdicts and causes in words. Times are UTC.

use std::sync::Arc;

use hawkeye_model::Timestamp;

use crate::diagnose_place::Place;
use crate::{Against, Breadth, ComparedMeasure, Comparison, Subject, VerdictKind};

/// Which new version of the services came lately.
pub(crate) enum Came {
    None,
    /// One may have come, or did and has no name.
    Unknown,
    Version {
        service: Arc<str>,
        version: Arc<str>,
        at: Timestamp,
    },
}

/// One plain sentence with the numbers that settle it.
pub(crate) fn sentence(
    kind: VerdictKind,
    subject: &Subject,
    breadth: Breadth,
    comparisons: &[Comparison],
    places: &[Place],
    onset: Timestamp,
    came: &Came,
) -> String {
    let since = clock(onset);
    let first = comparisons.iter().find(|it| it.is_worse()).or_else(|| comparisons.first());
    match kind {
        VerdictKind::NotEnoughEvidence => match first.filter(|it| it.is_worse()) {
            Some(first) => format!(
                "{} {} since {since}, but there is not enough to tell why{}.",
                shown(subject),
                does(first),
                beside(comparisons, first)
            ),
            None => "There is not enough evidence to tell what changed.".to_owned(),
        },
        VerdictKind::TrafficMix => {
            let Some(first) = first else {
                return format!("The mix of requests of {} changed.", shown(subject));
            };
            let (bad, more) = match first.measure {
                ComparedMeasure::ErrorRate => ("fail", "fail more often"),
                ComparedMeasure::SlowShare => ("are slow", "take longer"),
            };
            format!(
                "{} gets more of the requests that always {more}: {} of its requests {bad}, and {} of the same mix before.",
                shown(subject),
                percent(first.share_here),
                percent(first.share_there)
            )
        }
        VerdictKind::SharedDependency => {
            let mut environments: Vec<String> = places.iter().map(|it| it.environment.to_string()).collect();
            environments.sort_unstable();
            environments.dedup();
            let mut services: Vec<&str> = places.iter().map(|it| &*it.service).collect();
            services.sort_unstable();
            services.dedup();
            let does = match (first, services.len()) {
                (None, _) => format!("{} got worse", list(&services)),
                (Some(first), 1) => format!("{} {}", shown(subject), does(first)),
                (Some(first), _) => format!("{} {}", list(&services), do_together(first)),
            };
            let environments: Vec<&str> = environments.iter().map(String::as_str).collect();
            let places = if environments.len() > 1 {
                format!("on {} at once", list(&environments))
            } else {
                format!("on {} and elsewhere at once", list(&environments))
            };
            match came {
                Came::None => format!(
                    "{does} {places} since {since}, and no new version came: it is something that they share."
                ),
                Came::Unknown => format!("{does} {places} since {since}: it is something that they share."),
                Came::Version { service, version, at } => format!(
                    "{does} {places} since {since}: it is something that they share, though {service} {version} came at {}.",
                    clock(*at)
                ),
            }
        }
        _ => {
            let Some(first) = first else { return format!("{} got worse since {since}.", shown(subject)) };
            let scale = match breadth {
                Breadth::Environment => format!(" across {} services", places.len()),
                _ => String::new(),
            };
            format!("{} {}{scale} since {since}{}.", shown(subject), does(first), beside(comparisons, first))
        }
    }
}

/// `fails 12.4 % of its requests`
fn does(comparison: &Comparison) -> String {
    let share = percent(comparison.share_here);
    match comparison.measure {
        ComparedMeasure::ErrorRate => format!("fails {share} of its requests"),
        ComparedMeasure::SlowShare => format!("is slow by its own work for {share} of its requests"),
    }
}

/// The same of several services.
fn do_together(comparison: &Comparison) -> String {
    let share = percent(comparison.share_here);
    match comparison.measure {
        ComparedMeasure::ErrorRate => format!("fail {share} of their requests"),
        ComparedMeasure::SlowShare => format!("are slow by their own work for {share} of their requests"),
    }
}

/// ` (5.1.2 failed 0.2 %, 4 other environments 0.3 %)`, ` (0.2 % before)`
fn beside(comparisons: &[Comparison], first: &Comparison) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut seen: Vec<(Against, &str)> = Vec::new();
    for it in comparisons.iter().filter(|it| it.measure == first.measure && it.here == first.here) {
        if seen.contains(&(it.against, &it.there)) {
            continue;
        }
        seen.push((it.against, &it.there));
        let share = percent(it.share_there);
        let verb = if it.measure == ComparedMeasure::ErrorRate && parts.is_empty() { "failed " } else { "" };
        parts.push(match it.against {
            Against::Before => format!("{share} before"),
            _ => format!("{} {verb}{share}", it.there),
        });
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// What happened to traffic.
pub(crate) fn traffic(subject: &Subject, expected: f64, seen: f64, onset: Timestamp) -> String {
    let share = percent((seen - expected).abs() / expected.max(1.0));
    let what = if seen < expected {
        format!("{share} of the requests of {} stay away", shown(subject))
    } else {
        format!("{} gets {share} more requests than usual", shown(subject))
    };
    format!(
        "{what} since {} ({seen:.0} of {expected:.0} expected), and nothing got worse by itself.",
        clock(onset)
    )
}

pub(crate) fn shown(subject: &Subject) -> String {
    match (&subject.instance, &subject.service) {
        (Some(instance), Some(_)) => {
            let rest = Subject { instance: None, ..subject.clone() };
            format!("The instance {instance} of {rest}")
        }
        _ => subject.to_string(),
    }
}

pub(crate) fn other_environments(count: usize) -> String {
    if count == 1 { "another environment".to_owned() } else { format!("{count} other environments") }
}

/// `a, b and c`
pub(crate) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// One decimal, none from ten percent on when it says nothing.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `14:02 UTC`: a message does not say in whose zone it is read.
pub(crate) fn clock(at: Timestamp) -> String {
    let minutes = at.micros().div_euclid(60_000_000).rem_euclid(1_440);
    format!("{:02}:{:02} UTC", minutes / 60, minutes % 60)
}
