//! The whole pipeline over a stored past: detector, rules, inhibition, silences, routing and grouping, by the code
//! that runs live; today's configuration beside another.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hawkeye_alert::{Outcome, Past, Routing, Rule, Simulation, check_routing, check_rules};
use hawkeye_catalog::{AnomalyQuery, StoredAnomaly, Verdict};
use hawkeye_detect::{Settings, WINDOW, Watcher};
use hawkeye_model::{Anomaly, Dataset, Rollup, Series, SeriesId, Severity, Timestamp};
use hawkeye_store::{Filter, TimeRange};

use super::documents::wrong;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::feed::{Feed, Lot};

/// The longest range.
const BACKTEST_MAX: Duration = Duration::from_secs(35 * 86_400);

/// What detection learns from before the range.
const WARM_UP: Duration = Duration::from_secs(14 * 86_400);

/// Alerts that are listed of each side, the newest.
const LISTED_MAX: usize = 200;

/// Minutes and hours of sums in memory: what the longest short and the longest long window need.
const MINUTES_MAX: usize = 120;
const HOURS_MAX: usize = 72;

/// Longer windows are summed up anew only every fifth minute.
const FAST_WINDOW_S: u32 = 300;
const SLOW_MINUTES: i64 = 5;

const ANOMALIES_MAX: usize = 10_000;

#[derive(Debug, Clone)]
pub struct AlertBacktestQuery {
    pub range: TimeRange,
    /// `None` keeps today's; the same for the others.
    pub rules: Option<Vec<Rule>>,
    pub routing: Option<Routing>,
    pub settings: Option<Settings>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AlertBacktest {
    pub range: TimeRange,
    pub elapsed: Duration,
    pub current: AlertSide,
    pub changed: AlertSide,
}

/// What one configuration would have done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertSide {
    pub alerts: u64,
    pub notifications: u64,
    pub per_receiver: Vec<(String, u64)>,
    pub per_rule: Vec<(String, u64)>,
    /// Known incidents somebody would have been told of: anomalies that people confirmed, or of high severity and not
    /// judged otherwise.
    pub incidents_caught: u64,
    pub incidents_missed: u64,
    /// From the onset of an incident until somebody was told.
    pub delay_median: Option<Duration>,
    /// Receivers without channels, which are counted as if they had one.
    pub without_channels: Vec<String>,
    /// Newest first.
    pub listed: Vec<Outcome>,
}

/// One configuration under way.
struct Side {
    simulation: Simulation,
    watcher: Option<Watcher>,
}

/// Sums of the latest minutes and hours, by series.
#[derive(Default)]
struct Rolling {
    minutes: VecDeque<(Timestamp, Sums)>,
    hours: VecDeque<(Timestamp, Sums)>,
    slow: HashMap<u32, Vec<(Arc<Series>, Rollup)>>,
}

type Sums = HashMap<SeriesId, (Arc<Series>, Rollup)>;

impl Engine {
    /// Runs the past again. One at a time.
    ///
    /// # Errors
    /// [`EngineError::Busy`], [`EngineError::Wrong`], or that the past is no longer stored in minutes.
    pub async fn alert_backtest(
        self: &Arc<Self>,
        query: AlertBacktestQuery,
    ) -> Result<AlertBacktest, EngineError> {
        let _place = self.backtests.try_acquire().map_err(|_| EngineError::Busy)?;
        let begun = self.clock.now();
        let range = TimeRange {
            from: query.range.from.floor(WINDOW),
            to: query.range.to.min(begun.minus(self.config.grace)).floor(WINDOW),
        };
        if range.to.since(range.from) > BACKTEST_MAX {
            return Err(EngineError::NotKept);
        }
        if let Some(rules) = &query.rules {
            wrong(check_rules(rules))?;
        }
        if let Some(routing) = &query.routing {
            let channels = self.ask(|engine| engine.channel_names()).await?.into_keys().collect();
            wrong(check_routing(routing, &channels))?;
        }
        let (rules, routing, silences) = self
            .ask(move |engine| {
                let rules: Vec<Rule> = engine.alert_rules().into_iter().map(|it| it.rule).collect();
                // Also silences that are over by now hid something then.
                Ok((rules, engine.alert_routing(), engine.silences(Some(range.from))?))
            })
            .await?;
        // With nothing but a demo it is the demo that is asked about.
        let tells_demo = self.store.newest(Dataset::Live).is_none();
        let changed_rules = query.rules.unwrap_or_else(|| rules.clone());
        let changed_routing = query.routing.unwrap_or_else(|| routing.clone());
        let mut sides = [
            Simulation::new(rules, routing, silences.clone(), tells_demo),
            Simulation::new(changed_rules, changed_routing, silences, tells_demo),
        ];
        for dataset in Dataset::ALL {
            sides = self.run_alerts_again(dataset, range, query.settings.clone(), sides).await?;
        }
        let known = self.ask(move |engine| engine.known_incidents(range)).await?;
        let [current, changed] = sides.map(|side| summed_up(&side, &known));
        Ok(AlertBacktest { range, elapsed: self.clock.now().since(begun), current, changed })
    }

