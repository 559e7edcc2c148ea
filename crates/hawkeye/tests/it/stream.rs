//! The live stream.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::harness::{Server, folder};

/// An open stream.
pub(crate) struct Events(BufReader<ureq::BodyReader<'static>>);

#[derive(Debug)]
pub(crate) struct Event {
    name: String,
    id: String,
    pub(crate) data: Value,
}

impl Events {
    pub(crate) fn open(server: &Server, query: &str, last_event_id: Option<&str>) -> Self {
        let request = ureq::get(format!("{}/api/v1/stream?{query}", server.http));
        let request = match last_event_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        let (parts, body) = request.call().expect("a stream").into_parts();
        assert_eq!(parts.headers["content-type"], "text/event-stream");
        Self(BufReader::new(body.into_reader()))
    }

    /// The next event of this name that pleases.
    pub(crate) fn next(&mut self, name: &str, pleases: impl Fn(&Value) -> bool) -> Event {
        loop {
            let event = self.read();
            if event.name == name && pleases(&event.data) {
                return event;
            }
        }
    }

    fn read(&mut self) -> Event {
        let mut event = Event { name: String::new(), id: String::new(), data: Value::Null };
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).expect("readable") > 0, "the stream ended");
            match line.trim_end().split_once(": ") {
                Some(("event", name)) => event.name = name.into(),
                Some(("id", id)) => event.id = id.into(),
                Some(("data", data)) => event.data = serde_json::from_str(data).expect("JSON"),
                _ if line == "\n" && !event.name.is_empty() => return event,
                _ => {}
            }
        }
    }
}

fn requests(service: &str, n: u64) -> Value {
    let request = |n: u64| json!({ "service": service, "route": format!("/{n}"), "duration_ms": n });
    (0..n).map(request).collect()
}

fn routes(event: &Event) -> Vec<&str> {
    let items = event.data["items"].as_array().expect("items");
    items.iter().map(|item| item["endpoint"]["route"].as_str().expect("a route")).collect()
}

#[test]
fn new_requests_and_their_sums_arrive() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut events = Events::open(&server, "topics=rollups,requests&step=1h", None);
    events.next("hello", |data| data["now_ms"].as_i64().is_some());
    server.post_requests(&requests("live", 3));
    let tail = events.next("requests", |data| data["matched"] == 3);
    assert_eq!(routes(&tail), ["/0", "/1", "/2"]);
    let rollup = events.next("rollup", |data| {
        data["groups"][0]["requests"].as_array().is_some_and(|steps| steps.iter().any(|step| *step == 3))
    });
    assert_eq!((&rollup.data["step_ms"], &rollup.data["n"]), (&json!(3_600_000), &json!(2)));
}

#[test]
fn filters_work_on_the_server() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut events = Events::open(&server, "topics=requests&service=wanted", None);
    events.next("hello", |_| true);
    server.post_requests(&requests("other", 5));
    server.post_requests(&requests("wanted", 1));
    let tail = events.next("requests", |data| data["matched"] != 0);
    assert_eq!(tail.data["items"][0]["endpoint"]["service"], "wanted");
}

#[test]
fn a_broken_connection_continues_where_it_stopped() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut events = Events::open(&server, "topics=requests", None);
    events.next("hello", |_| true);
    server.post_requests(&requests("first", 1));
    let id = events.next("requests", |data| data["matched"] == 1).id;
    drop(events);
    server.post_requests(&requests("meanwhile", 2));
    let mut events = Events::open(&server, "topics=requests", Some(&id));
    let tail = events.next("requests", |data| data["matched"] != 0);
    assert_eq!(tail.data["matched"], 2);
    assert_eq!(tail.data["items"][0]["endpoint"]["service"], "meanwhile");
}

#[test]
fn many_requests_are_counted_and_some_shown() {
    let folder = folder();
    let server = Server::start(folder.path());
    let mut events = Events::open(&server, "topics=requests", None);
    events.next("hello", |_| true);
    server.post_requests(&requests("busy", 300));
    let tail = events.next("requests", |data| data["matched"] == 300);
    assert_eq!((&tail.data["shown"], routes(&tail).len()), (&json!(50), 50));
}
