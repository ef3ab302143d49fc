//! Settings that variables state: those of the process, and those of a `.env` file.

use std::ffi::OsString;
use std::path::Path;

use super::known::{Known, OTHERS};
use super::layer::Layer;
use super::plugins;
use super::problem::{Origin, Problem};
use crate::document::Value;

/// Keys that a `.env` file may not state: such files are copied between machines and handed around,
/// and these decide who can reach the machine and what code it runs.
const NOT_IN_FILES: [&str; 3] = ["gateway.host", "gateway.plain", "gateway.accept_remote"];

/// Whether a `.env` file may not state a key: nothing of a plug-in's either, since an option may name
/// the vendor's library.
fn is_refused(key: &str) -> bool {
    NOT_IN_FILES.contains(&key) || plugins::has(key)
}

/// What the variables of the process state. Variables of others are none of our business; one that
/// begins with `AFTM_` must be known.
pub(crate) fn from_process(
    variables: &[(OsString, OsString)],
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in variables {
        let name = name.to_string_lossy();
        let origin = Origin::Variable(name.to_string());
        match (known.of_variable(&name), value.to_str()) {
            (Some(key), Some(value)) => match spoken(&name, value) {
                Ok(value) => state(&mut layer, &key, value, origin, problems),
                Err(reason) => problems.push(Problem::new(origin, reason)),
            },
            (Some(_), None) => problems.push(Problem::new(origin, "its value is not UTF-8 text")),
            (None, _) if name.starts_with("AFTM_") && !OTHERS.contains(&name.as_ref()) => {
                problems.push(Problem::new(origin, known.unknown_variable(&name)));
            }
            (None, _) => (),
        }
    }
    layer
}

/// What a `.env` file states: `NAME=VALUE` a line with the quoting of a shell, comments, `export`.
/// The file is shared with programs that were there before, so a name of another family is theirs.
pub(crate) fn from_file(
    text: &str,
    path: &Path,
    known: &Known,
    problems: &mut Vec<Problem>,
) -> Layer {
    let mut layer = Layer::default();
    for (index, line) in text.lines().enumerate() {
        let origin = Origin::File { path: path.to_owned(), line: index + 1 };
        let (name, value) = match assignment(line) {
            Ok(Some(assignment)) => assignment,
            Ok(None) => continue,
            Err(reason) => {
                problems.push(Problem::new(origin, reason));
                continue;
            }
        };
        match (known.of_variable(&name), refusal(&name, known)) {
            (_, Some(reason)) => problems.push(Problem::new(origin, reason)),
            (Some(key), None) => match spoken(&name, &value) {
                Ok(value) => state(&mut layer, &key, value, origin, problems),
                Err(reason) => problems.push(Problem::new(origin, reason)),
            },
            (None, None) => (),
        }
    }
    layer
}

/// Why a `.env` file may not have this name.
fn refusal(name: &str, known: &Known) -> Option<String> {
    let families = ["AFTM_", "ZMQ_", "DLL_GATEWAY_", "EXCHANGE_MODE"];
    match known.of_variable(name) {
        Some(key) if is_refused(&key) => Some(format!(
            "{name} states {key}, which a .env file may not; use config.toml, the environment or a \
             flag"
        )),
        Some(_) => None,
        None if OTHERS.contains(&name) => Some(format!(
            "{name} does not belong in a .env file; set it in the environment of the program"
        )),
        None if families.iter().any(|it| name.starts_with(it)) => {
            Some(known.unknown_variable(name))
        }
        None => None,
    }
}

/// The value as its key has it: `EXCHANGE_MODE` has words of its own.
fn spoken<'value>(name: &str, value: &'value str) -> Result<&'value str, String> {
    match (name, value) {
        ("EXCHANGE_MODE", "simulator" | "sim") => Ok("sim"),
        ("EXCHANGE_MODE", "pfcf" | "plugin") => Ok("plugin"),
        ("EXCHANGE_MODE", _) => Err(format!(
            "EXCHANGE_MODE = {value:?} is not one of \"simulator\", \"pfcf\", \"plugin\""
        )),
        _ => Ok(value),
    }
}

/// States a key, unless another name of the same key states something else.
fn state(layer: &mut Layer, key: &str, value: &str, origin: Origin, problems: &mut Vec<Problem>) {
    match layer.get(key) {
        Some(stated) if stated.value.text != value => {
            let reason = format!(
                "{key} is {value} here and {} by {}; keep one of them",
                stated.value.text, stated.origin
            );
            problems.push(Problem::new(origin, reason));
        }
        _ => layer.state(key, Value::bare(value), origin),
    }
}

/// Reads a line of a `.env` file; `None` where it states nothing. The text of a refused line is not
/// repeated, since it may be somebody's secret.
fn assignment(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let form = "the line is not of the form NAME=VALUE, with quotes around a value that has spaces";
    let words = shell_words::split(line).map_err(|_| "a quote is not closed")?;
    let words = match words.split_first() {
        Some((first, rest)) if first == "export" => rest,
        _ => words.as_slice(),
    };
    match words {
        [] => Ok(None),
        [word] => match word.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Some((name.into(), value.into()))),
            _ => Err(form),
        },
        _ => Err(form),
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::ESTABLISHED;
    use super::*;

    #[test]
    fn every_established_variable_states_a_key_that_exists() {
        let (layer, known) = super::super::known::built_in().unwrap();
        for (name, key) in ESTABLISHED {
            assert!(layer.get(key).is_some(), "{name} states {key}");
            assert_eq!(known.of_variable(name).as_deref(), Some(key));
        }
    }

    #[test]
    fn a_line_of_an_env_file_is_read_like_a_shell_reads_it() {
        let read = |line| assignment(line).map(|it| it.map(|(name, value)| name + "|" + &value));
        for (line, expected) in [
            ("A=1", Some("A|1")),
            ("  export A='x y' # why", Some("A|x y")),
            ("A=", Some("A|")),
            ("# A=1", None),
            ("", None),
        ] {
            assert_eq!(read(line), Ok(expected.map(str::to_owned)), "{line:?}");
        }
        for line in ["A = 1", "A", "=1", "A='1"] {
            assert!(read(line).is_err(), "{line:?} was taken");
        }
    }
}