    async fn run_alerts_again(
        self: &Arc<Self>,
        dataset: Dataset,
        range: TimeRange,
        settings: Option<Settings>,
        simulations: [Simulation; 2],
    ) -> Result<[Simulation; 2], EngineError> {
        let now = self.clock.now();
        let warm = range.from.minus(WARM_UP).max(self.oldest(now));
        if range.from < warm {
            return Err(EngineError::NotKept);
        }
        let mut feed = Feed::new(Arc::clone(&self.store), dataset, Filter::default());
        let warm = TimeRange { from: warm, to: range.to };
        let Some(mut at) = feed.first(warm, now).await? else { return Ok(simulations) };
        let current = self.current_settings();
        let new_watcher = |settings: Settings| {
            let mut watcher = Watcher::new(settings);
            watcher.set_series_max(self.config.series_max);
            watcher
        };
        // Without other settings of detection both sides share one watcher, which is half the work.
        let other = settings.filter(|it| *it != current).map(new_watcher);
        let [first, second] = simulations;
        let mut sides = [
            Side { simulation: first, watcher: Some(new_watcher(current)) },
            Side { simulation: second, watcher: other },
        ];
        let mut rolling = Rolling::default();
        while at < range.to {
            let lot = feed.read(at, range.to, now).await?;
            at = lot.end();
            (sides, rolling) = self
                .ask(move |_| {
                    step_lot(dataset, &lot, range, &mut sides, &mut rolling);
                    Ok((sides, rolling))
                })
                .await?;
        }
        Ok(sides.map(|side| side.simulation))
    }

    /// What people would have wanted to know.
    fn known_incidents(&self, range: TimeRange) -> Result<Vec<StoredAnomaly>, EngineError> {
        let query = AnomalyQuery {
            onset: Some((range.from, range.to)),
            limit: ANOMALIES_MAX,
            ..AnomalyQuery::default()
        };
        let mut known = self.catalog.read(|read| read.anomalies(&query))?.items;
        known.retain(|it| match it.verdict {
            Some(verdict) => verdict == Verdict::Confirmed,
            None => it.anomaly.severity >= Severity::High,
        });
        Ok(known)
    }
}

fn step_lot(dataset: Dataset, lot: &Lot, range: TimeRange, sides: &mut [Side; 2], rolling: &mut Rolling) {
    for window in 0..lot.windows() {
        lot.with(window, |window| {
            let end = window.start.plus(WINDOW);
            for watcher in sides.iter_mut().filter_map(|side| side.watcher.as_mut()) {
                watcher.step(window);
            }
            rolling.take(window.start, window.rows.iter().map(|row| (row.series, row.rollup)));
            if window.start < range.from {
                return;
            }
            let [current, changed] = sides;
            let mut past = Past::default();
            let rules = [current.simulation.rules(), changed.simulation.rules()].concat();
            for needed in Past::windows(&rules) {
                past.insert(needed, rolling.sums(needed, end));
            }
            let shared: Vec<Anomaly> = current.watcher.iter().flat_map(Watcher::open).collect();
            let own: Option<Vec<Anomaly>> = changed.watcher.as_ref().map(|it| it.open().collect());
            let open: Vec<&Anomaly> = shared.iter().collect();
            current.simulation.step(dataset, end, &open, &past);
            let open: Vec<&Anomaly> = own.as_ref().unwrap_or(&shared).iter().collect();
            changed.simulation.step(dataset, end, &open, &past);
        });
    }
}

