//! The outbox as whoever delivers sees it: told once, in order, and never lost by a crash.

use proptest::prelude::*;

use super::alerting::alert;
use super::*;

const LEASE: Duration = Duration::from_secs(60);

/// Due at once, on thread `t` of a channel; the key tells several apart.
fn new(key: &str, channel: &str, thread: &str) -> NewOutbox {
    NewOutbox {
        key: key.into(),
        channel: channel.into(),
        thread: thread.into(),
        state: "waiting".into(),
        reason: "first".into(),
        receiver: "everybody".into(),
        title: "orders fails".into(),
        dataset: Dataset::Live,
        created: at(0),
        next: at(0),
        body: "{}".into(),
        alerts: vec![],
    }
}

impl Folder {
    fn push(&self, rows: &[NewOutbox]) {
        self.write(|write| rows.iter().try_for_each(|row| write.push_outbox(row).map(|_| ())));
    }

    /// The keys of what is due, of each channel at most two.
    fn claim(&self, minute: i64) -> Vec<String> {
        let rows = self.write(|write| write.claim_outbox(at(minute), LEASE, |_, _| 2, 100));
        rows.into_iter().map(|it| it.key).collect()
    }

    fn row(&self, key: &str) -> OutboxRow {
        let all = OutboxQuery { limit: 100, ..OutboxQuery::default() };
        let page = self.read(|read| read.outbox(&all));
        page.items.into_iter().find(|it| it.key == key).expect("there")
    }

    fn finish(&self, key: &str, finish: &Finish) {
        let id = self.row(key).id;
        self.write(|write| write.finish_outbox(id, finish));
    }

    fn sent(&self, key: &str, minute: i64) {
        self.finish(key, &Finish::Sent { at: at(minute), status: Some(200) });
    }

    fn retry(&self, key: &str, minute: i64, status: Option<u16>) {
        self.finish(key, &Finish::Retry { next: at(minute), error: "no answer".into(), status });
    }

    fn found(&self, query: OutboxQuery) -> Vec<String> {
        let limit = if query.limit == 0 { 100 } else { query.limit };
        let page = self.read(|read| read.outbox(&OutboxQuery { limit, ..query }));
        page.items.into_iter().map(|it| it.key).collect()
    }
}

#[test]
fn a_key_is_written_once() {
    let folder = open();
    let first = NewOutbox { alerts: vec![1, 1, 2], ..new("k", "mail", "t") };
    assert!(folder.write(|write| write.push_outbox(&first)));
    let again = NewOutbox { title: "other".into(), alerts: vec![3], ..new("k", "slack", "u") };
    assert!(!folder.write(|write| write.push_outbox(&again)));
    let row = folder.row("k");
    assert_eq!(
        (&*row.title, &*row.channel, row.attempts, row.leased_until),
        ("orders fails", "mail", 0, None)
    );
    assert_eq!(folder.found(OutboxQuery { alert: Some(2), ..OutboxQuery::default() }), ["k"]);
    assert_eq!(folder.found(OutboxQuery { alert: Some(3), ..OutboxQuery::default() }), [""; 0]);
}

#[test]
fn only_the_oldest_of_a_thread_is_given_out() {
    let folder = open();
    folder.push(&[
        new("a1", "mail", "a"),
        new("a2", "mail", "a"),
        new("b1", "mail", "b"),
        new("a1s", "slack", "a"),
    ]);
    assert_eq!(folder.claim(1), ["a1", "b1", "a1s"]);
    assert_eq!(folder.claim(1), [""; 0], "all are leased, and a2 is behind a1");
    folder.sent("a1", 1);
    assert_eq!(folder.claim(1), ["a2"]);
}

#[test]
fn what_is_not_over_yet_holds_up_its_thread() {
    let folder = open();
    folder.push(&[new("a1", "mail", "a"), new("a2", "mail", "a")]);
    assert_eq!(folder.claim(1), ["a1"]);
    folder.retry("a1", 9, None);
    assert_eq!(folder.claim(5), [""; 0]);
    assert_eq!(folder.claim(9), ["a1"]);
    folder.finish("a1", &Finish::Dead { at: at(9), error: "refused".into(), status: Some(400) });
    assert_eq!(folder.claim(9), ["a2"], "a lost one holds up nobody");
}

