//! `hawkeye rules`: alert rules in version-controlled files. `check` needs no server; `diff`, `apply` and `test` ask
//! one. A file is TOML with a `[[rule]]` for each rule; its fields are those of the API.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use hawkeye_alert::{Rule, check_rules, rule_sentence};
use serde::Deserialize;
use serde_json::{Value, json};

/// The notifications or missed incidents are more than allowed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WorseThanAllowed(String);

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Say whether files are right, and if not, where; print what each rule means
    Check { files: Vec<PathBuf> },
    /// Show what `apply` would change on a running server
    Diff(Remote),
    /// Make the rules of a running server those of the files
    Apply(Remote),
    /// Replay the stored past with the files' rules beside today's: who would have been told, what missed
    Test(Test),
}

#[derive(Debug, Args)]
pub(crate) struct Remote {
    files: Vec<PathBuf>,
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:4295")]
    server: String,
    /// Also remove rules that came from files and are in none of these
    #[arg(long)]
    prune: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    files: Vec<PathBuf>,
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:4295")]
    server: String,
    /// `now-7d`, RFC 3339, or milliseconds since 1970
    #[arg(long, default_value = "now-7d")]
    from: String,
    /// As --from
    #[arg(long, default_value = "now")]
    to: String,
    /// Fail (exit code 1) when more notifications a week would be sent
    #[arg(long)]
    notifications_per_week_max: Option<f64>,
    /// Fail (exit code 1) when more known incidents would be missed than today
    #[arg(long)]
    fail_on_missed: bool,
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

/// What a file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Rule>,
}

pub(crate) fn run(command: &RulesCommand) -> anyhow::Result<()> {
    match command {
        RulesCommand::Check { files } => {
            let rules = read(files)?;
            let lines = rules.iter().map(|rule| format!("{}: {}\n", rule.id, rule_sentence(rule)));
            print(&lines.collect::<String>())
        }
        RulesCommand::Diff(remote) => apply(remote, true),
        RulesCommand::Apply(remote) => apply(remote, false),
        RulesCommand::Test(test) => replay(test),
    }
}

/// All rules of all files, or every mistake with its file and place.
fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Rule>> {
    if files.is_empty() {
        bail!("name at least one file with rules");
    }
    let (mut rules, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let read: Result<File, _> = toml::from_str(&text);
        match read {
            Ok(read) => {
                let wrong = check_rules(&read.rule);
                mistakes.extend(
                    wrong.iter().map(|it| format!("{}: {}: {}", file.display(), it.path, it.message)),
                );
                rules.extend(read.rule);
            }
            Err(error) => mistakes.push(format!("{}: {}", file.display(), error.to_string().trim_end())),
        }
    }
    if mistakes.is_empty() {
        // Two files may each be right and yet use one id.
        let wrong = check_rules(&rules);
        mistakes.extend(wrong.iter().map(|it| format!("{}: {}", it.path, it.message)));
    }
    if !mistakes.is_empty() {
        bail!("{}", mistakes.join("\n"));
    }
    Ok(rules)
}

