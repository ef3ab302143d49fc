//! The compilers of this machine.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A language that the header must be clean in, and how its compiler is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    C11,
    Cpp17,
}

impl Language {
    /// How files of it end.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Language::C11 => "c",
            Language::Cpp17 => "cpp",
        }
    }

    fn command(self) -> Command {
        let (variable, fallback, standard) = match self {
            Language::C11 => ("CC", "cc", "-std=c11"),
            Language::Cpp17 => ("CXX", "c++", "-std=c++17"),
        };
        let named = std::env::var(variable).unwrap_or_default();
        // The variable may hold flags behind the name: `ccache gcc`, `clang -m64`.
        let mut words = named.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or(fallback));
        command.args(words).arg(standard);
        command.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
        command
    }
}

/// Compiles one file against the header, with warnings as errors; panics with what the compiler
/// says.
#[track_caller]
pub(crate) fn compile(language: Language, source: &Path, output: &Path, flags: &[&str]) {
    let mut command = language.command();
    command.arg("-I").arg(env!("CARGO_MANIFEST_DIR")).args(flags).arg(source).arg("-o").arg(output);
    let run = command.output();
    let run = run.unwrap_or_else(|err| panic!("{command:?}: {err}; the tests need a compiler"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{command:?} failed with {}:\n{said}", run.status);
}

/// Runs a program and returns what it prints; panics where it fails.
#[track_caller]
pub(crate) fn printed(program: impl AsRef<OsStr>) -> String {
    let run = Command::new(program.as_ref()).output().unwrap();
    assert!(run.status.success(), "{} ended with {}", program.as_ref().display(), run.status);
    String::from_utf8(run.stdout).unwrap()
}
