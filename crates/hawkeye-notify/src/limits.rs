//! Bounds what a notification carries before any channel writes it, so that no label can make a message huge.

use crate::notification::{ALERTS_MAX, AlertContent, Chart, Labels, Notification};
use crate::text;

const IDENTIFIER_CHARS_MAX: usize = 500;
const LABELS_MAX: usize = 64;
const LABEL_NAME_CHARS_MAX: usize = 200;
const LABEL_VALUE_CHARS_MAX: usize = 1_000;
const ANNOTATION_CHARS_MAX: usize = 2_000;
const TEXT_CHARS_MAX: usize = 2_000;
const WHY_LINES_MAX: usize = 20;
const CHART_POINTS_MAX: usize = 1_500;

/// Alerts beyond this much JSON are counted, not listed. Common receivers take a megabyte; this is half of one.
const ALERTS_BYTES_MAX: usize = 512 * 1_024;

/// The same notification with bounded texts and lists. Alerts that do not fit stay in the totals.
pub(crate) fn bounded(notification: &Notification) -> Notification {
    let cut = |text: &str| text::cut(text, TEXT_CHARS_MAX);
    let cut_id = |text: &str| text::cut(text, IDENTIFIER_CHARS_MAX);
    let mut alerts = Vec::new();
    let mut used = 0;
    for alert in notification.alerts.iter().take(ALERTS_MAX) {
        let alert = bounded_alert(alert);
        used += serde_json::to_vec(&alert).map_or(0, |json| json.len());
        if used > ALERTS_BYTES_MAX && !alerts.is_empty() {
            break;
        }
        alerts.push(alert);
    }
    let known = notification.firing_total.saturating_add(notification.resolved_total);
    let unknown = (notification.alerts.len() as u64).saturating_sub(known);
    Notification {
        key: cut_id(&notification.key),
        thread: cut_id(&notification.thread),
        status: notification.status,
        reason: notification.reason,
        severity: notification.severity,
        title: cut(&notification.title),
        receiver: cut_id(&notification.receiver),
        step: notification.step,
        why: notification.why.iter().take(WHY_LINES_MAX).map(|why| cut(why)).collect(),
        group_labels: bounded_map(&notification.group_labels, LABEL_VALUE_CHARS_MAX),
        common_labels: bounded_map(&notification.common_labels, LABEL_VALUE_CHARS_MAX),
        common_annotations: bounded_map(&notification.common_annotations, ANNOTATION_CHARS_MAX),
        alerts,
        firing_total: notification.firing_total.saturating_add(unknown),
        resolved_total: notification.resolved_total,
        created_ms: notification.created_ms,
        open_url: bounded_url(&notification.open_url),
        acknowledge_url: notification.acknowledge_url.as_deref().map(bounded_url),
        silence_url: notification.silence_url.as_deref().map(bounded_url),
        dataset: cut_id(&notification.dataset),
    }
}

fn bounded_alert(alert: &AlertContent) -> AlertContent {
    AlertContent {
        id: text::cut(&alert.id, IDENTIFIER_CHARS_MAX),
        fingerprint: text::cut(&alert.fingerprint, IDENTIFIER_CHARS_MAX),
        transition: alert.transition,
        status: alert.status,
        severity: alert.severity,
        name: text::cut(&alert.name, IDENTIFIER_CHARS_MAX),
        summary: text::cut(&alert.summary, TEXT_CHARS_MAX),
        description: alert.description.as_deref().map(|description| text::cut(description, TEXT_CHARS_MAX)),
        labels: bounded_map(&alert.labels, LABEL_VALUE_CHARS_MAX),
        annotations: bounded_map(&alert.annotations, ANNOTATION_CHARS_MAX),
        starts_ms: alert.starts_ms,
        ends_ms: alert.ends_ms,
        runbook_url: alert.runbook_url.as_deref().map(bounded_url),
        url: bounded_url(&alert.url),
        chart: alert.chart.as_ref().map(bounded_chart),
    }
}

/// A cut address would lead elsewhere: a long one is left out.
fn bounded_url(url: &str) -> String {
    if url.len() > text::URL_LENGTH_MAX { String::new() } else { url.to_owned() }
}

fn bounded_map(map: &Labels, value_chars_max: usize) -> Labels {
    // What people and receivers look at first stays when there are too many.
    const FIRST: [&str; 6] = ["alertname", "severity", "service", "endpoint", "environment", "rule"];
    let first = FIRST.iter().filter_map(|name| map.get_key_value(*name));
    let rest = map.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
    first
        .chain(rest)
        .take(LABELS_MAX)
        .map(|(name, value)| (text::cut(name, LABEL_NAME_CHARS_MAX), text::cut(value, value_chars_max)))
        .collect()
}

/// The newest points.
fn bounded_chart(chart: &Chart) -> Chart {
    let from = chart.t_ms.len().saturating_sub(CHART_POINTS_MAX);
    let newest = |values: &[Option<f64>]| {
        let values = values.get(from..).unwrap_or_default();
        values.iter().take(CHART_POINTS_MAX).map(|value| value.filter(|value| value.is_finite())).collect()
    };
    Chart {
        title: text::cut(&chart.title, IDENTIFIER_CHARS_MAX),
        unit: text::cut(&chart.unit, 20),
        t_ms: chart.t_ms[from..].to_vec(),
        values: newest(&chart.values),
        lower: newest(&chart.lower),
        upper: newest(&chart.upper),
        onset_ms: chart.onset_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::samples;

    #[test]
    fn a_hostile_notification_becomes_small() {
        let bounded = bounded(&samples::hostile());
        let size = serde_json::to_vec(&bounded).unwrap().len();
        assert!(size < 1_048_576, "{size}");
        assert!(!bounded.alerts.is_empty());
        assert_eq!(bounded.firing_total, 5_100);
        assert!(bounded.alerts[0].labels.contains_key("endpoint"));
    }

    #[test]
    fn a_usual_one_is_left_alone() {
        assert_eq!(bounded(&samples::firing()), samples::firing());
    }
}
