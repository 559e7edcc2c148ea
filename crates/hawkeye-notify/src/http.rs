//! Calls others over HTTP: to checked addresses only, without redirects, proxies or patience, and reads little of the answer.

use std::time::{Duration, SystemTime};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Url};

use crate::address::{Forbidden, Gate, GateError};
use crate::notifier::{NotifyConfig, NotifyError};
use crate::outcome::Outcome;
use crate::tls::Trust;

/// A longer answer is not read on: no service we call says more than this.
pub(crate) const ANSWER_BYTES_MAX: usize = 64 * 1_024;

/// A receiver that asks for a longer pause gets this one.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3_600);

/// One request, written by a channel.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub url: String,
    pub content_type: &'static str,
    /// Names and values in addition to the content type.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    gate: Gate,
}

impl Outgoing {
    pub(crate) fn json(url: String, body: &serde_json::Value) -> Self {
        Self {
            url,
            content_type: "application/json",
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }
}

impl HttpClient {
    pub(crate) fn new(config: &NotifyConfig, gate: Gate, trust: &Trust) -> Result<Self, NotifyError> {
        let client = Client::builder()
            .tls_backend_preconfigured(trust.client_config().as_ref().clone())
            .dns_resolver(CheckedResolver(gate.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            // A connection serves one message, so that each message's address is checked.
            .pool_max_idle_per_host(0)
            .timeout(config.timeout)
            .user_agent(config.user_agent.clone())
            .build()
            .map_err(|error| NotifyError::Client(error.without_url().to_string()))?;
        Ok(Self { client, gate })
    }

    /// Posts. `Err` is the outcome of a request that was not answered.
    pub(crate) async fn post(&self, request: Outgoing, now_ms: i64) -> Result<Answer, Outcome> {
        let url = self.checked_url(&request.url)?;
        let headers = header_map(&request)?;
        let sent = self.client.request(Method::POST, url).headers(headers).body(request.body).send().await;
        let mut response = sent.map_err(unanswered)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value, now_ms));
        let mut body = Vec::new();
        // The status is what counts: an answer that breaks off is one all the same.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = ANSWER_BYTES_MAX - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() == ANSWER_BYTES_MAX {
                break;
            }
        }
        Ok(Answer { status, retry_after, body })
    }

    /// The client asks its resolver about names only, so addresses written as numbers are checked here.
    fn checked_url(&self, text: &str) -> Result<Url, Outcome> {
        let url = web_url(text).map_err(|error| refused(error.to_owned()))?;
        let host = url.host_str().unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse() {
            self.gate.check(address).map_err(|forbidden| refused(forbidden.to_string()))?;
        }
        Ok(url)
    }
}

/// An http(s) address with a host and without a user.
pub(crate) fn web_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no web address; write it as https://host/path")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with https:// or http://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password; set them as secrets");
    }
    Ok(url)
}

impl Answer {
    /// What a status means when the body does not say otherwise.
    pub(crate) fn outcome(&self, memory: Option<String>) -> Outcome {
        self.outcome_because(None, memory)
    }

    /// The same with a reason to show after the status.
    pub(crate) fn outcome_because(&self, reason: Option<String>, memory: Option<String>) -> Outcome {
        let status = Some(self.status);
        let error = |meaning: &str| match &reason {
            Some(reason) => format!("{meaning} (status {}: {reason})", self.status),
            None => format!("{meaning} (status {})", self.status),
        };
        match self.status {
            200..=299 => Outcome::Delivered { status, memory },
            300..=399 => {
                Outcome::Refused { error: error("the receiver redirects, which is not followed"), status }
            }
            410 => Outcome::Gone { error: error("the receiver is gone"), status },
            429 => Outcome::Retry {
                after: self.retry_after,
                error: error("the receiver asks to slow down"),
                status,
            },
            408 | 425 => Outcome::Retry {
                after: self.retry_after,
                error: error("the receiver asks to come back"),
                status,
            },
            500..=599 => {
                Outcome::Retry { after: self.retry_after, error: error("the receiver has failed"), status }
            }
            401 | 403 => {
                Outcome::Refused { error: error("the receiver does not accept the credentials"), status }
            }
            404 => Outcome::Refused { error: error("there is nothing at the receiver's address"), status },
            _ => Outcome::Refused { error: error("the receiver does not accept the message"), status },
        }
    }

    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A short text that a known service gives as its reason, made fit to show.
    pub(crate) fn reason(&self, field: &str) -> Option<String> {
        let body = self.json()?;
        let reason = crate::text::line(body.get(field)?.as_str()?, 120);
        (!reason.is_empty()).then_some(reason)
    }
}

fn header_map(request: &Outgoing) -> Result<HeaderMap, Outcome> {
    let mut map = HeaderMap::new();
    map.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static(request.content_type));
    for (name, value) in &request.headers {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("a header's name cannot be sent".to_owned()))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| refused(format!("the value of the header {name} cannot be sent")))?;
        value.set_sensitive(true);
        map.insert(header, value);
    }
    Ok(map)
}

pub(crate) fn retry_after(value: &HeaderValue, now_ms: i64) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let wanted = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let now = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).ok()?);
            httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
        }
    };
    Some(wanted.min(RETRY_AFTER_MAX))
}

/// The errors of the client name the address, which may be a secret: only their kind is told.
fn unanswered(error: reqwest::Error) -> Outcome {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut is_unresolved = false;
    while let Some(current) = cause {
        if let Some(forbidden) = current.downcast_ref::<Forbidden>() {
            return refused(forbidden.to_string());
        }
        is_unresolved |= matches!(current.downcast_ref::<GateError>(), Some(GateError::Unresolved));
        cause = current.source();
    }
    let error = match () {
        () if error.is_timeout() => "the receiver did not answer in time",
        () if is_unresolved => "the host's name cannot be resolved",
        () if error.is_connect() => "no connection to the receiver",
        () if error.is_builder() => return refused("the request cannot be built".to_owned()),
        () => "the connection broke before an answer came",
    };
    Outcome::Retry { after: None, error: error.to_owned(), status: None }
}

pub(crate) const fn refused(error: String) -> Outcome {
    Outcome::Refused { error, status: None }
}

/// Hands checked addresses to the client, and nothing else.
#[derive(Debug)]
struct CheckedResolver(Gate);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.0.clone();
        Box::pin(async move {
            let addresses = gate.resolve(name.as_str()).await.map_err(
                |error| -> Box<dyn std::error::Error + Send + Sync> {
                    match error {
                        GateError::Forbidden(forbidden) => Box::new(forbidden),
                        GateError::Unresolved => Box::new(error),
                    }
                },
            )?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| (address, 0).into()));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let now_ms = 784_111_777_000; // 1994-11-06 08:49:37, the date in RFC 9110's example.
        let cases = [
            ("7", Some(7)),
            (" 120 ", Some(120)),
            ("99999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Fri, 06 Nov 2099 08:50:07 GMT", Some(86_400)),
            ("soon", None),
            ("-3", None),
        ];
        for (value, expected) in cases {
            let found = retry_after(&HeaderValue::from_static(value), now_ms);
            assert_eq!(found, expected.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn only_web_addresses_without_users() {
        for url in ["https://a.example/x", "http://127.0.0.1:1/"] {
            assert!(web_url(url).is_ok(), "{url}");
        }
        for url in [
            "ftp://a.example",
            "file:///etc/passwd",
            "gopher://x",
            "https://u:p@a.example",
            "https://u@a.example",
            "a",
            "",
        ] {
            assert!(web_url(url).is_err(), "{url}");
        }
    }
}
