//! Faults made by hand in a small system, and the verdicts that they must get.
//!
//! `front/a` calls `orders/a`, which calls `stock/a`; `front/b` calls `search/b`; `front/c` calls `mail/c`. It runs in three
//! environments, with two instances of each service. One request in ten is slower than the others and one in 200 fails.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, Band, Endpoint, Environment, Measure, Provider, Request, Series,
    Severity, SpanId, Timestamp, TraceId,
};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    Breadth, CallGraph, Case, CauseKind, Diagnosis, KnownDeployment, VerdictKind, diagnose, link, windows,
    windows_of,
};

const CHAINS: [&[&str]; 3] =
    [&["front/a", "orders/a", "stock/a"], &["front/b", "search/b"], &["front/c", "mail/c"]];
const REGIONS: [&str; 3] = ["eu", "us", "asia"];
const MINUTE: Duration = Duration::from_secs(60);
const ONSET: Timestamp = Timestamp::from_secs(1_700_000_040);

/// A request before it is made: faults change it.
struct Draft {
    name: &'static str,
    region: &'static str,
    version: &'static str,
    instance: usize,
    own_ms: u64,
    fails: bool,
    comes: bool,
    /// Evenly from 0 to 99, another for each request.
    luck: u64,
    is_during: bool,
}

impl Draft {
    /// Fails for so many of a hundred.
    fn fail(&mut self, percent: u64) {
        self.fails |= self.luck < percent;
    }
}

fn series(name: &str, region: &str) -> Arc<Series> {
    let (service, route) = name.split_once('/').unwrap_or((name, ""));
    let endpoint =
        Endpoint { service: service.into(), method: "GET".into(), route: format!("/{route}").into() };
    Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", region)))
}

fn requests(range: (Timestamp, Timestamp), per_minute: u64, fault: &impl Fn(&mut Draft)) -> Vec<Request> {
    let mut made = Vec::new();
    let minutes = range.1.since(range.0).as_secs() / 60;
    for minute in 0..minutes {
        for (chain, region) in (0..CHAINS.len()).flat_map(|chain| REGIONS.map(|region| (chain, region))) {
            for number in 0..per_minute {
                let start = range.0.plus(MINUTE * u32::try_from(minute).unwrap());
                let start = start.plus(Duration::from_millis(number * 60_000 / per_minute));
                walk(CHAINS[chain], region, start, chain as u64, fault, &mut made);
            }
        }
    }
    made
}

