//! How a mail looks, and the headers by which mail programs thread it.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use lettre::Message as Mail;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::message::{Item, Message};
use crate::notification::{Chart, Notification};
use crate::{chart, text};

/// Subjects longer than this are cut by most mail programs.
pub(crate) const SUBJECT_CHARS_MAX: usize = 150;

const ALERTS_MAX: usize = 25;

/// The left part of a message's identity; the line it is in must stay below 998 characters.
const ID_LENGTH_MAX: usize = 120;

const CHART_ID: &str = "chart@hawkeye";

pub(super) fn mail(
    from: Mailbox,
    to: &[Mailbox],
    notification: &Notification,
    now_ms: i64,
) -> Result<Mail, String> {
    let message = Message::new(notification, ALERTS_MAX);
    // Every mail of a thread refers to the same first message, which mail programs need not have seen.
    let root = format!("<thread.{}@hawkeye>", id_part(&notification.thread));
    let mut builder = Mail::builder()
        .from(from)
        .subject(text::cut(&message.title, SUBJECT_CHARS_MAX))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or(0)))
        .message_id(Some(format!("<{}@hawkeye>", id_part(&notification.key))))
        .in_reply_to(root.clone())
        .references(root);
    for mailbox in to {
        builder = builder.to(mailbox.clone());
    }
    // So that nobody's absence notice answers.
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
        builder =
            builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    let drawn = notification
        .alerts
        .iter()
        .find_map(|alert| alert.chart.as_ref())
        .and_then(|c| Some((c, chart::png(c)?)));
    let html = SinglePart::html(html(&message, drawn.as_ref().map(|(chart, _)| *chart)));
    let mut related = MultiPart::related().singlepart(html);
    if let Some((_, png)) = drawn {
        let kind = ContentType::parse("image/png").map_err(|error| error.to_string())?;
        related = related.singlepart(Attachment::new_inline(CHART_ID.to_owned()).body(png, kind));
    }
    let body = MultiPart::alternative().singlepart(SinglePart::plain(plain(&message))).multipart(related);
    builder.multipart(body).map_err(|error| error.to_string())
}

/// Letters, digits, `.`, `-` and `_`. Whatever else there was stays told apart by a hash.
pub(super) fn id_part(id: &str) -> String {
    let clean: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .take(ID_LENGTH_MAX)
        .collect();
    let is_plain = clean == id && !clean.starts_with('.') && !clean.ends_with('.') && !clean.contains("..");
    if is_plain {
        return clean;
    }
    let hash: String =
        Sha256::digest(id.as_bytes()).iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{hash}", clean.replace('.', "-"))
}

fn plain(message: &Message) -> String {
    let mut out = format!("{}\n{}\n", message.title, message.state);
    for item in &message.items {
        push(&mut out, format_args!("\n{}\n  {}\n", item.headline(), item.whereabouts()));
        if let Some(description) = &item.description {
            push(&mut out, format_args!("  {}\n", description.replace('\n', "\n  ")));
        }
        if let Some(url) = &item.runbook_url {
            push(&mut out, format_args!("  Runbook: {url}\n"));
        }
        if let Some(url) = &item.url {
            push(&mut out, format_args!("  Details: {url}\n"));
        }
    }
    if let Some(more) = message.more_line() {
        push(&mut out, format_args!("\n{more}\n"));
    }
    out.push('\n');
    for (label, url) in &message.links {
        push(&mut out, format_args!("{label}: {url}\n"));
    }
    if !message.why.is_empty() {
        push(&mut out, format_args!("\n-- \nWhy you are told:\n{}\n", message.why.join("\n")));
    }
    out
}

fn html(message: &Message, chart: Option<&Chart>) -> String {
    let mut out = String::from(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body style=\"font:15px/1.5 system-ui,sans-serif;max-width:600px;margin:0 auto;padding:16px\">",
    );
    push(&mut out, format_args!("<h1 style=\"font-size:20px;margin:0\">{}</h1>", text::html(&message.title)));
    push(
        &mut out,
        format_args!("<p style=\"margin:4px 0 12px;color:#71717a\">{}</p>", text::html(&message.state)),
    );
    let buttons: Vec<String> = message.links.iter().map(|(label, url)| anchor(label, url)).collect();
    push(&mut out, format_args!("<p>{}</p>", buttons.join(" &nbsp; ")));
    if let Some(chart) = chart {
        push(&mut out, format_args!("{}", figure(chart)));
    }
    for item in &message.items {
        push(&mut out, format_args!("{}", section(item)));
    }
    if let Some(more) = message.more_line() {
        push(&mut out, format_args!("<p>{more}</p>"));
    }
    if !message.why.is_empty() {
        let why = message.why.iter().map(|why| text::html(why)).collect::<Vec<_>>().join("<br>");
        push(
            &mut out,
            format_args!(
                "<p style=\"margin-top:24px;color:#71717a;font-size:13px\">Why you are told:<br>{why}</p>"
            ),
        );
    }
    out.push_str("</body></html>");
    out
}

