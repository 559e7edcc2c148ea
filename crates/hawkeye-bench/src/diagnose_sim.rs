//! Diagnosis on simulated traffic: anomalies grouped, causes named, decoys left alone.
//!
//! Detection runs minute by minute and feeds the grouper, whose call graph sees one minute of thirty. Every incident is
//! diagnosed when it closes. A planted incident counts when an anomaly of an affected endpoint began before its end and was
//! detected after its start. What was planted is compared with the verdict by [`crate::diagnose_sim_truth`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hawkeye_detect::{Change, Row, Settings, WINDOW, Watcher, Window};
use hawkeye_diagnose::{
    CallGraph, Case, Diagnosis, Group, GroupEvent, Grouper, IncidentId, KnownDeployment, Range, VerdictKind,
    another_baseline, diagnose, link, windows_of,
};
use hawkeye_model::{Anomaly, AnomalyId, Request, Rollup, Series, SeriesId, Timestamp};
use hawkeye_sim::{Planted, PlantedKind, Scenario, SimConfig, Simulator};

use crate::diagnose_sim_table::Tally;
use crate::diagnose_sim_truth as truth;
use crate::sim::for_each_seed;

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// Some Monday, 2026-11-02 00:00 UTC.
const START: Timestamp = Timestamp::from_secs(1_793_577_600);

/// The graph sees one minute of so many.
const GRAPH_EVERY: u64 = 30;

/// A bad deployment should be named so many windows after so many requests were hurt.
pub(crate) const EARLY_WINDOWS: u32 = 3;
pub(crate) const EARLY_HURT: f64 = 50.0;

/// What is simulated.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Plan {
    /// Runs with incidents and decoys of every kind; 0 leaves the simulator out
    #[arg(long, default_value_t = 200)]
    pub(crate) seeds: u64,
    /// Runs with decoys only
    #[arg(long, default_value_t = 40)]
    pub(crate) healthy_seeds: u64,
    #[arg(long, default_value_t = 1)]
    pub(crate) first_seed: u64,
    #[arg(long, default_value_t = 3)]
    pub(crate) days: u32,
    /// Over five environments and about 340 series
    #[arg(long, default_value_t = 10.0)]
    pub(crate) requests_per_second: f64,
    /// Print what was missed, and why
    #[arg(long)]
    pub(crate) verbose: bool,
}

/// The tables.
pub(crate) fn run(plan: &Plan) -> Result<String> {
    let all = for_each_seed(plan.first_seed, plan.seeds, |seed| one_run(plan, Scenario::All, seed))?;
    let healthy =
        for_each_seed(plan.first_seed, plan.healthy_seeds, |seed| one_run(plan, Scenario::Healthy, seed))?;
    let mut tally = Tally::default();
    all.iter().chain(&healthy).for_each(|one| tally.add(one));
    Ok(format!(
        "### Simulated incidents diagnosed, {} runs of {} days at {} requests a second\n\n{}\n### Decoys, in these and {} healthy runs\n\n{}",
        plan.seeds,
        plan.days,
        plan.requests_per_second,
        tally.incidents()?,
        plan.healthy_seeds,
        tally.decoys()?
    ))
}

/// Everything that one run knows while it goes on.
struct Run<'a> {
    simulator: &'a Simulator,
    watcher: Watcher,
    grouper: Grouper,
    graph: CallGraph,
    anomalies: HashMap<AnomalyId, Anomaly>,
    deployments: Vec<KnownDeployment>,
    /// Incidents as they were when they closed last.
    closed: BTreeMap<IncidentId, (Group, Diagnosis)>,
    early: Vec<Early<'a>>,
}

/// A bad deployment whose first hurt requests are counted.
struct Early<'a> {
    planted: &'a Planted,
    usual: HashMap<SeriesId, Rollup>,
    hurt: f64,
    hurt_at: Option<Timestamp>,
    named: Option<bool>,
}

