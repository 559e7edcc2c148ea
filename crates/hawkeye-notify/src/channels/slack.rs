//! Slack: by incoming webhook, or by bot token with one message a thread that is kept up to date.
//!
//! What others wrote goes into `plain_text` only, where Slack knows no markup; `mrkdwn` holds our words and checked links.

use serde_json::{Value, json};

use crate::http::{Answer, HttpClient, Outgoing};
use crate::message::{Item, Message, more_line};
use crate::notification::{Notification, Reason, Severity, Status};
use crate::outcome::Outcome;
use crate::text;

pub(crate) const API_URL: &str = "https://slack.com/api";

/// Slack's own limits, checked by tests: 50 blocks, 3,000 characters a section, 150 a header.
#[cfg(test)]
pub(crate) const BLOCKS_MAX: usize = 50;
pub(crate) const SECTION_CHARS_MAX: usize = 3_000;
pub(crate) const HEADER_CHARS_MAX: usize = 150;

/// Slack refuses messages of about 13,000 characters in total.
pub(crate) const TOTAL_CHARS_MAX: usize = 12_000;

/// Two blocks each, besides the header, state, links and reasons.
const ALERTS_MAX: usize = 20;
const ITEM_CHARS_MAX: usize = 900;
const WHY_TOTAL_CHARS_MAX: usize = 1_500;
const CONTEXT_URL_CHARS_MAX: usize = 1_000;

/// Answers that say "not now".
const ERRORS_TO_RETRY: [&str; 9] = [
    "fatal_error",
    "internal_error",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "rollup_error",
    "message_limit_exceeded",
];

/// Answers that say "never again".
const ERRORS_GONE: [&str; 6] =
    ["account_inactive", "no_service", "no_team", "team_disabled", "token_expired", "token_revoked"];

/// The remembered message cannot be changed any more; a new one can be written.
const ERRORS_TO_POST_ANEW: [&str; 4] =
    ["cant_update_message", "edit_window_closed", "message_not_found", "channel_not_found"];

