//! Discord: one embed to a webhook. Markdown is escaped, and nobody may be mentioned.

use serde_json::{Value, json};

use crate::http::{Answer, Outgoing};
use crate::message::{Item, Message, more_line};
use crate::notification::{Notification, Severity, Status};
use crate::outcome::Outcome;
use crate::text;

/// Discord's own limits: of the text besides embeds, of an embed's parts, and of all its parts together.
pub(crate) const CONTENT_CHARS_MAX: usize = 2_000;
pub(crate) const DESCRIPTION_CHARS_MAX: usize = 4_096;
pub(crate) const TITLE_CHARS_MAX: usize = 256;
pub(crate) const FOOTER_CHARS_MAX: usize = 2_048;
pub(crate) const EMBED_CHARS_MAX: usize = 6_000;

/// "Unknown Webhook" in Discord's list of errors.
const CODE_NO_WEBHOOK: u64 = 10_015;

const ALERTS_MAX: usize = 15;
const ITEM_CHARS_MAX: usize = 700;
const STATE_CHARS_MAX: usize = 300;

/// Leaves the title and description their share of the whole.
const WHY_CHARS_MAX: usize = 1_200;
const LINKS_CHARS_MAX: usize = 1_200;

pub(crate) fn request(url: &str, notification: &Notification) -> Outgoing {
    Outgoing::json(url.to_owned(), &body(notification))
}

/// A deleted webhook is 404 and says so by its number.
pub(crate) fn outcome(answer: &Answer) -> Outcome {
    let code = answer.json().and_then(|said| said.get("code").and_then(Value::as_u64));
    if answer.status == 404 && code == Some(CODE_NO_WEBHOOK) {
        return Outcome::Gone { error: "the webhook has been deleted".to_owned(), status: Some(404) };
    }
    answer.outcome_because(answer.reason("message"), None)
}

fn body(notification: &Notification) -> Value {
    let message = Message::new(notification, ALERTS_MAX);
    let title = escaped(&message.title, TITLE_CHARS_MAX);
    let links = links_line(&message.links, LINKS_CHARS_MAX);
    let mut description = escaped(&message.state, STATE_CHARS_MAX);
    // The links, and a line that counts what is left out.
    let room = DESCRIPTION_CHARS_MAX - links.chars().count() - 100;
    let mut listed = 0;
    for item in &message.items {
        let paragraph = format!("\n\n{}", paragraph(item));
        if description.chars().count() + paragraph.chars().count() > room {
            break;
        }
        description.push_str(&paragraph);
        listed += 1;
    }
    if let Some(more) = more_line(message.more + (message.items.len() - listed) as u64) {
        description.push_str("\n\n");
        description.push_str(&more);
    }
    if !links.is_empty() {
        description.push_str("\n\n");
        description.push_str(&links);
    }
    let why = text::cut(&text::without_mentions(&message.why.join("\n")), WHY_CHARS_MAX);
    let left = EMBED_CHARS_MAX.saturating_sub(title.chars().count() + description.chars().count());
    let footer = text::cut(&format!("Why you are told: {why}"), left.min(FOOTER_CHARS_MAX));
    let mut embed = json!({
        "title": title,
        "description": description,
        "color": color(notification),
        "timestamp": text::rfc3339(notification.created_ms),
        "footer": {"text": footer},
    });
    if let Some(url) = text::link(&notification.open_url) {
        embed["url"] = Value::from(url);
    }
    json!({
        "content": escaped(&message.title, CONTENT_CHARS_MAX),
        "embeds": [embed],
        "allowed_mentions": {"parse": []},
    })
}

fn paragraph(item: &Item) -> String {
    let mut words = format!("{}\n{}", item.headline(), item.whereabouts());
    if let Some(description) = &item.description {
        words.push('\n');
        words.push_str(description);
    }
    let links = [("Runbook", item.runbook_url.clone()), ("Details", item.url.clone())];
    let links: Vec<(&str, String)> =
        links.into_iter().filter_map(|(label, url)| Some((label, url?))).collect();
    let links = links_line(&links, LINKS_CHARS_MAX);
    let words = escaped(&words, ITEM_CHARS_MAX);
    if links.is_empty() { words } else { format!("{words}\n{links}") }
}

/// Whole links only.
fn links_line(links: &[(&str, String)], chars_max: usize) -> String {
    let mut line = String::new();
    for (label, url) in links {
        let link = format!("[{label}]({url})");
        let between = if line.is_empty() { "" } else { " · " };
        if line.chars().count() + between.chars().count() + link.chars().count() <= chars_max {
            line.push_str(between);
            line.push_str(&link);
        }
    }
    line
}

/// Everything that Discord's markdown reads, mentions and time stamps included.
fn escaped(text: &str, chars_max: usize) -> String {
    text::escape(&text::without_mentions(text), chars_max, |character| match character {
        '\\' => Some("\\\\"),
        '*' => Some("\\*"),
        '_' => Some("\\_"),
        '~' => Some("\\~"),
        '`' => Some("\\`"),
        '|' => Some("\\|"),
        '<' => Some("\\<"),
        '>' => Some("\\>"),
        '#' => Some("\\#"),
        '[' => Some("\\["),
        ']' => Some("\\]"),
        '(' => Some("\\("),
        ')' => Some("\\)"),
        ':' => Some("\\:"),
        _ => None,
    })
}

const fn color(notification: &Notification) -> u32 {
    match (notification.status, notification.severity) {
        (Status::Resolved, _) => 0x002e_7d32,
        (Status::Acknowledged, _) => 0x0015_65c0,
        (Status::Firing, Severity::Critical) => 0x00c6_2828,
        (Status::Firing, Severity::High) => 0x00ef_6c00,
        (Status::Firing, _) => 0x00f9_a825,
    }
}
