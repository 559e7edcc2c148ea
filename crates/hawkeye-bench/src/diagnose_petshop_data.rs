//! Reads the PetShop data set: for each scenario a call graph, metrics of normal operation, and issues with the metric
//! that was seen to go wrong and the node that was made to go wrong. Knows no method.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hawkeye_diagnose::{NodeEvidence, Readings, Topology};
use hawkeye_model::Signal;
use serde::Deserialize;

/// Rows of headings above the values: node, metric, statistic, and the name of the first column.
const HEADINGS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Train,
    Test,
}

#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) graph: Topology,
    /// Whether there are metrics of normal operation. Without, the time before each issue is all there is.
    pub(crate) has_past: bool,
    pub(crate) issues: Vec<Issue>,
}

/// One issue as methods see it, and the node that is to be found.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) name: String,
    pub(crate) part: Part,
    pub(crate) signal: Signal,
    pub(crate) target: usize,
    /// By node. The present are the intervals that end after the issue was noticed.
    pub(crate) evidence: Vec<NodeEvidence>,
    /// The same with every interval of the issue's file as the present, as the published evaluation has it.
    pub(crate) whole: Vec<NodeEvidence>,
    pub(crate) truth: usize,
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Label {
    target: LabelledTarget,
    root_cause: LabelledCause,
}

#[derive(Debug, Deserialize)]
struct LabelledTarget {
    node: String,
    metric: String,
    timestamp: f64,
}

#[derive(Debug, Deserialize)]
struct LabelledCause {
    node: String,
}

/// A file of metrics: the start of each interval in seconds, and each column by node and metric.
#[derive(Debug, Clone, Default)]
struct Metrics {
    starts: Vec<f64>,
    columns: BTreeMap<(String, String), Vec<Option<f64>>>,
}

/// Every scenario in the folder, by name.
pub(crate) fn read(folder: &Path) -> Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for path in entries(folder)? {
        if path.join("graph.csv").is_file() {
            scenarios.push(scenario(&path).with_context(|| format!("in {}", path.display()))?);
        }
    }
    Ok(scenarios)
}

fn scenario(path: &Path) -> Result<Scenario> {
    let (names, graph) = graph(&path.join("graph.csv"))?;
    let normal = path.join("noissue").join("metrics.csv");
    let normal = if normal.is_file() { Some(metrics(&normal)?) } else { None };
    let mut files = Vec::new();
    for (part, folder) in [(Part::Train, "train"), (Part::Test, "test")] {
        for path in entries(&path.join(folder))? {
            let label: Label = serde_json::from_str(&text(&path.join("target.json"))?)?;
            let metrics = metrics(&path.join("metrics.csv"))?;
            files.push((part, format!("{folder}/{}", name(&path)), label, metrics));
        }
    }
    // Rows before an issue are normal operation, too: of this issue, or of all where nothing else is known.
    let before = |label: &Label, metrics: &Metrics| {
        let interval = metrics.interval();
        metrics.starts.iter().filter(|start| **start + interval <= label.target.timestamp).count()
    };
    let every_past = files.iter().map(|(_, _, label, metrics)| metrics.rows(0, before(label, metrics)));
    let every_past = every_past.fold(Metrics::default(), |all, rows| all.then(&rows));
    let mut issues = Vec::new();
    for (part, name, label, metrics) in &files {
        let rows_before = before(label, metrics);
        let past = match &normal {
            Some(normal) => normal.then(&metrics.rows(0, rows_before)),
            None => every_past.clone(),
        };
        let present = metrics.rows(rows_before, metrics.starts.len());
        let by_node = |present: &Metrics| names.iter().map(|node| evidence(node, &past, present)).collect();
        let find = |node: &str| names.iter().position(|it| it == node).with_context(|| format!("no {node}"));
        issues.push(Issue {
            name: name.clone(),
            part: *part,
            signal: signal(&label.target.metric)?,
            target: find(&label.target.node)?,
            evidence: by_node(&present),
            whole: by_node(metrics),
            truth: find(&label.root_cause.node)?,
            names: names.clone(),
        });
    }
    Ok(Scenario { name: name(path), graph, has_past: normal.is_some(), issues })
}

