//! `GET` and `PUT /api/v1/detection/settings`: what people decide about detection.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use hawkeye_engine::{self as engine, HIGH, LOW, MAINTENANCE_MAX, MEDIUM, OVERRIDES_MAX, Settings};
use hawkeye_model::{EndpointId, Signal, Timestamp};
use hawkeye_store::EnvironmentPattern;

use super::actions::SOMEBODY;
use crate::app::App;
use crate::dto::{
    DetectionSettings, Maintenance, MaintenanceMode, MinChange, Override, RuleScope, Sensitivity,
};
use crate::error::Problem;

/// From once in twenty years to more than one an hour.
const BUDGET: RangeInclusive<f64> = 0.001..=1_000.0;

const NOTE_LENGTH_MAX: usize = 1_000;

/// How sensitive detection is, for what, and when it is paused.
#[utoipa::path(get, operation_id = "detection_settings", path = "/api/v1/detection/settings", tag = "detection",
    responses((status = 200, body = DetectionSettings)))]
pub(crate) async fn get(State(app): State<Arc<App>>) -> Json<DetectionSettings> {
    Json(DetectionSettings::from(&app.engine.current_settings()))
}

/// Replaces all settings. They hold from the next minute on.
#[utoipa::path(put, operation_id = "set_detection_settings", path = "/api/v1/detection/settings", tag = "detection",
    request_body = DetectionSettings,
    responses((status = 200, body = DetectionSettings), (status = 400, body = Problem)))]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    body: Result<Json<DetectionSettings>, JsonRejection>,
) -> Result<Json<DetectionSettings>, Problem> {
    let Json(body) = body.map_err(|rejection| Problem::parameter("body", rejection.body_text()))?;
    let settings = body.read()?;
    let settings = app.engine.ask(move |engine| engine.set_settings(settings, SOMEBODY)).await?;
    Ok(Json(DetectionSettings::from(&settings)))
}

impl DetectionSettings {
    /// # Errors
    /// With the field that is wrong.
    pub fn read(&self) -> Result<Settings, Problem> {
        let false_alarms_per_week = match self.sensitivity {
            Sensitivity::Low => LOW,
            Sensitivity::Medium => MEDIUM,
            Sensitivity::High => HIGH,
            Sensitivity::Custom => within("false_alarms_per_week", self.false_alarms_per_week, BUDGET)?,
        };
        at_most("overrides", self.overrides.len(), OVERRIDES_MAX)?;
        at_most("maintenance", self.maintenance.len(), MAINTENANCE_MAX)?;
        let mut ids = Ids::default();
        for id in self.overrides.iter().map(|it| &it.id).chain(self.maintenance.iter().map(|it| &it.id)) {
            ids.take(id);
        }
        let overrides: Result<_, _> =
            self.overrides.iter().enumerate().map(|(at, it)| it.read(at, &mut ids)).collect();
        let maintenance: Result<_, _> =
            self.maintenance.iter().enumerate().map(|(at, it)| it.read(at, &mut ids)).collect();
        Ok(Settings {
            false_alarms_per_week,
            min_change: self.min_change.read()?,
            overrides: overrides?,
            maintenance: maintenance?,
        })
    }
}

impl MinChange {
    fn read(&self) -> Result<engine::MinChange, Problem> {
        let field = |name: &str, value, range| within(&format!("min_change.{name}"), value, range);
        Ok(engine::MinChange {
            latency_ms: field("latency_ms", self.latency_ms, 0.0..=3_600_000.0)?,
            latency_ratio: field("latency_ratio", self.latency_ratio, 1.0..=1_000.0)?,
            error_requests: field("error_requests", self.error_requests, 0.0..=1e9)?,
            error_share: field("error_share", self.error_share, 0.0..=1.0)?,
            traffic_ratio: field("traffic_ratio", self.traffic_ratio, 0.0..=1.0)?,
        })
    }
}

impl Override {
    fn read(&self, at: usize, ids: &mut Ids) -> Result<engine::Override, Problem> {
        let place = format!("overrides[{at}]");
        let budget = self.false_alarms_per_week;
        let budget = budget.map(|it| within(&format!("{place}.false_alarms_per_week"), it, BUDGET));
        Ok(engine::Override {
            id: ids.read(&place, &self.id)?,
            scope: Place {
                scope: self.scope,
                service: &self.service,
                endpoint_id: &self.endpoint_id,
                environment: &self.environment,
                signal: self.signal,
            }
            .read(&place)?,
            false_alarms_per_week: budget.transpose()?,
            note: note(&place, &self.note)?,
        })
    }
}

