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
    at_ms: i64,
}

/// All sessions that go through two places or more.
#[derive(Debug)]
pub(super) struct Sequences {
    stops: Vec<Stop>,
    /// By session: its key and the end of its stops.
    sessions: Vec<(u64, usize)>,
    between_max: usize,
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
        let mut all = Self {
            stops: Vec::new(),
            sessions: Vec::new(),
            between_max: limits.between_max,
            pairs: HashMap::new(),
            soon: HashMap::new(),
        };
        for session in sessions(&visits, limits) {
            let start = all.stops.len();
            for visit in session.iter().filter(|visit| places.contains(&visit.place)) {
                let last = all.stops.get(start..).and_then(<[Stop]>::last);
                // A repeat is a retry, a reload or a poll: still the same step.
                if last.is_none_or(|last| last.place != visit.place) {
                    all.stops.push(Stop { place: visit.place, at_ms: visit.at_ms });
                }
            }
            let length = all.stops.len() - start;
            if (2..=SESSION_VISITS_MAX).contains(&length) {
                all.sessions.push((session[0].key, all.stops.len()));
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
            for position in self.start(session)..self.sessions[session].1 {
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
        session.checked_sub(1).and_then(|before| self.sessions.get(before)).map_or(0, |it| it.1)
    }

    pub(super) fn count(&self) -> usize {
        self.sessions.len()
    }

    /// Every place with all its stops.
    pub(super) fn roots(&self) -> BTreeMap<u32, Vec<Match>> {
        let mut roots: BTreeMap<u32, Vec<Match>> = BTreeMap::new();
        for session in 0..self.sessions.len() {
            for position in self.start(session)..self.sessions[session].1 {
                let it = Match { session: session as u32, position: position as u32 };
                roots.entry(self.stops[position].place).or_default().push(it);
            }
        }
        roots
    }

    /// The next few stops of the same session.
    pub(super) fn after(&self, it: Match) -> impl Iterator<Item = (u32, Match)> + '_ {
        let end = self.sessions.get(it.session as usize).map_or(0, |session| session.1);
        let from = it.position as usize + 1;
        let to = (from + self.between_max + 1).min(end);
        (from..to).map(move |position| {
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
        let key = |it: &&Match| self.sessions[it.session as usize].0;
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

fn most_visited(visits: &[Visit]) -> BTreeSet<u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    visits.iter().for_each(|visit| *counts.entry(visit.place).or_default() += 1);
    let mut places: Vec<(usize, u32)> = counts.into_iter().map(|(place, count)| (count, place)).collect();
    places.sort_unstable_by_key(|&(count, place)| (std::cmp::Reverse(count), place));
    places.into_iter().take(PLACES_MAX).map(|(_, place)| place).collect()
}
