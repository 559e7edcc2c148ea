//! Detection on simulated traffic: labelled incidents found, delay, decoys that page, false alarms against the budget.
//!
//! An incident counts as found when an anomaly that pages (severity medium or higher, no surge) of an affected
//! endpoint in an affected environment is detected between its start and ten minutes after its end. An anomaly that
//! pages while no incident goes on in its environment is a false alarm; one that falls into a decoy is charged to it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use hawkeye_detect::{Change, Row, Settings, WINDOW, Watcher, Window};
use hawkeye_model::{Anomaly, AnomalyKind, Request, Rollup, Series, SeriesId, Severity, Timestamp};
use hawkeye_sim::{Planted, PlantedKind, Scenario, SimConfig, Simulator};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// An incident's effects may still be seen for so long after its end.
const AFTERMATH: Duration = Duration::from_secs(600);

/// Fewer hurt requests are below what anybody must notice.
const HARMFUL_REQUESTS: f64 = 100.0;

/// False alarms a week that are promised: the presets of sensitivity.
const BUDGETS: [f64; 3] = [hawkeye_detect::LOW, hawkeye_detect::MEDIUM, hawkeye_detect::HIGH];

/// Some Monday, 2026-11-02 00:00 UTC.
const START: Timestamp = Timestamp::from_secs(1_793_577_600);

/// Healthy traffic before alarms are counted: what is learnt from it is not yet judged.
const WARM_DAYS: u32 = 7;

/// What is simulated.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Plan {
    /// Runs with incidents and decoys of every kind
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// Runs without incidents, a week of learning before the days that count
    #[arg(long, default_value_t = 4)]
    healthy_seeds: u64,
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Days of a run with incidents; healthy runs take four times as long
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// Over five environments and about 340 series
    #[arg(long, default_value_t = 10.0)]
    requests_per_second: f64,
    /// Print what was missed and what was false
    #[arg(long)]
    verbose: bool,
}

impl Plan {
    fn simulator(&self, scenario: Scenario, seed: u64, days: u32) -> Result<Simulator> {
        let end = START.plus(DAY * days);
        let requests_per_second = self.requests_per_second;
        Ok(Simulator::new(SimConfig { seed, scenario, start: START, end, requests_per_second })?)
    }
}

