//! Alerts from real windows: rules, crashes between any two of them, and what people say.

use hawkeye_alert::{Alert, Maintenance, Matcher};
use hawkeye_catalog::{AlertListState, AlertQuery, OutboxQuery, OutboxRow, Verdict};
use hawkeye_engine::{AlertAction, AlertBacktestQuery, NewSilence};
use hawkeye_notify::{Channel, ChannelKind, WebhookFormat};
use hawkeye_store::TimeRange;

use crate::harness::{Harness, MINUTE, Running, START};

/// A channel that nobody delivers to: the outbox is what is looked at.
fn with_channel(running: &Running) {
    let kind = ChannelKind::Webhook {
        url: "https://hooks.example.com/".into(),
        format: WebhookFormat::Json,
        template: None,
        headers: [].into(),
    };
    let channel = Channel { id: "hook".into(), name: "Hook".into(), is_enabled: true, kind };
    running.engine.put_channel(channel, None, "ann").expect("is right");
    let mut routing = running.engine.alert_routing();
    routing.receivers[0].steps[0].channels = vec!["hook".into()];
    routing.route.group_by = Some(vec!["rule".into()]);
    running.engine.put_routing(routing, "ann").expect("is right");
}

/// Only the rule about failures, so that detection does not say it a second time.
fn only(running: &Running, id: &str) {
    for stored in running.engine.alert_rules() {
        let rule = hawkeye_alert::Rule { is_enabled: stored.rule.id == id, ..stored.rule };
        running.engine.put_rule(rule, "ann").expect("is right");
    }
}

fn alerts(running: &Running, states: &[AlertListState]) -> Vec<Alert> {
    let query = AlertQuery { states: states.to_vec(), limit: 100, ..AlertQuery::default() };
    running.engine.alerts(&query).expect("answers").items
}

fn outbox(running: &Running) -> Vec<OutboxRow> {
    let query = OutboxQuery { limit: 100, ..OutboxQuery::default() };
    let mut rows = running.engine.notifications(&query).expect("answers").items;
    rows.reverse();
    rows
}

fn reasons(running: &Running) -> Vec<String> {
    outbox(running).iter().map(|row| row.reason.clone()).collect()
}

/// Minute by minute, so that each window is judged by itself.
fn pass(harness: &Harness, running: &Running, minutes: std::ops::Range<u64>, failing: std::ops::Range<u64>) {
    for minute in minutes {
        harness.append(running, minute..minute + 1, failing.clone());
        harness.pass_to(running, u32::try_from(minute).expect("small") + 1);
        running.wait_for_rules(START.plus(MINUTE * (u32::try_from(minute).expect("small") + 1)));
    }
}

#[test]
fn failing_requests_are_told_and_their_end_too_with_a_crash_at_each_minute() {
    let harness = Harness::new();
    let running = harness.run();
    with_channel(&running);
    only(&running, "mostly-failing");
    harness.append(&running, 0..10, 0..0);
    harness.pass_to(&running, 10);
    harness.crash(running);
    for minute in 10..40 {
        let running = harness.run();
        pass(&harness, &running, minute..minute + 1, 12..22);
        harness.crash(running);
    }
    let running = harness.run();
    let rows = outbox(&running);
    assert_eq!(reasons(&running), ["first", "resolved"], "{rows:?}");
    assert_ne!(rows[0].key, rows[1].key);
    assert_eq!(rows[0].thread, rows[1].thread);
    let all = alerts(&running, &[]);
    assert_eq!(all.len(), 1, "{all:?}");
    let alert = &all[0];
    assert!(
        alert.summary.starts_with("Error rate of GET / of shop in aws/production is"),
        "{}",
        alert.summary
    );
    assert_eq!((alert.transition, alert.told), (2, 2));
    let minutes = |at: hawkeye_model::Timestamp| at.since(START).as_secs() / 60;
    // From minute 12 four of five requests fail; over five minutes more than half do once three and a bit are in,
    // and the rule waits two minutes more.
    let (fired, over) = (minutes(alert.fired.expect("fired")), minutes(alert.resolved.expect("over")));
    assert!((17..=19).contains(&fired), "{fired}");
    assert!((29..=33).contains(&over), "{over}");
    harness.stop(running);
}

