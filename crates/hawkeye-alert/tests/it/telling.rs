//! When a group is told, and when it is left in peace.

use hawkeye_alert::{
    Inhibition, Interval, Maintenance, Person, Route, Schedule, Silence, Span, Status, Step, mutes,
};
use hawkeye_model::Timestamp;

use crate::world::{START_S, World, lines, routing};

fn world() -> World {
    World::new(routing(&[(0, "a")]))
}

fn check(told: &[(i64, hawkeye_alert::Told)], expected: &[&str]) {
    assert_eq!(lines(told), expected);
}

#[test]
fn told_at_once_then_at_most_once_an_interval_then_that_it_is_over() {
    let mut world = world();
    world.fire("shop/1");
    check(&world.run(100), &["0 first 1 a"]);
    world.fire("shop/2");
    world.fire("shop/3");
    world.fire("other/1");
    check(&world.run(300), &["100 first 1 a", "300 new_alerts 3 a"]);
    world.resolve("shop/1");
    check(&world.run(300), &["600 resolved 3 a"]);
    for name in ["shop/2", "shop/3", "other/1"] {
        world.resolve(name);
    }
    let told = world.run(600);
    check(&told, &["700 resolved 1 a", "900 resolved 2 a"]);
    assert!(told.iter().all(|(_, told)| told.status == Status::Resolved));
    assert_eq!(world.book.alerts().count(), 0, "nothing is kept of what is over");
    assert!(world.dispatcher.groups().is_empty());
}

#[test]
fn five_thousand_at_once_are_one_notification() {
    let mut world = world();
    (0..5_000).for_each(|instance| world.fire(&format!("shop/{instance}")));
    check(&world.run(300), &["0 first 5000 a"]);
    (0..5_000).for_each(|instance| world.resolve(&format!("shop/{instance}")));
    check(&world.run(300), &["300 resolved 5000 a"]);
}

#[test]
fn an_hour_of_flapping_is_told_at_most_once_an_interval() {
    let mut world = world();
    let mut told = 0;
    for second in 0..3_600 {
        if second % 20 == 0 {
            world.fire("shop/1");
        } else if second % 20 == 10 {
            world.resolve("shop/1");
        }
        told += world.run(1).len();
    }
    assert!((2..=12).contains(&told), "{told}");
}

#[test]
fn what_is_over_before_it_was_told_is_never_told() {
    let mut world = world();
    world.routing.route.group_wait_s = Some(30);
    world.fire("shop/1");
    check(&world.run(10), &[]);
    world.resolve("shop/1");
    check(&world.run(1_000), &[]);
    assert!(world.dispatcher.groups().is_empty());
}

#[test]
fn it_is_repeated_until_somebody_acknowledges() {
    let mut world = world();
    world.routing.route.repeat_interval_s = Some(600);
    world.fire("shop/1");
    check(&world.run(700), &["0 first 1 a", "600 repeat 1 a"]);
    world.acknowledge("shop/1", Some(1_000));
    // That somebody does is told once, then nothing until the acknowledgement ends.
    check(&world.run(999), &["900 acknowledged 1 a"]);
    check(&world.run(2), &["1700 repeat 1 a"]);
}

#[test]
fn further_steps_are_told_while_nobody_acknowledges() {
    let mut world = World::new(routing(&[(0, "a"), (60, "b"), (120, "c")]));
    world.fire("shop/1");
    check(&world.run(100), &["0 first 1 a", "60 escalation 1 b"]);
    world.acknowledge("shop/1", None);
    check(&world.run(300), &["300 acknowledged 1 a,b"]);
    world.resolve("shop/1");
    check(&world.run(300), &["600 resolved 1 a,b"]);
}

#[test]
fn whoever_is_on_call_is_told() {
    let mut world = world();
    world.routing.people = ["ann", "bob"]
        .map(|name| Person { name: name.into(), channels: vec![format!("mail-{name}")] })
        .into();
    world.routing.schedules = vec![Schedule {
        name: "primary".into(),
        time_zone: "UTC".into(),
        starts: "2026-11-01T12:00".into(),
        shift_days: 1,
        people: vec!["ann".into(), "bob".into()],
        overrides: Vec::new(),
    }];
    world.routing.receivers[0].steps =
        vec![Step { after_s: 0, channels: vec![], schedules: vec!["primary".into()] }];
    world.fire("shop/1");
    let told = world.run(10);
    check(&told, &["0 first 1 mail-bob"]);
    assert!(told[0].1.why.iter().any(|it| it == "bob is on call in primary"), "{:?}", told[0].1.why);
}