/// Runs `one` for so many seeds from the first on, on all cores, and gives what came out in the order of the seeds.
pub(crate) fn for_each_seed<T: Send>(
    first_seed: u64,
    seeds: u64,
    one: impl Fn(u64) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicU64::new(0);
    let outcomes = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= seeds {
                        break;
                    }
                    let outcome = one(first_seed + at);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Both tables.
pub(crate) fn run(plan: &Plan) -> Result<String> {
    Ok(format!(
        "### Simulated incidents, {} runs of {} days at {} requests a second\n\n{}\n### False alarms a week on healthy traffic, promised and measured, {} runs of {} days\n\n{}",
        plan.seeds,
        plan.days,
        plan.requests_per_second,
        incidents(plan)?,
        plan.healthy_seeds,
        plan.days * 4,
        budget(plan)?
    ))
}

/// Calls `each` with the rows of every minute.
fn minutes(simulator: &Simulator, from: Timestamp, to: Timestamp, mut each: impl FnMut(&Window<'_>)) {
    let mut hour = from;
    while hour < to {
        let end = hour.plus(HOUR).min(to);
        let requests = simulator.requests(hour, end);
        let mut rest = requests.as_slice();
        let mut minute = hour;
        while minute < end {
            let next = minute.plus(WINDOW);
            let split = rest.partition_point(|request| request.start < next);
            let (now, later) = rest.split_at(split);
            rest = later;
            let sums = sum(now);
            let rows: Vec<Row<'_>> =
                sums.iter().map(|(series, version, rollup)| Row { series, version, rollup }).collect();
            each(&Window { start: minute, rows: &rows, is_complete: true });
            minute = next;
        }
        hour = end;
    }
}

fn sum(requests: &[Request]) -> Vec<(Arc<Series>, Arc<str>, Rollup)> {
    let mut positions: HashMap<(SeriesId, &str), usize> = HashMap::new();
    let mut sums: Vec<(Arc<Series>, Arc<str>, Rollup)> = Vec::new();
    for request in requests {
        let key = (request.series.id(), &*request.version);
        let at = *positions.entry(key).or_insert_with(|| {
            sums.push((Arc::clone(&request.series), Arc::clone(&request.version), Rollup::default()));
            sums.len() - 1
        });
        sums[at].2.add(request);
    }
    sums
}

fn pages(anomaly: &Anomaly) -> bool {
    anomaly.kind != AnomalyKind::Surge && anomaly.severity >= Severity::Medium
}

/// All anomalies, each as it was when it was last told.
#[derive(Default)]
struct Found(HashMap<u64, Anomaly>);

impl Found {
    fn take(&mut self, changes: Vec<Change>) {
        for change in changes {
            if let Change::Opened(anomaly) | Change::Updated(anomaly) | Change::Closed(anomaly) = change {
                self.0.insert(anomaly.id.0, anomaly);
            }
        }
    }

    /// All but surges, in the order of their detection.
    fn raised(&self, since: Timestamp) -> Vec<&Anomaly> {
        let counts = |anomaly: &&Anomaly| anomaly.kind != AnomalyKind::Surge && anomaly.detected >= since;
        let mut raised: Vec<&Anomaly> = self.0.values().filter(counts).collect();
        raised.sort_by_key(|anomaly| (anomaly.detected, anomaly.id));
        raised
    }

    fn paging(&self, since: Timestamp) -> Vec<&Anomaly> {
        self.raised(since).into_iter().filter(|anomaly| pages(anomaly)).collect()
    }
}

fn concerns(planted: &Planted, anomaly: &Anomaly) -> bool {
    planted.environment.as_ref().is_none_or(|environment| environment == anomaly.series.environment())
}

fn overlaps(planted: &Planted, anomaly: &Anomaly, after: Duration) -> bool {
    anomaly.detected >= planted.from && anomaly.onset <= planted.to.plus(after)
}

/// Requests that an incident hurts, by comparison with the day before.
struct Harm {
    planted: Planted,
    before: HashMap<SeriesId, Rollup>,
    during: HashMap<SeriesId, Rollup>,
}

impl Harm {
    fn new(planted: &Planted) -> Self {
        Self { planted: planted.clone(), before: HashMap::new(), during: HashMap::new() }
    }

    fn add(&mut self, window: &Window<'_>) {
        let is_before =
            window.start < self.planted.from.minus(HOUR) && window.start >= self.planted.from.minus(DAY);
        let is_during = window.start >= self.planted.from.floor(WINDOW) && window.start < self.planted.to;
        if !is_before && !is_during {
            return;
        }
        let sums = if is_before { &mut self.before } else { &mut self.during };
        for row in window.rows {
            let is_affected = self.planted.affected.contains(row.series.endpoint())
                && self.planted.environment.as_ref().is_none_or(|it| it == row.series.environment());
            if is_affected {
                sums.entry(row.series.id()).or_default().merge(row.rollup);
            }
        }
    }

    fn requests(&self) -> f64 {
        let mut hurt = 0.0;
        let days = 23.0 / 24.0 * DAY.as_secs_f64();
        for (id, before) in &self.before {
            let nothing = Rollup::default();
            let during = self.during.get(id).unwrap_or(&nothing);
            let (n, m) = (during.requests() as f64, before.requests() as f64);
            let errors = during.server_errors as f64 - n * before.server_errors as f64 / m.max(1.0);
            let limit = before.latency.quantile(0.95).unwrap_or(0.0) * 1.25;
            let slow = during.latency.count_above(limit as u64) as f64
                - n * before.latency.count_above(limit as u64) as f64 / m.max(1.0);
            let missing = match self.planted.kind {
                PlantedKind::TrafficDrop | PlantedKind::RegionalOutage => {
                    m * self.planted.to.since(self.planted.from).as_secs_f64() / days - n
                }
                _ => 0.0,
            };
            hurt += errors.max(0.0) + slow.max(0.0) + missing.max(0.0);
        }
        hurt
    }
}

#[derive(Debug, Default, Clone)]
struct Tally {
    incidents: u32,
    harmful: u32,
    found: u32,
    /// In windows, of those found.
    delays: Vec<f64>,
    decoys: u32,
    decoys_paging: u32,
    pages: u32,
    false_alarms: u32,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.incidents += other.incidents;
        self.harmful += other.harmful;
        self.found += other.found;
        self.delays.extend(&other.delays);
        self.decoys += other.decoys;
        self.decoys_paging += other.decoys_paging;
        self.pages += other.pages;
        self.false_alarms += other.false_alarms;
    }

    fn row(&mut self, name: &str, weeks: f64) -> String {
        self.delays.sort_by(f64::total_cmp);
        let share = |part: u32, whole: u32| match whole {
            0 => "-".into(),
            _ => format!("{:.1} %", 100.0 * f64::from(part) / f64::from(whole)),
        };
        let delay = |quantile: f64| {
            let at = (self.delays.len() as f64 * quantile) as usize;
            self.delays.get(at).map_or("-".into(), |delay| format!("{delay:.1}"))
        };
        let alarms =
            if weeks > 0.0 { format!("{:.2}", f64::from(self.false_alarms) / weeks) } else { "-".into() };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {alarms} |\n",
            self.incidents,
            self.harmful,
            share(self.found, self.harmful),
            delay(0.5),
            delay(0.9),
            self.decoys,
            share(self.decoys_paging, self.decoys),
        )
    }
}

