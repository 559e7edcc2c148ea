//! `hawkeye config default` and `hawkeye config check FILE`.

use std::io::Write;
use std::path::Path;

use crate::config::{Config, DEFAULT};

pub(crate) fn default() -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(DEFAULT.as_bytes())?)
}

pub(crate) fn check(file: &Path) -> anyhow::Result<()> {
    Config::load(Some(file))?;
    Ok(writeln!(std::io::stdout(), "{} is right", file.display())?)
}
