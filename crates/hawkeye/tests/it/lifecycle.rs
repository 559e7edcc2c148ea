//! Starting, stopping, and the command line.

use std::process::Stdio;

use serde_json::json;

use crate::harness::{Server, command, folder};

#[test]
fn a_folder_in_use_is_refused_with_the_owners_pid() {
    let folder = folder();
    let server = Server::start(folder.path());
    let second = command(folder.path()).arg("serve").output().expect("runs");
    let message = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success());
    assert!(message.contains(&format!("in use by process {}", server.pid())), "{message}");
}

#[test]
fn sigterm_ends_well_while_a_stream_is_open_and_nothing_is_lost() {
    let folder = folder();
    let server = Server::start(folder.path());
    let url = format!("{}/api/v1/stream", server.http);
    let stream = ureq::get(url).call().expect("a stream");
    server.post_requests(&json!([{ "service": "s", "route": "/", "duration_ms": 5 }]));
    assert!(server.terminate().success());
    drop(stream);
    let server = Server::start(folder.path());
    assert_eq!(server.ask("/api/v1/overview")["current"]["requests"], 1);
}

#[test]
fn the_default_configuration_is_printed_and_right() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        command(folder.path()).args(arguments).stdin(Stdio::null()).output().expect("runs")
    };
    let printed = run(&["config", "default"]);
    assert!(printed.status.success());
    let file = folder.path().join("hawkeye.toml");
    std::fs::write(&file, &printed.stdout).expect("writes");
    let file = file.to_string_lossy();
    assert!(run(&["config", "check", &file]).status.success());
    std::fs::write(&*file, "[server]\nhttp_adress = \"127.0.0.1:1\"\n").expect("writes");
    let checked = run(&["config", "check", &file]);
    let message = String::from_utf8_lossy(&checked.stderr);
    assert_eq!(checked.status.code(), Some(64));
    assert!(
        message.contains(":2: unknown option server.http_adress; did you mean server.http_address?"),
        "{message}"
    );
}

#[test]
fn health_metrics_and_pages_answer() {
    let folder = folder();
    let server = Server::start(folder.path());
    for path in ["/healthz", "/livez", "/readyz"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    server.post_requests(&json!([{ "service": "s", "route": "/", "duration_ms": 5 }]));
    let metrics = String::from_utf8(server.get("/metrics").body).expect("text");
    assert!(metrics.contains("hawkeye_ingest_requests_total 1"), "{metrics}");
    assert_eq!(server.ask("/api/openapi.json")["openapi"], "3.1.0");
    let page = server.get("/endpoints/00000000000000ff");
    assert!(page.status == 200 && page.content_type.starts_with("text/html"));
    let missing = server.get("/api/v1/nothing");
    assert_eq!((missing.status, missing.content_type.as_str()), (404, "application/problem+json"));
}

/// Set where the UI must have been built before, as `make test` does.
#[test]
fn the_ui_is_in_the_binary_when_it_was_built() {
    let folder = folder();
    let page = String::from_utf8(Server::start(folder.path()).get("/").body).expect("text");
    let is_built = page.contains(r#"name="hawkeye-ui""#);
    assert!(is_built || page.contains("The UI is not in this build"), "{page}");
    assert!(is_built || std::env::var_os("HAWKEYE_EXPECT_UI").is_none(), "the placeholder is served");
}