const HEAD: &str = "| kind | incidents | that hurt 100 requests | of these found | median delay, windows | nine of ten within | decoys | that page | false alarms a week |\n|---|---|---|---|---|---|---|---|---|\n";

/// Incidents and decoys of every kind.
fn incidents(plan: &Plan) -> Result<String> {
    let outcomes = for_each_seed(plan.first_seed, plan.seeds, |seed| one_run(plan, seed))?;
    let mut by_kind: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for (kind, tally) in outcomes.iter().flatten() {
        by_kind.entry(kind).or_default().add(tally);
    }
    let mut all = Tally::default();
    let mut sudden = Tally::default();
    for (kind, tally) in &by_kind {
        all.add(tally);
        if *kind != PlantedKind::SlowDrift.as_str() {
            sudden.add(tally);
        }
    }
    // The first day only teaches.
    let weeks = plan.seeds as f64 * f64::from(plan.days - 1) / 7.0;
    let mut text = format!("{HEAD}{}{}", all.row("**all**", weeks), sudden.row("all but slow drifts", 0.0));
    for (kind, tally) in by_kind.iter_mut().filter(|(kind, _)| **kind != "none") {
        text.push_str(&tally.row(kind, 0.0));
    }
    Ok(text)
}

/// What one seed gives, by kind; what belongs to none stands under `none`.
fn one_run(plan: &Plan, seed: u64) -> Result<BTreeMap<&'static str, Tally>> {
    let simulator = plan.simulator(Scenario::All, seed, plan.days)?;
    let planted = simulator.planted();
    let mut harms: Vec<Harm> = planted.iter().map(Harm::new).collect();
    let mut watcher = Watcher::new(Settings::default());
    let mut found = Found::default();
    minutes(&simulator, START, START.plus(DAY * plan.days), |window| {
        harms.iter_mut().for_each(|harm| harm.add(window));
        found.take(watcher.step(window));
    });
    let paging = found.paging(START.plus(DAY));
    let incidents: Vec<&Planted> = planted.iter().filter(|planted| !planted.decoy).collect();
    let say = |text: String| {
        if plan.verbose {
            println!("seed {seed}: {text}");
        }
    };
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    for harm in &harms {
        let planted = &harm.planted;
        let tally = tallies.entry(planted.kind.as_str()).or_default();
        let first = paging.iter().find(|anomaly| {
            overlaps(planted, anomaly, AFTERMATH)
                && concerns(planted, anomaly)
                && planted.affected.contains(anomaly.series.endpoint())
                && !(planted.decoy && is_explained(&incidents, anomaly))
        });
        if planted.decoy {
            tally.decoys += 1;
            tally.decoys_paging += u32::from(first.is_some());
            first.iter().for_each(|anomaly| say(format!("decoy pages: {}", anomaly.sentence)));
            continue;
        }
        tally.incidents += 1;
        let hurt = harm.requests();
        if hurt < HARMFUL_REQUESTS {
            continue;
        }
        tally.harmful += 1;
        match first {
            Some(anomaly) => {
                tally.found += 1;
                let delay = anomaly.detected.since(planted.from).as_secs_f64();
                tally.delays.push(delay / WINDOW.as_secs_f64());
            }
            None => say(format!("missed, {hurt:.0} hurt: {} {}", clock(planted.from), planted.title)),
        }
    }
    let tally = tallies.entry("none").or_default();
    for anomaly in &paging {
        tally.pages += 1;
        let is_decoy = planted.iter().any(|planted| {
            planted.decoy && overlaps(planted, anomaly, AFTERMATH) && concerns(planted, anomaly)
        });
        if !is_decoy && !is_explained(&incidents, anomaly) {
            tally.false_alarms += 1;
            say(format!("false: {} {}", clock(anomaly.detected), anomaly.sentence));
        }
    }
    Ok(tallies)
}

