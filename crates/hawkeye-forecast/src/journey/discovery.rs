//! Which journeys people walk, read from sessions.
//!
//! Sequences grow place by place (PrefixSpan with a bounded gap): a place follows a prefix when it comes within the next
//! few visits of enough sessions, more often than after any visit (odds ratio), and seldom the other way round. Other
//! visits in between, repeats and retries do no harm. A sequence that nothing follows is proposed, unless most people come
//! from elsewhere, or it is a part of another proposal that about as many walk.

use std::collections::BTreeMap;

use super::sequences::{Match, Sequences, sessions_of};
use super::sessions::Visit;

/// Looks at a visit that one search may take, about a second: the most walked places are searched first.
const WORK_MAX: usize = 100_000_000;
/// Places that may follow one prefix.
const BRANCHES_MAX: usize = 8;
/// Sequences that are compared with each other at the end.
const FOUND_MAX: usize = 500;

/// How journeys are told from noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// A session is over when nothing came for so long: the usual half an hour.
    pub gap_ms: i64,
    /// Other visits between two steps.
    pub between_max: usize,
    pub steps_min: usize,
    pub steps_max: usize,
    /// Sessions that must have done all steps in order.
    pub support_min: u64,
    /// The same as a share of all sessions with two places or more.
    pub support_share_min: f64,
    /// Share of those who came so far that must go on to a step.
    pub confidence_min: f64,
    /// Odds of a step after those before it against the odds of the step after any visit.
    pub odds_ratio_min: f64,
    /// A step comes sooner than the key would come there by chance: expected visits of the place until then.
    pub chance_max: f64,
    /// Sessions that go from one step to the next must outnumber those that go back by so many standard deviations:
    /// where everything is called at random, both are equally many.
    pub direction_min: f64,
    /// Share of those who walk all but the first step that must have walked the first: else it is no part of the way.
    pub origin_min: f64,
    /// A part of a proposal is no proposal unless this many times as many walk it.
    pub similar_max: f64,
    pub candidates_max: usize,
    pub examples_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            gap_ms: 30 * 60_000,
            between_max: 3,
            steps_min: 2,
            steps_max: 8,
            support_min: 20,
            support_share_min: 0.003,
            confidence_min: 0.1,
            odds_ratio_min: 2.0,
            chance_max: 0.1,
            direction_min: 4.0,
            origin_min: 0.2,
            similar_max: 1.6,
            candidates_max: 20,
            examples_max: 3,
        }
    }
}

/// A path that many people walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub places: Vec<u32>,
    /// Sessions that did all steps in order.
    pub support: u64,
    /// Sessions that did the first step.
    pub starts: u64,
    /// Sessions that came so far, for each step; the first is `starts`, the last `support`.
    pub step_support: Vec<u64>,
    /// Between two steps.
    pub median_gap_ms: i64,
    /// Keys of sessions that did all steps, the newest first.
    pub examples: Vec<u64>,
}

/// A prefix with all places in sessions where it ends.
struct Node {
    places: Vec<u32>,
    step_support: Vec<u64>,
    matches: Vec<Match>,
}

/// Proposes journeys, the most walked first. Visits need no order.
#[must_use]
pub fn discover(visits: &[Visit], limits: &Limits) -> Vec<Candidate> {
    let sequences = Sequences::new(visits, limits);
    let share = limits.support_share_min.clamp(0.0, 1.0) * sequences.count() as f64;
    let support_min = limits.support_min.max(share as u64).max(1);
    let mut search = Search { sequences: &sequences, limits, support_min, work: 0, found: Vec::new() };
    let roots = sequences.roots();
    let mut by_visits: Vec<(&u32, &Vec<Match>)> = roots.iter().collect();
    by_visits.sort_by_key(|(place, matches)| (std::cmp::Reverse(matches.len()), **place));
    for (&place, matches) in by_visits {
        let support = sessions_of(matches);
        if support >= support_min {
            let matches = matches.clone();
            search.walk(Node { places: vec![place], step_support: vec![support], matches });
        }
    }
    let mut found = search.found;
    found.retain(|node| has_origin(node, &sequences, &roots, limits));
    let mut kept = without_parts(found, limits);
    kept.truncate(limits.candidates_max);
    kept.into_iter()
        .map(|node| sequences.candidate(node.places, node.step_support, &node.matches, limits.examples_max))
        .collect()
}

/// Where one place follows a prefix.
#[derive(Default)]
struct Followers {
    matches: Vec<Match>,
    /// Ends of the prefix that it follows.
    from: usize,
    last_from: Option<usize>,
}

impl Followers {
    fn add(&mut self, from: usize, follower: Match) {
        self.matches.push(follower);
        self.from += usize::from(self.last_from != Some(from));
        self.last_from = Some(from);
    }
}

struct Search<'a> {
    sequences: &'a Sequences,
    limits: &'a Limits,
    support_min: u64,
    work: usize,
    found: Vec<Node>,
}