/// One trace, from the innermost call outwards: whoever calls waits for it and fails with it.
fn walk(
    chain: &[&'static str],
    region: &'static str,
    start: Timestamp,
    salt: u64,
    fault: &impl Fn(&mut Draft),
    made: &mut Vec<Request>,
) {
    let seed = xxh3_64(format!("{region} {} {salt}", start.micros()).as_bytes());
    let (mut inner_us, mut inner_failed, mut spans) = (0, false, Vec::new());
    for (depth, name) in chain.iter().enumerate().rev() {
        let luck = xxh3_64(format!("{seed} {depth}").as_bytes());
        let mut draft = Draft {
            name,
            region,
            version: "1.0",
            instance: usize::try_from(luck / 1_000 % 2).unwrap(),
            own_ms: 20 + luck / 10_000 % 20 + if (luck / 7).is_multiple_of(10) { 40 } else { 0 },
            fails: (luck / 3_000).is_multiple_of(200),
            comes: true,
            luck: luck / 11 % 100,
            is_during: start >= ONSET,
        };
        fault(&mut draft);
        if !draft.comes {
            return;
        }
        let own_us = draft.own_ms * 1_000;
        let duration_us = own_us + inner_us;
        let status = if draft.fails {
            500
        } else if inner_failed {
            502
        } else {
            200
        };
        let service = name.split('/').next().unwrap_or_default();
        let depth_us = u64::try_from(depth).unwrap() * 1_000;
        spans.push(Request {
            version: draft.version.into(),
            instance: format!("{service}-{}", draft.instance).into(),
            trace_id: TraceId([seed.to_be_bytes(), 1_u64.to_be_bytes()].concat().try_into().unwrap()),
            span_id: SpanId((u64::try_from(depth).unwrap() + 1).to_be_bytes()),
            parent_span_id: SpanId(u64::try_from(depth).unwrap().to_be_bytes()),
            ..Request::new(
                start.plus(Duration::from_micros(depth_us)),
                duration_us,
                series(name, region),
                status,
            )
        });
        (inner_us, inner_failed) = (duration_us, draft.fails || inner_failed);
    }
    made.extend(spans.into_iter().rev());
}

fn anomaly(name: &str, region: &str, kind: AnomalyKind) -> Anomaly {
    let series = series(name, region);
    let at = |minutes: u32| ONSET.plus(MINUTE * minutes);
    Anomaly {
        id: AnomalyId::new(series.id(), kind.signal(), at(3)),
        series,
        kind,
        severity: Severity::High,
        onset: ONSET,
        detected: at(3),
        updated: at(20),
        closed: None,
        measure: Measure::ErrorRate,
        observed: 0.2,
        band: Band { lower: 0.0, expected: 0.0, upper: 0.01 },
        score_peak: 40.0,
        threshold: 20.0,
        requests: 100,
        requests_hurt: 20.0,
        deployment: None,
        sentence: "It is odd.".to_owned(),
    }
}

fn judge(odd: &[(&str, &str, AnomalyKind)], per_minute: u64, fault: impl Fn(&mut Draft)) -> Diagnosis {
    judge_as(odd, per_minute, &[], |_| {}, fault)
}

/// `blur` changes requests after they are made.
fn judge_as(
    odd: &[(&str, &str, AnomalyKind)],
    per_minute: u64,
    deployments: &[KnownDeployment],
    blur: impl Fn(&mut Vec<Request>),
    fault: impl Fn(&mut Draft),
) -> Diagnosis {
    let anomalies: Vec<Anomaly> =
        odd.iter().map(|(name, region, kind)| anomaly(name, region, *kind)).collect();
    let now = ONSET.plus(MINUTE * 20);
    let (bad_range, baseline_range) = windows(ONSET, now);
    let mut bad = requests(bad_range, per_minute, &fault);
    let mut baseline = requests(baseline_range, per_minute, &fault);
    let mut graph = CallGraph::default();
    graph.observe(&baseline, &link(&baseline), baseline_range.1);
    blur(&mut bad);
    blur(&mut baseline);
    diagnose(&Case {
        anomalies: &anomalies,
        bad: &bad,
        baseline: &baseline,
        bad_range,
        baseline_range,
        sampled: 1.0,
        deployments,
        graph: &graph,
        made: now,
    })
}

/// Expects a kind, a breadth, the verdict's subject and the first cause's as they are shown.
fn check(diagnosis: &Diagnosis, kind: VerdictKind, breadth: Breadth, subject: &str, first: &str) {
    let verdict = &diagnosis.verdict;
    assert_eq!(verdict.kind, kind, "{}", verdict.sentence);
    assert_eq!(verdict.breadth, breadth, "{}", verdict.sentence);
    assert_eq!(verdict.subject.to_string(), subject);
    assert_eq!(diagnosis.causes.first().map(|cause| cause.subject.to_string()).as_deref(), Some(first));
}

const ERRORS: AnomalyKind = AnomalyKind::ErrorBurst;
const SLOW: AnomalyKind = AnomalyKind::LatencySpike;

#[test]
fn a_bad_version_is_named() {
    let odd = [("front/a", "eu", ERRORS), ("orders/a", "eu", ERRORS)];
    let diagnosis = judge(&odd, 10, |draft| {
        if draft.is_during && draft.name == "orders/a" && draft.region == "eu" {
            draft.version = "1.1";
            draft.fail(15);
        }
    });
    let subject = "orders 1.1 on aws/production/eu";
    check(&diagnosis, VerdictKind::VersionFault, Breadth::Endpoint, subject, subject);
    assert_eq!(diagnosis.causes[0].kind, CauseKind::Version);
    let sentence = &diagnosis.verdict.sentence;
    assert!(sentence.starts_with("orders 1.1 on aws/production/eu fails 1"), "{sentence}");
    assert!(sentence.contains("since 22:14 UTC (1.0 failed 0."), "{sentence}");
    assert!(sentence.contains("2 other environments 0."), "{sentence}");
}

#[test]
fn a_new_version_is_not_blamed_for_what_the_old_one_does_too() {
    let odd = [("orders/a", "eu", ERRORS)];
    let diagnosis = judge(&odd, 10, |draft| {
        if draft.is_during && draft.name == "orders/a" && draft.region == "eu" {
            draft.version = if draft.instance == 0 { "1.1" } else { "1.0" };
            draft.fail(20);
        }
    });
    let subject = "orders GET /a on aws/production/eu";
    check(&diagnosis, VerdictKind::EnvironmentFault, Breadth::Endpoint, subject, subject);
}

#[test]
fn staging_is_no_witness_of_production() {
    let staging = |requests: &mut Vec<Request>| {
        requests.retain(|request| &*request.series.environment().region != "asia");
        for request in requests.iter_mut().filter(|it| &*it.series.environment().region == "us") {
            let environment = Environment::new(Provider::Aws, "staging", "us");
            request.series = Arc::new(Series::new(request.series.endpoint().clone(), environment));
        }
    };
    let odd = [("orders/a", "eu", ERRORS)];
    // It works in staging, and fails in production.
    let diagnosis = judge_as(&odd, 10, &[], staging, |draft| {
        if draft.is_during && draft.name == "orders/a" {
            draft.version = "1.1";
            draft.fail(if draft.region == "eu" { 15 } else { 0 });
        }
    });
    let subject = "orders 1.1 on aws/production/eu";
    check(&diagnosis, VerdictKind::VersionFault, Breadth::Endpoint, subject, subject);
    // Nor does it tell that something is wrong with production.
    let diagnosis = judge_as(&odd, 10, &[], staging, |draft| {
        if draft.is_during && draft.name == "orders/a" && draft.region == "eu" {
            draft.fail(15);
        }
    });
    assert_eq!(diagnosis.verdict.kind, VerdictKind::NotEnoughEvidence, "{}", diagnosis.verdict.sentence);
}

#[test]
fn a_version_that_ran_well_for_long_is_not_blamed() {
    let alone = |requests: &mut Vec<Request>| {
        requests.retain(|request| &*request.series.environment().region == "eu");
    };
    let kind = |minutes: u32, kind: AnomalyKind| {
        let deployed = KnownDeployment {
            service: "orders".into(),
            environment: series("orders/a", "eu").environment().clone(),
            version: "1.1".into(),
            at: ONSET.minus(MINUTE * minutes),
        };
        // The baseline ends 20 minutes before the onset.
        let came = move |draft: &mut Draft| {
            if draft.name == "orders/a" && draft.is_during {
                draft.version = "1.1";
                draft.fail(20);
            }
        };
        judge_as(&[("orders/a", "eu", kind)], 10, &[deployed], alone, came).verdict.kind
    };
    assert_eq!(kind(10, ERRORS), VerdictKind::VersionFault);
    assert_eq!(kind(19, ERRORS), VerdictKind::NotEnoughEvidence);
    assert_eq!(kind(19, AnomalyKind::LatencyDrift), VerdictKind::VersionFault);
}

#[test]
fn a_version_without_a_name_is_the_one_before() {
    let diagnosis = judge(&[("orders/a", "eu", ERRORS)], 10, |draft| {
        draft.version = "";
        if draft.is_during && draft.name == "orders/a" && draft.region == "eu" {
            draft.version = "1.1";
            draft.fail(15);
        }
    });
    let sentence = &diagnosis.verdict.sentence;
    assert!(sentence.contains(" (the version before failed 0."), "{sentence}");
}

#[test]
fn one_bad_instance_is_named() {
    let diagnosis = judge(&[("stock/a", "us", ERRORS), ("front/a", "us", ERRORS)], 10, |draft| {
        if draft.is_during && draft.name == "stock/a" && draft.region == "us" && draft.instance == 1 {
            draft.fail(40);
        }
    });
    let subject = "stock GET /a stock-1 on aws/production/us";
    check(&diagnosis, VerdictKind::InstanceFault, Breadth::Endpoint, subject, subject);
}

#[test]
fn slowness_is_put_where_the_time_goes() {
    let odd = [("front/a", "eu", SLOW), ("orders/a", "eu", SLOW), ("stock/a", "eu", SLOW)];
    let fault = |draft: &mut Draft| {
        if draft.is_during && draft.name == "stock/a" && draft.region == "eu" {
            draft.own_ms *= 3;
        }
    };
    let diagnosis = judge(&odd, 10, fault);
    let subject = "stock GET /a on aws/production/eu";
    check(&diagnosis, VerdictKind::EnvironmentFault, Breadth::Endpoint, subject, subject);
    assert_eq!(diagnosis.causes[0].kind, CauseKind::FirstAffected);
    assert!(diagnosis.causes[0].self_ms > 30.0);

    // Without traces the graph tells who waits for whom.
    let forget = |requests: &mut Vec<Request>| {
        requests.iter_mut().for_each(|request| request.trace_id = TraceId::default());
    };
    let diagnosis = judge_as(&odd, 10, &[], forget, fault);
    check(&diagnosis, VerdictKind::EnvironmentFault, Breadth::Endpoint, subject, subject);
    assert!(diagnosis.notes.iter().any(|note| note.starts_with("No traces")));
}

#[test]
fn what_fails_everywhere_at_once_is_shared() {
    let odd = [("stock/a", "eu", ERRORS), ("stock/a", "us", ERRORS)];
    let diagnosis = judge(&odd, 10, |draft| {
        if draft.is_during && draft.name == "stock/a" {
            draft.fail(30);
        }
    });
    check(&diagnosis, VerdictKind::SharedDependency, Breadth::Everywhere, "stock GET /a", "stock GET /a");
    let sentence = &diagnosis.verdict.sentence;
    assert!(sentence.contains("since 22:14 UTC, and no new version came: it is"), "{sentence}");

    let odd = [("stock/a", "eu", ERRORS), ("mail/c", "eu", ERRORS), ("mail/c", "us", ERRORS)];
    let diagnosis = judge(&odd, 10, |draft| {
        if draft.is_during && ["stock/a", "mail/c"].contains(&draft.name) {
            draft.fail(30);
        }
    });
    let both = "what mail and stock use";
    check(&diagnosis, VerdictKind::SharedDependency, Breadth::Everywhere, both, both);
}

#[test]
fn a_version_that_came_before_something_shared_is_told() {
    let odd = [("stock/a", "eu", ERRORS), ("stock/a", "us", ERRORS)];
    let sentence = |versions: &[&str], version: &'static str| {
        let came = |version: &&str| KnownDeployment {
            service: "stock".into(),
            environment: series("stock/a", "asia").environment().clone(),
            version: (*version).into(),
            at: ONSET.minus(MINUTE * 70),
        };
        let deployments: Vec<KnownDeployment> = versions.iter().map(came).collect();
        let diagnosis = judge_as(
            &odd,
            10,
            &deployments,
            |_| {},
            |draft| {
                draft.version = version;
                if draft.is_during && draft.name == "stock/a" {
                    draft.fail(30);
                }
            },
        );
        assert_eq!(diagnosis.verdict.kind, VerdictKind::SharedDependency);
        diagnosis.verdict.sentence
    };
    let told = sentence(&["5.1.3"], "5.1.3");
    assert!(
        told.ends_with(": it is something that they share, though stock 5.1.3 came at 21:04 UTC."),
        "{told}"
    );
    for unknown in [sentence(&[""], "5.1.3"), sentence(&[], "")] {
        assert!(unknown.ends_with(" since 22:14 UTC: it is something that they share."), "{unknown}");
    }
}