#[test]
fn a_channel_is_given_as_much_as_it_has_room_for() {
    let folder = open();
    let rows: Vec<_> = (0..5).map(|n| new(&format!("m{n}"), "mail", &format!("{n}"))).collect();
    folder.push(&rows);
    folder.push(&[new("s", "slack", "s"), new("t", "teams", "t")]);
    let room = |channel: &str, _| if channel == "slack" { 0 } else { 3 };
    let claim = |limit| {
        let rows = folder.write(|write| write.claim_outbox(at(1), LEASE, room, limit));
        rows.into_iter().map(|it| it.key).collect::<Vec<_>>()
    };
    assert_eq!(claim(2), ["m0", "m1"]);
    assert_eq!(claim(100), ["m2", "m3", "m4", "t"]);
    assert_eq!(claim(0), [""; 0]);
    assert_eq!(folder.claim(1), ["s"], "one that was left out waits");
}

#[test]
fn a_lease_that_is_over_is_given_out_again() {
    let folder = open();
    folder.push(&[new("k", "mail", "t")]);
    assert_eq!(folder.claim(1), ["k"]);
    assert_eq!((folder.row("k").attempts, folder.row("k").leased_until), (1, Some(at(2))));
    assert!(!folder.read(|read| read.is_outbox_due(at(1))));
    assert!(folder.read(|read| read.is_outbox_due(at(2))));
    assert_eq!(folder.claim(2), ["k"]);
    assert_eq!(folder.row("k").attempts, 2);
    folder.write(|write| write.release_outbox());
    assert_eq!(folder.claim(2), ["k"], "whoever held it is gone");
}

#[test]
fn nothing_is_given_out_before_its_time_or_when_it_does_not_wait() {
    let folder = open();
    folder.push(&[
        NewOutbox { next: at(5), ..new("later", "mail", "a") },
        NewOutbox { state: "withheld".into(), ..new("withheld", "mail", "b") },
        NewOutbox { state: "collapsed".into(), ..new("collapsed", "mail", "c") },
    ]);
    assert!(!folder.read(|read| read.is_outbox_due(at(4))));
    assert_eq!((folder.claim(4), folder.claim(5)), (vec![], vec!["later".to_owned()]));
}

#[test]
fn an_end_is_written_down() {
    let folder = open();
    folder.push(&[new("a", "mail", "a"), new("b", "slack", "b"), new("c", "teams", "c")]);
    folder.claim(1);
    folder.sent("a", 2);
    folder.retry("b", 7, Some(503));
    folder.finish("c", &Finish::Dead { at: at(3), error: "gone".into(), status: Some(410) });
    let (a, b, c) = (folder.row("a"), folder.row("b"), folder.row("c"));
    assert_eq!((&*a.state, a.sent, a.last_status, a.leased_until), ("sent", Some(at(2)), Some(200), None));
    assert_eq!((&*b.state, b.next, b.last_status, b.leased_until), ("waiting", at(7), Some(503), None));
    assert_eq!((&*c.state, c.sent, c.last_error.as_deref()), ("dead", None, Some("gone")));
    let depth = folder.read(|read| read.outbox_depth());
    assert_eq!(depth, OutboxDepth { waiting: 1, dead: 1, oldest_waiting: Some(at(0)) });
}

#[test]
fn a_channel_that_takes_something_is_given_the_rest_at_once() {
    let folder = open();
    folder.push(&[new("a", "mail", "a"), new("b", "mail", "b"), new("c", "slack", "c")]);
    assert_eq!(folder.claim(1), ["a", "b", "c"]);
    folder.retry("b", 50, Some(500));
    folder.retry("c", 50, Some(500));
    folder.sent("a", 2);
    assert_eq!(folder.claim(2), ["b"], "the other channel still rests");
    folder.push(&[new("d", "mail", "d"), new("e", "mail", "e")]);
    folder.claim(2);
    folder.retry("b", 50, Some(429));
    folder.retry("d", 50, Some(503));
    folder.sent("e", 3);
    assert_eq!(folder.claim(3), [""; 0], "it said itself when it may be asked again");
}

