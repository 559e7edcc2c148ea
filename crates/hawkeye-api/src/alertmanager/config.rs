//! The routing in the words of Alertmanager's configuration, for `amtool config routes` and for people who read the
//! status page. Only what both know: no channels, escalations or schedules.

use hawkeye_alert::{Interval, Matcher, Route, Routing, Span};
use serde_json::{Map, Value, json};

/// The configuration as JSON, which is YAML as well.
pub(super) fn original(routing: &Routing) -> String {
    let inhibitions = routing.inhibitions.iter().map(|it| {
        json!({ "source_matchers": texts(&it.source), "target_matchers": texts(&it.target), "equal": it.equal })
    });
    let receivers = routing.receivers.iter().map(|it| json!({ "name": it.name }));
    let config = json!({
        "route": route(&routing.route, true),
        "receivers": receivers.collect::<Vec<_>>(),
        "inhibit_rules": inhibitions.collect::<Vec<_>>(),
        "time_intervals": routing.intervals.iter().map(interval).collect::<Vec<_>>(),
    });
    format!("{config:#}\n")
}

fn texts(matchers: &[Matcher]) -> Vec<String> {
    matchers.iter().map(ToString::to_string).collect()
}

/// Alertmanager refuses matchers and quiet hours at the root, so they are left out there.
fn route(route_: &Route, is_root: bool) -> Value {
    let mut fields = Map::new();
    let mut add = |name: &str, value: Value| drop(fields.insert(name.into(), value));
    if let Some(receiver) = &route_.receiver {
        add("receiver", json!(receiver));
    }
    if let Some(labels) = &route_.group_by {
        add("group_by", json!(labels));
    }
    for (name, seconds) in [
        ("group_wait", route_.group_wait_s),
        ("group_interval", route_.group_interval_s),
        ("repeat_interval", route_.repeat_interval_s),
    ] {
        if let Some(seconds) = seconds {
            add(name, json!(format!("{seconds}s")));
        }
    }
    if !is_root {
        add("matchers", json!(texts(&route_.matchers)));
        add("continue", json!(route_.is_continued));
        add("mute_time_intervals", json!(route_.mute_during));
        add("active_time_intervals", json!(route_.active_during));
    }
    add("routes", route_.routes.iter().map(|child| route(child, false)).collect());
    fields.into()
}

fn interval(interval: &Interval) -> Value {
    let spans: Vec<Value> = interval.spans.iter().flat_map(|it| span(it, &interval.time_zone)).collect();
    json!({ "name": interval.name, "time_intervals": spans })
}

/// A span over midnight is two there, of which the second begins on the next day.
fn span(span: &Span, time_zone: &str) -> Vec<Value> {
    let from = if span.from.is_empty() { "00:00" } else { &span.from };
    let to = if span.to.is_empty() { "24:00" } else { &span.to };
    let part = |from: &str, to: &str, days_later: usize| {
        let weekdays: Vec<&str> = span.weekdays.iter().filter_map(|day| weekday(day, days_later)).collect();
        let days: Vec<String> = span.days_of_month.iter().map(ToString::to_string).collect();
        let months: Vec<String> = span.months.iter().map(ToString::to_string).collect();
        json!({ "times": [{ "start_time": from, "end_time": to }], "weekdays": weekdays, "days_of_month": days,
                "months": months, "location": time_zone })
    };
    if from < to {
        return vec![part(from, to, 0)];
    }
    let mut parts = vec![part(from, "24:00", 0)];
    if to > "00:00" {
        parts.push(part("00:00", to, 1));
    }
    parts
}

fn weekday(day: &str, days_later: usize) -> Option<&'static str> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let position = DAYS.iter().position(|known| day.len() >= 3 && known.starts_with(&day.to_lowercase()))?;
    Some(DAYS[(position + days_later) % 7])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: Value) -> Value {
        let routing: Routing = serde_json::from_value(document).expect("a routing");
        serde_json::from_str(&original(&routing)).expect("JSON")
    }

    #[test]
    fn routes_keep_what_alertmanager_knows_too() {
        let config = read(json!({
            "route": { "receiver": "all", "group_by": ["service"], "group_wait_s": 0, "routes": [
                { "matchers": ["severity=~high|critical"], "receiver": "team", "continue": true,
                  "mute_during": ["night"], "repeat_interval_s": 3_600 }] },
            "receivers": [{ "name": "all", "steps": [{ "channels": ["hook"] }] }, { "name": "team", "steps": [] }],
        }));
        let child = json!({ "receiver": "team", "matchers": ["severity=~\"high|critical\""], "continue": true,
                            "repeat_interval": "3600s", "mute_time_intervals": ["night"],
                            "active_time_intervals": [], "routes": [] });
        let root =
            json!({ "receiver": "all", "group_by": ["service"], "group_wait": "0s", "routes": [child] });
        assert_eq!(config["route"], root);
        assert_eq!(config["receivers"], json!([{ "name": "all" }, { "name": "team" }]));
        assert_eq!(config["inhibit_rules"][0]["source_matchers"], json!(["severity=\"critical\""]));
    }

    /// Parts as (weekdays, start, end).
    fn check(span: Value, expected: &[(&[&str], &str, &str)]) {
        let interval = json!({ "name": "night", "time_zone": "Europe/Berlin", "spans": [span] });
        let config = read(json!({ "intervals": [interval] }));
        let parts = config["time_intervals"][0]["time_intervals"].as_array().expect("parts").clone();
        let expected: Vec<Value> = expected
            .iter()
            .map(|(weekdays, start, end)| {
                json!({ "times": [{ "start_time": start, "end_time": end }], "weekdays": weekdays,
                        "days_of_month": [], "months": [], "location": "Europe/Berlin" })
            })
            .collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_span_over_midnight_is_two() {
        check(json!({}), &[(&[], "00:00", "24:00")]);
        check(json!({ "from": "09:00", "to": "17:00" }), &[(&[], "09:00", "17:00")]);
        check(json!({ "weekdays": ["fri"], "from": "22:00" }), &[(&["friday"], "22:00", "24:00")]);
        check(
            json!({ "weekdays": ["fri", "sun"], "from": "22:00", "to": "06:00" }),
            &[(&["friday", "sunday"], "22:00", "24:00"), (&["saturday", "monday"], "00:00", "06:00")],
        );
    }
}
