//! `GET /api/v1/stream`: server-sent events.
//!
//! * `rollup`, each second: the last two steps of the series in question, to replace what the client has. Sending
//!   whole steps instead of increments makes a lost or repeated event harmless.
//! * `requests`, at most four times a second: the tail of requests that pass the filters. Its id is a position;
//!   `Last-Event-ID` continues from there.
//! * `gap`: requests that came faster than they were read.
//! * `anomaly`: an anomaly of the scope that opened, changed or closed, or on which somebody acted; without an id, since the
//!   list can be fetched again.
//! * `anomaly_gap`: more of those than are kept or shown at once.
//! * `alert`: an alert that began, changed or ended, or on which somebody acted; of any scope, because whoever is on call
//!   wants them all.
//! * `alert_gap`: more of those than are kept or shown at once.
//! * `incident`: an incident that opened, grew, was diagnosed or closed; of any scope.
//! * `incident_gap`: more of those than are kept or shown at once.
//! * `demo`: the demo data's state, when it changes.
//!
//! Nothing is queued per client: each reads from one bounded buffer when its connection has room.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use hawkeye_model::{Outcome, Request, Series};
use hawkeye_store::{Filter, StatusPattern, TimeRange};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use crate::alerting::conversions::Names;
use crate::app::App;
use crate::detection::place;
use crate::dto::{Alert, AlertEvent, AnomalyEvent, DemoStatus, Incident, IncidentNews, RequestRow};
use crate::error::Problem;
use crate::params::{Params, Scope, ScopeParams, list};
use crate::read::series::SeriesParams;

const TICK: Duration = Duration::from_millis(250);
const TICKS_PER_SECOND: u64 = 4;
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Requests in one event; more are counted, not shown.
const SHOWN_MAX: usize = 50;

/// Anomalies in one tick; who misses more fetches the list again.
const ANOMALIES_SHOWN_MAX: usize = 50;

/// As [`ANOMALIES_SHOWN_MAX`].
const ALERTS_SHOWN_MAX: usize = 50;

/// As [`ANOMALIES_SHOWN_MAX`].
const INCIDENTS_SHOWN_MAX: usize = 50;

const TOPICS: [&str; 6] = ["rollups", "requests", "anomalies", "alerts", "incidents", "demo"];

#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(crate) struct StreamParams {
    topics: Option<String>,
    outcome: Option<String>,
}

pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Params(scope_params): Params<ScopeParams>,
    Params(series): Params<SeriesParams>,
    Params(params): Params<StreamParams>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let filter = Scope::read(&scope_params, &*app.clock)?.filter;
    let topics = list("topics", &params.topics.or_else(|| Some(TOPICS.join(","))), |topic| {
        TOPICS
            .into_iter()
            .find(|known| *known == topic)
            .ok_or("is none of rollups, requests, anomalies, alerts, incidents, demo")
    })?;
    let outcomes = list("outcome", &params.outcome, |text| {
        Outcome::parse(text).ok_or("is none of ok, client_error, server_error")
    })?;
    let boot = format!("{:x}", app.info.started.micros());
    let resumed =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| position_in(id, &boot));
    let client = Client {
        position: resumed.unwrap_or_else(|| app.live.position()),
        anomaly_position: app.engine.position(),
        alert_position: app.engine.alert_position(),
        incident_position: app.engine.incident_position(),
        outcomes: outcomes.into_iter().collect(),
        wants: topics.into_iter().collect(),
        app,
        boot,
        filter,
        series,
        tick: 0,
        demo: None,
    };
    // A wrong step or grouping is told at once, not in a stream that never says anything.
    if client.wants.contains("rollups") {
        client.rollup().await?;
    }
    let mut ticker = tokio::time::interval(TICK);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let hello = json!({ "now_ms": client.app.now().millis(), "boot": client.boot });
    let first = vec![event("hello", &hello)];
    let events =
        futures::stream::unfold((client, ticker, first), |(mut client, mut ticker, mut ready)| async move {
            while ready.is_empty() {
                ticker.tick().await;
                if client.app.is_closing() {
                    return None;
                }
                ready = client.tick().await;
                ready.reverse();
            }
            ready.pop().map(|event| (Ok(event), (client, ticker, ready)))
        });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// One connection.
