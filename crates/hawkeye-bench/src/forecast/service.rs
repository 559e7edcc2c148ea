//! Real service metrics from rolling origins: every day or every other day from the third day on, one day ahead.
//!
//! Errors are relative to repeating the last day: per series the sum over all its origins, then the geometric mean of
//! series. Series whose naive error is below 2 % of their size are left out, relative errors say nothing there.

use anyhow::Result;
use hawkeye_forecast::{Correction, score};

use super::contenders::{Contender, NAIVE};
use super::series::Series;
use crate::contender::parallel;
use crate::cpu::cpu_time;

const FIRST_DAY: usize = 3;
const FLAT: f64 = 0.02;
/// Mostly zeros: another forecaster's task.
const ZEROS: f64 = 0.5;

/// Which origins count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Protocol {
    /// Days between origins, and days of history at the first and the last one that count.
    pub(crate) every: usize,
    pub(crate) from: usize,
    pub(crate) until: usize,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) series: usize,
    pub(crate) origins: usize,
    pub(crate) error: f64,
    pub(crate) loss: f64,
    /// Of the central 80 and 95 %.
    pub(crate) coverage: [f64; 2],
    pub(crate) milliseconds: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    origins: usize,
    values: f64,
    error: f64,
    loss: f64,
    covered: [f64; 2],
    seconds: f64,
}

/// Only where a model and the naive one both had something to say.
pub(crate) fn measure(contender: &Contender, all: &[Series], protocol: Protocol) -> Result<Line> {
    let results = parallel(all, |series| {
        let naive = along(&NAIVE, series, protocol)?;
        let size = score::mean_absolute_error(&vec![0.0; series.values.len()], &series.values);
        let zeros = series.values.iter().filter(|it| **it == 0.0).count() as f64;
        let usable = naive.values > 0.0
            && naive.error / naive.values >= FLAT * size
            && naive.error > 0.0
            && zeros <= ZEROS * series.values.len() as f64;
        Ok(if usable { Some((along(contender, series, protocol)?, naive)) } else { None })
    });
    let results: Vec<(Sums, Sums)> =
        results.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    let count = results.len() as f64;
    let geometric = |ratio: fn(&(Sums, Sums)) -> f64| {
        (results.iter().map(|it| ratio(it).max(1e-9).ln()).sum::<f64>() / count).exp()
    };
    let mut coverage = [0.0; 2];
    for (own, _) in &results {
        for (sum, covered) in coverage.iter_mut().zip(own.covered) {
            *sum += covered / own.values / count;
        }
    }
    let origins = results.iter().map(|it| it.0.origins).sum::<usize>();
    Ok(Line {
        series: results.len(),
        origins,
        error: geometric(|(own, naive)| own.error / own.values / (naive.error / naive.values)),
        loss: geometric(|(own, naive)| own.loss / own.values / (naive.loss / naive.values)),
        coverage,
        milliseconds: 1e3 * results.iter().map(|it| it.0.seconds).sum::<f64>() / origins.max(1) as f64,
    })
}

fn along(contender: &Contender, series: &Series, protocol: Protocol) -> Result<Sums> {
    let (mut sums, m) = (Sums::default(), series.per_day);
    let mut correction = Correction::new(m);
    for day in (FIRST_DAY..=protocol.until).step_by(protocol.every) {
        let origin = day * m;
        if origin + m > series.values.len() {
            break;
        }
        let (past, actual) = (&series.values[..origin], &series.values[origin..origin + m]);
        // A day of which most is missing on either side tells nothing.
        let known = |part: &[f64]| part.iter().filter(|it| !it.is_nan()).count();
        if known(actual) < m / 2 || known(past) < origin / 2 {
            continue;
        }
        let start = cpu_time()?;
        let Some(prediction) = (contender.forecast)(past, m, m) else { continue };
        let spent = cpu_time()?.saturating_sub(start).as_secs_f64();
        let correct = |row| if contender.corrected { correction.row(row) } else { *row };
        let rows: Vec<_> = prediction.quantiles.iter().map(correct).collect();
        for ((row, point), actual) in prediction.quantiles.iter().zip(&prediction.points).zip(actual) {
            correction.observe(row, *point, *actual);
        }
        if day < protocol.from {
            continue;
        }
        sums.seconds += spent;
        sums.origins += 1;
        for (step, &actual) in actual.iter().enumerate().filter(|it| !it.1.is_nan()) {
            let row = &rows[step];
            sums.values += 1.0;
            sums.error += (actual - prediction.points[step]).abs();
            sums.loss += score::quantile_loss(row, actual);
            for (covered, low) in sums.covered.iter_mut().zip([2, 0]) {
                let within = row[low] <= actual && actual <= row[row.len() - 1 - low];
                *covered += f64::from(u8::from(within));
            }
        }
    }
    Ok(sums)
}

pub(crate) const HEAD: &str = "\
| series | origins | forecaster | error | quantile loss | coverage of 80 / 95 % | CPU ms a forecast |
|---|---|---|---|---|---|---|";

pub(crate) fn row(what: &str, name: &str, line: &Line) -> String {
    let [most, nearly_all] = line.coverage;
    format!(
        "| {what}, {} | {} | {name} | {:.3} | {:.3} | {most:.3} / {nearly_all:.3} | {:.2} |",
        line.series, line.origins, line.error, line.loss, line.milliseconds,
    )
}
