//! When two anomalies are one incident: how close in time, and how close in the system.
//!
//! | rule | how close in time |
//! |---|---|
//! | same series | the earlier open, or closed within [`RETURNS`] |
//! | one calls the other, same environment | both open at once, or within [`GRACE`]; onsets within [`CALL_ONSET`], [`CREEP_ONSET`] when both are slow |
//! | one calls another endpoint of the other's service, and neither calls anything odd | onsets within [`SERVICE_ONSET`] |
//! | same service and environment | onsets within [`SERVICE_ONSET`]; [`ABRUPT`] when each passes on what another calls |
//! | same service, environment and new version | both open at once, or within [`GRACE`] |
//! | same endpoint, another environment | onsets or detections within [`SHARED_ONSET`] |
//! | same service or caller, another environment | onsets within [`ABRUPT`] |
//! | [`OUTAGE_SERVICES`] services of one environment that do not call each other | onsets within [`ABRUPT`]; later ones within [`OUTAGE_ONSET`] |
//! | surges elsewhere during such an outage | onsets within [`OUTAGE_ONSET`] |
//! | several services, each in the same two environments or more | onsets within [`ABRUPT`] |

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{EndpointId, Environment, Signal, Timestamp};

use crate::graph::Kinship;
use crate::group::{Group, IncidentId, Member};
use crate::group_kin::Kin;

/// What was closed so recently may still be the same.
const GRACE: Duration = Duration::from_secs(15 * 60);

/// A series that is odd again so soon has the same trouble.
const RETURNS: Duration = Duration::from_secs(30 * 60);

/// Onsets that are the same moment, as far as windows of a minute tell.
const ABRUPT: Duration = Duration::from_secs(4 * 60);

/// What fails or stays away is felt by callers at once; slowness may creep up on them.
const CALL_ONSET: Duration = Duration::from_secs(60 * 60);
const CREEP_ONSET: Duration = Duration::from_secs(4 * 3_600);

/// Endpoints of one service with a common fault: rare ones show it later.
const SERVICE_ONSET: Duration = Duration::from_secs(60 * 60);

/// The same endpoint in several environments.
const SHARED_ONSET: Duration = Duration::from_secs(15 * 60);

/// What else an outage hits shows within this time.
const OUTAGE_ONSET: Duration = Duration::from_secs(20 * 60);

/// Services hit at once that make an outage of the environment.
pub(crate) const OUTAGE_SERVICES: usize = 3;

/// A failure is felt over so many calls.
pub(crate) const HOPS: usize = 4;

/// A new anomaly is compared with so many members of an incident, those that joined last, and with its own series.
const NEWEST: usize = 200;

/// Why an anomaly belongs to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tie {
    /// Smaller is stronger.
    pub(crate) rank: u8,
    /// Between the onsets of the anomaly and of the member that it is tied to.
    pub(crate) distance: Duration,
    /// Of that member.
    pub(crate) onset: Timestamp,
    pub(crate) why: String,
}

/// The groups that a new anomaly is tied to, each by its strongest tie.
pub(crate) fn ties(new: &Member, groups: &[&Group], kin: &Kin<'_>) -> Vec<(IncidentId, Tie)> {
    let outage = outage(new, groups, kin);
    let odd = OnceCell::new();
    let is_explained = |member: &Member| {
        let odd = odd.get_or_init(|| harmful(groups));
        let below = kin.below(member.series.endpoint_id());
        below.hops.keys().filter_map(|endpoint| odd.get(endpoint)).flatten().any(|other| {
            other.series.environment() == member.series.environment() && !is_over(other, member, GRACE)
        })
    };
    let new_explained = OnceCell::new();
    let is_new_explained = || *new_explained.get_or_init(|| is_explained(new));
    groups
        .iter()
        .filter_map(|group| {
            let (older, newest) = parted(group);
            let pairwise = older
                .iter()
                .filter(|known| known.series.id() == new.series.id())
                .chain(newest)
                .filter_map(|known| pair(new, known, kin, || is_new_explained() || is_explained(known)));
            let wide = outage_tie(new, group, &outage).or_else(|| spreading(new, group, kin));
            let tie = pairwise.chain(wide).min_by_key(|tie| (tie.rank, tie.distance, tie.onset))?;
            Some((group.id, tie))
        })
        .collect()
}

/// Older members and those that a new anomaly is compared with one by one.
fn parted(group: &Group) -> (&[Member], &[Member]) {
    group.members.split_at(group.members.len().saturating_sub(NEWEST))
}

/// What is odd by something else than a surge, by endpoint.
fn harmful<'a>(groups: &[&'a Group]) -> BTreeMap<EndpointId, Vec<&'a Member>> {
    let mut odd: BTreeMap<EndpointId, Vec<&Member>> = BTreeMap::new();
    for member in groups.iter().flat_map(|group| parted(group).1).filter(|member| !member.is_surge()) {
        odd.entry(member.series.endpoint_id()).or_default().push(member);
    }
    odd
}

