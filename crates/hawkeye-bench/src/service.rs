//! Labelled service series: every contender, one threshold for all series of a file.

use std::path::Path;

use anyhow::Result;

use crate::contender::{ALL, Contender, parallel};
use crate::data::{LabelledSeries, read_parquet};
use crate::events::{Outcome, Scored, best_f1, outcome, recall_at, sweep};

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) best: Outcome,
    pub(crate) recall_at_1: f64,
    pub(crate) recall_at_02: f64,
    /// F1 on each half of the series with the threshold that was chosen on the other half.
    pub(crate) f1_crossed: f64,
    pub(crate) every: usize,
}

pub(crate) fn run(path: &Path) -> Result<()> {
    let all = read_parquet(path)?;
    println!("{HEAD}");
    for contender in ALL {
        println!("{}", row(&measure(contender, &all)));
    }
    Ok(())
}

pub(crate) fn measure(contender: &Contender, all: &[LabelledSeries]) -> Line {
    let sample: Vec<&LabelledSeries> = all.iter().step_by(contender.every).collect();
    let scored = parallel(&sample, |series| Scored::new(series, &(contender.score)(series)));
    let outcomes = sweep(&scored);
    Line {
        name: contender.name,
        best: best_f1(&outcomes),
        recall_at_1: recall_at(&outcomes, 1.0),
        recall_at_02: recall_at(&outcomes, 0.2),
        f1_crossed: crossed(&scored),
        every: contender.every,
    }
}

fn crossed(scored: &[Scored]) -> f64 {
    let half = |skip: usize| scored.iter().skip(skip).step_by(2).cloned().collect::<Vec<_>>();
    let (even, odd) = (half(0), half(1));
    let threshold = |part: &[Scored]| best_f1(&sweep(part)).threshold;
    let on_odd = outcome(&odd, threshold(&even)).f1();
    let on_even = outcome(&even, threshold(&odd)).f1();
    f64::midpoint(on_odd, on_even)
}

pub(crate) const HEAD: &str = "\
| detector | F1 | F1 with the other half's threshold | precision | recall | false alarms per series and week | recall at 1 / 0.2 of them | median delay, minutes | F1 within 10 minutes | threshold |
|---|---|---|---|---|---|---|---|---|---|";

pub(crate) fn row(line: &Line) -> String {
    let best = line.best;
    let sample = if line.every == 1 { String::new() } else { format!(" (every {}th series)", line.every) };
    format!(
        "| {}{sample} | {:.3} | {:.3} | {:.2} | {:.2} | {:.2} | {:.3} / {:.3} | {:.0} | {:.3} | {:.2} |",
        line.name,
        best.f1(),
        line.f1_crossed,
        best.precision(),
        best.recall(),
        best.false_alarms_per_week(),
        line.recall_at_1,
        line.recall_at_02,
        best.delay_minutes_median,
        best.f1_prompt(),
        best.threshold,
    )
}
