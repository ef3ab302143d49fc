//! The header against its mirror: every size, every offset, every number, and nothing left out.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use aftm_exchange_abi::{HEADER, layouts, numbers};

use crate::compiler::{Language, compile, printed};

/// What the mirror says, a line for each struct, field and number.
fn mirrored() -> String {
    let mut lines = String::new();
    for layout in layouts() {
        writeln!(lines, "{} {}", layout.name, layout.size).unwrap();
        for field in layout.fields {
            let (name, offset, size) = (field.name, field.offset, field.size);
            writeln!(lines, "{}.{name} {offset} {size}", layout.name).unwrap();
        }
    }
    for number in numbers() {
        writeln!(lines, "{} {}", number.name, number.value).unwrap();
    }
    lines
}

/// A program that prints the same lines as the compiler of the header sees them.
fn program() -> String {
    let mut lines = String::new();
    for layout in layouts() {
        let name = layout.name;
        writeln!(lines, r#"  printf("{name} %zu\n", sizeof({name}));"#).unwrap();
        for field in layout.fields {
            let field = field.name;
            let (offset, size) =
                (format!("offsetof({name}, {field})"), format!("sizeof((({name} *)0)->{field})"));
            writeln!(lines, r#"  printf("{name}.{field} %zu %zu\n", {offset}, {size});"#).unwrap();
        }
    }
    for number in numbers() {
        let name = number.name;
        writeln!(lines, r#"  printf("{name} %lld\n", (long long)({name}));"#).unwrap();
    }
    let includes = "#include <stddef.h>\n#include <stdio.h>\n#include \"aftm_exchange.h\"\n";
    format!("{includes}\nint main(void) {{\n{lines}  return 0;\n}}\n")
}

#[track_caller]
fn check(language: Language) {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("layout").with_extension(language.ending());
    let binary = folder.path().join("layout");
    fs::write(&source, program()).unwrap();
    compile(language, &source, &binary, &["-Wpadded"]);
    let (seen, mirrored) = (printed(&binary), mirrored());
    for (theirs, ours) in seen.lines().zip(mirrored.lines()) {
        assert_eq!(theirs, ours, "the header (left) and the mirror (right) differ");
    }
    assert_eq!(seen.lines().count(), mirrored.lines().count());
}

#[test]
fn a_c_compiler_lays_it_out_as_the_mirror_does() {
    check(Language::C11);
}

#[test]
fn a_cpp_compiler_lays_it_out_as_the_mirror_does() {
    check(Language::Cpp17);
}

/// The header without its comments.
fn code() -> String {
    let mut parts = HEADER.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |code, part| code + part.split_once("*/").map_or("", |(_, rest)| rest))
}

#[test]
fn the_mirror_leaves_no_struct_and_no_field_out() {
    let code = code();
    let mut structs = BTreeSet::new();
    for part in code.split("typedef struct ").skip(1) {
        let Some((name, body)) = part.split_once(" {") else { continue };
        let Some((body, _)) = body.split_once("\n}") else { continue };
        // A declaration ends in its name, perhaps with a length; a function's name is in `(*name)`.
        let name_of = |line: &str| match line.split_once("(*") {
            Some((_, rest)) => rest.split(')').next().map(str::to_owned),
            None => line
                .split('[')
                .next()
                .and_then(|it| it.split([' ', '*']).next_back())
                .map(str::to_owned),
        };
        let lines = body.split(';').map(str::trim).filter(|it| !it.is_empty());
        let fields: Vec<_> = lines.filter_map(name_of).collect();
        let layout = layouts().find(|it| it.name == name);
        let layout = layout.unwrap_or_else(|| panic!("{name} is not mirrored"));
        assert_eq!(fields, layout.fields.iter().map(|it| it.name).collect::<Vec<_>>(), "{name}");
        structs.insert(name.to_owned());
    }
    let mirrored: BTreeSet<_> = layouts().map(|it| it.name.to_owned()).collect();
    assert_eq!(structs, mirrored);
}

#[test]
fn the_mirror_leaves_no_number_out() {
    let code = code();
    let defined = code.lines().filter_map(|line| line.strip_prefix("#define AFTM_"));
    let names = defined.filter_map(|it| it.split_whitespace().next());
    let names = names.filter(|it| !["EXCHANGE_H", "EXPORT"].contains(it));
    let seen: BTreeSet<_> = names.map(|it| format!("AFTM_{it}")).collect();
    let mirrored: BTreeSet<_> = numbers().map(|it| it.name.to_owned()).collect();
    assert_eq!(seen, mirrored);
    assert_eq!(numbers().count(), mirrored.len(), "a number is mirrored twice");
}

#[test]
fn every_code_has_its_own_words() {
    use aftm_exchange_abi::{code_name, word};
    let codes = numbers().filter(|it| it.name.starts_with("AFTM_E_") || it.name == "AFTM_OK");
    let mut words = BTreeSet::new();
    for code in codes {
        let value = i32::try_from(code.value).unwrap();
        assert_eq!(format!("AFTM_{}", code_name(value)), code.name);
        assert!(words.insert(word(value)), "{}", code.name);
    }
    assert!(words.len() > 20);
    for unknown in [1, -7, -98, i32::MIN, i32::MAX] {
        assert_eq!(code_name(unknown), "E_UNKNOWN");
        assert!(!words.contains(word(unknown)));
    }
}

#[test]
fn the_guide_names_nothing_that_is_not_in_the_header() {
    let guide = include_str!("../../../../docs/PLUGINS.md");
    let words = guide.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let words: BTreeSet<_> = words
        .filter(|it| it.starts_with("AFTM_") || it.starts_with("aftm_"))
        .filter(|it| !["aftm_exchange", "aftm_exchange_abi"].contains(it))
        .collect();
    assert!(words.len() > 20, "{words:?}");
    let code = code();
    let known: BTreeSet<_> =
        code.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').collect();
    assert_eq!(words.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
}