#[test]
fn who_was_told_hears_the_end_whoever_is_on_call_then() {
    let mut world = world();
    world.routing.people = ["ann", "bob"]
        .map(|name| Person { name: name.into(), channels: vec![format!("mail-{name}")] })
        .into();
    world.routing.schedules = vec![Schedule {
        name: "primary".into(),
        time_zone: "UTC".into(),
        starts: "2026-11-01T12:05".into(),
        shift_days: 1,
        people: vec!["ann".into(), "bob".into()],
        overrides: Vec::new(),
    }];
    world.routing.receivers[0].steps =
        vec![Step { after_s: 0, channels: vec![], schedules: vec!["primary".into()] }];
    world.fire("shop/1");
    check(&world.run(600), &["0 first 1 mail-ann"]);
    world.resolve("shop/1");
    check(&world.run(600), &["600 resolved 1 mail-ann"]);
}

#[test]
fn what_nobody_could_be_told_is_told_as_soon_as_there_is_somebody() {
    let mut world = World::new(routing(&[]));
    world.fire("shop/1");
    check(&world.run(1_000), &["0 first 1 "]);
    world.routing.receivers[0].steps =
        vec![Step { after_s: 0, channels: vec!["a".into()], schedules: vec![] }];
    check(&world.run(10), &["1000 first 1 a"]);
    world.resolve("shop/1");
    check(&world.run(600), &["1300 resolved 1 a"]);
}

#[test]
fn who_comes_after_an_acknowledgement_is_waited_for_anew() {
    let mut world = World::new(routing(&[(0, "a"), (900, "boss")]));
    world.fire("shop/1");
    world.run(10);
    world.acknowledge("shop/1", None);
    check(&world.run(3_590), &["300 acknowledged 1 a"]);
    world.fire("shop/2");
    check(&world.run(800), &["3600 new_alerts 2 a"]);
    check(&world.run(200), &["4500 escalation 2 boss"]);
}

#[test]
fn a_route_put_before_others_tells_nobody_anew() {
    let mut world = world();
    let child =
        |matcher: &str| Route { matchers: vec![matcher.parse().expect("a matcher")], ..Route::default() };
    world.routing.route.routes = vec![child("service=shop")];
    world.fire("shop/1");
    check(&world.run(400), &["0 first 1 a"]);
    world.routing.route.routes.insert(0, child("service=other"));
    check(&world.run(400), &[]);
    world.resolve("shop/1");
    check(&world.run(400), &["800 resolved 1 a"]);
}

#[test]
fn a_clock_that_was_set_back_keeps_nothing_back() {
    let mut world = world();
    world.now_s += 7_200;
    world.fire("shop/1");
    world.run(10);
    world.now_s -= 7_200;
    world.fire("shop/2");
    assert_eq!(world.run(300).len(), 0);
    assert_eq!(world.run(100).len(), 1);
}

#[test]
fn an_acknowledgement_that_ran_out_is_gone() {
    let mut world = world();
    world.fire("shop/1");
    world.run(10);
    world.acknowledge("shop/1", Some(100));
    world.run(200);
    assert_eq!(world.alert("shop/1").acknowledged, None);
}

#[test]
fn a_silence_hides_and_its_end_tells() {
    let mut world = world();
    let at = |seconds: i64| Timestamp::from_secs(START_S + seconds);
    world.silences.push(Silence {
        id: "s1".into(),
        matchers: vec!["service=shop".parse().expect("a matcher")],
        starts: at(0),
        ends: at(1_000),
        created_by: "ann".into(),
        comment: "deploying".into(),
        updated: at(0),
    });
    world.fire("shop/1");
    world.fire("other/1");
    check(&world.run(500), &["0 first 1 a"]);
    assert_eq!(world.alert("shop/1").mutes[0].by, "s1");
    check(&world.run(600), &["1000 first 1 a"]);
}

#[test]
fn that_it_is_over_waits_for_the_silence_that_hides_it() {
    let mut world = world();
    let at = |seconds: i64| Timestamp::from_secs(START_S + seconds);
    world.fire("shop/1");
    check(&world.run(10), &["0 first 1 a"]);
    world.silences.push(Silence {
        id: "s1".into(),
        matchers: vec!["service=shop".parse().expect("a matcher")],
        starts: at(10),
        ends: at(1_000),
        created_by: "ann".into(),
        comment: "deploying".into(),
        updated: at(10),
    });
    world.run(10);
    world.resolve("shop/1");
    check(&world.run(1_500), &["1000 resolved 1 a"]);
}

#[test]
fn the_worse_hides_the_lesser_of_the_same_thing() {
    let mut world = world();
    world.routing.inhibitions = vec![Inhibition {
        name: "worse".into(),
        source: vec!["severity=critical".parse().expect("a matcher")],
        target: vec!["severity=~low|critical".parse().expect("a matcher")],
        equal: vec!["service".into()],
    }];
    world.fire("shop/1/critical");
    world.fire("shop/2/low");
    world.fire("other/1/low");
    let alerts: Vec<_> = world.book.alerts().collect();
    let muted = mutes(&alerts, &[], &world.routing, world.now());
    let counts: Vec<_> = muted.iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 1, 0], "a source does not hide itself");
    check(&world.run(300), &["0 first 1 a", "0 first 1 a"]);
    world.resolve("shop/1/critical");
    // The lesser one is still there.
    check(&world.run(1), &["300 new_alerts 2 a"]);
}