struct Client {
    app: Arc<App>,
    boot: String,
    filter: Filter,
    outcomes: HashSet<Outcome>,
    series: SeriesParams,
    wants: HashSet<&'static str>,
    position: u64,
    anomaly_position: u64,
    alert_position: u64,
    incident_position: u64,
    tick: u64,
    demo: Option<DemoStatus>,
}

impl Client {
    /// What to send now.
    async fn tick(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if self.wants.contains("requests") {
            self.tail(&mut events);
        }
        if self.wants.contains("anomalies") {
            self.anomalies(&mut events);
        }
        if self.wants.contains("alerts") {
            self.alerts(&mut events).await;
        }
        if self.wants.contains("incidents") {
            self.incidents(&mut events);
        }
        if self.tick.is_multiple_of(TICKS_PER_SECOND) {
            if self.wants.contains("rollups") {
                match self.rollup().await {
                    Ok(rollup) => events.push(event("rollup", &rollup)),
                    Err(problem) => tracing::warn!(detail = problem.detail, "a live rollup failed"),
                }
            }
            if self.wants.contains("demo") {
                let status = self.app.demo.status();
                if self.demo.as_ref() != Some(&status) {
                    events.push(event("demo", &json!(status)));
                    self.demo = Some(status);
                }
            }
        }
        self.tick += 1;
        events
    }

    fn tail(&mut self, events: &mut Vec<Event>) {
        let (filter, outcomes) = (&self.filter, &self.outcomes);
        let heard = self.app.live.since(self.position, |request| {
            (outcomes.is_empty() || outcomes.contains(&request.outcome)) && passes(filter, request)
        });
        let moved = heard.next != self.position;
        self.position = heard.next;
        if heard.missed > 0 {
            events.push(event("gap", &json!({ "missed": heard.missed })));
        }
        if !moved {
            return;
        }
        let matched = heard.requests.len();
        let shown = &heard.requests[matched.saturating_sub(SHOWN_MAX)..];
        let items: Vec<RequestRow> = shown
            .iter()
            .map(|(number, request)| RequestRow::of(format!("{}-{number}", self.boot), request))
            .collect();
        let rate = self.app.live.requests_per_second(self.app.now());
        let data =
            json!({ "matched": matched, "shown": items.len(), "requests_per_second": rate, "items": items });
        events.push(event("requests", &data).id(format!("{}-{}", self.boot, self.position)));
    }

    fn anomalies(&mut self, events: &mut Vec<Event>) {
        let heard = self.app.engine.events_since(self.anomaly_position);
        self.anomaly_position = heard.next;
        let mine: Vec<_> =
            heard.events.iter().filter(|it| is_of(&self.filter, &it.anomaly.anomaly.series)).collect();
        let hidden = mine.len().saturating_sub(ANOMALIES_SHOWN_MAX);
        let missed = heard.missed + hidden as u64;
        if missed > 0 {
            events.push(event("anomaly_gap", &json!({ "missed": missed })));
        }
        let shown = mine[hidden..].iter().map(|it| event("anomaly", &json!(AnomalyEvent::from(&***it))));
        events.extend(shown);
    }

