//! `/api/v2/alerts` and `/api/v2/alerts/groups`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use hawkeye_alert::{Alert, Labels, MuteKind, Received, Routing, State as AlertState, all_match, matched};
use hawkeye_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, filters, flag, read_time, time};
use crate::app::App;

/// Alerts of one request, and labels of one alert.
const ALERTS_MAX: usize = 10_000;
const LABELS_MAX: usize = 100;

/// Labels and annotations of one alert together.
const TEXT_SIZE_BYTES_MAX: usize = 16 * 1_024;

/// What a client posts. Fields that are not known are left alone: newer Prometheus versions may send more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted {
    labels: Labels,
    #[serde(default)]
    annotations: Labels,
    #[serde(default)]
    starts_at: Option<String>,
    #[serde(default)]
    ends_at: Option<String>,
    #[serde(default, rename = "generatorURL")]
    generator_url: Option<String>,
}

/// Durable when it answers.
pub(super) async fn receive(
    State(app): State<Arc<App>>,
    sent: Result<Json<Vec<Posted>>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let Json(posted) = sent?;
    if posted.len() > ALERTS_MAX {
        return Err(Refused::bad(format!("more than {ALERTS_MAX} alerts")));
    }
    let (mut received, mut wrong) = (Vec::new(), Vec::new());
    for (position, alert) in posted.into_iter().enumerate() {
        match alert.read() {
            Ok(alert) => received.push(alert),
            Err(Refused(_, message)) => wrong.push(format!("alert {position}: {message}")),
        }
    }
    // The good ones count, whatever the others are.
    app.engine.ask(move |engine| engine.receive_alerts(received)).await?;
    if wrong.is_empty() { Ok(StatusCode::OK) } else { Err(Refused::bad(wrong.join("; "))) }
}

impl Posted {
    fn read(self) -> Result<Received, Refused> {
        let text =
            |labels: &Labels| labels.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        if !self.labels.values().any(|value| !value.is_empty()) {
            return Err(Refused::bad("at least one label pair required"));
        }
        if self.labels.len() > LABELS_MAX || self.annotations.len() > LABELS_MAX {
            return Err(Refused::bad(format!("more than {LABELS_MAX} labels")));
        }
        if text(&self.labels) + text(&self.annotations) > TEXT_SIZE_BYTES_MAX {
            return Err(Refused::bad(format!("more than {TEXT_SIZE_BYTES_MAX} bytes")));
        }
        let (starts, ends) = (read_time(self.starts_at.as_deref())?, read_time(self.ends_at.as_deref())?);
        if let (Some(starts), Some(ends)) = (starts, ends)
            && ends < starts
        {
            return Err(Refused::bad("start time must be before end time"));
        }
        Ok(Received {
            labels: self.labels,
            annotations: self.annotations,
            starts,
            ends,
            generator_url: self.generator_url.filter(|url| !url.is_empty()),
        })
    }
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let wanted = Wanted::read(&query)?;
    let now = app.now();
    let (alerts, routing) =
        app.engine.ask(|engine| Ok((engine.active_alerts(), engine.alert_routing()))).await?;
    let shown = alerts.iter().filter(|it| wanted.takes(it, &routing));
    Ok(Json(shown.map(|it| shown_as(it, &routing, now)).collect()))
}

pub(super) async fn groups(
    State(app): State<Arc<App>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let wanted = Wanted::read(&query)?;
    let now = app.now();
    let (groups, routing) =
        app.engine.ask(|engine| Ok((engine.active_groups(), engine.alert_routing()))).await?;
    let groups = groups.into_iter().filter_map(|(receiver, labels, alerts)| {
        let alerts = alerts.iter().filter(|it| wanted.takes(it, &routing));
        let alerts: Vec<Value> = alerts.map(|it| shown_as(it, &routing, now)).collect();
        (!alerts.is_empty())
            .then(|| json!({ "labels": labels, "receiver": { "name": receiver }, "alerts": alerts }))
    });
    Ok(Json(groups.collect()))
}

/// What a client asks for.
struct Wanted {
    filters: Vec<hawkeye_alert::Matcher>,
    active: bool,
    silenced: bool,
    inhibited: bool,
    receiver: Option<hawkeye_alert::Matcher>,
}

impl Wanted {
    fn read(query: &[(String, String)]) -> Result<Self, Refused> {
        let receiver = query.iter().find(|(name, value)| name == "receiver" && !value.is_empty());
        let receiver = receiver.map(|(_, value)| {
            hawkeye_alert::Matcher::new("receiver", hawkeye_alert::Operator::Matches, value)
                .map_err(|error| Refused::bad(error.to_string()))
        });
        Ok(Self {
            filters: filters(query)?,
            active: flag(query, "active"),
            silenced: flag(query, "silenced"),
            inhibited: flag(query, "inhibited"),
            receiver: receiver.transpose()?,
        })
    }

    fn takes(&self, alert: &Alert, routing: &Routing) -> bool {
        let is_muted_by =
            |inhibition: bool| alert.mutes.iter().any(|it| (it.kind == MuteKind::Inhibition) == inhibition);
        let leads_there = |receiver: &hawkeye_alert::Matcher| {
            matched(routing, &alert.labels)
                .into_iter()
                .any(|route| receiver.matches(&[("receiver".to_owned(), route.receiver)].into()))
        };
        alert.state == AlertState::Firing
            && (self.active || !alert.mutes.is_empty())
            && (self.silenced || !is_muted_by(false))
            && (self.inhibited || !is_muted_by(true))
            && all_match(&self.filters, &alert.labels)
            && self.receiver.as_ref().is_none_or(leads_there)
    }
}

fn shown_as(alert: &Alert, routing: &Routing, now: Timestamp) -> Value {
    let muted_by = |inhibition: bool| -> Vec<&str> {
        let mutes = alert.mutes.iter().filter(|it| (it.kind == MuteKind::Inhibition) == inhibition);
        mutes.map(|it| it.by.as_str()).collect()
    };
    let mut annotations = alert.annotations.clone();
    annotations.entry("summary".into()).or_insert_with(|| alert.summary.clone());
    let receivers: Vec<Value> =
        matched(routing, &alert.labels).iter().map(|it| json!({ "name": it.receiver })).collect();
    // A client that sees an end in the past takes it for over.
    let ends = alert.expires.unwrap_or_else(|| now.plus(std::time::Duration::from_secs(300)));
    json!({
        "annotations": annotations,
        "endsAt": time(ends),
        "fingerprint": alert.fingerprint,
        "receivers": receivers,
        "startsAt": time(alert.fired.map_or(alert.started, |fired| fired.min(alert.started))),
        "status": {
            "inhibitedBy": muted_by(true),
            "silencedBy": muted_by(false),
            "mutedBy": [],
            "state": if alert.mutes.is_empty() { "active" } else { "suppressed" },
        },
        "updatedAt": time(alert.updated.max(Timestamp::from_micros(0))),
        "generatorURL": alert.generator_url.clone().unwrap_or_default(),
        "labels": alert.labels,
    })
}
