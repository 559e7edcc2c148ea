//! A receiver of webhooks that keeps what came and misbehaves as told.

use hawkeye_model::{Clock, SystemClock, Timestamp};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// One message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Timestamp,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The notification's id, the same for all attempts.
    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id").expect("an id")
    }

    /// Alerts in it as (fingerprint, status).
    pub(crate) fn alerts(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let json = self.json();
        let alerts = json["alerts"].as_array().expect("alerts");
        alerts.iter().map(|alert| (text(&alert["labels"]["instance"]), text(&alert["status"]))).collect()
    }
}

/// What to do with a message.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Status(u16),
    /// With a header.
    With(u16, &'static str, String),
    /// Ends the connection without an answer.
    HangUp,
    /// Answers when the sink is let go, or never.
    Hold,
}

type Behaviour = dyn FnMut(&Got) -> Reply + Send;

pub(crate) struct Sink {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    got: Mutex<Vec<Got>>,
    came: Condvar,
    behaviour: Mutex<Box<Behaviour>>,
    is_let_go: Mutex<bool>,
    let_go: Condvar,
}

impl Sink {
    pub(crate) fn new() -> Self {
        Self::with(|_| Reply::Status(200))
    }

    pub(crate) fn with(behaviour: impl FnMut(&Got) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            got: Mutex::default(),
            came: Condvar::new(),
            behaviour: Mutex::new(Box::new(behaviour)),
            is_let_go: Mutex::new(false),
            let_go: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        Self { url, shared }
    }

    pub(crate) fn behave(&self, behaviour: impl FnMut(&Got) -> Reply + Send + 'static) {
        *lock(&self.shared.behaviour) = Box::new(behaviour);
    }

    /// Lets messages that are held be answered.
    pub(crate) fn let_go(&self) {
        *lock(&self.shared.is_let_go) = true;
        self.shared.let_go.notify_all();
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        lock(&self.shared.got).clone()
    }

    /// Waits until what came pleases. The runner's timeout ends a wait that never does.
    pub(crate) fn wait_until(&self, pleases: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        let mut got = lock(&self.shared.got);
        while !pleases(&got) {
            got = self.shared.came.wait(got).unwrap_or_else(PoisonError::into_inner);
        }
        got.clone()
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("clones"));
        while let Some(got) = read(&mut reader) {
            let reply = (lock(&self.behaviour))(&got);
            lock(&self.got).push(got);
            self.came.notify_all();
            let (status, header) = match reply {
                Reply::Status(status) => (status, String::new()),
                Reply::With(status, name, value) => (status, format!("{name}: {value}\r\n")),
                Reply::HangUp => {
                    drop(stream.shutdown(Shutdown::Both));
                    return;
                }
                Reply::Hold => {
                    let mut is_let_go = lock(&self.is_let_go);
                    while !*is_let_go {
                        is_let_go = self.let_go.wait(is_let_go).unwrap_or_else(PoisonError::into_inner);
                    }
                    (200, String::new())
                }
            };
            let answer = format!("HTTP/1.1 {status} Said\r\n{header}content-length: 2\r\n\r\nok");
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Got> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse());
    let mut body = vec![0; length.and_then(Result::ok).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Got { headers, body, at: SystemClock.now() })
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
