//! Forecasts over a real store and catalog: published, scored once, kept over a restart; breaches that rules tell;
//! journeys that are found, confirmed, and hurt.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::{Condition, Level, Per, Rule, State, default_rules};
use hawkeye_catalog::{AlertListState, AlertQuery};
use hawkeye_engine::{
    Answer, CapacityQuery, ForecastQuery, JourneyQuery, JourneyState, PredictionQuery, ReliabilityQuery,
    Trust,
};
use hawkeye_forecast::{Beyond, ForecastMeasure, Objective};
use hawkeye_model::{Clock, Dataset, Endpoint, Environment, Provider, Request, Series, SpanId, Timestamp};
use hawkeye_store::Filter;

use crate::harness::{Harness, MINUTE, Running, START};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

fn series(route: &str) -> Arc<Series> {
    let endpoint = Endpoint { service: "shop".into(), method: "POST".into(), route: route.into() };
    Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
}

/// Two requests a minute, as slow as `latency_ms` says for each hour.
fn traffic(hours: std::ops::Range<u32>, latency_ms: impl Fn(u32) -> f64) -> Vec<Request> {
    let series = series("/orders");
    let minutes = hours.flat_map(|hour| (0..HOUR).map(move |minute| (hour, minute)));
    minutes
        .flat_map(|(hour, minute)| (0..2).map(move |n| (hour, minute, n)))
        .map(|(hour, minute, n)| {
            let start = START.plus(MINUTE * (hour * HOUR + minute)).plus(Duration::from_secs(7 + 20 * n));
            let jitter = 1.0 + 0.05 * f64::from((minute * 7 + hour) % 11);
            let duration_us = (latency_ms(hour) * jitter * 1_000.0) as u64;
            Request::new(start, duration_us, Arc::clone(&series), 200)
        })
        .collect()
}

/// Slow at noon, fast at midnight.
fn daily(hour: u32) -> f64 {
    100.0 + 50.0 * (f64::from(hour % 24) / 24.0 * std::f64::consts::TAU).sin()
}

fn all() -> PredictionQuery {
    PredictionQuery {
        places: Vec::new(),
        endpoints: Vec::new(),
        services: Vec::new(),
        measures: Vec::new(),
        steps: 144,
        probability_min: 0.05,
        limit: 100,
    }
}

fn compared(running: &Running) -> u64 {
    let (places, endpoints, services) = (Vec::new(), Vec::new(), Vec::new());
    let query = ReliabilityQuery { from: START, to: Timestamp::MAX, places, endpoints, services };
    running.engine.forecast_reliability(&query).expect("answers").all.values
}

#[test]
fn forecasts_are_published_and_scored_once_over_restarts() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append_requests(&running, traffic(0..5 * 24, daily));
    harness.pass_to(&running, 5 * DAY);
    harness.forecast(&running);
    let status = running.engine.predictions(&all()).status;
    assert_eq!(status.forecasts, 8, "four measures of an endpoint and of its service");
    let scored = compared(&running);
    assert!(scored > 100, "the hours before are caught up on: {scored}");
    harness.stop(running);

    let running = harness.run();
    harness.pass_to(&running, 5 * DAY);
    harness.forecast(&running);
    assert_eq!(compared(&running), scored, "nothing is scored twice");
    harness.append_requests(&running, traffic(5 * 24..5 * 24 + 1, daily));
    harness.pass_to(&running, 5 * DAY + HOUR);
    harness.forecast(&running);
    // An hour adds one value for each lead, measure and scope whose forecast was made: six, four, two.
    assert_eq!(compared(&running), scored + 48);
    harness.stop(running);
}