/// Whether an incident goes on where and when an anomaly was raised.
fn is_explained(incidents: &[&Planted], anomaly: &Anomaly) -> bool {
    incidents.iter().any(|planted| {
        // An outage sends its traffic, and the load, everywhere else.
        let is_here = planted.kind == PlantedKind::RegionalOutage || concerns(planted, anomaly);
        is_here && overlaps(planted, anomaly, AFTERMATH * 3)
    })
}

/// Promised against measured false alarms on healthy traffic with decoys. Everything but surges counts.
fn budget(plan: &Plan) -> Result<String> {
    let days = plan.days * 4;
    let counted = START.plus(DAY * WARM_DAYS);
    let counts = for_each_seed(plan.first_seed, plan.healthy_seeds, |seed| {
        let simulator = plan.simulator(Scenario::Healthy, seed, days)?;
        let settings = |alarms| Settings { false_alarms_per_week: alarms, ..Settings::default() };
        let mut watchers = BUDGETS.map(|alarms| (Watcher::new(settings(alarms)), Found::default()));
        minutes(&simulator, START, START.plus(DAY * days), |window| {
            for (watcher, found) in &mut watchers {
                found.take(watcher.step(window));
            }
        });
        Ok(watchers.map(|(watcher, found)| {
            let raised = found.raised(counted);
            if plan.verbose {
                let promised = watcher.settings().false_alarms_per_week;
                raised.iter().for_each(|anomaly| {
                    println!(
                        "seed {seed}, {promised} promised: {} {:.1} of {:.1} {}",
                        clock(anomaly.detected),
                        anomaly.score_peak,
                        anomaly.threshold,
                        anomaly.sentence
                    );
                });
            }
            (raised.len(), raised.iter().filter(|anomaly| pages(anomaly)).count())
        }))
    })?;
    let weeks = plan.healthy_seeds as f64 * f64::from(days - WARM_DAYS) / 7.0;
    let mut text = format!(
        "| promised | measured | of these paging | alarms in {weeks:.0} weeks |\n|---|---|---|---|\n"
    );
    for (at, promised) in BUDGETS.iter().enumerate() {
        let raised: usize = counts.iter().map(|counts| counts[at].0).sum();
        let paging: usize = counts.iter().map(|counts| counts[at].1).sum();
        let (measured, paging) = (raised as f64 / weeks, paging as f64 / weeks);
        writeln!(text, "| {promised} | {measured:.2} | {paging:.2} | {raised} |")?;
    }
    Ok(text)
}

fn clock(at: Timestamp) -> String {
    let minutes = at.since(START).as_secs() / 60;
    format!("day {} {:02}:{:02}", minutes / 1_440, minutes / 60 % 24, minutes % 60)
}
