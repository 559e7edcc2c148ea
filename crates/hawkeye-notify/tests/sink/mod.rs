//! A receiver that misbehaves on demand, and a mail server that says what it is told to. Both on loopback.
#![allow(dead_code, clippy::unwrap_used, reason = "tests; each program uses its part")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use hawkeye_notify::{
    AlertContent, Channel, ChannelKind, Notification, Notifier, NotifyConfig, Reason, Secrets, Severity,
    Status,
};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// 2026-11-24 10:21:04 UTC.
pub(crate) const NOW_MS: i64 = 1_795_515_664_000;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// `/status/<code>` answers so; other first segments are the ways to misbehave.
#[derive(Debug, Clone, Default)]
pub(crate) struct HttpSink {
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
    /// Bodies to answer with, by path; else `ok`.
    pub(crate) answers: Arc<Mutex<BTreeMap<String, String>>>,
}

impl HttpSink {
    /// The sink and its address, without a slash.
    pub(crate) async fn start() -> (Self, String) {
        let sink = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/", any(answer_root))
            .route("/{*path}", any(answer))
            .with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (sink, url)
    }

    pub(crate) fn answer(&self, path: &str, body: &str) {
        self.answers.lock().unwrap().insert(path.to_owned(), body.to_owned());
    }

    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

async fn answer_root(state: State<HttpSink>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    answer(state, Path(String::new()), uri, headers, body).await
}

async fn answer(
    State(sink): State<HttpSink>,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    sink.requests.lock().unwrap().push(Request { uri, headers, body });
    if let Some(body) = sink.answers.lock().unwrap().get(&path) {
        let (status, body) = body.split_once(' ').unwrap();
        return (StatusCode::from_u16(status.parse().unwrap()).unwrap(), body.to_owned()).into_response();
    }
    match path.split_once('/').unwrap_or((&path, "")) {
        ("status", code) => StatusCode::from_u16(code.parse().unwrap()).unwrap().into_response(),
        ("later", seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_owned())]).into_response()
        }
        ("redirect", _) => (StatusCode::FOUND, [("location", "/status/200")]).into_response(),
        ("silent", _) => std::future::pending().await,
        ("huge", _) => Body::from_stream(endless()).into_response(),
        ("stuck", _) => {
            let stuck = futures::stream::pending::<Result<Bytes, std::io::Error>>();
            Body::from_stream(stuck).into_response()
        }
        _ => "ok".into_response(),
    }
}

/// A body without an end.
fn endless() -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> {
    futures::stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 16_384])))
}

/// Says hello, takes mails, and answers a verb as told.
#[derive(Debug, Clone, Default)]
pub(crate) struct SmtpSink {
    pub(crate) lines: Arc<Mutex<Vec<String>>>,
    /// Verb or whole line to answer.
    pub(crate) answers: Arc<Mutex<BTreeMap<String, String>>>,
}

impl SmtpSink {
    pub(crate) async fn start(answers: &[(&str, &str)]) -> (Self, u16) {
        let sink = Self::default();
        for (verb, answer) in answers {
            sink.answers.lock().unwrap().insert((*verb).to_owned(), (*answer).to_owned());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.converse(stream).await;
            }
        });
        (sink, port)
    }

    pub(crate) async fn converse(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let hello = self.answer_to("CONNECT").unwrap_or_else(|| "220 sink".to_owned());
        if stream.write_all(format!("{hello}\r\n").as_bytes()).await.is_ok() {
            self.listen(stream).await;
        }
    }

    /// From the first command on.
    pub(crate) async fn listen(&self, stream: impl AsyncRead + AsyncWrite) {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = BufReader::new(reader).lines();
        let mut is_mail = false;
        while let Ok(Some(line)) = reader.next_line().await {
            self.lines.lock().unwrap().push(line.clone());
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                _ if is_mail && line != "." => continue,
                _ if is_mail => {
                    is_mail = false;
                    self.answer_to("END").unwrap_or_else(|| "250 taken".to_owned())
                }
                verb => {
                    let told = self.answer_to(&line).or_else(|| self.answer_to(verb));
                    is_mail = verb == "DATA" && told.is_none();
                    told.unwrap_or_else(|| {
                        match verb {
                            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
                            "DATA" => "354 go on",
                            "QUIT" => "221 bye",
                            _ => "250 ok",
                        }
                        .to_owned()
                    })
                }
            };
            if writer.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn answer_to(&self, verb: &str) -> Option<String> {
        self.answers.lock().unwrap().get(verb).cloned()
    }

    pub(crate) fn said(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

/// Calls loopback only, and does not wait long.
pub(crate) fn notifier() -> Notifier {
    Notifier::new(config()).unwrap()
}

pub(crate) fn config() -> NotifyConfig {
    NotifyConfig {
        networks_allowed: vec!["127.0.0.0/8".parse().unwrap()],
        timeout: Duration::from_secs(10),
        public_url: "https://hawkeye.example".to_owned(),
        ..NotifyConfig::default()
    }
}

pub(crate) fn channel(kind: ChannelKind) -> Channel {
    Channel { id: "a-channel".to_owned(), name: "A channel".to_owned(), is_enabled: true, kind }
}

/// A generic webhook.
pub(crate) fn webhook(url: String) -> Channel {
    let kind = serde_json::json!({"type": "webhook", "url": url});
    channel(serde_json::from_value(kind).unwrap())
}

pub(crate) fn secrets(pairs: &[(&str, &str)]) -> Secrets {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn notification() -> Notification {
    Notification {
        key: "g1/4/chat".to_owned(),
        thread: "g1/run/2".to_owned(),
        status: Status::Firing,
        reason: Reason::First,
        severity: Severity::Critical,
        title: "POST /orders is slow in production".to_owned(),
        receiver: "critical".to_owned(),
        step: 0,
        why: vec!["The route default > critical matched.".to_owned()],
        group_labels: BTreeMap::new(),
        common_labels: BTreeMap::new(),
        common_annotations: BTreeMap::new(),
        alerts: vec![AlertContent {
            id: "17".to_owned(),
            fingerprint: "00c0ffee".to_owned(),
            transition: 1,
            status: Status::Firing,
            severity: Severity::Critical,
            name: "LatencyHigh".to_owned(),
            summary: "POST /orders answers in 900 ms".to_owned(),
            description: None,
            labels: [("endpoint".to_owned(), "POST /orders".to_owned())].into(),
            annotations: BTreeMap::new(),
            starts_ms: NOW_MS - 600_000,
            ends_ms: None,
            runbook_url: None,
            url: "https://hawkeye.example/alerts/17".to_owned(),
            chart: None,
        }],
        firing_total: 1,
        resolved_total: 0,
        created_ms: NOW_MS,
        open_url: "https://hawkeye.example/alerts".to_owned(),
        acknowledge_url: None,
        silence_url: None,
        dataset: "live".to_owned(),
    }
}