#[test]
fn the_busiest_are_forecast_with_all_their_past_also_after_a_restart() {
    let mut harness = Harness::new();
    harness.forecasts.scopes_max = 2;
    let elsewhere = |route: &str, every: usize| -> Vec<Request> {
        let moved = |request: Request| Request { series: series(route), ..request };
        traffic(0..3 * 24, daily).into_iter().step_by(every).map(moved).collect()
    };
    let running = harness.run();
    for rare in 0..8 {
        harness.append_requests(&running, elsewhere(&format!("/rare/{rare}"), 10));
    }
    harness.append_requests(&running, traffic(0..3 * 24, daily));
    harness.pass_to(&running, 3 * DAY);
    harness.forecast(&running);
    let look = |running: &Running| {
        let status = running.engine.predictions(&all()).status;
        assert_eq!(
            (status.forecasts, status.scopes_left_out),
            (8, 8),
            "the service and its busiest endpoint"
        );
        let filter = Filter { endpoints: vec![series("/orders").endpoint_id()], ..Filter::default() };
        let (measure, horizon) = (ForecastMeasure::LatencyMsP95, Duration::from_secs(86_400));
        let query = ForecastQuery { filter, measure, horizon };
        let answer = harness.block_on(running.engine.forecast(query)).expect("answers");
        assert!(answer.record.is_some(), "the busiest endpoint is the one that is published");
        assert_eq!(answer.past, Duration::from_secs(3 * 86_400));
    };
    look(&running);
    harness.stop(running);
    let running = harness.run();
    harness.pass_to(&running, 3 * DAY);
    harness.forecast(&running);
    look(&running);
    harness.stop(running);
}

#[test]
fn a_forecast_knows_the_time_of_day_and_says_how_sure_it_is() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append_requests(&running, traffic(0..6 * 24, daily));
    harness.pass_to(&running, 6 * DAY);
    let ask = |hours: u64, measure| {
        let filter = Filter { endpoints: vec![series("/orders").endpoint_id()], ..Filter::default() };
        let query = ForecastQuery { filter, measure, horizon: Duration::from_secs(hours * 3_600) };
        harness.block_on(running.engine.forecast(query)).expect("answers")
    };
    let answer = ask(24, ForecastMeasure::LatencyMsP95);
    assert_eq!(answer.forecast.steps(), 144);
    assert_eq!(answer.start, START.plus(MINUTE * (6 * DAY)));
    for hour in [3_usize, 9, 15, 21] {
        let (expected, made) = (1.45 * daily(hour as u32), answer.forecast.points[hour * 6 + 3]);
        assert!((made / expected - 1.0).abs() < 0.15, "hour {hour}: {made} is not {expected}");
    }
    assert!(answer.seasons.daily > 0.8, "{:?}", answer.seasons);
    assert_eq!(answer.trust, Trust::Known(hawkeye_forecast::Trust::Good));
    assert_eq!(ask(1, ForecastMeasure::LatencyMsP95).step, Duration::from_secs(300));
    let weeks = ask(14 * 24, ForecastMeasure::RequestsPerMinute);
    assert_eq!((weeks.step, weeks.forecast.steps()), (Duration::from_secs(3_600), 14 * 24));
    assert!(weeks.forecast.points.iter().all(|it| (it - 2.0).abs() < 0.2), "{:?}", weeks.forecast.points);
    let filter = Filter { services: vec!["nobody".into()], ..Filter::default() };
    let (measure, horizon) = (ForecastMeasure::ErrorRate, Duration::from_secs(3_600));
    let nothing = harness.block_on(running.engine.forecast(ForecastQuery { filter, measure, horizon }));
    assert_eq!(nothing.expect("answers").trust, Trust::Nothing);
    let query = CapacityQuery {
        places: Vec::new(),
        endpoints: Vec::new(),
        services: Vec::new(),
        per_service: true,
        limit: 10,
    };
    let (capacity, total) = harness.block_on(running.engine.capacity(query)).expect("answers");
    assert_eq!(total, 1);
    assert_eq!(capacity[0].capacity.ever_served, Some(2.0));
    harness.stop(running);
}

