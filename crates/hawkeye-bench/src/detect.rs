//! Every table about detection in one run, and the part of `docs/detection.md` that consists of them.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::contender::ALL;
use crate::data::read_parquet;
use crate::{budget, nab, service, sim, speed, watch_speed};

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// `document` is rewritten between its markers when given.
pub(crate) fn run(data: &Path, document: Option<&Path>, plan: &sim::Plan) -> Result<()> {
    let tables = tables(data, plan)?;
    println!("{tables}");
    let Some(document) = document else { return Ok(()) };
    let text =
        std::fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
    let (before, rest) = text.split_once(BEGIN).context("the document has no begin marker")?;
    let (_, after) = rest.split_once(END).context("the document has no end marker")?;
    std::fs::write(document, format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.trim_end()))
        .with_context(|| format!("cannot write {}", document.display()))
}

fn tables(data: &Path, plan: &sim::Plan) -> Result<String> {
    let mut text = sim::run(plan)?;
    text.push('\n');
    let files = nab::read(&data.join("nab"))?;
    writeln!(text, "### Numenta Anomaly Benchmark, {} files\n\n{}", files.len(), nab::HEAD)?;
    // NAB is small: nobody is sampled, so the line for the sample is left out.
    for contender in ALL.iter().filter(|it| it.every == 1 || !it.name.starts_with("hawkeye")) {
        writeln!(text, "{}", nab::row(contender, &nab::measure(contender, &files)))?;
    }
    let mut budgets = String::new();
    for (name, file) in [("Web Service Data", "wsd.parquet"), ("AIOPS KPI", "kpi.parquet")] {
        let all = read_parquet(&data.join(file))?;
        writeln!(text, "\n### {name}, {} series\n\n{}", all.len(), service::HEAD)?;
        for contender in ALL {
            writeln!(text, "{}", service::row(&service::measure(contender, &all)))?;
        }
        for line in budget::measure(&all) {
            writeln!(budgets, "{}", budget::row(name, &line))?;
        }
    }
    writeln!(
        text,
        "\n### False alarms per series and week, promised and measured\n\n{}\n{budgets}",
        budget::HEAD
    )?;
    writeln!(text, "### Cost\n\n{}\n{}", speed::run()?, watch_speed::run()?)?;
    Ok(text)
}
