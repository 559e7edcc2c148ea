//! What each channel makes of usual and of hostile notifications (RELIABILITY's test A12): bounded, no mention, no markup.

use serde_json::Value;

use super::samples;
use super::{alertmanager, discord, opsgenie, pagerduty, slack, teams, webhook};
use crate::channel::{Secrets, WebhookFormat};
use crate::http::Outgoing;
use crate::limits;
use crate::notification::{Notification, Reason, Status};

const SOURCE: &str = "https://hawkeye.example";

fn parsed(outgoing: &Outgoing) -> Value {
    serde_json::from_slice(&outgoing.body).unwrap()
}

fn webhook_request(format: WebhookFormat, template: Option<&str>, notification: &Notification) -> Outgoing {
    let headers = [("x-team".to_owned(), "shop".to_owned())].into();
    let secrets = Secrets::from([
        ("bearer_token".to_owned(), "tok".to_owned()),
        ("signing_secret".to_owned(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
    ]);
    let webhook = webhook::Webhook { url: "https://a.example", format, template, headers: &headers };
    webhook::request(&webhook, &secrets, notification, SOURCE, samples::NOW_MS).unwrap()
}

/// Every way a message leaves, but mail.
fn all(notification: &Notification) -> Vec<(&'static str, Outgoing)> {
    let template = r#"{"text": {{ title }}, "alerts": [{% for alert in alerts %}{{ alert.summary }}{% if not loop.last %},{% endif %}{% endfor %}]}"#;
    vec![
        ("slack", slack::webhook_request("https://s.example", notification)),
        ("teams", teams::request("https://t.example", notification)),
        ("discord", discord::request("https://d.example", notification)),
        ("pagerduty", pagerduty::request(pagerduty::API_URL, "key", notification, SOURCE)),
        ("opsgenie", opsgenie::request(opsgenie::API_URL, "key", notification, SOURCE).unwrap()),
        (
            "alertmanager",
            alertmanager::push_request("https://am.example/", &Secrets::new(), notification, samples::NOW_MS),
        ),
        ("json", webhook_request(WebhookFormat::Json, None, notification)),
        ("cloud_events", webhook_request(WebhookFormat::CloudEvents, None, notification)),
        ("webhook_v4", webhook_request(WebhookFormat::Alertmanager, None, notification)),
        ("template", webhook_request(WebhookFormat::Template, Some(template), notification)),
    ]
}

/// All texts in a document, with the name of the field each is in.
fn texts(value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) => vec![(name.clone(), text.clone())],
                other => texts(other),
            })
            .collect(),
        Value::String(text) => vec![(String::new(), text.clone())],
        _ => Vec::new(),
    }
}

