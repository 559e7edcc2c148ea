//! Sessions as sequences of places, and how often places follow each other in them. What counts as a journey belongs to
//! [`super::discovery`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::discovery::{Candidate, Limits};
use super::sessions::{Visit, sessions, sorted};

/// People do not call so many endpoints in a row; programs do, and their order says nothing.
const SESSION_VISITS_MAX: usize = 80;
/// Places that are told apart, the most visited: pairs of them are counted.
const PLACES_MAX: usize = 1_000;
/// Gaps that a median is taken of.
const GAPS_MAX: usize = 10_000;

/// Where a prefix ends in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) session: u32,
    /// Among the stops of all sessions.
    pub(super) position: u32,
}

#[derive(Debug, Clone, Copy)]
struct Stop {
    place: u32,
    /// Of all visits, those to the place.
    share: f32,
    at_ms: i64,
}

#[derive(Debug, Clone, Copy)]
struct Session {
    key: u64,
    /// Of its stops among those of all sessions.
    end: usize,
    /// Visits of the key a millisecond, sessions and pauses together.
    rate: f64,
}

/// All sessions that go through two places or more.
#[derive(Debug)]
pub(super) struct Sequences {
    stops: Vec<Stop>,
    sessions: Vec<Session>,
    between_max: usize,
    chance_max: f64,
    /// Sessions in which one place comes soon after another.
    pairs: HashMap<(u32, u32), u32>,
    /// By place: stops after which it comes soon.
    soon: HashMap<u32, u32>,
}

/// Different sessions of sorted matches.
pub(super) fn sessions_of(matches: &[Match]) -> u64 {
    matches.chunk_by(|one, next| one.session == next.session).count() as u64
}

impl Sequences {
    pub(super) fn new(visits: &[Visit], limits: &Limits) -> Self {
        let visits = sorted(visits);
        let places = most_visited(&visits);
        let of_keys = counts(visits.iter().map(|visit| visit.key));
        let times = || visits.iter().map(|visit| visit.at_ms);
        let span_ms = times().max().zip(times().min()).map_or(0, |(last, first)| last.saturating_sub(first));
        let span_ms = span_ms.max(limits.gap_ms).max(1) as f64;
        let mut all = Self {
            stops: Vec::new(),
            sessions: Vec::new(),
            between_max: limits.between_max,
            chance_max: limits.chance_max,
            pairs: HashMap::new(),
            soon: HashMap::new(),
        };
        for session in sessions(&visits, limits) {
            let start = all.stops.len();
            for visit in session {
                let Some(&share) = places.get(&visit.place) else { continue };
                let last = all.stops.get(start..).and_then(<[Stop]>::last);
                // A repeat is a retry, a reload or a poll: still the same step.
                if last.is_none_or(|last| last.place != visit.place) {
                    all.stops.push(Stop { place: visit.place, share, at_ms: visit.at_ms });
                }
            }
            let length = all.stops.len() - start;
            if (2..=SESSION_VISITS_MAX).contains(&length) {
                let key = session[0].key;
                let rate = of_keys.get(&key).map_or(0.0, |&visits| visits as f64 / span_ms);
                all.sessions.push(Session { key, end: all.stops.len(), rate });
            } else {
                all.stops.truncate(start);
            }
        }
        all.count_pairs();
        all
    }

    fn count_pairs(&mut self) {
        let mut of_session = BTreeSet::new();
        let mut after = BTreeSet::new();
        for session in 0..self.sessions.len() {
            of_session.clear();
            for position in self.start(session)..self.sessions[session].end {
                let it = Match { session: session as u32, position: position as u32 };
                let place = self.stops[position].place;
                after.clear();
                after.extend(self.after(it).map(|(next, _)| next).filter(|next| *next != place));
                of_session.extend(after.iter().map(|next| (place, *next)));
                after.iter().for_each(|next| *self.soon.entry(*next).or_default() += 1);
            }
            of_session.iter().for_each(|pair| *self.pairs.entry(*pair).or_default() += 1);
        }
    }

    fn start(&self, session: usize) -> usize {
        session.checked_sub(1).and_then(|before| self.sessions.get(before)).map_or(0, |it| it.end)
    }

    pub(super) fn count(&self) -> usize {
        self.sessions.len()
    }