fn apart(left: Timestamp, right: Timestamp) -> Duration {
    left.max(right).since(left.min(right))
}

/// Whether one was over for longer than `grace` before the other began.
fn is_over(left: &Member, right: &Member, grace: Duration) -> bool {
    let ended = |one: &Member, other: &Member| one.closed.is_some_and(|at| at.plus(grace) < other.onset);
    ended(left, right) || ended(right, left)
}

/// `explained` tells whether one of them calls something that is odd.
fn pair(new: &Member, known: &Member, kin: &Kin<'_>, explained: impl Fn() -> bool) -> Option<Tie> {
    let distance = apart(new.onset, known.onset);
    let tie = |rank, why: String| Some(Tie { rank, distance, onset: known.onset, why });
    let (here, there) = (&new.series, &known.series);
    if here.id() == there.id() {
        let is_same = !is_over(new, known, RETURNS)
            && (new.kind.signal() == known.kind.signal() || distance <= CALL_ONSET);
        return is_same.then(|| tie(0, format!("the same endpoint is odd ({}).", known.kind.as_str())))?;
    }
    // A surge is explained by what happens at its own endpoint, or by an outage; it explains nothing.
    if is_over(new, known, GRACE) || new.is_surge() || known.is_surge() {
        return None;
    }
    let (endpoint, other) = (here.endpoint(), there.endpoint());
    let same_service = endpoint.service == other.service;
    let kinship = kin.kinship(here.endpoint_id(), there.endpoint_id());
    if here.environment() == there.environment() {
        let creeps = |it: &Member| it.kind.signal() == Signal::Latency;
        let is_soon = distance <= if creeps(new) && creeps(known) { CREEP_ONSET } else { CALL_ONSET };
        return match kinship.filter(|_| is_soon) {
            Some(Kinship::Calls(_)) => tie(1, format!("it calls {other}, which is odd too.")),
            Some(Kinship::CalledBy(_)) => tie(1, format!("{other}, which is odd too, calls it.")),
            _ if same_service && new.version.is_some() && new.version == known.version => {
                tie(1, format!("the same new version of {} answers there.", endpoint.service))
            }
            None if distance <= SERVICE_ONSET
                && (uses(new, known, kin) || uses(known, new, kin))
                && !explained() =>
            {
                tie(2, format!("it shares a service with {other}: one calls what the other belongs to."))
            }
            _ if same_service && distance <= service_onset(new, known, kin, explained) => {
                tie(2, format!("{other} of the same service is odd since the same time."))
            }
            _ => None,
        };
    }
    let place = there.environment();
    // Slow endpoints with few requests tell their onset badly.
    let detected = if new.kind.signal() == known.kind.signal() {
        apart(new.detected, known.detected)
    } else {
        Duration::MAX
    };
    match kinship {
        Some(Kinship::Same) if distance.min(detected) <= SHARED_ONSET => {
            tie(2, format!("it is odd on {place} since the same time."))
        }
        Some(Kinship::Calls(_) | Kinship::CalledBy(_)) if distance <= ABRUPT => {
            tie(3, format!("{other} is odd on {place} since the same time."))
        }
        None if same_service && distance <= ABRUPT && !calls_strangers(new, known, kin) => {
            tie(3, format!("{other} of the same service is odd on {place} since the same time."))
        }
        _ => None,
    }
}

/// Endpoints of a service that pass on other services' faults have nothing to do with each other.
fn calls_strangers(left: &Member, right: &Member, kin: &Kin<'_>) -> bool {
    let below = |member: &Member| kin.below(member.series.endpoint_id());
    let (left, right) = (below(left), below(right));
    let (left, right) = (&left.hops, &right.hops);
    !left.is_empty() && !right.is_empty() && !left.keys().any(|it| right.contains_key(it))
}

/// Whether one calls another endpoint of the other's service.
fn uses(caller: &Member, callee: &Member, kin: &Kin<'_>) -> bool {
    let service = &callee.series.endpoint().service;
    kin.below(caller.series.endpoint_id()).services.contains(service)
}

fn service_onset(left: &Member, right: &Member, kin: &Kin<'_>, explained: impl Fn() -> bool) -> Duration {
    if !calls_strangers(left, right, kin) {
        return SERVICE_ONSET;
    }
    // Both may pass on the fault of a service that shows none yet.
    let below = |member: &Member| kin.below(member.series.endpoint_id());
    let is_behind = !below(left).services.is_disjoint(&below(right).services) && !explained();
    if is_behind { SERVICE_ONSET } else { ABRUPT }
}

