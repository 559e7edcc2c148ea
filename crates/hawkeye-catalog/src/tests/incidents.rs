//! Incidents are found by what belongs to them, survive mergers as links, and go with their anomalies.

use super::*;

fn row(id: u64, minute: i64) -> IncidentRow {
    IncidentRow {
        id,
        dataset: Dataset::Live,
        severity: Severity::High,
        title: "orders fail".into(),
        onset: at(minute),
        detected: at(minute + 1),
        updated: at(minute + 1),
        closed: None,
        services: vec!["orders".into()],
        environments: vec!["aws/production/eu-west-1".into()],
        requests_hurt: 12.5,
        conclusion: None,
    }
}

impl Folder {
    /// An incident with one anomaly of each service.
    fn incident(&self, id: u64, minute: i64, services: &[&str]) -> Vec<AnomalyId> {
        let members: Vec<Anomaly> = services.iter().map(|service| anomaly(service, minute + 1)).collect();
        for member in &members {
            self.upsert(member);
        }
        let put = |write: &Write<'_>| {
            write.put_incident(&row(id, minute))?;
            members.iter().try_for_each(|member| write.put_member(id, member.id))
        };
        self.catalog.write(put).expect("writes");
        members.into_iter().map(|member| member.id).collect()
    }

    fn incidents(&self, query: IncidentQuery) -> IncidentPage {
        let limit = if query.limit == 0 { 100 } else { query.limit };
        self.catalog.read(|read| read.incidents(&IncidentQuery { limit, ..query })).expect("reads")
    }

    fn ids(&self, query: IncidentQuery) -> Vec<u64> {
        self.incidents(query).items.into_iter().map(|it| it.row.id).collect()
    }
}

fn of_service(service: &str) -> IncidentQuery {
    let scope = AnomalyQuery { services: vec![service.into()], ..AnomalyQuery::default() };
    IncidentQuery { scope, ..IncidentQuery::default() }
}

#[test]
fn an_incident_comes_back_with_its_conclusion() {
    let folder = open();
    let members = folder.incident(7, 1, &["orders", "gateway"]);
    let concluded = Conclusion {
        verdict: "version_fault".into(),
        sentence: "it is 2.14".into(),
        subject: "{}".into(),
        at: at(3),
    };
    folder
        .catalog
        .write(|write| write.put_diagnosis(7, &concluded, Severity::Low, 3.0, "{\"a\":1}"))
        .expect("writes");
    // A later view of the incident does not touch it.
    folder.catalog.write(|write| write.put_incident(&row(7, 1))).expect("writes");
    let stored = folder.catalog.read(|read| read.incident(7)).expect("reads").expect("there");
    let expected = IncidentRow {
        conclusion: Some(concluded),
        severity: Severity::Low,
        requests_hurt: 3.0,
        // Something new is known of it since.
        updated: at(3),
        ..row(7, 1)
    };
    assert_eq!(stored.row, expected);
    assert_eq!((stored.anomalies, stored.anomalies_open, stored.state()), (2, 2, IncidentState::Open));
    assert_eq!(folder.catalog.read(|read| read.diagnosis(7)).expect("reads").as_deref(), Some("{\"a\":1}"));
    assert_eq!(folder.get(members[0]).incident, Some(7));
    assert_eq!(folder.catalog.read(|read| read.incident(8)).expect("reads"), None);
}

#[test]
fn incidents_are_found_by_their_anomalies_time_and_state() {
    let folder = open();
    let first = folder.incident(1, 10, &["orders"]);
    folder.incident(2, 20, &["payments", "gateway"]);
    let closed = IncidentRow { closed: Some(at(35)), ..row(3, 30) };
    folder.incident(3, 30, &["gateway"]);
    folder.catalog.write(|write| write.put_incident(&closed)).expect("writes");
    folder.change(first[0], &PersonalChange::Acknowledge);
    let state = |state| IncidentQuery { states: vec![state], ..IncidentQuery::default() };
    assert_eq!(folder.ids(IncidentQuery::default()), [3, 2, 1]);
    assert_eq!(folder.ids(of_service("gateway")), [3, 2]);
    assert!(folder.ids(of_service("nobody")).is_empty());
    assert_eq!(folder.ids(state(IncidentState::Open)), [2]);
    assert_eq!(folder.ids(state(IncidentState::Acknowledged)), [1]);
    assert_eq!(folder.ids(state(IncidentState::Closed)), [3]);
    let range = |from, to| IncidentQuery { range: Some((at(from), at(to))), ..IncidentQuery::default() };
    assert_eq!(folder.ids(range(36, 99)), [2, 1]);
    assert_eq!(folder.ids(range(0, 20)), [1]);
    let verdict = IncidentQuery { verdicts: vec!["version_fault".into()], ..IncidentQuery::default() };
    assert!(folder.ids(verdict).is_empty());
    let page = folder.incidents(IncidentQuery { limit: 2, ..IncidentQuery::default() });
    assert_eq!((page.total, page.open, page.closed, page.items.len()), (3, 2, 1, 2));
    assert_eq!(folder.ids(IncidentQuery { after: page.next, ..IncidentQuery::default() }), [1]);
    let wrong = IncidentQuery { after: Some("x".into()), ..IncidentQuery::default() };
    assert!(wrong.check().is_err());
}

