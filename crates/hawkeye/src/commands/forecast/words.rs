//! What a forecast rests on, in words.

use hawkeye_forecast::{Method, Model, Side, Trust};

use super::Answer;
use super::columns::Kind;
use super::horizon::Horizon;
use crate::commands::numbers::text::{number, time};

/// Models that are named; the others have little to say.
const MODELS_MAX: usize = 3;
/// Below the first a season is nothing, from the second on it is most of what there is.
const STRENGTHS: (f64, f64) = (0.3, 0.6);

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Value => "value",
        Kind::Count => "count",
        Kind::Share | Kind::Rate => "rate",
    }
}

pub(super) fn method(method: Method) -> &'static str {
    match method {
        Method::Ensemble => "ensemble",
        Method::Unweighed => "unweighed",
        Method::Level => "level",
        Method::Counts => "counts",
        Method::Rate => "rate",
    }
}

pub(super) fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Good => "good",
        Trust::Untested => "untested",
        Trust::Poor => "poor",
    }
}

pub(super) fn model(model: Model) -> &'static str {
    match model {
        Model::Autoregression => "seasonal autoregression",
        Model::RobustAutoregression => "seasonal autoregression without outliers",
        Model::SlowAutoregression => "slow seasonal autoregression",
        Model::AnalogDay => "most similar days",
        Model::AnalogTwoDays => "most similar pairs of days",
        Model::AnalogWeek => "most similar weeks",
        Model::Theta => "level with half the trend",
        Model::MedianDay => "median of the last seven days",
        Model::Level => "level of the last day",
    }
}

/// How many rows, how often, from when to when, and what became of them.
pub(super) fn read(answer: &Answer) -> String {
    let series = &answer.series;
    let (from, to) = (time(series.first), time(series.last));
    let mut text =
        format!("{} values every {}, {from} to {to}", series.rows, Horizon::of(series.file_step_us));
    let steps = series.values.len();
    if series.gathered {
        let how = if answer.kind.adds_up() { "added up" } else { "averaged" };
        let many = if steps == 1 { "step" } else { "steps" };
        text += &format!(", {how} to {steps} {many} of {}", Horizon::of(series.step_us));
    }
    if series.start.micros() - series.first.micros() > series.step_us {
        text += " (older ones left out)";
    }
    let missing = answer.values.iter().filter(|it| it.is_nan()).count();
    let gaps = answer.values.chunk_by(|a, b| a.is_nan() == b.is_nan()).filter(|it| it[0].is_nan()).count();
    text += &match (missing, gaps) {
        (0, _) => ", no gaps".to_owned(),
        (_, 1) => format!(", 1 gap ({missing} of {steps} steps)"),
        _ => format!(", {gaps} gaps ({missing} of {steps} steps)"),
    };
    if series.duplicates > 0 {
        let how = if answer.kind.adds_up() { "added" } else { "averaged" };
        text += &format!(", {} of a time that was there before ({how})", series.duplicates);
    }
    text
}

pub(super) fn seasons(answer: &Answer) -> String {
    let (steps, per_day) = (answer.values.len(), answer.series.per_day());
    let daily =
        if per_day > 1 { strength(answer.seasons.daily, steps, 3 * per_day) } else { "cannot be seen" };
    let weekly = strength(answer.seasons.weekly, steps, 21 * per_day + 1);
    format!(
        "time of day {daily} ({:.2}), day of the week {weekly} ({:.2})",
        answer.seasons.daily, answer.seasons.weekly
    )
}

fn strength(strength: f64, steps: usize, needed: usize) -> &'static str {
    match strength {
        _ if steps < needed => "not known yet",
        it if it >= STRENGTHS.1 => "strong",
        it if it >= STRENGTHS.0 => "weak",
        _ => "none",
    }
}

pub(super) fn made_of(answer: &Answer) -> String {
    let mut shares = answer.forecast.shares.clone();
    shares.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let named = shares.iter().take(MODELS_MAX);
    let named: Vec<String> =
        named.map(|it| format!("{} {:.0} %", model(it.model), 100.0 * it.weight)).collect();
    let what = match answer.forecast.method {
        Method::Ensemble => "models weighed by what they got wrong before",
        Method::Unweighed => "models of equal weight, too little history to weigh them",
        Method::Level => "level and shape of what was seen",
        Method::Counts => "rare counts (negative binomial)",
        Method::Rate => "few failures (beta-binomial)",
    };
    if named.is_empty() { what.to_owned() } else { format!("{what}: {}", named.join(", ")) }
}

