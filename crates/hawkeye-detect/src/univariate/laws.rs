//! Laws that every detector here keeps, whatever the numbers are.

use hawkeye_model::Timestamp;
use proptest::prelude::*;

use super::{Learn, Novelty, Residual, ResidualConfig, Score};

const MINUTE_S: i64 = 60;
const DAY: i64 = 1_440;

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        5 => -100.0..100.0,
        1 => Just(0.0),
        1 => prop_oneof![Just(f64::MAX), Just(f64::MIN), Just(f64::MIN_POSITIVE), Just(1e300), Just(-1e-300)],
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
    ]
}

fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![9 => 0..10_000_000_000_i64, 1 => any::<i64>()]
}

/// A day's wave with noise that repeats only after a long time.
fn wave(minute: i64) -> f64 {
    let noise = (minute * 7_919 % 1_013) as f64 / 1_013.0;
    100.0 + 50.0 * (minute as f64 / DAY as f64 * std::f64::consts::TAU).sin() + 4.0 * noise
}

fn run(detector: &mut Residual, minutes: std::ops::Range<i64>, value: impl Fn(i64) -> f64) -> Vec<Score> {
    minutes
        .map(|minute| detector.update(Timestamp::from_secs(minute * MINUTE_S), value(minute), Learn::Yes))
        .collect()
}

proptest! {
    #[test]
    fn no_input_panics_or_gives_nonsense(inputs in prop::collection::vec((any_time(), any_value(), any::<bool>()), 1..300)) {
        let (mut residual, mut novelty) = (Residual::new(ResidualConfig::default()), Novelty::new());
        for (micros, value, learn) in inputs {
            let at = Timestamp::from_micros(micros);
            let score = residual.update(at, value, if learn { Learn::Yes } else { Learn::No });
            prop_assert!(score.z.is_finite() && score.z >= 0.0);
            prop_assert!(score.score.is_finite() && score.expected.is_finite() && score.residual.is_finite());
            prop_assert!((0.0..=1.0).contains(&score.tail_probability));
            let expected = residual.expect(at);
            prop_assert!(expected.expected.is_finite() && expected.scale.is_finite());
            let novel = novelty.update(at, value);
            prop_assert!(novel.score.is_finite() && (0.0..=1.0).contains(&novel.tail_probability));
        }
    }

    #[test]
    fn a_shift_of_everything_changes_no_residual(shift in -1_000.0..1_000.0) {
        let minutes = 0..4 * DAY;
        let plain = run(&mut Residual::new(ResidualConfig::default()), minutes.clone(), wave);
        let shifted = run(&mut Residual::new(ResidualConfig::default()), minutes, |minute| wave(minute) + shift);
        for (a, b) in plain.iter().zip(&shifted).skip(100) {
            prop_assert!((a.residual - b.residual).abs() < 0.02);
        }
    }

    #[test]
    fn a_stored_detector_continues_the_same(days in 1..9_i64) {
        let mut residual = Residual::new(ResidualConfig::default());
        let mut novelty = Novelty::new();
        for minute in 0..days * DAY {
            let at = Timestamp::from_secs(minute * MINUTE_S);
            residual.update(at, wave(minute), Learn::Yes);
            if minute % 5 == 0 {
                novelty.update(at, wave(minute));
            }
        }
        let mut again: Residual = postcard::from_bytes(&postcard::to_stdvec(&residual).unwrap()).unwrap();
        let mut novel: Novelty = postcard::from_bytes(&postcard::to_stdvec(&novelty).unwrap()).unwrap();
        for minute in days * DAY..days * DAY + 200 {
            let at = Timestamp::from_secs(minute * MINUTE_S);
            let value = wave(minute) + (minute % 17) as f64;
            prop_assert_eq!(residual.update(at, value, Learn::Yes), again.update(at, value, Learn::Yes));
            prop_assert_eq!(novelty.update(at, value), novel.update(at, value));
        }
    }
}

#[test]
fn memory_is_bounded() {
    let (mut residual, mut novelty) = (Residual::new(ResidualConfig::default()), Novelty::new());
    for minute in 0..30 * DAY {
        let at = Timestamp::from_secs(minute * MINUTE_S);
        residual.update(at, wave(minute) * (minute as f64).sqrt(), Learn::Yes);
        novelty.update(at, wave(minute) * (minute as f64).sqrt());
    }
    assert!(residual.size_bytes() <= 2_400, "{}", residual.size_bytes());
    assert!(novelty.size_bytes() <= 28 * 1_024, "{}", novelty.size_bytes());
}

#[test]
fn an_incident_is_found_and_the_day_before_it_is_quiet() {
    let mut detector = Residual::new(ResidualConfig::default());
    let incident = 15 * DAY..15 * DAY + 10;
    let scores = run(&mut detector, 0..16 * DAY, |minute| {
        if incident.contains(&minute) { wave(minute) * 1.5 } else { wave(minute) }
    });
    let highest = |minutes: std::ops::Range<i64>| {
        scores[minutes.start as usize..minutes.end as usize]
            .iter()
            .map(|score| score.score)
            .fold(0.0, f32::max)
    };
    assert!(highest(14 * DAY..15 * DAY) < 1.5);
    assert!(highest(incident) > 3.0);
}

#[test]
fn what_is_not_learnt_changes_no_expectation() {
    let mut detector = Residual::new(ResidualConfig::default());
    run(&mut detector, 0..5 * DAY, wave);
    let tomorrow = Timestamp::from_secs((6 * DAY + 400) * MINUTE_S);
    let before = detector.expect(tomorrow);
    assert!(before.seasonal && (before.expected - wave(400)).abs() < 8.0);
    for minute in 5 * DAY..5 * DAY + 20 {
        detector.update(Timestamp::from_secs(minute * MINUTE_S), 1e6, Learn::No);
    }
    assert_eq!(detector.expect(tomorrow).expected, before.expected);
    assert_eq!(detector.expect(tomorrow).scale, before.scale);
}

#[test]
fn a_time_that_was_already_seen_counts_as_now() {
    let mut detector = Residual::new(ResidualConfig::default());
    run(&mut detector, 0..DAY, wave);
    let back = detector.update(Timestamp::from_secs(0), wave(DAY), Learn::Yes);
    assert!(back.residual.abs() < 10.0);
}

#[test]
fn wider_windows_work_with_the_same_numbers() {
    for width in [1, 5, 60] {
        let mut detector = Residual::new(ResidualConfig::default());
        let mut at = 0;
        while at < 15 * DAY {
            detector.update(Timestamp::from_secs(at * MINUTE_S), wave(at), Learn::Yes);
            at += width;
        }
        let score = detector.update(Timestamp::from_secs(at * MINUTE_S), wave(at) + 60.0, Learn::Yes);
        assert!(score.score > 2.0, "windows of {width} minutes: {score:?}");
    }
}
