//! The conditions of a replay, from their file.

use std::path::Path;

use aftm_domain::condition::Terms;
use anyhow::Result;

use super::Wrong;
use crate::desk::{Defaults, conditions_file};

/// Reads a file of at least one condition.
pub(super) fn read(path: &Path, defaults: &Defaults) -> Result<Vec<Terms>> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Wrong::configuration(format!("cannot read {name}: {error}")))?;
    let terms = conditions_file::parse(&text, &name, defaults).map_err(Wrong::configuration)?;
    if terms.is_empty() {
        // A file that was cut off must not look like a strategy that never trades.
        let text = format!("{name}: there is no condition in it; write [[condition]]");
        return Err(Wrong::configuration(text).into());
    }
    Ok(terms)
}