impl<'a> Run<'a> {
    fn new(simulator: &'a Simulator) -> Self {
        let bad = simulator.planted().iter().filter(|it| it.kind == PlantedKind::BadDeployment);
        let early = |planted| Early { planted, usual: HashMap::new(), hurt: 0.0, hurt_at: None, named: None };
        Self {
            simulator,
            watcher: Watcher::new(Settings::default()),
            grouper: Grouper::default(),
            graph: CallGraph::default(),
            anomalies: HashMap::new(),
            deployments: Vec::new(),
            closed: BTreeMap::new(),
            early: bad.map(early).collect(),
        }
    }

    fn minute(&mut self, start: Timestamp, requests: &[Request]) {
        let end = start.plus(WINDOW);
        if (start.since(START).as_secs() / 60).is_multiple_of(GRAPH_EVERY) {
            self.graph.observe(requests, &link(requests), end);
        }
        let sums = sum(requests);
        let rows: Vec<Row<'_>> =
            sums.iter().map(|(series, version, rollup)| Row { series, version, rollup }).collect();
        self.early.iter_mut().for_each(|early| early.add(start, &rows));
        for change in self.watcher.step(&Window { start, rows: &rows, is_complete: true }) {
            match change {
                Change::Opened(anomaly) | Change::Updated(anomaly) | Change::Closed(anomaly) => {
                    let changes = self.grouper.take(&anomaly, &self.graph);
                    self.anomalies.insert(anomaly.id, anomaly);
                    for change in changes {
                        if let GroupEvent::Merged { other } = change.event {
                            self.closed.remove(&other);
                        }
                    }
                }
                Change::Deployed(it) => self.deployments.push(KnownDeployment {
                    service: it.service,
                    environment: it.environment,
                    version: it.version,
                    at: it.at,
                }),
            }
        }
        for change in self.grouper.settle(end) {
            if change.event == GroupEvent::Closed {
                self.close(change.incident, end);
            }
        }
        self.name_early(end);
    }

    fn close(&mut self, id: IncidentId, now: Timestamp) {
        let Some(group) = self.grouper.get(id).cloned() else { return };
        let diagnosis = self.diagnose(&group, now);
        self.closed.insert(id, (group, diagnosis));
    }

    fn diagnose(&self, group: &Group, now: Timestamp) -> Diagnosis {
        let anomalies: Vec<Anomaly> =
            group.members.iter().filter_map(|it| self.anomalies.get(&it.anomaly).cloned()).collect();
        let (bad_range, baseline_range) = windows_of(&anomalies, &self.deployments, now, START);
        let bad = self.simulator.requests(bad_range.0, bad_range.1);
        let conclude = |baseline_range: Range| {
            let baseline = self.simulator.requests(baseline_range.0, baseline_range.1);
            diagnose(&Case {
                anomalies: &anomalies,
                bad: &bad,
                baseline: &baseline,
                bad_range,
                baseline_range,
                sampled: 1.0,
                deployments: &self.deployments,
                graph: &self.graph,
                made: now,
            })
        };
        let first = conclude(baseline_range);
        let again = another_baseline(&first, &anomalies, START).map(conclude);
        let is_open = |it: &Diagnosis| it.verdict.kind == VerdictKind::NotEnoughEvidence;
        again.filter(|again| !is_open(again)).unwrap_or(first)
    }

    fn name_early(&mut self, now: Timestamp) {
        for at in 0..self.early.len() {
            let Early { planted, hurt_at: Some(hurt_at), named: None, .. } = self.early[at] else { continue };
            if now < hurt_at.plus(WINDOW * EARLY_WINDOWS) {
                continue;
            }
            let groups = self.grouper.groups().filter(|group| group.closed.is_none());
            let group =
                groups.filter(|group| group.members.iter().any(|it| truth::is_of(planted, it))).last();
            let named = group
                .cloned()
                .is_some_and(|group| truth::is_right(planted, &self.diagnose(&group, now).verdict));
            self.early[at].named = Some(named);
        }
    }

    /// Incidents that are still open at the end.
    fn finish(&mut self, now: Timestamp) {
        let open: Vec<IncidentId> =
            self.grouper.groups().filter(|group| group.closed.is_none()).map(|group| group.id).collect();
        open.into_iter().for_each(|id| self.close(id, now));
    }
}