fn section(item: &Item) -> String {
    let mut out = format!(
        "<div style=\"border-left:4px solid #dc2626;padding:2px 0 2px 12px;margin:16px 0\"><b>{}</b><br>{}",
        text::html(&item.headline()),
        text::html(&item.whereabouts())
    );
    if let Some(description) = &item.description {
        push(&mut out, format_args!("<br>{}", text::html(description).replace('\n', "<br>")));
    }
    let links = [("Runbook", &item.runbook_url), ("Details", &item.url)];
    let links: Vec<String> =
        links.into_iter().filter_map(|(label, url)| Some(anchor(label, url.as_ref()?))).collect();
    if !links.is_empty() {
        push(&mut out, format_args!("<br>{}", links.join(" · ")));
    }
    out.push_str("</div>");
    out
}

fn figure(chart: &Chart) -> String {
    let unit = text::line(&chart.unit, 20);
    let range = chart::extent(chart).map(|(low, high)| format!(", {} to {} {unit}", short(low), short(high)));
    let caption = format!(
        "{}{}. Shaded: what was expected. Dashed: where it began.",
        text::line(&chart.title, 100),
        range.unwrap_or_default()
    );
    let caption = text::html(&caption);
    format!(
        "<p><img src=\"cid:{CHART_ID}\" width=\"560\" height=\"160\" alt=\"{caption}\" style=\"max-width:100%\"><br>\
         <span style=\"color:#71717a;font-size:13px\">{caption}</span></p>"
    )
}

fn anchor(label: &str, url: &str) -> String {
    format!("<a href=\"{}\">{}</a>", text::html(url), text::html(label))
}

/// Three significant digits are enough for a caption.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    out.write_fmt(text).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::samples;
    use crate::limits;

    fn written(notification: &Notification) -> String {
        let mailbox = |text: &str| super::super::mailbox(text).unwrap();
        let to = [mailbox("a@example.com"), mailbox("\"Doe, Jane\" <jane@example.com>")];
        let mail = mail(mailbox("Hawkeye <h@example.com>"), &to, notification, samples::NOW_MS).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    fn header(mail: &str, name: &str) -> String {
        let start = format!("{name}: ");
        mail.split("\r\n").find_map(|line| line.strip_prefix(start.as_str())).unwrap_or_default().to_owned()
    }

    #[test]
    fn mails_of_one_thread_refer_to_the_same_start() {
        let (first, last) = (written(&samples::firing()), written(&samples::resolved()));
        assert_ne!(header(&first, "Message-ID"), header(&last, "Message-ID"));
        assert_eq!(header(&first, "References"), header(&last, "References"));
        assert_eq!(header(&first, "References"), header(&first, "In-Reply-To"));
        assert_eq!(header(&written(&samples::firing()), "Message-ID"), header(&first, "Message-ID"));
    }

    #[test]
    fn identities_are_plain_and_differ() {
        assert_eq!(id_part("g1-4.mail"), "g1-4.mail");
        let odd = ["a/b", "a b", "a-b.", "a\r\nb", "a..b", &"x".repeat(500), &"x".repeat(501), "ä"];
        let mut parts: Vec<String> = odd.iter().map(|id| id_part(id)).collect();
        for part in &parts {
            assert!(part.len() <= ID_LENGTH_MAX + 21, "{part}");
            assert!(part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{part}");
        }
        parts.sort_unstable();
        parts.dedup();
        assert_eq!(parts.len(), odd.len());
    }

    #[test]
    fn the_text_says_what_the_page_says() {
        let message = Message::new(&samples::firing(), ALERTS_MAX);
        let expected = "\
[critical] POST /orders is slow in production
1 firing · new · 2026-11-24 10:21:04 UTC

[critical] POST /orders answers in 900 ms, expected are 120 to 180 ms
  POST /orders in aws/production/eu-west-1, since 2026-11-24 10:11:04 UTC
  Half of the answers are slower than before.
  Runbook: https://runbooks.example/orders
  Details: https://hawkeye.example/alerts/17

Acknowledge: https://hawkeye.example/ack/abc.def
Silence: https://hawkeye.example/silences/new?x=1&y=2
Open in Hawkeye: https://hawkeye.example/alerts?group=g1

-- \nWhy you are told:
The route default > critical matched severity=critical.
";
        assert_eq!(plain(&message), expected);
        let html = html(&message, None);
        for words in
            ["since 2026-11-24 10:11:04 UTC", "href=\"https://hawkeye.example/silences/new?x=1&amp;y=2\""]
        {
            assert!(html.contains(words), "{words}");
        }
    }

    #[test]
    fn hostile_text_is_no_markup() {
        let notification = limits::bounded(&samples::hostile());
        let message = Message::new(&notification, ALERTS_MAX);
        let html = html(&message, notification.alerts[0].chart.as_ref());
        assert!(html.len() < 256 * 1_024, "{}", html.len());
        assert!(html.contains("&lt;script&gt;") && html.contains(" more"));
        let tags =
            ["!doctype", "html", "head", "meta", "body", "h1", "p", "a ", "b", "br", "div", "img ", "span"];
        for (at, _) in html.match_indices('<') {
            let tag = html[at + 1..].trim_start_matches('/');
            assert!(tags.iter().any(|known| tag.starts_with(known.trim())), "{}", &tag[..40]);
        }
        for (at, _) in html.match_indices("href=\"") {
            assert!(html[at + 6..].starts_with("https://"));
        }
        assert!(written(&notification).len() < 1_048_576);
    }
}