/// Why it deserves trust or not, in one sentence.
pub(super) fn reason(answer: &Answer) -> String {
    let past = about(answer.series.step_us * answer.values.len() as i64);
    let Some(tested) = &answer.forecast.backtest else {
        let mut known = answer.values.iter().filter(|it| it.is_finite());
        let first = known.next();
        if answer.values.len() > 3 * answer.series.per_day() && known.all(|it| Some(it) == first) {
            return format!("every value in {past} was the same, so there was nothing to test it on");
        }
        return match answer.forecast.trust {
            Trust::Untested => format!("{past} of history are too little to test it, so take it with care"),
            Trust::Good | Trust::Poor => format!("made from {past} of history"),
        };
    };
    let before = if answer.series.per_day() > 1 { "the day before" } else { "the value before" };
    let error = if tested.error_naive > 0.0 {
        format!(
            "the error is {:.0} % of that of repeating {before}",
            100.0 * tested.error / tested.error_naive
        )
    } else {
        format!("the error is {}, and repeating {before} had none", answer.figure(tested.error))
    };
    let few = if answer.forecast.trust == Trust::Untested { ", which is little" } else { "" };
    format!(
        "tested from {} moments of {past} of history{few}: the 80 % interval held {:.0} %, the 95 % interval {:.0} %, {error}",
        tested.origins,
        100.0 * tested.coverage[1],
        100.0 * tested.coverage[2]
    )
}

/// A length of history, as people round it.
fn about(us: i64) -> String {
    match us / 60_000_000 {
        it if it >= 2 * 1_440 => format!("{} days", it / 1_440),
        it if it >= 2 * 60 => format!("{} hours", it / 60),
        it => format!("{it} minutes"),
    }
}

/// Four digits of the largest value, and as many decimals for the others, so that a column can be compared.
pub(super) fn figure(value: f64, largest: f64) -> String {
    if !(1e-6..1e9).contains(&largest) {
        return number(value);
    }
    let decimals = (3 - largest.log10().floor() as i32).max(0) as usize;
    format!("{value:.decimals$}")
}

/// How likely the limit is crossed, and when.
pub(super) fn limit(answer: &Answer) -> Option<String> {
    let limit = answer.limit.as_ref()?;
    let side = side(limit.threshold.side);
    let mut text = format!("{side} {} within {}: ", limit.threshold.value, answer.horizon);
    if let Some(value) = limit.beyond {
        return Some(format!("{text}the last value is already {side} it ({})", answer.figure(value)));
    }
    let breach = &limit.odds.breach;
    text += &percent(breach.probability);
    let at = |step: usize| time(answer.at(step));
    if let Some((median, early)) = breach.first_step_median.zip(breach.first_step_early) {
        text += &format!(", if so first at about {} (one in ten by {})", at(median), at(early));
    }
    Some(text)
}

pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Above => "above",
        Side::Below => "below",
    }
}

/// Paths that were drawn do not make anything certain.
fn percent(probability: f64) -> String {
    match 100.0 * probability {
        it if it < 1.0 => "less than 1 %".to_owned(),
        it if it > 99.0 => "more than 99 %".to_owned(),
        it => format!("{it:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(probability: f64, expected: &str) {
        assert_eq!(percent(probability), expected);
    }

    #[test]
    fn odds_are_never_certain() {
        check(0.0, "less than 1 %");
        check(0.634, "63 %");
        check(1.0, "more than 99 %");
    }

    #[track_caller]
    fn check_figure(value: f64, largest: f64, expected: &str) {
        assert_eq!(figure(value, largest), expected);
    }

    #[test]
    fn figures_of_a_column_have_the_same_decimals() {
        check_figure(98.76, 140.0, "98.8");
        check_figure(3.0, 140.0, "3.0");
        check_figure(0.002_134_5, 0.006, "0.002135");
        check_figure(123_456.7, 200_000.0, "123457");
        check_figure(0.0, 0.0, "0.000");
        check_figure(1.0, 1e12, "1.000");
    }

    #[track_caller]
    fn check_about(minutes: i64, expected: &str) {
        assert_eq!(about(minutes * 60_000_000), expected);
    }

    #[test]
    fn history_is_told_in_round_numbers() {
        check_about(60, "60 minutes");
        check_about(180, "3 hours");
        check_about(13_120, "9 days");
    }

    #[track_caller]
    fn check_strength(value: f64, steps: usize, expected: &str) {
        assert_eq!(strength(value, steps, 72), expected);
    }

    #[test]
    fn seasons_have_strengths_once_they_are_known() {
        check_strength(0.9, 72, "strong");
        check_strength(0.4, 72, "weak");
        check_strength(0.1, 72, "none");
        check_strength(0.0, 71, "not known yet");
    }
}