#[test]
fn many_services_of_one_environment_are_an_outage() {
    let odd = [("stock/a", "asia", ERRORS), ("search/b", "asia", ERRORS), ("front/c", "asia", SLOW)];
    let diagnosis = judge(&odd, 10, |draft| {
        if draft.is_during && draft.region == "asia" {
            draft.fail(30);
        }
    });
    let asia = "aws/production/asia";
    check(&diagnosis, VerdictKind::EnvironmentFault, Breadth::Environment, asia, asia);
    assert_eq!(diagnosis.causes[0].kind, CauseKind::Environment);
}

#[test]
fn callers_that_stay_away_are_no_fault() {
    let odd = [("front/b", "eu", AnomalyKind::TrafficDrop), ("search/b", "eu", AnomalyKind::Silence)];
    let diagnosis = judge(&odd, 10, |draft| {
        let is_hit = draft.is_during && draft.region == "eu";
        draft.comes &= !(is_hit && ["front/b", "search/b"].contains(&draft.name) && draft.luck < 80);
    });
    let subject = "search on aws/production/eu";
    check(&diagnosis, VerdictKind::TrafficChange, Breadth::Service, subject, subject);
    assert!(diagnosis.impact.missing.value > 100.0);
}

#[test]
fn more_of_what_always_fails_is_a_change_of_the_mix() {
    let diagnosis = judge(&[("front/a", "eu", ERRORS)], 20, |draft| {
        // Endpoint b always fails for a fifth of its callers; now the others stay away.
        if draft.name == "front/b" {
            draft.fail(20);
        }
        let others = draft.name == "front/a" || draft.name == "front/c";
        draft.comes &= !(draft.is_during && draft.region == "eu" && others && draft.luck < 80);
    });
    let subject = "front on aws/production/eu";
    check(&diagnosis, VerdictKind::TrafficMix, Breadth::Service, subject, subject);
}

