//! Incidents over a real store and catalog: a bad version is named within minutes, what belongs together is one
//! incident, deployments are judged, restarts change nothing, and every gate on the way to a pager is told.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_catalog::{DeploymentQuery, IncidentQuery, IncidentState, StoredIncident};
use hawkeye_diagnose::{DeploymentVerdictKind, VerdictKind};
use hawkeye_engine::{DifferenceQuery, EngineError, NewDeployment, SilenceGateName, SilenceGateOutcome};
use hawkeye_model::{
    Clock, Dataset, Endpoint, Environment, Provider, Request, Series, SpanId, Timestamp, TraceId,
};
use hawkeye_store::{Filter, TimeRange};
use tokio::sync::watch;

use crate::harness::{Harness, MINUTE, Running, START};

const BAD_FROM: u64 = 210;

fn series(service: &str, route: &str, provider: Provider) -> Arc<Series> {
    let endpoint = Endpoint { service: service.into(), method: "POST".into(), route: route.into() };
    Arc::new(Series::new(endpoint, Environment::new(provider, "production", "eu-west-1")))
}

/// Thirty checkouts a minute in each of two clouds: a gateway that calls the shop. From [`BAD_FROM`] on a new version
/// of the shop fails every third time on AWS.
fn traffic(minutes: std::ops::Range<u64>) -> Vec<Request> {
    let mut requests = Vec::new();
    for minute in minutes {
        for (cloud, provider) in [(0, Provider::Aws), (1, Provider::Gcp)] {
            let (gateway, shop) =
                (series("gateway", "/api/checkout", provider), series("shop", "/orders", provider));
            for n in 0..30_u64 {
                let start = START
                    .plus(MINUTE * u32::try_from(minute).expect("small"))
                    .plus(Duration::from_millis(n * 1_900 + cloud * 300));
                let number = (minute * 100 + n) * 10 + cloud + 1;
                let is_new = minute >= BAD_FROM && provider == Provider::Aws;
                let status = if is_new && n % 3 == 0 { 500 } else { 200 };
                let ids = |request: &mut Request, span: u64, parent: u64| {
                    request.trace_id = TraceId(u128::from(number).to_le_bytes());
                    request.span_id = SpanId(span.to_le_bytes());
                    request.parent_span_id = SpanId(parent.to_le_bytes());
                    request.consumer = format!("acct-{}", n % 7).into();
                };
                let mut outer = Request::new(start, 40_000 + n * 331, Arc::clone(&gateway), status);
                ids(&mut outer, number * 2, 0);
                (outer.version, outer.instance) = ("4.0".into(), "gateway-1".into());
                let inner_start = start.plus(Duration::from_millis(3));
                let mut inner = Request::new(inner_start, 30_000 + n * 331, Arc::clone(&shop), status);
                ids(&mut inner, number * 2 + 1, number * 2);
                inner.version = if is_new { "2.1".into() } else { "2.0".into() };
                inner.instance = format!("shop-{}", n % 2 + 1).into();
                inner.error_type = if status == 500 { "panic".into() } else { "".into() };
                requests.extend([outer, inner]);
            }
        }
    }
    requests
}

impl Harness {
    fn traffic_to(&self, running: &Running, from: u64, to: u64) {
        self.append_requests(running, traffic(from..to));
        self.pass_to(running, u32::try_from(to).expect("small"));
        self.diagnose(running);
    }

    fn diagnose(&self, running: &Running) {
        let (_stop, stopped) = watch::channel(false);
        self.block_on(running.engine.diagnose_if_due(Dataset::Live, &stopped)).expect("diagnoses");
    }
}

fn incidents(running: &Running) -> Vec<StoredIncident> {
    let query = IncidentQuery { limit: 100, ..IncidentQuery::default() };
    running.engine.incidents(&query).expect("answers").items
}

fn deployments() -> DeploymentQuery {
    DeploymentQuery { to: Timestamp::MAX, limit: 100, ..DeploymentQuery::default() }
}

