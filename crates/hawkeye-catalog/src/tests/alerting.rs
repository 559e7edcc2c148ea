//! Alerts, silences and channels as the engine sees them: what was written comes back, questions find it, and what is
//! old goes.

use super::*;

/// Firing since a minute; the name tells several apart.
pub(super) fn alert(id: i64, name: &str, minute: i64) -> AlertRow {
    AlertRow {
        id,
        fingerprint: format!("f{id}"),
        dataset: Dataset::Live,
        state: "firing".into(),
        severity: Severity::High,
        rule: Some("anomalies".into()),
        source: "rule".into(),
        name: name.into(),
        words: format!("{name} fails 50%"),
        is_acknowledged: false,
        is_muted: false,
        is_snoozed: false,
        anomaly: None,
        started: at(minute),
        resolved: None,
        updated: at(minute),
        body: "{}".into(),
    }
}

fn resolved(id: i64, name: &str, minutes: (i64, i64)) -> AlertRow {
    AlertRow { state: "resolved".into(), resolved: Some(at(minutes.1)), ..alert(id, name, minutes.0) }
}

impl Folder {
    pub(super) fn read<T>(&self, question: impl FnOnce(&Read<'_>) -> Result<T, CatalogError>) -> T {
        self.catalog.read(question).expect("reads")
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&Write<'_>) -> Result<T, CatalogError>) -> T {
        self.catalog.write(change).expect("writes")
    }

    pub(super) fn put(&self, alerts: &[AlertRow]) {
        self.write(|write| alerts.iter().try_for_each(|alert| write.put_alert(alert)));
    }

    fn alerts(&self, query: AlertQuery) -> AlertPage {
        let limit = if query.limit == 0 { 100 } else { query.limit };
        self.read(|read| read.alerts(&AlertQuery { limit, ..query }))
    }
}

#[test]
fn an_alert_comes_back_as_it_was_and_is_replaced_by_id() {
    let folder = open();
    let written = AlertRow {
        is_acknowledged: true,
        is_snoozed: true,
        anomaly: Some(AnomalyId(u64::MAX)),
        ..resolved(7, "orders", (5, 9))
    };
    folder.put(&[alert(7, "before", 1), written.clone()]);
    assert_eq!(folder.read(|read| read.alert(7)), Some(written));
    assert_eq!(folder.read(|read| read.alert(8)), None);
    folder.write(|write| {
        write.add_alert_event(7, at(5), "rule", "fired", None)?;
        write.set_mutes(7, &[("silence".into(), "s".into())], at(5))?;
        write.remove_alert(7)
    });
    assert_eq!(folder.read(|read| read.alert(7)), None);
    assert!(folder.read(|read| Ok(read.alert_events(7)?.is_empty() && read.mutes_of(7)?.is_empty())));
}

#[test]
fn active_ones_are_those_that_are_not_over_or_just_ended() {
    let folder = open();
    let pending = AlertRow { state: "pending".into(), ..alert(1, "pending", 1) };
    folder.put(&[pending, alert(2, "firing", 2), resolved(3, "old", (1, 5)), resolved(4, "new", (1, 6))]);
    let names = |since| {
        let rows = folder.read(|read| read.active_alerts(at(since)));
        rows.into_iter().map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(names(6), ["pending", "firing", "new"]);
    assert_eq!(names(7), ["pending", "firing"]);
    assert_eq!(names(0), ["pending", "firing", "old", "new"]);
}

/// One alert in each listed state, and one of the demo.
fn check_alerts(query: AlertQuery, expected: &[&str]) {
    let folder = open();
    folder.put(&[
        AlertRow { state: "pending".into(), severity: Severity::Low, ..alert(1, "pending", 10) },
        alert(2, "Firing", 20),
        AlertRow { is_acknowledged: true, is_snoozed: true, is_muted: true, ..alert(3, "acknowledged", 30) },
        AlertRow { is_snoozed: true, is_muted: true, ..alert(4, "snoozed", 40) },
        AlertRow { is_muted: true, ..alert(5, "muted", 50) },
        AlertRow { rule: None, is_muted: true, ..resolved(6, "resolved", (60, 65)) },
        AlertRow { dataset: Dataset::Demo, anomaly: Some(AnomalyId(9)), ..alert(7, "demo", 70) },
    ]);
    let page = folder.alerts(query);
    let names: Vec<&str> = page.items.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, expected);
}

#[test]
fn alerts_are_found_by_what_is_asked() {
    use AlertListState as State;
    let all = AlertQuery::default;
    let states = |states: &[State]| AlertQuery { states: states.to_vec(), ..all() };
    check_alerts(all(), &["demo", "resolved", "muted", "snoozed", "acknowledged", "Firing", "pending"]);
    check_alerts(states(&[State::Pending]), &["pending"]);
    check_alerts(states(&[State::Firing]), &["demo", "Firing"]);
    check_alerts(states(&[State::Acknowledged]), &["acknowledged"]);
    check_alerts(states(&[State::Snoozed]), &["snoozed"]);
    check_alerts(states(&[State::Muted]), &["muted"]);
    check_alerts(states(&[State::Resolved, State::Muted]), &["resolved", "muted"]);
    check_alerts(AlertQuery { severities: vec![Severity::Low], ..all() }, &["pending"]);
    check_alerts(AlertQuery { rules: vec!["other".into()], ..all() }, &[]);
    check_alerts(AlertQuery { datasets: vec![Dataset::Demo], ..all() }, &["demo"]);
    check_alerts(AlertQuery { anomaly: Some(AnomalyId(9)), ..all() }, &["demo"]);
    check_alerts(AlertQuery { words: vec!["SNOOZ".into(), "50%".into()], ..all() }, &["snoozed"]);
    check_alerts(AlertQuery { words: vec!["5_%".into()], ..all() }, &[]);
    check_alerts(AlertQuery { words: vec!["muted".into(), "snoozed".into()], ..all() }, &[]);
    let during = |from, to| AlertQuery {
        rules: vec!["anomalies".into()],
        overlapping: Some((at(from), at(to))),
        ..all()
    };
    check_alerts(during(0, 10), &[]);
    check_alerts(during(0, 11), &["pending"]);
    check_alerts(
        AlertQuery { overlapping: Some((at(66), at(70))), states: vec![State::Resolved], ..all() },
        &[],
    );
    let touching = AlertQuery { overlapping: Some((at(65), at(70))), states: vec![State::Resolved], ..all() };
    check_alerts(touching, &["resolved"]);
}

#[test]
fn alerts_are_counted_whatever_states_are_asked_for() {
    let folder = open();
    folder.put(&[
        alert(1, "a", 1),
        AlertRow { is_muted: true, ..alert(2, "b", 2) },
        AlertRow { is_muted: true, is_acknowledged: true, ..alert(3, "c", 3) },
        AlertRow { is_muted: true, ..resolved(4, "d", (4, 5)) },
        AlertRow { severity: Severity::Low, ..alert(5, "e", 5) },
    ]);
    let query = AlertQuery {
        states: vec![AlertListState::Muted],
        severities: vec![Severity::High],
        ..AlertQuery::default()
    };
    let expected =
        AlertCounts { firing: 1, muted: 1, acknowledged: 1, resolved: 1, ..AlertCounts::default() };
    let page = folder.alerts(query);
    assert_eq!((page.items.len(), page.counts), (1, expected));
}

#[test]
fn pages_of_alerts_follow_each_other_also_within_one_moment() {
    let folder = open();
    let alerts: Vec<_> = (1..=9).map(|id| alert(id, "a", id / 4)).collect();
    folder.put(&alerts);
    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let page = folder.alerts(AlertQuery { cursor, limit: 2, ..AlertQuery::default() });
        assert_eq!(page.counts.firing, 9, "counts are of all pages");
        seen.extend(page.items.iter().map(|it| it.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    let query = |cursor| AlertQuery {
        states: vec![AlertListState::Firing],
        cursor,
        limit: 5,
        ..AlertQuery::default()
    };
    let first = folder.alerts(query(None));
    let second = folder.alerts(query(first.next_cursor));
    let ids: Vec<i64> = first.items.iter().chain(&second.items).map(|it| it.id).collect();
    assert_eq!(ids, seen, "also when only active ones are asked for");
    for cursor in ["", "x", "1", "1-", "-1", "1-2-3", "zz-1"] {
        let query = AlertQuery { cursor: Some(cursor.into()), limit: 2, ..AlertQuery::default() };
        let refused = folder.catalog.read(|read| read.alerts(&query));
        assert!(matches!(refused, Err(CatalogError::Cursor)), "{cursor}");
    }
}

#[test]
fn an_alerts_timeline_keeps_its_first_entry_and_the_newest() {
    let folder = open();
    folder.write(|write| {
        for n in 0..510 {
            write.add_alert_event(1, at(n), "ann", &format!("k{n}"), Some("why"))?;
        }
        write.add_alert_event(2, at(0), "bob", "other", None)
    });
    let events = folder.read(|read| read.alert_events(1));
    assert_eq!((events.len(), &*events[0].kind, &*events[1].kind), (500, "k0", "k11"));
    assert_eq!((events[499].at, events[499].note.as_deref()), (at(509), Some("why")));
    assert_eq!(folder.read(|read| read.alert_events(2)).len(), 1);
}

#[test]
fn ids_and_progress_outlast_what_they_counted() {
    let folder = open();
    assert_eq!(folder.read(|read| read.next_alert_id()), 1);
    assert_eq!(folder.read(|read| read.alert_progress(Dataset::Live)), None);
    folder.put(&[alert(41, "a", 1)]);
    folder.write(|write| {
        write.put_next_alert_id(42)?;
        write.put_alert_progress(Dataset::Live, at(3))?;
        write.put_alert_progress(Dataset::Demo, at(4))?;
        write.remove_alert(41)
    });
    assert_eq!(folder.read(|read| read.next_alert_id()), 42);
    assert_eq!(folder.read(|read| read.alert_progress(Dataset::Live)), Some(at(3)));
    folder.write(|write| write.remove(Dataset::Demo));
    assert_eq!(folder.read(|read| read.alert_progress(Dataset::Demo)), None);
    assert_eq!(folder.read(|read| read.next_alert_id()), 42);
}

#[test]
fn groups_are_replaced_and_removed() {
    let folder = open();
    folder.write(|write| {
        write.put_group("b", "1")?;
        write.put_group("a", "1")?;
        write.put_group("b", "2")?;
        write.remove_group("absent")
    });
    let pair = |key: &str, body: &str| (key.to_owned(), body.to_owned());
    assert_eq!(folder.read(|read| read.groups()), [pair("a", "1"), pair("b", "2")]);
    folder.write(|write| write.remove_group("a"));
    assert_eq!(folder.read(|read| read.groups()), [pair("b", "2")]);
}

/// What mutes an alert at successive minutes, and the times that are kept then.
fn check_mutes(steps: &[(i64, &[&str])], expected: &[(&str, i64, Option<i64>)]) {
    let folder = open();
    folder.write(|write| {
        for (minute, by) in steps {
            let by: Vec<_> = by.iter().map(|by| ("silence".to_owned(), (*by).to_owned())).collect();
            write.set_mutes(1, &by, at(*minute))?;
        }
        write.set_mutes(2, &[("silence".into(), "a".into()), ("inhibition".into(), "a".into())], at(50))
    });
    let mut mutes = folder.read(|read| read.mutes_of(1));
    mutes.sort_by_key(|it| (it.from, it.by.clone()));
    let shown: Vec<_> = mutes.iter().map(|it| (&*it.by, it.from, it.to)).collect();
    let expected: Vec<_> = expected.iter().map(|(by, from, to)| (*by, at(*from), to.map(at))).collect();
    assert_eq!(shown, expected);
}

#[test]
fn mutes_open_and_close() {
    check_mutes(&[(1, &["a"])], &[("a", 1, None)]);
    check_mutes(&[(1, &["a"]), (2, &["a"]), (3, &["a"])], &[("a", 1, None)]);
    check_mutes(&[(1, &["a"]), (2, &[])], &[("a", 1, Some(2))]);
    check_mutes(&[(1, &["a"]), (2, &["a", "b"]), (3, &["b"])], &[("a", 1, Some(3)), ("b", 2, None)]);
    check_mutes(&[(1, &["a"]), (2, &[]), (3, &["a"])], &[("a", 1, Some(2)), ("a", 3, None)]);
    check_mutes(&[(1, &["a"]), (2, &[]), (2, &["a"])], &[("a", 1, Some(2)), ("a", 2, None)]);
    check_mutes(&[], &[]);
}

#[test]
fn what_something_hid_is_listed_newest_first() {
    let folder = open();
    let silence = |by: &str| [("silence".to_owned(), by.to_owned())];
    folder.write(|write| {
        for id in 1..=5 {
            write.set_mutes(id, &silence("s"), at(id))?;
        }
        write.set_mutes(6, &silence("other"), at(6))?;
        write.set_mutes(7, &[("inhibition".into(), "s".into())], at(7))
    });
    let hidden = folder.read(|read| read.hidden_by("silence", "s", 3));
    assert_eq!(hidden.iter().map(|it| it.alert).collect::<Vec<_>>(), [5, 4, 3]);
}

fn silence(id: &str, minutes: (i64, i64)) -> SilenceRow {
    SilenceRow {
        id: id.into(),
        starts: at(minutes.0),
        ends: at(minutes.1),
        updated: at(minutes.0),
        body: "{}".into(),
    }
}

#[test]
fn silences_come_back_and_are_listed_by_their_end() {
    let folder = open();
    folder.write(|write| {
        write.put_silence(&silence("a", (1, 5)))?;
        write.put_silence(&silence("b", (1, 9)))?;
        write.put_silence(&silence("a", (1, 6)))
    });
    assert_eq!(folder.read(|read| read.silence("a")), Some(silence("a", (1, 6))));
    assert_eq!(folder.read(|read| read.silence("c")), None);
    let ids = |after| {
        let rows = folder.read(|read| read.silences(at(after)));
        rows.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!((ids(0), ids(6), ids(9)), (vec!["b".into(), "a".into()], vec!["b".into()], vec![]));
}

#[test]
fn a_link_is_used_once_also_after_a_restart() {
    let Folder { folder, catalog } = open();
    let use_it = |catalog: &Catalog, by: &str| catalog.write(|write| write.use_link("hash", by, at(1)));
    assert!(!catalog.read(|read| read.is_link_used("hash")).expect("reads"));
    assert!(use_it(&catalog, "ann").expect("writes"));
    assert!(!use_it(&catalog, "ann").expect("writes"));
    drop(catalog);
    let catalog = Catalog::open(folder.path()).expect("opens");
    assert!(!use_it(&catalog, "bob").expect("writes"));
    assert!(catalog.read(|read| read.is_link_used("hash")).expect("reads"));
}

#[test]
fn a_channel_keeps_its_secret_and_forgets_why_it_was_disabled() {
    let folder = open();
    let row = |body: &str, secret: &[u8], reason: Option<&str>, minute| ChannelRow {
        id: "mail".into(),
        body: body.into(),
        secret: Some(secret.to_vec()),
        disabled_reason: reason.map(str::to_owned),
        updated: at(minute),
    };
    let channels = || folder.read(|read| read.channels());
    folder.write(|write| write.put_channel("mail", "1", Some(b"old"), at(1)));
    assert_eq!(channels(), [row("1", b"old", None, 1)]);
    folder.write(|write| write.disable_channel("mail", Some("gone")));
    assert_eq!(channels(), [row("1", b"old", Some("gone"), 1)]);
    folder.write(|write| write.put_channel("mail", "2", None, at(2)));
    assert_eq!(channels(), [row("2", b"old", None, 2)]);
    folder.write(|write| write.put_channel("mail", "2", Some(b"new"), at(3)));
    assert_eq!(channels(), [row("2", b"new", None, 3)]);
    folder.write(|write| {
        write.set_memory("mail", "t", "1", at(1))?;
        write.set_memory("mail", "t", "2", at(2))
    });
    assert_eq!(folder.read(|read| read.memory("mail", "t")).as_deref(), Some("2"));
    assert_eq!(folder.read(|read| read.memory("mail", "other")), None);
    folder.write(|write| write.remove_channel("mail"));
    assert_eq!((channels(), folder.read(|read| read.memory("mail", "t"))), (vec![], None));
}

#[test]
fn settings_are_found_by_prefix_and_taken_away() {
    let folder = open();
    folder.write(|write| {
        for key in ["rule/b", "rule/a", "rul", "rule%"] {
            write.set(key, "1", "ann", at(1))?;
        }
        write.unset("rule/a", "ann", at(2))?;
        write.unset("absent", "ann", at(2))
    });
    let found = folder.read(|read| read.settings_with_prefix("rule/"));
    assert_eq!(found, [("rule/b".to_owned(), "1".to_owned())]);
}

#[test]
fn retention_takes_what_is_over_and_old_or_too_much() {
    let folder = open();
    let mut alerts = vec![alert(1, "still there", 1), resolved(2, "old", (1, 2))];
    alerts.extend((3..=6).map(|id| resolved(id, "new", (90 + id, 100))));
    folder.put(&alerts);
    folder.write(|write| {
        for id in 1..=6 {
            write.add_alert_event(id, at(id), "rule", "fired", None)?;
            write.set_mutes(id, &[("silence".into(), "s".into())], at(id))?;
        }
        write.put_silence(&silence("over", (1, 2)))?;
        write.put_silence(&silence("active", (1, 200)))?;
        write.use_link("old", "ann", at(1))?;
        write.use_link("new", "ann", at(99))?;
        write.set_memory("slack", "old", "1", at(1))?;
        write.set_memory("slack", "new", "1", at(99))?;
        write.retain_alerts(Duration::from_secs(50 * 60), 3, at(100))
    });
    let page = folder.alerts(AlertQuery::default());
    assert_eq!(page.items.iter().map(|it| it.id).collect::<Vec<_>>(), [6, 5, 4, 1]);
    for (id, is_kept) in [(1, true), (2, false), (3, false), (4, true)] {
        assert_eq!(!folder.read(|read| read.alert_events(id)).is_empty(), is_kept, "events of {id}");
        assert_eq!(!folder.read(|read| read.mutes_of(id)).is_empty(), is_kept, "mutes of {id}");
    }
    let silences = folder.read(|read| read.silences(at(0)));
    assert_eq!(silences.iter().map(|it| &*it.id).collect::<Vec<_>>(), ["active"]);
    assert_eq!(folder.read(|read| Ok((read.is_link_used("old")?, read.is_link_used("new")?))), (false, true));
    let memory = folder.read(|read| Ok((read.memory("slack", "old")?, read.memory("slack", "new")?)));
    assert_eq!(memory, (None, Some("1".into())));
}
