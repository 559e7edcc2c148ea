//! The forecasting benchmark: public competition series, real service metrics, and what it costs, beside peers; the
//! part of `docs/forecasting.md` that consists of it.

mod contenders;
mod m4;
mod naive2;
mod series;
mod service;
mod speed;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use self::contenders::{ALL, CORRECTED, Contender, HAWKEYE};
use self::series::Series;
use self::service::Protocol;
use crate::futures;

const BEGIN: &str = "<!-- measured forecasts: begin -->";
const END: &str = "<!-- measured forecasts: end -->";

/// Aggregates of Naive2 as published, for all series; other selections are measured by our own.
const NAIVE2_ALL: (f64, f64) = (18.383, 2.395);
const ALL_SERIES: usize = 414;

/// Days of history at an origin.
const FIRST: usize = 3;
const LAST: usize = usize::MAX;
const AGES: [(&str, usize, usize); 3] =
    [("all", FIRST, LAST), ("3 to 14 days", FIRST, 14), ("from 15 days on", 15, LAST)];

/// `document` is rewritten between its markers when given.
pub(crate) fn run(data: &Path, document: Option<&Path>, validation: bool) -> Result<()> {
    if validation {
        println!("{}", validate(data)?);
        return Ok(());
    }
    let tables = tables(data)?;
    println!("{tables}");
    let Some(document) = document else { return Ok(()) };
    let text =
        std::fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
    let (before, rest) = text.split_once(BEGIN).context("the document has no begin marker")?;
    let (_, after) = rest.split_once(END).context("the document has no end marker")?;
    std::fs::write(document, format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.trim_end()))
        .with_context(|| format!("cannot write {}", document.display()))
}

/// Which series, and how they are looked at.
struct Corpus {
    name: &'static str,
    series: Vec<Series>,
    every: usize,
    peers: bool,
}

fn corpora(data: &Path) -> Result<Vec<Corpus>> {
    let (web, kpi) = (data.join("wsd.parquet"), data.join("kpi.parquet"));
    Ok(vec![
        Corpus {
            name: "operations, hours",
            series: series::operations(&data.join("ops-hourly.parquet"))?,
            every: 1,
            peers: true,
        },
        Corpus {
            name: "Web Service Data, hours",
            series: series::rolled_up(&web, 3600, 60)?,
            every: 2,
            peers: false,
        },
        Corpus {
            name: "AIOPS KPI, hours",
            series: series::rolled_up(&kpi, 3600, 60)?,
            every: 2,
            peers: false,
        },
        Corpus {
            name: "Web Service Data, ten minutes",
            series: series::rolled_up(&web, 600, 60)?,
            every: 2,
            peers: false,
        },
    ])
}

fn tables(data: &Path) -> Result<String> {
    let mut targets = Targets::default();
    let tasks = series::m4(&data.join("m4-hourly"))?;
    let own = m4::denominators(&tasks);
    let denominators = if tasks.len() == ALL_SERIES { NAIVE2_ALL } else { own };
    let mut text = format!(
        "### M4 Hourly, {} series, 48 hours ahead\n\nNaive2, measured here: sMAPE {:.3}, MASE {:.4}.\n\n{}\n",
        tasks.len(),
        own.0,
        own.1,
        m4::HEAD
    );
    for contender in &ALL {
        let line = m4::measure(contender, &tasks, denominators)?;
        writeln!(text, "{}", m4::row(contender.name, &line))?;
        if contender.name == HAWKEYE.name {
            targets.m4(&line);
        }
    }
    writeln!(
        text,
        "\n### Service metrics, 24 hours ahead, relative to repeating the last day\n\n{}",
        service::HEAD
    )?;
    for corpus in corpora(data)? {
        for (ages, from, until) in AGES {
            let what = format!("{}, {ages}", corpus.name);
            let everyone = if corpus.peers && from == FIRST && until == LAST { &ALL[..] } else { &ALL[..2] };
            let contenders: Vec<Contender> = everyone.iter().copied().chain([CORRECTED]).collect();
            for contender in contenders {
                let protocol = Protocol { every: corpus.every, from, until };
                let line = service::measure(&contender, &corpus.series, protocol)?;
                writeln!(text, "{}", service::row(&what, contender.name, &line))?;
                if contender.name == HAWKEYE.name {
                    targets.service(&what, &line);
                }
            }
        }
    }
    targets.check("1,000 series at ten-minute steps, CPU seconds", speed::thousand_series()?, 0.0, 10.0);
    writeln!(text, "\n### Targets\n\n{}", targets.0)?;
    text.push_str(&futures::run(data, &futures::Plan::default())?);
    Ok(text)
}

/// The last days of the training parts, and every service series: constants are chosen by these.
fn validate(data: &Path) -> Result<String> {
    let mut text = format!("{}\n", m4::HEAD);
    let tasks = series::m4(&data.join("m4-hourly"))?;
    for back in [48, 144, 240] {
        let earlier = m4::earlier(&tasks, back);
        let line = m4::measure(&HAWKEYE, &earlier, m4::denominators(&earlier))?;
        writeln!(text, "{}", m4::row(&format!("{back} hours before the end"), &line))?;
    }
    writeln!(text, "\n{}", service::HEAD)?;
    for corpus in corpora(data)? {
        for (ages, from, until) in AGES {
            let protocol = Protocol { every: corpus.every, from, until };
            let line = service::measure(&HAWKEYE, &corpus.series, protocol)?;
            writeln!(text, "{}", service::row(corpus.name, ages, &line))?;
        }
    }
    writeln!(text, "\n{:.2} s for a thousand series", speed::thousand_series()?)?;
    Ok(text)
}

struct Targets(String);

impl Default for Targets {
    fn default() -> Self {
        Self("| what | target | measured | met |\n|---|---|---|---|\n".to_owned())
    }
}

impl Targets {
    fn check(&mut self, what: &str, measured: f64, low: f64, high: f64) {
        let target = match (low > 0.0, high.is_finite()) {
            (true, true) => format!("{low} to {high}"),
            (true, false) => format!("at least {low}"),
            _ => format!("at most {high}"),
        };
        let met = if low <= measured && measured <= high { "yes" } else { "no" };
        self.0.push_str(&format!("| {what} | {target} | {measured:.3} | {met} |\n"));
    }

    fn m4(&mut self, line: &m4::Line) {
        self.check("M4 Hourly, OWA", line.owa, 0.0, 0.4);
        self.check("M4 Hourly, MSIS", line.msis, 0.0, 6.1);
        self.check("M4 Hourly, coverage of 80 %", line.coverage[1], 0.78, 0.82);
        self.check("M4 Hourly, coverage of 95 %", line.coverage[2], 0.93, 0.97);
        self.check("M4 Hourly, CPU ms a series", line.milliseconds, 0.0, 2.0);
    }

    fn service(&mut self, what: &str, line: &service::Line) {
        self.check(&format!("{what}, error"), line.error, 0.0, 0.8);
        self.check(&format!("{what}, quantile loss"), line.loss, 0.0, 0.6);
        self.check(&format!("{what}, coverage of 80 %"), line.coverage[0], 0.77, 0.83);
        self.check(&format!("{what}, coverage of 95 %"), line.coverage[1], 0.92, f64::INFINITY);
    }
}
