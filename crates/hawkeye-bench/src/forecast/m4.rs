//! The M4 competition's hourly series, by its own protocol: ratios of aggregates, not aggregates of ratios.

use anyhow::Result;
use hawkeye_forecast::score;

use super::contenders::{Contender, Prediction};
use super::naive2::naive2;
use super::series::Task;
use crate::contender::parallel;
use crate::cpu::cpu_time;

const PER_DAY: usize = 24;
const STEPS: usize = 48;

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) smape: f64,
    pub(crate) mase: f64,
    pub(crate) owa: f64,
    pub(crate) msis: f64,
    /// Of the central 50, 80 and 95 %.
    pub(crate) coverage: [f64; 3],
    pub(crate) milliseconds: f64,
}

/// The training part without its last `back` hours, and the 48 hours that followed then: what may be tuned on.
pub(crate) fn earlier(tasks: &[Task], back: usize) -> Vec<Task> {
    let earlier = tasks.iter().filter(|task| task.train.len() > back + 5 * PER_DAY);
    earlier
        .map(|task| {
            let (train, after) = task.train.split_at(task.train.len() - back);
            Task { train: train.to_vec(), test: after[..STEPS].to_vec() }
        })
        .collect()
}

/// Aggregate sMAPE and MASE of Naive2.
pub(crate) fn denominators(tasks: &[Task]) -> (f64, f64) {
    let errors = parallel(tasks, |task| errors(task, &naive2(&task.train, STEPS)));
    means(&errors)
}

pub(crate) fn measure(contender: &Contender, tasks: &[Task], denominators: (f64, f64)) -> Result<Line> {
    let results = parallel(tasks, |task| {
        let start = cpu_time()?;
        let prediction = (contender.forecast)(&task.train, STEPS, PER_DAY);
        let spent = cpu_time()?.saturating_sub(start).as_secs_f64();
        // A model that gives up is taken to repeat the last value for certain.
        let last = task.train.last().copied().unwrap_or_default();
        let prediction = prediction.unwrap_or_else(|| Prediction {
            points: vec![last; STEPS],
            quantiles: vec![[last; hawkeye_forecast::LEVELS.len()]; STEPS],
        });
        Ok((prediction, spent))
    });
    let results = results.into_iter().collect::<Result<Vec<_>>>()?;
    let both: Vec<(f64, f64)> =
        results.iter().zip(tasks).map(|((prediction, _), task)| errors(task, &prediction.points)).collect();
    let (smape, mase) = means(&both);
    let count = tasks.len() as f64;
    let (mut msis, mut coverage) = (0.0, [0.0; 3]);
    for ((prediction, _), task) in results.iter().zip(tasks) {
        let interval = |low: usize| -> Vec<(f64, f64)> {
            prediction.quantiles.iter().map(|row| (row[low], row[row.len() - 1 - low])).collect()
        };
        let scale = score::mase_scale(&task.train, PER_DAY);
        msis += score::msis(&interval(0), &task.test, 0.05, scale) / count;
        for (sum, low) in coverage.iter_mut().zip([4, 2, 0]) {
            *sum += score::coverage(&interval(low), &task.test) / count;
        }
    }
    Ok(Line {
        smape,
        mase,
        owa: 0.5 * (smape / denominators.0 + mase / denominators.1),
        msis,
        coverage,
        milliseconds: 1e3 * results.iter().map(|it| it.1).sum::<f64>() / count,
    })
}

fn errors(task: &Task, points: &[f64]) -> (f64, f64) {
    let error = score::mean_absolute_error(points, &task.test);
    (score::smape(points, &task.test), error / score::mase_scale(&task.train, PER_DAY))
}

fn means(errors: &[(f64, f64)]) -> (f64, f64) {
    let count = errors.len().max(1) as f64;
    let sum = errors.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    (sum.0 / count, sum.1 / count)
}

pub(crate) const HEAD: &str = "\
| forecaster | OWA | sMAPE | MASE | MSIS | coverage of 50 / 80 / 95 % | CPU ms a series |
|---|---|---|---|---|---|---|";

pub(crate) fn row(name: &str, line: &Line) -> String {
    let [half, most, nearly_all] = line.coverage;
    format!(
        "| {name} | {:.4} | {:.3} | {:.3} | {:.2} | {half:.3} / {most:.3} / {nearly_all:.3} | {:.2} |",
        line.owa, line.smape, line.mase, line.msis, line.milliseconds,
    )
}
