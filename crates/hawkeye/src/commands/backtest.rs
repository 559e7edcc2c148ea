//! `hawkeye backtest`: a stored range once more, with the present settings of detection and with changed ones.
//!
//! It opens the folder itself, or asks the server that holds it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use hawkeye_api::dto::{Backtest, BacktestStart, DetectionSettings};
use hawkeye_api::{Problem, parse_time};
use hawkeye_engine::Engine;
use hawkeye_model::{Clock, SystemClock};
use hawkeye_store::{Store, StoreError};
use serde_json::{Value, json};

use crate::config::Config;

#[derive(Debug, Args)]
pub(crate) struct BacktestArguments {
    /// The folder with the data; no server may use it meanwhile
    #[arg(long, conflicts_with_all = ["config", "server"])]
    data: Option<PathBuf>,
    /// The server's configuration file, which names the folder
    #[arg(long, conflicts_with = "server")]
    config: Option<PathBuf>,
    /// Ask a running server instead: http://127.0.0.1:4295
    #[arg(long)]
    server: Option<String>,
    /// `now-7d`, RFC 3339, or milliseconds since 1970
    #[arg(long, default_value = "now-7d")]
    from: String,
    /// As --from
    #[arg(long, default_value = "now")]
    to: String,
    /// A setting to change: false_alarms_per_week=5, min_change.latency_ms=20; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Settings to compare with, as GET /api/v1/detection/settings gives them
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Comma list of environments: aws,gcp/production
    #[arg(long)]
    env: Option<String>,
    /// Comma list of endpoint ids
    #[arg(long)]
    endpoint: Option<String>,
    /// Comma list of services
    #[arg(long)]
    service: Option<String>,
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

pub(crate) fn run(arguments: &BacktestArguments) -> anyhow::Result<()> {
    let backtest = match &arguments.server {
        Some(server) => remote(arguments, server.trim_end_matches('/'))?,
        None => json!(local(arguments)?),
    };
    let text = match arguments.output {
        Output::Json => format!("{backtest:#}\n"),
        Output::Table => table(&backtest),
    };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

fn local(arguments: &BacktestArguments) -> anyhow::Result<Backtest> {
    let config = Config::load(arguments.config.as_deref())?;
    let mut storage = config.storage();
    if let Some(folder) = &arguments.data {
        storage.path.clone_from(folder);
    }
    let folder = storage.path.clone();
    if !folder.join("buffer.db").is_file() {
        bail!("{} holds no data; name the folder with --data or --config", folder.display());
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let opened = Store::open(storage, runtime.handle().clone());
    let (store, committer) = opened.map_err(|error| match error {
        StoreError::Locked { .. } => anyhow::Error::from(error)
            .context("ask the server that uses the folder: --server http://127.0.0.1:4295"),
        other => other.into(),
    })?;
    let committer = std::thread::spawn(|| committer.run());
    let outcome = Engine::open(
        &folder,
        Arc::clone(&store),
        Arc::clone(&clock),
        config.detection(),
        config.alerting(config.server.http_address),
        config.forecast(),
    )
    .map_err(anyhow::Error::from)
    .and_then(|engine| {
        let present = json!(DetectionSettings::from(&engine.current_settings()));
        let query = start(arguments, present, &*clock)?.read().map_err(problem)?;
        Ok(Backtest::from(&runtime.block_on(engine.backtest(query))?))
    });
    store.close(clock.now())?;
    drop(store);
    committer.join().ok().context("the committer failed")?;
    outcome
}

fn remote(arguments: &BacktestArguments, server: &str) -> anyhow::Result<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let no_answer = || format!("{server} does not answer");
    let mut answer =
        agent.get(format!("{server}/api/v1/detection/settings")).call().with_context(no_answer)?;
    let present = read(&mut answer)?;
    let start = start(arguments, present, &SystemClock)?;
    let request = agent.post(format!("{server}/api/v1/backtests")).header("content-type", "application/json");
    let mut answer = request.send(json!(start).to_string().as_bytes()).with_context(no_answer)?;
    read(&mut answer)
}

/// The JSON of an answer; what a problem says is the error.
fn read(answer: &mut ureq::http::Response<ureq::Body>) -> anyhow::Result<Value> {
    let is_success = answer.status().is_success();
    let body: Value = serde_json::from_reader(answer.body_mut().as_reader())?;
    if !is_success {
        bail!("{}", body["detail"].as_str().unwrap_or("the server refused"));
    }
    Ok(body)
}

/// What to run, from the present settings and what the arguments change.
fn start(arguments: &BacktestArguments, present: Value, clock: &dyn Clock) -> anyhow::Result<BacktestStart> {
    let now = clock.now();
    let at = |name: &str, text: &str| {
        let time = parse_time(text, now).map_err(|error| anyhow::anyhow!("--{name}: {error}"))?;
        anyhow::Ok(time.millis())
    };
    let mut settings = match &arguments.settings {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            serde_json::from_str(&text).with_context(|| file.display().to_string())?
        }
        None => present,
    };
    for change in &arguments.set {
        set(&mut settings, change)?;
    }
    let settings: DetectionSettings = serde_json::from_value(settings).context("settings")?;
    Ok(BacktestStart {
        from_ms: at("from", &arguments.from)?,
        to_ms: at("to", &arguments.to)?,
        settings: Some(settings),
        env: arguments.env.clone(),
        endpoint: arguments.endpoint.clone(),
        service: arguments.service.clone(),
    })
}

/// Changes one number or word: `false_alarms_per_week=5`, `min_change.latency_ms=20`.
fn set(settings: &mut Value, change: &str) -> anyhow::Result<()> {
    let (name, value) =
        change.split_once('=').with_context(|| format!("--set {change}: write NAME=VALUE"))?;
    let pointer = format!("/{}", name.replace('.', "/"));
    let slot = settings
        .pointer_mut(&pointer)
        .with_context(|| format!("--set {name}: is no setting; see GET /api/v1/detection/settings"))?;
    *slot = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    if name == "false_alarms_per_week" {
        settings["sensitivity"] = json!("custom");
    }
    Ok(())
}

fn problem(problem: Problem) -> anyhow::Error {
    anyhow::anyhow!(problem.detail)
}

fn table(backtest: &Value) -> String {
    let number = |pointer: &str| {
        let found = backtest.pointer(pointer);
        found.and_then(Value::as_f64).map_or_else(|| "-".to_owned(), |number| format!("{number:.0}"))
    };
    let mut text = format!(
        "{} series, {} minutes, {} s\n\n{:<20}{:>10}{:>10}\n",
        number("/series"),
        number("/windows"),
        number("/seconds"),
        "",
        "current",
        "changed"
    );
    let severities = ["critical", "high", "medium", "low"].map(|name| format!("by_severity/{name}"));
    let signals =
        ["traffic", "error_rate", "client_error_rate", "latency"].map(|name| format!("by_signal/{name}"));
    for row in ["opened".to_owned()].iter().chain(&severities).chain(&signals) {
        let name = row.rsplit('/').next().unwrap_or(row);
        let (current, changed) = (number(&format!("/current/{row}")), number(&format!("/changed/{row}")));
        text += &format!("{name:<20}{current:>10}{changed:>10}\n");
    }
    text += &format!("\nin both: {}\n", number("/both"));
    for side in ["only_current", "only_changed"] {
        let items = backtest[side].as_array().map_or(&[][..], Vec::as_slice);
        text += &format!("{side}: {}\n", items.len());
        for item in items {
            text += &format!("  {}\n", item["sentence"].as_str().unwrap_or_default());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: &str, pointer: &str, expected: Option<Value>) {
        let mut settings = json!({ "sensitivity": "medium", "false_alarms_per_week": 1.0,
                                   "min_change": { "latency_ms": 5.0 } });
        let outcome = set(&mut settings, change).map(|()| settings.pointer(pointer).cloned());
        assert_eq!(outcome.ok().flatten(), expected, "{change}");
    }

    #[test]
    fn a_setting_is_changed_by_its_name() {
        check("min_change.latency_ms=20", "/min_change/latency_ms", Some(json!(20)));
        check("false_alarms_per_week=5", "/sensitivity", Some(json!("custom")));
        check("sensitivity=high", "/sensitivity", Some(json!("high")));
        check("min_change.latency=20", "/min_change/latency_ms", None);
        check("sensitivity", "/sensitivity", None);
    }
}
