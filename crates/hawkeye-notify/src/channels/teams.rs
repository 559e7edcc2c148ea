//! Microsoft Teams: an Adaptive Card to a workflow's address.
//!
//! What others wrote goes into text runs of a `RichTextBlock`, where no markdown is read.

use serde_json::{Value, json};

use crate::http::Outgoing;
use crate::message::{Item, Message, more_line};
use crate::notification::{Notification, Severity, Status};
use crate::text;

/// Teams refuses larger messages.
#[cfg(test)]
pub(crate) const MESSAGE_BYTES_MAX: usize = 28 * 1_024;

/// What the alerts may take of it; the frame, the links and the reasons need the rest.
const ALERTS_BYTES_MAX: usize = 16 * 1_024;
const ALERTS_MAX: usize = 20;
const ITEM_CHARS_MAX: usize = 900;
const DESCRIPTION_LINES_MAX: usize = 5;
const WHY_CHARS_MAX: usize = 1_000;

/// A longer address is left out, so that three of them fit.
const URL_CHARS_MAX: usize = 1_000;

pub(crate) fn request(url: &str, notification: &Notification) -> Outgoing {
    Outgoing::json(url.to_owned(), &body(notification))
}

fn body(notification: &Notification) -> Value {
    let message = Message::new(notification, ALERTS_MAX);
    let mut parts = vec![
        rich(&[run(&text::without_mentions(&message.title), true)]),
        rich(&[run(&message.state, false)]),
    ];
    let (mut used, mut listed) = (0, 0);
    for item in &message.items {
        let part = part(item);
        used += part.to_string().len();
        if used > ALERTS_BYTES_MAX {
            break;
        }
        parts.push(part);
        listed += 1;
    }
    if let Some(more) = more_line(message.more + (message.items.len() - listed) as u64) {
        parts.push(rich(&[run(&more, false)]));
    }
    if !message.why.is_empty() {
        let why = text::cut(&text::without_mentions(&message.why.join(" ")), WHY_CHARS_MAX);
        parts.push(rich(&[run(&format!("Why you are told: {why}"), false)]));
    }
    let actions: Vec<Value> = message
        .links
        .iter()
        .filter(|(_, url)| url.len() <= URL_CHARS_MAX)
        .map(|(label, url)| json!({"type": "Action.OpenUrl", "title": label, "url": url}))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": {"width": "Full"},
                "body": parts,
                "actions": actions,
            },
        }],
    })
}

/// One line each: Teams does not promise line breaks inside a text run.
fn part(item: &Item) -> Value {
    let words = |text: &str| text::cut(&text::without_mentions(text), ITEM_CHARS_MAX);
    let mut headline = run(&words(&item.headline()), true);
    headline["color"] = Value::from(match (item.status, item.severity) {
        (Status::Resolved, _) => "Good",
        (_, Severity::Critical | Severity::High) => "Attention",
        _ => "Warning",
    });
    let mut lines = vec![rich(&[headline]), rich(&[run(&words(&item.whereabouts()), false)])];
    for line in
        item.description.iter().flat_map(|description| description.lines()).take(DESCRIPTION_LINES_MAX)
    {
        lines.push(rich(&[run(&words(line), false)]));
    }
    let mut links = Vec::new();
    for (label, url) in [("Runbook", &item.runbook_url), ("Details", &item.url)] {
        if let Some(url) = url.as_ref().filter(|url| url.len() <= URL_CHARS_MAX) {
            if !links.is_empty() {
                links.push(run(" · ", false));
            }
            let mut link = run(label, false);
            link["selectAction"] = json!({"type": "Action.OpenUrl", "url": url});
            links.push(link);
        }
    }
    if !links.is_empty() {
        lines.push(rich(&links));
    }
    for line in lines.iter_mut().skip(1) {
        line["spacing"] = Value::from("None");
    }
    json!({"type": "Container", "separator": true, "items": lines})
}

fn rich(runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

fn run(text: &str, is_bold: bool) -> Value {
    json!({"type": "TextRun", "text": text, "weight": if is_bold { "Bolder" } else { "Default" }})
}
