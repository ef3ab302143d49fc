//! `aftm plugin check` with plug-ins that keep the rules, and with plug-ins that break them: the real
//! program survives each, names what it found, and says so by its exit code.
//!
//! A C and a C++ compiler are needed, as for the machine itself: `cc` and `c++`, or `$CC` and
//! `$CXX`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // Helpers of tests may fail as tests do.

#[path = "../../../plugins/host/tests/host/compiler.rs"]
pub(crate) mod compiler;
mod death;
mod entry;
mod events;
mod example;

use std::process::{Command, Stdio};

use serde_json::Value;

use self::compiler::{Built, plugins};
use crate::machine::{Ended, Home};

/// Fewer orders and sessions than by default, where the fault is elsewhere.
const SHORT: [&str; 6] = ["--orders", "200", "--sessions", "10", "--silence-ms", "20"];

/// A step of a check.
#[derive(Debug)]
struct Step {
    name: String,
    outcome: String,
    sentence: String,
}

/// What the program said of a plug-in.
struct Checked {
    ended: Ended,
    steps: Vec<Step>,
    printed: Vec<String>,
}

impl Checked {
    fn failures(&self) -> Vec<&Step> {
        self.steps.iter().filter(|it| it.outcome == "failed").collect()
    }
}

/// Runs the program with a password in its environment.
fn run(words: &[&str]) -> Ended {
    let home = Home::new();
    let mut command = home.command(words);
    command.env("AFTM_PASSWORD", "demo").env("RUST_BACKTRACE", "0").stdin(Stdio::null());
    let output = command.output().unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        said: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A plug-in in Rust that panics.
fn panicking() -> Built {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("plugin.so");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition", "2024", "--crate-type", "cdylib", "-o"]).arg(&library);
    let source = plugins().join("host/tests/host/hostile/panics.rs");
    let run = command.arg(source).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Built { library, folder }
}

impl Built {
    fn path(&self) -> &str {
        self.library.to_str().unwrap()
    }

    /// Checks everything, with a login and orders.
    fn check(&self, words: &[&str]) -> Checked {
        let all = ["plugin", "check", self.path(), "--user", "demo", "--trade", "--json"];
        let ended = run(&[&all, words].concat());
        let lines = ended.lines();
        let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        let steps = lines.iter().filter(|it| it["step"].is_string()).map(|it| Step {
            name: text(it, "step"),
            outcome: text(it, "outcome"),
            sentence: text(it, "sentence"),
        });
        let printed = lines.iter().filter_map(|it| it["printed"].as_str()).map(str::to_owned);
        Checked { steps: steps.collect(), printed: printed.collect(), ended }
    }

    /// Checks that it is found out: the first step that fails, and a part of its sentence.
    #[track_caller]
    fn fails(&self, step: &str, sentence: &str) {
        self.fails_with(&[], step, sentence);
    }

    /// The same with further words.
    #[track_caller]
    fn fails_with(&self, words: &[&str], step: &str, part: &str) {
        // What is said twice on the command line is a mistake of this test.
        let short = SHORT.chunks(2).filter(|it| !words.contains(&it[0])).flatten().copied();
        let words: Vec<_> = short.chain(words.iter().copied()).collect();
        let checked = self.check(&words);
        let out = &checked.ended.out;
        assert_eq!(checked.ended.code, Some(1), "{out}{}", checked.ended.said);
        let failures = checked.failures();
        let first = failures.first().unwrap_or_else(|| panic!("nothing failed:\n{out}"));
        assert_eq!(first.name, step, "\n{out}");
        assert!(first.sentence.contains(part), "\n{out}");
    }

    /// Checks that the host takes it as it is.
    #[track_caller]
    fn holds(&self, words: &[&str]) -> Checked {
        let checked = self.check(words);
        let (out, said) = (&checked.ended.out, &checked.ended.said);
        assert_eq!(checked.ended.code, Some(0), "{out}{said}");
        assert!(checked.failures().is_empty(), "{out}");
        assert!(checked.steps.iter().any(|it| it.outcome == "ok"), "{out}");
        let files = std::fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(files, 1, "a check leaves nothing beside the library");
        checked
    }
}
