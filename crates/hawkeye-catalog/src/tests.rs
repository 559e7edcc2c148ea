//! The catalog as its users see it: anomalies survive, people's words stay, questions find, and removal is whole.

use std::sync::Arc;
use std::time::Duration;

use hawkeye_model::{
    Anomaly, AnomalyId, AnomalyKind, Band, CloseReason, Dataset, Endpoint, Environment, Measure, Provider,
    Series, Severity, Timestamp,
};

use super::*;

mod alerting;
mod forecast;
mod incidents;
mod outbox;

struct Folder {
    folder: tempfile::TempDir,
    catalog: Catalog,
}

fn open() -> Folder {
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(folder.path()).expect("opens");
    Folder { folder, catalog }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_secs(60 * minute)
}

fn series(service: &str, provider: Provider) -> Arc<Series> {
    let endpoint = Endpoint { service: service.into(), method: "GET".into(), route: "/50%/{id}".into() };
    Arc::new(Series::new(endpoint, Environment::new(provider, "production", "eu-west-1")))
}

/// Detected at a minute, a minute after its onset; the service tells several apart.
fn anomaly(service: &str, minute: i64) -> Anomaly {
    let series = series(service, Provider::Aws);
    Anomaly {
        id: AnomalyId::new(series.id(), AnomalyKind::ErrorBurst.signal(), at(minute)),
        series,
        kind: AnomalyKind::ErrorBurst,
        severity: Severity::Medium,
        onset: at(minute - 1),
        detected: at(minute),
        updated: at(minute),
        closed: None,
        measure: Measure::ErrorRate,
        observed: 0.4,
        band: Band { lower: 0.0, expected: 0.01, upper: 0.05 },
        score_peak: 30.0,
        threshold: 18.0,
        requests: 1_000,
        requests_hurt: 390.5,
        deployment: Some("v2".into()),
        sentence: "many failures".into(),
    }
}

fn spark() -> Spark {
    Spark { t0: at(0), step: Duration::from_secs(60), scores: vec![0.5, 30.0] }
}

impl Folder {
    fn upsert(&self, anomaly: &Anomaly) -> Upserted {
        self.upsert_in(Dataset::Live, anomaly)
    }

    fn upsert_in(&self, dataset: Dataset, anomaly: &Anomaly) -> Upserted {
        let row = AnomalyWrite { anomaly: anomaly.clone(), spark: Some(spark()), evidence: Some(vec![1, 2]) };
        self.catalog.write(|write| write.upsert(dataset, &row)).expect("writes")
    }

    fn change(&self, id: AnomalyId, change: &PersonalChange) -> bool {
        self.catalog.write(|write| write.change(id, change, "ann", Some("why"), at(90))).expect("writes")
    }

    fn get(&self, id: AnomalyId) -> StoredAnomaly {
        self.catalog.read(|read| read.anomaly(id)).expect("reads").expect("there")
    }

    fn find(&self, query: AnomalyQuery) -> AnomalyPage {
        let limit = if query.limit == 0 { 100 } else { query.limit };
        self.catalog.read(|read| read.anomalies(&AnomalyQuery { limit, ..query })).expect("reads")
    }

