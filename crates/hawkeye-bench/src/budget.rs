//! Promised against measured: alarms of the residual detector at a budget of N a week, where nothing is labelled.

use hawkeye_detect::univariate::{Learn, Residual, ResidualConfig};

use crate::contender::{along, parallel};
use crate::data::LabelledSeries;
use crate::events::{Scored, outcome};

pub(crate) const BUDGETS: [f32; 3] = [0.2, 1.0, 5.0];
const HOURS_PER_WEEK: f32 = 168.0;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) promised: f32,
    /// Alarms per series and week of the series without any label in the measured half; none when there is none.
    pub(crate) unlabelled: Option<f64>,
    pub(crate) unlabelled_series: usize,
    /// The same of all series between their events.
    pub(crate) between: f64,
    pub(crate) recall: f64,
}

pub(crate) fn measure(all: &[LabelledSeries]) -> Vec<Line> {
    let scored = parallel(all, |series| {
        let mut detector = Residual::new(ResidualConfig::default());
        // Rarer is odder.
        Scored::new(
            series,
            &along(series, |at, value| -detector.update(at, value, Learn::Yes).tail_probability),
        )
    });
    BUDGETS.into_iter().map(|promised| line(&scored, promised)).collect()
}

fn line(scored: &[Scored], promised: f32) -> Line {
    let threshold = -promised / HOURS_PER_WEEK;
    let unlabelled: Vec<Scored> = scored.iter().filter(|it| it.is_unlabelled()).cloned().collect();
    let everywhere = outcome(scored, threshold);
    Line {
        promised,
        unlabelled: (!unlabelled.is_empty()).then(|| outcome(&unlabelled, threshold).false_alarms_per_week()),
        unlabelled_series: unlabelled.len(),
        between: everywhere.false_alarms_per_week(),
        recall: everywhere.recall(),
    }
}

pub(crate) const HEAD: &str = "\
| data | promised | measured, series without labels | measured, all series between events | recall |
|---|---|---|---|---|";

pub(crate) fn row(data: &str, line: &Line) -> String {
    let unlabelled = line
        .unlabelled
        .map_or("no such series".to_owned(), |rate| format!("{rate:.2} ({} series)", line.unlabelled_series));
    format!("| {data} | {:.1} | {unlabelled} | {:.2} | {:.2} |", line.promised, line.between, line.recall)
}
