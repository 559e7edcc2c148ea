//! Notifications to test with: a usual one, and one whose every text is hostile.

use crate::notification::{AlertContent, Chart, Labels, Notification, Reason, Severity, Status};

/// 2026-11-24 10:21:04 UTC.
pub(crate) const NOW_MS: i64 = 1_795_515_664_000;

/// All that RELIABILITY's test A12 names, in one text.
pub(crate) const HOSTILE: &str = "x\r\nBcc: evil@evil.example\n{{ 7*7 }}<script>alert(1)</script>@here @everyone <!channel> \
    <@U1> <!subteam^S1> [click](https://evil.example) <https://evil.example|safe> \u{1b}[31mred\u{1b}[0m \u{202e}txt.exe \
    *b* _i_ ~s~ `c` ||spoiler|| # head\n> quote =cmd|'/c calc'!A1 \"q\" 'q' & \0 \u{2028}";

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn alert() -> AlertContent {
    AlertContent {
        id: "17".to_owned(),
        fingerprint: "00c0ffee".to_owned(),
        transition: 2,
        status: Status::Firing,
        severity: Severity::Critical,
        name: "LatencyHigh".to_owned(),
        summary: "POST /orders answers in 900 ms, expected are 120 to 180 ms".to_owned(),
        description: Some("Half of the answers are slower than before.".to_owned()),
        labels: labels(&[
            ("alertname", "LatencyHigh"),
            ("endpoint", "POST /orders"),
            ("environment", "aws/production/eu-west-1"),
        ]),
        annotations: Labels::new(),
        starts_ms: NOW_MS - 600_000,
        ends_ms: None,
        runbook_url: Some("https://runbooks.example/orders".to_owned()),
        url: "https://hawkeye.example/alerts/17".to_owned(),
        chart: Some(Chart {
            title: "Latency".to_owned(),
            unit: "ms".to_owned(),
            t_ms: (0..120).map(|minute| NOW_MS - 7_200_000 + minute * 60_000).collect(),
            values: (0..120)
                .map(
                    |minute| if minute == 50 { None } else { Some(if minute < 100 { 150.0 } else { 900.0 }) },
                )
                .collect(),
            lower: vec![Some(120.0); 120],
            upper: vec![Some(180.0); 120],
            onset_ms: Some(NOW_MS - 1_200_000),
        }),
    }
}

pub(crate) fn firing() -> Notification {
    Notification {
        key: "g1/4/chat".to_owned(),
        thread: "g1/run/2".to_owned(),
        status: Status::Firing,
        reason: Reason::First,
        severity: Severity::Critical,
        title: "POST /orders is slow in production".to_owned(),
        receiver: "critical".to_owned(),
        step: 0,
        why: vec!["The route default > critical matched severity=critical.".to_owned()],
        group_labels: labels(&[("environment", "aws/production/eu-west-1")]),
        common_labels: labels(&[("endpoint", "POST /orders"), ("severity", "critical")]),
        common_annotations: Labels::new(),
        alerts: vec![alert()],
        firing_total: 1,
        resolved_total: 0,
        created_ms: NOW_MS,
        open_url: "https://hawkeye.example/alerts?group=g1".to_owned(),
        acknowledge_url: Some("https://hawkeye.example/ack/abc.def".to_owned()),
        silence_url: Some("https://hawkeye.example/silences/new?x=1&y=2".to_owned()),
        dataset: "live".to_owned(),
    }
}

pub(crate) fn resolved() -> Notification {
    let mut notification = firing();
    notification.key = "g1/5/chat".to_owned();
    notification.status = Status::Resolved;
    notification.reason = Reason::Resolved;
    notification.firing_total = 0;
    notification.resolved_total = 1;
    notification.alerts[0].status = Status::Resolved;
    notification.alerts[0].ends_ms = Some(NOW_MS - 60_000);
    notification
}

/// A hundred alerts of hostile texts of ten kilobytes, and five thousand more that are not listed.
pub(crate) fn hostile() -> Notification {
    let long = HOSTILE.repeat(10_240 / HOSTILE.len() + 1);
    let mut notification = firing();
    for text in
        [&mut notification.key, &mut notification.thread, &mut notification.title, &mut notification.receiver]
    {
        *text = long.clone();
    }
    notification.why = vec![long.clone(); 200];
    notification.open_url = "javascript:alert(1)".to_owned();
    notification.acknowledge_url = Some(format!("https://hawkeye.example/ack/{HOSTILE}"));
    notification.silence_url = Some(long.clone());
    for map in [
        &mut notification.group_labels,
        &mut notification.common_labels,
        &mut notification.common_annotations,
    ] {
        *map = [(long.clone(), long.clone()), ("endpoint".to_owned(), long.clone())].into();
    }
    let mut alert = alert();
    for text in [&mut alert.id, &mut alert.fingerprint, &mut alert.name, &mut alert.summary, &mut alert.url] {
        *text = long.clone();
    }
    alert.description = Some(long.clone());
    alert.runbook_url = Some("javascript:alert(1)".to_owned());
    alert.labels = (0..50).map(|number| (format!("l{number}"), long.clone())).collect();
    alert.labels.insert("endpoint".to_owned(), long.clone());
    alert.labels.insert("environment".to_owned(), long.clone());
    alert.annotations = alert.labels.clone();
    if let Some(chart) = &mut alert.chart {
        chart.title = long.clone();
        chart.unit = long;
        chart.values[3] = Some(f64::NAN);
        chart.values[4] = Some(f64::INFINITY);
        chart.lower.truncate(7);
        chart.t_ms[5] = i64::MIN;
    }
    notification.alerts = vec![alert; 100];
    notification.firing_total = 5_100;
    notification
}
