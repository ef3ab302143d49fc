use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this ending.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
}

/// Every text of the locales by its key: its languages.
fn texts() -> BTreeMap<String, BTreeMap<String, String>> {
    fn walk(
        before: &str,
        table: &toml::Table,
        texts: &mut BTreeMap<String, BTreeMap<String, String>>,
    ) {
        for (name, value) in table {
            match value {
                toml::Value::Table(below) => {
                    let key =
                        if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
                    walk(&key, below, texts);
                }
                toml::Value::String(text) => {
                    texts.entry(before.to_owned()).or_default().insert(name.clone(), text.clone());
                }
                _ => (),
            }
        }
    }
    let mut found = Vec::new();
    files(&root().join("locales"), "toml", &mut found);
    let mut texts = BTreeMap::new();
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        walk("", &text.parse().unwrap(), &mut texts);
    }
    texts
}

/// The names that a text wants values for.
fn names(text: &str) -> BTreeSet<&str> {
    text.split("%{").skip(1).filter_map(|it| it.split('}').next()).collect()
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_names() {
    let texts = texts();
    assert!(texts.len() > 100, "the locales were not found");
    let mut problems = Vec::new();
    for (key, languages) in &texts {
        for language in Language::ALL {
            match languages.get(language.tag()) {
                None => problems.push(format!("{key} has no {}", language.tag())),
                Some(text) if text.trim().is_empty() => {
                    problems.push(format!("{key} is empty in {}", language.tag()));
                }
                Some(text) if names(text) != names(&languages["en"]) => {
                    problems.push(format!("{key} has other names in {}", language.tag()));
                }
                Some(_) => (),
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_key_in_the_sources_is_a_text() {
    let texts = texts();
    let areas: BTreeSet<&str> = texts.keys().filter_map(|it| it.split('.').next()).collect();
    let mut found = Vec::new();
    files(&root().join("src"), "rs", &mut found);
    let is_word = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let mut problems = Vec::new();
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        for quoted in text.split('"').skip(1) {
            let Some((area, rest)) = quoted.split_once('.') else { continue };
            let is_key = !rest.is_empty() && rest.split('.').all(|it| it.chars().all(is_word));
            let is_whole = rest.split('.').all(|it| !it.is_empty());
            if areas.contains(area) && is_key && is_whole && !texts.contains_key(quoted) {
                problems.push(format!("{}: {quoted}", path.display()));
            }
        }
    }
    // Names of roles in themes have the same form as keys; they have areas of their own.
    problems.retain(|it| !it.contains("/theme/"));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_language_is_switched_while_running() {
    let mut look = Look { theme: Theme::default(), language: Language::English };
    let mut said = Vec::new();
    for _ in Language::ALL {
        said.push(look.text("frame.tab_orders").into_owned());
        look.language = look.language.next();
    }
    assert_eq!(said, ["Orders", "委託", "委托"]);
    assert_eq!(look.language, Language::English);
    assert_eq!(look.text("no.such.text"), "no.such.text");
    assert_eq!(look.fill("palette.theme", &[("name", "mono")]), "theme: mono");
}