#[test]
fn a_maintenance_is_summed_up_afterwards_if_asked() {
    for (is_summarised, expected) in [(true, vec!["3600 after_mute 2 a"]), (false, vec!["3600 first 1 a"])] {
        let mut world = world();
        world.routing.maintenances = vec![Maintenance {
            name: "patching".into(),
            matchers: vec!["service=shop".parse().expect("a matcher")],
            time_zone: "UTC".into(),
            spans: vec![Span { from: "12:00".into(), to: "13:00".into(), ..Span::default() }],
            from_ms: None,
            to_ms: None,
            is_summarised,
            note: String::new(),
        }];
        world.fire("shop/1");
        world.fire("shop/2");
        world.run(600);
        world.resolve("shop/1");
        world.restart();
        let told = world.run(4_000);
        check(&told, &expected);
        assert_eq!(
            told[0].1.alerts.iter().filter(|(_, _, it)| *it == Status::Resolved).count(),
            expected.len() * usize::from(is_summarised)
        );
    }
}

#[test]
fn quiet_hours_hold_back_and_then_tell_what_still_fires() {
    let mut world = world();
    world.routing.intervals = vec![Interval {
        name: "noon".into(),
        time_zone: "UTC".into(),
        spans: vec![Span { from: "12:00".into(), to: "12:30".into(), ..Span::default() }],
    }];
    world.routing.route.mute_during = vec!["noon".into()];
    world.fire("shop/1");
    world.fire("shop/2");
    world.run(600);
    world.resolve("shop/2");
    check(&world.run(1_300), &["1800 after_mute 1 a"]);
}

#[test]
fn who_was_told_that_it_fires_is_told_that_it_is_over_elsewhere_too() {
    let mut world = world();
    world.fire("shop/1");
    check(&world.run(10), &["0 first 1 a"]);
    // From now on shop is somebody else's.
    world.routing.receivers.push(hawkeye_alert::Receiver {
        name: "others".into(),
        steps: vec![Step { after_s: 0, channels: vec!["b".into()], schedules: vec![] }],
        send_resolved: true,
    });
    world.routing.route.routes = vec![Route {
        matchers: vec!["service=shop".parse().expect("a matcher")],
        receiver: Some("others".into()),
        ..Route::default()
    }];
    check(&world.run(300), &["10 first 1 b"]);
    world.resolve("shop/1");
    check(&world.run(600), &["310 resolved 1 b", "310 resolved 1 a"]);
}

#[test]
fn a_person_may_say_it_is_over_and_it_stays_so_until_it_was() {
    let mut world = world();
    world.fire("shop/1");
    world.run(10);
    let (id, now) = (world.alert("shop/1").id, world.now());
    assert!(world.book.change(id, |alert| alert.dismiss(now)));
    world.fire("shop/1");
    check(&world.run(400), &["300 resolved 1 a"]);
    world.fire("shop/1");
    check(&world.run(400), &[]);
    world.resolve("shop/1");
    world.run(1);
    world.fire("shop/1");
    check(&world.run(10), &["811 first 1 a"]);
}

#[test]
fn a_snooze_that_ends_tells_again() {
    let mut world = world();
    world.fire("shop/1");
    world.run(10);
    let (id, until) = (world.alert("shop/1").id, Timestamp::from_secs(START_S + 1_000));
    world.book.change(id, |alert| alert.snoozed_until.replace(until).is_none());
    check(&world.run(1_100), &["1000 after_mute 1 a"]);
}

#[test]
fn routes_are_taken_as_in_alertmanager() {
    let mut routing = routing(&[(0, "a")]);
    let child = |matcher: &str, is_continued, routes| Route {
        matchers: vec![matcher.parse().expect("a matcher")],
        is_continued,
        routes,
        ..Route::default()
    };
    routing.route.routes = vec![
        child("service=shop", true, vec![child("severity=critical", false, vec![])]),
        child("severity=~critical|high", false, vec![]),
        child("service=~.*", false, vec![]),
    ];
    let places = |name: &str| -> Vec<String> {
        hawkeye_alert::matched(&routing, &crate::world::labels(name)).iter().map(|it| it.place()).collect()
    };
    assert_eq!(places("shop/1/critical"), ["root / 1 / 1", "root / 2"]);
    assert_eq!(places("shop/1/low"), ["root / 1", "root / 3"]);
    assert_eq!(places("other/1/high"), ["root / 2"]);
    assert_eq!(places("other/1/low"), ["root / 3"]);
    routing.route.routes.pop();
    assert_eq!(hawkeye_alert::matched(&routing, &crate::world::labels("other/1/low"))[0].place(), "root");
}
