//! Journeys of known nature: four steps whose latencies share shocks, or do not. Will all of them stay below their 95th
//! percentile for a day, and how long will the whole take?

use std::fmt::Write as _;

use hawkeye_forecast::journey::{StepForecast, predict};
use hawkeye_forecast::{Forecast, LEVELS, Paths, forecast, paths};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::futures::{Claims, for_each};

const STEPS: usize = 4;
const PER_DAY: usize = 24;
const HORIZON: usize = 24;
const HISTORY: usize = 28 * PER_DAY;
const WORLDS: u64 = 240;
/// Origins of one world, more than a week apart from each other.
const ORIGINS: usize = 3;
const ORIGIN_STRIDE: usize = 8 * PER_DAY + 5;
const PATHS: usize = 1_000;

/// Latencies of the steps, hour by hour.
struct World {
    steps: [Vec<f64>; STEPS],
}

impl World {
    /// A daily season, errors that fade over hours, and shocks that hit all steps and fade over half a day.
    fn new(seed: u64, are_shared: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let length = HISTORY + ORIGINS * ORIGIN_STRIDE + HORIZON;
        let mut steps: [Vec<f64>; STEPS] = Default::default();
        let mut own = [0.0; STEPS];
        let mut shocks = [0.0; STEPS];
        for hour in 0..length {
            let mut shock = [0.0; STEPS];
            if are_shared {
                shock = [Self::shock(&mut rng); STEPS];
            } else {
                shock.iter_mut().for_each(|shock| *shock = Self::shock(&mut rng));
            }
            for step in 0..STEPS {
                let normal: f64 = StandardNormal.sample(&mut rng);
                own[step] = 0.7 * own[step] + 0.06 * normal;
                shocks[step] = 0.92 * shocks[step] + shock[step];
                let phase = (hour % PER_DAY) as f64 / PER_DAY as f64 + 0.1 * step as f64;
                let season = 0.25 * (std::f64::consts::TAU * phase).sin();
                let level = 3.5 + 0.4 * step as f64;
                steps[step].push((level + season + own[step] + shocks[step]).exp());
            }
        }
        Self { steps }
    }

    /// A little every hour, a lot every second day.
    fn shock(rng: &mut ChaCha8Rng) -> f64 {
        let normal: f64 = StandardNormal.sample(rng);
        let strikes = rng.random_bool(1.0 / 48.0);
        0.04 * normal + if strikes { 0.25 * normal.abs() } else { 0.0 }
    }
}

const WAYS: [&str; 3] = ["**joint**", "independent", "comonotone"];

#[derive(Default)]
struct Tally {
    ok: [Claims; WAYS.len()],
    /// Values of the total within the central 80 and 95 %.
    within: [[f64; 2]; WAYS.len()],
    values: f64,
}

pub(crate) fn run() -> String {
    let mut text = String::new();
    for are_shared in [true, false] {
        let seeds: Vec<u64> = (1..=WORLDS).collect();
        let mut all = Tally::default();
        for of_world in for_each(&seeds, |&seed| measure(&World::new(seed, are_shared), seed)) {
            all.ok.iter_mut().zip(of_world.ok).for_each(|(all, own)| all.merge(own));
            for (all, own) in all.within.iter_mut().flatten().zip(of_world.within.as_flattened()) {
                *all += own;
            }
            all.values += of_world.values;
        }
        text.push_str(&table(&all, are_shared));
    }
    text
}

fn table(all: &Tally, are_shared: bool) -> String {
    let (kind, target) = if are_shared {
        (
            "shared shocks",
            "| target: joint | .77 to .83 | .93 to .97 | within .050 of the truth | below independent |",
        )
    } else {
        ("independent steps", "| target | | | joint as independent | |")
    };
    let mut text = format!(
        "### Journeys of {STEPS} steps, {kind}: {} days, all well in {:.3} of them\n\n| | total within 80 % | within 95 % | P(all well for 24 h) | log-loss |\n|---|---|---|---|---|\n",
        all.ok[0].len(),
        all.ok[0].frequency()
    );
    for ((way, ok), within) in WAYS.iter().zip(&all.ok).zip(&all.within) {
        let [in_80, in_95] = within.map(|count| count / all.values);
        let line =
            writeln!(text, "| {way} | {in_80:.3} | {in_95:.3} | {:.3} | {:.3} |", ok.mean(), ok.log_loss());
        debug_assert!(line.is_ok(), "text takes every line");
    }
    text.push_str(target);
    text.push_str("\n\n");
    text
}

fn measure(world: &World, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let never_fails = forecast(&[0.0; 4 * PER_DAY], HORIZON, PER_DAY);
    for at in 0..ORIGINS {
        let origin = HISTORY + at * ORIGIN_STRIDE;
        let pasts = world.steps.each_ref().map(|step| &step[origin - HISTORY..origin]);
        let forecasts = pasts.map(|past| forecast(past, HORIZON, PER_DAY));
        let limits = pasts.map(|past| {
            let mut sorted = past.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted[sorted.len() * 95 / 100]
        });
        let coming = world.steps.each_ref().map(|step| &step[origin..origin + HORIZON]);
        let happened = (0..STEPS).all(|step| coming[step].iter().all(|value| *value <= limits[step]));

        let steps: [StepForecast<'_>; STEPS] = std::array::from_fn(|step| StepForecast {
            error_rate: &never_fails,
            latency_ms: &forecasts[step],
            error_rate_limit: None,
            latency_limit_ms: Some(limits[step]),
            is_optional: false,
            weight: 1.0,
        });
        let joint = predict(&steps, PATHS, seed);
        let alone: Vec<f64> =
            steps.iter().map(|step| predict(&[*step], PATHS, seed).all_ok_throughout).collect();
        tally.ok[0].add(joint.all_ok_throughout, happened);
        tally.ok[1].add(alone.iter().product(), happened);
        tally.ok[2].add(alone.iter().copied().fold(1.0, f64::min), happened);

        let apart = total_apart(&forecasts, seed);
        for hour in 0..HORIZON {
            let total: f64 = coming.iter().map(|step| step[hour]).sum();
            let mut together = [0.0; LEVELS.len()];
            for of_step in &forecasts {
                together.iter_mut().zip(&of_step.quantiles[hour]).for_each(|(sum, value)| *sum += value);
            }
            tally.values += 1.0;
            for (way, row) in [joint.latency_ms[hour], apart[hour], together].iter().enumerate() {
                for (at, (low, high)) in [(2, 12), (0, 14)].into_iter().enumerate() {
                    tally.within[way][at] += f64::from(row[low] <= total && total <= row[high]);
                }
            }
        }
    }
    tally
}

/// Quantiles of the total when every step is drawn by itself.
fn total_apart(forecasts: &[Forecast; STEPS], seed: u64) -> Vec<[f64; LEVELS.len()]> {
    let drawn: Vec<Paths> =
        forecasts.iter().zip(1..).map(|(it, at)| paths(it, PATHS, seed * 31 + at)).collect();
    (0..HORIZON)
        .map(|hour| {
            let mut totals = vec![0.0; PATHS];
            for of_step in &drawn {
                totals.iter_mut().zip(of_step.at(hour)).for_each(|(total, value)| *total += value);
            }
            totals.sort_unstable_by(f64::total_cmp);
            LEVELS.map(|level| totals[((PATHS - 1) as f64 * level).round() as usize])
        })
        .collect()
}
