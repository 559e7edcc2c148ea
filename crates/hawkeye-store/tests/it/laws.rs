//! Whatever the order of appends, flushes, compactions, imports, removals and crashes: no request is lost or counted
//! twice, and rollups equal a recount of the requests.

use std::collections::HashMap;
use std::time::Duration;

use hawkeye_model::{Request, Rollup};
use hawkeye_store::{Dataset, Dimension, Filter};
use proptest::prelude::*;

use crate::harness::{Harness, START, hours, requests};

#[derive(Debug, Clone)]
enum Step {
    Append(u64),
    AppendDemo(u64),
    ImportDemo(u64),
    AppendAgain(u64),
    RemoveDemo,
    Maintain(u64),
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..300).prop_map(Step::Append),
        2 => (1u64..300).prop_map(Step::AppendDemo),
        1 => (1u64..300).prop_map(Step::ImportDemo),
        1 => (1u64..50).prop_map(Step::AppendAgain),
        1 => Just(Step::RemoveDemo),
        4 => prop::sample::select(vec![1u64, 11, 70, 400]).prop_map(Step::Maintain),
        2 => Just(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_doubled(steps in prop::collection::vec(step(), 1..25)) {
        let mut harness = Harness::with(|config| config.segment_rows = 400);
        let (mut live, mut demo): (Vec<Request>, Vec<Request>) = (Vec::new(), Vec::new());
        let mut next = 0;
        for step in steps {
            let mut fresh = |n: u64| {
                next += n;
                requests(next - n..next)
            };
            match step {
                Step::Append(n) => {
                    let lot = fresh(n);
                    harness.append(lot.clone());
                    live.extend(lot);
                }
                Step::AppendDemo(n) => {
                    let lot = fresh(n);
                    harness.append_to(Dataset::Demo, lot.clone());
                    demo.extend(lot);
                }
                Step::ImportDemo(n) => {
                    let lot = fresh(n);
                    let imported = harness.store().import(&lot, Dataset::Demo, harness.now).expect("imports");
                    prop_assert_eq!(imported.requests, n);
                    demo.extend(lot);
                }
                Step::AppendAgain(n) => {
                    let lot: Vec<Request> = live.iter().rev().take(n as usize).cloned().collect();
                    let sent = lot.len() as u64;
                    prop_assert!(harness.append(lot).duplicates <= sent);
                }
                Step::RemoveDemo => {
                    harness.remove_demo();
                    demo.clear();
                }
                Step::Maintain(seconds) => harness.maintain_after(Duration::from_secs(seconds)),
                Step::Crash => harness.reopen(),
            }
        }
        let mut expected: Vec<Request> = live.into_iter().chain(demo).collect();
        check_requests(&harness, &expected)?;
        for step_seconds in [10, 60, 300, 3_600] {
            check_rollups(&harness, &expected, Duration::from_secs(step_seconds))?;
        }
        harness.reopen();
        expected.sort_by_key(|request| request.start);
        check_requests(&harness, &expected)?;
        check_rollups(&harness, &expected, Duration::from_secs(60))?;
    }
}

fn check_requests(harness: &Harness, expected: &[Request]) -> Result<(), TestCaseError> {
    let by_span = |requests: &[Request]| {
        let mut spans: Vec<_> = requests.iter().map(|request| (request.span_id, request.clone())).collect();
        spans.sort_by_key(|(span, _)| *span);
        spans
    };
    prop_assert_eq!(by_span(&harness.requests()), by_span(expected));
    Ok(())
}

fn check_rollups(harness: &Harness, expected: &[Request], step: Duration) -> Result<(), TestCaseError> {
    let mut recount: HashMap<(String, String, u128), Rollup> = HashMap::new();
    for request in expected {
        let at = request.start.floor(step).since(START).as_micros() / step.as_micros();
        let series = request.series.to_string();
        recount.entry((series, request.version.to_string(), at)).or_default().add(request);
    }
    let group_by = [Dimension::Endpoint, Dimension::Environment, Dimension::Version];
    let cells = harness.sum(hours(0, 24), Some(step), Filter::default(), &group_by);
    let mut found = HashMap::new();
    for group in 0..cells.groups.len() {
        let series = format!("{} on {}", cells.endpoint(group, 0), cells.environment(group, 3));
        for (at, rollup) in cells.of(group).iter().enumerate().filter(|(_, rollup)| rollup.requests() > 0) {
            found.insert((series.clone(), cells.groups[group][6].to_string(), at as u128), rollup.clone());
        }
    }
    prop_assert_eq!(found, recount);
    Ok(())
}