    async fn alerts(&mut self, events: &mut Vec<Event>) {
        let heard = self.app.engine.alert_events_since(self.alert_position);
        self.alert_position = heard.next;
        let hidden = heard.events.len().saturating_sub(ALERTS_SHOWN_MAX);
        let missed = heard.missed + hidden as u64;
        if missed > 0 {
            events.push(event("alert_gap", &json!({ "missed": missed })));
        }
        let shown = &heard.events[hidden..];
        if shown.is_empty() {
            return;
        }
        // Names are only needed for what hides an alert, and every connection asks here.
        let names = match shown.iter().any(|news| !news.alert.mutes.is_empty()) {
            true => self.app.engine.ask(Names::of).await.unwrap_or_default(),
            false => Names::default(),
        };
        let now = self.app.now();
        events.extend(shown.iter().map(|news| {
            let alert = Alert::of(&news.alert, &names, now);
            event("alert", &json!(AlertEvent { change: news.change, alert }))
        }));
    }

    fn incidents(&mut self, events: &mut Vec<Event>) {
        let heard = self.app.engine.incident_events_since(self.incident_position);
        self.incident_position = heard.next;
        let hidden = heard.events.len().saturating_sub(INCIDENTS_SHOWN_MAX);
        let missed = heard.missed + hidden as u64;
        if missed > 0 {
            events.push(event("incident_gap", &json!({ "missed": missed })));
        }
        let shown = heard.events[hidden..].iter().map(|it| IncidentNews { incident: Incident::from(&**it) });
        events.extend(shown.map(|news| event("incident", &json!(news))));
    }

    /// The last two steps.
    async fn rollup(&self) -> Result<Value, Problem> {
        let now = self.app.now();
        let mut series = self.series.clone();
        let step = series.step.clone().filter(|step| step != "auto").unwrap_or_else(|| "10s".into());
        let width = crate::params::parse_duration(&step)
            .unwrap_or(Duration::from_secs(10))
            .max(Duration::from_secs(1));
        series.step = Some(step);
        let range = TimeRange { from: now.floor(width).minus(width), to: now.plus(Duration::from_micros(1)) };
        let scope = Scope { range, filter: self.filter.clone(), compare: crate::params::Compare::Off, now };
        let mut data = json!(self.app.series(&scope, &series).await?);
        if let Some(fields) = data.as_object_mut() {
            fields.insert("requests_per_second".into(), json!(self.app.live.requests_per_second(now)));
            fields.insert("now_ms".into(), json!(now.millis()));
        }
        Ok(data)
    }
}

fn event(name: &str, data: &Value) -> Event {
    // Compact JSON has no line breaks, so it is always one data line.
    Event::default().event(name).data(data.to_string())
}

/// The position in an event id of this run; ids of an earlier run mean nothing any more.
fn position_in(id: &str, boot: &str) -> Option<u64> {
    id.strip_prefix(boot)?.strip_prefix('-')?.parse().ok()
}

/// The same meaning as the store's filter, for requests that are in memory.
fn passes(filter: &Filter, request: &Request) -> bool {
    let has_status = filter.statuses.is_empty()
        || filter.statuses.iter().any(|status| match status {
            StatusPattern::Class(class) => request.status_code / 100 == *class,
            StatusPattern::Code(code) => request.status_code == *code,
        });
    is_of(filter, &request.series) && has_status && one_of(&filter.versions, &request.version)
}

/// Whether a series lies in the scope.
fn is_of(filter: &Filter, series: &Series) -> bool {
    let (endpoint, environment) = (series.endpoint(), series.environment());
    let in_environment = filter.environments.is_empty()
        || filter.environments.iter().any(|pattern| place(pattern).contains(environment));
    let is_endpoint = filter.endpoints.is_empty() || filter.endpoints.contains(&series.endpoint_id());
    let has_words = filter.text.split_whitespace().all(|word| {
        let word = word.to_lowercase();
        [&endpoint.service, &endpoint.method, &endpoint.route]
            .iter()
            .any(|text| text.to_lowercase().contains(&word))
    });
    in_environment
        && is_endpoint
        && has_words
        && one_of(&filter.services, &endpoint.service)
        && one_of(&filter.methods, &endpoint.method)
}

fn one_of(values: &[String], value: &str) -> bool {
    values.is_empty() || values.iter().any(|it| it == value)
}
