//! The day on which traffic exceeds its record, on made-up growth: busy and quiet weekdays, noise, one record event.

use std::fmt::Write as _;

use anyhow::Result;
use hawkeye_forecast::{CapacityReason, capacity};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const SHOPS: u64 = 400;
/// Compound growth a day.
const GROWTHS: [f64; 3] = [0.0, 0.003, 0.008];
/// Nobody waits longer for the truth.
const DAYS_MAX: usize = 730;

pub(crate) fn run() -> Result<String> {
    let mut text = format!(
        "### The day on which traffic exceeds its record, {SHOPS} made-up shops for each growth, 4 to 12 weeks of history\n\n| growth a day | said to grow | day told | came between the early and the late day | median error, days | median day |\n|---|---|---|---|---|---|\n"
    );
    for growth in GROWTHS {
        let (mut growing, mut within, mut errors, mut days) = (0, 0, Vec::new(), Vec::new());
        for seed in 1..=SHOPS {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let history = rng.random_range(28..84);
            let peaks = shop(&mut rng, growth, history);
            let said = capacity(&peaks[..history]);
            growing += usize::from(said.reason != CapacityReason::NotGrowing);
            let record = said.ever_served.unwrap_or(f64::INFINITY);
            let came = peaks[history..].iter().position(|peak| *peak > record).map(|day| (day + 1) as f64);
            if let (Some(day), Some(came)) = (said.days_until, came) {
                let early = said.days_until_early.unwrap_or(0.0);
                let late = said.days_until_late.unwrap_or(f64::INFINITY);
                within += usize::from(early <= came && came <= late);
                errors.push((day - came).abs());
                days.push(came);
            }
        }
        let told = errors.len();
        writeln!(
            text,
            "| {:.1} % | {:.2} | {told} | {:.2} | {:.0} | {:.0} |",
            100.0 * growth,
            growing as f64 / SHOPS as f64,
            within as f64 / told.max(1) as f64,
            median(errors),
            median(days)
        )?;
    }
    writeln!(text, "| target | at most .05 without growth | | .80 | | |")?;
    Ok(text)
}

fn shop(rng: &mut ChaCha8Rng, growth: f64, history: usize) -> Vec<f64> {
    let noise = rng.random_range(0.03..0.10);
    let (event, event_size) = (rng.random_range(0..history), rng.random_range(1.1..1.5));
    let weekend = rng.random_range(0.5..1.0);
    (0..history + DAYS_MAX)
        .map(|day| {
            let normal: f64 = StandardNormal.sample(rng);
            let of_week = if day % 7 >= 5 { weekend } else { 1.0 };
            let of_event = if day == event { event_size } else { 1.0 };
            1_000.0 * (growth * day as f64 + noise * normal).exp() * of_week * of_event
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
