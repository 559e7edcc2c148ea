//! "Why silent?": the way from a series to somebody's pager, gate by gate, and where it ended at a moment.

use hawkeye_catalog::{
    AlertQuery, AlertRow, AnomalyQuery, Mute, OutboxQuery, OutboxRow, Read, StoredAnomaly,
};
use hawkeye_detect::{Gate, MaintenanceMode, Settings};
use hawkeye_model::{Dataset, Series, Signal, Timestamp};

use crate::engine::Engine;
use crate::error::EngineError;

/// Alerts of one anomaly that are looked at.
const ALERTS_MAX: usize = 20;

/// What gates of detection say of a change that hurts too few, or by too little; and of a series that is too young.
const SMALL: [&str; 2] = ["smaller than the least", "too few requests"];
const YOUNG: &str = "still learning";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceGate {
    pub gate: SilenceGateName,
    pub outcome: SilenceGateOutcome,
    pub sentence: String,
    /// What it is about.
    pub id: Option<String>,
}

/// In the order in which they are passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceGateName {
    Data,
    Samples,
    Maintenance,
    Score,
    MinChange,
    Budget,
    Anomaly,
    Incident,
    Rule,
    Silence,
    Inhibition,
    Notification,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceGateOutcome {
    Passed,
    /// It ended here.
    Stopped,
    /// Nothing came so far.
    NotReached,
}

use SilenceGateName as Name;
use SilenceGateOutcome::{NotReached, Passed, Stopped};

impl SilenceGateName {
    const ALL: [Self; 12] = [
        Self::Data,
        Self::Samples,
        Self::Maintenance,
        Self::Score,
        Self::MinChange,
        Self::Budget,
        Self::Anomaly,
        Self::Incident,
        Self::Rule,
        Self::Silence,
        Self::Inhibition,
        Self::Notification,
    ];
}

/// What the catalog knows about the series at the moment.
struct Known {
    anomaly: Option<StoredAnomaly>,
    alerts: Vec<AlertRow>,
    mutes: Vec<Mute>,
    told: Vec<OutboxRow>,
}

/// Gates in order; after the first stop nothing is reached.
struct Way(Vec<SilenceGate>);

impl Way {
    fn pass(&mut self, gate: Name, sentence: impl Into<String>, id: Option<String>) {
        self.put(gate, Passed, sentence.into(), id);
    }

    fn stop(&mut self, gate: Name, sentence: impl Into<String>, id: Option<String>) {
        self.put(gate, Stopped, sentence.into(), id);
    }

    fn put(&mut self, gate: Name, outcome: SilenceGateOutcome, sentence: String, id: Option<String>) {
        if !self.has_ended() {
            self.0.push(SilenceGate { gate, outcome, sentence, id });
        }
    }

    fn has_ended(&self) -> bool {
        self.0.last().is_some_and(|it| it.outcome == Stopped)
    }

    fn finish(mut self) -> Vec<SilenceGate> {
        for gate in &Name::ALL[self.0.len()..] {
            let sentence = "nothing came so far".to_owned();
            self.0.push(SilenceGate { gate: *gate, outcome: NotReached, sentence, id: None });
        }
        self.0
    }
}

impl Engine {
    /// The whole way of a series in the window that ended at a moment. `gates` are what detection saw then.
    pub(crate) fn silence_gates(
        &self,
        dataset: Dataset,
        series: &Series,
        at: Timestamp,
        requests: u64,
        gates: &[Gate],
    ) -> Result<Vec<SilenceGate>, EngineError> {
        let known = self.catalog.read(|read| known(read, dataset, series, at))?;
        let settings = self.current_settings();
        let mut way = Way(Vec::with_capacity(Name::ALL.len()));
        match requests {
            // Silence is judged as well, where requests were certain.
            0 if gates.is_empty() => way.stop(Name::Data, "there were no requests in this minute", None),
            0 => way.pass(Name::Data, "there were no requests in this minute, which is judged as well", None),
            1 => way.pass(Name::Data, "there was one request in this minute", None),
            _ => way.pass(Name::Data, format!("there were {requests} requests in this minute"), None),
        }
        look_at_detection(&mut way, &settings, series, at, gates, known.anomaly.as_ref());
        look_at_alerting(&mut way, &known);
        Ok(way.finish())
    }
}