#[test]
fn what_cannot_be_told_is_not_guessed() {
    let open = |diagnosis: &Diagnosis| {
        assert_eq!(diagnosis.verdict.kind, VerdictKind::NotEnoughEvidence, "{}", diagnosis.verdict.sentence);
    };
    // Nothing happens.
    open(&judge(&[("stock/a", "eu", ERRORS)], 10, |_| {}));
    // A handful of requests.
    let diagnosis = judge(&[("stock/a", "eu", ERRORS)], 1, |draft| {
        if draft.is_during && draft.name == "stock/a" && draft.region == "eu" {
            draft.fail(10);
        }
    });
    open(&diagnosis);
    // One environment and one version: there is nothing to compare with, but where it began is known.
    let alone = |requests: &mut Vec<Request>| {
        requests.retain(|request| &*request.series.environment().region == "eu");
    };
    let diagnosis = judge_as(&[("front/a", "eu", ERRORS)], 10, &[], alone, |draft| {
        if draft.is_during && draft.name == "stock/a" {
            draft.fail(30);
        }
    });
    open(&diagnosis);
    let first = &diagnosis.causes[0];
    assert_eq!((first.kind, first.subject.service.as_deref()), (CauseKind::FirstAffected, Some("stock")));
}

#[test]
fn the_order_of_requests_does_not_matter() {
    let odd = [("front/a", "eu", ERRORS), ("orders/a", "eu", SLOW)];
    let fault = |draft: &mut Draft| {
        if draft.is_during && draft.name == "orders/a" && draft.region == "eu" {
            draft.version = "1.1";
            draft.fail(15);
        }
    };
    let forward = judge_as(&odd, 5, &[], |_| {}, fault);
    let backward = judge_as(&odd, 5, &[], |requests| requests.reverse(), fault);
    assert_eq!(forward.verdict, backward.verdict);
    assert_eq!(forward.causes, backward.causes);
    assert_eq!(forward.map, backward.map);
    assert_eq!(forward, judge_as(&odd, 5, &[], |_| {}, fault));
}

