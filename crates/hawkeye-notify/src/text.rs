//! Makes text of unknown origin harmless before a channel puts it into its own markup.
//!
//! Labels and annotations are written by whoever sends telemetry. Here they lose what no message needs (control
//! characters, terminal sequences, characters that turn the writing direction) and get a length; what is markup differs
//! by channel and is escaped there.

use jiff::Timestamp;
use reqwest::Url;

/// A longer address is left out of a message rather than cut.
pub(crate) const URL_LENGTH_MAX: usize = 2_000;

/// Words behind an `@` that some chat takes for "everybody".
const MENTIONS: [&str; 6] = ["channel", "everyone", "group", "here", "subteam", "team"];

/// One line: line breaks become blanks, runs of blanks one. At most `chars_max` characters.
pub(crate) fn line(text: &str, chars_max: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(chars_max * 4));
    for word in visible(text).split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
        if clean.len() > chars_max * 4 {
            break;
        }
    }
    cut(&clean, chars_max)
}

/// Several lines, at most `chars_max` characters. Line breaks stay.
pub(crate) fn block(text: &str, chars_max: usize) -> String {
    cut(visible(text).trim(), chars_max)
}

/// At most `chars_max` characters; a cut text ends in an ellipsis.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Replaces characters by their escaped form, as long as the result has at most `chars_max` characters.
/// An escaped form is never cut in two.
pub(crate) fn escape(text: &str, chars_max: usize, escaped: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut used = 0;
    let mut left = text.chars().count();
    for character in text.chars() {
        let length = escaped(character).map_or(1, |form| form.chars().count());
        let reserved = usize::from(left > 1);
        if used + length + reserved > chars_max {
            out.push('…');
            return out;
        }
        match escaped(character) {
            Some(form) => out.push_str(form),
            None => out.push(character),
        }
        used += length;
        left -= 1;
    }
    out
}

pub(crate) fn html(text: &str) -> String {
    escape(text, usize::MAX, |character| match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    })
}

/// Puts an invisible character behind the `@` of words that would call everybody.
pub(crate) fn without_mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let calls = MENTIONS
            .iter()
            .any(|word| after.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
        if calls {
            out.push('\u{200b}');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The address in its canonical form if it is http(s), names nobody (`user@`) and is not too long.
pub(crate) fn link(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let names_user = !url.username().is_empty() || url.password().is_some();
    if !is_web || names_user || url.as_str().len() > URL_LENGTH_MAX {
        return None;
    }
    let mut safe = String::with_capacity(url.as_str().len());
    for character in url.as_str().chars() {
        match character {
            '|' => safe.push_str("%7C"),
            '\'' => safe.push_str("%27"),
            '@' => safe.push_str("%40"),
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '[' if !is_v6_host(&url) => safe.push_str("%5B"),
            ']' if !is_v6_host(&url) => safe.push_str("%5D"),
            '*' => safe.push_str("%2A"),
            '`' => safe.push_str("%60"),
            other => safe.push(other),
        }
    }
    Some(safe)
}

fn is_v6_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.starts_with('['))
}

/// `2026-11-24 10:21:04 UTC`.
pub(crate) fn utc(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map_or_else(|_| "an unknown time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// `2026-11-24T10:21:04.000Z`, as programs read it.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

/// `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
pub(crate) fn span(length_ms: i64) -> String {
    let seconds = length_ms.max(0) / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if seconds < 60 => format!("{seconds} s"),
        () if minutes < 60 => format!("{minutes} min"),
        () if hours < 24 && minutes % 60 == 0 => format!("{hours} h"),
        () if hours < 24 => format!("{hours} h {} min", minutes % 60),
        () if hours % 24 == 0 => format!("{days} d"),
        () => format!("{days} d {} h", hours % 24),
    }
}

/// Without terminal sequences, control, format and direction characters. Only line feeds and tabs are left of the former.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => {
                if characters.next_if_eq(&'[').is_some() {
                    while characters.next_if(|next| !('\u{40}'..='\u{7e}').contains(next)).is_some() {}
                    characters.next();
                }
            }
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(character),
            _ if character.is_control() || is_invisible(character) => {}
            _ => out.push(character),
        }
    }
    out
}

const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_one_harmless_line() {
        let cases = [
            ("a\r\nBcc: x@y", "a Bcc: x@y"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("abc\u{202e}gpj.exe", "abcgpj.exe"),
            ("nul\0 tab\t end", "nul tab end"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("  ", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(line(text, 100), expected, "{text:?}");
        }
    }

    #[test]
    fn lengths_are_in_characters() {
        assert_eq!(line(&"é".repeat(10_000), 5), "éééé…");
        assert_eq!(block("one\r\ntwo", 100), "one\ntwo");
        assert_eq!(escape("<<<", 9, |_| Some("&lt;")), "&lt;&lt;…");
        assert_eq!(escape("<<", 8, |_| Some("&lt;")), "&lt;&lt;");
    }

    #[test]
    fn nobody_is_called() {
        assert_eq!(without_mentions("@here a@b @Everyone"), "@\u{200b}here a@b @\u{200b}Everyone");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link("https://a.example/x y|z<b>").as_deref(), Some("https://a.example/x%20y%7Cz%3Cb%3E"));
        for url in
            ["javascript:alert(1)", "data:text/html,x", "https://bank@evil.example/", "not a url", "http://"]
        {
            assert_eq!(link(url), None, "{url}");
        }
        assert_eq!(link(&format!("https://a.example/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(utc(1_795_515_664_000), "2026-11-24 10:21:04 UTC");
        assert_eq!(rfc3339(1_795_515_664_005), "2026-11-24T10:21:04.005Z");
        assert_eq!(span(3 * 3_600_000 + 300_000), "3 h 5 min");
    }
}
