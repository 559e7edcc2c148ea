//! Finding single requests, and sums under filters.

use std::collections::HashSet;

use hawkeye_model::{Outcome, Request, Timestamp};
use hawkeye_store::{
    Dimension, EnvironmentPattern, Filter, RequestQuery, RequestSort, SampleQuery, Source, StatusPattern,
    TimeRange, VisitQuery,
};

use crate::harness::{Harness, hours, request, requests};

const ALL: TimeRange = TimeRange { from: Timestamp::MIN, to: Timestamp::MAX };

/// The filtered rows and the filtered sums both equal what a plain loop finds.
fn check(filter: Filter, matches: fn(&Request) -> bool) {
    let harness = Harness::new();
    harness.append(requests(0..200));
    let expected = requests(0..200).into_iter().filter(matches).count();
    assert!(expected > 0 && expected < 200, "the case must tell something");
    let query = RequestQuery { filter: filter.clone(), ..RequestQuery::newest(ALL, 1_000) };
    let found = harness.page(&query);
    assert!(found.requests.iter().all(|stored| matches(&stored.request)));
    assert_eq!(found.requests.len(), expected);
    assert_eq!(harness.sum(hours(0, 1), None, filter, &[]).total(0).requests(), expected as u64);
}

#[test]
fn by_service() {
    check(Filter { services: vec!["orders".into()], ..Filter::default() }, |request| {
        &*request.series.endpoint().service == "orders"
    });
}

#[test]
fn by_method_and_version() {
    let filter = Filter { methods: vec!["POST".into()], versions: vec!["v1".into()], ..Filter::default() };
    check(filter, |request| &*request.series.endpoint().method == "POST" && &*request.version == "v1");
}

#[test]
fn by_environment_prefix() {
    let environments = vec![EnvironmentPattern::parse("aws/production").expect("a pattern")];
    check(Filter { environments, ..Filter::default() }, |request| {
        request.series.environment().to_string().starts_with("aws/production")
    });
}

#[test]
fn by_endpoint() {
    let endpoints = vec![request(0).series.endpoint_id()];
    check(Filter { endpoints, ..Filter::default() }, |other| {
        other.series.endpoint_id() == request(0).series.endpoint_id()
    });
}

#[test]
fn by_status_class_and_code() {
    let statuses = vec![StatusPattern::Class(5), StatusPattern::Code(404)];
    check(Filter { statuses, ..Filter::default() }, |request| {
        request.status_code == 404 || request.status_code >= 500
    });
}

#[test]
fn by_words_in_any_case() {
    check(Filter { text: "post PAY".into(), ..Filter::default() }, |request| {
        let endpoint = request.series.endpoint();
        &*endpoint.method == "POST" && &*endpoint.service == "payments"
    });
}

#[test]
fn by_outcome_consumer_and_duration() {
    let harness = Harness::new();
    harness.append(requests(0..200));
    let query = RequestQuery {
        outcomes: vec![Outcome::ServerError],
        consumers: vec!["customer-4".into()],
        duration_us_min: 50_000,
        ..RequestQuery::newest(ALL, 1_000)
    };
    let expected = requests(0..200).into_iter().filter(|request| {
        request.outcome == Outcome::ServerError
            && &*request.consumer == "customer-4"
            && request.duration_us >= 50_000
    });
    assert_eq!(harness.page(&query).requests.len(), expected.count());
}

#[test]
fn by_trace_also_in_segments() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    let mut traced = request(3);
    traced.trace_id.0 = [7; 16];
    harness.append(vec![traced.clone(), request(4)]);
    harness.maintain_after(std::time::Duration::from_secs(20));
    assert!(harness.store().status().segments > 0);
    let query = RequestQuery { trace_id: Some(traced.trace_id), ..RequestQuery::newest(ALL, 10) };
    let found = harness.page(&query).requests;
    assert_eq!(found.into_iter().map(|stored| stored.request).collect::<Vec<_>>(), [traced]);
}

#[test]
fn visits_are_the_newest_requests_of_those_who_are_named() {
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    let nobody = |n: u64| {
        let mut request = request(n);
        (request.consumer, request.trace_id) = ("".into(), Default::default());
        request
    };
    let mut probe = request(50);
    probe.synthetic = true;
    harness.append(requests(0..40).into_iter().chain([nobody(60), probe]).collect());
    harness.maintain_after(std::time::Duration::from_secs(20));
    harness.append(requests(40..50));
    let visits = |limit| {
        let query = VisitQuery { range: ALL, filter: Filter::default(), dataset: None, limit };
        harness.visits(&query)
    };
    let all = visits(1_000);
    assert_eq!((all.visits.len(), all.is_cut), (50, false), "neither probes nor what names nobody");
    let expected: Vec<Request> = requests(0..50).into_iter().rev().collect();
    for (visit, request) in all.visits.iter().zip(&expected) {
        assert_eq!((visit.start, visit.status_code), (request.start, request.status_code));
        assert_eq!(all.series[visit.series as usize].id(), request.series.id());
        let consumer = visit.consumer.map_or("", |it| &*all.consumers[it as usize]);
        assert_eq!(consumer, &*request.consumer);
    }
    let named: HashSet<_> = expected.iter().map(|request| &request.consumer).collect();
    assert!(all.consumers.len() <= named.len());
    let some = visits(10);
    assert!(some.is_cut && some.visits.len() <= 10 && some.visits[0].start == expected[0].start);
}