#[test]
fn a_bad_version_is_one_incident_that_names_it_within_three_windows() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, 200);
    for minute in 200..BAD_FROM + 8 {
        harness.traffic_to(&running, minute, minute + 1);
    }
    // Ten requests a minute are hurt at the gateway: fifty after five minutes, and three windows later it has a name.
    let found = incidents(&running);
    assert_eq!(found.len(), 1, "{found:?}");
    let detail = running.engine.incident(found[0].row.id).expect("there");
    let diagnosis = detail.diagnosis.expect("diagnosed");
    let verdict = &diagnosis.verdict;
    assert_eq!(verdict.kind, VerdictKind::VersionFault, "{}", verdict.sentence);
    assert_eq!(verdict.subject.service.as_deref(), Some("shop"));
    assert_eq!(verdict.subject.version.as_deref(), Some("2.1"));
    assert_eq!(verdict.subject.environment.as_deref(), Some("aws/production/eu-west-1"));
    let services: Vec<&str> =
        detail.anomalies.iter().map(|it| &*it.anomaly.series.endpoint().service).collect();
    assert!(services.contains(&"gateway") && services.contains(&"shop"), "caller and callee: {services:?}");
    assert!(!diagnosis.differences.is_empty() && diagnosis.impact.failed.value > 30.0, "{diagnosis:?}");
    assert_eq!(detail.events[0].kind, "opened");
    assert!(detail.anomalies.iter().all(|it| it.incident == Some(found[0].row.id)));
    harness.stop(running);
}

#[test]
fn an_incident_closes_and_a_restart_changes_nothing() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, BAD_FROM);
    harness.traffic_to(&running, BAD_FROM, BAD_FROM + 10);
    let before = incidents(&running);
    assert_eq!(before.len(), 1);
    harness.crash(running);

    let running = harness.run();
    harness.pass_to(&running, 220);
    harness.diagnose(&running);
    let again = incidents(&running);
    assert_eq!((again.len(), again[0].row.id), (1, before[0].row.id));
    // Healthy again: the old version's requests, at later times.
    let shift = |mut request: Request| {
        request.start = request.start.plus(MINUTE * 120);
        request.trace_id.0[15] = 1;
        request.span_id.0[7] |= 0x40;
        request
    };
    let healthy = traffic(100..180).into_iter().map(shift).collect();
    harness.append_requests(&running, healthy);
    harness.pass_to(&running, 300);
    harness.diagnose(&running);
    let closed = incidents(&running);
    assert_eq!((closed.len(), closed[0].state()), (1, IncidentState::Closed), "{closed:?}");
    let kinds: Vec<String> = running
        .engine
        .incident(closed[0].row.id)
        .expect("there")
        .events
        .into_iter()
        .map(|it| it.kind)
        .collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "opened").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "closed").count(), 1, "{kinds:?}");
    harness.stop(running);
}

#[test]
fn deployments_are_seen_or_told_and_judged() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, BAD_FROM);
    let told = NewDeployment {
        service: "shop".into(),
        environment: "aws/production/eu-west-1".into(),
        version: "2.1".into(),
        at: Some(START.plus(MINUTE * 210)),
        note: Some("faster checkout".into()),
        link: Some("https://ci.example/1".into()),
    };
    running.engine.report_deployment(&told).expect("taken");
    harness.traffic_to(&running, BAD_FROM, BAD_FROM + 20);
    harness.diagnose(&running);
    let found = running.engine.deployments(&deployments()).expect("answers");
    assert_eq!(found.len(), 1, "told and seen is one: {found:?}");
    assert!(found[0].deployment.details.is_reported);
    let kinds: Vec<_> = found[0].verdicts.iter().map(|it| (it.after_minutes, it.kind)).collect();
    assert_eq!(kinds, [(5, DeploymentVerdictKind::Degraded), (15, DeploymentVerdictKind::Degraded)]);
    assert_eq!(found[0].verdicts[1].previous_version.as_deref(), Some("2.0"));
    assert_eq!(found[0].incident, Some(incidents(&running)[0].row.id), "it is the version's fault");

    let check = |change: fn(&mut NewDeployment), path: &str| {
        let mut wrong = told.clone();
        change(&mut wrong);
        match running.engine.report_deployment(&wrong) {
            Err(EngineError::Wrong(wrong)) => assert_eq!(wrong[0].path, path),
            other => panic!("{path} was taken: {other:?}"),
        }
    };
    check(|it| it.service = " ".into(), "service");
    check(|it| it.version = "x".repeat(300), "version");
    check(|it| it.environment = "mars/production".into(), "environment");
    check(|it| it.environment = "aws".into(), "environment");
    check(|it| it.link = Some("javascript:alert(1)".into()), "link");
    check(|it| it.at = Some(Timestamp::from_secs(1)), "at_ms");
    harness.stop(running);
}

