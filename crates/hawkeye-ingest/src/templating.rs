//! Turns a concrete path into a route: `/orders/17/lines` becomes `/orders/{id}/lines`.
//!
//! This is what happens to requests whose framework names no route. It looks at one segment at a time and
//! remembers nothing, so short names such as `/user/john` stay as they are.

use std::borrow::Cow;

/// Segments that are kept; what follows is `{rest}`. Eight cover every API we have seen.
const SEGMENTS_MAX: usize = 8;

/// A segment of this length is a value, not a name.
const VALUE_LENGTH_BYTES_MIN: usize = 20;

/// The longest route that [`template`] answers: eight segments, their slashes, and `/{rest}`.
pub const ROUTE_LENGTH_BYTES_MAX: usize = SEGMENTS_MAX * VALUE_LENGTH_BYTES_MIN + REST.len() + 1;

const REST: &str = "{rest}";

/// Replaces the segments that look like values. The query is cut off, doubled and trailing slashes are dropped.
/// Applying it again changes nothing.
#[must_use]
pub fn template(path: &str) -> Cow<'_, str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if is_template(path) {
        return Cow::Borrowed(path);
    }
    let mut route = String::with_capacity(path.len().min(ROUTE_LENGTH_BYTES_MAX));
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    for segment in segments.by_ref().take(SEGMENTS_MAX) {
        route.push('/');
        route.push_str(placeholder(segment).unwrap_or(segment));
    }
    if segments.next().is_some() {
        route.push('/');
        route.push_str(REST);
    }
    if route.is_empty() { Cow::Borrowed("/") } else { Cow::Owned(route) }
}

/// Whether [`template`] would answer the path itself.
fn is_template(path: &str) -> bool {
    let Some(inner) = path.strip_prefix('/') else { return false };
    let is_short = inner.bytes().filter(|&byte| byte == b'/').count() < SEGMENTS_MAX;
    let is_named = |segment: &str| !segment.is_empty() && placeholder(segment).is_none();
    inner.is_empty() || (is_short && inner.split('/').all(is_named))
}

/// What stands for this segment; `None` when it is a name. The first rule that fits wins.
fn placeholder(segment: &str) -> Option<&'static str> {
    let bytes = segment.as_bytes();
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    let consists_of = |is_member: fn(u8) -> bool| bytes.iter().all(|&byte| is_member(byte));

    if is_placeholder(segment) {
        // Routes may be templated again, and must not change then.
        None
    } else if is_uuid(bytes) {
        Some("{uuid}")
    } else if is_date(bytes) {
        Some("{date}")
    } else if bytes.len() >= 2 && consists_of(|byte| byte.is_ascii_digit()) {
        Some("{id}")
    } else if bytes.len() >= 6 && has_digit && consists_of(|byte| byte.is_ascii_hexdigit()) {
        Some("{hex}")
    } else if bytes.len() >= 3
        && has_digit
        && consists_of(|byte| byte.is_ascii_digit() || b"._-".contains(&byte))
    {
        Some("{id}")
    } else if is_email(segment) {
        Some("{email}")
    } else if bytes.len() >= VALUE_LENGTH_BYTES_MIN || segment.chars().any(is_foreign) {
        Some("{param}")
    } else {
        None
    }
}

/// Whether [`template`], or the rule for unknown paths, wrote this segment.
fn is_placeholder(segment: &str) -> bool {
    matches!(
        segment,
        "{uuid}" | "{date}" | "{id}" | "{hex}" | "{email}" | "{param}" | "{rest}" | "{unmatched}"
    )
}

/// Characters that hand-written names do not have.
fn is_foreign(char: char) -> bool {
    "%&'()*+,:=@{}<>\"\\".contains(char) || char.is_control() || char.is_whitespace()
}

/// 8-4-4-4-12 hex digits.
fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `2026-11-22`.
fn is_date(bytes: &[u8]) -> bool {
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn is_email(segment: &str) -> bool {
    segment.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && !domain.contains('@') && domain.trim_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(path: &str, route: &str) {
        assert_eq!(template(path), route, "{path}");
    }

    #[test]
    fn names_stay() {
        check("/", "/");
        check("", "/");
        check("/orders", "/orders");
        check("/api/v1/users/me", "/api/v1/users/me");
        check("/a/7", "/a/7");
        check("/user/john", "/user/john");
        check("/facade/decade", "/facade/decade");
        check("/Bücher", "/Bücher");
        assert!(matches!(template("/api/v1/users"), Cow::Borrowed(_)));
    }

    #[test]
    fn numbers_are_ids() {
        check("/orders/17", "/orders/{id}");
        check("/orders/007/lines", "/orders/{id}/lines");
        check("/builds/1.2.3", "/builds/{id}");
        check("/calls/555-01-77", "/calls/{id}");
    }

    #[test]
    fn uuids_and_hex() {
        check("/o/123e4567-e89b-12d3-a456-426614174000", "/o/{uuid}");
        check("/o/123E4567-E89B-12D3-A456-426614174000/x", "/o/{uuid}/x");
        check("/commits/3f2a9c", "/commits/{hex}");
        check("/commits/deadbeef01", "/commits/{hex}");
        check("/commits/3f2a9", "/commits/3f2a9");
    }

    #[test]
    fn dates_and_addresses() {
        check("/reports/2026-11-22", "/reports/{date}");
        check("/users/ann@example.org", "/users/{email}");
        check("/users/@ann", "/users/{param}");
    }

    #[test]
    fn values_are_params() {
        check("/search/a%20b", "/search/{param}");
        check("/m/lat=1,lon=2", "/m/{param}");
        check("/p/a-very-long-slug-of-an-article", "/p/{param}");
        check("/p/{anything}", "/p/{param}");
    }

    #[test]
    fn queries_and_spare_slashes_go() {
        check("/orders?page=2", "/orders");
        check("//orders//17/", "/orders/{id}");
        check("orders", "/orders");
        check("///", "/");
    }

    #[test]
    fn deep_paths_end_in_rest() {
        check("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/g/h");
        check("/a/b/c/d/e/f/g/h/i", "/a/b/c/d/e/f/g/h/{rest}");
        check("/a/b/c/d/e/f/g/h/i/j/k", "/a/b/c/d/e/f/g/h/{rest}");
    }

    proptest! {
        #[test]
        fn a_route_is_short_and_stays_itself(
            anything in any::<String>(),
            path in "(/([a-z]{1,8}|[0-9]{1,6}|[0-9a-f]{5,9}|\\{[a-z]{2,9}\\}|[^/]{0,30})){0,12}",
        ) {
            for path in [anything, path] {
                let route = template(&path).into_owned();
                prop_assert_eq!(template(&route), route.as_str());
                prop_assert!(route.len() <= ROUTE_LENGTH_BYTES_MAX, "{}", route);
                prop_assert!(route.starts_with('/'));
            }
        }
    }
}