#[test]
fn a_predicted_breach_is_told_before_the_limit_is_crossed() {
    let harness = Harness::new();
    let running = harness.run();
    for stored in running.engine.alert_rules() {
        let rule = Rule { is_enabled: false, ..stored.rule };
        running.engine.put_rule(rule, "ann").expect("is right");
    }
    let rule = Rule {
        id: "soon".into(),
        name: "Soon too slow".into(),
        is_enabled: true,
        severity: Some(Level::High),
        condition: Condition::PredictedBreach {
            measure: None,
            probability_min: 0.5,
            within_s: 6 * 3_600,
            per: Per::Endpoint,
        },
        for_s: 0,
        keep_firing_s: 0,
        ..default_rules().remove(0)
    };
    running.engine.put_rule(rule, "ann").expect("is right");
    let objective = Objective {
        id: "fast".into(),
        measure: ForecastMeasure::LatencyMsP95,
        is: Beyond::Above,
        value: 190.0,
        for_s: 600,
        services: Vec::new(),
        endpoints: vec!["POST /orders".into()],
        environments: Vec::new(),
    };
    running.engine.put_objective(objective, "ann").expect("is right");
    // At six in the morning it is slowest: 218 ms; at midnight nobody sees it coming but the forecast.
    harness.append_requests(&running, traffic(0..6 * 24, daily));
    harness.pass_to(&running, 6 * DAY);
    harness.forecast(&running);
    let found = running.engine.predictions(&all());
    let prediction = found.items.iter().find(|it| it.limit.objective.is_some()).expect("predicted");
    let odds = (prediction.probability(36), prediction.breach.first_step_median, prediction.expected.len());
    assert!(!prediction.is_beyond && odds.0 > 0.7, "{odds:?} {:?}", &prediction.expected[..40]);
    let first = prediction.breach.first_step_median.expect("crosses");
    assert!((6..36).contains(&first), "between one and six in the morning: step {first}");
    harness.append_requests(&running, traffic(6 * 24..6 * 24 + 1, daily).into_iter().take(4).collect());
    harness.pass_to(&running, 6 * DAY + 2);
    running.wait_for_rules(START.plus(MINUTE * (6 * DAY + 2)));
    let query = AlertQuery { states: vec![AlertListState::Firing], limit: 10, ..AlertQuery::default() };
    let firing = running.engine.alerts(&query).expect("answers").items;
    assert_eq!(firing.len(), 1, "{firing:?}");
    assert_eq!(firing[0].state, State::Firing);
    assert!(firing[0].summary.contains("goes above 190 ms within 6 h"), "{}", firing[0].summary);
    harness.stop(running);
}

/// People put something into the cart, some check out, most of them pay; programs call at random.
fn sessions(from_minute: u32, people: u32, paying_fails: impl Fn(u32) -> bool) -> Vec<Request> {
    let mut requests = Vec::new();
    for person in 0..people {
        let begun = START.plus(MINUTE * from_minute).plus(Duration::from_millis(u64::from(person) * 900));
        let mut visit = |step: u32, route: &str, status: u16| {
            let start = begun.plus(Duration::from_secs(u64::from(step) * 8));
            let mut request = Request::new(start, 30_000, series(route), status);
            request.consumer = format!("person-{from_minute}-{person}").into();
            request.span_id =
                SpanId((u64::from(from_minute * 10_000 + person) * 8 + u64::from(step)).to_be_bytes());
            requests.push(request);
        };
        visit(0, "/cart", 200);
        if person % 5 == 0 {
            continue;
        }
        visit(1, "/checkout", 200);
        visit(2, "/pay", if paying_fails(person) { 503 } else { 200 });
    }
    requests.sort_by_key(|request| request.start);
    requests
}