fn count(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn usual_messages_say_what_where_since_when_and_why() {
    let chats = ["slack", "teams", "discord", "pagerduty", "opsgenie"];
    for (name, outgoing) in all(&samples::firing()) {
        let said = String::from_utf8(outgoing.body).unwrap().replace("\\\\", "").replace('\\', "");
        let expected = [
            "POST /orders answers in 900 ms, expected are 120 to 180 ms",
            "POST /orders in aws/production/eu-west-1",
            "since 2026-11-24 10:11:04 UTC",
            "https://runbooks.example/orders",
            "https://hawkeye.example/ack/abc.def",
            "https://hawkeye.example/silences/new?x=1",
            "The route default > critical matched",
        ];
        for words in expected {
            let words_html = words.replace('>', "&gt;");
            assert!(
                !chats.contains(&name) || said.contains(words) || said.contains(&words_html),
                "{name}: {words}: {said}"
            );
        }
    }
}

#[test]
fn hostile_text_is_bounded_in_every_channel() {
    let hostile = limits::bounded(&samples::hostile());
    for (name, outgoing) in all(&hostile) {
        let bytes_max = match name {
            "slack" => 64 * 1_024,
            "teams" => teams::MESSAGE_BYTES_MAX,
            "discord" => 64 * 1_024,
            "pagerduty" => pagerduty::EVENT_BYTES_MAX,
            "opsgenie" => 64 * 1_024,
            _ => 1_048_576,
        };
        assert!(outgoing.body.len() <= bytes_max, "{name}: {}", outgoing.body.len());
        assert!(serde_json::from_slice::<Value>(&outgoing.body).is_ok(), "{name}");
        for (header, value) in &outgoing.headers {
            assert!(value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{name}: {header}");
            assert!(value.len() < 1_000, "{name}: {header}");
        }
        if ["slack", "teams", "discord", "pagerduty", "opsgenie"].contains(&name) {
            let said = String::from_utf8(outgoing.body).unwrap();
            assert!(said.contains(" more"), "{name}: the others are counted");
        }
    }
}

#[test]
fn hostile_text_calls_nobody_and_is_no_markup() {
    for notification in [samples::hostile(), samples::firing()] {
        for (name, outgoing) in all(&limits::bounded(&notification)) {
            if !["slack", "teams", "discord", "opsgenie", "pagerduty"].contains(&name) {
                continue;
            }
            for (field, text) in texts(&parsed(&outgoing)) {
                let is_clean = !text.contains(['\u{1b}', '\u{202e}', '\0', '\r', '\u{2028}']);
                assert!(is_clean, "{name}.{field}: {text:?}");
                assert!(!text.starts_with("javascript:"), "{name}.{field}");
                if name != "pagerduty" && name != "opsgenie" {
                    assert!(!text.contains("@here") && !text.contains("@everyone"), "{name}.{field}: {text}");
                }
            }
        }
    }
}

#[test]
fn slacks_replies_call_nobody() {
    let reply = slack::reply(&samples::hostile());
    for (field, text) in texts(&reply) {
        assert!(!text.contains("@here") && !text.contains("@everyone"), "{field}: {text}");
    }
    assert!(!reply["text"].as_str().unwrap().contains(['<', '>']));
}

#[test]
fn slack_keeps_its_limits_and_others_words_plain() {
    for notification in [samples::firing(), limits::bounded(&samples::hostile())] {
        let body = slack::body(&notification);
        let blocks = body["blocks"].as_array().unwrap();
        assert!(blocks.len() <= slack::BLOCKS_MAX);
        let (mut total, mut has_links) = (count(body["text"].as_str().unwrap()), false);
        assert!(!body["text"].as_str().unwrap().contains(['<', '>']));
        for block in blocks {
            let elements = block.get("elements").and_then(Value::as_array).cloned().unwrap_or_default();
            assert!(elements.len() <= 10);
            for text in elements.iter().chain(block.get("text")) {
                let words = text["text"].as_str().unwrap();
                let chars_max = if block["type"] == "header" {
                    slack::HEADER_CHARS_MAX
                } else {
                    slack::SECTION_CHARS_MAX
                };
                assert!(count(words) <= chars_max && !words.is_empty(), "{block}");
                total += count(words);
                if text["type"] == "mrkdwn" {
                    // Nothing but links of ours: <https://...|Label>, joined by dots.
                    has_links = true;
                    for link in words.split(" · ") {
                        let (url, label) = link
                            .strip_prefix('<')
                            .unwrap()
                            .strip_suffix('>')
                            .unwrap()
                            .split_once('|')
                            .unwrap();
                        assert!(url.starts_with("https://") && !url.contains(['<', '>', '|']), "{url}");
                        assert!(
                            ["Acknowledge", "Silence", "Open in Hawkeye", "Runbook", "Details"]
                                .contains(&label)
                        );
                    }
                }
            }
        }
        assert!(total < 13_000, "{total}");
        assert!(has_links || notification.firing_total > 1);
    }
}

#[test]
fn discord_keeps_its_limits_and_escapes_markdown() {
    for notification in [samples::firing(), limits::bounded(&samples::hostile())] {
        let body = parsed(&discord::request("https://d.example", &notification));
        assert_eq!(body["allowed_mentions"], serde_json::json!({"parse": []}));
        let text = |pointer: &str| body.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let (title, description) = (text("/embeds/0/title"), text("/embeds/0/description"));
        let footer = text("/embeds/0/footer/text");
        assert!(count(&text("/content")) <= discord::CONTENT_CHARS_MAX);
        assert!(count(&title) <= discord::TITLE_CHARS_MAX);
        assert!(count(&description) <= discord::DESCRIPTION_CHARS_MAX);
        assert!(count(&footer) <= discord::FOOTER_CHARS_MAX);
        assert!(count(&title) + count(&description) + count(&footer) <= discord::EMBED_CHARS_MAX);
        // A bracket opens a link of ours, or it is escaped.
        for (at, _) in description.match_indices('[') {
            let ours = ["Acknowledge]", "Silence]", "Open in Hawkeye]", "Runbook]", "Details]"];
            let is_escaped = description[..at].ends_with('\\');
            assert!(
                is_escaped || ours.iter().any(|label| description[at + 1..].starts_with(label)),
                "{description}"
            );
        }
        for (at, _) in description.match_indices('<') {
            assert!(description[..at].ends_with('\\'));
        }
    }
}

#[test]
fn teams_has_text_runs_only() {
    let body = parsed(&teams::request("https://t.example", &limits::bounded(&samples::hostile())));
    let content = &body["attachments"][0]["content"];
    let parts = content["body"].as_array().unwrap().iter();
    let lines =
        parts.flat_map(|part| part["items"].as_array().cloned().unwrap_or_else(|| vec![part.clone()]));
    for line in lines {
        assert_eq!(line["type"], "RichTextBlock");
        for run in line["inlines"].as_array().unwrap() {
            assert_eq!(run["type"], "TextRun");
            assert!(!run["text"].as_str().unwrap().contains('\n'));
        }
    }
    assert!(content["actions"].as_array().unwrap().len() <= 3);
}

#[test]
fn pagerduty_follows_the_thread() {
    let cases =
        [(Status::Firing, "trigger"), (Status::Acknowledged, "acknowledge"), (Status::Resolved, "resolve")];
    for (status, action) in cases {
        let mut notification = samples::firing();
        notification.status = status;
        let outgoing = pagerduty::request(pagerduty::API_URL, "key", &notification, SOURCE);
        assert_eq!(outgoing.url, "https://events.pagerduty.com/v2/enqueue");
        let event = parsed(&outgoing);
        assert_eq!(
            (event["event_action"].as_str(), event["dedup_key"].as_str()),
            (Some(action), Some("g1/run/2"))
        );
        assert_eq!(event["routing_key"], "key");
        assert_eq!(event.get("payload").is_some(), status == Status::Firing);
    }
    let hostile =
        pagerduty::request(pagerduty::API_URL, "key", &limits::bounded(&samples::hostile()), SOURCE);
    let event = parsed(&hostile);
    assert!(count(event["payload"]["summary"].as_str().unwrap()) <= pagerduty::SUMMARY_CHARS_MAX);
    let long = pagerduty::dedup_key(&"x".repeat(400));
    assert!(count(&long) <= pagerduty::DEDUP_KEY_CHARS_MAX && long != pagerduty::dedup_key(&"x".repeat(401)));
}

#[test]
fn severities_are_translated() {
    use crate::notification::Severity::{Critical, High, Low, Medium};
    for (severity, page, genie) in
        [(Critical, "critical", "P1"), (High, "error", "P2"), (Medium, "warning", "P3"), (Low, "info", "P4")]
    {
        let mut notification = samples::firing();
        notification.severity = severity;
        assert_eq!(
            parsed(&pagerduty::request("https://p.example", "k", &notification, SOURCE))["payload"]["severity"],
            page
        );
        let opsgenie = opsgenie::request("https://o.example", "k", &notification, SOURCE).unwrap();
        assert_eq!(parsed(&opsgenie)["priority"], genie);
    }
}

#[test]
fn opsgenie_is_addressed_by_alias() {
    let mut notification = samples::resolved();
    let url = |notification: &Notification| {
        opsgenie::request("https://o.example/", "k", notification, SOURCE).unwrap().url
    };
    assert_eq!(url(&notification), "https://o.example/v2/alerts/g1%2Frun%2F2/close?identifierType=alias");
    notification.status = Status::Acknowledged;
    assert_eq!(
        url(&notification),
        "https://o.example/v2/alerts/g1%2Frun%2F2/acknowledge?identifierType=alias"
    );
    notification.status = Status::Firing;
    assert_eq!(url(&notification), "https://o.example/v2/alerts");
    let hostile = parsed(
        &opsgenie::request("https://o.example", "k", &limits::bounded(&samples::hostile()), SOURCE).unwrap(),
    );
    assert!(count(hostile["message"].as_str().unwrap()) <= opsgenie::MESSAGE_CHARS_MAX);
    assert!(count(hostile["description"].as_str().unwrap()) <= opsgenie::DESCRIPTION_CHARS_MAX);
    assert!(count(hostile["source"].as_str().unwrap()) <= opsgenie::SOURCE_CHARS_MAX);
    assert!(hostile["details"].to_string().len() <= opsgenie::DETAILS_CHARS_MAX * 4);
}

#[test]
fn webhooks_are_signed_and_carry_the_key() {
    let outgoing = webhook_request(WebhookFormat::Json, None, &samples::firing());
    let header = |name: &str| outgoing.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(header("webhook-id"), Some("g1/4/chat"));
    assert_eq!(header("webhook-timestamp"), Some("1795515664"));
    assert!(header("webhook-signature").unwrap().starts_with("v1,"));
    assert_eq!(header("authorization"), Some("Bearer tok"));
    assert_eq!(header("x-team"), Some("shop"));
    let read: Notification = serde_json::from_slice(&outgoing.body).unwrap();
    assert_eq!(read, samples::firing());
}

#[test]
fn cloud_events_have_their_attributes() {
    let outgoing = webhook_request(WebhookFormat::CloudEvents, None, &samples::firing());
    assert_eq!(outgoing.content_type, "application/cloudevents+json");
    let event = parsed(&outgoing);
    let expected = [
        ("specversion", "1.0"),
        ("id", "g1/4/chat"),
        ("source", SOURCE),
        ("type", "dev.hawkeye.notification.firing"),
        ("subject", "g1/run/2"),
        ("time", "2026-11-24T10:21:04.000Z"),
        ("datacontenttype", "application/json"),
    ];
    for (name, value) in expected {
        assert_eq!(event[name], value);
    }
    assert_eq!(event["data"]["key"], "g1/4/chat");
}

#[test]
fn alertmanagers_shapes() {
    let body = parsed(&webhook_request(WebhookFormat::Alertmanager, None, &samples::firing()));
    assert_eq!((body["version"].as_str(), body["groupKey"].as_str()), (Some("4"), Some("g1/run/2")));
    assert_eq!(body["alerts"][0]["endsAt"], "0001-01-01T00:00:00Z");
    assert_eq!(body["alerts"][0]["annotations"]["runbook_url"], "https://runbooks.example/orders");
    assert_eq!(body["truncatedAlerts"], 0);

    let push = |notification: &Notification| {
        alertmanager::push_request("https://am.example/x/", &Secrets::new(), notification, samples::NOW_MS)
    };
    assert_eq!(push(&samples::firing()).url, "https://am.example/x/api/v2/alerts");
    assert_eq!(parsed(&push(&samples::firing()))[0]["endsAt"], "2026-11-25T12:21:04.000Z");
    assert_eq!(parsed(&push(&samples::resolved()))[0]["endsAt"], "2026-11-24T10:20:04.000Z");
    // About no alert: Alertmanager takes an empty list and tells nobody.
    let test = Notification { reason: Reason::Test, alerts: Vec::new(), ..samples::firing() };
    let told = &parsed(&push(&test))[0];
    assert_eq!(
        (told["labels"]["alertname"].as_str(), told["labels"]["reason"].as_str()),
        (Some("Hawkeye"), Some("test"))
    );
    assert_eq!(
        (told["annotations"]["summary"].as_str(), told["endsAt"].as_str()),
        (Some(test.title.as_str()), Some("2026-11-24T10:36:04.000Z"))
    );
    let basic =
        Secrets::from([("username".to_owned(), "u".to_owned()), ("password".to_owned(), "p".to_owned())]);
    let outgoing = alertmanager::push_request("https://am.example", &basic, &samples::firing(), 0);
    assert_eq!(outgoing.headers, [("authorization".to_owned(), "Basic dTpw".to_owned())]);
}