#[test]
fn a_lost_one_gets_another_day() {
    let folder = open();
    folder.push(&[new("k", "mail", "t")]);
    folder.claim(1);
    let id = folder.row("k").id;
    assert!(!folder.write(|write| write.retry_outbox(id, at(2))), "it is not lost");
    folder.finish("k", &Finish::Dead { at: at(1), error: "refused".into(), status: None });
    assert_eq!(folder.claim(2), [""; 0]);
    assert!(folder.write(|write| write.retry_outbox(id, at(2))));
    assert_eq!((folder.row("k").attempts, &*folder.row("k").state), (0, "waiting"));
    assert_eq!(folder.claim(2), ["k"]);
    assert!(!folder.write(|write| write.retry_outbox(99, at(2))));
}

#[test]
fn rows_are_found_counted_and_paged() {
    let folder = open();
    let row = |key: &str, channel: &str, state: &str, minute| NewOutbox {
        state: state.into(),
        created: at(minute),
        alerts: vec![minute],
        ..new(key, channel, key)
    };
    folder.push(&[
        row("a", "mail", "waiting", 1),
        row("b", "mail", "withheld", 1),
        row("c", "slack", "sent", 2),
        row("d", "slack", "dead", 3),
        row("e", "slack", "collapsed", 4),
    ]);
    let all = OutboxQuery::default;
    assert_eq!(folder.found(all()), ["e", "d", "c", "b", "a"]);
    assert_eq!(folder.found(OutboxQuery { states: vec!["dead".into(), "sent".into()], ..all() }), ["d", "c"]);
    assert_eq!(folder.found(OutboxQuery { channel: Some("mail".into()), ..all() }), ["b", "a"]);
    assert_eq!(folder.found(OutboxQuery { alert: Some(1), ..all() }), ["b", "a"]);
    assert_eq!(folder.found(OutboxQuery { created: Some((at(2), at(4))), ..all() }), ["d", "c"]);
    let counts = |query| folder.read(|read| read.outbox(&query)).counts;
    let expected = OutboxCounts { sent: 1, dead: 1, collapsed: 1, ..OutboxCounts::default() };
    let query = OutboxQuery { states: vec!["dead".into()], channel: Some("slack".into()), limit: 1, ..all() };
    assert_eq!(counts(query), expected);
    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let page = folder.read(|read| read.outbox(&OutboxQuery { cursor, limit: 2, ..all() }));
        seen.extend(page.items.into_iter().map(|it| it.key));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["e", "d", "c", "b", "a"]);
    let wrong = OutboxQuery { cursor: Some("x".into()), limit: 2, ..all() };
    assert!(matches!(folder.catalog.read(|read| read.outbox(&wrong)), Err(CatalogError::Cursor)));
    let row = folder.row("c");
    assert_eq!(folder.read(|read| read.outbox_row(row.id)), Some(row));
    assert_eq!(folder.read(|read| read.outbox_row(99)), None);
}

#[test]
fn a_removed_data_set_takes_its_alerts_and_notifications_along() {
    let folder = open();
    let demo = AlertRow { dataset: Dataset::Demo, ..alert(2, "demo", 1) };
    folder.put(&[alert(1, "live", 1), demo]);
    folder.push(&[
        NewOutbox { alerts: vec![1], ..new("live", "mail", "a") },
        NewOutbox { alerts: vec![2], dataset: Dataset::Demo, ..new("demo", "mail", "b") },
    ]);
    folder.write(|write| {
        for id in [1, 2] {
            write.add_alert_event(id, at(1), "rule", "fired", None)?;
        }
        write.remove(Dataset::Demo)
    });
    assert_eq!(folder.found(OutboxQuery::default()), ["live"]);
    assert_eq!(folder.found(OutboxQuery { alert: Some(2), ..OutboxQuery::default() }), [""; 0]);
    assert!(folder.read(|read| read.alert(2)).is_none() && folder.read(|read| read.alert(1)).is_some());
    assert!(folder.read(|read| read.alert_events(2)).is_empty());
    assert_eq!(folder.read(|read| read.alert_events(1)).len(), 1);
}