#[test]
fn a_journey_is_found_confirmed_and_seen_to_fail() {
    let harness = Harness::new();
    let running = harness.run();
    harness.append_requests(&running, traffic(0..24, daily));
    for hour in 0..24 {
        harness.append_requests(&running, sessions(hour * HOUR, 200, |person| person % 100 == 7));
    }
    harness.pass_to(&running, DAY);
    harness.forecast(&running);
    let proposals = running.engine.journey_proposals();
    let routes: Vec<Vec<&str>> =
        proposals.items.iter().map(|it| it.steps.iter().map(|step| &*step.route).collect()).collect();
    assert_eq!(routes, [["/cart", "/checkout", "/pay"]], "{}", proposals.note);
    let proposal = &proposals.items[0];
    assert_eq!(proposal.name, "Pay");
    assert!(proposal.examples[0].starts_with("person-"), "{:?}", proposal.examples);
    assert!(proposal.step_sessions[2] * 10 > proposal.step_sessions[0] * 7, "{:?}", proposal.step_sessions);
    let own = hawkeye_forecast::Journey { id: "pay".into(), ..own_journey() };
    running.engine.put_journey(own.clone(), "ui", "ann").expect("is kept");
    let confirmed = running.engine.answer_proposal(&proposal.id, Answer::Confirm(Some(own)), "ann");
    assert!(confirmed.is_err_and(|it| it.to_string().contains("pay already")), "nobody's own is replaced");
    running.engine.remove_journey("pay", "ann").expect("goes");
    running.engine.answer_proposal(&proposal.id, Answer::Confirm(None), "ann").expect("is kept");
    assert!(running.engine.journey_proposals().items.is_empty());

    let look = || {
        let query = JourneyQuery { window: Duration::from_secs(900), ..JourneyQuery::now() };
        harness.block_on(running.engine.journey_view("pay", &query)).expect("is there")
    };
    harness.append_requests(&running, sessions(DAY, 300, |person| person % 100 == 7));
    harness.pass_to(&running, DAY + 10);
    let well = look();
    assert_eq!(well.health.state, JourneyState::Healthy, "{:?}", well.health);
    assert_eq!(well.health.sessions, 300);
    assert_eq!(well.health.sessions_completed, 237, "a fifth leaves at the cart, three are refused");
    assert!(well.outlook.is_some());

    harness.append_requests(&running, sessions(DAY + 30, 300, |person| person % 2 == 1));
    harness.pass_to(&running, DAY + 40);
    let ill = look();
    assert_eq!(ill.health.state, JourneyState::Failing, "{:?}", ill.health);
    assert_eq!(ill.health.weakest_step, Some(2));
    assert!(ill.health.sentence.contains("POST /pay fails 50.0 %"), "{}", ill.health.sentence);
    assert_eq!(ill.failed_sessions[0].step, 2);
    assert_eq!(ill.failed_sessions[0].status_code, 503);
    let impacts = harness
        .block_on(running.engine.journey_impacts(series("/pay").endpoint_id(), Vec::new()))
        .expect("answers");
    let (_, impacts) = impacts.expect("is a step");
    assert!(impacts[0].failing.0 > 3.0, "{:?}", impacts[0]);
    assert!(impacts[0].sentence.contains("POST /pay stays like this"), "{}", impacts[0].sentence);
    let timeline = harness
        .block_on(running.engine.journey_timeline(
            "pay",
            Vec::new(),
            hawkeye_store::TimeRange { from: START.plus(MINUTE * DAY), to: harness.clock.now() },
        ))
        .expect("answers");
    let known: Vec<f64> = timeline.success.iter().flatten().map(|it| it.0).collect();
    assert!(known.first() > Some(&0.95) && known.last() < Some(&0.6), "{known:?}");
    harness.stop(running);

    let running = harness.run();
    assert_eq!(running.engine.journeys().len(), 1, "it is kept over a restart");
    running.engine.remove_journey("pay", "ann").expect("goes");
    assert!(running.engine.journeys().is_empty());
    harness.stop(running);
}

fn own_journey() -> hawkeye_forecast::Journey {
    let step = |route| hawkeye_forecast::JourneyStep::of("shop", "POST", route);
    hawkeye_forecast::Journey {
        id: "own".into(),
        name: "Buy".into(),
        steps: vec![step("/cart"), step("/pay")],
        success_target: None,
        latency_ms_max: None,
    }
}

#[test]
fn what_the_demo_brought_goes_with_it() {
    let harness = Harness::new();
    let running = harness.run();
    let journey = hawkeye_forecast::Journey { id: "demo-buy".into(), ..own_journey() };
    running.engine.put_demo_journeys(vec![journey.clone()]).expect("is kept");
    let own = hawkeye_forecast::Journey { id: "own".into(), ..journey };
    running.engine.put_journey(own, "ui", "ann").expect("is kept");
    running.engine.forget(Dataset::Demo).expect("goes");
    let left: Vec<String> = running.engine.journeys().into_iter().map(|it| it.journey.id).collect();
    assert_eq!(left, ["own"]);
    harness.stop(running);
}