    /// Every place with all its stops.
    pub(super) fn roots(&self) -> BTreeMap<u32, Vec<Match>> {
        let mut roots: BTreeMap<u32, Vec<Match>> = BTreeMap::new();
        for session in 0..self.sessions.len() {
            for position in self.start(session)..self.sessions[session].end {
                let it = Match { session: session as u32, position: position as u32 };
                roots.entry(self.stops[position].place).or_default().push(it);
            }
        }
        roots
    }

    /// The next few stops of the same session, those left out that the key may have come to by chance: somebody who is
    /// always around will be everywhere some time after anything.
    pub(super) fn after(&self, it: Match) -> impl Iterator<Item = (u32, Match)> + '_ {
        let (end, rate) = self.sessions.get(it.session as usize).map_or((0, 0.0), |it| (it.end, it.rate));
        let here = it.position as usize;
        let to = (here + self.between_max + 2).min(end);
        let is_prompt = move |&position: &usize| {
            let (from, stop) = (self.stops[here], self.stops[position]);
            let gap_ms = stop.at_ms.saturating_sub(from.at_ms) as f64;
            rate * f64::from(stop.share) * gap_ms <= self.chance_max
        };
        (here + 1..to).filter(is_prompt).map(move |position| {
            (self.stops[position].place, Match { session: it.session, position: position as u32 })
        })
    }

    /// Share of all stops after which this place comes soon.
    pub(super) fn usual(&self, place: u32) -> f64 {
        f64::from(self.soon.get(&place).copied().unwrap_or(0)) / self.stops.len().max(1) as f64
    }

    /// Sessions in which `next` comes soon after `place`.
    pub(super) fn pairs(&self, place: u32, next: u32) -> u32 {
        self.pairs.get(&(place, next)).copied().unwrap_or(0)
    }

    /// Sessions that go on from these matches through all places in order.
    pub(super) fn support(&self, from: &[Match], places: &[u32]) -> u64 {
        let mut ends = from.to_vec();
        for place in places {
            let next = ends.iter().flat_map(|&end| self.after(end));
            ends = next.filter(|next| next.0 == *place).map(|next| next.1).collect();
            ends.sort_unstable();
            ends.dedup();
        }
        sessions_of(&ends)
    }

    pub(super) fn candidate(
        &self,
        places: Vec<u32>,
        step_support: Vec<u64>,
        matches: &[Match],
        examples_max: usize,
    ) -> Candidate {
        let ends: Vec<Match> = matches
            .chunk_by(|one, next| one.session == next.session)
            .map(|of_session| of_session[0])
            .collect();
        let mut newest: Vec<&Match> = ends.iter().collect();
        newest.sort_by_key(|it| (std::cmp::Reverse(self.stops[it.position as usize].at_ms), it.session));
        let key = |it: &&Match| self.sessions[it.session as usize].key;
        let examples = newest.iter().take(examples_max).map(key).collect();
        let mut gaps: Vec<i64> =
            ends.iter().flat_map(|end| self.gaps(&places, *end)).take(GAPS_MAX).collect();
        gaps.sort_unstable();
        Candidate {
            support: step_support.last().copied().unwrap_or(0),
            starts: step_support.first().copied().unwrap_or(0),
            step_support,
            median_gap_ms: gaps.get(gaps.len() / 2).copied().unwrap_or(0),
            examples,
            places,
        }
    }

    /// Times between the steps of one session, found backwards from its end.
    fn gaps(&self, places: &[u32], end: Match) -> Vec<i64> {
        let start = self.start(end.session as usize);
        let mut position = end.position as usize;
        let mut gaps = Vec::new();
        for place in places.iter().rev().skip(1) {
            let Some(before) = (start..position).rev().find(|&at| self.stops[at].place == *place) else {
                break;
            };
            gaps.push(self.stops[position].at_ms.saturating_sub(self.stops[before].at_ms));
            position = before;
        }
        gaps
    }
}

/// The most visited places, each with its share of all visits.
fn most_visited(visits: &[Visit]) -> HashMap<u32, f32> {
    let mut places: Vec<(u32, usize)> = counts(visits.iter().map(|visit| visit.place)).into_iter().collect();
    places.sort_unstable_by_key(|&(place, count)| (std::cmp::Reverse(count), place));
    let share = |count: usize| count as f32 / visits.len().max(1) as f32;
    places.into_iter().take(PLACES_MAX).map(|(place, count)| (place, share(count))).collect()
}

fn counts<T: Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    all.for_each(|it| *counts.entry(it).or_default() += 1);
    counts
}