fn known(
    read: &Read<'_>,
    dataset: Dataset,
    series: &Series,
    at: Timestamp,
) -> Result<Known, hawkeye_catalog::CatalogError> {
    let query = AnomalyQuery {
        range: Some((at.minus(hawkeye_detect::WINDOW), at)),
        datasets: vec![dataset],
        series: vec![series.id()],
        limit: ALERTS_MAX,
        ..AnomalyQuery::default()
    };
    let open = read.anomalies(&query)?.items;
    let anomaly = open.into_iter().max_by_key(|it| (it.anomaly.severity, it.anomaly.detected <= at));
    let Some(anomaly) = anomaly else {
        return Ok(Known { anomaly: None, alerts: Vec::new(), mutes: Vec::new(), told: Vec::new() });
    };
    let query = AlertQuery { anomaly: Some(anomaly.anomaly.id), limit: ALERTS_MAX, ..AlertQuery::default() };
    let mut alerts = read.alerts(&query)?.items;
    alerts.retain(|alert| alert.started <= at);
    // One that fires says more than one that still waits.
    alerts.sort_by_key(|alert| alert.state == "pending");
    let (mut mutes, mut told) = (Vec::new(), Vec::new());
    for alert in &alerts {
        mutes.extend(read.mutes_of(alert.id)?);
        let query = OutboxQuery { alert: Some(alert.id), limit: ALERTS_MAX, ..OutboxQuery::default() };
        told.extend(read.outbox(&query)?.items);
    }
    told.retain(|row| row.created <= at);
    mutes.retain(|mute| mute.from < at && mute.to.is_none_or(|to| to >= at));
    Ok(Known { anomaly: Some(anomaly), alerts, mutes, told })
}

fn look_at_detection(
    way: &mut Way,
    settings: &Settings,
    series: &Series,
    at: Timestamp,
    gates: &[Gate],
    anomaly: Option<&StoredAnomaly>,
) {
    let judged = |gate: &&Gate| !gate.reason.contains(YOUNG);
    let count = gates.iter().filter(judged).count();
    match (gates.len(), count, gates.first()) {
        (0, ..) => {
            way.stop(Name::Samples, "the series is too young: nothing is known of what is usual", None)
        }
        (all, 0, Some(first)) => {
            way.stop(Name::Samples, format!("none of {all} tests can tell yet: {}", first.reason), None)
        }
        (all, judged, _) => {
            way.pass(Name::Samples, format!("{judged} of {all} tests had enough to judge by"), None)
        }
    }
    let window = at.minus(hawkeye_detect::WINDOW);
    let covering = settings.maintenance.iter().filter(|it| it.is_on(window));
    let covering = covering.filter(|it| Signal::ALL.iter().any(|signal| it.scope.covers(series, *signal)));
    // One that pauses stands above one that only widens.
    let covering = covering.min_by_key(|it| it.mode != MaintenanceMode::Pause);
    let paused = settings
        .overrides
        .iter()
        .rfind(|it| Signal::ALL.iter().any(|signal| it.scope.covers(series, *signal)));
    match (covering, paused) {
        (Some(it), _) if it.mode == MaintenanceMode::Pause => {
            way.stop(
                Name::Maintenance,
                "a maintenance window pauses detection here",
                Some(it.id.to_string()),
            );
        }
        (Some(it), _) => {
            way.pass(
                Name::Maintenance,
                "a maintenance window asks for changes twice as large",
                Some(it.id.to_string()),
            );
        }
        (None, Some(it)) if it.false_alarms_per_week.is_none() => {
            way.stop(
                Name::Maintenance,
                "a setting of its own leaves this series alone",
                Some(it.id.to_string()),
            );
        }
        _ => way.pass(Name::Maintenance, "no maintenance window covers it", None),
    }
    let is_open = anomaly.is_some_and(|it| it.anomaly.detected <= at);
    let nearest =
        gates.iter().filter(judged).max_by(|left, right| nearness(left).total_cmp(&nearness(right)));
    let Some(nearest) = nearest else { return };
    let score = format!(
        "{} of {} scored {:.1} of the {:.1} that are needed",
        nearest.test,
        nearest.signal.as_str().replace('_', " "),
        nearest.score,
        nearest.threshold
    );
    let is_high = nearest.score >= nearest.threshold;
    let budget = format!(
        "{} false alarms a week for all series together ask for a score of {:.1}",
        settings.false_alarms_per_week, nearest.threshold
    );
    if is_open && !is_high {
        way.pass(Name::Score, format!("an anomaly is open already; now {score}"), None);
    } else if is_high {
        way.pass(Name::Score, score, None);
    } else if nearest.score > 0.0 && nearest.score >= 0.5 * nearest.threshold {
        // Odd, but not odd enough for the budget: that gate is where it ends.
        way.pass(Name::Score, score, None);
        pass_small(way, nearest);
        way.stop(Name::Budget, budget, None);
        return;
    } else {
        way.stop(Name::Score, format!("nothing was odd: {score}"), None);
        return;
    }
    pass_small(way, nearest);
    way.pass(Name::Budget, budget, None);
}

