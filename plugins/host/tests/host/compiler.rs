//! Plug-ins, built from their sources. The tests of the program build theirs with this, too.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A plug-in that was just built, and a folder for its files; both go with this.
pub(crate) struct Built {
    pub(crate) library: PathBuf,
    pub(crate) folder: TempDir,
}

/// Where the plug-ins lie, whichever crate of the tree this is compiled into.
pub(crate) fn plugins() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|it| it.join("plugins"));
    crates.into_iter().find(|it| it.join("abi/aftm_exchange.h").is_file()).unwrap()
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
    command.arg(format!("-D{defined}")).arg("-I").arg(plugins().join("abi"));
    let run = command.args(sources).arg("-o").arg(&library).output();
    let run = run.unwrap_or_else(|err| panic!("{command:?}: {err}; the tests need a compiler"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{command:?} failed with {}:\n{said}", run.status);
    Built { library, folder }
}

/// The example, which keeps every rule.
#[track_caller]
pub(crate) fn example() -> Built {
    let sources = plugins().join("example-c");
    build(&[sources.join("plugin.c"), sources.join("tell.c")], "NOTHING")
}

/// A hostile plug-in: a source, and which of its faults.
#[track_caller]
pub(crate) fn hostile(source: &str, fault: &str) -> Built {
    build(&[plugins().join("host/tests/host/hostile").join(source)], fault)
}
