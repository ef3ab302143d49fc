//! Plug-ins, built from their sources, and checked in a process of their own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aftm_plugin_host::{Outcome, Report, watch};
use tempfile::TempDir;

/// A deadline for what ends by itself.
pub(crate) const GENEROUS: Duration = Duration::from_secs(60);

/// A plug-in that was just built, and a folder for its files; both go with this.
pub(crate) struct Built {
    pub(crate) library: PathBuf,
    pub(crate) folder: TempDir,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles and links sources into a library; panics with what the compiler says.
#[track_caller]
fn build(sources: &[PathBuf], defined: &str) -> Built {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("plugin.so");
    let is_cpp = sources.iter().any(|it| it.extension().is_some_and(|end| end == "cpp"));
    let (variable, fallback, standard) =
        if is_cpp { ("CXX", "c++", "-std=c++17") } else { ("CC", "cc", "-std=c11") };
    let named = std::env::var(variable).unwrap_or_default();
    // The variable may hold flags behind the name: `ccache gcc`, `clang -m64`.
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(fallback));
    command.args(words).args([standard, "-Wall", "-Wextra", "-shared", "-fPIC", "-pthread"]);
    command.args(["-fvisibility=hidden", "-Wl,-z,lazy"]);
    command.arg(format!("-D{defined}")).arg("-I").arg(root().join("../abi"));
    let run = command.args(sources).arg("-o").arg(&library).output();
    let run = run.unwrap_or_else(|err| panic!("{command:?}: {err}; the tests need a compiler"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{command:?} failed with {}:\n{said}", run.status);
    Built { library, folder }
}

/// The example, which keeps every rule.
#[track_caller]
pub(crate) fn example() -> Built {
    let sources = root().join("../example-c");
    build(&[sources.join("plugin.c"), sources.join("tell.c")], "NOTHING")
}

/// A hostile plug-in: a source, and which of its faults.
#[track_caller]
pub(crate) fn hostile(source: &str, fault: &str) -> Built {
    build(&[root().join("tests/host/hostile").join(source)], fault)
}

/// A plug-in in Rust that panics.
#[track_caller]
pub(crate) fn panicking() -> Built {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("plugin.so");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition", "2024", "--crate-type", "cdylib", "-o"]).arg(&library);
    let run = command.arg(root().join("tests/host/hostile/panics.rs")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Built { library, folder }
}

impl Built {
    /// Checks it in a process of its own.
    pub(crate) fn check(&self, deadline: Duration, words: &[&str]) -> Report {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aftm-plugin-check"));
        command.arg(&self.library).arg(self.folder.path()).args(words);
        command.current_dir(self.folder.path());
        command.env("AFTM_CHECK_USER", "demo").env("AFTM_CHECK_PASSWORD", "demo");
        command.env("RUST_BACKTRACE", "0");
        watch(command, deadline).unwrap()
    }

    /// Checks that it is found out: the first step that fails, and a part of its sentence.
    #[track_caller]
    pub(crate) fn fails(&self, step: &str, sentence: &str) {
        self.fails_with(GENEROUS, &[], step, sentence);
    }

    /// The same with a deadline, and words for the check.
    #[track_caller]
    pub(crate) fn fails_with(&self, deadline: Duration, words: &[&str], step: &str, part: &str) {
        let report =
            self.check(deadline, &[&["burst=200", "reopen=10", "silence_ms=20"], words].concat());
        let first = report.failures().next();
        let first = first.unwrap_or_else(|| panic!("nothing failed:\n{report}"));
        assert_eq!(first.name, step, "\n{report}");
        assert!(first.sentence.contains(part), "\n{report}");
    }

    /// Checks that the host takes it as it is.
    #[track_caller]
    pub(crate) fn holds(&self, words: &[&str]) -> Report {
        let report = self.check(GENEROUS, words);
        assert!(report.is_green(), "\n{report}");
        assert!(report.steps.iter().any(|it| it.outcome == Outcome::Ok), "\n{report}");
        report
    }
}
