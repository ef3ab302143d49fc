//! Settings: as stated, in layers that know where each value was written, and as decided.
//!
//! Owns the keys (which are those of `config.toml` at the root of the tree, the built-in layer),
//! their ranges, the variables that state them, the folders, and the password's ways in. Refuses to
//! guess: an unknown key, a value out of range or a file that cannot be read is a problem with a
//! place, every problem is listed at once, and no value is ever replaced by a default.

mod credentials;
mod file;
mod folders;
mod known;
mod layer;
mod limits;
mod password;
mod plugins;
mod problem;
mod reader;
mod settings;
mod show;
mod variables;
mod venue;

use std::ffi::OsString;
use std::path::PathBuf;

pub use credentials::{CredentialsError, credentials};
pub use file::{InitError, init};
pub(crate) use folders::create as create_folder;
pub use folders::{Folders, FoldersError};
pub use layer::{Layer, Stated};
pub use password::{PasswordError, password};
pub use plugins::PluginSettings;
pub use problem::{Origin, Problem, Problems};
pub use settings::{
    Desk, Durability, Executor, Feed, Gateway, Journal, Kill, Level, Log, OnLoss, Random, Screen,
    Settings, Simulator, Speed, Strategy, Venue,
};
pub use venue::Kind;

use known::Known;

/// The built-in default layer: the commented file that `aftm config init` writes.
pub const BUILT_IN: &str = include_str!("../../config.toml");

/// Everything that may state a setting, beside the built-in layer.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The config folder: `config.toml` and `.env` are looked for in it, and may be missing.
    pub folder: PathBuf,
    /// `--config FILE` instead of the folder's file; it must exist.
    pub file: Option<PathBuf>,
    /// `--env-file FILE` instead of the folder's `.env`; it must exist.
    pub env_file: Option<PathBuf>,
    /// The variables of the process.
    pub environment: Vec<(OsString, OsString)>,
    /// `--set KEY=VALUE`, as given.
    pub sets: Vec<String>,
    /// Flags of their own: the flag, the key that it states, the value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// Settings in force, and where each came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// As decided.
    pub settings: Settings,
    /// As stated by the strongest layer that names it, each key once.
    pub stated: Layer,
}

/// Puts the layers over each other and decides every key, or lists everything that is wrong in any
/// layer. What a stronger layer overrides must be well-formed, too.
pub fn resolve(inputs: &Inputs) -> Result<Resolved, Problems> {
    let (built_in, known) = known::built_in().map_err(Problems)?;
    let mut problems = Vec::new();
    let layers = stated(inputs, &known, &mut problems);
    for layer in &layers {
        let alone = layer.clone().over(&built_in);
        Settings::read(&alone, false, &mut problems);
    }
    let merged = layers.into_iter().fold(built_in, |under, layer| layer.over(&under));
    let settings = Settings::read(&merged, true, &mut problems);
    match settings.filter(|_| problems.is_empty()) {
        Some(settings) => Ok(Resolved { settings, stated: merged }),
        None => Err(Problems(problem::distinct(problems))),
    }
}

/// The layers over the built-in one, weaker first.
fn stated(inputs: &Inputs, known: &Known, problems: &mut Vec<Problem>) -> [Layer; 4] {
    let at = |named: &Option<PathBuf>, name| match named {
        Some(path) => (path.clone(), true),
        None => (inputs.folder.join(name), false),
    };
    let (path, must_exist) = at(&inputs.file, "config.toml");
    let file = file::read(&path, must_exist, problems)
        .map_or_else(Layer::default, |text| layer::from_toml(&text, &path, known, problems));
    let (path, must_exist) = at(&inputs.env_file, ".env");
    let env_file = file::read(&path, must_exist, problems)
        .map_or_else(Layer::default, |text| variables::from_file(&text, &path, known, problems));
    let environment = variables::from_process(&inputs.environment, known, problems);
    let flags = layer::from_flags(&inputs.sets, &inputs.flags, known, problems);
    [file, env_file, environment, flags]
}

#[cfg(test)]
mod tests;
