//! Texts from outside, made safe to store and to show; and the parts of a URL.

use std::borrow::Cow;

/// Trims, cuts at `length_bytes_max` on a character's border, and replaces characters that could break a
/// log line or a terminal with U+FFFD.
pub(crate) fn clean(text: &str, length_bytes_max: usize) -> Cow<'_, str> {
    let text = text.trim_ascii();
    let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_plain {
        return Cow::Borrowed(&text[..text.len().min(length_bytes_max)]);
    }
    let mut cleaned = String::with_capacity(text.len().min(length_bytes_max));
    for char in text.chars() {
        let char = if is_unsafe(char) { char::REPLACEMENT_CHARACTER } else { char };
        if cleaned.len() + char.len_utf8() > length_bytes_max {
            break;
        }
        cleaned.push(char);
    }
    Cow::Owned(cleaned)
}

/// Control characters, line separators, and marks that reverse the direction of the text around them.
fn is_unsafe(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The path of a request target: of `/a?b`, `/a#b` and `https://host/a?b` it is `/a`.
pub(crate) fn path_of(target: &str) -> &str {
    let path = match split_url(target) {
        Some((_, rest)) => rest,
        None => target,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

/// The host of `https://user@host:443/a` or of `host:443`, without the port.
pub(crate) fn host_of(target: &str) -> &str {
    let authority = split_url(target).map_or(target, |(authority, _)| authority);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some((address, _)) = host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return address;
    }
    match host.split_once(':') {
        // More than one colon is an IPv6 address without brackets.
        Some((name, port)) if !port.contains(':') => name,
        _ => host,
    }
}

/// The authority, and everything after it. `None` when the text is no absolute URL.
fn split_url(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return None;
    }
    Some(rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(clean(" orders ", 100), Cow::Borrowed("orders")));
        assert!(matches!(clean("orders", 3), Cow::Borrowed("ord")));
    }

    #[test]
    fn terminals_and_log_lines_stay_whole() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{202e}d", 100), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d");
        assert_eq!(clean("Bücher/ü", 100), "Bücher/ü");
    }

    #[test]
    fn the_cut_respects_characters() {
        assert_eq!(clean("aüü", 4), "aü");
        assert_eq!(clean("\n\u{0}\u{0}", 4), "\u{fffd}");
    }

    #[test]
    fn targets_become_paths_and_hosts() {
        for (target, host, path) in [
            ("https://api.stripe.com/v1/charges?limit=3", "api.stripe.com", "/v1/charges"),
            ("http://user:secret@shop:8080", "shop", "/"),
            ("http://[::1]:8080/a#b", "::1", "/a"),
            ("https://h?x=http://y/z", "h", "/"),
        ] {
            assert_eq!((host_of(target), path_of(target)), (host, path), "{target}");
        }
        assert_eq!(path_of("/redirect?to=https://elsewhere/x"), "/redirect");
        assert_eq!(path_of(""), "/");
        assert_eq!(host_of("shop:443"), "shop");
        assert_eq!(host_of("2001:db8::1"), "2001:db8::1");
    }

    proptest! {
        #[test]
        fn clean_text_is_short_and_stays_clean(text in any::<String>(), length_bytes_max in 0..40_usize) {
            let cleaned = clean(&text, length_bytes_max);
            prop_assert!(cleaned.len() <= length_bytes_max);
            prop_assert!(!cleaned.chars().any(is_unsafe));
        }

        #[test]
        fn no_target_panics(target in any::<String>(), url in "[a:/@\\[\\]?#ü.]{0,20}") {
            for target in [target, url] {
                prop_assert!(!path_of(&target).is_empty());
                prop_assert!(host_of(&target).len() <= target.len());
            }
        }
    }
}
