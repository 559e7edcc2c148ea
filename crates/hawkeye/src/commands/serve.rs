//! `hawkeye serve`.

use crate::app;
use crate::config::Config;

pub(crate) fn run(config: Config) -> anyhow::Result<()> {
    app::run(config, None)
}
