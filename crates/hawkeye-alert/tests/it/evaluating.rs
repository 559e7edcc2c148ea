//! What rules say about sums and anomalies, and how alerts begin and end.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::{
    Book, Comparison, Condition, Level, Objective, Past, Per, Rule, State, ThresholdMeasure, check_rule,
    default_rules,
};
use hawkeye_model::{Dataset, Endpoint, Environment, Provider, Rollup, Series, Timestamp};

fn rule(condition: Condition, for_s: u32, keep_firing_s: u32) -> Rule {
    let rule = Rule {
        id: "r".into(),
        name: "R".into(),
        severity: Some(Level::High),
        condition,
        for_s,
        keep_firing_s,
        ..default_rules().remove(0)
    };
    assert_eq!(check_rule(&rule), []);
    rule
}

fn series(route: &str) -> Arc<Series> {
    let endpoint = Endpoint { service: "shop".into(), method: "GET".into(), route: route.into() };
    Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
}

/// `requests`, of which `errors`, all of one latency.
fn sum(requests: u64, errors: u64, latency_ms: u64, first: Timestamp, last: Timestamp) -> Rollup {
    let mut sum = Rollup { server_errors: errors, first, last, ..Rollup::default() };
    sum.latency.record_n(latency_ms * 1_000, requests);
    sum
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_secs(1_793_620_800 + 60 * minute)
}

/// The state of the only alert after each minute, `-` for none.
fn course(rule: &Rule, window_s: u32, minutes: &[Option<(u64, u64, u64)>]) -> String {
    let mut book = Book::default();
    let letter = |book: &Book| match book.alerts().next().map(|it| it.state) {
        None => '-',
        Some(State::Pending) => 'p',
        Some(State::Firing) => 'F',
        Some(State::Resolved) => 'r',
    };
    let mut course = String::new();
    for (number, now) in minutes.iter().enumerate() {
        let mut past = Past::default();
        let at = minute(number as i64);
        let sums = now.map(|(requests, errors, latency_ms)| {
            (series("/a"), sum(requests, errors, latency_ms, minute(-100_000), at))
        });
        past.insert(window_s, sums.into_iter().collect());
        past.insert(86_400, vec![(series("/a"), sum(5_000, 0, 10, minute(-100_000), at))]);
        book.step(std::slice::from_ref(rule), Dataset::Live, at, &[], &past);
        course.push(letter(&book));
        book.let_go(|_| false);
    }
    course
}

fn threshold(measure: ThresholdMeasure, value: f64) -> Condition {
    let is = Comparison::Above;
    Condition::Threshold { measure, is, value, window_s: 300, requests_min: 10, per: Per::Endpoint }
}

#[test]
fn a_threshold_fires_after_a_while_and_ends_after_a_while() {
    let slow = Some((100, 0, 900));
    let fine = Some((100, 0, 100));
    let rule = rule(threshold(ThresholdMeasure::LatencyMsP95, 800.0), 120, 60);
    let minutes = [fine, slow, slow, slow, fine, slow, fine, fine, fine, slow, fine];
    assert_eq!(course(&rule, 300, &minutes), "-ppFFFFr-p-");
}

#[test]
fn no_data_is_not_good_news() {
    let bad = Some((100, 50, 10));
    let rule = rule(threshold(ThresholdMeasure::ErrorRate, 0.3), 0, 0);
    assert_eq!(course(&rule, 300, &[bad, None, Some((5, 0, 10)), Some((50, 0, 10))]), "FFFr");
    // After an hour it is given up.
    let mut minutes = vec![bad];
    minutes.extend(vec![None; 61]);
    let course = course(&rule, 300, &minutes);
    assert_eq!(course, format!("{}r-", "F".repeat(60)));
}

#[test]
fn few_requests_say_nothing() {
    let rule = rule(threshold(ThresholdMeasure::ErrorRate, 0.3), 0, 0);
    assert_eq!(course(&rule, 300, &[Some((9, 9, 10)), Some((10, 9, 10))]), "-F");
}