impl Early<'_> {
    /// Failed requests of the version, and those slower than nearly all of the day before.
    fn add(&mut self, start: Timestamp, rows: &[Row<'_>]) {
        let planted = self.planted;
        let is_here = |row: &&Row<'_>| {
            planted.service.as_ref() == Some(&row.series.endpoint().service)
                && planted.environment.as_ref() == Some(row.series.environment())
        };
        if start >= planted.from.minus(DAY) && start < planted.from.minus(HOUR) {
            for row in rows.iter().filter(is_here) {
                self.usual.entry(row.series.id()).or_default().merge(row.rollup);
            }
        }
        if start < planted.from.floor(WINDOW) || start >= planted.to || self.hurt_at.is_some() {
            return;
        }
        for row in rows.iter().filter(is_here).filter(|row| Some(row.version) == planted.version.as_deref()) {
            let usual = self.usual.get(&row.series.id());
            let limit = usual.and_then(|it| it.latency.quantile(0.95)).unwrap_or(f64::MAX) * 1.25;
            let (failed, slow) = (row.rollup.server_errors, row.rollup.latency.count_above(limit as u64));
            self.hurt += failed as f64 + slow as f64;
        }
        if self.hurt >= EARLY_HURT {
            self.hurt_at = Some(start.plus(WINDOW));
        }
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

fn one_run(plan: &Plan, scenario: Scenario, seed: u64) -> Result<Tally> {
    let end = START.plus(DAY * plan.days);
    let requests_per_second = plan.requests_per_second;
    let simulator = Simulator::new(SimConfig { seed, scenario, start: START, end, requests_per_second })?;
    let mut run = Run::new(&simulator);
    let mut hour = START;
    while hour < end {
        let requests = simulator.requests(hour, hour.plus(HOUR));
        let mut rest = requests.as_slice();
        let mut minute = hour;
        while minute < hour.plus(HOUR) {
            let split = rest.partition_point(|request| request.start < minute.plus(WINDOW));
            let (now, later) = rest.split_at(split);
            rest = later;
            run.minute(minute, now);
            minute = minute.plus(WINDOW);
        }
        hour = hour.plus(HOUR);
    }
    run.finish(end);
    let say = |text: String| {
        if plan.verbose {
            println!("seed {seed}: {text}");
        }
    };
    Ok(score(&run, simulator.planted(), say))
}

fn score(run: &Run<'_>, planted: &[Planted], say: impl Fn(String)) -> Tally {
    let mut tally = Tally::default();
    let real: Vec<&Planted> = planted.iter().filter(|it| !it.decoy).collect();
    // By incident: which planted ones have anomalies in it.
    let mut owners: BTreeMap<IncidentId, BTreeSet<usize>> = BTreeMap::new();
    for (id, (group, _)) in &run.closed {
        for (at, it) in real.iter().enumerate() {
            if group.members.iter().any(|member| !truth::is_surge(member) && truth::is_of(it, member)) {
                owners.entry(*id).or_default().insert(at);
            }
        }
    }
    for (at, planted) in real.iter().enumerate() {
        let kind = tally.kinds.entry(planted.kind.as_str()).or_default();
        kind.planted += 1;
        let mut own: Vec<(usize, IncidentId)> = Vec::new();
        for (id, (group, _)) in &run.closed {
            let is_own = |member: &&hawkeye_diagnose::Member| {
                !truth::is_surge(member) && truth::is_of(planted, member)
            };
            let count = group.members.iter().filter(is_own).count();
            if count > 0 {
                own.push((count, *id));
            }
        }
        let Some(&(_, id)) = own.iter().max_by_key(|(count, id)| (*count, std::cmp::Reverse(*id))) else {
            continue;
        };
        let Some((group, diagnosis)) = run.closed.get(&id) else { continue };
        kind.raised += 1;
        let title = format!("{} {}", clock(planted.from), planted.title);
        let is_alone = owners.get(&id).is_some_and(|owners| owners.len() == 1 && owners.contains(&at));
        if own.len() == 1 && is_alone {
            kind.one_group += 1;
        } else {
            say(format!("{} incidents, alone {is_alone}: {title}", own.len()));
            for (group, _) in own.iter().filter_map(|(_, id)| run.closed.get(id)) {
                say(members(group));
            }
        }
        let verdict = &diagnosis.verdict;
        kind.unsettled += u32::from(verdict.kind == VerdictKind::NotEnoughEvidence);
        let (is_right, is_first) = (truth::is_right(planted, verdict), truth::is_first(planted, diagnosis));
        kind.verdict += u32::from(is_right);
        kind.cause += u32::from(is_first);
        if !is_right {
            say(format!(
                "verdict {} ({} anomalies, {} to {}): {}\n    planted {title} until {}",
                verdict.kind.as_str(),
                group.members.len(),
                clock(group.onset()),
                group.ended().map_or_else(|| "open".to_owned(), clock),
                verdict.sentence,
                clock(planted.to)
            ));
            say(members(group));
        }
        if !is_first {
            let causes = diagnosis.causes.iter().take(3).map(|it| it.sentence.as_str()).collect::<Vec<_>>();
            say(format!("cause: {}\n    planted {title}", causes.join(" | ")));
        }
    }
    for early in &run.early {
        if let Some(named) = early.named {
            tally.deployments_hurt += 1;
            tally.deployments_named += u32::from(named);
            if !named {
                say(format!("not named early: {} {}", clock(early.planted.from), early.planted.title));
            }
        }
    }
    let is_explained =
        |group: &Group| group.members.iter().any(|member| real.iter().any(|it| truth::explains(it, member)));
    let is_blamed = |(_, diagnosis): &&(Group, Diagnosis)| {
        !matches!(diagnosis.verdict.kind, VerdictKind::TrafficChange | VerdictKind::NotEnoughEvidence)
            || (diagnosis.verdict.kind == VerdictKind::TrafficChange && truth::falls(diagnosis))
    };
    let mut of_decoys: BTreeSet<IncidentId> = BTreeSet::new();
    for decoy in planted.iter().filter(|it| it.decoy) {
        let kind = tally.kinds.entry(decoy.kind.as_str()).or_default();
        kind.decoys += 1;
        let hit = |(group, _): &&(Group, Diagnosis)| {
            group.members.iter().any(|member| !truth::is_surge(member) && truth::is_of(decoy, member))
                && !is_explained(group)
        };
        let hits: Vec<&(Group, Diagnosis)> = run.closed.values().filter(hit).collect();
        of_decoys.extend(hits.iter().map(|(group, _)| group.id));
        if let Some((group, diagnosis)) = hits.into_iter().find(is_blamed) {
            kind.decoys_blamed += 1;
            say(format!(
                "decoy {} to {} {} blamed: {}",
                clock(decoy.from),
                clock(decoy.to),
                decoy.title,
                diagnosis.verdict.sentence
            ));
            say(members(group));
        }
    }
    for (id, closed) in run.closed.iter().filter(|(_, (group, _))| !is_explained(group)) {
        if of_decoys.contains(id) {
            continue;
        }
        tally.strangers += 1;
        tally.strangers_blamed += u32::from(is_blamed(&closed));
        say(format!("stranger {} {}", clock(closed.0.onset()), closed.1.verdict.sentence));
    }
    tally
}

/// The anomalies of an incident, one a line.
fn members(group: &Group) -> String {
    let mut text = format!("incident {}", group.id);
    for member in &group.members {
        let closed = member.closed.map_or_else(|| "open".to_owned(), clock);
        text += &format!(
            "\n    {} {}, onset {}, detected {}, closed {closed}",
            member.series,
            member.kind.as_str(),
            clock(member.onset),
            clock(member.detected),
        );
    }
    text
}

fn clock(at: Timestamp) -> String {
    let minutes = at.since(START).as_secs() / 60;
    format!("day {} {:02}:{:02}", minutes / 1_440, minutes / 60 % 24, minutes % 60)
}
