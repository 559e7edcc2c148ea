//! The forecast for people and for programs.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value, json};

use super::{Answer, Limit, words};
use crate::commands::numbers::input::Bad;
use crate::commands::numbers::text::{json_of_bad, time};

/// Central intervals, in percent.
const INTERVALS: [u32; 3] = [50, 80, 95];
/// What fits on a screen.
pub(super) const ROWS_MAX: usize = 24;

/// # Errors
/// Never: a string takes everything.
pub(super) fn table(answer: &Answer) -> Result<String, fmt::Error> {
    let mut text = format!("{}: {} ({})\n", answer.file, answer.name, words::kind(answer.kind));
    writeln!(text, "read     {}", words::read(answer))?;
    writeln!(text, "seasons  {}", words::seasons(answer))?;
    writeln!(text, "method   {}", words::made_of(answer))?;
    writeln!(text, "trust    {}: {}", words::trust(answer.forecast.trust), words::reason(answer))?;
    if let Some(limit) = words::limit(answer) {
        writeln!(text, "limit    {limit}")?;
    }
    writeln!(
        text,
        "\n{:<20}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}",
        "TIME", "EXPECTED", "80 % FROM", "TO", "95 % FROM", "TO"
    )?;
    let mut shown = 0;
    for step in rows(answer) {
        let ((low, high), (lowest, highest)) =
            (answer.forecast.interval(step, 0.8), answer.forecast.interval(step, 0.95));
        write!(text, "{:<20}", time(answer.at(step)))?;
        for value in [answer.forecast.points[step], low, high, lowest, highest] {
            write!(text, "  {:>12}", answer.figure(value))?;
        }
        text.push('\n');
        shown += 1;
    }
    if shown < answer.forecast.steps() {
        writeln!(text, "{shown} of {} steps; --output csv has all", answer.forecast.steps())?;
    }
    Ok(text)
}

/// Steps at even distances, from the first on.
pub(super) fn rows(answer: &Answer) -> impl Iterator<Item = usize> {
    let steps = answer.forecast.steps();
    (0..steps).step_by(steps.div_ceil(ROWS_MAX).max(1))
}

/// # Errors
/// Never: a string takes everything.
pub(super) fn csv(answer: &Answer) -> Result<String, fmt::Error> {
    let mut text = "time,expected,lower_50,upper_50,lower_80,upper_80,lower_95,upper_95\n".to_owned();
    for step in 0..answer.forecast.steps() {
        write!(text, "{},{}", time(answer.at(step)), answer.forecast.points[step])?;
        for (low, high) in INTERVALS.map(|it| answer.forecast.interval(step, f64::from(it) / 100.0)) {
            write!(text, ",{low},{high}")?;
        }
        text.push('\n');
    }
    Ok(text)
}

pub(super) fn json(answer: &Answer, bad: &[Bad]) -> Value {
    let (series, made) = (&answer.series, &answer.forecast);
    let mut models = made.shares.clone();
    models.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let models: Vec<Value> =
        models.iter().map(|it| json!({ "model": words::model(it.model), "weight": it.weight })).collect();
    let backtest = made.backtest.as_ref().map(|it| {
        json!({
            "origins": it.origins,
            "values": it.values,
            "coverage_50": it.coverage[0],
            "coverage_80": it.coverage[1],
            "coverage_95": it.coverage[2],
            "error": it.error,
            "error_naive": it.error_naive,
            "quantile_loss": it.loss,
            "quantile_loss_naive": it.loss_naive,
        })
    });
    json!({
        "file": answer.file,
        "bad_fields": bad.iter().map(json_of_bad).collect::<Vec<_>>(),
        "column": answer.name,
        "kind": words::kind(answer.kind),
        "values": series.rows,
        "duplicates": series.duplicates,
        "from": time(series.first),
        "to": time(series.last),
        "file_step_s": series.file_step_us as f64 / 1e6,
        "step_s": series.step_us as f64 / 1e6,
        "history_steps": answer.values.len(),
        "history_steps_missing": answer.values.iter().filter(|it| it.is_nan()).count(),
        "horizon_s": answer.horizon.us as f64 / 1e6,
        "seasons": { "daily": answer.seasons.daily, "weekly": answer.seasons.weekly },
        "method": words::method(made.method),
        "models": models,
        "trust": words::trust(made.trust),
        "reason": words::reason(answer),
        "backtest": backtest,
        "limit": answer.limit.as_ref().map(|limit| json_of_limit(answer, limit)),
        "steps": (0..made.steps()).map(|step| json_of_step(answer, step)).collect::<Vec<_>>(),
    })
}

fn json_of_step(answer: &Answer, step: usize) -> Value {
    let mut row = Map::new();
    row.insert("time".to_owned(), time(answer.at(step)).into());
    row.insert("expected".to_owned(), answer.forecast.points[step].into());
    for percent in INTERVALS {
        let (low, high) = answer.forecast.interval(step, f64::from(percent) / 100.0);
        row.insert(format!("lower_{percent}"), low.into());
        row.insert(format!("upper_{percent}"), high.into());
    }
    row.into()
}

fn json_of_limit(answer: &Answer, limit: &Limit) -> Value {
    let breach = &limit.odds.breach;
    let at = |step: Option<usize>| step.map(|step| time(answer.at(step)));
    json!({
        "value": limit.threshold.value,
        "side": words::side(limit.threshold.side),
        "already": limit.beyond.is_some(),
        "probability": limit.probability(),
        "probability_by_step": breach.by_step,
        "first_time": at(breach.first_step_median),
        "first_time_early": at(breach.first_step_early),
        "worst_10_50_90": breach.worst,
        "climatology": limit.odds.climatology,
        "probability_if_drift_goes_on": limit.odds.if_it_goes_on.as_ref().map(|it| it.probability),
    })
}