#[test]
fn too_little_traffic_includes_none() {
    let condition = Condition::Threshold {
        measure: ThresholdMeasure::RequestsPerMinute,
        is: Comparison::Below,
        value: 10.0,
        window_s: 300,
        requests_min: 0,
        per: Per::Endpoint,
    };
    let rule = rule(condition, 0, 0);
    assert_eq!(course(&rule, 300, &[Some((500, 0, 10)), Some((20, 0, 10)), None, Some((500, 0, 1))]), "-FFr");
}

#[test]
fn absence_needs_a_past() {
    let absence =
        |requests_min| rule(Condition::Absence { window_s: 900, requests_min, per: Per::Service }, 0, 0);
    assert_eq!(course(&absence(100), 900, &[Some((1, 0, 1)), None, None, Some((1, 0, 1))]), "-FFr");
    assert_eq!(course(&absence(5_001), 900, &[None, None]), "--");
}

#[test]
fn what_fell_silent_stays_so_when_the_day_before_is_forgotten() {
    let rule = rule(Condition::Absence { window_s: 900, requests_min: 100, per: Per::Service }, 0, 0);
    let mut book = Book::default();
    let mut step = |n: i64, recent: Option<u64>, day: Option<u64>| {
        let mut past = Past::default();
        let sums = |n: Option<u64>| {
            n.map(|n| (series("/a"), sum(n, 0, 1, minute(-10), minute(0)))).into_iter().collect()
        };
        past.insert(900, sums(recent));
        past.insert(86_400, sums(day));
        book.step(std::slice::from_ref(&rule), Dataset::Live, minute(n), &[], &past);
        book.alerts().next().map(|it| it.state)
    };
    assert_eq!(step(20, None, Some(150)), Some(State::Firing));
    assert_eq!(step(600, None, Some(50)), Some(State::Firing));
    assert_eq!(step(3_000, None, None), Some(State::Firing));
    assert_eq!(step(3_001, Some(1), Some(1)), Some(State::Resolved));
}

#[test]
fn time_in_which_nobody_looked_counts_for_nothing() {
    let bad = (100, 50, 10);
    let rule = rule(threshold(ThresholdMeasure::ErrorRate, 0.3), 120, 0);
    let mut book = Book::default();
    let step = |book: &mut Book, n: i64, now: Option<(u64, u64, u64)>| {
        let mut past = Past::default();
        let sums = now
            .map(|(requests, errors, ms)| (series("/a"), sum(requests, errors, ms, minute(-9), minute(n))));
        past.insert(300, sums.into_iter().collect());
        book.step(std::slice::from_ref(&rule), Dataset::Live, minute(n), &[], &past);
        book.alerts().next().map(|it| it.state)
    };
    assert_eq!(step(&mut book, 0, Some(bad)), Some(State::Pending));
    // Down for two hours: it has not been met for so long, as far as anybody knows.
    book.pause(Dataset::Live, Duration::from_secs(7_200));
    assert_eq!(step(&mut book, 121, Some(bad)), Some(State::Pending));
    assert_eq!(step(&mut book, 122, Some(bad)), Some(State::Firing));
    book.pause(Dataset::Live, Duration::from_secs(7_200));
    assert_eq!(step(&mut book, 243, None), Some(State::Firing));
    let nothing_read = Past::default();
    book.step(std::slice::from_ref(&rule), Dataset::Live, minute(9_000), &[], &nothing_read);
    assert_eq!(book.alerts().next().map(|it| it.state), Some(State::Firing));
}

#[test]
fn a_rule_that_does_not_look_there_any_more_lets_go_at_once() {
    let mut rule = rule(threshold(ThresholdMeasure::ErrorRate, 0.3), 0, 600);
    let mut book = Book::default();
    let mut step = |rule: &Rule, n: i64| {
        let mut past = Past::default();
        past.insert(300, vec![(series("/a"), sum(100, 50, 10, minute(-9), minute(n)))]);
        book.step(std::slice::from_ref(rule), Dataset::Live, minute(n), &[], &past);
        book.alerts().next().map(|it| it.state)
    };
    assert_eq!(step(&rule, 0), Some(State::Firing));
    rule.scope.environments = vec!["aws".into()];
    rule.scope.matchers = vec!["region=~eu-.*".parse().expect("a matcher")];
    assert_eq!(step(&rule, 1), Some(State::Firing));
    rule.scope.environments = vec!["gcp".into()];
    assert_eq!(step(&rule, 2), Some(State::Resolved));
}