    fn actions(&self, id: AnomalyId) -> Vec<ActivityAction> {
        let entries = self.catalog.read(|read| read.activity(id)).expect("reads");
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

#[test]
fn an_anomaly_comes_back_as_it_was() {
    let folder = open();
    let mut written = anomaly("orders", 5);
    written.closed = Some((at(9), CloseReason::Recovered));
    assert_eq!(folder.upsert(&written), Upserted::Opened);
    let read = folder.get(written.id);
    assert_eq!((read.anomaly, read.spark, read.dataset), (written.clone(), spark(), Dataset::Live));
    assert_eq!(folder.catalog.read(|read| read.evidence(written.id)).expect("reads"), Some(vec![1, 2]));
    assert_eq!(folder.actions(written.id), [ActivityAction::Opened, ActivityAction::Closed]);
}

#[test]
fn looking_again_after_a_crash_changes_nothing_and_keeps_what_people_said() {
    let folder = open();
    let opened = anomaly("orders", 5);
    let mut closed =
        Anomaly { updated: at(20), closed: Some((at(20), CloseReason::Recovered)), ..opened.clone() };
    folder.upsert(&opened);
    let verdict = Verdict::FalsePositive;
    assert!(folder.change(opened.id, &PersonalChange::Judge { verdict, reason: Some("seasonal".into()) }));
    assert_eq!(folder.upsert(&closed), Upserted::Closed);
    // The same windows once more.
    assert_eq!(folder.upsert(&opened), Upserted::Unchanged);
    assert_eq!(folder.upsert(&closed), Upserted::Unchanged);
    let stored = folder.get(opened.id);
    assert_eq!((stored.state(), stored.verdict), (AnomalyState::Closed, Some(verdict)));
    assert_eq!(stored.verdict_reason.as_deref(), Some("seasonal"));
    let once = [ActivityAction::Opened, ActivityAction::Closed, ActivityAction::Judged];
    assert_eq!(folder.actions(opened.id), once);
    (closed.closed, closed.updated, closed.severity) = (None, at(30), Severity::High);
    assert_eq!(folder.upsert(&closed), Upserted::Reopened);
    let twice = [ActivityAction::Reopened, ActivityAction::Escalated];
    assert_eq!(folder.actions(opened.id)[2..4], twice);
}

#[test]
fn people_change_only_what_is_other() {
    let folder = open();
    let id = anomaly("orders", 5).id;
    folder.upsert(&anomaly("orders", 5));
    assert!(folder.change(id, &PersonalChange::Acknowledge));
    assert!(!folder.change(id, &PersonalChange::Acknowledge));
    assert_eq!(folder.get(id).state(), AnomalyState::Acknowledged);
    assert_eq!(folder.get(id).acknowledged, Some(Acknowledged { by: "ann".into(), at: at(90) }));
    assert!(folder.change(id, &PersonalChange::Assign(Some("bob".into()))));
    assert!(!folder.change(id, &PersonalChange::Assign(Some("bob".into()))));
    assert!(folder.change(id, &PersonalChange::Unacknowledge));
    assert!(folder.change(id, &PersonalChange::Note));
    assert!(!folder.change(id, &PersonalChange::ClearVerdict));
    assert!(folder.change(id, &PersonalChange::Close));
    assert!(!folder.change(id, &PersonalChange::Close));
    assert_eq!(folder.get(id).anomaly.closed, Some((at(90), CloseReason::ByHand)));
    assert!(!folder.change(AnomalyId(1), &PersonalChange::Note), "it does not exist");
    assert_eq!(folder.actions(id).len(), 6);
}

#[test]
fn a_timeline_keeps_its_first_entry_and_the_newest() {
    let folder = open();
    let id = anomaly("orders", 5).id;
    folder.upsert(&anomaly("orders", 5));
    for _ in 0..ACTIVITIES_MAX + 20 {
        folder.change(id, &PersonalChange::Note);
    }
    let actions = folder.actions(id);
    assert_eq!(actions.len() as i64, ACTIVITIES_MAX);
    assert_eq!(actions[0], ActivityAction::Opened);
}

fn check(query: AnomalyQuery, expected: &[&str]) {
    let folder = open();
    for (service, minute) in [("orders", 10), ("payments", 20), ("search_x", 30)] {
        folder.upsert(&anomaly(service, minute));
    }
    let payments = anomaly("payments", 20);
    folder.upsert(&Anomaly {
        updated: at(25),
        closed: Some((at(25), CloseReason::Recovered)),
        severity: Severity::Critical,
        ..payments.clone()
    });
    folder.change(payments.id, &PersonalChange::Judge { verdict: Verdict::Confirmed, reason: None });
    folder.change(anomaly("orders", 10).id, &PersonalChange::Acknowledge);
    let page = folder.find(query);
    let found: Vec<&str> = page.items.iter().map(|item| &*item.anomaly.series.endpoint().service).collect();
    assert_eq!((found.as_slice(), page.total), (expected, expected.len() as u64));
}

#[test]
fn questions_find_what_they_ask() {
    let all = AnomalyQuery::default;
    check(all(), &["search_x", "payments", "orders"]);
    check(AnomalyQuery { range: Some((at(0), at(15))), ..all() }, &["orders"]);
    check(AnomalyQuery { range: Some((at(26), at(29))), ..all() }, &["orders"]);
    check(AnomalyQuery { range: Some((at(25), at(40))), ..all() }, &["search_x", "payments", "orders"]);
    check(AnomalyQuery { onset: Some((at(19), at(20))), ..all() }, &["payments"]);
    check(AnomalyQuery { states: vec![AnomalyState::Open], ..all() }, &["search_x"]);
    check(AnomalyQuery { states: vec![AnomalyState::Acknowledged], ..all() }, &["orders"]);
    let states = vec![AnomalyState::Closed, AnomalyState::Open];
    check(AnomalyQuery { states, ..all() }, &["search_x", "payments"]);
    check(AnomalyQuery { verdicts: vec![None], ..all() }, &["search_x", "orders"]);
    check(AnomalyQuery { verdicts: vec![Some(Verdict::Confirmed)], ..all() }, &["payments"]);
    check(AnomalyQuery { severities: vec![Severity::Critical], ..all() }, &["payments"]);
    check(AnomalyQuery { services: vec!["orders".into()], ..all() }, &["orders"]);
    check(AnomalyQuery { words: vec!["H_X".into(), "50%".into()], ..all() }, &["search_x"]);
    check(AnomalyQuery { words: vec!["5_%".into()], ..all() }, &[]);
    check(AnomalyQuery { datasets: vec![Dataset::Demo], ..all() }, &[]);
    let place = |deployment: &str| Place {
        provider: Provider::Aws,
        deployment: Some(deployment.into()),
        region: None,
    };
    check(AnomalyQuery { places: vec![place("staging")], ..all() }, &[]);
    check(
        AnomalyQuery { places: vec![place("staging"), place("production")], ..all() },
        &["search_x", "payments", "orders"],
    );
    check(AnomalyQuery { sort: AnomalySort::Severity, ..all() }, &["payments", "search_x", "orders"]);
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
    let folder = open();
    for minute in 1..=7 {
        let mut row = anomaly(&format!("s{minute}"), 100);
        row.requests_hurt = (minute / 2) as f64;
        folder.upsert(&row);
    }
    for sort in [AnomalySort::Onset, AnomalySort::Severity, AnomalySort::RequestsHurt] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = folder.find(AnomalyQuery { sort, after, limit: 3, ..AnomalyQuery::default() });
            assert_eq!(page.total, 7);
            seen.extend(page.items.iter().map(|item| item.anomaly.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let whole = folder.find(AnomalyQuery { sort, ..AnomalyQuery::default() });
        assert_eq!(seen, whole.items.iter().map(|item| item.anomaly.id).collect::<Vec<_>>());
    }
    let wrong = AnomalyQuery { after: Some("x".into()), ..AnomalyQuery::default() };
    assert_eq!(wrong.check(), Err(CursorError));
}

#[test]
fn counts_tell_states_and_severities() {
    let folder = open();
    let (first, second) = (anomaly("a", 1), anomaly("b", 2));
    folder.upsert(&first);
    folder.upsert(&Anomaly { severity: Severity::Critical, ..second.clone() });
    folder.upsert(&Anomaly { closed: Some((at(4), CloseReason::NewNormal)), ..anomaly("c", 3) });
    folder.change(first.id, &PersonalChange::Acknowledge);
    let verdict = Verdict::FalsePositive;
    folder.change(second.id, &PersonalChange::Judge { verdict, reason: None });
    let counts = folder.catalog.read(|read| read.anomaly_counts(&AnomalyQuery::default())).expect("reads");
    let expected =
        AnomalyCounts { open: 1, acknowledged: 1, closed: 1, false_positive: 1, by_severity: [0, 1, 0, 1] };
    assert_eq!(counts, expected);
    let by_endpoint =
        folder.catalog.read(|read| read.anomalies_by_endpoint(&AnomalyQuery::default())).expect("reads");
    assert_eq!(by_endpoint.len(), 3);
}

#[test]
fn a_removed_data_set_leaves_nothing_and_the_other_stays() {
    let folder = open();
    let (live, demo) = (anomaly("live", 1), anomaly("demo", 1));
    folder.upsert(&live);
    folder.upsert_in(Dataset::Demo, &demo);
    let both = Dataset::ALL;
    folder
        .catalog
        .write(|write| {
            for dataset in both {
                write.put_snapshot(dataset, at(1), &[vec![1], vec![2]])?;
                write.put_alive(dataset, at(1))?;
            }
            write.remove(Dataset::Demo)
        })
        .expect("writes");
    assert_eq!(folder.find(AnomalyQuery::default()).items.len(), 1);
    assert_eq!(folder.actions(demo.id), []);
    assert_eq!(folder.catalog.read(|read| read.evidence(demo.id)).expect("reads"), None);
    let snapshots = both.map(|dataset| folder.catalog.read(|read| read.snapshot(dataset)).expect("reads"));
    assert!(snapshots[0].is_some() && snapshots[1].is_none());
}

#[test]
fn retention_takes_old_and_excess_but_never_open_ones() {
    let folder = open();
    for minute in 1..=6 {
        let mut row = anomaly(&format!("s{minute}"), minute);
        if minute > 1 {
            row.closed = Some((at(minute), CloseReason::Recovered));
        }
        folder.upsert(&row);
    }
    let retention = Retention { anomaly: Duration::from_secs(240), anomalies_max: 2 };
    let gone = folder.catalog.write(|write| write.retain(retention, at(7))).expect("writes");
    let kept = folder.find(AnomalyQuery::default());
    let kept: Vec<&str> = kept.items.iter().map(|it| &*it.anomaly.series.endpoint().service).collect();
    assert_eq!((gone, kept.as_slice()), (3, ["s6", "s5", "s1"].as_slice()));
}

#[test]
fn adjustments_are_listed_and_taken_back_once() {
    let folder = open();
    let new = NewAdjustment {
        dataset: Dataset::Live,
        at: at(1),
        actor: "ann".into(),
        anomaly: AnomalyId(u64::MAX),
        verdict: Verdict::FalsePositive,
        series: series("orders", Provider::Gcp),
        signal: hawkeye_model::Signal::Latency,
        is_kin: true,
        offset_before: 0.0,
        offset_after: 2.5,
        threshold_before: 18.0,
        threshold_after: 20.5,
        hidden: 1,
        revealed: 0,
        hidden_anomalies: vec![AnomalyId(7)],
        sentence: "less sensitive".into(),
    };
    let added = folder.catalog.write(|write| write.add_adjustment(new.clone())).expect("writes");
    assert_eq!(
        folder.catalog.read(|read| read.adjustments(10)).expect("reads"),
        std::slice::from_ref(&added)
    );
    assert_eq!(folder.catalog.read(|read| read.adjustments_of(new.anomaly)).expect("reads").len(), 1);
    for expected in [true, false] {
        let undone = folder.catalog.write(|write| write.undo_adjustment(added.id, at(2))).expect("writes");
        assert_eq!(undone, expected);
    }
    let read = folder.catalog.read(|read| read.adjustment(added.id)).expect("reads").expect("there");
    assert_eq!((read.what, read.undone), (new, Some(at(2))));
}

#[test]
fn deployments_keep_their_first_time() {
    let folder = open();
    let environment = Environment::new(Provider::Aws, "production", "");
    let deployment = |minute| Deployment {
        service: "orders".into(),
        environment: environment.clone(),
        version: "v2".into(),
        at: at(minute),
        details: DeploymentDetails::default(),
    };
    folder
        .catalog
        .write(|write| {
            write.add_deployment(Dataset::Live, &deployment(5))?;
            write.add_deployment(Dataset::Live, &deployment(9))
        })
        .expect("writes");
    let found = |from, to, service: &str| {
        let services = vec![service.to_owned()];
        let query =
            DeploymentQuery { from: at(from), to: at(to), services, limit: 10, ..DeploymentQuery::default() };
        let found = folder.catalog.read(|read| read.deployments(&query)).expect("reads");
        found.into_iter().map(|(_, deployment)| deployment).collect::<Vec<_>>()
    };
    assert_eq!(found(0, 10, "orders"), [deployment(5)]);
    assert_eq!(found(0, 5, "orders"), []);
    assert_eq!(found(0, 10, "payments"), []);
}

/// Copies of the files while they are open are what a power cut leaves behind.
#[test]
fn a_crash_in_the_middle_of_a_write_leaves_the_state_before() {
    let folder = open();
    folder.upsert(&anomaly("before", 1));
    let copy = tempfile::tempdir().expect("a folder");
    let outcome = folder.catalog.write(|write| {
        let row = AnomalyWrite { anomaly: anomaly("during", 2), spark: Some(spark()), evidence: None };
        write.upsert(Dataset::Live, &row)?;
        write.put_snapshot(Dataset::Live, at(2), &[vec![0; 1 << 20]])?;
        for entry in std::fs::read_dir(folder.folder.path()).expect("a folder") {
            let entry = entry.expect("an entry");
            // The index of the log is rebuilt; a real crash loses it as well.
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copies");
            }
        }
        Ok(())
    });
    outcome.expect("writes");
    let reopened = Catalog::open(copy.path()).expect("opens");
    let page = reopened.read(|read| read.anomalies(&AnomalyQuery { limit: 9, ..AnomalyQuery::default() }));
    let services = page.expect("reads").items;
    let services: Vec<&str> = services.iter().map(|it| &*it.anomaly.series.endpoint().service).collect();
    assert_eq!(services, ["before"]);
    assert_eq!(reopened.read(|read| read.snapshot(Dataset::Live)).expect("reads"), None);
    assert_eq!(folder.find(AnomalyQuery::default()).items.len(), 2);
}