/// Services of the anomaly's environment that are odd since the same moment and call none of each other; with the
/// members that show it. Empty when they are too few for an outage.
fn outage(new: &Member, groups: &[&Group], kin: &Kin<'_>) -> Hit {
    if new.is_surge() {
        return Hit::default();
    }
    let members = groups.iter().flat_map(|group| group.members.iter().map(|member| (Some(group.id), member)));
    let near: Vec<(Option<IncidentId>, &Member)> = members
        .chain([(None, new)])
        .filter(|(_, member)| {
            !member.is_surge()
                && member.series.environment() == new.series.environment()
                && apart(member.onset, new.onset) <= ABRUPT
        })
        .collect();
    let services = roots(near.iter().map(|(_, member)| *member), kin);
    if services.len() < OUTAGE_SERVICES {
        return Hit::default();
    }
    Hit { groups: near.iter().filter_map(|(id, _)| *id).collect(), services: services.len() }
}

#[derive(Default)]
struct Hit {
    groups: BTreeSet<IncidentId>,
    services: usize,
}

/// The services of those members that call no other of them.
fn roots<'a>(members: impl Iterator<Item = &'a Member>, kin: &Kin<'_>) -> BTreeSet<Arc<str>> {
    let endpoints: BTreeMap<_, _> =
        members.map(|member| (member.series.endpoint_id(), &member.series.endpoint().service)).collect();
    let calls_another = |from, service: &Arc<str>| {
        kin.below(from).hops.keys().any(|to| endpoints.get(to).is_some_and(|other| *other != service))
    };
    let roots = endpoints.iter().filter(|(from, service)| !calls_another(**from, service));
    roots.map(|(_, service)| Arc::clone(service)).collect()
}

fn outage_tie(new: &Member, group: &Group, hit: &Hit) -> Option<Tie> {
    let place = new.series.environment();
    let tie = |known: &Member, why| {
        Some(Tie { rank: 2, distance: apart(new.onset, known.onset), onset: known.onset, why })
    };
    let nearest = |is: &dyn Fn(&Member) -> bool| {
        let known = group.members.iter().filter(|known| !known.is_surge() && is(known));
        known.min_by_key(|known| (apart(new.onset, known.onset), known.anomaly))
    };
    if hit.groups.contains(&group.id) {
        let known = nearest(&|known| known.series.environment() == place)?;
        return tie(known, format!("{} services of {place} are odd since the same time.", hit.services));
    }
    let is_soon = |known: &Member| !known.is_surge() && apart(new.onset, known.onset) <= OUTAGE_ONSET;
    if !group.members.iter().any(is_soon) {
        return None;
    }
    let outage = struck(group)?;
    let known = nearest(&|known| *known.series.environment() == outage)?;
    let is_near = apart(new.onset, known.onset) <= OUTAGE_ONSET && !is_over(new, known, GRACE);
    if is_near && *place == outage {
        return tie(known, format!("many services of {place} are odd."));
    }
    let began = group.onset();
    if new.is_surge() && *place != outage && apart(new.onset, began) <= OUTAGE_ONSET {
        return tie(known, format!("its callers come from {outage}, where many services are odd."));
    }
    None
}

/// The environment in which many services of the group are odd since the same moment. Without the graph's help:
/// a group of one chain of calls rarely has so many services at all.
fn struck(group: &Group) -> Option<Environment> {
    const SERVICES: usize = 2 * OUTAGE_SERVICES;
    let mut services: BTreeMap<&Environment, BTreeSet<&Arc<str>>> = BTreeMap::new();
    for member in group.members.iter().filter(|member| !member.is_surge()) {
        let series = &member.series;
        services.entry(series.environment()).or_default().insert(&series.endpoint().service);
    }
    let most = services.into_iter().max_by_key(|(_, services)| services.len())?;
    (most.1.len() >= SERVICES).then(|| most.0.clone())
}

/// An anomaly in one of several environments that the group's fault hit at the same moment.
fn spreading(new: &Member, group: &Group, kin: &Kin<'_>) -> Option<Tie> {
    if new.is_surge() || !kin.below(new.series.endpoint_id()).hops.is_empty() {
        return None;
    }
    let near =
        group.members.iter().filter(|known| !known.is_surge() && apart(known.onset, new.onset) <= ABRUPT);
    let known: Vec<&Member> = near.collect();
    let places: BTreeSet<&Environment> = known.iter().map(|known| known.series.environment()).collect();
    let first = known.first()?;
    (places.len() >= 2 && places.contains(new.series.environment())).then(|| Tie {
        rank: 4,
        distance: apart(first.onset, new.onset),
        onset: first.onset,
        why: format!("{} environments are hit since the same time.", places.len()),
    })
}

/// Whether two incidents hit the same several environments at the same moment.
pub(crate) fn is_same(left: &Group, right: &Group) -> Option<String> {
    let places = |group: &Group| -> BTreeSet<Environment> {
        let onset = group.onset();
        let near = group.members.iter().filter(|it| !it.is_surge() && apart(it.onset, onset) <= ABRUPT);
        near.map(|member| member.series.environment().clone()).collect()
    };
    let both = places(left).intersection(&places(right)).count();
    (apart(left.onset(), right.onset()) <= ABRUPT && both >= 2)
        .then(|| format!("Both hit the same {both} environments since the same time."))
}
