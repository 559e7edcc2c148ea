//! What holds for every seed: windows add up, and equal configurations give equal requests.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use hawkeye_model::Timestamp;
use hawkeye_sim::{Scenario, SimConfig, SimError, Simulator};
use proptest::prelude::*;

use crate::{DAY, HOUR, MINUTE, START, simulator};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Windows may lie before, in and after the span, and be cut anywhere.
    #[test]
    fn a_window_is_the_sum_of_its_parts(
        seed in 0_u64..1_000,
        scenario in prop::sample::select(Scenario::ALL.to_vec()),
        from in -3_600_000_i64..30 * 3_600_000,
        cuts in prop::collection::vec(0_i64..150_000, 2),
    ) {
        let simulator = simulator(seed, scenario, DAY, 12.0);
        let at = |offset_ms: i64| Timestamp::from_millis(START.millis() + offset_ms);
        let mut borders = [from, from + cuts[0], from + cuts[1], from + 150_000];
        borders.sort_unstable();
        let whole = simulator.requests(at(borders[0]), at(borders[3]));
        let parts = borders.windows(2).flat_map(|pair| simulator.requests(at(pair[0]), at(pair[1])));
        prop_assert_eq!(&whole, &parts.collect::<Vec<_>>());
        prop_assert!(whole.is_sorted_by_key(|request| request.start));
        prop_assert!(whole.iter().all(|it| at(borders[0]) <= it.start && it.start < at(borders[3])));
    }
}

#[test]
fn second_by_second_equals_all_at_once() {
    let simulator = simulator(3, Scenario::All, DAY, 20.0);
    let (from, to) = (START.plus(DAY).minus(MINUTE), START.plus(DAY).plus(MINUTE));
    let mut live = Vec::new();
    let mut now = from;
    while now < to {
        let next = now.plus(Duration::from_secs(1));
        live.extend(simulator.requests(now, next));
        now = next;
    }
    assert_eq!(live, simulator.requests(from, to));
}

#[test]
fn the_seed_decides() {
    let hour = |seed| simulator(seed, Scenario::All, DAY, 5.0).requests(START, START.plus(HOUR));
    assert_eq!(hour(1), hour(1));
    assert_ne!(hour(1), hour(2));
}

#[test]
fn ids_are_unique_and_children_lie_inside_their_parents() {
    let requests = simulator(5, Scenario::All, DAY, 15.0).requests(START.plus(20 * HOUR), START.plus(DAY));
    let spans: HashMap<_, _> = requests.iter().map(|request| (request.span_id, request)).collect();
    assert_eq!(spans.len(), requests.len());
    let (mut children, mut orphans) = (0, 0);
    for child in requests.iter().filter(|request| !request.parent_span_id.is_empty()) {
        let Some(parent) = spans.get(&child.parent_span_id) else {
            orphans += 1; // the parent started before the window
            continue;
        };
        children += 1;
        let end = |request: &hawkeye_model::Request| request.start.micros() + request.duration_us as i64;
        assert!(parent.start <= child.start && end(child) <= end(parent), "{child:?} in {parent:?}");
        assert_eq!(parent.trace_id, child.trace_id);
        assert_eq!(parent.series.environment(), child.series.environment());
    }
    assert!(children > requests.len() / 2 && orphans < 50, "{children} children, {orphans} orphans");
    let roots: Vec<_> = requests.iter().filter(|request| request.parent_span_id.is_empty()).collect();
    let traces: HashSet<_> = roots.iter().map(|root| root.trace_id).collect();
    assert_eq!(traces.len(), roots.len());
    assert!(roots.iter().all(|root| &*root.series.endpoint().service == "gateway"));
}

#[test]
fn impossible_configurations_are_refused() {
    let config = |hours: u32, requests_per_second| SimConfig {
        seed: 1,
        scenario: Scenario::Healthy,
        start: START,
        end: START.plus(hours * HOUR),
        requests_per_second,
    };
    assert_eq!(Simulator::new(config(0, 1.0)).err(), Some(SimError::Span));
    for rate in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(Simulator::new(config(1, rate)).err(), Some(SimError::Rate(rate)));
    }
    assert!(Simulator::new(config(1, f64::NAN)).is_err());
    assert!(Simulator::new(config(1, 0.01)).is_ok());
}