#[test]
fn differences_of_an_anomaly_and_of_a_box_name_what_is_odd() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, BAD_FROM);
    harness.traffic_to(&running, BAD_FROM, BAD_FROM + 10);
    let anomaly =
        harness.found(&running).into_iter().find(|it| &*it.anomaly.series.endpoint().service == "shop");
    let id = anomaly.expect("found").anomaly.id;
    let found = harness.block_on(running.engine.anomaly_differences(id)).expect("answers");
    let values: Vec<&str> = found.items.iter().map(|it| it.value.as_str()).collect();
    assert!(values.contains(&"2.1") && values.contains(&"panic") && values.contains(&"500"), "{values:?}");
    assert!(found.requests >= 80 && found.requests_baseline > 500, "{found:?}");

    let at = |minute: u64| START.plus(MINUTE * u32::try_from(minute).expect("small"));
    let query = DifferenceQuery {
        range: TimeRange { from: at(BAD_FROM), to: at(BAD_FROM + 10) },
        baseline: TimeRange { from: at(150), to: at(BAD_FROM + 10) },
        duration_us_min: 0,
        duration_us_max: u64::MAX,
        filter: Filter { services: vec!["shop".into()], ..Filter::default() },
    };
    let boxed = harness.block_on(running.engine.differences(query)).expect("answers");
    assert_eq!(boxed.items[0].value, "2.1", "{:?}", boxed.items);
    assert_eq!((boxed.requests, boxed.requests_baseline), (600, 3_600));
    harness.stop(running);
}

#[test]
fn environments_side_by_side_tell_which_one_fails() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, 30);
    harness.append_requests(&running, traffic(BAD_FROM..BAD_FROM + 30));
    harness.clock.advance(START.plus(MINUTE * 240).since(harness.clock.now()));
    let range = TimeRange { from: START.plus(MINUTE * 210), to: START.plus(MINUTE * 240) };
    let found =
        harness.block_on(running.engine.compare_environments(range, Filter::default())).expect("answers");
    assert!(found.statement.starts_with("aws/production/eu-west-1 is worse"), "{}", found.statement);
    assert_eq!((found.environments.len(), found.endpoints_shared), (2, 2));
    let versions: Vec<&str> = found.environments[0].versions.iter().map(|it| &*it.1).collect();
    assert_eq!(versions, ["4.0", "2.1"]);
    harness.stop(running);
}

#[test]
fn every_gate_tells_where_a_series_fell_silent() {
    let harness = Harness::new();
    let running = harness.run();
    harness.traffic_to(&running, 0, BAD_FROM);
    harness.traffic_to(&running, BAD_FROM, BAD_FROM + 10);
    let ended = |provider: Provider, minute: u64| {
        let series = series("shop", "/orders", provider);
        let at = Some(START.plus(MINUTE * u32::try_from(minute).expect("small")));
        let environment = series.environment().to_string();
        let explained = harness
            .block_on(running.engine.explain(series.endpoint_id(), environment, at))
            .expect("explains");
        assert_eq!(explained.pipeline.len(), 12);
        let stopped = explained.pipeline.iter().position(|it| it.outcome == SilenceGateOutcome::Stopped);
        let stopped = stopped.expect("nobody is told in this test");
        let reached = |(at, gate): (usize, &hawkeye_engine::SilenceGate)| match gate.outcome {
            SilenceGateOutcome::Passed => at < stopped,
            SilenceGateOutcome::Stopped => at == stopped,
            SilenceGateOutcome::NotReached => at > stopped,
        };
        assert!(explained.pipeline.iter().enumerate().all(reached), "{:?}", explained.pipeline);
        explained.pipeline.into_iter().nth(stopped).expect("there")
    };
    let check = |provider, minute, expected: &[SilenceGateName]| {
        let gate = ended(provider, minute);
        assert!(expected.contains(&gate.gate), "{gate:?}");
    };
    // Healthy: nothing was odd. Odd: it went as far as the rules, or to channels that nobody set up.
    check(Provider::Gcp, 215, &[SilenceGateName::Score, SilenceGateName::Budget]);
    check(Provider::Aws, 219, &[SilenceGateName::Rule, SilenceGateName::Notification]);
    check(Provider::Aws, 0, &[SilenceGateName::Samples]);
    harness.stop(running);
}
