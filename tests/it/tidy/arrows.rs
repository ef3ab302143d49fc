//! The direction of imports within the machine.

use super::rules::{Violation, code};

/// The modules of the machine in layers, lowest first. A module may import from lower layers only.
/// `document` reads TOML text, `failpoint` breaks what a test wants broken; neither knows of the
/// machine.
const LAYERS: [&[&str]; 6] = [
    &["document", "failpoint"],
    &["wire"],
    &[
        "config", "gateway", "journal", "feeds", "desk", "strategy", "executor", "doors", "plugin",
        "report",
    ],
    &["entry"],
    &["lib"],
    &["main"],
];

/// Arrows between neighbours of one layer that have a reason. Gateway and desk exchange messages
/// and never stand here.
const NEIGHBOURS: [(&str, &str); 0] = [];

/// Settings reach a module as arguments: only these may read them.
const READS_SETTINGS: [&str; 2] = ["entry", "main"];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|it| it.contains(&module))
}

/// Every import that points the wrong way in a file below `src/`.
pub(crate) fn violations(file: &str, text: &str) -> Vec<Violation> {
    let from = path(file);
    let Some(module) = from.first().copied() else { return Vec::new() };
    if layer(module).is_none() {
        let rule = format!("module {module} has no layer; give it one in {}", file!());
        return vec![Violation::new(file, 1, rule)];
    }
    let broken = |(line, to): (usize, String)| {
        refusal(module, &to).map(|rule| Violation::new(file, line, rule))
    };
    imports(text, &from).into_iter().filter_map(broken).collect()
}

fn refusal(from: &str, to: &str) -> Option<String> {
    let is_neighbour = NEIGHBOURS.contains(&(from, to));
    let (above, below) = (layer(from)?, layer(to)?);
    match to {
        _ if from == to => None,
        "config" if !READS_SETTINGS.contains(&from) => {
            Some(format!("{from} imports config, which only {} may", READS_SETTINGS.join(" and ")))
        }
        _ if above > below || is_neighbour => None,
        _ => Some(format!("{from} imports {to}, which does not lie below it")),
    }
}

/// The module path of a file: `src/desk/command/mod.rs` is `desk::command`.
fn path(file: &str) -> Vec<&str> {
    let inner = file.strip_prefix("src/").unwrap_or(file);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').collect()
}

/// Every module of the machine that a file names, with the line, tests included: through `crate::`,
/// `aftm::`, or enough `super::`.
fn imports(text: &str, from: &[&str]) -> Vec<(usize, String)> {
    // Statements run over lines, so the comments go and the whole is searched.
    let tests = text.lines().map(|it| it.split_once("//").map_or(it, |(code, _)| code));
    let text = tests.collect::<Vec<_>>().join("\n");
    let up = "super::".repeat(from.len());
    let mut found = Vec::new();
    for prefix in ["crate::", "aftm::", up.as_str()] {
        for (at, _) in text.match_indices(prefix) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':') {
                continue;
            }
            let line = text[..at].matches('\n').count() + 1;
            let rest = &text[at + prefix.len()..];
            found.extend(heads(rest).into_iter().map(|it| (line, it)));
        }
    }
    found
}

/// The first names of what follows a path's root: one, or those of a braced list.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut begin, mut names) = (0_usize, 0, Vec::new());
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name(&list[begin..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name(&list[begin..at]));
                begin = at + 1;
            }
            _ => (),
        }
    }
    names.retain(|it| !it.is_empty());
    names
}

#[test]
fn a_wrong_arrow_is_named_with_file_line_and_rule() {
    let text = "use crate::wire::Frame;\n\n// use crate::gateway::Core;\nuse crate::{\n    \
                document, // fine\n    gateway::{Core, Facts},\n    config,\n};\n\
                fn f() { crate::entry::run() }\n";
    let found: Vec<_> =
        violations("src/desk/view.rs", text).iter().map(Violation::to_string).collect();
    assert_eq!(
        found,
        [
            "src/desk/view.rs:4: desk imports gateway, which does not lie below it",
            "src/desk/view.rs:4: desk imports config, which only entry and main may",
            "src/desk/view.rs:9: desk imports entry, which does not lie below it",
        ]
    );
}

#[test]
fn every_root_of_a_path_is_seen() {
    let wrong = [
        ("src/wire/mod.rs", "use super::gateway::Core;"),
        ("src/gateway/core.rs", "use super::super::desk::View;"),
        ("src/gateway/core.rs", "fn f(it: &crate::desk::View) {}"),
        ("src/document.rs", "pub(crate) use crate::wire;"),
        ("src/new/mod.rs", ""),
    ];
    for (file, text) in wrong {
        assert_eq!(violations(file, text).len(), 1, "{file}: {text}");
    }
    let right = [
        ("src/gateway/core.rs", "use super::facts; use crate::wire::Frame; use crate::gateway::x;"),
        ("src/main.rs", "use aftm::{config, entry};"),
        ("src/lib.rs", "pub mod desk;"),
        ("src/entry/cli.rs", "use crate::config::Settings; use crate::desk::Command;"),
        ("src/desk/view.rs", "use aftm_domain::Price; use other_crate::gateway::x;"),
    ];
    for (file, text) in right {
        assert_eq!(violations(file, text), [], "{file}: {text}");
    }
    assert!(NEIGHBOURS.iter().all(|it| *it != ("gateway", "desk") && *it != ("desk", "gateway")));
}

#[test]
fn code_is_what_is_neither_comment_nor_test() {
    let text = "a // b\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(code(text).collect::<Vec<_>>(), [(1, "a ")]);
}