impl Search<'_> {
    /// Follows a prefix to all its ends; the depth is that of a journey.
    fn walk(&mut self, node: Node) {
        let next = if node.places.len() < self.limits.steps_max { self.next(&node) } else { Vec::new() };
        if next.is_empty() {
            if node.places.len() >= self.limits.steps_min.max(2) && self.found.len() < FOUND_MAX {
                self.found.push(node);
            }
            return;
        }
        for (place, matches) in next {
            let mut longer = Node {
                places: node.places.clone(),
                step_support: node.step_support.clone(),
                matches: Vec::new(),
            };
            longer.places.push(place);
            longer.step_support.push(sessions_of(&matches));
            longer.matches = matches;
            self.walk(longer);
        }
    }

    /// The places that follow a prefix, the most visited first.
    fn next(&mut self, node: &Node) -> Vec<(u32, Vec<Match>)> {
        if self.work >= WORK_MAX {
            return Vec::new();
        }
        self.work += node.matches.len() * (self.limits.between_max + 1);
        let mut followers: BTreeMap<u32, Followers> = BTreeMap::new();
        for (at, it) in node.matches.iter().enumerate() {
            for (place, follower) in self.sequences.after(*it) {
                if !node.places.contains(&place) {
                    followers.entry(place).or_default().add(at, follower);
                }
            }
        }
        let came = node.step_support.last().copied().unwrap_or(0);
        let last = node.places.last().copied().unwrap_or(0);
        let mut next: Vec<(u32, Vec<Match>)> = followers
            .into_iter()
            .filter_map(|(place, Followers { mut matches, from, .. })| {
                matches.sort_unstable();
                matches.dedup();
                let share = from as f64 / node.matches.len().max(1) as f64;
                let follows = self.follows(last, place, (came, sessions_of(&matches)), share);
                follows.then_some((place, matches))
            })
            .collect();
        next.sort_by_key(|(place, matches)| (std::cmp::Reverse(sessions_of(matches)), *place));
        next.truncate(BRANCHES_MAX);
        without_later(next)
    }

    /// `came` sessions got so far and `went` of them on to the place; `share` is that of the ends of the prefix after
    /// which the place comes, because a long session has many of them.
    fn follows(&self, last: u32, place: u32, (came, went): (u64, u64), share: f64) -> bool {
        let limits = self.limits;
        if went < self.support_min || (went as f64) < limits.confidence_min * came as f64 {
            return false;
        }
        let odds = |share: f64| share / (1.0 - share).max(1e-6);
        let usual = odds(self.sequences.usual(place));
        let (forth, back) = (self.sequences.pairs(last, place), self.sequences.pairs(place, last));
        let (forth, back) = (f64::from(forth), f64::from(back));
        odds(share) >= limits.odds_ratio_min * usual
            && forth - back >= limits.direction_min * (forth + back).sqrt()
    }
}

/// Leaves out followers that most sessions reach through another follower: they are its steps, not this one's.
fn without_later(next: Vec<(u32, Vec<Match>)>) -> Vec<(u32, Vec<Match>)> {
    let is_later: Vec<bool> = (0..next.len())
        .map(|later| {
            (0..next.len()).any(|sooner| {
                let through = came_before(&next[sooner].1, &next[later].1);
                let other_way = came_before(&next[later].1, &next[sooner].1);
                let support = sessions_of(&next[later].1);
                sooner != later && 2 * through >= support && through > 2 * other_way
            })
        })
        .collect();
    next.into_iter().zip(is_later).filter(|(_, is_later)| !is_later).map(|(it, _)| it).collect()
}

/// Sessions of `later` in which `sooner` came first. Both are sorted.
fn came_before(sooner: &[Match], later: &[Match]) -> u64 {
    let mut firsts = sooner.chunk_by(|one, next| one.session == next.session).peekable();
    let mut count = 0;
    for of_session in later.chunk_by(|one, next| one.session == next.session) {
        while firsts.next_if(|it| it[0].session < of_session[0].session).is_some() {}
        let first = firsts.peek().filter(|it| it[0].session == of_session[0].session);
        let last = of_session[of_session.len() - 1].position;
        count += u64::from(first.is_some_and(|it| it[0].position < last));
    }
    count
}

/// Whether the first step is where people come from, and not just something that some of them did before.
fn has_origin(
    node: &Node,
    sequences: &Sequences,
    roots: &BTreeMap<u32, Vec<Match>>,
    limits: &Limits,
) -> bool {
    let second = node.places.get(1).and_then(|place| roots.get(place)).map_or(&[] as &[Match], Vec::as_slice);
    let without_first = sequences.support(second, node.places.get(2..).unwrap_or(&[])) as f64;
    let support = node.step_support.last().copied().unwrap_or(0) as f64;
    support >= limits.origin_min * without_first
}

/// Keeps what is no part of something that about as many people walk.
fn without_parts(mut found: Vec<Node>, limits: &Limits) -> Vec<Node> {
    let support = |node: &Node| node.step_support.last().copied().unwrap_or(0);
    found.sort_by_key(|node| (std::cmp::Reverse(node.places.len()), std::cmp::Reverse(support(node))));
    let mut kept: Vec<Node> = Vec::new();
    for node in found {
        let is_part = kept.iter().any(|whole| {
            is_subsequence(&node.places, &whole.places)
                && support(&node) as f64 <= limits.similar_max * support(whole) as f64
        });
        if !is_part {
            kept.push(node);
        }
    }
    kept.sort_by(|one, other| support(other).cmp(&support(one)).then(one.places.cmp(&other.places)));
    kept
}

fn is_subsequence(part: &[u32], whole: &[u32]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|place| rest.any(|it| it == place))
}

#[cfg(test)]
mod tests;
