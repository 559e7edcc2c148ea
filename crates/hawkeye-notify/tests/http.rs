//! What becomes of a notification when the receiver misbehaves (RELIABILITY's A3), and that only checked addresses are called.
#![allow(clippy::unwrap_used, reason = "tests")]

mod sink;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hawkeye_notify::{ChannelKind, Lookup, Notifier, NotifyConfig, Outcome, Reason, Secrets, Status};
use sink::{HttpSink, NOW_MS, channel, config, notification, notifier, secrets, webhook};

async fn post(notifier: &Notifier, url: String) -> Outcome {
    notifier.deliver(&webhook(url), &Secrets::new(), &notification(), None, NOW_MS).await
}

#[tokio::test]
async fn statuses_become_outcomes() {
    let (sink, url) = HttpSink::start().await;
    let cases = [
        ("status/200", "delivered"),
        ("status/202", "delivered"),
        ("status/204", "delivered"),
        ("status/304", "refused"),
        ("redirect/", "refused"),
        ("status/400", "refused"),
        ("status/401", "refused"),
        ("status/404", "refused"),
        ("status/408", "retry"),
        ("status/410", "gone"),
        ("status/413", "refused"),
        ("status/425", "retry"),
        ("status/429", "retry"),
        ("status/500", "retry"),
        ("status/503", "retry"),
    ];
    let notifier = notifier();
    for (path, expected) in cases {
        let outcome = post(&notifier, format!("{url}/{path}")).await;
        assert_eq!(outcome.as_str(), expected, "{path}: {outcome:?}");
        assert!(outcome.status().is_some(), "{path}");
    }
    // A redirect is an answer, not a way on.
    assert_eq!(sink.take().len(), cases.len());
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_told() {
    let (_sink, url) = HttpSink::start().await;
    for (asked, expected) in [("7", 7), ("Tue, 24 Nov 2026 10:22:04 GMT", 60), ("900000", 86_400)] {
        let outcome = post(&notifier(), format!("{url}/later/{}", asked.replace(' ', "%20"))).await;
        let Outcome::Retry { after, status, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!((after, status), (Some(Duration::from_secs(expected)), Some(429)));
    }
}

#[tokio::test]
async fn silence_and_closed_ports_are_tried_again() {
    let (_sink, url) = HttpSink::start().await;
    let hasty = Notifier::new(NotifyConfig { timeout: Duration::from_millis(200), ..config() }).unwrap();
    let outcome = post(&hasty, format!("{url}/silent/CANARY")).await;
    assert_eq!((outcome.as_str(), outcome.error()), ("retry", Some("the receiver did not answer in time")));

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let outcome = post(&notifier(), format!("http://{closed}/CANARY")).await;
    assert_eq!((outcome.as_str(), outcome.error()), ("retry", Some("no connection to the receiver")));
}

#[tokio::test]
async fn bodies_without_end_are_not_waited_for() {
    let (_sink, url) = HttpSink::start().await;
    assert_eq!(post(&notifier(), format!("{url}/huge/")).await.as_str(), "delivered");
    let hasty = Notifier::new(NotifyConfig { timeout: Duration::from_secs(1), ..config() }).unwrap();
    assert_eq!(post(&hasty, format!("{url}/stuck/")).await.as_str(), "delivered");
}

/// No address of ours is reached by any spelling, unless the configuration says so.
#[tokio::test]
async fn local_addresses_are_refused_in_every_spelling() {
    let (sink, url) = HttpSink::start().await;
    let port = url.rsplit(':').next().unwrap().to_owned();
    let closed = Notifier::new(NotifyConfig { networks_allowed: Vec::new(), ..config() }).unwrap();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127.0.0.2",
        "127.255.255.254",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "①②⑦.0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "169.254.169.254.",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::169.254.169.254]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "[fe80::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "192.0.0.192",
        "[2001:db8::1]",
        "[fec0::1]",
        "[2606:4700::5efe:7f00:1]",
        "[100::1]",
        "0.1.2.3",
    ];
    for host in hosts {
        let outcome = post(&closed, format!("http://{host}:{port}/")).await;
        assert_eq!(outcome.as_str(), "refused", "{host}: {outcome:?}");
    }
    let forms = [
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://u:p@a.example:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
        "http://".to_owned(),
        "//127.0.0.1/".to_owned(),
    ];
    for form in forms {
        assert_eq!(post(&closed, form.clone()).await.as_str(), "refused", "{form}");
    }
    assert!(sink.take().is_empty());
}

/// Answers differently each time it is asked.
#[derive(Debug)]
struct Rebinding {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Lookup for Rebinding {
    fn lookup(&self, _: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.get(turn).cloned().ok_or_else(|| io::Error::other("no such name"));
        Box::pin(async move { answer })
    }
}

fn rebinding(answers: &[&[&str]]) -> (Notifier, Arc<Rebinding>) {
    let answers = answers.iter().map(|a| a.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
    let lookup = Arc::new(Rebinding { answers, asked: AtomicUsize::new(0) });
    let config = NotifyConfig { networks_allowed: vec!["127.0.0.1/32".parse().unwrap()], ..config() };
    (Notifier::with_lookup(config, Arc::clone(&lookup) as Arc<dyn Lookup>).unwrap(), lookup)
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_called() {
    let (sink, url) = HttpSink::start().await;
    let port = url.rsplit(':').next().unwrap();
    let (notifier, lookup) = rebinding(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1", "10.0.0.1"], &[]]);
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        outcomes.push(post(&notifier, format!("http://hooks.example:{port}/")).await.as_str());
    }
    assert_eq!(outcomes, ["delivered", "refused", "refused", "retry", "retry"]);
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 5, "one question a message");
    let requests = sink.take();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("host"), format!("hooks.example:{port}"));
}

#[tokio::test]
async fn errors_name_no_secret() {
    let (sink, url) = HttpSink::start().await;
    sink.answer("CANARY-7", "400 invalid_payload");
    sink.answer("discord-CANARY-7", r#"400 {"message": "no such hook CANARY-7-token"}"#);
    let closed = Notifier::new(NotifyConfig { networks_allowed: Vec::new(), ..config() }).unwrap();
    let kinds = [ChannelKind::SlackWebhook {}, ChannelKind::Teams {}, ChannelKind::Discord {}];
    for kind in kinds {
        for path in ["CANARY-7", "discord-CANARY-7", "status/500?CANARY-7", "redirect/CANARY-7"] {
            for notifier in [&closed, &notifier()] {
                let given = secrets(&[("url", &format!("{url}/{path}"))]);
                let outcome =
                    notifier.deliver(&channel(kind.clone()), &given, &notification(), None, NOW_MS).await;
                let text = format!("{outcome:?}");
                assert!(outcome.error().is_some() && !text.contains("127.0.0.1"), "{text}");
                assert!(!text.contains("CANARY-7\"") && !text.contains(&url), "{text}");
            }
        }
        let given = secrets(&[("url", "not-CANARY-a-url")]);
        let outcome = closed.deliver(&channel(kind), &given, &notification(), None, NOW_MS).await;
        assert!(!format!("{outcome:?}").contains("CANARY"), "{outcome:?}");
    }
    let kind = ChannelKind::PagerDuty { api_url: Some(url.clone()) };
    sink.answer("v2/enqueue", r#"400 {"message": "routing key R0UT1NG-CANARY is wrong"}"#);
    let outcome = notifier()
        .deliver(
            &channel(kind),
            &secrets(&[("routing_key", "R0UT1NG-CANARY")]),
            &notification(),
            None,
            NOW_MS,
        )
        .await;
    assert_eq!(
        outcome.error(),
        Some("the receiver does not accept the message (status 400: routing key [secret] is wrong)")
    );
}

#[tokio::test]
async fn a_signed_webhook_arrives_with_its_headers() {
    let (sink, url) = HttpSink::start().await;
    let mut channel = webhook(format!("{url}/hook"));
    if let ChannelKind::Webhook { headers, .. } = &mut channel.kind {
        headers.insert("X-Team".to_owned(), "shop".to_owned());
    }
    let given =
        secrets(&[("signing_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("bearer_token", "tok")]);
    for _ in 0..2 {
        let outcome = notifier().deliver(&channel, &given, &notification(), None, NOW_MS).await;
        assert_eq!(outcome, Outcome::Delivered { status: Some(200), memory: None });
    }
    let requests = sink.take();
    for request in &requests {
        assert_eq!(request.header("webhook-id"), "g1/4/chat");
        assert_eq!(request.header("webhook-timestamp"), "1795515664");
        assert_eq!(request.header("x-team"), "shop");
        assert_eq!(request.header("authorization"), "Bearer tok");
        assert_eq!(request.header("content-type"), "application/json");
        assert!(request.header("user-agent").starts_with("hawkeye/"));
    }
    assert_eq!(requests[0].header("webhook-signature"), requests[1].header("webhook-signature"));
}

#[tokio::test]
async fn slack_writes_once_and_keeps_the_message_up_to_date() {
    let (sink, url) = HttpSink::start().await;
    sink.answer("chat.postMessage", r#"200 {"ok": true, "channel": "C1", "ts": "17.5"}"#);
    sink.answer("chat.update", r#"200 {"ok": true, "channel": "C1", "ts": "17.5"}"#);
    let channel = channel(ChannelKind::Slack { channel: "#alerts".to_owned(), api_url: Some(url) });
    let given = secrets(&[("token", "xoxb-CANARY")]);
    let outcome = notifier().deliver(&channel, &given, &notification(), None, NOW_MS).await;
    assert_eq!(outcome, Outcome::Delivered { status: Some(200), memory: Some("C1 17.5".to_owned()) });
    let first = sink.take();
    assert_eq!((first.len(), first[0].json()["channel"].as_str()), (1, Some("#alerts")));
    assert_eq!(first[0].header("authorization"), "Bearer xoxb-CANARY");

    let mut escalation = notification();
    escalation.reason = Reason::Escalation;
    let mut resolved = notification();
    (resolved.reason, resolved.status) = (Reason::Resolved, Status::Resolved);
    for (notification, is_broadcast) in [(escalation, true), (resolved, false)] {
        let outcome = notifier().deliver(&channel, &given, &notification, Some("C1 17.5"), NOW_MS).await;
        assert_eq!(outcome, Outcome::Delivered { status: Some(200), memory: Some("C1 17.5".to_owned()) });
        let said = sink.take();
        assert_eq!((said[0].uri.path(), said[0].json()["ts"].as_str()), ("/chat.update", Some("17.5")));
        assert_eq!(
            (said[1].uri.path(), said[1].json()["thread_ts"].as_str()),
            ("/chat.postMessage", Some("17.5"))
        );
        assert_eq!(said[1].json()["reply_broadcast"], is_broadcast);
    }

    sink.answer("chat.update", r#"200 {"ok": false, "error": "message_not_found"}"#);
    let outcome = notifier().deliver(&channel, &given, &notification(), Some("C1 9.9"), NOW_MS).await;
    assert_eq!(outcome, Outcome::Delivered { status: Some(200), memory: Some("C1 17.5".to_owned()) });
}

#[tokio::test]
async fn slacks_errors_become_outcomes() {
    let (sink, url) = HttpSink::start().await;
    let bot = channel(ChannelKind::Slack { channel: "C1".to_owned(), api_url: Some(url.clone()) });
    let cases = [
        ("200 {\"ok\":false,\"error\":\"ratelimited\"}", "retry"),
        ("200 {\"ok\":false,\"error\":\"internal_error\"}", "retry"),
        ("200 {\"ok\":false,\"error\":\"channel_not_found\"}", "refused"),
        ("200 {\"ok\":false,\"error\":\"invalid_auth\"}", "refused"),
        ("200 {\"ok\":false,\"error\":\"token_revoked\"}", "gone"),
        ("200 {\"ok\":false,\"error\":\"<script> 1\"}", "retry"),
        ("200 <html>", "retry"),
        ("429 {\"ok\":false,\"error\":\"ratelimited\"}", "retry"),
        ("503 down", "retry"),
    ];
    for (answer, expected) in cases {
        sink.answer("chat.postMessage", answer);
        let outcome =
            notifier().deliver(&bot, &secrets(&[("token", "x")]), &notification(), None, NOW_MS).await;
        assert_eq!(outcome.as_str(), expected, "{answer}: {outcome:?}");
    }
    let hook = channel(ChannelKind::SlackWebhook {});
    for (answer, expected) in [
        ("400 invalid_payload", "refused"),
        ("403 action_prohibited", "refused"),
        ("404 no_service", "gone"),
        ("410 channel_is_archived", "gone"),
        ("500 rollup_error", "retry"),
        ("429 rate_limited", "retry"),
        ("200 ok", "delivered"),
    ] {
        sink.answer("hook", answer);
        let given = secrets(&[("url", &format!("{url}/hook"))]);
        let outcome = notifier().deliver(&hook, &given, &notification(), None, NOW_MS).await;
        assert_eq!(outcome.as_str(), expected, "{answer}: {outcome:?}");
    }
}

#[tokio::test]
async fn services_are_called_where_they_are() {
    let (sink, url) = HttpSink::start().await;
    let api_url = Some(url.clone());
    let cases = [
        (
            ChannelKind::PagerDuty { api_url: api_url.clone() },
            secrets(&[("routing_key", "k")]),
            "/v2/enqueue",
        ),
        (ChannelKind::Opsgenie { api_url }, secrets(&[("api_key", "k")]), "/v2/alerts"),
        (ChannelKind::Alertmanager { url: url.clone() }, Secrets::new(), "/api/v2/alerts"),
        (ChannelKind::Teams {}, secrets(&[("url", &format!("{url}/teams"))]), "/teams"),
        (ChannelKind::Discord {}, secrets(&[("url", &format!("{url}/discord"))]), "/discord"),
    ];
    for (kind, given, path) in cases {
        let outcome = notifier().deliver(&channel(kind), &given, &notification(), None, NOW_MS).await;
        assert_eq!(outcome.as_str(), "delivered", "{path}");
        assert_eq!(sink.take()[0].uri.path(), path);
    }
    assert_eq!(notifier().heartbeat(&format!("{url}/beat"), NOW_MS).await.as_str(), "delivered");
    assert_eq!(sink.take()[0].uri.path(), "/beat");
}

#[tokio::test]
async fn wrong_channels_are_refused_before_anything_is_sent() {
    let (sink, url) = HttpSink::start().await;
    let given = secrets(&[("surprise", "x")]);
    let outcome = notifier().deliver(&webhook(url), &given, &notification(), None, NOW_MS).await;
    assert_eq!(outcome.error(), Some("secrets.surprise: is no secret of this kind of channel"));
    let outcome = notifier()
        .deliver(&channel(ChannelKind::Teams {}), &Secrets::new(), &notification(), None, NOW_MS)
        .await;
    assert_eq!(outcome.error(), Some("secrets.url: is needed"));
    assert!(sink.take().is_empty());
}

#[tokio::test]
async fn a_deleted_discord_webhook_is_gone() {
    let (sink, url) = HttpSink::start().await;
    sink.answer("hook", r#"404 {"message": "Unknown Webhook", "code": 10015}"#);
    let given = secrets(&[("url", &format!("{url}/hook"))]);
    let channel = channel(ChannelKind::Discord {});
    let outcome = notifier().deliver(&channel, &given, &notification(), None, NOW_MS).await;
    assert_eq!((outcome.as_str(), outcome.status()), ("gone", Some(404)));
}
