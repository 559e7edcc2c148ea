//! Refuses what a page of another site makes a browser send. There is no log-in yet, and this server listens where
//! its user's browser can reach it, so a foreign page could otherwise change channels or silence everything.
//!
//! Programs that are no browsers send neither header and are not concerned. It does not stop a name that a stranger
//! lets point to this machine (DNS rebinding): a log-in will.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(crate) async fn refuse_foreign(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || !is_foreign(request.headers(), request.uri().host()) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "Another site sent this",
        "a browser says that a page of another site sent this; open Hawkeye itself, or let your proxy pass on the Host header",
    )
    .into_response()
}

fn is_foreign(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "cross-site";
    }
    let Some(origin) = text(&header::ORIGIN) else { return false };
    let host = text(&header::HOST).or(authority).unwrap_or_default();
    origin.split_once("://").is_none_or(|(_, origin)| !origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)], expected: bool) {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")))
            .collect();
        assert_eq!(is_foreign(&headers, None), expected, "{pairs:?}");
    }

    #[test]
    fn browsers_say_where_a_request_comes_from() {
        check(&[("host", "127.0.0.1:4295")], false);
        check(&[("host", "127.0.0.1:4295"), ("origin", "http://127.0.0.1:4295")], false);
        check(&[("host", "hawkeye.example.com"), ("origin", "https://hawkeye.example.com")], false);
        check(&[("host", "127.0.0.1:4295"), ("origin", "https://evil.example")], true);
        check(&[("host", "127.0.0.1:4295"), ("origin", "http://127.0.0.1:8080")], true);
        check(&[("host", "127.0.0.1:4295"), ("origin", "null")], true);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "http://a"), ("host", "b")], false);
        check(&[("sec-fetch-site", "cross-site")], true);
    }
}
