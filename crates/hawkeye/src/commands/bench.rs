//! `hawkeye bench`: what requests cost, in CPU-seconds per million for bulk import and durable appends, and per query.
//!
//! CPU time, not wall clock, so that a busy machine changes little. It works in a temporary folder.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hawkeye_model::{Clock, Request, SystemClock, Timestamp};
use hawkeye_sim::{Scenario, SimConfig, Simulator};
use hawkeye_store::{Dataset, Dimension, Filter, RequestQuery, Store, StoreConfig, SumQuery, TimeRange};

const DAYS: u64 = 7;
const REQUESTS_PER_SECOND: f64 = 10.0;
const APPENDED: usize = 1_000_000;
const BATCH: usize = 500;
const SENDERS: usize = 8;

pub(crate) fn run() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = std::env::temp_dir().join(format!("hawkeye-bench-{}", std::process::id()));
    let outcome = bench(&runtime, &folder);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn bench(runtime: &tokio::runtime::Runtime, folder: &std::path::Path) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let start = now.minus(Duration::from_secs(DAYS * 86_400));
    let simulator = Simulator::new(SimConfig {
        seed: 1,
        scenario: Scenario::All,
        start,
        end: now,
        requests_per_second: REQUESTS_PER_SECOND,
    })?;
    let (store, committer) = Store::open(StoreConfig::at(folder), runtime.handle().clone())?;
    let committer = std::thread::spawn(|| committer.run());

    let (mut at, mut made, mut simulating, mut importing) = (start, 0, Cost::default(), Cost::default());
    while at < now {
        let to = at.plus(Duration::from_secs(6 * 3_600)).min(now);
        let (requests, cost) = measured(|| simulator.requests(at, to))?;
        simulating.add(cost);
        let (imported, cost) = measured(|| store.import(&requests, Dataset::Demo, now))?;
        importing.add(cost);
        made += imported?.requests;
        at = to;
    }
    say(&format!("simulate            {}", simulating.per_million(made)))?;
    say(&format!("import              {}", importing.per_million(made)))?;
    let status = store.status();
    say(&format!(
        "                    {made} requests, {} bytes each on disk",
        status.size_bytes / made.max(1)
    ))?;

    let lot: Vec<Request> = fresh(&simulator, now);
    let appended = lot.len() as u64;
    let (outcome, cost) = measured(|| append(runtime, &store, lot, now))?;
    outcome?;
    say(&format!(
        "append, durable     {}  ({SENDERS} senders, {BATCH} a batch)",
        cost.per_million(appended)
    ))?;

    let hours = |hours: u64| TimeRange { from: now.minus(Duration::from_secs(hours * 3_600)), to: now };
    let minutes = |minutes: u64| Some(Duration::from_secs(minutes * 60));
    let by_endpoint = [Dimension::Endpoint, Dimension::Environment];
    let questions: [(&str, TimeRange, Option<Duration>, &[Dimension]); 4] = [
        ("series, 24 h by 5 min", hours(24), minutes(5), &[]),
        ("series, 7 d by 1 h   ", hours(DAYS * 24), minutes(60), &[Dimension::Environment]),
        ("endpoints, 1 h       ", hours(1), None, &by_endpoint),
        ("endpoints, 7 d       ", hours(DAYS * 24), None, &by_endpoint),
    ];
    for (name, range, step, group_by) in questions {
        let (filter, group_by) = (Filter::default(), group_by.into());
        let query = SumQuery { range, step, filter, group_by, dataset: None };
        let (outcome, cost) = measured(|| runtime.block_on(store.sum(&query, now)))?;
        outcome?;
        say(&format!("{name}        {:7.1} ms CPU", cost.cpu_s * 1e3))?;
    }
    let newest = RequestQuery::newest(hours(DAYS * 24), 100);
    let (outcome, cost) = measured(|| runtime.block_on(store.requests(&newest)))?;
    outcome?;
    say(&format!("newest 100 of 7 d            {:7.1} ms CPU", cost.cpu_s * 1e3))?;

    store.close(now)?;
    drop(store);
    committer.join().ok().context("the committer failed")?;
    Ok(())
}

/// Requests that the store does not have yet.
fn fresh(simulator: &Simulator, now: Timestamp) -> Vec<Request> {
    let mut lot = Vec::new();
    let mut at = now;
    while lot.len() < APPENDED {
        let to = at.plus(Duration::from_secs(3_600));
        lot.extend(simulator.requests(at, to));
        at = to;
    }
    lot.truncate(APPENDED);
    lot
}

fn append(
    runtime: &tokio::runtime::Runtime,
    store: &Arc<Store>,
    lot: Vec<Request>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut lots = vec![Vec::new(); SENDERS];
    for (at, batch) in lot.chunks(BATCH).enumerate() {
        lots[at % SENDERS].push(batch.to_vec());
    }
    let senders = lots.into_iter().map(|batches| {
        let store = Arc::clone(store);
        runtime.spawn(async move {
            for batch in batches {
                store.append(batch, Dataset::Live, now).await?;
            }
            Ok::<_, hawkeye_store::StoreError>(())
        })
    });
    let senders: Vec<_> = senders.collect();
    for sender in senders {
        runtime.block_on(sender)??;
    }
    Ok(())
}

#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    cpu_s: f64,
    wall_s: f64,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.cpu_s += other.cpu_s;
        self.wall_s += other.wall_s;
    }

    fn per_million(self, requests: u64) -> String {
        let millions = requests as f64 / 1e6;
        format!("{:6.2} CPU-s per million requests, {:6.1} s in all", self.cpu_s / millions, self.wall_s)
    }
}

/// What a piece of work cost this process, all threads together.
fn measured<T>(work: impl FnOnce() -> T) -> anyhow::Result<(T, Cost)> {
    let (cpu, wall) = (cpu_s()?, SystemClock.now());
    let result = work();
    Ok((result, Cost { cpu_s: cpu_s()? - cpu, wall_s: SystemClock.now().since(wall).as_secs_f64() }))
}

/// User and system time of this process. The kernel counts in hundredths of a second.
fn cpu_s() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().context("stat has no name")?;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| anyhow::Ok(fields.get(field).context("stat is short")?.parse::<u64>()?);
    Ok((ticks(11)? + ticks(12)?) as f64 / 100.0)
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
