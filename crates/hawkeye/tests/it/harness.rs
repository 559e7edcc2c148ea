//! Starts the binary on free ports with a folder of its own, and talks to it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

pub(crate) struct Server {
    child: Child,
    pub(crate) http: String,
    pub(crate) otlp_http: String,
    pub(crate) otlp_grpc: String,
    agent: Agent,
}

/// A status, the headers that matter, and the body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hawkeye"));
    command
        .env("HAWKEYE_SERVER__HTTP_ADDRESS", "127.0.0.1:0")
        .env("HAWKEYE_OTLP__HTTP_ADDRESS", "127.0.0.1:0")
        .env("HAWKEYE_OTLP__GRPC_ADDRESS", "127.0.0.1:0")
        .env("HAWKEYE_STORAGE__PATH", folder)
        .env("HAWKEYE_LOG__LEVEL", "warn");
    command
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = command(folder);
        command.arg("serve").envs(variables.iter().copied());
        Self::start_as(command)
    }

    pub(crate) fn start_as(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = |name: &str| {
            let line = lines.next().expect("a line for each listener").expect("readable");
            line.strip_prefix(name).expect(name).trim().to_owned()
        };
        let (http, otlp_http, otlp_grpc) = (address("listening"), address("otlp_http"), address("otlp_grpc"));
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { child, http, otlp_http, otlp_grpc, agent }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// As a power cut would, as far as the process can tell.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    /// Until somebody else's kill has ended it, and its folder is free.
    pub(crate) fn wait(&mut self) {
        self.child.wait().expect("ends");
    }

    pub(crate) fn terminate(mut self) -> ExitStatus {
        let status =
            Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().expect("kill exists");
        assert!(status.success());
        self.child.wait().expect("ends")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        read(self.agent.get(format!("{}{path}", self.http)).call().expect("answers"))
    }

    /// The JSON of a successful answer.
    pub(crate) fn ask(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        let request =
            self.agent.put(format!("{}{path}", self.http)).header("content-type", "application/json");
        read(request.send(body.to_string().as_bytes()).expect("answers"))
    }

    /// Posts JSON and returns the JSON of a successful answer.
    pub(crate) fn tell(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, "application/json", body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        read(self.agent.delete(format!("{}{path}", self.http)).call().expect("answers"))
    }

    pub(crate) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.post_to(&format!("{}{path}", self.http), &[("content-type", content_type)], body)
    }

    pub(crate) fn post_to(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_post_to(url, headers, body).expect("answers")
    }

    /// One header of the answer.
    pub(crate) fn post_for_header(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        name: &str,
    ) -> Option<String> {
        let request =
            headers.iter().fold(self.agent.post(url), |request, (name, value)| request.header(*name, *value));
        let response = request.send(body).expect("answers");
        Some(response.headers().get(name)?.to_str().ok()?.to_owned())
    }

    pub(crate) fn try_post_to(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let request =
            headers.iter().fold(self.agent.post(url), |request, (name, value)| request.header(*name, *value));
        request.send(body).map(read)
    }

    /// Posts hand-written requests that must all be taken.
    pub(crate) fn post_requests(&self, requests: &Value) {
        let answer = self.post("/api/v1/requests", "application/json", requests.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.json()["rejected"], 0, "{}", answer.json());
    }

    /// Asks until the answer pleases. The runner's timeout ends a wait that never does.
    pub(crate) fn ask_until(&self, path: &str, pleases: impl Fn(&Value) -> bool) -> Value {
        loop {
            let answer = self.ask(path);
            if pleases(&answer) {
                return answer;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(mut response: Response<ureq::Body>) -> Answer {
    let header = |name: &str| Some(response.headers().get(name)?.to_str().expect("text").to_owned());
    let (content_type, retry_after) = (header("content-type").unwrap_or_default(), header("retry-after"));
    let mut body = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut body).expect("a whole body");
    Answer { status: response.status().as_u16(), content_type, retry_after, body }
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
