//! Who called whom, from the requests of a trace: what a request did itself, and whether a failure is its own.
//!
//! ```text
//! caller   the request that the parent id names; else the shortest request of the trace around it
//! own time duration - |union of the callees' times within it|
//! own      a server error without a failed call below it
//! ```
//!
//! Client spans between two services are not kept, so a parent id often names a span that nobody has. Then time
//! decides: a caller waits for its calls, so their times lie within its own.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use hawkeye_model::{Outcome, Request, RequestKind, SpanId, TraceId};

/// Clocks of two machines differ by this much at most; more would hang calls under strangers.
const CLOCK_SKEW_US: i64 = 5_000;

/// Requests of one trace among which time is asked for callers; it costs their square.
const TRACE_MAX: usize = 1_000;

/// What linking tells of one request. Requests without a trace have neither caller nor own time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Call {
    /// The position of the request that made this call.
    pub caller: Option<usize>,
    /// Time that no call below it accounts for.
    pub own_us: Option<u64>,
    pub failure: Failure,
}

/// Whose failure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Failure {
    /// It worked, or the caller was wrong.
    #[default]
    None,
    /// No call below it failed.
    Own,
    /// A call below it failed.
    Upstream,
    /// It failed, and without a trace nobody knows why.
    Unknown,
}

/// Links the requests of each trace; the answer has the order of the requests.
pub fn link<R: Borrow<Request>>(requests: &[R]) -> Vec<Call> {
    let mut calls = vec![Call::default(); requests.len()];
    let mut traces: BTreeMap<TraceId, Vec<usize>> = BTreeMap::new();
    for (at, request) in requests.iter().enumerate() {
        let request = request.borrow();
        if request.trace_id.is_empty() {
            let failed = request.outcome == Outcome::ServerError;
            calls[at].failure = if failed { Failure::Unknown } else { Failure::None };
        } else {
            traces.entry(request.trace_id).or_default().push(at);
        }
    }
    for members in traces.values() {
        link_trace(requests, members, &mut calls);
    }
    calls
}

fn link_trace<R: Borrow<Request>>(requests: &[R], members: &[usize], calls: &mut [Call]) {
    let mut by_span: BTreeMap<SpanId, usize> = BTreeMap::new();
    for &at in members {
        by_span.entry(requests[at].borrow().span_id).or_insert(at);
    }
    for &at in members {
        let parent = requests[at].borrow().parent_span_id;
        let named = by_span.get(&parent).copied().filter(|&caller| !parent.is_empty() && caller != at);
        calls[at].caller = named.or_else(|| enclosing(requests, members, at));
    }
    cut_cycles(requests, members, calls);

    let mut callees: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &at in members {
        if let Some(caller) = calls[at].caller {
            callees.entry(caller).or_default().push(at);
        }
    }
    for &at in members {
        let below = callees.get(&at).map_or(&[][..], Vec::as_slice);
        let request = requests[at].borrow();
        calls[at].own_us = Some(own_us(requests, request, below));
        if request.outcome == Outcome::ServerError {
            // Nobody waits for what was put into a queue.
            let failed = below
                .iter()
                .map(|&call| requests[call].borrow())
                .any(|call| call.outcome == Outcome::ServerError && call.kind != RequestKind::Consumer);
            calls[at].failure = if failed { Failure::Upstream } else { Failure::Own };
        }
    }
}

/// The shortest other request around this one. Only longer ones count, or of equal length earlier ones: so no two
/// enclose each other.
fn enclosing<R: Borrow<Request>>(requests: &[R], members: &[usize], at: usize) -> Option<usize> {
    if members.len() > TRACE_MAX {
        return None;
    }
    let inner = requests[at].borrow();
    let (start_us, end_us) = span_us(inner);
    let around = members.iter().copied().filter(|&other| {
        let outer = requests[other].borrow();
        let (from_us, to_us) = span_us(outer);
        other != at
            && outer.series.endpoint_id() != inner.series.endpoint_id()
            && (outer.duration_us, at) > (inner.duration_us, other)
            && from_us.saturating_sub(CLOCK_SKEW_US) <= start_us
            && end_us <= to_us.saturating_add(CLOCK_SKEW_US)
    });
    around.min_by_key(|&other| (requests[other].borrow().duration_us, other))
}

