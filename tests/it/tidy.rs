//! Rules about the tree itself: which module may know which, what the domain may not touch, how
//! long a file may be, and that the settings file documents every key.

mod arrows;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use rules::Violation;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of the tree, as its path from the root and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let name = |it: &Path| it.strip_prefix(root()).unwrap_or(it).to_string_lossy().into_owned();
    let read = |it: &PathBuf| (name(it), fs::read_to_string(it).unwrap_or_default());
    found.iter().map(read).collect()
}

#[track_caller]
fn none(violations: &[Violation]) {
    let lines: Vec<_> = violations.iter().map(Violation::to_string).collect();
    assert!(lines.is_empty(), "{} violations\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let sources = sources("src");
    assert!(sources.len() > 20, "the tree was not found");
    let violations: Vec<_> =
        sources.iter().flat_map(|(file, text)| arrows::violations(file, text)).collect();
    none(&violations);
}

#[test]
fn the_domain_touches_neither_files_nor_clocks() {
    let violations: Vec<_> =
        sources("domain/src").iter().flat_map(|(file, text)| rules::purity(file, text)).collect();
    none(&violations);
}

/// Time is handed in. Who reads a clock stands here: ours, a finding of the doctor on the clock itself,
/// the bench's look at its neighbors, and a plug-in that has no other.
const CLOCKS: [&str; 4] = [
    "src/entry/clock.rs",
    "src/entry/doctor/clock.rs",
    "src/entry/bench/load.rs",
    "plugins/ctp/src/line.rs",
];

#[test]
fn f12_clocks_are_read_where_they_are_handed_out_and_nowhere_else() {
    let is_test =
        |file: &str| ["/tests", "/benches/", "/examples/"].iter().any(|it| file.contains(it));
    let files = ["src", "domain/src", "ui/src", "plugins"].into_iter().flat_map(sources);
    let files = files.filter(|(file, _)| !is_test(file));
    let found: Vec<_> = files
        .map(|(file, text)| (rules::clocks(&file, &text), file))
        .filter(|it| !it.0.is_empty())
        .collect();
    let (known, unknown): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|it| CLOCKS.contains(&it.1.as_str()));
    none(&unknown.into_iter().flat_map(|it| it.0).collect::<Vec<_>>());
    assert_eq!(known.len(), CLOCKS.len(), "one of the clocks is read no more");
}

#[test]
fn the_screen_knows_neither_the_machine_nor_the_domain() {
    let manifest = fs::read_to_string(root().join("ui/Cargo.toml")).unwrap();
    let mut violations = rules::screen_manifest("ui/Cargo.toml", &manifest);
    for (file, text) in sources("ui") {
        violations.extend(rules::screen_source(&file, &text));
    }
    none(&violations);
}

#[test]
fn no_file_is_too_long_to_read() {
    let folders = ["src", "domain", "ui", "plugins", "tests", "benches"];
    let files = folders.into_iter().flat_map(sources);
    let violations: Vec<_> = files.filter_map(|(file, text)| rules::length(&file, &text)).collect();
    none(&violations);
}

#[test]
fn the_settings_file_is_the_built_in_layer_and_documents_every_key() {
    let text = fs::read_to_string(root().join("config.toml")).unwrap();
    assert_eq!(text, aftm::config::BUILT_IN);
    none(&rules::undocumented_keys("config.toml", &text));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), &text).unwrap();
    let resolve = |folder: &Path| {
        let folder = folder.to_owned();
        aftm::config::resolve(&aftm::config::Inputs { folder, ..Default::default() })
    };
    let from_file = resolve(folder.path()).unwrap().settings;
    assert_eq!(from_file, resolve(&folder.path().join("empty")).unwrap().settings);
}

/// The first command of the README names no program.
#[test]
fn cargo_run_opens_the_screen() {
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(manifest["package"]["default-run"].as_str(), Some("aftm"));
}
