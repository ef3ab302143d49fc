//! The rules on single files, each with a test of the rule itself.

use std::fmt;

/// A rule that a line breaks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) rule: String,
}

impl Violation {
    pub(crate) fn new(file: &str, line: usize, rule: impl Into<String>) -> Violation {
        Violation { file: file.to_owned(), line, rule: rule.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// The lines of code, numbered from 1: comments become empty, and tests at the end are left out.
pub(crate) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let (code, _) = text.split_at(tests);
    code.lines().enumerate().map(|(index, line)| {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        (index + 1, code)
    })
}

const LINES_MAX: usize = 500;

pub(crate) fn length(file: &str, text: &str) -> Option<Violation> {
    let lines = text.lines().count();
    let rule = || format!("the file has {lines} lines, more than {LINES_MAX}; split it");
    (lines > LINES_MAX).then(|| Violation::new(file, lines, rule()))
}

/// The domain is a function of its arguments: no files, sockets, processes, threads or clocks.
pub(crate) fn purity(file: &str, text: &str) -> Vec<Violation> {
    let impure = [
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::env",
        "Instant::now",
        "SystemTime::now",
    ];
    if file.ends_with("/tests.rs") {
        return Vec::new();
    }
    let found = |(number, line): (usize, &str)| {
        let word = impure.into_iter().find(|it| line.contains(it))?;
        Some(Violation::new(file, number, format!("the domain must not use {word}")))
    };
    code(text).filter_map(found).collect()
}

/// Whatever depends on time is told what time it is.
pub(crate) fn clocks(file: &str, text: &str) -> Vec<Violation> {
    const READ: [&str; 6] = [
        "Instant::now",
        "SystemTime::now",
        "Timestamp::now",
        "Zoned::now",
        "clock_gettime",
        "UNIX_EPOCH.elapsed",
    ];
    let found = |(number, line): (usize, &str)| {
        let word = READ.into_iter().find(|it| line.contains(it))?;
        Some(Violation::new(file, number, format!("a clock is read: {word}")))
    };
    code(text).filter_map(found).collect()
}

/// The screen is given a view: it depends on no crate that could reach orders.
pub(crate) fn screen_manifest(file: &str, text: &str) -> Vec<Violation> {
    let allowed = ["aftm-ui"];
    let found = |(index, line): (usize, &str)| {
        let line = line.trim().trim_start_matches("[dependencies.").replace('"', "");
        let end = line.find(|it: char| !it.is_ascii_alphanumeric() && it != '-' && it != '_');
        let name = &line[..end.unwrap_or(line.len())];
        let is_ours = name == "aftm" || name.starts_with("aftm-") || name.starts_with("aftm_");
        let rule = format!("the screen must not depend on {name}");
        (is_ours && !allowed.contains(&name)).then(|| Violation::new(file, index + 1, rule))
    };
    text.lines().enumerate().filter_map(found).collect()
}

/// What the manifest forbids must not come in by a path either.
pub(crate) fn screen_source(file: &str, text: &str) -> Vec<Violation> {
    let found = |(number, line): (usize, &str)| {
        let word =
            ["aftm::", "aftm_domain", "aftm_sim"].into_iter().find(|it| line.contains(it))?;
        Some(Violation::new(file, number, format!("the screen must not know {word}")))
    };
    code(text).filter_map(found).collect()
}

/// Every key has a comment of its own above it.
pub(crate) fn undocumented_keys(file: &str, text: &str) -> Vec<Violation> {
    let is_key = |line: &str| line.starts_with(|it: char| it.is_ascii_lowercase());
    let found = |(index, (above, line)): (usize, (&str, &str))| {
        let rule = format!("{line} has no comment above it");
        let is_bare = is_key(line) && !above.starts_with('#');
        is_bare.then(|| Violation::new(file, index + 2, rule))
    };
    text.lines().zip(text.lines().skip(1)).enumerate().filter_map(found).collect()
}

#[test]
fn each_rule_names_file_line_and_word() {
    let text = "// std::fs is fine here\nuse std::fs;\n#[cfg(test)]\nmod tests { use std::net; }\n";
    let found = purity("domain/src/x.rs", text);
    assert_eq!(found[0].to_string(), "domain/src/x.rs:2: the domain must not use std::fs");
    assert_eq!(found.len(), 1);
    let found = clocks("src/x.rs", "// Instant::now\nlet a = jiff::Zoned::now();\n");
    assert_eq!(found[0].to_string(), "src/x.rs:2: a clock is read: Zoned::now");
    assert_eq!((found.len(), clocks("x", "clock::now()").len()), (1, 0));
    assert_eq!(length("a.rs", &"\n".repeat(500)), None);
    assert!(length("a.rs", &"\n".repeat(501)).is_some());
    let manifest = "[package]\nname = \"aftm-ui\"\n[dependencies]\nratatui = \"1\"\naftm-domain.workspace = true\n";
    let found = screen_manifest("ui/Cargo.toml", manifest);
    assert_eq!((found.len(), found[0].line), (1, 5));
    assert_eq!(screen_manifest("m", "[dependencies.aftm]\npath = \"..\"\n").len(), 1);
    assert_eq!(screen_source("ui/src/a.rs", "use aftm_domain::Price;\n").len(), 1);
    let found = undocumented_keys("config.toml", "# a\na = 1\nb = 2\n\n[c]\nd = 3\n");
    assert_eq!(found.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 6]);
}
