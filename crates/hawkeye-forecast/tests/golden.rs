//! The forecaster says what a second implementation, in another language, said about the same series.
//!
//! `golden/forecasts.txt` holds, for each series: a line with its name, steps and steps a day; its values; the points;
//! and the fifteen quantiles of the first and of the last step.

use hawkeye_forecast::forecast;

fn numbers(line: &str) -> Vec<f64> {
    line.split_whitespace().map(|it| it.parse().expect("a number")).collect()
}

#[track_caller]
fn check(name: &str, actual: &[f64], expected: &str) {
    let expected = numbers(expected);
    assert_eq!(actual.len(), expected.len(), "{name}");
    for (index, (a, b)) in actual.iter().zip(&expected).enumerate() {
        assert!((a - b).abs() <= 1e-6 * b.abs().max(1.0), "{name} {index}: {a} is not {b}");
    }
}

#[test]
fn forecasts_equal_the_reference() {
    let lines: Vec<&str> = include_str!("golden/forecasts.txt").lines().collect();
    for part in lines.chunks(5) {
        let [head, values, points, first, last] = part else { panic!("five lines a series") };
        let head: Vec<&str> = head.split_whitespace().collect();
        let (steps, per_day) = (head[1].parse().unwrap(), head[2].parse().unwrap());
        let forecast = forecast(&numbers(values), steps, per_day);
        check(head[0], &forecast.points, points);
        check(head[0], &forecast.quantiles[0], first);
        check(head[0], &forecast.quantiles[steps - 1], last);
    }
}
