//! Every table about diagnosis in one run, and the part of `docs/diagnosis.md` that consists of them.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{diagnose_petshop, diagnose_sim};

const BEGIN: &str = "<!-- measured diagnosis: begin -->";
const END: &str = "<!-- measured diagnosis: end -->";

/// `document` is rewritten between its markers when given. What was missed is printed only when asked for, and is never
/// in the document.
pub(crate) fn run(data: &Path, document: Option<&Path>, plan: &diagnose_sim::Plan) -> Result<()> {
    let (petshop, missed) = diagnose_petshop::run(&data.join("petshop"))?;
    let tables = format!("{}{petshop}", simulated(plan)?);
    println!("{tables}");
    if plan.verbose {
        println!("{missed}");
    }
    let Some(document) = document else { return Ok(()) };
    let text =
        std::fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
    let (before, rest) = text.split_once(BEGIN).context("the document has no begin marker")?;
    let (_, after) = rest.split_once(END).context("the document has no end marker")?;
    std::fs::write(document, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", tables.trim_end()))
        .with_context(|| format!("cannot write {}", document.display()))
}

/// The tables about simulated incidents, where the planted cause is known, with a blank line after them.
fn simulated(plan: &diagnose_sim::Plan) -> Result<String> {
    if plan.seeds == 0 { Ok(String::new()) } else { Ok(diagnose_sim::run(plan)? + "\n") }
}
