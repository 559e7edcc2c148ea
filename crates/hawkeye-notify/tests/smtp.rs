//! A mail's way to a server, and what the server's answers mean.
#![allow(clippy::unwrap_used, reason = "tests")]

mod sink;

use std::time::Duration;

use hawkeye_notify::{ChannelKind, Chart, Notifier, NotifyConfig, Outcome, Secrets, SmtpSecurity};
use sink::{NOW_MS, SmtpSink, channel, config, notification, notifier, secrets};

fn mail(port: u16, security: SmtpSecurity) -> ChannelKind {
    ChannelKind::Email {
        smtp_host: "127.0.0.1".to_owned(),
        smtp_port: port,
        security,
        username: None,
        from: "Hawkeye <hawkeye@example.com>".to_owned(),
        to: vec!["a@example.com".to_owned(), "B <b@example.com>".to_owned()],
    }
}

async fn send(kind: ChannelKind, given: &Secrets) -> Outcome {
    notifier().deliver(&channel(kind), given, &notification(), None, NOW_MS).await
}

#[tokio::test]
async fn a_mail_arrives() {
    let (sink, port) = SmtpSink::start(&[]).await;
    let mut notification = notification();
    notification.alerts[0].chart = Some(Chart {
        title: "Latency".to_owned(),
        unit: "ms".to_owned(),
        t_ms: vec![0, 60_000, 120_000],
        values: vec![Some(100.0), Some(120.0), Some(900.0)],
        lower: vec![Some(90.0); 3],
        upper: vec![Some(130.0); 3],
        onset_ms: Some(60_000),
    });
    let kind = channel(mail(port, SmtpSecurity::None));
    let outcome = notifier().deliver(&kind, &Secrets::new(), &notification, None, NOW_MS).await;
    assert_eq!(outcome, Outcome::Delivered { status: Some(250), memory: None });
    let said = sink.said();
    for line in [
        "EHLO hawkeye.example",
        "MAIL FROM:<hawkeye@example.com>",
        "RCPT TO:<a@example.com>",
        "RCPT TO:<b@example.com>",
        "DATA",
        "Subject: [critical] POST /orders is slow in production",
        "Date: Tue, 24 Nov 2026 10:21:04 +0000",
        "Auto-Submitted: auto-generated",
        "QUIT",
    ] {
        assert!(said.iter().any(|said| said == line), "{line}: {said:#?}");
    }
    let text = said.join("\n");
    for part in [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "Content-ID: <chart@hawkeye>",
        "image/png",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn answers_become_outcomes() {
    let cases = [
        ("CONNECT", "421 busy", "retry"),
        ("CONNECT", "554 not you", "refused"),
        ("MAIL", "451 later", "retry"),
        ("MAIL", "550 no", "refused"),
        ("RCPT", "450 greylisted", "retry"),
        ("RCPT", "550 nobody", "refused"),
        ("DATA", "452 full", "retry"),
        ("DATA", "554 no", "refused"),
        ("END", "451 later", "retry"),
        ("END", "552 large", "refused"),
        ("RCPT TO:<b@example.com>", "550 nobody", "delivered"),
        ("RCPT TO:<b@example.com>", "450 greylisted", "retry"),
        ("EHLO", "what?", "retry"),
    ];
    for (verb, answer, expected) in cases {
        let (_sink, port) = SmtpSink::start(&[(verb, answer)]).await;
        let outcome = send(mail(port, SmtpSecurity::None), &Secrets::new()).await;
        assert_eq!(outcome.as_str(), expected, "{verb} {answer}: {outcome:?}");
    }
}

#[tokio::test]
async fn protection_that_is_asked_for_is_needed() {
    let (sink, port) = SmtpSink::start(&[]).await;
    let outcome = send(mail(port, SmtpSecurity::Starttls), &Secrets::new()).await;
    assert_eq!(outcome.as_str(), "refused", "{outcome:?}");
    assert!(!sink.said().iter().any(|line| line.starts_with("MAIL")));
    let outcome = send(mail(port, SmtpSecurity::Tls), &Secrets::new()).await;
    assert_eq!(outcome.as_str(), "retry", "{outcome:?}");

    let ChannelKind::Email { smtp_host, smtp_port, from, to, .. } = mail(port, SmtpSecurity::None) else {
        unreachable!()
    };
    let security = SmtpSecurity::None;
    let kind =
        ChannelKind::Email { smtp_host, smtp_port, security, username: Some("u".to_owned()), from, to };
    let outcome = send(kind, &secrets(&[("password", "pass-CANARY")])).await;
    assert_eq!(outcome.as_str(), "refused");
    assert!(!sink.said().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn silence_ends_in_time() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let hasty = Notifier::new(NotifyConfig { timeout: Duration::from_millis(200), ..config() }).unwrap();
    let kind = channel(mail(port, SmtpSecurity::None));
    let outcome = hasty.deliver(&kind, &Secrets::new(), &notification(), None, NOW_MS).await;
    assert_eq!(
        (outcome.as_str(), outcome.error()),
        ("retry", Some("the mail server did not answer in time"))
    );
}

#[tokio::test]
async fn local_servers_need_the_configurations_leave() {
    let (sink, port) = SmtpSink::start(&[]).await;
    let closed = Notifier::new(NotifyConfig { networks_allowed: Vec::new(), ..config() }).unwrap();
    for host in ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::ffff:127.0.0.1"] {
        let ChannelKind::Email { smtp_port, security, username, from, to, .. } =
            mail(port, SmtpSecurity::None)
        else {
            unreachable!()
        };
        let kind = ChannelKind::Email { smtp_host: host.to_owned(), smtp_port, security, username, from, to };
        let outcome = closed.deliver(&channel(kind), &Secrets::new(), &notification(), None, NOW_MS).await;
        assert_eq!(outcome.as_str(), "refused", "{host}: {outcome:?}");
    }
    assert!(sink.said().is_empty());
}

#[tokio::test]
async fn hostile_text_adds_no_header() {
    let (sink, port) = SmtpSink::start(&[]).await;
    let hostile = "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>\r\n.\r\nQUIT\r\n".repeat(150);
    let mut notification = notification();
    notification.title = hostile.clone();
    notification.key = hostile.clone();
    notification.thread = hostile.clone();
    notification.why = vec![hostile.clone()];
    notification.alerts[0].summary = hostile.clone();
    notification.alerts[0].name = hostile.clone();
    notification.alerts[0].description = Some(hostile.clone());
    notification.alerts[0].labels.insert("endpoint".to_owned(), hostile);
    let kind = channel(mail(port, SmtpSecurity::None));
    let outcome = notifier().deliver(&kind, &Secrets::new(), &notification, None, NOW_MS).await;
    assert_eq!(outcome.as_str(), "delivered");
    let said = sink.said();
    let headers: Vec<&String> =
        said.iter().skip_while(|line| *line != "DATA").skip(1).take_while(|line| !line.is_empty()).collect();
    let expected = [
        "From",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    ];
    for line in headers {
        let is_continued = line.starts_with([' ', '\t']);
        assert!(is_continued || expected.iter().any(|name| line.starts_with(&format!("{name}:"))), "{line}");
        assert!(line.len() < 998);
    }
    assert_eq!(said.iter().filter(|line| *line == "QUIT").count(), 1);
    assert!(
        !said.iter().any(|line| line.contains("<script>"))
            || said.iter().any(|line| line.contains("&lt;script&gt;"))
    );
}

#[tokio::test]
async fn a_server_that_talks_without_end_is_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let talking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes_said = 0_u64;
        while tokio::io::AsyncWriteExt::write_all(&mut stream, &[b'2'; 16_384]).await.is_ok() {
            bytes_said += 16_384;
        }
        bytes_said
    });
    let outcome = send(mail(port, SmtpSecurity::None), &Secrets::new()).await;
    assert_eq!(outcome.as_str(), "retry", "{outcome:?}");
    // What it could say is what fits into the buffers of the connection.
    assert!(talking.await.unwrap() < 64 * 1_048_576);
}