fn pass_small(way: &mut Way, nearest: &Gate) {
    if SMALL.iter().any(|small| nearest.reason.contains(small)) {
        way.stop(Name::MinChange, nearest.reason.clone(), None);
    } else {
        way.pass(Name::MinChange, "the change is large enough to count", None);
    }
}

fn nearness(gate: &Gate) -> f64 {
    gate.score / gate.threshold.max(1e-9)
}

fn look_at_alerting(way: &mut Way, known: &Known) {
    let Some(stored) = &known.anomaly else {
        way.stop(Name::Anomaly, "no anomaly was open at this time", None);
        return;
    };
    let id = stored.anomaly.id.to_string();
    way.pass(Name::Anomaly, stored.anomaly.sentence.clone(), Some(id));
    match stored.incident {
        Some(id) => way.pass(Name::Incident, "it belongs to an incident", Some(format!("{id:016x}"))),
        None => way.pass(Name::Incident, "it belongs to no incident yet", None),
    }
    let Some(alert) = known.alerts.first() else {
        let severity = stored.anomaly.severity.as_str();
        way.stop(
            Name::Rule,
            format!("no rule takes an anomaly of this kind and severity ({severity}) here"),
            None,
        );
        return;
    };
    let rule = alert.rule.clone().unwrap_or_else(|| alert.name.clone());
    if alert.state == "pending" {
        way.stop(
            Name::Rule,
            format!("rule {rule} waits until it has lasted long enough"),
            alert.rule.clone(),
        );
        return;
    }
    way.pass(Name::Rule, format!("rule {rule} made an alert of it"), alert.rule.clone());
    for (gate, kind, words) in [
        (Name::Silence, "silence", "a silence hid it"),
        (Name::Inhibition, "inhibition", "a graver alert hid it"),
    ] {
        let is_maintenance = |mute: &&Mute| gate == Name::Silence && mute.kind == "maintenance";
        match known.mutes.iter().find(|mute| mute.kind == kind || is_maintenance(mute)) {
            Some(mute) if mute.kind == "maintenance" => {
                way.stop(gate, "a maintenance window hid it", Some(mute.by.clone()))
            }
            Some(mute) => way.stop(gate, words, Some(mute.by.clone())),
            None => way.pass(gate, format!("no {kind} hid it"), None),
        }
    }
    look_at_notifications(way, alert, &known.told);
}

fn look_at_notifications(way: &mut Way, alert: &AlertRow, told: &[OutboxRow]) {
    let of = |state: &str| told.iter().find(|it| it.state == state);
    if let Some(sent) = of("sent") {
        way.pass(
            Name::Notification,
            format!("told to {} by {}", sent.receiver, sent.channel),
            Some(alert.id.to_string()),
        );
    } else if let Some(dead) = of("dead") {
        let why = dead.last_error.as_deref().unwrap_or("no reason was given");
        way.stop(
            Name::Notification,
            format!("{} could not be reached: {why}", dead.channel),
            Some(alert.id.to_string()),
        );
    } else if let Some(waiting) = of("waiting") {
        way.stop(
            Name::Notification,
            format!("it waits to be sent by {}", waiting.channel),
            Some(alert.id.to_string()),
        );
    } else if let Some(other) = told.first() {
        way.stop(
            Name::Notification,
            format!("the notification was {}: {}", other.state, other.reason),
            Some(alert.id.to_string()),
        );
    } else {
        way.stop(Name::Notification, "no channel takes it: see the routing", Some(alert.id.to_string()));
    }
}