#[test]
fn a_sample_has_whole_traces_and_the_same_ones_each_time() {
    // Four requests a trace, and some without one.
    let of_trace = |n: u64| {
        let mut request = request(n);
        request.trace_id.0 = if n % 10 == 9 { [0; 16] } else { (u128::from(n / 4) + 1).to_le_bytes() };
        request
    };
    let mut harness = Harness::with(|config| config.segment_rows = 1);
    harness.append((0..1_000).map(of_trace).collect());
    harness.maintain_after(std::time::Duration::from_secs(20));
    harness.append((1_000..2_000).map(of_trace).collect());
    let shared = |requests_max, share_max| {
        let (range, filter) = (ALL, Filter::default());
        harness.sample(&SampleQuery { range, filter, dataset: None, requests_max, share_max })
    };
    let sample = |requests_max| shared(requests_max, 1.0);
    let all = sample(2_000);
    assert_eq!((all.requests.len(), all.share), (2_000, 1.0));
    assert!(all.requests.is_sorted_by_key(|request| request.start));
    let some = sample(600);
    assert!(some.requests.len() <= 600 && some.requests.len() > 300, "{}", some.requests.len());
    assert_eq!(some.share, 0.25);
    assert_eq!(some, sample(600));
    assert_eq!(some, shared(2_000, 0.25), "the same traces, for whatever reason");
    let kept: HashSet<_> = some.requests.iter().map(|request| request.trace_id).collect();
    let whole = all.requests.iter().filter(|it| !it.trace_id.is_empty() && kept.contains(&it.trace_id));
    let traced = some.requests.iter().filter(|it| !it.trace_id.is_empty());
    assert_eq!(traced.count(), whole.count(), "a trace is there as a whole or not at all");
}

#[test]
fn pages_cover_everything_once_while_new_requests_arrive() {
    for sort in [RequestSort::Newest, RequestSort::Slowest] {
        let harness = Harness::new();
        harness.append(requests(0..95));
        let mut query = RequestQuery { sort, ..RequestQuery::newest(ALL, 10) };
        let (mut seen, mut pages) = (HashSet::new(), 0);
        loop {
            let page = harness.page(&query);
            pages += 1;
            seen.extend(page.requests.iter().map(|stored| stored.request.span_id));
            if pages == 3 {
                harness.append(requests(1_000..1_010));
            }
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
        let first_lot = requests(0..95).into_iter().filter(|request| seen.contains(&request.span_id)).count();
        assert_eq!(first_lot, 95, "{sort:?}");
    }
}

#[test]
fn sums_use_the_coarsest_rows_that_fit() {
    let harness = Harness::new();
    harness.append(requests(0..10));
    let source = |seconds: u64, group_by: &[Dimension]| {
        let step = std::time::Duration::from_secs(seconds);
        harness.sum(hours(0, 1), Some(step), Filter::default(), group_by).source.name()
    };
    assert_eq!(source(10, &[]), "rollup_10s");
    assert_eq!(source(90, &[]), "rollup_10s");
    assert_eq!(source(120, &[]), "rollup_1m");
    assert_eq!(source(7_200, &[]), "rollup_1h");
    assert_eq!(source(7_200, &[Dimension::Status]), Source::Requests.name());
}

#[test]
fn groups_by_status_count_every_code() {
    let harness = Harness::new();
    harness.append(requests(0..60));
    let cells = harness.sum(hours(0, 1), None, Filter::default(), &[Dimension::Status]);
    let mut counts: Vec<(String, u64)> = (0..cells.groups.len())
        .map(|group| (cells.groups[group][0].to_string(), cells.total(group).requests()))
        .collect();
    counts.sort();
    let expected = [("200", 30), ("201", 10), ("404", 10), ("503", 10)];
    assert_eq!(counts, expected.map(|(status, count)| (status.to_string(), count)));
}

#[test]
fn more_queries_than_places_are_all_answered() {
    let harness = Harness::with(|config| config.query_concurrency_max = 1);
    harness.append(requests(0..50));
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| harness.total(hours(0, 1)).requests())).collect();
        assert!(asked.into_iter().all(|asked| asked.join().expect("answers") == 50));
    });
}
