//! What a diagnosis should say of each planted incident.
//!
//! | planted | verdict | subject |
//! |---|---|---|
//! | bad deployment | version fault | service, version, environment |
//! | error burst of one instance | instance fault | service, instance, environment |
//! | other error bursts, spikes, drifts, patterns | environment fault of an endpoint or a service | service, environment |
//! | regional outage | environment fault of an environment | environment |
//! | dependency failure | shared dependency | only services that use it |
//! | traffic drop | traffic change | service, environment |
//!
//! The first cause must name the same service and environment, and the endpoint where one was planted.

use std::time::Duration;

use hawkeye_diagnose::{Breadth, Diagnosis, IncidentVerdict, Member, Subject, VerdictKind};
use hawkeye_model::AnomalyKind;
use hawkeye_sim::{Planted, PlantedKind, RootCause};

/// An incident's effects may still be seen for so long after its end.
const AFTERMATH: Duration = Duration::from_secs(600);

/// Who uses the external services of the simulated shop.
const USERS: [(&str, &[&str]); 3] = [
    ("card-processor", &["payments"]),
    ("identity-provider", &["accounts"]),
    ("address-lookup", &["accounts", "shipping"]),
];

pub(crate) fn is_surge(member: &Member) -> bool {
    member.kind == AnomalyKind::Surge
}

fn is_near(planted: &Planted, member: &Member, after: Duration) -> bool {
    member.detected >= planted.from && member.onset <= planted.to.plus(after)
}

fn concerns(planted: &Planted, member: &Member) -> bool {
    planted.environment.as_ref().is_none_or(|it| it == member.series.environment())
}

/// Whether an anomaly is one that the incident or decoy must be expected to raise.
pub(crate) fn is_of(planted: &Planted, member: &Member) -> bool {
    let endpoint = member.series.endpoint();
    let is_affected = if planted.kind == PlantedKind::GoodDeployment {
        planted.service.as_ref() == Some(&endpoint.service)
    } else {
        planted.affected.contains(endpoint)
    };
    // What begins when an incident ends is its end.
    let is_during = planted.decoy || member.onset.plus(hawkeye_detect::WINDOW) <= planted.to;
    is_affected && concerns(planted, member) && is_near(planted, member, AFTERMATH) && is_during
}

/// Whether an anomaly may come from an incident: an outage sends its traffic everywhere else.
pub(crate) fn explains(planted: &Planted, member: &Member) -> bool {
    let is_here = planted.kind == PlantedKind::RegionalOutage || concerns(planted, member);
    is_here && is_near(planted, member, AFTERMATH * 3)
}

pub(crate) fn is_right(planted: &Planted, verdict: &IncidentVerdict) -> bool {
    let (kind, subject) = (verdict.kind, &verdict.subject);
    let narrow = [Breadth::Endpoint, Breadth::Service].contains(&verdict.breadth);
    match (planted.kind, &planted.root_cause) {
        (PlantedKind::BadDeployment, _) => {
            kind == VerdictKind::VersionFault
                && is_place(planted, subject)
                && subject.version.as_deref() == planted.version.as_deref()
        }
        (PlantedKind::ErrorBurst, RootCause::Instance(name)) => {
            kind == VerdictKind::InstanceFault
                && is_place(planted, subject)
                && subject.instance.as_deref() == Some(&**name)
        }
        (PlantedKind::RegionalOutage, _) => {
            kind == VerdictKind::EnvironmentFault
                && verdict.breadth == Breadth::Environment
                && is_place(planted, subject)
        }
        (PlantedKind::DependencyFailure, cause) => {
            kind == VerdictKind::SharedDependency && is_user(cause, subject)
        }
        (PlantedKind::TrafficDrop, _) => kind == VerdictKind::TrafficChange && is_place(planted, subject),
        _ => kind == VerdictKind::EnvironmentFault && narrow && is_place(planted, subject),
    }
}

pub(crate) fn is_first(planted: &Planted, diagnosis: &Diagnosis) -> bool {
    let Some(first) = diagnosis.causes.first() else { return false };
    match planted.kind {
        PlantedKind::DependencyFailure => is_user(&planted.root_cause, &first.subject),
        _ => {
            is_place(planted, &first.subject)
                && planted.endpoint.as_ref().is_none_or(|endpoint| {
                    first.subject.method.as_deref() == Some(&*endpoint.method)
                        && first.subject.route.as_deref() == Some(&*endpoint.route)
                })
        }
    }
}

/// The planted service and environment, as far as one was planted.
fn is_place(planted: &Planted, subject: &Subject) -> bool {
    subject.service.as_deref() == planted.service.as_deref()
        && subject.environment == planted.environment.as_ref().map(ToString::to_string)
}

/// Whether everything that a subject names uses the planted external service.
fn is_user(cause: &RootCause, subject: &Subject) -> bool {
    let users =
        USERS.iter().find(|(name, _)| Some(*name) == cause.name()).map_or(&[][..], |(_, users)| *users);
    match (&subject.service, &subject.dependency) {
        (Some(service), _) => users.contains(&service.as_str()),
        (None, Some(shared)) => {
            // "what accounts and shipping use"
            let names = shared.strip_prefix("what ").and_then(|rest| rest.strip_suffix(" use"));
            names.is_some_and(|names| {
                names.split(", ").flat_map(|part| part.split(" and ")).all(|name| users.contains(&name))
            })
        }
        (None, None) => false,
    }
}

/// Whether a traffic change is about requests that stay away.
pub(crate) fn falls(diagnosis: &Diagnosis) -> bool {
    diagnosis.verdict.sentence.contains("stay away")
}