impl Rolling {
    fn take<'a>(&mut self, start: Timestamp, rows: impl Iterator<Item = (&'a Arc<Series>, &'a Rollup)>) {
        let mut minute = Sums::new();
        for (series, rollup) in rows {
            add(&mut minute, series, rollup);
        }
        let hour = start.floor(Duration::from_secs(3_600));
        if self.hours.back().is_none_or(|(at, _)| *at != hour) {
            self.hours.push_back((hour, Sums::new()));
            if self.hours.len() > HOURS_MAX + 1 {
                self.hours.pop_front();
            }
        }
        if let Some((_, sums)) = self.hours.back_mut() {
            minute.values().for_each(|(series, rollup)| add(sums, series, rollup));
        }
        self.minutes.push_back((start, minute));
        if self.minutes.len() > MINUTES_MAX {
            self.minutes.pop_front();
        }
    }

    /// Short windows to the minute; longer ones begin at a whole hour.
    fn sums(&mut self, window_s: u32, end: Timestamp) -> Vec<(Arc<Series>, Rollup)> {
        let is_slow = window_s > FAST_WINDOW_S;
        let is_due = (end.millis() / 60_000) % SLOW_MINUTES == 0;
        if is_slow
            && !is_due
            && let Some(known) = self.slow.get(&window_s)
        {
            return known.clone();
        }
        let from = end.minus(Duration::from_secs(window_s.into()));
        let is_short = window_s as usize <= MINUTES_MAX * 60;
        let parts = if is_short { &self.minutes } else { &self.hours };
        let mut sums = Sums::new();
        for (_, part) in parts.iter().filter(|(at, _)| *at >= from) {
            part.values().for_each(|(series, rollup)| add(&mut sums, series, rollup));
        }
        let sums: Vec<(Arc<Series>, Rollup)> = sums.into_values().collect();
        if is_slow {
            self.slow.insert(window_s, sums.clone());
        }
        sums
    }
}

fn add(sums: &mut Sums, series: &Arc<Series>, rollup: &Rollup) {
    match sums.get_mut(&series.id()) {
        Some((_, sum)) => sum.merge(rollup),
        None => _ = sums.insert(series.id(), (Arc::clone(series), rollup.clone())),
    }
}

fn summed_up(simulation: &Simulation, known: &[StoredAnomaly]) -> AlertSide {
    let outcomes: Vec<&Outcome> = simulation.outcomes().collect();
    let mut per_rule: BTreeMap<String, u64> = BTreeMap::new();
    for outcome in &outcomes {
        *per_rule.entry(outcome.rule.clone()).or_default() += 1;
    }
    let told_at = |incident: &StoredAnomaly| {
        let about_it = outcomes.iter().filter(|outcome| is_about(outcome, incident));
        about_it.filter_map(|outcome| outcome.told).min()
    };
    let mut delays: Vec<Duration> =
        known.iter().filter_map(|incident| Some(told_at(incident)?.since(incident.anomaly.onset))).collect();
    delays.sort_unstable();
    AlertSide {
        alerts: outcomes.len() as u64,
        notifications: simulation.notifications(),
        per_receiver: simulation.per_receiver().iter().map(|(name, n)| (name.clone(), *n)).collect(),
        per_rule: per_rule.into_iter().collect(),
        incidents_caught: delays.len() as u64,
        incidents_missed: (known.len() - delays.len()) as u64,
        delay_median: delays.get(delays.len() / 2).copied(),
        without_channels: simulation.without_channels().to_vec(),
        listed: outcomes.iter().rev().take(LISTED_MAX).map(|it| (*it).clone()).collect(),
    }
}

/// The same place, at the same time.
fn is_about(outcome: &Outcome, incident: &StoredAnomaly) -> bool {
    let anomaly = &incident.anomaly;
    let endpoint = anomaly.series.endpoint();
    let label = |name: &str| outcome.labels.get(name).map(String::as_str);
    let ends = anomaly.closed.map_or(Timestamp::MAX, |(at, _)| at);
    label("dataset") == Some(incident.dataset.as_str())
        && label("service") == Some(&*endpoint.service)
        && label("environment") == Some(anomaly.series.environment().to_string().as_str())
        && label("endpoint").is_none_or(|it| it == format!("{} {}", endpoint.method, endpoint.route))
        && outcome.started <= ends
        && outcome.resolved.unwrap_or(Timestamp::MAX) >= anomaly.onset
}