fn signal(metric: &str) -> Result<Signal> {
    Ok(match metric {
        "latency" => Signal::Latency,
        "availability" => Signal::ErrorRate,
        "requests" => Signal::Traffic,
        _ => bail!("unknown metric {metric}"),
    })
}

fn evidence(node: &str, past: &Metrics, present: &Metrics) -> NodeEvidence {
    let readings = |metric: &str, scale: fn(f64) -> f64| Readings {
        past: past.column(node, metric).into_iter().map(|it| it.map(scale)).collect(),
        present: present.column(node, metric).into_iter().map(|it| it.map(scale)).collect(),
    };
    NodeEvidence {
        latency: readings("latency", |seconds| seconds),
        errors: readings("availability", |percent| 1.0 - percent / 100.0),
        traffic: readings("requests", |count| count),
    }
}

impl Metrics {
    fn interval(&self) -> f64 {
        self.starts.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min)
    }

    fn column(&self, node: &str, metric: &str) -> Vec<Option<f64>> {
        let key = (node.to_owned(), metric.to_owned());
        self.columns.get(&key).cloned().unwrap_or_else(|| vec![None; self.starts.len()])
    }

    fn rows(&self, from: usize, to: usize) -> Self {
        let columns = self.columns.iter().map(|(key, values)| (key.clone(), values[from..to].to_vec()));
        Self { starts: self.starts[from..to].to_vec(), columns: columns.collect() }
    }

    fn then(&self, later: &Self) -> Self {
        let mut all = self.clone();
        all.starts.extend(&later.starts);
        for key in later.columns.keys() {
            all.columns.entry(key.clone()).or_insert_with(|| vec![None; self.starts.len()]);
        }
        for (key, values) in &mut all.columns {
            values.extend(later.column(&key.0, &key.1));
        }
        all
    }
}

/// An adjacency matrix with a row for each caller and a column for each callee.
fn graph(path: &Path) -> Result<(Vec<String>, Topology)> {
    let text = text(path)?;
    let mut lines = text.lines();
    let names: Vec<String> =
        lines.next().context("no heading")?.split(',').skip(1).map(str::to_owned).collect();
    let mut edges = Vec::new();
    for line in lines {
        let mut cells = line.split(',');
        let caller = cells.next().and_then(|name| names.iter().position(|it| it == name));
        let caller = caller.with_context(|| format!("a row without a column: {line}"))?;
        for (callee, cell) in cells.enumerate() {
            if cell.parse::<f64>()? != 0.0 {
                edges.push((caller, callee));
            }
        }
    }
    Ok((names.clone(), Topology { nodes: names.len(), edges }))
}

/// Averages and sums; quantiles are left out, as in the published evaluation.
fn metrics(path: &Path) -> Result<Metrics> {
    let text = text(path)?;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let Some((headings, rows)) = rows.split_at_checked(HEADINGS + 1) else { bail!("too few rows") };
    let mut metrics = Metrics::default();
    for row in rows {
        metrics.starts.push(row[0].parse()?);
    }
    let columns = headings[0].iter().zip(&headings[1]).zip(&headings[2]).enumerate().skip(1);
    for (at, ((&node, &metric), &statistic)) in columns {
        if statistic != "Average" && statistic != "Sum" {
            continue;
        }
        let cell = |row: &Vec<&str>| match row.get(at) {
            None | Some(&"") => Ok(None),
            Some(cell) => cell.parse().map(Some),
        };
        let values = rows.iter().map(cell).collect::<Result<Vec<Option<f64>>, _>>()?;
        metrics.columns.insert((node.to_owned(), metric.to_owned()), values);
    }
    Ok(metrics)
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// What is in a folder, hidden entries aside, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !name(&path).starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort_by_key(|path| (name(path).len(), name(path)));
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}