#[test]
fn a_false_positive_ends_the_alert_and_teaches_detection() {
    let harness = Harness::new();
    let running = harness.run();
    with_channel(&running);
    only(&running, "anomaly");
    harness.append(&running, 0..200, 0..0);
    harness.pass_to(&running, 200);
    pass(&harness, &running, 200..215, 205..240);
    let firing = alerts(&running, &[AlertListState::Firing]);
    assert_eq!(firing.len(), 1, "{firing:?}");
    let anomaly = harness.wait_for_one(&running);
    assert_eq!(firing[0].anomaly.as_deref(), Some(anomaly.anomaly.id.to_string().as_str()));
    let acted =
        running.engine.act_on_alerts(&[firing[0].id], &AlertAction::FalsePositive, "ann", Some("a test"));
    assert_eq!(acted.expect("acts")[0].state, hawkeye_alert::State::Resolved);
    assert_eq!(harness.found(&running)[0].verdict, Some(Verdict::FalsePositive));
    // The anomaly goes on, but nobody wants to hear of it.
    pass(&harness, &running, 215..220, 205..240);
    assert!(alerts(&running, &[AlertListState::Firing]).is_empty());
    let detail = running.engine.alert_detail(firing[0].id).expect("is there");
    let kinds: Vec<_> = detail.events.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|it| **it == "false_positive").count(), 1, "{kinds:?}");
    assert!(kinds.starts_with(&["fired"]), "{kinds:?}");
    harness.stop(running);
}

#[test]
fn silences_and_maintenance_hold_over_a_crash_and_say_what_they_hid() {
    let harness = Harness::new();
    let running = harness.run();
    with_channel(&running);
    only(&running, "mostly-failing");
    let minute = |n: u32| START.plus(MINUTE * n);
    let mut routing = running.engine.alert_routing();
    routing.maintenances = vec![Maintenance {
        name: "patching".into(),
        matchers: vec!["service=shop".parse::<Matcher>().expect("a matcher")],
        time_zone: "UTC".into(),
        spans: Vec::new(),
        from_ms: Some(minute(0).millis()),
        to_ms: Some(minute(40).millis()),
        is_summarised: true,
        note: String::new(),
    }];
    running.engine.put_routing(routing, "ann").expect("is right");
    harness.append(&running, 0..10, 0..0);
    harness.pass_to(&running, 10);
    let silence = running.engine.put_silence(NewSilence {
        id: None,
        matchers: vec!["service=shop".parse().expect("a matcher")],
        starts: minute(0),
        ends: minute(60),
        created_by: "ann".into(),
        comment: "known".into(),
    });
    let silence = silence.expect("is right");
    pass(&harness, &running, 10..35, 12..22);
    assert_eq!(reasons(&running), [""; 0]);
    harness.crash(running);

    let running = harness.run();
    assert_eq!(running.engine.silences(None).expect("answers").len(), 1);
    running.engine.expire_silence(&silence.id).expect("ends");
    let (_, hidden) = running.engine.silence(&silence.id).expect("is there");
    assert_eq!(hidden.len(), 1, "{hidden:?}");
    assert_eq!(reasons(&running), [""; 0], "the maintenance still hides it");
    // Afterwards it is summed up, though it is over.
    pass(&harness, &running, 35..45, 0..0);
    assert_eq!(reasons(&running), ["after_mute"]);
    harness.stop(running);
}

#[test]
fn a_backtest_says_what_was_said() {
    let harness = Harness::new();
    let running = harness.run();
    with_channel(&running);
    only(&running, "mostly-failing");
    harness.append(&running, 0..10, 0..0);
    harness.pass_to(&running, 10);
    pass(&harness, &running, 10..40, 12..22);
    let stricter = running.engine.alert_rules().into_iter().map(|stored| {
        let mut rule = stored.rule;
        if let hawkeye_alert::Condition::Threshold { value, .. } = &mut rule.condition {
            *value = 0.9;
        }
        rule
    });
    let query = AlertBacktestQuery {
        range: TimeRange { from: START, to: START.plus(MINUTE * 40) },
        rules: Some(stricter.collect()),
        routing: None,
        settings: None,
    };
    let backtest = harness.block_on(running.engine.alert_backtest(query)).expect("runs");
    assert_eq!((backtest.current.alerts, backtest.current.notifications), (1, 2));
    assert_eq!(backtest.current.per_receiver, [("default".to_owned(), 2)]);
    assert_eq!((backtest.changed.alerts, backtest.changed.notifications), (0, 0));
    let (lived, replayed) = (alerts(&running, &[]), &backtest.current.listed[0]);
    assert_eq!((replayed.fired, replayed.resolved), (lived[0].fired.expect("fired"), lived[0].resolved));
    harness.stop(running);
}