#[test]
fn a_merged_incident_leads_to_the_one_that_took_it() {
    let folder = open();
    folder.incident(1, 10, &["orders"]);
    let taken = folder.incident(2, 12, &["gateway"]);
    let event = IncidentEvent {
        at: at(13),
        kind: "merged".into(),
        reason: "gateway calls orders".into(),
        anomaly: Some(taken[0]),
    };
    folder
        .catalog
        .write(|write| {
            write.merge_incidents(2, 1, at(13))?;
            write.add_incident_event(1, &event)
        })
        .expect("writes");
    assert_eq!(folder.ids(IncidentQuery::default()), [1]);
    let read = |id| folder.catalog.read(|read| read.incident(id)).expect("reads").expect("there");
    assert_eq!(read(2), read(1));
    assert_eq!(read(1).anomalies, 2);
    assert_eq!(folder.catalog.read(|read| read.incident_events(2)).expect("reads"), [event]);
    let members = folder.catalog.read(|read| read.incident_anomalies(2)).expect("reads");
    assert_eq!(members.len(), 2);
    assert_eq!(folder.catalog.read(|read| read.incident_of(taken[0])).expect("reads"), Some(1));
}

#[test]
fn incidents_go_with_their_data_set() {
    let folder = open();
    folder.incident(1, 10, &["orders"]);
    folder.catalog.write(|write| write.put_incident_progress(Dataset::Live, at(20))).expect("writes");
    let progress = || folder.catalog.read(|read| read.incident_progress(Dataset::Live)).expect("reads");
    assert_eq!(progress(), Some(at(20)));
    folder.catalog.write(|write| write.remove(Dataset::Demo)).expect("writes");
    assert_eq!(folder.ids(IncidentQuery::default()), [1]);
    folder.catalog.write(|write| write.remove(Dataset::Live)).expect("writes");
    assert_eq!((folder.ids(IncidentQuery::default()), progress()), (Vec::new(), None));
}

#[test]
fn incidents_that_ended_without_a_last_look_are_found() {
    let folder = open();
    for (id, minute) in [(1, 10), (2, 20), (3, 30)] {
        folder.incident(id, minute, &["orders"]);
    }
    let close = |id, minute| IncidentRow { closed: Some(at(minute)), ..row(id, minute - 5) };
    let concluded = |minute| Conclusion {
        verdict: "traffic_change".into(),
        sentence: String::new(),
        subject: "{}".into(),
        at: at(minute),
    };
    folder
        .catalog
        .write(|write| {
            write.put_incident(&close(1, 15))?;
            write.put_incident(&close(2, 25))?;
            write.put_diagnosis(1, &concluded(15), Severity::Low, 0.0, "{}")?;
            write.put_diagnosis(2, &concluded(22), Severity::Low, 0.0, "{}")
        })
        .expect("writes");
    let ids = |found: Vec<StoredIncident>| found.into_iter().map(|it| it.row.id).collect::<Vec<_>>();
    let due = folder.catalog.read(|read| read.incidents_to_conclude(Dataset::Live)).expect("reads");
    assert_eq!(ids(due), [2]);
    let since = folder.catalog.read(|read| read.incidents_since(Dataset::Live, at(20))).expect("reads");
    assert_eq!(ids(since), [2, 3]);
}

#[test]
fn a_deployment_keeps_what_a_pipeline_told_and_how_it_was_judged() {
    let folder = open();
    let environment = Environment::new(Provider::Gcp, "production", "");
    let seen = Deployment {
        service: "orders".into(),
        environment,
        version: "v2".into(),
        at: at(9),
        details: DeploymentDetails::default(),
    };
    let told = DeploymentDetails { is_reported: true, note: Some("hotfix".into()), ..seen.details.clone() };
    let reported = Deployment { at: at(5), details: told, ..seen.clone() };
    let details = DeploymentDetails {
        judged_minutes: 5,
        verdict: Some("degraded".into()),
        verdicts: Some("[]".into()),
        ..reported.details.clone()
    };
    let judged = Deployment { details, ..reported.clone() };
    folder
        .catalog
        .write(|write| {
            write.add_deployment(Dataset::Live, &seen)?;
            write.add_deployment(Dataset::Live, &reported)?;
            write.add_deployment(Dataset::Live, &seen)?;
            write.judge_deployment(Dataset::Live, &judged)
        })
        .expect("writes");
    let found = |verdict: Option<&str>| {
        let verdicts = vec![verdict.map(str::to_owned)];
        let query = DeploymentQuery { to: at(99), limit: 9, verdicts, ..DeploymentQuery::default() };
        folder.catalog.read(|read| read.deployments(&query)).expect("reads")
    };
    assert_eq!(found(Some("degraded")), [(Dataset::Live, judged)]);
    assert_eq!(found(None), []);
}

#[test]
fn a_deployment_that_is_told_to_have_come_earlier_is_judged_again() {
    let folder = open();
    let deployment = |minute| Deployment {
        service: "orders".into(),
        environment: Environment::new(Provider::Gcp, "production", ""),
        version: "v2".into(),
        at: at(minute),
        details: DeploymentDetails::default(),
    };
    let details = DeploymentDetails {
        judged_minutes: 30,
        verdict: Some("healthy".into()),
        ..DeploymentDetails::default()
    };
    let judged = Deployment { details, ..deployment(20) };
    let tell = |minute| {
        folder
            .catalog
            .write(|write| write.add_deployment(Dataset::Live, &deployment(minute)))
            .expect("writes");
        let query = DeploymentQuery { to: at(99), limit: 9, ..DeploymentQuery::default() };
        folder.catalog.read(|read| read.deployments(&query)).expect("reads").remove(0).1
    };
    tell(20);
    folder.catalog.write(|write| write.judge_deployment(Dataset::Live, &judged)).expect("writes");
    assert_eq!(tell(25), judged, "the first time counts");
    assert_eq!(tell(12), deployment(12));
}