#[test]
fn the_map_shows_who_calls_whom() {
    let diagnosis = judge(&[("front/a", "eu", ERRORS)], 5, |draft| {
        if draft.is_during && draft.name == "stock/a" && draft.region == "eu" {
            draft.fail(30);
        }
    });
    let map = &diagnosis.map;
    let names: Vec<&str> = map.nodes.iter().map(|node| node.service.as_str()).collect();
    assert_eq!(names, ["front", "orders", "stock"]);
    assert_eq!(map.edges.iter().map(|edge| (edge.caller, edge.callee)).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
    assert_eq!(map.nodes.iter().map(|node| node.is_first_cause).collect::<Vec<_>>(), [false, false, true]);
    assert!(map.nodes[2].error_rate > 0.2 && map.nodes[2].error_rate_before < 0.02);
}

#[test]
fn windows_follow_the_harm() {
    let at = |minutes: i64| Timestamp::from_micros(ONSET.micros() + minutes * 60_000_000);
    let check = |anomalies: &[Anomaly], deployed: Option<i64>, now: i64, expected: [i64; 4]| {
        let known = deployed.map(|minutes| KnownDeployment {
            service: "orders".into(),
            environment: series("orders/a", "eu").environment().clone(),
            version: "1.1".into(),
            at: at(minutes),
        });
        let found = windows_of(anomalies, known.as_slice(), at(now), Timestamp::MIN);
        let [from, to, before_from, before_to] = expected.map(at);
        assert_eq!(found, ((from, to), (before_from, before_to)));
    };
    let burst = anomaly("stock/a", "eu", ERRORS);
    check(std::slice::from_ref(&burst), None, 20, [0, 20, -80, -20]);
    check(std::slice::from_ref(&burst), None, 200, [0, 60, -80, -20]);
    check(std::slice::from_ref(&burst), Some(-30), 20, [0, 20, -90, -30]);
    // One that lingers since long before does not hide the others.
    let lingers = Anomaly { onset: at(-600), ..anomaly("front/b", "eu", SLOW) };
    let worse = Anomaly { requests_hurt: 400.0, ..burst.clone() };
    check(&[lingers, worse], None, 20, [0, 20, -80, -20]);
    // What creeps up is compared with a day before.
    let drift = Anomaly { detected: at(120), ..anomaly("stock/a", "eu", AnomalyKind::LatencyDrift) };
    check(&[drift], None, 300, [120, 180, 120 - 1_440, 180 - 1_440]);
}

#[test]
fn it_is_told_what_was_looked_at() {
    let at = |minutes: u32| ONSET.plus(MINUTE * minutes);
    let graph = CallGraph::default();
    let note = |anomalies: &[Anomaly], bad_range, made| {
        let (_, baseline_range) = windows(ONSET, made);
        let case = Case {
            anomalies,
            bad: &[],
            baseline: &[],
            bad_range,
            baseline_range,
            sampled: 1.0,
            deployments: &[],
            graph: &graph,
            made,
        };
        diagnose(&case).notes.into_iter().find(|note| note.starts_with("The incident is long"))
    };
    let burst = [anomaly("stock/a", "eu", ERRORS)];
    assert_eq!(note(&burst, (at(0), at(30)), at(30)), None);
    let worst = "The incident is long: 22:14 UTC to 23:14 UTC were looked at, its worst hour.";
    assert_eq!(note(&burst, (at(0), at(60)), at(200)).as_deref(), Some(worst));
    let last = "The incident is long: 22:34 UTC to 23:34 UTC were looked at.";
    assert_eq!(note(&burst, (at(20), at(80)), at(80)).as_deref(), Some(last));
}