impl Maintenance {
    fn read(&self, at: usize, ids: &mut Ids) -> Result<engine::Maintenance, Problem> {
        let place = format!("maintenance[{at}]");
        if self.from_ms >= self.to_ms {
            return Err(Problem::parameter(&format!("{place}.to_ms"), "must be after `from_ms`"));
        }
        Ok(engine::Maintenance {
            id: ids.read(&place, &self.id)?,
            scope: Place {
                scope: self.scope,
                service: &self.service,
                endpoint_id: &self.endpoint_id,
                environment: &self.environment,
                signal: self.signal,
            }
            .read(&place)?,
            from_us: Timestamp::from_millis(self.from_ms).micros(),
            to_us: Timestamp::from_millis(self.to_ms).micros(),
            mode: match self.mode {
                MaintenanceMode::Pause => engine::MaintenanceMode::Pause,
                MaintenanceMode::Widen => engine::MaintenanceMode::Widen,
            },
            note: note(&place, &self.note)?,
        })
    }
}

/// The fields that say what a rule is about.
struct Place<'a> {
    scope: RuleScope,
    service: &'a Option<String>,
    endpoint_id: &'a Option<String>,
    environment: &'a Option<String>,
    signal: Option<crate::dto::Signal>,
}

impl Place<'_> {
    fn read(&self, place: &str) -> Result<engine::Scope, Problem> {
        let wrong = |field: &str, message: &str| Problem::parameter(&format!("{place}.{field}"), message);
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (service, endpoint) = (given(self.service), given(self.endpoint_id));
        let environment = given(self.environment);
        let needs_endpoint = matches!(self.scope, RuleScope::Endpoint | RuleScope::Series);
        match self.scope {
            RuleScope::Service if service.is_none() => return Err(wrong("service", "must name a service")),
            RuleScope::Series if environment.is_none() => {
                return Err(wrong("environment", "must name an environment"));
            }
            _ if needs_endpoint && endpoint.is_none() => {
                return Err(wrong("endpoint_id", "must name an endpoint"));
            }
            _ => {}
        }
        let endpoint = match endpoint.filter(|_| needs_endpoint) {
            Some(text) => {
                let no_id = || wrong("endpoint_id", "is no endpoint id; an id has 16 hex digits");
                Some(EndpointId::parse(&text).ok_or_else(no_id)?.0)
            }
            None => None,
        };
        if environment.as_deref().is_some_and(|text| EnvironmentPattern::parse(text).is_none()) {
            return Err(wrong(
                "environment",
                "is no environment; write aws, aws/production or the whole name",
            ));
        }
        Ok(engine::Scope {
            service: service.filter(|_| self.scope == RuleScope::Service).map(Into::into),
            endpoint,
            environment,
            signal: self.signal.map(|signal| Signal::from(signal).as_str().to_owned()),
        })
    }
}

/// Numbers that rules keep, so that a screen can tell them apart.
#[derive(Default)]
struct Ids {
    taken: HashSet<u64>,
    next: u64,
}

impl Ids {
    fn take(&mut self, text: &str) {
        if let Ok(id) = u64::from_str_radix(text, 16) {
            self.taken.insert(id);
        }
    }

    fn read(&mut self, place: &str, text: &str) -> Result<u64, Problem> {
        if !text.is_empty() {
            return u64::from_str_radix(text, 16).map_err(|_| {
                Problem::parameter(&format!("{place}.id"), "must be empty or as the server gave it")
            });
        }
        while !self.taken.insert(self.next) {
            self.next += 1;
        }
        Ok(self.next)
    }
}

fn within(field: &str, value: f64, range: RangeInclusive<f64>) -> Result<f64, Problem> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(Problem::parameter(field, format!("must be {} to {}", range.start(), range.end())))
}

fn at_most(field: &str, count: usize, most: usize) -> Result<(), Problem> {
    match count > most {
        true => Err(Problem::parameter(field, format!("has more than {most} entries"))),
        false => Ok(()),
    }
}

fn note(place: &str, text: &str) -> Result<String, Problem> {
    if text.len() > NOTE_LENGTH_MAX {
        return Err(Problem::parameter(
            &format!("{place}.note"),
            format!("has more than {NOTE_LENGTH_MAX} bytes"),
        ));
    }
    Ok(text.to_owned())
}

impl From<&Settings> for DetectionSettings {
    fn from(settings: &Settings) -> Self {
        let sensitivity = match settings.false_alarms_per_week {
            it if it == LOW => Sensitivity::Low,
            it if it == MEDIUM => Sensitivity::Medium,
            it if it == HIGH => Sensitivity::High,
            _ => Sensitivity::Custom,
        };
        let least = settings.min_change;
        Self {
            sensitivity,
            false_alarms_per_week: settings.false_alarms_per_week,
            min_change: MinChange {
                latency_ms: least.latency_ms,
                latency_ratio: least.latency_ratio,
                error_requests: least.error_requests,
                error_share: least.error_share,
                traffic_ratio: least.traffic_ratio,
            },
            overrides: settings.overrides.iter().map(Override::from).collect(),
            maintenance: settings.maintenance.iter().map(Maintenance::from).collect(),
        }
    }
}

