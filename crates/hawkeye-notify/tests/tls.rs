//! The connection goes to the checked address, and the certificate must carry the name that was asked for.
#![allow(clippy::unwrap_used, reason = "tests")]

mod sink;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use hawkeye_notify::{ChannelKind, Lookup, Notifier, NotifyConfig, Outcome, Secrets, SmtpSecurity};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sink::{HttpSink, NOW_MS, SmtpSink, channel, config, notification, secrets, webhook};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Every name is this machine.
#[derive(Debug)]
struct Here;

impl Lookup for Here {
    fn lookup(&self, _: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
    }
}

/// A certificate that signs itself, and a server's side of it.
fn certificate(name: &str) -> (CertificateDer<'static>, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    (made.cert.der().clone(), TlsAcceptor::from(Arc::new(server)))
}

fn notifier(authorities: &[&CertificateDer<'static>]) -> Notifier {
    let authorities_der = authorities.iter().map(|authority| authority.to_vec()).collect();
    Notifier::with_lookup(NotifyConfig { authorities_der, ..config() }, Arc::new(Here)).unwrap()
}

#[tokio::test]
async fn https_asks_for_the_name() {
    let (authority, acceptor) = certificate("hooks.example");
    let (sink, plain_url) = HttpSink::start().await;
    let behind = plain_url.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut secured) = acceptor.accept(stream).await else { continue };
            let mut plain = tokio::net::TcpStream::connect(&behind).await.unwrap();
            tokio::io::copy_bidirectional(&mut secured, &mut plain).await.map(drop).unwrap_or_default();
        }
    });
    let cases = [
        (notifier(&[&authority]), "hooks.example", "delivered"),
        (notifier(&[&authority]), "other.example", "retry"),
        (notifier(&[]), "hooks.example", "retry"),
    ];
    for (notifier, host, expected) in cases {
        let channel = webhook(format!("https://{host}:{port}/hook"));
        let outcome = notifier.deliver(&channel, &Secrets::new(), &notification(), None, NOW_MS).await;
        assert_eq!(outcome.as_str(), expected, "{host}: {outcome:?}");
    }
    assert_eq!(sink.take().len(), 1);
}

/// Takes mail on a secured connection; with STARTTLS after saying so in the clear.
async fn mail_server(
    acceptor: TlsAcceptor,
    security: SmtpSecurity,
    password_answer: &str,
) -> (SmtpSink, u16) {
    let sink = SmtpSink::default();
    for (verb, answer) in [("EHLO", "250-sink\r\n250 AUTH PLAIN"), ("AUTH", password_answer)] {
        sink.answers.lock().unwrap().insert(verb.to_owned(), answer.to_owned());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = sink.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if security == SmtpSecurity::Starttls {
                stream.write_all(b"220 sink\r\n").await.unwrap();
                for (expected, answer) in
                    [("EHLO", "250-sink\r\n250 STARTTLS\r\n"), ("STARTTLS", "220 go\r\n")]
                {
                    let mut said = [0; 256];
                    let length = stream.read(&mut said).await.unwrap();
                    assert!(said[..length].starts_with(expected.as_bytes()));
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
            let Ok(secured) = acceptor.accept(stream).await else { continue };
            if security == SmtpSecurity::Starttls {
                serving.listen(secured).await
            } else {
                serving.converse(secured).await
            }
        }
    });
    (sink, port)
}

async fn send(notifier: &Notifier, host: &str, smtp_port: u16, security: SmtpSecurity) -> Outcome {
    let channel = channel(ChannelKind::Email {
        smtp_host: host.to_owned(),
        smtp_port,
        security,
        username: Some("hawkeye".to_owned()),
        from: "hawkeye@example.com".to_owned(),
        to: vec!["a@example.com".to_owned()],
    });
    let given = secrets(&[("password", "pass-CANARY")]);
    notifier.deliver(&channel, &given, &notification(), None, NOW_MS).await
}

#[tokio::test]
async fn mail_asks_for_the_name() {
    for security in [SmtpSecurity::Tls, SmtpSecurity::Starttls] {
        let (authority, acceptor) = certificate("smtp.example");
        let (sink, port) = mail_server(acceptor, security, "235 welcome").await;
        let cases = [
            (notifier(&[&authority]), "smtp.example", "delivered"),
            (notifier(&[&authority]), "other.example", "retry"),
            (notifier(&[]), "smtp.example", "retry"),
        ];
        for (notifier, host, expected) in cases {
            let outcome = send(&notifier, host, port, security).await;
            assert_eq!(outcome.as_str(), expected, "{security:?} {host}: {outcome:?}");
            // Whoever reads it must see that it is the certificate.
            let error = outcome.error().unwrap_or("invalid peer certificate");
            assert!(error.contains("invalid peer certificate"), "{security:?} {host}: {error}");
        }
        let said = sink.said();
        assert_eq!(said.iter().filter(|line| *line == "DATA").count(), 1);
        assert_eq!(said.iter().filter(|line| line.starts_with("AUTH PLAIN ")).count(), 1);
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_repeated_in_the_error() {
    let (authority, acceptor) = certificate("smtp.example");
    let (_sink, port) = mail_server(acceptor, SmtpSecurity::Tls, "535 pass-CANARY is wrong").await;
    let outcome = send(&notifier(&[&authority]), "smtp.example", port, SmtpSecurity::Tls).await;
    let expected = "the mail server refuses (status 535: [secret] is wrong)";
    assert_eq!((outcome.as_str(), outcome.error()), ("refused", Some(expected)));
}

#[tokio::test]
async fn an_authority_that_is_none_is_refused_at_start() {
    let config = NotifyConfig { authorities_der: vec![b"nonsense".to_vec()], ..config() };
    assert!(Notifier::new(config).is_err());
}