fn span_us(request: &Request) -> (i64, i64) {
    let start_us = request.start.micros();
    (start_us, start_us.saturating_add_unsigned(request.duration_us))
}

/// Wrong ids can make a request its own caller; such a ring is cut at its longest member. Each request is walked over
/// once: a walk ends where an earlier one has been, and only one that comes back to itself has found a ring.
fn cut_cycles<R: Borrow<Request>>(requests: &[R], members: &[usize], calls: &mut [Call]) {
    let mut walks: HashMap<usize, usize> = HashMap::with_capacity(members.len());
    for &start in members {
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| !walks.contains_key(at)) {
            walks.insert(at, start);
            next = calls[at].caller;
        }
        let Some(meets) = next.filter(|at| walks.get(at) == Some(&start)) else { continue };
        let (mut ring, mut next) = (vec![meets], calls[meets].caller);
        while let Some(at) = next.filter(|&at| at != meets) {
            ring.push(at);
            next = calls[at].caller;
        }
        let length = |&at: &usize| (requests[at].borrow().duration_us, requests[at].borrow().span_id);
        if let Some(longest) = ring.into_iter().max_by_key(length) {
            calls[longest].caller = None;
        }
    }
}

fn own_us<R: Borrow<Request>>(requests: &[R], request: &Request, below: &[usize]) -> u64 {
    let (start_us, end_us) = span_us(request);
    let mut spans: Vec<(i64, i64)> = below
        .iter()
        .map(|&call| span_us(requests[call].borrow()))
        .map(|(from_us, to_us)| (from_us.clamp(start_us, end_us), to_us.clamp(start_us, end_us)))
        .collect();
    spans.sort_unstable();
    let (mut waited_us, mut covered_us) = (0, start_us);
    for (from_us, to_us) in spans {
        let from_us = from_us.max(covered_us);
        if to_us > from_us {
            waited_us += to_us.abs_diff(from_us);
            covered_us = to_us;
        }
    }
    request.duration_us.saturating_sub(waited_us)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hawkeye_model::{Endpoint, Environment, Provider, Series, Timestamp};
    use proptest::prelude::*;

    use super::*;

    /// Span id, parent id, service, start and end in ms, status.
    type Row = (u8, u8, &'static str, i64, i64, u16);

    fn request(&(span, parent, service, start_ms, end_ms, status): &Row) -> Request {
        let endpoint = Endpoint { service: service.into(), method: "GET".into(), route: "/".into() };
        let series = Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "")));
        let duration_us = u64::try_from((end_ms - start_ms) * 1_000).unwrap();
        let id = |id: u8| SpanId([id; 8]);
        Request {
            trace_id: TraceId([1; 16]),
            span_id: id(span),
            parent_span_id: id(parent),
            ..Request::new(Timestamp::from_millis(start_ms), duration_us, series, status)
        }
    }

    /// Expects caller, own milliseconds and failure of each.
    fn check(rows: &[Row], expected: &[(Option<usize>, u64, Failure)]) {
        let requests: Vec<Request> = rows.iter().map(request).collect();
        let found: Vec<_> =
            link(&requests).iter().map(|it| (it.caller, it.own_us.unwrap() / 1_000, it.failure)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn own_time_is_what_no_call_accounts_for() {
        use Failure::None as Fine;
        check(
            &[(1, 0, "a", 0, 100, 200), (2, 1, "b", 10, 50, 200), (3, 1, "c", 40, 80, 200)],
            &[(None, 30, Fine), (Some(0), 40, Fine), (Some(0), 40, Fine)],
        );
    }

    #[test]
    fn a_failure_belongs_to_the_lowest_that_failed() {
        use Failure::{Own, Upstream};
        check(
            &[(1, 0, "a", 0, 100, 502), (2, 1, "b", 10, 50, 502), (3, 2, "c", 20, 40, 500)],
            &[(None, 60, Upstream), (Some(0), 20, Upstream), (Some(1), 20, Own)],
        );
    }

    #[test]
    fn time_finds_the_caller_when_the_parent_is_missing() {
        use Failure::None as Fine;
        check(
            &[(1, 0, "a", 0, 100, 200), (2, 91, "b", 20, 60, 200), (3, 92, "c", 8, 40, 200)],
            &[(None, 48, Fine), (Some(0), 40, Fine), (Some(0), 32, Fine)],
        );
        check(
            &[(3, 92, "c", 20, 54, 200), (2, 91, "b", 10, 50, 200), (1, 0, "a", 0, 100, 200)],
            &[(Some(1), 34, Fine), (Some(2), 10, Fine), (None, 60, Fine)],
        );
    }

    #[test]
    fn ids_that_form_a_ring_are_cut() {
        use Failure::None as Fine;
        check(&[(1, 2, "a", 0, 10, 200), (2, 1, "b", 0, 9, 200)], &[(None, 1, Fine), (Some(0), 9, Fine)]);
    }

    /// Spans that each name the one after them, and the last one that of the given position.
    fn long(spans: usize, last: Option<usize>) -> Vec<Request> {
        let id = |at: usize| SpanId((u64::try_from(at).unwrap() + 1).to_be_bytes());
        let parent = |at: usize| if at + 1 < spans { Some(at + 1) } else { last };
        let one = request(&(1, 0, "a", 0, 10, 200));
        let made = (0..spans).map(|at| Request {
            span_id: id(at),
            parent_span_id: parent(at).map(id).unwrap_or_default(),
            ..one.clone()
        });
        made.collect()
    }

    #[test]
    fn long_chains_take_no_time() {
        const SPANS: usize = 100_000;
        let callers = |requests: &[Request]| link(requests).iter().filter(|it| it.caller.is_some()).count();
        assert_eq!(callers(&long(SPANS, None)), SPANS - 1);
        // The last two call each other.
        assert_eq!(callers(&long(SPANS, Some(SPANS - 2))), SPANS - 1);
    }

    #[test]
    fn without_a_trace_nothing_is_known() {
        let mut alone = request(&(1, 0, "a", 0, 10, 500));
        alone.trace_id = TraceId::default();
        assert_eq!(link(&[alone]), [Call { failure: Failure::Unknown, ..Call::default() }]);
    }

    proptest! {
        #[test]
        fn the_order_of_requests_does_not_matter(
            rows in proptest::collection::vec((0..9_u8, 0_usize..4, 0..50_i64, 1..60_i64), 1..9),
        ) {
            let services = ["a", "b", "c", "d"];
            let mut requests: Vec<Request> = rows
                .iter()
                .enumerate()
                .map(|(at, &(parent, service, from, length))| {
                    // Lengths differ, so that no two requests are equally good callers.
                    let length = length * 10 + i64::try_from(at).unwrap();
                    let span = u8::try_from(at + 1).unwrap();
                    request(&(span, parent.min(span - 1), services[service], from, from + length, 200))
                })
                .collect();
            let owns = |requests: &[Request]| {
                let mut owns: Vec<_> =
                    requests.iter().zip(link(requests)).map(|(it, call)| (it.span_id, call.own_us)).collect();
                owns.sort_unstable();
                owns
            };
            let forward = owns(&requests);
            requests.reverse();
            let backward = owns(&requests);
            // Whatever the links: nobody works longer than it took.
            let sorted: BTreeMap<SpanId, u64> = requests.iter().map(|it| (it.span_id, it.duration_us)).collect();
            prop_assert!(forward.iter().all(|(span, own)| own.unwrap() <= sorted[span]));
            prop_assert_eq!(forward, backward);
        }
    }
}