fn apply(remote: &Remote, is_dry_run: bool) -> anyhow::Result<()> {
    let rules = read(&remote.files)?;
    let path = if is_dry_run { "/api/v1/alert-rules?dry_run=true" } else { "/api/v1/alert-rules" };
    let body = json!({ "rules": rules, "prune": remote.prune, "actor": "hawkeye rules apply" });
    let applied = ask(&remote.server, "PUT", path, &body)?;
    let list = |name: &str| -> Vec<String> {
        let items = applied[name].as_array().map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let mut text = String::new();
    for (name, sign) in [("created", '+'), ("changed", '~'), ("removed", '-')] {
        for id in list(name) {
            let rule = rules.iter().find(|rule| rule.id == id);
            text += &format!(
                "{sign} {id}{}\n",
                rule.map(|it| format!(": {}", rule_sentence(it))).unwrap_or_default()
            );
        }
    }
    text += &format!("{} unchanged\n", applied["unchanged"]);
    print(&text)
}

fn replay(test: &Test) -> anyhow::Result<()> {
    let rules = read(&test.files)?;
    let known = ask(&test.server, "GET", "/api/v1/alert-rules", &Value::Null)?;
    let now = hawkeye_model::Clock::now(&hawkeye_model::SystemClock);
    let at = |text: &str| {
        hawkeye_api::parse_time(text, now).map(|it| it.millis()).map_err(|error| anyhow::anyhow!("{error}"))
    };
    // Beside the files' rules, those of the server that no file has stay.
    let mut all: Vec<Value> = known["items"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .map(|item| item["rule"].clone())
        .filter(|rule| !rules.iter().any(|mine| rule["id"].as_str() == Some(&mine.id)))
        .collect();
    all.extend(rules.iter().map(|rule| json!(rule)));
    let body = json!({ "from_ms": at(&test.from)?, "to_ms": at(&test.to)?, "rules": all });
    let outcome = ask(&test.server, "POST", "/api/v1/alert-backtest", &body)?;
    match test.output {
        Output::Json => print(&format!("{outcome:#}\n"))?,
        Output::Table => print(&table(&outcome))?,
    }
    let count = |side: &str, name: &str| outcome[side][name].as_f64().unwrap_or_default();
    let span_ms =
        outcome["to_ms"].as_f64().unwrap_or_default() - outcome["from_ms"].as_f64().unwrap_or_default();
    let weeks = (span_ms / (7.0 * 86_400_000.0)).max(f64::MIN_POSITIVE);
    let per_week = count("changed", "notifications") / weeks;
    if let Some(most) = test.notifications_per_week_max.filter(|most| per_week > *most) {
        return Err(
            WorseThanAllowed(format!("{per_week:.1} notifications a week are more than {most}")).into()
        );
    }
    let (missed, today) = (count("changed", "incidents_missed"), count("current", "incidents_missed"));
    if test.fail_on_missed && missed > today {
        return Err(
            WorseThanAllowed(format!("{missed} known incidents would be missed, {today} today")).into()
        );
    }
    Ok(())
}

fn table(outcome: &Value) -> String {
    let mut text = format!("{:<28}{:>10}{:>10}\n", "", "current", "changed");
    let mut row = |name: &str, pointer: &str| {
        let side = |side: &str| match outcome.pointer(&format!("/{side}/{pointer}")).and_then(Value::as_f64) {
            Some(number) => format!("{number:.0}"),
            None => "-".to_owned(),
        };
        text += &format!("{name:<28}{:>10}{:>10}\n", side("current"), side("changed"));
    };
    row("alerts", "alerts");
    row("notifications", "notifications");
    row("known incidents caught", "incidents_caught");
    row("known incidents missed", "incidents_missed");
    row("median delay, s", "delay_s_median");
    for (list, key, value) in [("per_receiver", "receiver", "notifications"), ("per_rule", "rule", "alerts")]
    {
        let items = |side: &str| outcome[side][list].as_array().cloned().unwrap_or_default();
        let mut names: Vec<String> = [items("current"), items("changed")]
            .iter()
            .flatten()
            .filter_map(|item| item[key].as_str().map(str::to_owned))
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            let of = |side: &str| {
                let items = items(side);
                let item = items.iter().find(|item| item[key].as_str() == Some(&name));
                item.map_or_else(|| "0".to_owned(), |item| item[value].to_string())
            };
            let label = format!("{key} {name}");
            text += &format!("{label:<28}{:>10}{:>10}\n", of("current"), of("changed"));
        }
    }
    text
}

/// What a server answers; what a problem says is the error.
fn ask(server: &str, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("{}{path}", server.trim_end_matches('/'));
    let text = body.to_string();
    let sent = match method {
        "GET" => agent.get(&url).call(),
        "PUT" => agent.put(&url).header("content-type", "application/json").send(text.as_bytes()),
        _ => agent.post(&url).header("content-type", "application/json").send(text.as_bytes()),
    };
    let mut answer = sent.with_context(|| format!("{server} does not answer"))?;
    let is_success = answer.status().is_success();
    let body: Value = serde_json::from_reader(answer.body_mut().as_reader())?;
    if is_success {
        return Ok(body);
    }
    let mistakes = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let mistakes: Vec<String> = mistakes
        .iter()
        .map(|it| {
            format!(
                "{}: {}",
                it["field"].as_str().unwrap_or_default(),
                it["message"].as_str().unwrap_or_default()
            )
        })
        .collect();
    match mistakes.is_empty() {
        true => bail!("{}", body["detail"].as_str().unwrap_or("the server refused")),
        false => bail!("{}", mistakes.join("\n")),
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("rules.toml");
        std::fs::write(&file, text).expect("writes");
        let said = match read(&[file]) {
            Ok(rules) => rules.iter().map(rule_sentence).collect::<Vec<_>>().join("\n"),
            Err(error) => error.to_string(),
        };
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn a_file_is_read_and_its_mistakes_are_named() {
        let rule = "[[rule]]\nid = \"slow\"\nname = \"Slow\"\nseverity = \"high\"\nfor_s = 180\n\
             condition = { type = \"threshold\", measure = \"latency_ms_p95\", is = \"above\", value = 800, window_s = 300 }\n\
             scope = { endpoints = [\"POST /orders\"], matchers = [\"region=~\\\"eu-.*\\\"\"] }\n";
        check(
            rule,
            "When p95 of POST /orders where region=~\"eu-.*\" is above 800 ms over 5 min, for 3 min: high",
        );
        check(&rule.replace("300", "301"), "rules[0].condition.window_s: must be whole minutes");
        check(&rule.replace("for_s", "for"), "unknown field `for`");
        check(&rule.replace("region=~", "region=~("), "cannot be read");
        check(&format!("{rule}{rule}"), "`slow` is the id of another rule");
    }
}