#[test]
fn retention_never_takes_what_waits() {
    let folder = open();
    let row = |key: &str, state: &str, minute| NewOutbox {
        state: state.into(),
        created: at(minute),
        ..new(key, "mail", key)
    };
    folder.push(&[
        row("waits", "waiting", 1),
        row("old", "sent", 1),
        row("lost", "dead", 2),
        row("a", "sent", 97),
        row("b", "withheld", 98),
        row("c", "collapsed", 99),
    ]);
    folder.write(|write| write.retain_alerts(Duration::from_secs(50 * 60), 2, at(100)));
    assert_eq!(folder.found(OutboxQuery::default()), ["c", "b", "waits"]);
}

/// However many wait for their time or for an older one of their thread, all steps go through an index.
#[test]
fn claiming_reads_only_what_is_due() {
    let folder = open();
    let plan = |sql: &str| -> Vec<String> {
        folder.read(|read| {
            let mut statement = read.0.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let values = vec![0; statement.parameter_count()];
            let lines = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(3))?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    };
    let due = "USING INDEX outbox_due (channel=? AND next_us<?)";
    for sql in [crate::outbox::CHANNELS_DUE_SQL, &crate::outbox::due_sql()] {
        let lines = plan(sql);
        assert!(lines.iter().any(|line| line.ends_with(due)), "{lines:#?}");
        let reads_all =
            |line: &&String| line.starts_with("SCAN") && line.contains("outbox") && !line.contains("INDEX");
        assert_eq!(lines.iter().find(reads_all), None, "{lines:#?}");
    }
}

#[test]
fn among_ten_thousand_the_due_one_is_found() {
    let folder = open();
    let rest: Vec<_> = (0..10_000)
        .map(|n| NewOutbox {
            next: at(900),
            ..new(&format!("r{n}"), &format!("c{}", n % 5), &format!("{n}"))
        })
        .collect();
    folder.push(&rest);
    folder.push(&[new("due", "c1", "due"), new("behind", "c1", "due")]);
    assert_eq!(folder.claim(1), ["due"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is pushed, claimed, finished or lost to a crash: of a thread one after the other, each ends once.
    #[test]
    fn threads_keep_their_order(steps in prop::collection::vec((0_u8..5, 0_usize..3), 1..60)) {
        let folder = open();
        let (mut pushed, mut minute) = ([0_usize; 3], 0);
        let mut told: [Vec<String>; 3] = Default::default();
        let mut held: Vec<String> = Vec::new();
        let thread_of = |key: &str| usize::from(key.as_bytes()[0] - b'0');
        for (what, thread) in steps {
            minute += 1;
            match what {
                0 | 1 => {
                    let key = format!("{thread}-{:03}", pushed[thread]);
                    folder.push(&[new(&key, "mail", &thread.to_string())]);
                    pushed[thread] += 1;
                }
                2 => {
                    let claimed = folder.claim(minute);
                    // The lease is one step long: what was held is out again.
                    held = claimed;
                }
                3 => {
                    if let Some(key) = held.pop() {
                        folder.sent(&key, minute);
                        told[thread_of(&key)].push(key);
                    }
                }
                _ => {
                    if let Some(key) = held.pop() {
                        folder.retry(&key, minute + 2, None);
                    }
                }
            }
        }
        for keys in &told {
            prop_assert!(keys.is_sorted(), "{keys:?}");
            let mut once = keys.clone();
            once.dedup();
            prop_assert_eq!(&once, keys);
        }
    }
}
