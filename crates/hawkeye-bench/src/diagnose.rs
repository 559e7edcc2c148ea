//! Every table about diagnosis in one run, and the part of `docs/diagnosis.md` that consists of them.

use std::path::Path;

use anyhow::{Context, Result};

use crate::diagnose_petshop;

const BEGIN: &str = "<!-- measured diagnosis: begin -->";
const END: &str = "<!-- measured diagnosis: end -->";

/// `document` is rewritten between its markers when given. What was missed is listed only when asked for, and never
/// in the document.
pub(crate) fn run(data: &Path, document: Option<&Path>, is_verbose: bool) -> Result<()> {
    println!("{}", tables(data, is_verbose)?);
    let Some(document) = document else { return Ok(()) };
    let text =
        std::fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
    let (before, rest) = text.split_once(BEGIN).context("the document has no begin marker")?;
    let (_, after) = rest.split_once(END).context("the document has no end marker")?;
    let tables = tables(data, false)?;
    std::fs::write(document, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", tables.trim_end()))
        .with_context(|| format!("cannot write {}", document.display()))
}

fn tables(data: &Path, is_verbose: bool) -> Result<String> {
    let parts = [simulated(is_verbose)?, diagnose_petshop::run(&data.join("petshop"), is_verbose)?];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// The table about simulated incidents, where the planted cause is known.
#[expect(clippy::unnecessary_wraps, reason = "the simulator can fail")]
fn simulated(_is_verbose: bool) -> Result<String> {
    Ok(String::new())
}