#[test]
fn services_are_summed_up_and_scopes_narrow() {
    let per_service = |services: &[&str]| {
        let mut rule = rule(
            Condition::Threshold {
                measure: ThresholdMeasure::ErrorRate,
                is: Comparison::Above,
                value: 0.1,
                window_s: 60,
                requests_min: 0,
                per: Per::Service,
            },
            0,
            0,
        );
        rule.scope.services = services.iter().map(|it| (*it).to_owned()).collect();
        rule
    };
    let mut past = Past::default();
    let of = |route, errors| (series(route), sum(100, errors, 10, minute(0), minute(1)));
    past.insert(60, vec![of("/a", 50), of("/b", 0)]);
    let said = |rule: &Rule| {
        let said = hawkeye_alert::evaluate(rule, Dataset::Live, minute(1), &[], &past);
        said.met.iter().map(|it| it.summary.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        said(&per_service(&["shop"])),
        ["Error rate of shop in aws/production/eu-west-1 is 25 % over 1 min, above 10 % (200 requests)"]
    );
    assert_eq!(said(&per_service(&["other"])), [""; 0]);
    let mut elsewhere = per_service(&[]);
    elsewhere.scope.environments = vec!["aws/prod".into()];
    assert_eq!(said(&elsewhere), [""; 0]);
    elsewhere.scope.environments = vec!["aws/production".into()];
    assert_eq!(said(&elsewhere).len(), 1);
}

/// The window that fires when the error rate is `recent` over the last five minutes, and `long` over everything longer.
fn burn(target: f64, recent: (u64, u64), long: (u64, u64), since: i64) -> String {
    let condition = Condition::BurnRate {
        objective: Objective::Availability,
        target,
        per: Per::Service,
        bad_requests_min: 5,
    };
    let rule = Rule { severity: None, ..rule(condition, 0, 0) };
    let mut past = Past::default();
    for window in Past::windows(std::slice::from_ref(&rule)) {
        let (bad, all) = if window == 300 { recent } else { long };
        past.insert(window, vec![(series("/a"), sum(all, bad, 10, minute(-since), minute(0)))]);
    }
    let said = hawkeye_alert::evaluate(&rule, Dataset::Live, minute(0), &[], &past);
    let label = |name: &str| said.met.first().and_then(|it| it.labels.get(name)).cloned().unwrap_or_default();
    format!("{} {}", label("window"), label("severity"))
}

#[test]
fn budgets_burn_in_four_paces() {
    let week = 7 * 1_440;
    // 1.44 % of requests fail at 99.9 %: just fast enough for the shortest windows.
    assert_eq!(burn(0.999, (144, 10_000), (144, 10_000), week), "1h/5min critical");
    // Over in the last five minutes: the next pair's short window still has it.
    assert_eq!(burn(0.999, (0, 10_000), (144, 10_000), week), "6h/30min critical");
    assert_eq!(burn(0.999, (143, 10_000), (143, 10_000), week), "6h/30min critical");
    assert_eq!(burn(0.999, (30, 10_000), (30, 10_000), week), "1d/2h medium");
    assert_eq!(burn(0.999, (10, 10_000), (10, 10_000), week), "3d/6h medium");
    assert_eq!(burn(0.999, (9, 10_000), (9, 10_000), week), " ");
}

#[test]
fn budgets_heed_reach_traffic_and_history() {
    let week = 7 * 1_440;
    // At 90 % a factor of 14.4 would need 144 % of failures; all of them is enough.
    assert_eq!(burn(0.9, (100, 100), (100, 100), week), "1h/5min critical");
    // One failure of three requests is no trend.
    assert_eq!(burn(0.999, (1, 3), (4, 100), week), " ");
    // Ten minutes of data say nothing about an hour; forty do.
    assert_eq!(burn(0.999, (50, 100), (50, 100), 10), " ");
    assert_eq!(burn(0.999, (50, 100), (50, 100), 40), "1h/5min critical");
}
