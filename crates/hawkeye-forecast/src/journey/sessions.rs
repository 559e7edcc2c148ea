//! Visits of one key, cut where nothing came for a while.

use super::Limits;

/// Visits that are looked at, newest first: a day of a busy shop, about 64 MiB.
const VISITS_MAX: usize = 2_000_000;

/// Somebody called an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Who: a hash of whatever stays the same during a session.
    pub key: u64,
    pub at_ms: i64,
    /// Index of the endpoint.
    pub place: u32,
    /// Answered well enough to go on.
    pub is_ok: bool,
}

/// Sorts visits by key and time, and keeps the newest if there are too many.
pub(super) fn sorted(visits: &[Visit]) -> Vec<Visit> {
    let mut visits = visits.to_vec();
    if visits.len() > VISITS_MAX {
        let surplus = visits.len() - VISITS_MAX;
        visits.select_nth_unstable_by_key(surplus, |visit| visit.at_ms);
        visits.drain(..surplus);
    }
    visits.sort_by_key(|visit| (visit.key, visit.at_ms));
    visits
}

/// The sessions of sorted visits.
pub(super) fn sessions<'a>(sorted: &'a [Visit], limits: &Limits) -> impl Iterator<Item = &'a [Visit]> + 'a {
    let gap_ms = limits.gap_ms;
    sorted.chunk_by(move |one, next| one.key == next.key && next.at_ms.saturating_sub(one.at_ms) <= gap_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(visits: &[(u64, i64)], expected: &[usize]) {
        let visits: Vec<Visit> =
            visits.iter().map(|&(key, at_ms)| Visit { key, at_ms, place: 0, is_ok: true }).collect();
        let limits = Limits { gap_ms: 10, ..Limits::default() };
        let lengths: Vec<usize> = sessions(&sorted(&visits), &limits).map(<[Visit]>::len).collect();
        assert_eq!(lengths, expected);
    }

    #[test]
    fn a_session_ends_where_nothing_comes_for_a_while() {
        check(&[], &[]);
        check(&[(1, 0), (1, 10), (1, 21)], &[2, 1]);
        check(&[(1, 21), (2, 5), (1, 0), (1, 10)], &[2, 1, 1]);
        check(&[(1, i64::MIN), (1, i64::MAX)], &[1, 1]);
    }
}