impl From<&engine::Override> for Override {
    fn from(it: &engine::Override) -> Self {
        Self {
            id: format!("{:016x}", it.id),
            scope: RuleScope::of(&it.scope),
            service: it.scope.service.as_ref().map(ToString::to_string),
            endpoint_id: it.scope.endpoint.map(|id| EndpointId(id).to_string()),
            environment: it.scope.environment.clone(),
            signal: signal_of(&it.scope),
            false_alarms_per_week: it.false_alarms_per_week,
            note: it.note.clone(),
        }
    }
}

impl From<&engine::Maintenance> for Maintenance {
    fn from(it: &engine::Maintenance) -> Self {
        Self {
            id: format!("{:016x}", it.id),
            from_ms: Timestamp::from_micros(it.from_us).millis(),
            to_ms: Timestamp::from_micros(it.to_us).millis(),
            scope: RuleScope::of(&it.scope),
            service: it.scope.service.as_ref().map(ToString::to_string),
            endpoint_id: it.scope.endpoint.map(|id| EndpointId(id).to_string()),
            environment: it.scope.environment.clone(),
            signal: signal_of(&it.scope),
            mode: match it.mode {
                engine::MaintenanceMode::Pause => MaintenanceMode::Pause,
                engine::MaintenanceMode::Widen => MaintenanceMode::Widen,
            },
            note: it.note.clone(),
        }
    }
}

impl RuleScope {
    fn of(scope: &engine::Scope) -> Self {
        match (scope.endpoint, &scope.environment, &scope.service) {
            (Some(_), Some(_), _) => Self::Series,
            (Some(_), None, _) => Self::Endpoint,
            (None, _, Some(_)) => Self::Service,
            (None, _, None) => Self::All,
        }
    }
}

fn signal_of(scope: &engine::Scope) -> Option<crate::dto::Signal> {
    scope.signal.as_deref().and_then(Signal::parse).map(Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn settings(change: impl FnOnce(&mut Value)) -> Result<Settings, Problem> {
        let mut json = json!(DetectionSettings::from(&Settings::default()));
        change(&mut json);
        serde_json::from_value::<DetectionSettings>(json).expect("the shape is right").read()
    }

    fn rule() -> Value {
        json!({ "id": "", "scope": "series", "service": null, "endpoint_id": "945f7c4d247078de",
                "environment": "aws/production", "signal": "latency", "false_alarms_per_week": null, "note": "" })
    }

    fn check_error(field: &str, change: impl FnOnce(&mut Value)) {
        assert_eq!(settings(change).expect_err(field).errors[0].field, field);
    }

    #[test]
    fn settings_come_back_as_they_were() {
        let read = settings(|json| json["overrides"] = json!([rule(), rule()])).expect("right");
        assert_eq!(read.overrides.iter().map(|it| it.id).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(DetectionSettings::from(&read).read().expect("right"), read);
    }

    #[test]
    fn presets_set_the_budget() {
        for (name, budget) in [("low", 0.2), ("medium", 1.0), ("high", 5.0)] {
            let read = settings(|json| {
                json["sensitivity"] = json!(name);
                json["false_alarms_per_week"] = json!(77.0);
            });
            assert_eq!(read.expect("right").false_alarms_per_week, budget);
        }
        let custom = settings(|json| {
            json["sensitivity"] = json!("custom");
            json["false_alarms_per_week"] = json!(3.5);
        });
        let shown = DetectionSettings::from(&custom.expect("right"));
        assert_eq!((shown.sensitivity, shown.false_alarms_per_week), (Sensitivity::Custom, 3.5));
    }

    #[test]
    fn a_wrong_field_is_named() {
        check_error("false_alarms_per_week", |json| {
            json["sensitivity"] = json!("custom");
            json["false_alarms_per_week"] = json!(0.0);
        });
        check_error("min_change.error_share", |json| json["min_change"]["error_share"] = json!(2.0));
        let with = |field: &'static str, value: Value| {
            move |json: &mut Value| {
                let mut wrong = rule();
                wrong[field] = value;
                json["overrides"] = json!([rule(), wrong]);
            }
        };
        check_error("overrides[1].endpoint_id", with("endpoint_id", json!("17")));
        check_error("overrides[1].endpoint_id", with("endpoint_id", json!(null)));
        check_error("overrides[1].environment", with("environment", json!("mars")));
        check_error("overrides[1].environment", with("environment", json!(null)));
        check_error("overrides[1].service", with("scope", json!("service")));
        check_error("overrides[1].false_alarms_per_week", with("false_alarms_per_week", json!(-1.0)));
        check_error("overrides[1].id", with("id", json!("xyz")));
        check_error("maintenance[0].to_ms", |json| {
            let mut rule = rule();
            let fields = rule.as_object_mut().expect("an object");
            fields.remove("false_alarms_per_week");
            fields.extend(
                [("mode", json!("pause")), ("from_ms", json!(5)), ("to_ms", json!(5))]
                    .map(|(name, value)| (name.to_owned(), value)),
            );
            json["maintenance"] = json!([rule]);
        });
    }
}
