//! Alertmanager's API, version 2, as far as Prometheus, amtool, karma and Grafana use it. Its shapes and words, on
//! the same alerts and silences as the rest.
//!
//! Errors are a JSON string, as there. It is not part of the OpenAPI document.

mod alerts;
mod config;
mod silences;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hawkeye_alert::{Matcher, Operator};
use hawkeye_engine::EngineError;
use hawkeye_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;

/// As many alerts as one request may have, of 1.6 KB each.
const BODY_SIZE_BYTES_MAX: usize = 16 << 20;

/// The routes under `/api/v2`.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v2/status", get(status))
        .route("/api/v2/receivers", get(receivers))
        .route("/api/v2/alerts", get(alerts::list).post(alerts::receive))
        .route("/api/v2/alerts/groups", get(alerts::groups))
        .route("/api/v2/silences", get(silences::list).post(silences::put))
        .route("/api/v2/silence/{id}", get(silences::one).delete(silences::expire))
        .route("/-/healthy", get(ok))
        .route("/-/ready", get(ok))
        .route("/-/reload", post(ok))
        .layer(DefaultBodyLimit::max(BODY_SIZE_BYTES_MAX))
}

async fn ok() -> &'static str {
    "OK"
}

/// What went wrong, as Alertmanager says it.
#[derive(Debug)]
pub(crate) struct Refused(StatusCode, String);

impl Refused {
    fn bad(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(Value::String(self.1))).into_response()
    }
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        let status = match rejection.status() {
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        };
        Self(status, rejection.body_text())
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        let status = match &error {
            EngineError::Wrong(_) => StatusCode::BAD_REQUEST,
            EngineError::UnknownSilence(_) => StatusCode::NOT_FOUND,
            EngineError::AlertsFull(_) | EngineError::TooMany(..) | EngineError::Closed => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => {
                tracing::error!(%error, "an Alertmanager client got no answer");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self(status, error.to_string())
    }
}

/// A matcher in its JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AmMatcher {
    name: String,
    value: String,
    is_regex: bool,
    #[serde(default = "yes")]
    is_equal: bool,
}

fn yes() -> bool {
    true
}

impl From<&Matcher> for AmMatcher {
    fn from(matcher: &Matcher) -> Self {
        Self {
            name: matcher.label.clone(),
            value: matcher.value.clone(),
            is_regex: matches!(matcher.operator, Operator::Matches | Operator::NotMatches),
            is_equal: matches!(matcher.operator, Operator::Equal | Operator::Matches),
        }
    }
}

impl AmMatcher {
    fn read(&self) -> Result<Matcher, Refused> {
        let operator = match (self.is_regex, self.is_equal) {
            (false, true) => Operator::Equal,
            (false, false) => Operator::NotEqual,
            (true, true) => Operator::Matches,
            (true, false) => Operator::NotMatches,
        };
        Matcher::new(&self.name, operator, &self.value).map_err(|error| Refused::bad(error.to_string()))
    }
}

/// `filter=` may come several times, each a matcher.
fn filters(query: &[(String, String)]) -> Result<Vec<Matcher>, Refused> {
    let texts = query.iter().filter(|(name, _)| name == "filter").map(|(_, value)| value);
    texts
        .map(|text| text.parse().map_err(|error| Refused::bad(format!("bad matcher format: {error}"))))
        .collect()
}

fn flag(query: &[(String, String)], name: &str) -> bool {
    query.iter().rev().find(|(known, _)| known == name).is_none_or(|(_, value)| value != "false")
}

/// RFC 3339 with milliseconds.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

/// `None` for an empty text and for year 1, which Go writes when it means no time.
fn read_time(text: Option<&str>) -> Result<Option<Timestamp>, Refused> {
    let Some(text) = text.filter(|text| !text.is_empty() && !text.starts_with("0001-")) else {
        return Ok(None);
    };
    let read: jiff::Timestamp =
        text.parse().map_err(|_| Refused::bad(format!("`{text}` is no RFC 3339 time")))?;
    Ok(Some(Timestamp::from_micros(read.as_microsecond())))
}

async fn status(State(app): State<Arc<App>>) -> Result<Json<Value>, Refused> {
    let routing = app.engine.ask(|engine| Ok(engine.alert_routing())).await?;
    Ok(Json(json!({
        "cluster": { "name": "hawkeye", "status": "ready", "peers": [] },
        "versionInfo": {
            "version": app.info.version, "revision": "", "branch": "", "buildUser": "", "buildDate": "",
            "goVersion": "",
        },
        "config": { "original": config::original(&routing) },
        "uptime": time(app.info.started),
    })))
}

async fn receivers(State(app): State<Arc<App>>) -> Result<Json<Value>, Refused> {
    let receivers = app.engine.ask(|engine| Ok(engine.alert_routing())).await?.receivers;
    Ok(Json(receivers.iter().map(|it| json!({ "name": it.name })).collect()))
}
