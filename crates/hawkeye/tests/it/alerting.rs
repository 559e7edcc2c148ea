//! Alerts from outside through the whole server to a sink that misbehaves: nothing lost, nothing told twice without
//! the same id.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

use hawkeye_model::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::harness::{Server, folder};
use crate::sink::{Got, Reply, Sink};

/// Sinks are on this machine.
pub(crate) const LOCAL: (&str, &str) = ("HAWKEYE_ALERTING__NETWORKS_ALLOWED", "127.0.0.0/8");

pub(crate) fn start(folder: &Path) -> Server {
    Server::start_with(folder, &[LOCAL, ("HAWKEYE_LOG__LEVEL", "error")])
}

/// A webhook channel.
pub(crate) fn webhook(server: &Server, id: &str, url: &str) {
    let channel =
        json!({ "id": id, "name": id, "is_enabled": true, "kind": { "type": "webhook", "url": url } });
    let answer = server.put(&format!("/api/v1/channels/{id}"), &json!({ "channel": channel }));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

/// Everything to these channels, grouped by `group_by`, as fast as it may be.
pub(crate) fn route(server: &Server, channels: &[&str], group_by: &[&str], group_interval_s: u32) {
    let mut routing = server.ask("/api/v1/alert-routing");
    routing["route"]["group_by"] = json!(group_by);
    routing["route"]["group_interval_s"] = json!(group_interval_s);
    routing["receivers"][0]["steps"] = json!([{ "after_s": 0, "channels": channels }]);
    put_routing(server, &routing);
}

pub(crate) fn put_routing(server: &Server, routing: &Value) {
    let answer = server.put("/api/v1/alert-routing", routing);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

pub(crate) fn alert(instance: &str, is_over: bool) -> Value {
    let mut alert = json!({ "labels": { "alertname": "Test", "severity": "critical", "instance": instance },
                            "annotations": { "summary": format!("{instance} is down") } });
    if is_over {
        alert["endsAt"] = json!("2020-01-01T00:00:00Z");
    }
    alert
}

pub(crate) fn send(server: &Server, alerts: &[Value]) {
    let body = json!(alerts).to_string();
    let answer = server.post("/api/v2/alerts", "application/json", body.as_bytes());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

/// How often each (instance, status) came, and under which ids.
fn tally(got: &[Got]) -> BTreeMap<(String, String), BTreeMap<String, usize>> {
    let mut tally: BTreeMap<(String, String), BTreeMap<String, usize>> = BTreeMap::new();
    for got in got {
        for alert in got.alerts() {
            *tally.entry(alert).or_default().entry(got.id().to_owned()).or_default() += 1;
        }
    }
    tally
}

#[test]
fn firing_and_resolved_arrive_signed_and_once() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    let channel = json!({ "id": "hook", "name": "Hook", "is_enabled": true,
                          "kind": { "type": "webhook", "url": sink.url } });
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = json!({ "channel": channel, "secrets": { "signing_secret": secret } });
    let answer = server.put("/api/v1/channels/hook", &body);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert!(!String::from_utf8_lossy(&answer.body).contains("MfKQ"), "secrets are never given out");
    route(&server, &["hook"], &["instance"], 1);
    send(&server, &[alert("a", false)]);
    sink.wait_until(|got| got.len() == 1);
    send(&server, &[alert("a", true)]);
    let got = sink.wait_until(|got| got.len() == 2);
    let statuses: Vec<_> = got.iter().flat_map(Got::alerts).collect();
    assert_eq!(statuses, [("a".to_owned(), "firing".to_owned()), ("a".to_owned(), "resolved".to_owned())]);
    assert_ne!(got[0].id(), got[1].id());
    let json = got[0].json();
    for link in ["open_url", "acknowledge_url", "silence_url"] {
        assert!(json[link].as_str().is_some_and(|it| it.starts_with(&server.http)), "{link}: {json}");
    }
    assert!(got[0].header("webhook-signature").is_some_and(|it| it.starts_with("v1,")));
    assert_eq!(got[0].json()["thread"], got[1].json()["thread"]);
}

/// Alerts of a round: more than the messages after which the blow falls.
const POSTED_MAX: u32 = 8;

/// A1. `HAWKEYE_KILLS` sets the number of kills; the bench uses 50.
#[test]
fn a1_nothing_is_lost_over_kills_at_any_point() {
    let kills: u32 = std::env::var("HAWKEYE_KILLS").ok().and_then(|it| it.parse().ok()).unwrap_or(10);
    let (folder, sink) = (folder(), Sink::new());
    {
        let server = start(folder.path());
        webhook(&server, "hook", &sink.url);
        route(&server, &["hook"], &["instance"], 1);
    }
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    // What was acknowledged: the state of each instance, as the sender knows it.
    let mut firing: BTreeSet<u32> = BTreeSet::new();
    let mut transitions: BTreeMap<(u32, bool), u32> = BTreeMap::new();
    let (mut instance, mut killed) = (0, 0);
    for kill in 0..kills {
        let mut server = start(folder.path());
        let pid = server.pid();
        let countdown = Arc::new(AtomicI32::new(1 + next(6) as i32));
        let before_answer = next(2) == 0;
        // Where the blow falls: at the message (before or after the answer), or at the sender's request.
        let at_sink = next(3) > 0;
        if at_sink {
            let countdown = Arc::clone(&countdown);
            sink.behave(move |_| {
                if countdown.fetch_sub(1, Ordering::AcqRel) == 1 {
                    kill_9(pid);
                    return if before_answer { Reply::HangUp } else { Reply::Status(200) };
                }
                Reply::Status(200)
            });
        }
        let (mut is_alive, mut posted) = (true, 0);
        killed += 1;
        while is_alive {
            // No flood: with many waiting, several are under way at once, and a kill repeats each of them.
            if posted == POSTED_MAX {
                while at_sink && countdown.load(Ordering::Acquire) > 0 {
                    std::thread::yield_now();
                }
                if !at_sink {
                    kill_9(pid);
                }
                server.wait();
                break;
            }
            posted += 1;
            let resolves = firing.len() > 3 && next(2) == 0;
            let which = if resolves {
                *firing.iter().nth(next(firing.len() as u64) as usize).expect("some fire")
            } else {
                instance += 1;
                instance
            };
            if !at_sink && countdown.fetch_sub(1, Ordering::AcqRel) == 1 {
                kill_9(pid);
            }
            let body = json!([alert(&format!("i{which}"), resolves)]).to_string();
            let url = format!("{}/api/v2/alerts", server.http);
            // As Prometheus would, the sender repeats until it is acknowledged, also over the restart.
            let is_sent = server
                .try_post_to(&url, &[("content-type", "application/json")], body.as_bytes())
                .is_ok_and(|answer| answer.status == 200);
            is_alive = is_sent;
            if !is_sent {
                server.wait();
                let again = start(folder.path());
                sink.behave(|_| Reply::Status(200));
                send(&again, &[alert(&format!("i{which}"), resolves)]);
                again.kill();
                killed += 1;
            }
            if resolves {
                firing.remove(&which);
            } else {
                firing.insert(which);
            }
            *transitions.entry((which, resolves)).or_default() += 1;
        }
        sink.behave(|_| Reply::Status(200));
        drop(server);
        assert!(kill < kills);
    }
    let server = start(folder.path());
    let all: Vec<u32> = firing.iter().copied().collect();
    for which in all {
        send(&server, &[alert(&format!("i{which}"), true)]);
        *transitions.entry((which, true)).or_default() += 1;
    }
    // A pair that was over before it could be told at all may be missing; everything that was told to fire must end.
    server.ask_until("/api/v1/alerting/status", |status| status["waiting"] == 0 && status["firing"] == 0);
    let told: BTreeSet<String> = tally(&sink.got())
        .into_keys()
        .filter(|(_, status)| status == "firing")
        .map(|(instance, _)| instance)
        .collect();
    let got = sink.wait_until(|got| {
        let over: BTreeSet<String> = tally(got)
            .into_keys()
            .filter(|(_, status)| status == "resolved")
            .map(|(instance, _)| instance)
            .collect();
        told.is_subset(&over)
    });
    let tally = tally(&got);
    for (which, _) in transitions.keys().filter(|(_, is_over)| !is_over) {
        assert!(told.contains(&format!("i{which}")), "i{which} was never told");
    }
    let (mut attempts, mut distinct) = (0, 0);
    for ((instance, status), ids) in &tally {
        // A group of one, whose intervals are told once: one id for each transition.
        assert_eq!(ids.len(), 1, "{instance} {status}: {ids:?}");
        distinct += ids.len();
        attempts += ids.values().sum::<usize>();
    }
    let duplicates = attempts - distinct;
    assert!(duplicates <= killed, "{duplicates} duplicates of {killed} kills");
    println!(
        "{killed} kills, {distinct} transitions, {duplicates} sent again with the same id, none missing"
    );
}

fn kill_9(pid: u32) {
    let kill = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(kill.expect("kill exists").success());
}

/// A3 in one go: each answer of a sink leads to what it should.
#[test]
fn a3_answers_are_understood() {
    let folder = folder();
    let server = start(folder.path());
    let attempts = |first: Reply| {
        let count = AtomicUsize::new(0);
        Sink::with(move |_| match count.fetch_add(1, Ordering::AcqRel) {
            0 => first.clone(),
            _ => Reply::Status(200),
        })
    };
    let fine = Sink::new();
    let failing = attempts(Reply::Status(500));
    let busy = attempts(Reply::With(429, "retry-after", "7".into()));
    let hanging_up = attempts(Reply::HangUp);
    let gone = Sink::with(|_| Reply::Status(410));
    let elsewhere = Sink::new();
    let target = elsewhere.url.clone();
    let redirecting = Sink::with(move |_| Reply::With(302, "location", target.clone()));
    let refusing = Sink::with(|_| Reply::Status(400));
    let sinks = [
        ("fine", &fine),
        ("failing", &failing),
        ("busy", &busy),
        ("hanging-up", &hanging_up),
        ("gone", &gone),
        ("redirecting", &redirecting),
        ("refusing", &refusing),
    ];
    for (id, sink) in sinks {
        webhook(&server, id, &sink.url);
    }
    route(&server, &sinks.map(|(id, _)| id), &["instance"], 60);
    send(&server, &[alert("a", false)]);
    let is_it = |got: &&Got| got.json()["reason"] == "first";
    let firsts = |sink: &Sink, n: usize| {
        let got = sink.wait_until(|got| got.iter().filter(is_it).count() >= n);
        got.into_iter().filter(|got| is_it(&got)).collect::<Vec<_>>()
    };
    assert_eq!(firsts(&fine, 1).len(), 1);
    for sink in [&failing, &hanging_up, &busy] {
        let got = firsts(sink, 2);
        assert_eq!(got[0].id(), got[1].id(), "the same id again");
    }
    let got = firsts(&busy, 2);
    let waited = got[1].at.since(got[0].at);
    assert!(waited >= Duration::from_secs(7), "{waited:?}");
    let dead = server.ask_until("/api/v1/notifications?state=dead", |page| {
        page["items"].as_array().is_some_and(|items| items.len() >= 3)
    });
    let mut channels: Vec<_> = dead["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|it| it["channel"].as_str().expect("an id"))
        .collect();
    channels.sort_unstable();
    channels.dedup();
    assert_eq!(channels, ["gone", "redirecting", "refusing"]);
    assert!(elsewhere.got().is_empty(), "redirects are not followed");
    let all = server.ask("/api/v1/channels");
    let disabled =
        all["items"].as_array().expect("items").iter().filter(|it| !it["disabled_reason"].is_null());
    assert_eq!(disabled.map(|it| it["channel"]["id"].as_str().expect("an id")).collect::<Vec<_>>(), ["gone"]);
    // What is lost is told on the others.
    fine.wait_until(|got| got.iter().filter(|got| got.json()["reason"] == "dead_letter").count() >= 3);
}

/// A4: a sink that never answers holds up nobody else.
#[test]
fn a4_a_slow_sink_holds_up_only_itself() {
    let folder = folder();
    let server = start(folder.path());
    let (slow, quick) = (Sink::with(|_| Reply::Hold), Sink::new());
    webhook(&server, "slow", &slow.url);
    webhook(&server, "quick", &quick.url);
    route(&server, &["slow", "quick"], &["instance"], 60);
    let alerts: Vec<Value> = (0..1_000).map(|n| alert(&format!("i{n}"), false)).collect();
    let begun = SystemClock.now();
    send(&server, &alerts);
    let got = quick.wait_until(|got| got.len() >= 1_000);
    let mut delays: Vec<Duration> = got.iter().map(|got| got.at.since(begun)).collect();
    delays.sort_unstable();
    println!("p99 of the quick sink: {:?}", delays[990]);
    assert_eq!(tally(&got).len(), 1_000);
    assert!(slow.got().len() <= 4, "at most four at once: {}", slow.got().len());
    slow.let_go();
}

/// A5 and A6: what ends while Hawkeye is down is told afterwards; a silence is still there.
#[test]
fn a5_a6_resolved_and_silences_survive() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    route(&server, &["hook"], &["instance"], 1);
    send(&server, &[alert("a", false), alert("hidden", false)]);
    sink.wait_until(|got| got.len() >= 2);
    let now_ms = SystemClock.now().millis();
    let silence = json!({ "matchers": ["instance=hidden"], "starts_ms": now_ms, "ends_ms": now_ms + 3_600_000,
                          "created_by": "ann", "comment": "known" });
    let made = server.tell("/api/v1/silences", &silence);
    server.kill();
    let server = start(folder.path());
    let silences = server.ask("/api/v1/silences");
    assert_eq!(silences["items"][0]["id"], made["id"]);
    send(&server, &[alert("a", true), alert("hidden", true)]);
    let got = sink.wait_until(|got| got.len() >= 3);
    assert_eq!(got[2].alerts(), [("a".to_owned(), "resolved".to_owned())]);
    // With the silence gone, that the other is over is told, too.
    let id = made["id"].as_str().expect("an id");
    assert!(server.delete(&format!("/api/v1/silences/{id}")).status < 300);
    let got = sink.wait_until(|got| got.len() >= 4);
    assert_eq!(got[3].alerts(), [("hidden".to_owned(), "resolved".to_owned())]);
}

/// A7: five thousand at once are one notification, and all are listed.
#[test]
fn a7_a_storm_is_one_notification() {
    let (folder, sink) = (folder(), Sink::new());
    let server = start(folder.path());
    webhook(&server, "hook", &sink.url);
    route(&server, &["hook"], &["alertname"], 300);
    let alerts: Vec<Value> = (0..5_000).map(|n| alert(&format!("i{n}"), false)).collect();
    send(&server, &alerts);
    let got = sink.wait_until(|got| !got.is_empty());
    assert_eq!(got[0].json()["firing_total"], 5_000);
    assert!(got[0].body.len() < 200_000, "{} bytes", got[0].body.len());
    // Another one after it proves that nothing else was on its way.
    let mut other = alert("other", false);
    other["labels"]["alertname"] = json!("Other");
    send(&server, &[other]);
    let got = sink.wait_until(|got| got.len() >= 2);
    assert_eq!((got.len(), &got[1].alerts()[0].0[..]), (2, "other"));
    let counts = server.ask("/api/v1/alerts?limit=1")["counts"].clone();
    assert_eq!(counts["firing"], 5_001, "{counts}");
}

/// A11: the sign of life stops when no requests come.
#[test]
fn a11_no_heartbeat_without_progress() {
    let (folder, sink) = (folder(), Sink::new());
    let variables =
        [LOCAL, ("HAWKEYE_ALERTING__HEARTBEAT_URL", sink.url.as_str()), ("HAWKEYE_LOG__LEVEL", "error")];
    let server = Server::start_with(folder.path(), &variables);
    let status = server.ask_until("/api/v1/alerting/status", |it| !it["heartbeat"]["blocked_by"].is_null());
    assert_eq!(status["heartbeat"]["blocked_by"], "no requests arrive");
    assert!(sink.got().is_empty());
}

/// A page of another site can make a browser send, but not be obeyed.
#[test]
fn what_another_site_sends_is_refused() {
    let folder = folder();
    let server = start(folder.path());
    let url = format!("{}/api/v2/alerts", server.http);
    let body = json!([alert("a", false)]).to_string();
    let json = ("content-type", "application/json");
    let foreign = server.post_to(&url, &[json, ("origin", "https://evil.example")], body.as_bytes());
    assert_eq!((foreign.status, foreign.json()["code"].as_str()), (403, Some("cross_site")));
    let own = server.post_to(&url, &[json, ("origin", &server.http)], body.as_bytes());
    assert_eq!(own.status, 200);
}
