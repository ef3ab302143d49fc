//! The command line: what is said before anything is tried, and what a plug-in says of itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use super::compiler::{example, hostile};
use super::run;
use crate::machine::Home;
use crate::screen::Terminal;

#[test]
fn a_plug_in_says_what_it_is_without_a_login() {
    let built = example();
    let ended = run(&["plugin", "show", built.path()]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let names: Vec<_> = ended.out.lines().filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(names, ["name", "version", "venue", "interface", "abilities"], "{}", ended.out);
    assert!(ended.out.contains("\ninterface  1.0\n"), "{}", ended.out);
    assert!(ended.out.contains("market orders, immediate or cancel"), "{}", ended.out);
    let ended = run(&["plugin", "show", built.path(), "--json"]);
    assert_eq!(ended.lines()[0]["interface"], "1.0");
}

#[test]
fn what_cannot_be_shown_is_an_error_and_harms_nobody() {
    for (built, part) in [
        (hostile("dies.c", "EXITS_ON_LOAD"), "the plug-in ended the process: exit status: 3"),
        (hostile("table.c", "NO_ENTRY"), "does not export aftm_exchange_entry_v1"),
        (super::panicking(), "signal: 6"),
    ] {
        let ended = run(&["plugin", "show", built.path()]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.said);
        assert!(ended.said.contains(part), "{}", ended.said);
    }
    let ended = run(&["plugin", "show", "not-there.so"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.said.contains("not-there.so"), "{}", ended.said);
}

#[test]
fn a_password_that_cannot_be_had_is_said_before_anything_is_tried() {
    let (built, home) = (example(), Home::new());
    let check = |words: &[&str]| {
        let mut command = home.command(&[&["plugin", "check", built.path()], words].concat());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()), "{said}");
        said
    };
    let said = check(&["--user", "demo"]);
    assert!(said.contains("set AFTM_PASSWORD or --password-file"), "{said}");
    let file = home.write("password", "demo\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let file = file.to_str().unwrap();
    let said = check(&["--user", "demo", "--password-file", file]);
    assert!(said.contains("must have 0600; run chmod 600"), "{said}");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    let credentials = home.write("credentials", "auth = S3NT1NEL\n");
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
    let credentials = credentials.to_str().unwrap();
    let words = ["--user", "demo", "--password-file", file, "--credentials", credentials];
    let said = check(&words);
    assert!(said.contains(":1: the line is not of the form key"), "{said}");
    assert!(!said.contains("S3NT1NEL"), "{said}");
}

#[test]
fn a_password_that_is_asked_for_is_not_shown() {
    let (built, home) = (example(), Home::new());
    let words = ["plugin", "check", built.path(), "--user", "demo", "--sessions", "5"];
    let mut terminal = Terminal::open(&home, (100, 60), &words);
    terminal.see("password of demo: ");
    terminal.press("S3NT1NEL\r");
    terminal.see("user or password is wrong");
    terminal.see("no order was sent");
    assert_eq!(terminal.ended(), 1, "{}", terminal.text());
    assert!(!terminal.text().contains("S3NT"), "{}", terminal.text());
    let (now, before) = terminal.line_editing();
    assert_eq!(now, before);
    let mut terminal = Terminal::open(&home, (100, 60), &words);
    terminal.see("password of demo: ");
    terminal.press("abc\u{3}");
    assert_eq!(terminal.ended(), 130, "{}", terminal.text());
    assert_eq!(terminal.text().trim(), "password of demo:");
}

#[test]
fn the_doctor_loads_what_is_configured_and_survives_it() {
    let (good, bad) = (example(), hostile("dies.c", "EXITS_ON_LOAD"));
    let path = |name: &str, it: &str| format!("plugins.{name}.path={it}");
    let (good, bad) = (path("good", good.path()), path("bad", bad.path()));
    let ended = run(&["doctor", "--set", &good, "--set", &bad]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    let found = |name: &str| {
        let line = ended.out.lines().find(|it| it.contains(&format!("plug-in {name}:")));
        line.unwrap_or_else(|| panic!("{name} is not there:\n{}", ended.out))
    };
    assert!(found("good").starts_with("ok   "), "{}", ended.out);
    assert!(found("good").ends_with("interface 1.0"), "{}", ended.out);
    assert!(
        found("bad").ends_with("the plug-in ended the process: exit status: 3"),
        "{}",
        ended.out
    );
}

#[test]
fn the_process_that_tries_is_not_for_people() {
    let ended = run(&["plugin", "attempt"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.said.contains("use one of them"), "{}", ended.said);
}