/// The message, without where to put it.
pub(crate) fn body(notification: &Notification) -> Value {
    let message = Message::new(notification, ALERTS_MAX);
    let mut left = TOTAL_CHARS_MAX;
    let mut spend = |text: &str| left = left.saturating_sub(text.chars().count());

    let title = text::without_mentions(&message.title);
    let header = text::cut(&title, HEADER_CHARS_MAX);
    let why = text::cut(&text::without_mentions(&message.why.join("\n")), WHY_TOTAL_CHARS_MAX);
    let links = links_line(&message.links);
    for part in [&header, &title, &message.state, &why, &links] {
        spend(part);
    }

    let mut blocks = vec![
        json!({"type": "header", "text": plain(&header)}),
        json!({"type": "context", "elements": [plain(&message.state)]}),
    ];
    let mut listed = 0;
    for item in &message.items {
        let words = text::cut(&text::without_mentions(&words(item)), ITEM_CHARS_MAX);
        let links = item_links(item);
        let length = words.chars().count() + links.chars().count();
        // Room for the line that counts the others.
        if length + 100 > left {
            break;
        }
        left -= length;
        blocks.push(json!({"type": "section", "text": plain(&words)}));
        if !links.is_empty() {
            blocks.push(context(&links));
        }
        listed += 1;
    }
    if let Some(more) = more_line(message.more + (message.items.len() - listed) as u64) {
        blocks.push(json!({"type": "context", "elements": [plain(&more)]}));
    }
    if !links.is_empty() {
        blocks.push(json!({"type": "section", "text": {"type": "mrkdwn", "text": links, "verbatim": true}}));
    }
    if !why.is_empty() {
        blocks.push(json!({"type": "divider"}));
        blocks.push(json!({"type": "context", "elements": [plain(&format!("Why you are told:\n{why}"))]}));
    }
    json!({
        "text": escaped(&title),
        "mrkdwn": false,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

pub(crate) fn webhook_request(url: &str, notification: &Notification) -> Outgoing {
    Outgoing::json(url.to_owned(), &body(notification))
}

/// An incoming webhook answers with a word instead of JSON.
pub(crate) fn webhook_outcome(answer: &Answer) -> Outcome {
    let word = std::str::from_utf8(&answer.body).unwrap_or_default().trim();
    if (400..500).contains(&answer.status) && is_code(word) {
        return by_code(word, answer);
    }
    answer.outcome(None)
}

/// Writes the thread's message or brings it up to date. An update alone calls nobody, so a reply says what changed.
pub(crate) async fn deliver(
    http: &HttpClient,
    api_url: &str,
    channel: &str,
    token: &str,
    notification: &Notification,
    memory: Option<&str>,
    now_ms: i64,
) -> Result<Outcome, Outcome> {
    let call = |method: &str, body: Value| {
        let request = Outgoing::json(format!("{}/{method}", api_url.trim_end_matches('/')), &body);
        http.post(request.header("authorization", format!("Bearer {token}")), now_ms)
    };
    let message = body(notification);
    if let Some((channel_id, ts)) = memory.and_then(|memory| memory.split_once(' ')) {
        let answer = call("chat.update", with(&message, &[("channel", channel_id), ("ts", ts)])).await?;
        match api_outcome(&answer) {
            Ok(_) => {
                let reply = with(&reply(notification), &[("channel", channel_id), ("thread_ts", ts)]);
                let answer = call("chat.postMessage", reply).await?;
                let memory = memory.map(str::to_owned);
                return Ok(api_outcome(&answer).map_or_else(
                    |failure| failure.outcome,
                    |_| Outcome::Delivered { status: Some(answer.status), memory },
                ));
            }
            Err(failure) if ERRORS_TO_POST_ANEW.contains(&failure.code.as_str()) => {}
            Err(failure) => return Ok(failure.outcome),
        }
    }
    let answer = call("chat.postMessage", with(&message, &[("channel", channel)])).await?;
    Ok(match api_outcome(&answer) {
        Ok(said) => {
            let field = |name: &str| said.get(name).and_then(Value::as_str).map(|text| text::line(text, 100));
            let memory = field("channel").zip(field("ts")).map(|(channel, ts)| format!("{channel} {ts}"));
            Outcome::Delivered { status: Some(answer.status), memory }
        }
        Err(failure) => failure.outcome,
    })
}

struct Failure {
    code: String,
    outcome: Outcome,
}

/// Slack's API answers 200 with `ok: false` when it refuses.
fn api_outcome(answer: &Answer) -> Result<Value, Failure> {
    let said = answer.json().unwrap_or_default();
    let is_success = (200..300).contains(&answer.status);
    if is_success && said.get("ok") == Some(&Value::Bool(true)) {
        return Ok(said);
    }
    let code =
        said.get("error").and_then(Value::as_str).filter(|code| is_code(code)).unwrap_or_default().to_owned();
    let outcome = match () {
        () if !code.is_empty() => by_code(&code, answer),
        () if is_success => Outcome::Retry {
            after: None,
            error: "the receiver's answer is not one of Slack's".to_owned(),
            status: Some(answer.status),
        },
        () => answer.outcome(None),
    };
    Err(Failure { code, outcome })
}

fn by_code(code: &str, answer: &Answer) -> Outcome {
    let status = Some(answer.status);
    let error = format!("Slack says {code} (status {})", answer.status);
    match () {
        () if ERRORS_TO_RETRY.contains(&code) || answer.status == 429 || answer.status >= 500 => {
            Outcome::Retry { after: answer.retry_after, error, status }
        }
        () if ERRORS_GONE.contains(&code) || answer.status == 410 => Outcome::Gone { error, status },
        () => Outcome::Refused { error, status },
    }
}

fn is_code(word: &str) -> bool {
    (1..=60).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Said below the message; shown in the channel too when somebody should look again.
pub(crate) fn reply(notification: &Notification) -> Value {
    let message = Message::new(notification, 0);
    let words = text::without_mentions(&format!("{}\n{}", message.title, message.state));
    let is_news = matches!(
        notification.reason,
        Reason::NewAlerts | Reason::Repeat | Reason::Escalation | Reason::AfterMute | Reason::DeadLetter
    );
    json!({
        "text": escaped(&text::without_mentions(&message.title)),
        "mrkdwn": false,
        "parse": "none",
        "link_names": false,
        "reply_broadcast": is_news && notification.status == Status::Firing,
        "blocks": [{"type": "section", "text": plain(&words)}],
    })
}

fn words(item: &Item) -> String {
    let mark = match (item.status, item.severity) {
        (Status::Resolved, _) => "✅",
        (Status::Acknowledged, _) => "👀",
        (Status::Firing, Severity::Critical) => "🔴",
        (Status::Firing, Severity::High) => "🟠",
        (Status::Firing, _) => "🟡",
    };
    let mut words = format!("{mark} {}\n{}", item.headline(), item.whereabouts());
    if let Some(description) = &item.description {
        words.push('\n');
        words.push_str(description);
    }
    words
}

fn item_links(item: &Item) -> String {
    let links = [("Runbook", &item.runbook_url), ("Details", &item.url)];
    let links: Vec<(&str, String)> =
        links.into_iter().filter_map(|(label, url)| Some((label, url.clone()?))).collect();
    links_line(&links)
}

fn links_line(links: &[(&str, String)]) -> String {
    let links: Vec<String> = links
        .iter()
        .filter(|(_, url)| url.len() <= CONTEXT_URL_CHARS_MAX)
        .map(|(label, url)| format!("<{}|{label}>", escaped(url)))
        .collect();
    text::cut(&links.join(" · "), SECTION_CHARS_MAX)
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": false})
}

fn context(mrkdwn: &str) -> Value {
    json!({"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn, "verbatim": true}]})
}

/// The three characters that Slack takes for its own.
fn escaped(text: &str) -> String {
    text::escape(text, SECTION_CHARS_MAX, |character| match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

fn with(body: &Value, fields: &[(&str, &str)]) -> Value {
    let mut body = body.clone();
    for (name, value) in fields {
        body[*name] = Value::from(*value);
    }
    body
}
