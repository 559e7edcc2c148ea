//! What watching costs: updates a second on one core, bytes a series, and how long ten thousand series take to be
//! saved and restored.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hawkeye_detect::{Row, Settings, WINDOW, Watcher, Window};
use hawkeye_model::{Endpoint, Environment, Provider, Request, Rollup, Series, Timestamp};

use crate::cpu::cpu_time;

const START: Timestamp = Timestamp::from_secs(1_793_577_600);

/// A minute's rollups, made once and used in turn: making them is not what is measured.
const DIFFERENT: usize = 64;

/// Series that fit the processor's caches, and as many as are watched at most.
const COUNTS: [usize; 2] = [1_000, 10_000];

pub(crate) fn run() -> anyhow::Result<String> {
    let mut text = String::from(
        "| series watched, all signals | million updates per second and core | KiB per series in a snapshot | snapshot, CPU s | restore, CPU s |\n|---|---|---|---|---|\n",
    );
    for count in COUNTS {
        let speed = measure(count, if count > 1_000 { 30 } else { 300 })?;
        writeln!(
            text,
            "| {count} | {:.2} | {:.1} | {:.2} | {:.2} |",
            speed.updates_per_second / 1e6,
            speed.size_bytes_per_series / 1_024.0,
            speed.snapshot.as_secs_f64(),
            speed.restore.as_secs_f64()
        )?;
    }
    Ok(text)
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
struct Speed {
    updates_per_second: f64,
    size_bytes_per_series: f64,
    snapshot: Duration,
    restore: Duration,
}

fn series(at: usize) -> Arc<Series> {
    let endpoint = Endpoint {
        service: format!("service-{}", at / 40).into(),
        method: "GET".into(),
        route: format!("/things/{at}").into(),
    };
    Arc::new(Series::new(endpoint, Environment::new(Provider::Aws, "production", "eu-west-1")))
}

/// Sixty requests around 80 ms, some slower, now and then a failure. No randomness is needed to measure time.
fn rollups(series: &Arc<Series>) -> Vec<Rollup> {
    let number = |at: usize, salt: usize| (at * 2_654_435_769 + salt * 40_503) % 1_000;
    (0..DIFFERENT)
        .map(|window| {
            let mut rollup = Rollup::default();
            for at in 0..60 + window % 7 {
                let spread = number(at, window) as f64 / 1_000.0;
                let duration_us = (80_000.0 * (1.2 * (spread - 0.5)).exp()) as u64;
                let status = if number(at, window * 7 + 1) < 4 { 500 } else { 200 };
                rollup.add(&Request::new(START, duration_us, Arc::clone(series), status));
            }
            rollup
        })
        .collect()
}

fn measure(count: usize, windows: u32) -> anyhow::Result<Speed> {
    let all: Vec<Arc<Series>> = (0..count).map(series).collect();
    let rollups = rollups(&all[0]);
    let mut watcher = Watcher::new(Settings::default());
    watcher.set_series_max(count);
    // The first hour teaches; what is measured is the work of every day.
    let warm = 90;
    let mut spent = Duration::ZERO;
    for window in 0..warm + windows {
        let rows: Vec<Row<'_>> = all
            .iter()
            .enumerate()
            .map(|(at, series)| {
                let rollup = &rollups[(at + window as usize * 5) % DIFFERENT];
                Row { series, version: "v1", rollup }
            })
            .collect();
        let begun = cpu_time()?;
        watcher.step(&Window { start: START.plus(WINDOW * window), rows: &rows, is_complete: true });
        if window >= warm {
            spent += cpu_time()?.saturating_sub(begun);
        }
    }
    let begun = cpu_time()?;
    let snapshot = watcher.snapshot()?;
    let snapshot_spent = cpu_time()?.saturating_sub(begun);
    let begun = cpu_time()?;
    let restored = Watcher::restore(&snapshot, Settings::default())?;
    let restore_spent = cpu_time()?.saturating_sub(begun);
    anyhow::ensure!(restored.watermark() == watcher.watermark(), "the restored watcher is another one");
    let size: usize = snapshot.series.iter().map(|(_, bytes)| bytes.len()).sum();
    Ok(Speed {
        updates_per_second: count as f64 * f64::from(windows) / spent.as_secs_f64(),
        size_bytes_per_series: size as f64 / count as f64,
        snapshot: snapshot_spent,
        restore: restore_spent,
    })
}
